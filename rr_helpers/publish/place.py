"""The folder of an edition: built aside first, moved into place when all is well.

OUT/site          what is published
OUT/handover.zip  the same as one file to hand on
OUT/chapters      the executed notebooks, private
OUT/record.json   what it was made of
OUT/failed        after a failure: the notebook as far as it ran, private
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rr_helpers.errors import UserError

PARTS = ("site", "handover.zip", "chapters", "record.json")


@contextmanager
def building_in(out: Path) -> Iterator[Path]:
    """Give a folder in `out` to build in, and clear up afterwards, whatever happened.

    What builds that were killed left is cleared first; UserError where one is still running.
    """
    out.mkdir(parents=True, exist_ok=True)
    clear_left_over(out)
    building = out / f".building-{os.getpid()}"
    building.mkdir()
    try:
        _refuse_another(out)  # one that began in the same moment
        yield building
    finally:
        # Where the last good edition could not be put back, the next build still can.
        if not any((building / "previous").glob("*")):
            shutil.rmtree(building, ignore_errors=True)


def clear_left_over(out: Path) -> None:
    """Clear up after builds that were killed in `out`; UserError where one is still running."""
    _refuse_another(out)
    for building in sorted(out.glob(".building-*")):
        put_back(building / "previous", out)
        shutil.rmtree(building)


def _refuse_another(out: Path) -> None:
    for building in sorted(out.glob(".building-*")):
        process = int(building.name.rpartition("-")[2])
        if process != os.getpid() and _made_by(process, building):
            raise UserError(
                place=str(out),
                found=f"another build at work (process {process})",
                expected="one build at a time in a folder",
                cure=f"Wait until it is done; if none is running, delete {building.name}",
            )


def move_into_place(building: Path, out: Path) -> None:
    """Put what was built aside in place of the last edition; UserError where that is in use."""
    previous = building / "previous"
    previous.mkdir()
    try:
        for part in PARTS:
            if (out / part).exists():
                os.replace(out / part, previous / part)
            if (building / part).exists():
                os.replace(building / part, out / part)
    except OSError as error:
        with suppress(OSError):
            put_back(previous, out)
        raise UserError(
            place=str(out),
            found=f"a file that cannot be replaced ({error.strerror})",
            expected="no program holding the last edition open",
            cure="Close the report where it is open and stop 'rr serve', then build again",
        ) from error
    shutil.rmtree(previous)


def put_back(previous: Path, out: Path) -> None:
    """Undo a move that did not come to its end: the last good edition takes its place again."""
    for part in PARTS:
        if (previous / part).exists():
            if (out / part).is_dir():
                shutil.rmtree(out / part)
            os.replace(previous / part, out / part)


def _made_by(process: int, building: Path) -> bool:
    """Whether the process that made the folder still runs; a later one may have its number."""
    import psutil  # only where something was left

    try:
        return psutil.Process(process).create_time() <= building.stat().st_mtime + 1
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
