"""How a chapter's kernel starts: forked from a warm parent on Linux, started afresh elsewhere.

Start-up and imports are most of a chapter's time. A `WarmParent` imports once what the chapters
import; `WarmProvisioner` (jupyter_client's own extension point for how kernels start) then forks a
kernel from it. A kernel is still a process for each chapter. Whatever is not as expected falls back
to a fresh process, which gives the same bytes, later.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import default

# One thread per numerical library, because chapters already run side by side; a fixed hash seed
# and no colour codes, because the same inputs must give the same bytes.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "NO_COLOR": "1",
}
# IPython keeps every line typed in a history file; the rows' homes are the study folder and the
# edition only.
ARGUMENTS = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
ARGUMENTS += ["--HistoryManager.enabled=False"]
# What ipykernel sets in a kernel, and matplotlib reads when it is imported.
FIGURES = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
# What every kernel loads before its first cell.
KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel")
LINUX = sys.platform == "linux"
PROVISIONER = "rr-warm"
LONGEST_SOCKET = 100  # characters: of the path of a Unix socket, which may have 107


class WarmParent:
    """A process that has imported `modules` and forks kernels; close it, or use it in a `with`.

    It starts in the background; `start` returns None, and keeps returning None, where a fork would
    not be as good as a fresh process (`trouble` says why).
    """

    def __init__(self, modules: Iterable[str]):
        ours, theirs = socket.socketpair()
        self.environment = {**os.environ, **KERNEL_ENVIRONMENT}
        command = [sys.executable, "-m", "rr_helpers.publish.warm_parent", str(theirs.fileno())]
        self._process = subprocess.Popen(
            [*command, *KERNEL_MODULES, *modules],
            env={**FIGURES, **self.environment},
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

    def start(self, argv: list[str], env: dict[str, str], cwd: str) -> "Forked | None":
        """Fork a process that does what ``python ARGV`` would; None where that is not possible."""
        if not self._as_good_as_fresh(env):
            return None
        answer = self._ask({"start": {"argv": argv, "env": env, "cwd": str(cwd)}})
        if "pid" not in answer:
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

    def _as_good_as_fresh(self, env: dict[str, str]) -> bool:
        with self._asking:
            if not self._ready and self.trouble is None:
                said = self._receive()
                self._ready, self.trouble = (
                    said.get("ready", False),
                    said.get("trouble", "it ended"),
                )
        # Settings that libraries read as they are imported cannot be changed afterwards.
        return self._ready and _settings(env) == _settings(self.environment)

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


class WarmProvisioner(LocalProvisioner):
    """Forks the kernel from its manager's warm parent, or starts it as LocalProvisioner does."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        warm: WarmParent | None = getattr(self.parent, "warm", None)
        if warm is not None and not set(kwargs) - {"env", "cwd", "kernel_id", "extra_arguments"}:
            # The kernel watches this process and ends with it.
            argv = [*cmd[1:], f"--IPKernelApp.parent_handle={warm.pid}"]
            forked = warm.start(argv, kwargs["env"], kwargs.get("cwd") or os.getcwd())
            if forked:
                self.process, self.pid, self.pgid = forked, forked.pid, forked.pid
                self.cwd = kwargs.get("cwd")
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)


class OwnKernels(KernelSpecManager):
    """The one kernel that chapters run in: this interpreter."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(
            argv=[sys.executable, *ARGUMENTS],
            env=KERNEL_ENVIRONMENT,
            display_name=kernel_name,
            language="python",
            metadata={
                "supported_encryption": "curve",
                "kernel_provisioner": {"provisioner_name": PROVISIONER},
            },
        )


class OwnKernelManager(AsyncKernelManager):
    """Starts `OwnKernels`, so that a kernel a user installed under the same name cannot slip in."""

    warm: WarmParent | None = None

    @default("transport_encryption")
    def _encrypted_where_possible(self):
        # What a chapter shows travels from kernel to builder.
        return "auto" if zmq.has("curve") else "disabled"

    @default("transport")
    def _files_rather_than_ports(self):
        # Two builds that start kernels at once can be given the same port, never the same file.
        short = LINUX and len(_socket_path()) <= LONGEST_SOCKET
        return "ipc" if short and _made(jupyter_runtime_dir()) else "tcp"

    def _ip_default(self):
        return _socket_path() if self.transport == "ipc" else super()._ip_default()

    @default("kernel_spec_manager")
    def _own_kernels(self):
        return OwnKernels(parent=self)


def kernel_manager(warm: WarmParent | None) -> type[OwnKernelManager]:
    """Return the class of managers whose kernels are forked from `warm`, where it is not None."""
    group = KernelProvisionerFactory.GROUP_NAME
    KernelProvisionerFactory.provisioners[PROVISIONER] = EntryPoint(
        PROVISIONER, f"{__name__}:WarmProvisioner", group
    )
    return type("KernelManager", (OwnKernelManager,), {"warm": warm})


def _settings(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if not name.startswith("JPY_")}


def _socket_path() -> str:
    return os.path.join(jupyter_runtime_dir(), f"rr-{uuid.uuid4().hex[:16]}")


def _made(folder: str) -> bool:
    # Nobody has run Jupyter yet on a fresh machine, and a home may be read-only.
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.access(folder, os.W_OK)
