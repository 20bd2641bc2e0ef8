"""The same work on many things, several at a time, each in a process of its own."""

import os
from collections.abc import Callable, Sequence
from typing import Any

_given: Any = None


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each_in_processes(
    work: Callable, given: Any, things: Sequence, *, sizes: Sequence[int], processes: int
) -> list:
    """Return ``work(given, thing)`` of each thing, in their order; the largest are begun first.

    work: a function that another process can import. given: what all of them need, handed over
    once a process. Where a process ends before its time, as when memory runs out, all is done in
    this one.
    """
    processes = min(processes, len(things))
    if processes > 1:
        # Only now: every command begins with this module, and few come here.
        from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
        from multiprocessing import get_context

        begun = sorted(range(len(things)), key=lambda at: sizes[at], reverse=True)
        # Started afresh, since this process has threads.
        asked = {"mp_context": get_context("spawn"), "initializer": _begin, "initargs": (given,)}
        try:
            with ProcessPoolExecutor(processes, **asked) as pool:
                results = pool.map(_work_on, [(work, things[at]) for at in begun])
                done = dict(zip(begun, results, strict=True))
                return [done[at] for at in range(len(things))]
        except BrokenProcessPool:
            pass
    return [work(given, thing) for thing in things]


def _begin(given: Any) -> None:
    global _given
    _given = given


def _work_on(asked: tuple[Callable, Any]):
    work, thing = asked
    return work(_given, thing)
