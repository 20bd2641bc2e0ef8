"""The free text of a study, made ready to be searched for: hashed runs of eight words."""

from pathlib import Path

from rr_helpers.publish.gated_projects import REVIEWED, coded_runs, reviewed_words
from rr_helpers.publish.leaks import WordRuns, word_runs
from rr_helpers.study import Study
from rr_helpers.study.schema import TABLES


def free_text_runs(study: Study, store: Path | None = None) -> WordRuns:
    """Return every run of eight words of the study's free text, hashed, for `Sought(runs=…)`.

    Free text is every column of that role and every document of the coded projects, those that
    consent does not cover included: of all people their words may least be published. Left out is
    what lies inside a reviewed quotation. store: as for `gated_projects`.
    """
    texts = [
        text
        for table, frame in study.tables.items()
        for column in frame.columns
        if (table, column) != REVIEWED and TABLES[table].column(column)["role"] == "free text"
        for text in frame[column].dropna()
    ]
    return word_runs(map(str, texts), reviewed=reviewed_words(study)) | coded_runs(study, store)
