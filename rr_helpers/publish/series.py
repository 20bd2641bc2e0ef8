"""Published figures by borough, and the events that every chart over time must mark."""

from collections.abc import Collection

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.publish.populations.frames import quarter_name, year_name
from rr_helpers.study import Study
from rr_helpers.study.labels import label_values
from rr_helpers.study.schema.borough_series import LICENCES
from rr_helpers.study.schema.codes import SAFETY_CONTEXTS

LONDON_SUM = "London, sum of the figures shown"


def series_by_sub_region(study: Study, series: str) -> pd.DataFrame:
    """Return a published series summed by sub-region: rows sub-regions, columns years.

    A figure that the publisher marked is in no sum; `marks_in_words` says where. Empty where the
    study holds no such series.
    """
    figures = _figures(study, series)
    if figures.empty:
        return pd.DataFrame()
    sums = figures.pivot_table("value", "sub_region", "year", "sum", observed=True)
    sums.columns = [f"{year:.0f}" for year in sums.columns]
    sums.loc[LONDON_SUM] = sums.sum()
    sums.index = sums.index.astype(str)
    return sums.astype(int)


def benchmark_of_safety(study: Study) -> pd.DataFrame:
    """Return the published survey to set beside the young people's own: contexts by who was asked.

    Empty where the study has none. Attributes: source and licence. UserError where several
    publications are mixed.
    """
    rows = study["benchmark"]
    told = rows[["source", "licence", "who"]].drop_duplicates()
    if len(told) > 1:
        raise UserError(
            place="reference.xlsx, sheet 'benchmark'",
            found=f"{len(told)} publications or groups of people",
            expected="one published survey of one group, or none",
            cure="Keep the one whose questions are nearest to the study's own",
        )
    if rows.empty:
        return pd.DataFrame()
    (source, licence, who) = told.iloc[0]
    order = [key for key in SAFETY_CONTEXTS if key in set(rows["context"])]
    shares = rows.set_index("context")["share_safe"].reindex(order)
    frame = pd.DataFrame({who: shares.to_numpy()}, index=[SAFETY_CONTEXTS[key] for key in order])
    frame.attrs = {"source": source, "licence": LICENCES[licence]}
    return frame


def marks_in_words(study: Study, series: str) -> str:
    """Say how many boroughs' figures are marked, in which years, so that sums are read rightly."""
    figures = _figures(study, series)
    marked = figures[figures["mark"].notna()] if len(figures) else figures
    words = {"c": "suppressed by the publisher", "x": "not available"}
    told = [
        f"{count} in {year:.0f} ({words[mark]})"
        for (year, mark), count in marked.groupby(["year", "mark"]).size().items()
    ]
    if not told:
        return "Every borough has a figure in every year."
    return f"Boroughs without a figure, which are in no sum: {', '.join(told)}."


def series_source(study: Study, series: str) -> str:
    """Return the publications that the series was taken from, as the workbook names them."""
    frame = study["borough_year"]
    return "; ".join(sorted(frame.loc[frame["series"].eq(series), "source"].dropna().unique()))


def series_licence(study: Study, series: str) -> str:
    """Return the licence of the series in words; UserError where its rows name several."""
    frame = study["borough_year"]
    named = sorted(frame.loc[frame["series"].eq(series), "licence"].unique())
    if len(named) > 1:
        raise UserError(
            place="borough_year.xlsx, sheet 'borough_year'",
            found=f"the licences {' and '.join(named)} in the series '{series}'",
            expected="one licence for a series",
            cure="Correct the column 'licence'",
        )
    return LICENCES[named[0]]


def _figures(study: Study, series: str) -> pd.DataFrame:
    frame = study["borough_year"]
    frame = frame[frame["series"].eq(series)]
    region = frame["borough_code"].map(study["borough"].set_index("borough_code")["sub_region"])
    return frame.assign(sub_region=label_values(region, table="borough", column="sub_region"))


def events_by_quarter(study: Study, window_id: str, types: Collection[str]) -> dict[str, str]:
    """Return the events up to the end of the window: quarter -> labels, for charts to mark."""
    events = study["event"]
    events = events[events["type"].isin(types)]
    events = events[events["date"] <= study.window(window_id).end].sort_values("date")
    quarters = events["date"].dt.to_period("Q").map(quarter_name)
    return events["label"].groupby(quarters, sort=False).agg("; ".join).to_dict()


def breaks_of(edition, affects: str) -> dict[str, str]:
    """Return the breaks in recording of whatever `affects` names: year to March -> labels.

    Read off the sheet 'event', up to the end of the window: rows of type 'data_break' whose column
    'affects' holds the word.
    """
    events = edition.rows("event")
    events = events[events["type"].eq("data_break") & (events["date"] <= edition.window.end)]
    events = events[events["affects"].fillna("").str.contains(affects, case=False, regex=False)]
    years = events["date"].map(year_name)
    return events["label"].groupby(years).agg("; ".join).to_dict()
