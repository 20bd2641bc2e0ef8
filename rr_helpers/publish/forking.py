"""The builder's side of the warm parent: it starts one, and asks it for kernels."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from rr_helpers.publish.sources import all_imports

# One thread per numerical library, because chapters already run side by side; a fixed hash seed
# and no colour codes, because the same inputs must give the same bytes.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "NO_COLOR": "1",
}
# What ipykernel sets in a kernel, and matplotlib reads when it is imported.
FIGURES = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
# The debugger, which kernels load, would warn that it has nothing to go by; nobody debugs a build.
NO_DEBUGGING = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# What every kernel loads before its first cell.
KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger")
NO_MORE: Mapping[str, str] = MappingProxyType({})
ENDED = "it ended"
LINUX = sys.platform == "linux"


class WarmParent:
    """A process that has imported `modules` and forks kernels; close it, or use it in a `with`.

    It starts in the background; `start` returns None, and keeps returning None, where a fork would
    not be as good as a fresh process (`trouble` says why). environment: variables besides those of
    kernels that Python reads as it starts.
    """

    def __init__(self, modules: Iterable[str], *, environment: Mapping[str, str] = NO_MORE):
        ours, theirs = socket.socketpair()
        # Libraries that the builder imports later may set variables; no kernel is to see those.
        self.environment = {**os.environ, **KERNEL_ENVIRONMENT, **environment}
        command = [sys.executable, "-m", "rr_helpers.publish.warm_parent", str(theirs.fileno())]
        self._process = subprocess.Popen(
            [*command, *modules],
            env={**FIGURES, **NO_DEBUGGING, **self.environment},
            cwd=Path(__file__).parents[2],
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is the builder's to deal with
        )
        theirs.close()
        self.pid = self._process.pid
        self._lines = ours.makefile("rw", encoding="utf-8")
        ours.close()
        self._asking = threading.Lock()
        self.trouble: str | None = None
        self._ready, self.forks = False, 0

    def ready(self) -> bool:
        """Wait for the imports; return whether a fork is as good as a fresh process."""
        with self._asking:
            if not self._ready and self.trouble is None:
                said = self._receive()
                self._ready = said.get("ready", False)
                self.trouble = said.get("trouble", ENDED)
        return self._ready

    def start(self, argv: list[str], env: dict[str, str], cwd: str) -> "Forked | None":
        """Fork a process that does what ``python ARGV`` would; None where that is not possible."""
        if not self.ready():
            return None
        answer = self._ask({"start": {"argv": argv, "env": env, "cwd": str(cwd)}})
        if "pid" not in answer:
            self.trouble = ENDED
            return None
        self.forks += 1
        return Forked(self, answer["pid"])

    def status(self, pid: int) -> int | None:
        """Return the exit status of a fork, negative for a signal; None while it runs."""
        return self._ask({"poll": pid}).get("status", -signal.SIGKILL)

    def close(self) -> None:
        """End the parent and every kernel that still runs."""
        with suppress(OSError):
            self._lines.close()
        self._process.wait()

    def __enter__(self) -> "WarmParent":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _ask(self, request: dict) -> dict:
        with self._asking:
            try:
                self._lines.write(json.dumps(request) + "\n")
                self._lines.flush()
            except (OSError, ValueError):
                return {}
            return self._receive()

    def _receive(self) -> dict:
        try:
            return json.loads(self._lines.readline() or "{}")
        except (OSError, ValueError):
            return {}


def warm_parent(notebooks: Iterable[Path]) -> WarmParent:
    """Start a parent of kernels that imports what the notebooks import."""
    return WarmParent([*KERNEL_MODULES, *all_imports(notebooks)])


class Forked:
    """A fork of the warm parent, with what jupyter_client uses of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, parent: WarmParent, pid: int):
        self._parent, self.pid, self.returncode = parent, pid, None

    def poll(self) -> int | None:
        """Return the exit status, None while the process runs."""
        if self.returncode is None:
            self.returncode = self._parent.status(self.pid)
        return self.returncode

    def wait(self) -> int:
        """Return the exit status; jupyter_client asks only once `poll` has told it."""
        while self.poll() is None:
            threading.Event().wait(0.01)
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless the process has ended and its number may be another's."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
