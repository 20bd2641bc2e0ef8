"""Editions of several windows in one run, as if each were built alone.

Each window's release is protected beside the releases on record, not beside the other windows of
the run, so that its bytes do not hang on what else is built.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.from_study import build
from rr_helpers.publish.workshop import Workshop

RECORD_FIRST = (
    "These windows were not protected beside one another. To hand out more than one: record the "
    "first with 'rr check --released-on', build the next again, and so on"
)


def places_of(windows: Iterable[str], out: Path) -> dict[str, Path]:
    """Return where the edition of each window goes: `out`, or where there are several its folders.

    UserError where a window is named twice, or cannot be the name of a folder.
    """
    windows = list(windows)
    if len(windows) == 1:
        return {windows[0]: out}
    places: dict[str, Path] = {}
    for window in windows:
        # Some systems do not tell upper from lower case in names of folders.
        twice = window.casefold() in map(str.casefold, places)
        if twice or not re.fullmatch(r"\w[\w.-]*", window):
            raise UserError(
                place="--window",
                found=f"'{window}'{' a second time' if twice else ''}",
                expected="windows that differ, each of which can be the name of a folder in --out",
                cure="Leave it out, or build it by itself",
            )
        places[window] = out / window
    return places


def build_windows(
    folder: Path,
    *,
    places: Mapping[str, Path],
    scope: str,
    thorough: bool = False,
    say: Callable[[str], None] = print,
    cluster: str | None = None,
) -> None:
    """Build the edition of each window in its place; the study and the kernels serve all of them.

    UserError for a window that is not in the study, before anything is built. An edition that
    cannot be built does not stop the others; UserError then lists them at the end. Options as
    `from_study.build`.
    """
    say(f"Reading {folder}")
    require_windows(folder, places)
    asked = {"scope": scope, "thorough": thorough, "say": say, "cluster": cluster}
    failed, workshop = [], Workshop(lasting=True)
    try:
        for number, (window, out) in enumerate(places.items(), start=1):
            say(f"{window} ({number} of {len(places)})")
            try:
                build(folder, window=window, out=out, workshop=workshop, **asked)
            except UserError as error:
                failed.append(f"{window}: {error}")
    finally:
        workshop.close()
    raise_failed(failed, places.values(), of=len(places), what="editions")
    say(f"{len(places)} editions: {', '.join(map(str, places.values()))}")
    say(RECORD_FIRST)


def require_windows(folder: Path, windows: Iterable[str]) -> Path:
    """Read the study and return its validated copy; UserError for a window that is not in it."""
    from rr_helpers.publish.validated import prepare_study
    from rr_helpers.study import load_study

    store = prepare_study(folder)
    study = load_study(store)
    for window in windows:
        study.window(window)
    return store


def raise_failed(told: Sequence[str], places: Iterable[Path], *, of: int, what: str) -> None:
    """Raise UserError where any of several editions was not built: what was said of each."""
    if told:
        raise UserError(
            place=", ".join(map(str, places)),
            found=f"{len(told)} of {of} {what} not built:\n"
            + "".join(f"  - {each}\n" for each in told),
            expected="all of them",
            cure="Mend what is named above and run the command again",
        )
