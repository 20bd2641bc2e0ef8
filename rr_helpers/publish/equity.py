"""Referrals beside expected need, without naming or ranking a borough."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from rr_helpers.publish.edition import Edition
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats import counts, funnel_limits, proportion

NEED = "gangs"
NO_NEED = "no published figures of need were handed in for the year"
AREAS = ("inner_outer", "sub_region")


def referral_equity(edition: Edition) -> dict[str, Estimate]:
    """Return referrals for intervention beside expected need, by area, without naming a borough.

    Expected: the released referrals of London shared out by the boroughs' published assessments
    with the factor 'gangs', in the year to March in which the window ends or the last before it.
    First the share of boroughs within, above and below the limits of chance (Spiegelhalter 2005);
    then referred to expected by part of London, boroughs as clusters. Boroughs without a figure of
    need, or with none, are in neither.
    """
    frame = _need_and_referrals(edition)
    within = ("Boroughs within the limits of chance", "Boroughs above them", "Boroughs below them")
    if frame.empty:
        missing = not_estimable(NO_NEED, n=0, method="funnel limits", of="boroughs", unit="%")
        return dict.fromkeys(within, missing)
    limits = funnel_limits(frame["referred"], frame["expected"], levels=(0.95,))
    start = limits["position"].str.split().str[0]
    found = {
        label: replace(
            proportion(int(start.eq(word).sum()), len(start), of="boroughs"), basis="released"
        )
        for label, word in zip(within, ("within", "above", "below"), strict=True)
    }
    return found | _by_area(frame)


def _by_area(frame: pd.DataFrame) -> Mapping[str, Estimate]:
    found = {}
    for area in AREAS:
        for name, rows in frame.groupby(area):
            ratio = counts(
                rows, "referred ~ 1", "Intercept", clusters="borough", exposure="expected"
            )
            shared = {"n": int(rows["referred"].sum()), "of": "referrals for intervention"}
            details = {"parameters": 1}
            found[name] = replace(ratio, unit="ratio", basis="released", details=details, **shared)
    return found


def _need_and_referrals(edition: Edition) -> pd.DataFrame:
    """A row a borough: referrals as released, expected by need, its part of London."""
    series = edition.rows("borough_year")
    series = series[series["series"].eq(NEED) & series["value"].gt(0)]
    series = series[series["year"] <= edition.window.end.year]
    series = series[series["year"].eq(series["year"].max())]
    if series.empty:
        return pd.DataFrame()
    boroughs = edition.rows("borough").set_index("borough_code")
    told, names = edition.counts("borough_kinds"), edition.labels("referral", "residence_borough")
    frame = pd.DataFrame({"borough": series["borough_code"], "need": series["value"]})
    frame["referred"] = [int(told.count("Intervention", names[code])) for code in frame["borough"]]
    frame["expected"] = frame["referred"].sum() * frame["need"] / frame["need"].sum()
    for area in AREAS:
        frame[area] = frame["borough"].map(boroughs[area]).map(edition.labels("borough", area))
    return frame.sort_values("borough")
