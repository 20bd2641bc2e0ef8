"""Attendance and ties of organisations, with the half-year they belong to: SENSITIVE rows."""

from functools import partial

import pandas as pd

from rr_helpers.publish.populations.frames import SECTOR_GROUPS, half_year
from rr_helpers.publish.populations.practice import CAME
from rr_helpers.study import Study


def panel_attendance(study: Study, window_id: str) -> pd.DataFrame:
    """Return one row an organisation that came to a panel, up to the end of the window.

    Columns: org_id, panel_id, half_year.
    """
    panels = study["panel"].set_index("panel_id")["date"]
    frame = study["panel_attendance"]
    frame = frame[frame["attended"].isin(CAME)]
    frame = frame.assign(date=frame["panel_id"].map(panels))
    return _until(frame, study, window_id, "date")[["org_id", "panel_id", "half_year"]]


def organisation_ties(study: Study, window_id: str) -> pd.DataFrame:
    """Return one row a tie between two organisations, up to the end of the window.

    Columns: from_org_id, to_org_id, tie, frequency, half_year.
    """
    frame = _until(study["directed_tie"], study, window_id, "period_start")
    return frame[["from_org_id", "to_org_id", "tie", "frequency", "half_year"]]


def _until(frame: pd.DataFrame, study: Study, window_id: str, dated: str) -> pd.DataFrame:
    end = study.window(window_id).end
    frame = frame[frame[dated] <= end]
    return frame.assign(half_year=frame[dated].map(partial(half_year, until=end))).sort_values(
        ["half_year"], kind="stable"
    )


def organisations_in(study: Study, group: str) -> list[str]:
    """Return the org_ids of one group of sectors, such as ``"R&R team"``."""
    organisations = study["organisation"]
    return list(organisations.loc[organisations["sector"].map(SECTOR_GROUPS).eq(group), "org_id"])
