"""The briefing of every borough in one run, from one release, several briefings at a time."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.processes import usable_cores
from rr_helpers.publish.editions import RECORD_FIRST, raise_failed, require_windows
from rr_helpers.publish.from_study import build
from rr_helpers.publish.workshop import Workshop


def build_all_boroughs(
    folder: Path,
    *,
    places: Mapping[str, Path],
    thorough: bool = False,
    say: Callable[[str], None] = print,
    cluster: str | None = None,
) -> list[Path]:
    """Build each borough's briefing of each window into a folder named by its code; return them.

    places: the folder in which a window's briefings go, by window, see `editions.places_of`. A
    window's release is made once and shown by all. A briefing that cannot be built does not stop
    the others; UserError then lists them at the end. cluster: as for `from_study.build`; pages are
    built here all the same.
    """
    from rr_helpers.publish.edition import open_edition
    from rr_helpers.publish.releasing import release_window
    from rr_helpers.study.schema.codes import BOROUGHS

    say(f"Reading {folder}")
    store = require_windows(folder, places)
    asked, named = {}, {}
    for window, place in places.items():
        of_window = f" of {window}" if len(places) > 1 else ""
        say(f"Protecting every count{of_window} together")
        edition = open_edition(store, window=window)
        release, _ = release_window(edition, store, thorough=thorough, say=say)
        shared = {"window": window, "thorough": thorough, "release": release, "cluster": cluster}
        for code, borough in BOROUGHS.items():
            out = place / code
            asked[out], named[out] = {**shared, "scope": code, "out": out}, f"{borough}{of_window}"
    failed = {}
    workers = min(usable_cores(), len(asked))
    for number, (out, error) in enumerate(build_each(folder, asked, workers=workers), start=1):
        say(f"{named[out]} ({number} of {len(asked)})")
        if error:
            failed[out] = f"{named[out]}: {error}"
    told = [failed[out] for out in asked if out in failed]
    raise_failed(told, places.values(), of=len(asked), what="briefings")
    say(f"{len(asked)} briefings: {', '.join(map(str, places.values()))}")
    if len(places) > 1:
        say(RECORD_FIRST)
    return list(asked)


def build_each(
    folder: Path, asked: Mapping[Hashable, dict], *, workers: int
) -> Iterator[tuple[Hashable, str]]:
    """Build in so many processes; yield each key as it is done, with what went wrong or ""."""
    # A process of its own each, since the checks of a site are work for Python itself; started
    # afresh, since this one has threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            started = {pool.submit(_build_one, folder, each): key for key, each in asked.items()}
            for future in as_completed(started):
                yield started[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _build_one(folder: Path, asked: dict) -> str:
    try:
        # A briefing is one chapter: no page of it is worth keeping for the next build.
        build(folder, **asked, say=_quiet, workshop=_workshop(), lasting=False)
    except UserError as error:
        return str(error)
    return ""


@cache
def _workshop() -> Workshop:
    """The workshop of this process, whose warm parents import once for all its briefings."""
    return Workshop(lasting=True)


def _quiet(_: str) -> None:
    pass
