"""What support ended with, year by year, and what cannot be known of it.

What is counted comes from released counts; what is measured, from rows: SENSITIVE until protected.
"""

import pandas as pd

from rr_helpers.disclosure import SafeTable
from rr_helpers.publish.edition import Edition
from rr_helpers.publish.populations.frames import year_name
from rr_helpers.publish.populations.referrals import ENGAGED, OUTCOMES
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats import linear, proportion, proportion_difference

# Step of the ladder -> the step that it is a share of.
MADE_OF = {
    "Outcome known": "Engaged, support ended",
    "Outcome told by the worker": "Outcome known",
    "Activity reduced or ceased": "Outcome known",
}
# What is recorded of everybody when support ends, whatever the closure form counts as an outcome:
# a column, and what its values are between nought and one.
_RATED = {points: points / 10 for points in range(11)}
CLOSING = {
    "In safe accommodation": ("accommodation_close", {"safe": 1, "unsafe": 0, "none": 0}),
    "In education, training or work": ("eet_close", {"full_time": 1, "part_time": 1, "none": 0}),
    "Gone missing in the last three months": (
        "missing_90d_close",
        {0: 0} | dict.fromkeys(range(1, 91), 1),
    ),
    "Physical safety, as the worker rates it": ("safety_physical", _RATED),
    "Relational safety, as the worker rates it": ("safety_relational", _RATED),
    "Psychological safety, as the worker rates it": ("safety_psychological", _RATED),
}


def outcome_shares_by_year(edition: Edition) -> pd.DataFrame:
    """Return what the ladder's last step is made of: rows shares, columns years of referral."""
    told = edition.counts("ladder_by_year")
    return pd.DataFrame(
        {
            year: {
                f"{step}, of {base.lower()}": proportion(
                    told.count(step, year), told.count(base, year), of=base.lower()
                )
                for step, base in MADE_OF.items()
            }
            for year in told.column_labels
        }
    )


def reported_change(edition: Edition) -> Estimate:
    """Return the share reported with less activity: latest year of referral minus those before."""
    told = edition.counts("ladder_by_year")
    *before, latest = told.column_labels
    step, shared = "Activity reduced or ceased", {"of": "outcomes known"}
    if not before:
        return not_estimable("there is one year only", n=0, method="Newcombe", **shared)
    now = [told.count(name, latest) for name in (step, MADE_OF[step])]
    then = [_sum(told.count(name, year) for year in before) for name in (step, MADE_OF[step])]
    return proportion_difference(*now, *then, **shared)


def _sum(counts):
    first, *rest = counts
    for count in rest:
        first = first + count
    return first


def outcome_bounds(edition: Edition) -> dict[str, Estimate]:
    """Return the share with less activity among those whose support ended, engaged and not.

    As reported, and what it is at the least and at the most: where nobody, or everybody, of those
    whose outcome is not known came to less. Source: Manski 1989, Journal of Human Resources 24:343.
    """
    told = edition.counts("outcomes_by_engagement")
    less, same, unknown, _ = OUTCOMES
    found = {}
    for group in ("Engaged", "Not engaged"):
        better, worse, open_ = (told.count(name, group) for name in (less, same, unknown))
        known, whom = better + worse, group.lower()
        shares = {
            "outcome known": (known, known + open_, f"{whom}, support ended"),
            "less activity, of outcomes known": (better, known, f"{whom}, outcome known"),
            "less activity, at the least": (better, known + open_, f"{whom}, support ended"),
            "less activity, at the most": (better + open_, known + open_, f"{whom}, support ended"),
        }
        for what, (count, whole, of) in shares.items():
            found[f"{group}: {what}"] = proportion(count, whole, of=of)
    return found


def closing_changes(edition: Edition, *, between: str) -> dict[str, Estimate]:
    """Return how what is recorded at the end of support differs between two groups.

    between: ``"years"``, the latest year of referral minus those before, among those who engaged
    and at the same level of engagement; ``"engagement"``, not engaged minus engaged, all years.
    Shares, and ratings as a part of their scale, so between nought and one. Least squares with
    boroughs as clusters.
    """
    frame = _closures(edition)
    if between == "years":
        frame = frame[frame["engagement_level"].isin(ENGAGED)]
    terms = {"years": "latest + C(engagement_level)", "engagement": "apart"}[between]
    term = terms.split(" ")[0]
    found = {}
    for label, (column, scores) in CLOSING.items():
        rows = frame.assign(value=frame[column].map(scores).astype(float)).dropna(subset=["value"])
        if rows[term].nunique() < 2:
            shared = {"n": len(rows), "of": "episodes of support", "unit": "change"}
            found[label] = not_estimable("nothing to compare", method="least squares", **shared)
        else:
            found[label] = linear(
                rows, f"value ~ {terms}", term, clusters="residence_borough",
                of="episodes of support", unit="change",
            )  # fmt: skip
    return found


def _closures(edition: Edition) -> pd.DataFrame:
    referrals = edition.rows("referral")
    referrals = referrals[referrals["received_date"] <= edition.window.end]
    frame = edition.rows("episode").merge(
        referrals[["referral_id", "received_date", "residence_borough"]], on="referral_id"
    )
    frame = frame[frame["closed_date"].notna() & frame["engagement_level"].notna()]
    frame = frame.dropna(subset=["residence_borough"])
    years = frame["received_date"].map(year_name)
    return frame.assign(
        latest=years.eq(years.max()).astype(int),
        apart=(~frame["engagement_level"].isin(ENGAGED)).astype(int),
    )


def released_share(counts: SafeTable, part: str, *, of: str, group: str) -> Estimate:
    """Return the share of one row of released counts in another, in one column.

    Bases under twenty are withheld when the share is protected.
    """
    return proportion(counts.count(part, group), counts.count(of, group), of=of.lower())
