"""Boards: places at them, and the actions that they agreed."""

from functools import partial

import pandas as pd

from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import count_of, half_year, sector_group, yes_no
from rr_helpers.publish.populations.practice import CAME
from rr_helpers.study import Study
from rr_helpers.study.labels import categories, label_values


def board_places(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row an organisation with a place at a board, from the start to the end of the window."""
    end = study.window(window_id).end
    boards = study["meeting"].set_index("meeting_id")
    boards = boards[boards["date"] <= end]
    frame = study["meeting_attendance"]
    frame = frame[frame["meeting_id"].isin(boards.index)]
    halves = frame["meeting_id"].map(boards["date"]).map(partial(half_year, until=end))
    columns = {
        "half_year": categories(halves, sorted(halves.unique()), missing=None),
        "sector": sector_group(frame["org_id"].map(_sectors(study))),
        "came: Present or a deputy": yes_no(frame["attended"].isin(CAME)),
    }
    return count_of("places at boards", pd.DataFrame(columns, index=frame.index))


def board_actions(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row an action that a board agreed by the end of the window, as it stood on that day."""
    end = study.window(window_id).end
    frame = actions_by(study, end)
    columns = {
        "question": label_values(frame["question"], table="meeting_action", column="question"),
        "owner": sector_group(frame["owner_org_id"].map(_sectors(study))),
        "status": label_values(frame["status"], table="meeting_action", column="status"),
    }
    return count_of("actions", pd.DataFrame(columns, index=frame.index))


def actions_by(study: Study, day: pd.Timestamp) -> pd.DataFrame:
    """Return the actions agreed by a day with `agreed` and the `status` they had on it: SENSITIVE.

    What was closed later was still open.
    """
    agreed = study["meeting_action"]["meeting_id"].map(
        study["meeting"].set_index("meeting_id")["date"]
    )
    frame = study["meeting_action"].assign(agreed=agreed)
    frame = frame[frame["agreed"] <= day]
    return frame.assign(status=frame["status"].mask(frame["closed_date"] > day, "open"))


def _sectors(study: Study) -> pd.Series:
    return study["organisation"].set_index("org_id")["sector"]
