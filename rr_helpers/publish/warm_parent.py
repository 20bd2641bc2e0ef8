"""The warm parent: a process that has imported what the chapters import, and forks their kernels.

Run as ``python -m rr_helpers.publish.warm_parent FD MODULE[:NAME,…] …`` by `kernels.WarmParent`,
which talks to it in lines of JSON over the socket FD:

    {"start": {"argv": ["-m", "ipykernel_launcher", …], "env": {…}, "cwd": "…"}} -> {"pid": 123}
    {"poll": 123} -> {"status": null}, or the exit status, negative for a signal

It never opens a study, so no row is in the memory that a kernel inherits. It ends, and every kernel
with it, when the other end of the socket closes, however the builder died.
"""

import ctypes
import gc
import importlib
import json
import os
import random
import runpy
import signal
import socket
import sys
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# Arrow's allocator starts it, and itself sees to forks (background_thread_prefork in its source).
SAFE_THREADS = {"jemalloc_bg_thd"}
# Variables that are set when what every kernel loads is imported. What other libraries set is for
# the chapters that import them: a fork must not have it where a fresh process has it not.
SET_BY_KERNELS: dict[str, str] = {}
KILLED_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG, see prctl(2)


def main(descriptor: str, *modules: str) -> None:
    """Import `modules`, say whether a fork of this process is as good as a fresh one, and serve."""
    channel = socket.socket(fileno=int(descriptor))
    lines = channel.makefile("rw", encoding="utf-8")
    trouble = import_quietly(modules) or _other_threads()
    gc.collect()
    gc.freeze()  # so that collecting garbage in a kernel does not copy every page
    kernels: set[int] = set()
    with suppress(OSError):  # the builder closed the channel, or is no more
        _send(lines, {"ready": not trouble, "trouble": trouble})
        if not trouble:
            serve(channel, lines, kernels)
    for kernel in kernels:
        with suppress(ProcessLookupError):
            os.killpg(kernel, signal.SIGKILL)
    os._exit(0)  # whatever libraries do at the end of a program is not for this one to wait for


def import_quietly(modules: Iterable[str]) -> str:
    """Import modules and return what a fresh kernel would have shown of it, "" for nothing.

    A warning given here would be missing from the chapter that causes it.
    """
    shown: list[str] = []
    show = warnings.showwarning
    # `catch_warnings` would also undo the filters that libraries set when they are imported.
    warnings.showwarning = lambda message, *_, **__: shown.append(str(message))
    try:
        for module in modules:
            name, _, taken = module.partition(":")
            before = set(os.environ.items())
            loaded = importlib.import_module(name)
            if name.partition(".")[0] == "ipykernel":
                SET_BY_KERNELS.update(set(os.environ.items()) - before)
            for each in filter(None, taken.split(",")):
                getattr(loaded, each)
    except Exception as error:  # the chapter itself will tell
        return f"{module}: {error}"
    finally:
        warnings.showwarning = show
    return shown[0] if shown else _shows_no_figures()


def _shows_no_figures() -> str:
    # The backend must be loaded by the kernel, where it finds the shell to show figures in.
    loaded = sys.modules.get("matplotlib")
    chosen = dict.get(loaded.rcParams, "backend") if loaded else None
    wrong = chosen not in (None, os.environ.get("MPLBACKEND"))
    early = "matplotlib_inline.backend_inline" in sys.modules
    return "the backend for figures was chosen too early" if wrong or early else ""


def serve(channel: socket.socket, lines, kernels: set[int]) -> None:
    """Answer requests until the builder closes the channel; `kernels` holds those that run."""
    for line in lines:
        request = json.loads(line)
        if "start" in request:
            pid = os.fork()
            if not pid:
                lines.close()
                channel.close()
                become(**request["start"])
            kernels.add(pid)
            _send(lines, {"pid": pid})
        else:
            status = _status(request["poll"]) if request["poll"] in kernels else -signal.SIGKILL
            if status is not None:
                kernels.discard(request["poll"])
            _send(lines, {"status": status})


def become(argv: list[str], env: dict[str, str], cwd: str) -> None:
    """Turn this fork into what ``python ARGV`` started in `cwd` would be; never returns."""
    status = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(KILLED_WITH_ITS_PARENT, signal.SIGKILL)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update({**SET_BY_KERNELS, **env})
        _reseed()
        sys.path[0] = os.getcwd()
        sys.argv = [argv[1], *argv[2:]]
        runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as done:
        status = done.code if isinstance(done.code, int) else int(bool(done.code))
    finally:
        # The exit hooks belong to the parent.
        os._exit(status)


def _reseed() -> None:
    # Every fork would otherwise draw the same "random" numbers.
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _other_threads() -> str:
    # A lock held by another thread stays locked for ever in the fork.
    names = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    others = [name for name in names[1:] if name not in SAFE_THREADS]
    return f"threads beside the main one: {', '.join(others)}" if others else ""


def _status(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def _send(lines, message: dict) -> None:
    lines.write(json.dumps(message) + "\n")
    lines.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
