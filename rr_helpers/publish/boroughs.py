"""The briefing of every borough in one run, from one release."""

from collections.abc import Callable
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.from_study import build


def build_all_boroughs(
    folder: Path,
    *,
    window: str,
    out: Path,
    thorough: bool = False,
    say: Callable[[str], None] = print,
) -> list[Path]:
    """Build each borough's briefing into a folder of `out` named by its code; return the folders.

    The window's release is made once and shown by all. A briefing that cannot be built does not
    stop the others; UserError then lists them at the end.
    """
    from rr_helpers.publish.edition import open_edition, prepare_study
    from rr_helpers.publish.releasing import release_window
    from rr_helpers.study.schema.codes import BOROUGHS

    say(f"Reading {folder}")
    store = prepare_study(folder)
    say("Protecting every count together")
    edition = open_edition(store, window=window)
    release, _ = release_window(edition, store, thorough=thorough, say=say)
    built, failed = [], []
    for number, (code, name) in enumerate(BOROUGHS.items(), start=1):
        say(f"{name} ({number} of {len(BOROUGHS)})")
        asked = {"window": window, "scope": code, "out": out / code}
        try:
            build(folder, **asked, thorough=thorough, release=release, say=_quiet)
            built.append(out / code)
        except UserError as error:
            failed.append(f"{name}: {error}")
    if failed:
        raise UserError(
            place=str(out),
            found=f"{len(failed)} briefings that were not built:\n"
            + "".join(f"  - {each}\n" for each in failed),
            expected="the briefing of every borough",
            cure="Mend what is named above and run the command again",
        )
    say(f"{len(built)} briefings: {out}")
    return built


def _quiet(_: str) -> None:
    pass
