"""A real dask scheduler and workers on loopback, each a process, for tests and benchmarks."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

DIES_WITHIN = 60  # seconds, for what a killed worker leaves


def start(*command: str) -> subprocess.Popen:
    """Start a module of Python as a process of its own, whose log is not kept."""
    # No profile is taken of what workers do: that takes time from the chapters.
    environment = {**os.environ, "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h",
                   "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}  # fmt: skip
    environment.pop("PYTEST_CURRENT_TEST", None)
    return subprocess.Popen([sys.executable, "-m", *command], env=environment,
                            stderr=subprocess.DEVNULL)  # fmt: skip


@contextmanager
def scheduling(folder: Path) -> Iterator[str]:
    """A scheduler of its own process, by its address."""
    told = folder / "scheduler.json"
    process = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                    "--no-dashboard", "--scheduler-file", str(told))  # fmt: skip
    try:
        while not told.exists():
            assert process.poll() is None
            time.sleep(0.1)
        yield json.loads(told.read_text())["address"]
    finally:
        _end([process])


@contextmanager
def working(scheduler: str, folder: Path, *, workers: int = 2) -> Iterator[list[subprocess.Popen]]:
    """So many workers of the scheduler, a process each, that run one chapter at a time."""
    started = [
        start("distributed.cli.dask_worker", scheduler, "--host", "127.0.0.1", "--no-nanny",
              "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        for _ in range(workers)
    ]  # fmt: skip
    try:
        yield started
    finally:
        _end(started)


def kill_one_at_work(workers: Iterable[subprocess.Popen]) -> None:
    """Kill the first worker in whose kernel a chapter runs, as if its machine had gone."""
    while True:
        for worker in workers:
            worker.send_signal(signal.SIGSTOP)  # so that the chapter is not done in the meantime
            if _kernels_of(worker):
                family = psutil.Process(worker.pid).children(recursive=True)
                worker.kill()
                worker.wait()
                psutil.wait_procs(family, timeout=DIES_WITHIN)
                return
            worker.send_signal(signal.SIGCONT)
        time.sleep(0.05)


def _kernels_of(worker: subprocess.Popen) -> list[psutil.Process]:
    # A worker's child is the parent of its kernels, which imports before it forks any.
    try:
        return [kernel for parent in psutil.Process(worker.pid).children()
                for kernel in parent.children()]  # fmt: skip
    except psutil.NoSuchProcess:  # a parent or kernel that ended while it was looked at
        return []


def _end(processes: Iterable[subprocess.Popen]) -> None:
    for process in processes:
        process.kill()
        process.wait()
