"""How a chapter's kernel starts: forked from a warm parent on Linux, started afresh elsewhere.

Start-up and imports are most of a chapter's time. A `WarmParent` (see `forking`) imports once what
the chapters import; `WarmProvisioner` (jupyter_client's own extension point for how kernels start)
then forks a kernel from it. A kernel is still a process for each chapter. Whatever is not as
expected falls back to a fresh process, which gives the same bytes, later.
"""

import asyncio
import os
import sys
import time
import uuid
from contextlib import suppress
from importlib.metadata import EntryPoint
from queue import Empty

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir
from nbclient.exceptions import DeadKernelError
from traitlets import default

from rr_helpers.publish.forking import KERNEL_ENVIRONMENT, LINUX, Forked, WarmParent

# IPython keeps every line typed in a history file; the rows' homes are the study folder and the
# edition only.
ARGUMENTS = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
ARGUMENTS += ["--HistoryManager.enabled=False"]
PROVISIONER = "rr-warm"
LOOKS_EVERY = 0.005  # seconds between two looks whether a killed kernel has ended
LONGEST_SOCKET = 100  # characters: of the path of a Unix socket, which may have 107


class WarmProvisioner(LocalProvisioner):
    """Forks the kernel from its manager's warm parent, or starts it as LocalProvisioner does.

    Either way it has the environment that the parent was started with: settings that libraries read
    as they are imported cannot be changed afterwards.
    """

    async def pre_launch(self, **kwargs):
        if self.parent.warm is not None:
            kwargs["env"] = {**self.parent.warm.environment, **kwargs.get("env", {})}
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs):
        warm = self.parent.warm
        if warm is not None and not set(kwargs) - {"env", "cwd", "kernel_id", "extra_arguments"}:
            # The kernel watches this process and ends with it.
            argv = [*cmd[1:], f"--IPKernelApp.parent_handle={warm.pid}"]
            forked = warm.start(argv, kwargs["env"], kwargs.get("cwd") or os.getcwd())
            if forked:
                self.process, self.pid, self.pgid = forked, forked.pid, forked.pid
                self.cwd = kwargs.get("cwd")
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    async def wait(self):
        """Wait for the kernel's end, for which LocalProvisioner looks every tenth of a second."""
        while isinstance(self.process, Forked) and self.process.poll() is None:
            await asyncio.sleep(LOOKS_EVERY)
        return await super().wait()


class OwnClient(AsyncKernelClient):
    """Goes on as soon as the kernel has answered.

    AsyncKernelClient then listens for a fifth of a second that nothing more is told of the
    question; nbclient passes over whatever belongs to no cell.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once the kernel has answered; DeadKernelError where it ended, or took too long."""
        until = time.monotonic() + timeout if timeout is not None else float("inf")
        while True:
            self.kernel_info()
            with suppress(Empty):
                answer = await self.shell_channel.get_msg(timeout=1)
                if answer["msg_type"] == "kernel_info_reply":
                    # Where nothing is heard beside the answer, outputs would not be heard either.
                    await self.iopub_channel.get_msg(timeout=0.2)
                    self._handle_kernel_info_reply(answer)
                    return
            if not await self.is_alive():
                raise DeadKernelError("it ended before it had begun")
            if time.monotonic() > until:
                raise DeadKernelError(f"it did not begin within {timeout:.0f} s")


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

    @default("client_factory")
    def _own_client(self):
        return OwnClient

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


def _socket_path() -> str:
    return os.path.join(jupyter_runtime_dir(), f"rr-{uuid.uuid4().hex[:16]}")


def _made(folder: str) -> bool:
    # Nobody has run Jupyter yet on a fresh machine, and a home may be read-only.
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.access(folder, os.W_OK)
