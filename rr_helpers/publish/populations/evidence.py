"""The evidence itself: coded documents, cells filled in, consents, warnings."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from rr_helpers.publish.coded_evidence import KINDS, CodedEvidence
from rr_helpers.publish.populations.frames import YES, count_of, yes_no
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values
from rr_helpers.study.schema import MISSING_CODES, TABLES, WORKBOOKS

NO_SUCH_CODE = "(the codebook has no such code)"
NOTHING_DECLARED = "(the team has declared none)"
QUESTIONS = tuple(TABLES["theme"].column("question")["values"])
# Who speaks in their own words; files, panels and reviews are told by others.
RECORDS = "records"
NOTHING = "(nothing came up)"
FILLED, BLANK = "Filled in", "Left blank"
# A sheet has the same number of cells in every row: their count, told to within five, would tell
# how many rows there are exactly, which nothing else in a report does.
CELLS = 250
CELL_STATES = {code: label.capitalize() for code, label in MISSING_CODES.items()}
STATES = [FILLED, *CELL_STATES.values(), BLANK]
NUMBERS = {code: STATES.index(label) for code, label in CELL_STATES.items()}


def coded_sources(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a coded document of the window: whose view, and which codes it holds."""
    frame = in_window(study["coded_source"], "date", study.window(window_id))
    frame = frame[frame["source_name"].isin(coded.source_codes.index)]
    columns = {
        "method": label_values(frame["method"], table="coded_source", column="method"),
        "stakeholder": label_values(
            frame["stakeholder"], table="coded_source", column="stakeholder"
        ),
        "sub_region": label_values(
            frame["borough_code"].map(study["borough"].set_index("borough_code")["sub_region"]),
            table="borough",
            column="sub_region",
        ),
    }
    for kind in KINDS:
        columns |= _batteries(kind, coded, frame["source_name"])
    columns |= _declared(coded, frame["source_name"])
    return count_of("coded documents", pd.DataFrame(columns, index=frame.index))


