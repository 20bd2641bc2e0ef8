"""From a study folder and a window to the plan of an edition: read, gate, tabulate, protect."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from rr_helpers.disclosure import write_audit
from rr_helpers.errors import UserError
from rr_helpers.publish.build import Plan
from rr_helpers.publish.check import NO_CANARIES
from rr_helpers.publish.edition import (
    LONDON,
    make_release,
    open_edition,
    prepare_study,
)
from rr_helpers.publish.free_text import free_text_runs
from rr_helpers.study import data_dictionary_markdown

TITLE = "Rescue and Response: annual evaluation report"
TRUTH = "truth.json"  # written beside a synthetic study, and only there


def plan_edition(
    folder: Path,
    *,
    window: str,
    scope: str = LONDON,
    say: Callable[[str], None] = print,
) -> Plan:
    """Read the study, protect every count of the edition, and return what the build needs.

    The validated study and the release lie inside the study folder, in ``.rr/``. Raises
    StudyFaults, DisclosureError, or UserError for an unknown window or scope.
    """
    project = project_folder()
    say(f"Reading {folder}")
    store = prepare_study(folder)
    edition = open_edition(store, window=window, scope=scope)
    say("Protecting every count together")
    release = store / f"release-{window}-{scope}.json"
    made = make_release(edition)
    made.to_json(release)
    # Names the small cells, so it stays with the rows.
    write_audit(made.audit, store / f"audit-{window}-{scope}.json")
    dates = f"{_in_words(edition.window.start)} to {_in_words(edition.window.end)}"
    truth = _truth(folder)
    return Plan(
        project=project,
        window=window,
        scope=scope,
        title=TITLE,
        reporting=f"{edition.window.label}: {dates}",
        synthetic=truth is not None,
        seed=truth and truth.get("seed"),
        parameters={
            "study": str(store.resolve()),
            "window": window,
            "scope": scope,
            "release": str(release.resolve()),
        },
        inputs=edition.study.input_digests,
        planned=dict(
            edition.study["analysis_plan"][["plan_id", "question"]].itertuples(index=False)
        ),
        pages={"data_dictionary": data_dictionary_markdown()},
        identifiers=edition.study.identifiers(),
        names=edition.study.names(),
        runs=free_text_runs(edition.study),
        canaries=read_canaries(folder),
    )


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


def _in_words(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _truth(folder: Path) -> dict | None:
    path = folder / TRUTH
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
