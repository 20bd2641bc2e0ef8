"""Build again whenever a file is saved."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.from_study import build, edition_inputs
from rr_helpers.publish.pipeline import ROOT, Inputs
from rr_helpers.publish.sources import read_package
from rr_helpers.publish.workshop import Workshop

EVERY = 0.15  # seconds between two looks; polling works on every system and on shared folders


def watch(
    folder: Path,
    *,
    window: str,
    scope: str,
    out: Path,
    say: Callable[[str], None] = print,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Bring a draft of the edition up to date now and after every change, until Ctrl-C.

    A draft has the pages alone, with every check of theirs. What is wrong with a change is told,
    and the next change waited for. Where a module of the package has changed, the program starts
    itself again, since it holds the module as it was.
    """
    say("Drafts: pages alone; 'rr build' without --watch makes the whole edition")
    workshop = Workshop(lasting=True)
    try:
        _watch(folder, workshop, {"window": window, "scope": scope}, out, say, pause)
    finally:
        workshop.close()
    say("A module has changed; starting again")
    os.execv(sys.executable, [sys.executable, "-m", "rr_helpers.cli", *sys.argv[1:]])


def _watch(folder: Path, workshop: Workshop, edition: dict, out: Path, say, pause) -> None:
    """Build after every change, until a module of the package has changed."""
    while True:
        inputs = edition_inputs(folder, **edition)
        files, modules = watched(inputs)
        handed_in = set(inputs.handed_in())
        workshop.prepare(map(inputs.notebook, inputs.chapters))
        try:
            started = time.monotonic()
            build(folder, **edition, out=out, say=say, workshop=workshop, draft=True)
            took = time.monotonic() - started
            workshop.prepared()  # so that the first change waits for itself alone
            say(f"Up to date after {took:.1f} s; waiting for a change (Ctrl-C stops)")
        except UserError as error:
            say(f"rr build: {error}")
        while stamps(files) == files and stamps(modules) == modules:
            pause(EVERY)
            if set(inputs.handed_in()) != handed_in:  # a file came or went
                break
        if stamps(modules) != modules:
            return


def watched(inputs: Inputs) -> tuple[dict, dict]:
    """Return the stamps of the files that an edition is made from, and of the package's modules."""
    package = read_package(ROOT)
    modules = [path for path, _ in package.values()]
    files = {*inputs.of_book(package), *map(inputs.notebook, inputs.chapters)} - set(modules)
    return stamps(files), stamps(modules)


def stamps(files: Iterable[Path]) -> dict[Path, tuple | None]:
    """Return (time, size) of each file, None for one that is gone: a hint to look, no more."""
    found = {}
    for path in files:
        try:
            state = path.stat()
            found[path] = (state.st_mtime_ns, state.st_size)
        except OSError:
            found[path] = None
    return found
