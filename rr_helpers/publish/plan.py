"""From a study folder and a window to the plan of an edition: read, gate, tabulate, protect."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from rr_helpers.disclosure import Release
from rr_helpers.errors import UserError
from rr_helpers.publish.accessibility import PAGE as ACCESSIBILITY
from rr_helpers.publish.accessibility import accessibility_markdown
from rr_helpers.publish.accounts import read_accounts
from rr_helpers.publish.analysis_plan import AnalysisPlan, in_words, read_plan
from rr_helpers.publish.board_papers import gather_papers
from rr_helpers.publish.borough import edition_title, require_scope
from rr_helpers.publish.build import Plan
from rr_helpers.publish.comparability import PAGE, comparability_markdown
from rr_helpers.publish.edition import Edition, open_edition
from rr_helpers.publish.file_faults import NO_CANARIES
from rr_helpers.publish.free_text import free_text_runs
from rr_helpers.publish.releasing import release_window
from rr_helpers.publish.scope import LONDON, contents_of
from rr_helpers.publish.team_words import words_digest
from rr_helpers.publish.validated import prepare_study
from rr_helpers.publish.validation import validation_markdown
from rr_helpers.study import data_dictionary_markdown

TITLE = "Rescue and Response: annual evaluation report"
TRUTH = "truth.json"  # written beside a synthetic study, and only there


def plan_edition(
    folder: Path,
    *,
    window: str,
    scope: str = LONDON,
    thorough: bool = False,
    protected: Path | None = None,
    say: Callable[[str], None] = print,
) -> Plan:
    """Read the study, protect every count of the edition, and return what the build needs.

    The validated study and the release lie inside the study folder, in ``.rr/``. thorough: as in
    `protect_release`. protected: the release, where it was made before from the same inputs; it is
    then read, not made again. Raises StudyFaults, DisclosureError, or UserError for an unknown
    window or scope.
    """
    require_scope(scope)
    project = project_folder()
    if not protected:
        say(f"Reading {folder}")
    store = prepare_study(folder)
    edition = open_edition(store, window=window)
    if protected:
        release, made = protected, Release.from_json(protected)
    else:
        say("Protecting every count together")
        release, made = release_window(edition, store, thorough=thorough, say=say)
    dates = f"{in_words(edition.window.start)} to {in_words(edition.window.end)}"
    truth = _truth(folder)
    return Plan(
        project=project,
        window=window,
        scope=scope,
        title=edition_title(scope) if scope != LONDON else TITLE,
        contents=contents_of(scope),
        reporting=f"{edition.window.label}: {dates}",
        synthetic=truth is not None,
        seed=truth and truth.get("seed"),
        options={"release": made.digest},
        parameters={
            "study": str(store.resolve()),
            "window": window,
            "scope": scope,
            "release": str(release.resolve()),
        },
        inputs={**edition.study.input_digests, **words_digest(folder, window)},
        planned=_read_plan(edition) if scope == LONDON else None,
        pages=_generated_pages(edition) if scope == LONDON else {},
        accounts=read_accounts(project / "book") if scope == LONDON else None,
        papers=gather_papers(edition, folder) if scope == LONDON else None,
        identifiers=edition.study.identifiers(),
        names=edition.study.names(),
        organisations=edition.study.organisation_names(),
        runs=free_text_runs(edition.study, store),
        canaries=read_canaries(folder),
    )


def _generated_pages(edition: Edition) -> dict[str, str]:
    windows, events = edition.study["window"], edition.study["event"]
    return {
        "data_dictionary": data_dictionary_markdown(),
        "validation": validation_markdown(),
        ACCESSIBILITY: accessibility_markdown(),
        PAGE: comparability_markdown(windows, events, window=edition.window_id),
    }


def _read_plan(edition: Edition) -> AnalysisPlan:
    window = edition.window
    return read_plan(edition.study["analysis_plan"], start=window.start, end=window.end)


def project_folder() -> Path:
    """Return the folder that holds book/ and notebooks/; UserError where they are not there."""
    project = Path(__file__).parents[2]
    if not (project / "book" / "_toc.yml").is_file():
        raise UserError(
            place=str(project),
            found="no book/_toc.yml",
            expected="the repository of the evaluation book",
            cure="Install it with 'pip install --editable .' in the repository, or use make",
        )
    return project


def read_canaries(folder: Path) -> Mapping:
    """Return the canaries of a synthetic study (`words`, `numbers`); a real study has none."""
    planted = (_truth(folder) or {}).get("canaries", NO_CANARIES)
    return {"words": planted["words"], "numbers": planted["numbers"]}


def _truth(folder: Path) -> dict | None:
    path = folder / TRUTH
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
