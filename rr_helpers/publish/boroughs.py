"""The briefing of every borough in one run, from one release, several briefings at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.from_study import build
from rr_helpers.publish.here import usable_cores
from rr_helpers.publish.workshop import Workshop


def build_all_boroughs(
    folder: Path,
    *,
    window: str,
    out: Path,
    thorough: bool = False,
    say: Callable[[str], None] = print,
    cluster: str | None = None,
) -> list[Path]:
    """Build each borough's briefing into a folder of `out` named by its code; return the folders.

    The window's release is made once and shown by all. A briefing that cannot be built does not
    stop the others; UserError then lists them at the end. cluster: as for `from_study.build`; pages
    are built here all the same.
    """
    from rr_helpers.publish.edition import open_edition, prepare_study
    from rr_helpers.publish.releasing import release_window
    from rr_helpers.study.schema.codes import BOROUGHS

    say(f"Reading {folder}")
    store = prepare_study(folder)
    say("Protecting every count together")
    edition = open_edition(store, window=window)
    release, _ = release_window(edition, store, thorough=thorough, say=say)
    shared = {"window": window, "thorough": thorough, "release": release, "cluster": cluster}
    shared["lasting"] = False  # a briefing is one chapter
    asked = {code: {**shared, "scope": code, "out": out / code} for code in BOROUGHS}
    failed = {}
    workers = min(usable_cores(), len(asked))
    for number, (code, error) in enumerate(build_each(folder, asked, workers=workers), start=1):
        say(f"{BOROUGHS[code]} ({number} of {len(BOROUGHS)})")
        if error:
            failed[code] = f"{BOROUGHS[code]}: {error}"
    if failed:
        raise UserError(
            place=str(out),
            found=f"{len(failed)} briefings that were not built:\n"
            + "".join(f"  - {failed[code]}\n" for code in BOROUGHS if code in failed),
            expected="the briefing of every borough",
            cure="Mend what is named above and run the command again",
        )
    say(f"{len(asked)} briefings: {out}")
    return [out / code for code in asked]


def build_each(folder: Path, asked: dict[str, dict], *, workers: int) -> Iterable[tuple[str, str]]:
    """Build in so many processes; yield each code as it is done, with what went wrong or ""."""
    # A process of its own each, since the checks of a site are work for Python itself; started
    # afresh, since this one has threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            started = {pool.submit(_build_one, folder, each): code for code, each in asked.items()}
            for future in as_completed(started):
                yield started[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _build_one(folder: Path, asked: dict) -> str:
    try:
        build(folder, **asked, say=_quiet, workshop=_workshop())
    except UserError as error:
        return str(error)
    return ""


@cache
def _workshop() -> Workshop:
    """The workshop of this process, whose warm parents import once for all its briefings."""
    return Workshop(lasting=True)


def _quiet(_: str) -> None:
    pass
