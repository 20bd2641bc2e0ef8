"""Reporting windows. They may overlap, so what two windows count is never added together."""

from dataclasses import dataclass

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.study.suggest import did_you_mean


@dataclass(frozen=True, kw_only=True)
class Window:
    """A reporting window: both its first and its last day belong to it."""

    window_id: str
    label: str
    start: pd.Timestamp
    end: pd.Timestamp
    note: str = ""

    @property
    def months(self) -> float:
        """Length in average months, for rates by which windows of unlike length are compared."""
        return ((self.end - self.start).days + 1) / (365.2425 / 12)


def find_window(windows: pd.DataFrame, window_id: str) -> Window:
    """Return one window of the table 'window'; raises UserError listing them if it is unknown."""
    row = windows[windows["window_id"] == window_id]
    if row.empty:
        known = sorted(windows["window_id"])
        raise UserError(
            place="reference.xlsx, sheet 'window'",
            found=f"there is no window '{window_id}'",
            expected=f"one of {', '.join(known)}" if known else "at least one window in that sheet",
            cure=did_you_mean(window_id, known) or "Choose one of these, or add it to the sheet",
        )
    values = row.iloc[0].to_dict()
    note = values.pop("note")
    return Window(**values, note=note if isinstance(note, str) else "")


def in_window(frame: pd.DataFrame, column: str, window: Window) -> pd.DataFrame:
    """Return the rows whose date in `column` lies in the window; rows without a date are left out.

    Raises KeyError where the frame has no such column.
    """
    return frame[frame[column].between(window.start, window.end)]