def coded_speakers(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a person who speaks in the coded documents of the window: the themes they speak to.

    People whom files, panels and reviews are about do not speak in them, and are not counted.
    """
    frame = in_window(study["coded_source"], "date", study.window(window_id))
    frame = frame[frame["source_name"].isin(coded.source_codes.index)]
    frame = frame[frame["stakeholder"].ne(RECORDS)].dropna(subset=["participant_id"])
    documents = pd.DataFrame(_declared(coded, frame["source_name"])).eq(YES)
    said = documents.groupby(frame["participant_id"].to_numpy()).any()
    people = frame.drop_duplicates("participant_id").set_index("participant_id").reindex(said.index)
    columns = {
        "stakeholder": label_values(
            people["stakeholder"], table="coded_source", column="stakeholder"
        ),
        **{name: yes_no(said[name]) for name in said},
    }
    return count_of("people who spoke", pd.DataFrame(columns, index=said.index))


def coded_passages(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a coded passage of the window that speaks for or against some configuration."""
    frame = in_window(study["coded_source"], "date", study.window(window_id))
    ids = coded.configurations[["supporting", "refuting"]].to_numpy().ravel()
    held = {segment for each in ids for segment in each}
    segments = coded.material.segments.drop_duplicates("segment_id")
    segments = segments[segments["source"].isin(frame["source_name"])]
    segments = segments.loc[segments["segment_id"].isin(held), "segment_id"].reset_index(drop=True)
    columns = _in_batteries(coded, lambda found: segments.isin(found), segments.index)
    return count_of("passages", pd.DataFrame(columns, index=segments.index))


def _declared(coded: CodedEvidence, sources: pd.Series) -> dict[str, pd.Series]:
    """Which documents speak for and against each declared theme and configuration."""
    columns = {}
    for battery, held in (("theme", coded.source_codes), ("theme_against", coded.source_against)):
        held = held.reindex(sources)
        for label, paths in zip(coded.themes["label"], coded.themes["paths"], strict=True):
            holds = held[list(paths)].any(axis="columns").to_numpy(dtype=bool)
            columns[f"{battery}: {label}"] = yes_no(pd.Series(holds, index=sources.index))
        if coded.themes.empty:
            columns[f"{battery}: {NOTHING_DECLARED}"] = _nowhere(sources.index)
    segments = coded.material.segments
    named = (segments[column].to_numpy() for column in ("segment_id", "source"))
    source_of = dict(zip(*named, strict=True))
    return columns | _in_batteries(
        coded, lambda found: sources.isin({source_of[one] for one in found}), sources.index
    )


def _in_batteries(coded: CodedEvidence, holds, index) -> dict[str, pd.Series]:
    """Return a battery for and one against the configurations of each question."""
    columns = {}
    for question in QUESTIONS:
        mine = coded.configurations[coded.configurations["question"].eq(question)]
        for battery, side in (("", "supporting"), ("_against", "refuting")):
            name = f"configuration_{question.lower()}{battery}"
            for label, found in zip(mine["label"], mine[side], strict=True):
                columns[f"{name}: {label}"] = yes_no(pd.Series(holds(found), index=index))
            if mine.empty:
                columns[f"{name}: {NOTHING_DECLARED}"] = _nowhere(index)
    return columns


def _nowhere(index) -> pd.Series:
    return yes_no(pd.Series(False, index=index))


def _batteries(kind: str, coded: CodedEvidence, sources: pd.Series) -> dict[str, pd.Series]:
    """Which of the documents hold each code of a kind, and which speak against it."""
    codes = coded.codes[coded.codes["type"] == kind]
    columns = {}
    for battery, held in ((kind, coded.source_codes), (f"{kind}_against", coded.source_against)):
        held = held.reindex(sources)
        for label, paths in codes.groupby("label")["path"]:
            holds = held[list(paths)].any(axis="columns").to_numpy()
            columns[f"{battery}: {label}"] = yes_no(pd.Series(holds, index=sources.index))
        if codes.empty:
            nowhere = pd.Series(False, index=sources.index)
            columns[f"{battery}: {NO_SUCH_CODE}"] = yes_no(nowhere)
    return columns


def cells(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a cell that was to be filled in, in any window: filled, or why it is not."""
    titles = [_workbook_title(workbook) for workbook in WORKBOOKS]
    workbooks, states = [], []
    for name, table in TABLES.items():
        measures = [
            column
            for column in table.columns
            if table.column(column)["role"] in ("measure", "quasi-identifier")
        ]
        states.append(_cell_states(study, name, measures))
        title = titles.index(_workbook_title(table.workbook))
        workbooks.append(np.full(states[-1].shape, title, dtype=np.int8))
    columns = {
        "workbook": pd.Categorical.from_codes(np.concatenate(workbooks), titles, ordered=True),
        "state": pd.Categorical.from_codes(np.concatenate(states), STATES, ordered=True),
    }
    counted = count_of("cells to be filled in", pd.DataFrame(columns))
    counted.attrs["base"] = CELLS
    return counted


def _cell_states(study: Study, name: str, columns: list[str]) -> np.ndarray:
    """Return which of STATES each cell of the columns is in, by number, row after row."""
    frame, behind = study[name], study.missing_codes(name)
    states = np.empty((len(frame), len(columns)), dtype=np.int8)
    for place, column in enumerate(columns):
        filled = frame[column].notna()
        # Text holds the codes themselves; blank numbers and dates have theirs beside them.
        codes = behind[column] if column in behind else frame[column]
        missing = codes.map(NUMBERS)
        otherwise = np.where(filled, STATES.index(FILLED), STATES.index(BLANK))
        states[:, place] = missing.where(missing.notna(), otherwise)
    return states.ravel()


def _workbook_title(workbook: str) -> str:
    return (
        workbook.removesuffix(".xlsx")
        .replace("_", " ")
        .replace("yp ", "young people's ")
        .capitalize()
    )


def consents(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a person in the consent register, in any window: what they agreed to."""
    frame = study["consent"]
    agreed = frame["consent_participate"].map({"yes": "Agreed", "no": "Did not agree"})
    scope = frame["withdrawal_scope"].map(
        {
            "all": "Withdrew everything",
            "future": "Withdrew from a day on",
            "quotes": "Withdrew quotations",
        }
    )
    columns = {
        "subject_type": label_values(frame["subject_type"], table="consent", column="subject_type"),
        "consent": categories(
            scope.fillna(agreed),
            [
                "Agreed",
                "Did not agree",
                "Withdrew quotations",
                "Withdrew from a day on",
                "Withdrew everything",
            ],
        ),
    }
    return count_of("people in the consent register", pd.DataFrame(columns, index=frame.index))


def warnings(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a warning that validation gave: its kind."""
    return count_of("warnings", _kinds([fault.kind for fault in study.faults]))


def reading_issues(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a thing that the coded projects could not tell, or told in two ways."""
    kinds = coded.issues["kind"].repeat(coded.issues["count"].astype(int))
    return count_of("issues in the coded projects", _kinds(kinds))


def _kinds(kinds: Iterable[str]) -> pd.DataFrame:
    said = pd.Series([kind.capitalize() for kind in kinds], dtype=object)
    return pd.DataFrame({"kind": categories(said, sorted(set(said)) or [NOTHING], missing=None)})
