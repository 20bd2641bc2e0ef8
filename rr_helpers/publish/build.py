"""What an edition is made of, and the building of its site from the executed chapters."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import v4

from rr_helpers.errors import DisclosureError
from rr_helpers.publish.accounts import Accounts, compose_accounts
from rr_helpers.publish.analysis_plan import (
    PAGE,
    AnalysisPlan,
    about_plan,
    compose_plan_page,
    label_findings,
    require_planned,
)
from rr_helpers.publish.board_pages import compose_board_pages, doors
from rr_helpers.publish.board_papers import BoardPapers
from rr_helpers.publish.book import build_book
from rr_helpers.publish.contents import CONTENTS, chapter_names, read_toc
from rr_helpers.publish.documents import TABLES, write_documents
from rr_helpers.publish.file_faults import NO_CANARIES, Search
from rr_helpers.publish.findings import Told, collect_findings, compose_front_page
from rr_helpers.publish.gate import refuse_unsafe
from rr_helpers.publish.handover import FILE, write_handover
from rr_helpers.publish.here import Here
from rr_helpers.publish.jupyter_book import JupyterBook
from rr_helpers.publish.leaks import NO_RUNS, WordRuns
from rr_helpers.publish.pipeline import Inputs
from rr_helpers.publish.place import building_in
from rr_helpers.publish.record import digest_files, read_record
from rr_helpers.publish.searching import search_site
from rr_helpers.publish.steps import Work
from rr_helpers.publish.team_words import meanings
from rr_helpers.publish.uncleared import find_uncleared, page_sources
from rr_helpers.publish.workbook import write_tables

# What is kept for the next build: the pages, and which files and pages were found clean.
STAGES, SEARCHED, CLEARED = "stages", "searched.json", "cleared.json"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one edition is made of.

    project: the folder that holds book, notebooks and requirements.lock. window, scope, seed,
    options, inputs: for the record; inputs are digests by name. parameters: what every chapter's
    parameters cell is given. planned: the analysis plan, which has a page of its own; None where
    there is no plan to hold findings to. pages: the generated pages (Markdown) by their name in the
    contents, without the front page, which is composed from the findings under `title` and
    `reporting`. accounts: the standards, assumptions and revisions of the book, whose pages are
    checked against the chapters; None for an edition without them. papers: what the boards'
    briefings tell besides findings; None for an edition without briefings. contents: the file in
    ``book/`` that lists the pages. synthetic: whether the banner says so. identifiers, names,
    organisations, runs, canaries: the study's, none of which may appear in the site (see
    `check_site`).
    """

    project: Path
    window: str
    scope: str
    parameters: Mapping
    title: str
    reporting: str
    synthetic: bool
    introduction: str = ""
    contents: str = CONTENTS
    seed: int | None = None
    options: Mapping = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    planned: AnalysisPlan | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    accounts: Accounts | None = None
    papers: BoardPapers | None = None
    identifiers: Iterable[str] = ()
    names: Iterable[str] = ()
    organisations: Iterable[str] = ()
    runs: WordRuns = NO_RUNS
    canaries: Mapping = field(default_factory=lambda: NO_CANARIES)


def build_edition(
    plan: Plan,
    out: Path,
    *,
    say: Callable[[str], None] = print,
    warm: bool = True,
    draft: bool = False,
) -> dict:
    """Build the edition of a ready plan into `out`, all of it anew, and return its record.

    warm: whether kernels may be forked from a warm parent, where the system can. draft: as for
    `build_site`. Where anything fails, UserError says what, and the last good site in `out` is
    untouched.
    """
    inputs = Inputs(
        project=plan.project,
        chapters=tuple(chapter_names(plan.project / "book", plan.contents)),
        study=None,
        settings={},
        draft=draft,
    )
    with building_in(out) as building:
        work = Work(
            inputs,
            out,
            building=building,
            make_plan=lambda _: plan,
            say=say,
            chapters=Here(warm=warm),
            jupyter_book=JupyterBook(warm=warm),
        )
        work.run(state=building / "state.json")
    return read_record(out / "record.json")


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


def build_site(
    plan: Plan,
    executed: Mapping[str, Path],
    building: Path,
    *,
    kept: Path,
    jupyter_book: JupyterBook | None = None,
    draft: bool = False,
) -> list[Told]:
    """Check every output, build the pages, check the site, and leave it as ``building/site``.

    kept: a private folder in which a later build finds what has not changed since. jupyter_book:
    as for `build_book`. draft: whether the pages are all that is wanted; their checks are the same.
    Returns the findings, for the record.
    """
    # Not judged again whether they are notebooks: they were when they were written.
    notebooks = {
        name: v4.reads(path.read_text(encoding="utf-8")) for name, path in executed.items()
    }
    refuse_unsafe(notebooks)
    told = collect_findings(notebooks)
    pages, labels, about = dict(plan.pages), {}, ""
    if plan.planned is not None:
        require_planned(told, plan.planned)
        labels, about = label_findings(told, plan.planned), about_plan(told, plan.planned)
        pages[PAGE] = compose_plan_page(told, plan.planned)
    book = plan.project / "book"
    listed = read_toc(book, plan.contents)
    board_pages = compose_board_pages(plan, told, notebooks, listed)
    pages |= board_pages
    by_id = {finding.id: finding for finding in told}
    front = compose_front_page(
        told,
        means=meanings(plan.papers.words, by_id) if plan.papers is not None else {},
        title=plan.title,
        reporting=plan.reporting,
        synthetic=plan.synthetic,
        draft=draft,
        introduction=plan.introduction or doors(listed, notebooks if not draft else None),
        labels=labels,
        about=about,
    )
    if plan.accounts is not None:
        sources = page_sources(book, {"index": front, **pages}, listed)
        pages |= compose_accounts(plan.accounts, notebooks, sources)
    html = building / "unchecked"
    named = {"title": plan.title, "reporting": plan.reporting, "synthetic": plan.synthetic}
    with ThreadPoolExecutor(max_workers=1) as aside:
        # Jupyter Book works in a process of its own meanwhile.
        if not draft:
            tables = aside.submit(write_tables, building / TABLES, notebooks, **named)
        search = aside.submit(_search_for, plan)
        build_book(
            book,
            chapters=executed,
            pages={"index": front, **pages},
            stages=kept / STAGES,
            site=html,
            contents=plan.contents,
            jupyter_book=jupyter_book,
        )
        if not draft:
            tables.result()
            write_documents(html, **named, tables=building / TABLES, listed=listed)
    sources = page_sources(book, {"index": front, **pages}, listed)
    faults = search_site(search.result(), html, remembered=kept / SEARCHED)
    faults += find_uncleared(html, notebooks, sources, remembered=kept / CLEARED)
    if faults:
        raise DisclosureError(
            place="the built site",
            found=f"{len(faults)} faults:\n" + "".join(f"  - {fault}\n" for fault in faults),
            expected="a site that passes every check",
            cure="Nothing was published; mend what is named above and build again",
        )
    os.replace(html, building / "site")
    if not draft:
        write_handover(building / FILE, building / "site", **named, listed=listed)
    return told


def _search_for(plan: Plan) -> Search:
    """What no file of the site may hold, made ready: of a large study that takes seconds."""
    study = {"organisations": plan.organisations, "runs": plan.runs, "canaries": plan.canaries}
    return Search.prepare(plan.identifiers, plan.names, **study)
