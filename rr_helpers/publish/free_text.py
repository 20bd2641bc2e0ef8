"""The free text of a study, made ready to be searched for: hashed runs of eight words."""

from rr_helpers.publish.leaks import word_runs
from rr_helpers.qualitative import read_coded
from rr_helpers.study import Study
from rr_helpers.study.schema import TABLES

REVIEWED = ("quotation", "text_final")


def free_text_runs(study: Study) -> frozenset[int]:
    """Return every run of eight words of the study's free text, hashed, for `Sought(runs=…)`.

    Free text is every column of that role and every document of the coded projects, those that
    consent does not cover included: of all people their words may least be published. Left out is
    what lies inside a reviewed quotation.
    """
    texts = [
        text
        for table, frame in study.tables.items()
        for column in frame.columns
        if (table, column) != REVIEWED and TABLES[table].column(column)["role"] == "free text"
        for text in frame[column].dropna()
    ]
    for file in study.coded_files:
        texts += [text for text in read_coded(file).texts.values() if text]
    table, column = REVIEWED
    return word_runs(map(str, texts), reviewed=study.tables[table][column].dropna())
