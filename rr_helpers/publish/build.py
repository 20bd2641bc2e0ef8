"""Build one edition in its own folder: aside first, moved into place only when all is well.

OUT/site         what is published
OUT/chapters     the executed notebooks, private
OUT/record.json  what it was made of
OUT/failed       after a failure: the notebook as far as it ran, private
"""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil

from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.publish.book import build_book, chapter_names, read_toc
from rr_helpers.publish.chapters import Chapter, run_chapters
from rr_helpers.publish.check import NO_CANARIES, check_site
from rr_helpers.publish.findings import (
    collect_findings,
    compose_front_page,
    require_planned,
)
from rr_helpers.publish.gate import refuse_unsafe
from rr_helpers.publish.record import digest_files, write_record
from rr_helpers.publish.uncleared import find_uncleared, page_sources

PARTS = ("site", "chapters", "record.json")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one edition is made of.

    project: the folder that holds book, notebooks and requirements.lock. window, scope, seed,
    options, inputs: for the record; inputs are digests by name. parameters: what every chapter's
    parameters cell is given. planned: the question of each planned analysis by its id; None where
    there is no plan to hold findings to. pages: the generated pages (Markdown) by their name in the
    contents, without the front page, which is composed from the findings under `title` and
    `reporting`.
    synthetic: whether the banner says so. identifiers, names, runs, canaries: the study's, none of
    which may appear in the site (see `check_site`).
    """

    project: Path
    window: str
    scope: str
    parameters: Mapping
    title: str
    reporting: str
    synthetic: bool
    introduction: str = ""
    seed: int | None = None
    options: Mapping = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    planned: Mapping[str, str] | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    identifiers: Iterable[str] = ()
    names: Iterable[str] = ()
    runs: frozenset[int] = frozenset()
    canaries: Mapping = field(default_factory=lambda: NO_CANARIES)


def build_edition(plan: Plan, out: Path, *, say: Callable[[str], None] = print) -> dict:
    """Build the edition into `out` and return its record; `say` is told how far the work is.

    Where anything fails, UserError says what, and the last good site in `out` is untouched.
    """
    started = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    clear_left_over(out)
    shutil.rmtree(out / "failed", ignore_errors=True)
    building = out / f".building-{os.getpid()}"
    building.mkdir()
    try:
        executed = _run(plan, building, out / "failed", say)
        say("Checking every output, then building the pages")
        _build_site(plan, executed, building)
        record = write_record(
            building / "record.json",
            inputs={**plan.inputs, **digest_sources(plan.project)},
            lock=plan.project / "requirements.lock",
            seed=plan.seed,
            options=plan.options,
            window=plan.window,
            scope=plan.scope,
            site=digest_files(building / "site"),
        )
        move_into_place(building, out)
    finally:
        # Where the last good edition could not be put back, the next build still can.
        if not any((building / "previous").glob("*")):
            shutil.rmtree(building, ignore_errors=True)
    say(f"Built in {time.monotonic() - started:.0f} s: {out / 'site' / 'index.html'}")
    return record


def digest_sources(project: Path) -> dict[str, str]:
    """Return the digests of the project's own inputs: notebooks, book and pinned versions."""
    files = [project / "requirements.lock"]
    for folder in ("book", "notebooks"):
        files += [
            path
            for path in (project / folder).rglob("*")
            if path.is_file()
            and not {"__pycache__", "_build", ".ipynb_checkpoints"} & set(path.parts)
        ]
    return digest_files(project, files)


def clear_left_over(out: Path) -> None:
    """Clear up after builds that were killed in `out`; UserError where one is still running."""
    for building in sorted(out.glob(".building-*")):
        process = int(building.name.rpartition("-")[2])
        if process != os.getpid() and psutil.pid_exists(process):
            raise UserError(
                place=str(out),
                found=f"another build at work (process {process})",
                expected="one build at a time in a folder",
                cure=f"Wait until it is done; if none is running, delete {building.name}",
            )
        _put_back(building / "previous", out)
        shutil.rmtree(building)


def _run(plan: Plan, building: Path, failed: Path, say) -> dict[str, Path]:
    chapters = [
        Chapter(name, plan.project / f"{name}.ipynb", building / "chapters" / f"{name}.ipynb")
        for name in chapter_names(plan.project / "book")
    ]
    say(f"Running {len(chapters)} chapters")

    def progress(name: str, elapsed: float, left: int) -> None:
        say(f"  {name}: run after {elapsed:.0f} s, {left} left")

    failures = run_chapters(chapters, plan.parameters, failed=failed, progress=progress)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise UserError(
            place="notebooks",
            found=f"{len(failures)} chapters stopped:\n"
            + "".join(f"  - {failure}\n" for failure in failures),
            expected="chapters that run from top to bottom",
            cure="Nothing was published; mend the cells named above and build again",
        )
    return {chapter.name: chapter.target for chapter in chapters}


def _build_site(plan: Plan, executed: Mapping[str, Path], building: Path) -> None:
    notebooks = {name: nbformat.read(path, as_version=4) for name, path in executed.items()}
    refuse_unsafe(notebooks)
    told = collect_findings(notebooks)
    if plan.planned is not None:
        require_planned(told, plan.planned)
    front = compose_front_page(
        told,
        title=plan.title,
        reporting=plan.reporting,
        synthetic=plan.synthetic,
        introduction=plan.introduction,
    )
    html = build_book(
        plan.project / "book",
        chapters=executed,
        pages={"index": front, **plan.pages},
        stage=building / "stage",
    )
    book = plan.project / "book"
    sources = page_sources(book, {"index": front, **plan.pages}, read_toc(book))
    faults = check_site(
        html, plan.identifiers, plan.names, runs=plan.runs, canaries=plan.canaries
    ) + find_uncleared(html, notebooks, sources)
    if faults:
        raise DisclosureError(
            place="the built site",
            found=f"{len(faults)} faults:\n" + "".join(f"  - {fault}\n" for fault in faults),
            expected="a site that passes every check",
            cure="Nothing was published; mend what is named above and build again",
        )
    os.replace(html, building / "site")


def move_into_place(building: Path, out: Path) -> None:
    """Put what was built aside in place of the last edition; UserError where that is in use."""
    previous = building / "previous"
    previous.mkdir()
    try:
        for part in PARTS:
            if (out / part).exists():
                os.replace(out / part, previous / part)
            os.replace(building / part, out / part)
    except OSError as error:
        with suppress(OSError):
            _put_back(previous, out)
        raise UserError(
            place=str(out),
            found=f"a file that cannot be replaced ({error.strerror})",
            expected="no program holding the last edition open",
            cure="Close the report where it is open and stop 'rr serve', then build again",
        ) from error
    shutil.rmtree(previous)


def _put_back(previous: Path, out: Path) -> None:
    for part in PARTS:
        if (previous / part).exists():
            if (out / part).is_dir():
                shutil.rmtree(out / part)
            os.replace(previous / part, out / part)
