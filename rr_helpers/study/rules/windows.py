"""Reporting windows: where they overlap, and what none of them covers."""

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from rr_helpers.study.breach import Breach, Readings, frames_of


def find_overlapping_windows(readings: Readings) -> Iterator[Breach]:
    """Windows may overlap; what they count is then never added together."""
    if "window" not in readings:
        return
    windows = readings["window"].frame.dropna(subset=["window_id", "start", "end"])
    for one, other in combinations(windows.itertuples(), 2):
        if one.start <= other.end and other.start <= one.end:
            yield Breach(
                table="window",
                index=other.Index,
                column="window_id",
                found=f"the window {other.window_id} overlaps {one.window_id}",
                expected="windows that are compared by rates, never added",
                cure="Nothing to mend; the report never adds overlapping windows",
            )


def count_outside_windows(readings: Readings) -> Iterator[Breach]:
    """How many referrals no reporting window covers."""
    frames = frames_of(readings, "referral", "window")
    if frames is None:
        return
    days, windows = frames[0]["received_date"].dropna(), frames[1]
    covered = pd.Series(False, index=days.index)
    for window in windows.itertuples():
        covered |= days.between(window.start, window.end)
    if len(windows) and not covered.all():
        yield Breach(
            table="referral",
            found=f"{int((~covered).sum())} of {len(days)} referrals lie outside every window",
            expected="each referral within a reporting window",
            cure="Check the dates, or add a window to reference.xlsx; no edition counts these rows",
        )
