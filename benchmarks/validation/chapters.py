"""The estimates of a chapter on a study in memory: the chapter's own cells, run as they stand.

Nothing of a chapter is typed again here. Its code cells are run up to 'What we found', with the
study in place of the edition's and with `protect` replaced by one that notes what it is handed.
"""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import pandas as pd

from rr_helpers import disclosure, networks, publish
from rr_helpers.disclosure import protect_release, read_catalogue
from rr_helpers.publish.edition import HIERARCHIES, Edition, catalogue_file
from rr_helpers.publish.populations import POPULATIONS
from rr_helpers.publish.release_secret import release_secret
from rr_helpers.results import Estimate
from rr_helpers.study import Study
from rr_helpers.study.consent import apply_consent
from rr_helpers.study.synthetic import SyntheticStudy

CHAPTERS = ("q1_network/network", "q1_network/mechanisms", "q2_training/training",
            "q3_barriers/referral", "q3_barriers/response", "q4_safety/safety")  # fmt: skip
FINDINGS = "## What we found"
# The tables of counts that these cells ask for; rounded as in an edition, but only these together.
COUNTED = ("seats_taken", "funnel_by_sex", "ladder_by_year", "outcomes_by_engagement",
           "responses_by_level", "borough_kinds", "survey_invited", "used_in_practice")  # fmt: skip


class RehearsedEdition(Edition):
    """An edition of a study in memory, with only those counts released that the cells need."""

    @cached_property
    def release(self):
        catalogue = {name: read_catalogue(catalogue_file())[name] for name in COUNTED}
        populations = {
            name: POPULATIONS[name](self.study, None, self.window_id)
            for name in dict.fromkeys(table.population for table in catalogue.values())
        }
        # Each study's own secret, or all of them would be rounded the same way.
        call = dict(secret=release_secret(self.study), hierarchies=HIERARCHIES)
        return protect_release(populations, catalogue, **call)


def study_in_memory(made: SyntheticStudy) -> Study:
    """Return the study that reading the written folder would give, without its coded documents."""
    gated = apply_consent(made.tables)
    return Study(
        folder=Path("."),
        tables={name: frame.reset_index(drop=True) for name, frame in gated.frames.items()},
        missing={},
        rows={},
        consent_log=gated.log,
        allowed_sources=gated.allowed_sources,
        quotable_sources=gated.quotable_sources,
    )


def chapter_estimates(
    study: Study, window: str, notebooks: Path, chapters: tuple[str, ...] = CHAPTERS
) -> dict[tuple, Estimate]:
    """Return every estimate handed to `protect` before the findings: (title, row, column) -> it."""
    noted = {}

    def note(estimates, *, title, **_):
        table = pd.DataFrame({"": estimates}) if isinstance(estimates, Mapping) else estimates
        found = {(title, str(r), str(c)): table.loc[r, c] for r in table.index for c in table}
        noted.update(found)
        return _Shown([str(row) for row in table.index], [str(column) for column in table])

    edition = RehearsedEdition(study, window, "london")
    with (
        patch.object(publish, "open_edition", return_value=edition),
        patch.object(disclosure, "protect", note),
        # Descriptions that take most of the time of a study, and are not sought.
        patch.object(networks, "network_estimates", lambda *_, **__: {}),
    ):
        for chapter in chapters:
            names: dict = {}
            for source in _cells_before_findings(notebooks / f"{chapter}.ipynb"):
                exec(compile(source, chapter, "exec"), names)
    return noted


def _cells_before_findings(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    end = next(k for k, source in enumerate(sources) if source.startswith(FINDINGS))
    return [s for s, cell in zip(sources[:end], cells, strict=False) if cell["cell_type"] == "code"]


class _Shown:
    """What a cell may ask of a protected table before the findings: its labels, in order."""

    def __init__(self, row_labels: list[str], column_labels: list[str]):
        self.row_labels, self.column_labels = row_labels, column_labels
