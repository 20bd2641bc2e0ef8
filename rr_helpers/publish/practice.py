"""Rows of the training: what delegates answered, and what boroughs referred: SENSITIVE.

What is estimated from them, and how, stands in the chapters.
"""

import numpy as np
import pandas as pd

from rr_helpers.publish.populations.frames import quarter_name, sector_group
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values
from rr_helpers.study.schema.training import DELEGATE_ITEMS, VIGNETTE_ITEMS, WAVES

# A referral takes time to come: the month of the course and the next are neither before nor after.
LAG_MONTHS = 2
ITEMS_OF_TEN = 10
KINDS = ("intervention", "intelligence", "consultation")
# Months from a borough's first course; the quarter before it is what the others are compared with,
# in which boroughs without a course stay throughout: they tell how referrals went elsewhere.
SPANS = {
    "More than half a year before": (-99, -7),
    "Four to six months before": (-6, -4),
    "The three months before": (-3, -1),
    "The month of the course and the next": (0, 1),
    "Up to half a year after": (2, 6),
    "More than half a year after": (7, 99),
}
COMPARED_WITH = "The three months before"


def learning(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a delegate of a course in the window, with the answers of each wave beside.

    Columns: course_id; sector, mode and prior_training in words; for each wave confidence_… (mean
    of the items, points of 1 to 5), vignette_… (items right, all of them answered) and knowledge_…
    (right of every ten asked). Blank where not answered.
    """
    courses = in_window(study["course"], "date", study.window(window_id)).set_index("course_id")
    frame = study["delegate"]
    frame = frame[frame["course_id"].isin(courses.index)].set_index("delegate_id")
    items, tests = study["delegate_item"], study["delegate_test"]
    items = items[items["item"].isin(list(DELEGATE_ITEMS))]
    parts = [f"vignette_{key}" for key in VIGNETTE_ITEMS]
    scores = tests.assign(
        vignette=tests[parts].sum(axis="columns", min_count=len(parts)),
        knowledge=ITEMS_OF_TEN * tests["knowledge_right"] / tests["knowledge_asked"],
    )
    mode = label_values(frame["course_id"].map(courses["mode"]), table="course", column="mode")
    prior = label_values(frame["prior_training"], table="delegate", column="prior_training")
    columns = {
        "course_id": frame["course_id"],
        "sector": sector_group(frame["sector"]).astype(str),
        "mode": mode.astype(str),
        "prior_training": prior.astype(str),
    }
    for name, values, source in (
        ("confidence", "response", items),
        ("vignette", "vignette", scores),
        ("knowledge", "knowledge", scores),
    ):
        by_wave = source.pivot_table(values, "delegate_id", "wave").reindex(columns=list(WAVES))
        columns |= {f"{name}_{wave}": by_wave[wave].reindex(frame.index) for wave in WAVES}
    return pd.DataFrame(columns).reset_index(drop=True)


def referrals_around_courses(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a borough, month and kind of referral, to the last month of the window.

    Columns: kind (``all`` too), borough_code, quarter, referrals (by referring borough), after (1
    from the lag on after the borough's first course), span (time from that course, in words). Of
    each kind, boroughs and quarters without any referral tell nothing, and are left out.
    """
    end = study.window(window_id).end.to_period("M")
    rows = study["referral"].dropna(subset=["referring_borough"])
    rows = rows.assign(month=rows["received_date"].dt.to_period("M"))
    rows = rows[rows["month"] <= end]
    grid = pd.MultiIndex.from_product(
        [sorted(rows["referring_borough"].unique()), pd.period_range(rows["month"].min(), end)],
        names=["borough_code", "month"],
    )
    series = []
    for kind in ("all", *KINDS):
        counted = rows if kind == "all" else rows[rows["referral_type"].eq(kind)]
        counted = counted.groupby(["referring_borough", "month"]).size()
        counted = counted.reindex(grid, fill_value=0).reset_index(name="referrals")
        series.append(counted.assign(kind=kind))
    frame = pd.concat(series, ignore_index=True)
    frame["quarter"] = frame["month"].dt.asfreq("Q").map(quarter_name)
    for place in ("borough_code", "quarter"):
        frame = frame[frame.groupby(["kind", place])["referrals"].transform("sum") > 0]
    since = _months_since_first_course(study, frame, end)
    span = categories(since.map(_span), list(SPANS), missing=None).cat.remove_unused_categories()
    return frame.assign(after=(since >= LAG_MONTHS).astype(int), span=span).drop(columns="month")


def _months_since_first_course(study: Study, frame: pd.DataFrame, end: pd.Period) -> pd.Series:
    first = study["course"].groupby("borough_host")["date"].min().dt.to_period("M")
    first = frame["borough_code"].map(first[first <= end])
    since = pd.Series(np.nan, index=frame.index)
    held = first.notna()
    pairs = zip(frame.loc[held, "month"], first[held], strict=True)
    since[held] = [(now - then).n for now, then in pairs]
    return since


def _span(months: float) -> str:
    return next(
        (name for name, (low, high) in SPANS.items() if low <= months <= high), COMPARED_WITH
    )
