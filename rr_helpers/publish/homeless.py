"""Machines on which nobody has run these programs yet, or whose home cannot be written.

There matplotlib would tell of its caches inside a chapter, as an output that the gate refuses.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile

CACHES = ("MPLCONFIGDIR", "IPYTHONDIR")


def make_do_without_home() -> None:
    """Where home cannot be written, have the caches of libraries in folders of this process."""
    if os.access(os.path.expanduser("~"), os.W_OK):
        return
    for name in CACHES:
        if name not in os.environ:
            os.environ[name] = tempfile.mkdtemp(prefix="rr-")
            atexit.register(shutil.rmtree, os.environ[name], ignore_errors=True)


def begin_font_cache() -> subprocess.Popen:
    """Let matplotlib make its list of fonts, in the background, before a chapter has to."""
    return subprocess.Popen(
        [sys.executable, "-c", "import matplotlib.font_manager"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
