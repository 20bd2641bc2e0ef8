"""Time to a response: how many had it by a day, and how long people wait.

Where something else can end the wait (closed, moved, turned 18), 1 minus Kaplan-Meier overstates;
`cumulative_incidence` (Aalen-Johansen) does not. Times are days; day 0 and ties are taken as they
are, never jittered. Our own estimator because lifelines moves tied times by a random amount.
"""

import numpy as np
import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.curves import area, curve_error, incidence, log_log_interval, not_followed
from rr_helpers.stats.inputs import check_level, column, complete_rows, numbers, wrong
from rr_helpers.stats.jackknife import leave_one_out, no_spread, standard_error, t_interval

FOLLOW_UP = (7, 14, 28, 56, 90)


def kaplan_meier(
    durations, event, *, at=FOLLOW_UP, clusters=None, level: float = 0.95, of: str = "young people"
) -> dict[float, Estimate]:
    """Share in per cent still without the event after each day in `at`, by day (Kaplan-Meier).

    durations: days to the event or to the end of observation; event: true where it happened.
    Intervals on the log-log scale: Greenwood's variance with the normal where rows are independent
    (as lifelines, and R's survfit with conf.type="log-log"), the cluster jackknife with t(G - 1)
    where `clusters` is given. Source: Kaplan & Meier 1958, JASA 53:457.
    """
    rows, dropped = _timed_rows(durations, _happened(event), clusters)
    return {day: _at_day(day, rows, dropped, level, of, surviving=True) for day in _days("at", at)}


def cumulative_incidence(
    durations,
    event,
    event_of_interest=1,
    *,
    at=FOLLOW_UP,
    clusters=None,
    censored=0,
    level: float = 0.95,
    of: str = "young people",
) -> dict[float, Estimate]:
    """Share in per cent who had the event of interest by each day in `at`, by day (Aalen-Johansen).

    durations: days to whatever came first; event: what that was, where `censored` means nothing yet
    and every other value than `event_of_interest` is a competing event.

    Intervals on the complementary log-log scale, with the infinitesimal jackknife over people and
    the normal, or the delete-one-cluster jackknife and t(G - 1) where `clusters` is given. A day
    that nobody was followed to is not estimable: the curve is never drawn on flat.
    Source: Aalen & Johansen 1978, Scandinavian Journal of Statistics 5:141.
    """
    kinds = _kinds(event, event_of_interest, censored)
    rows, dropped = _timed_rows(durations, kinds, clusters)
    return {day: _at_day(day, rows, dropped, level, of, surviving=False) for day in _days("at", at)}


def restricted_mean(
    durations, event, *, horizon: float = 90, clusters=None, level: float = 0.95,
    of: str = "young people", unit: str = "days",
) -> Estimate:  # fmt: skip
    """Mean time without the event up to a horizon: the area under the Kaplan-Meier curve.

    Interval: Greenwood's variance with the normal, or the cluster jackknife with t(G - 1). Test
    value: Mayo trial of primary biliary cirrhosis, 7.146 years of 10 (survRM2 vignette).
    Source: Royston & Parmar 2013, BMC Medical Research Methodology 13:152.
    """
    rows, dropped = _timed_rows(durations, _happened(event), clusters)
    horizon = _days("horizon", [horizon])[0]
    shared, details = _shared(rows, level, of, horizon), {"dropped": dropped, "horizon": horizon}
    shared |= {"unit": unit, "method": f"restricted mean to {horizon:g}, {_variance(rows)}"}
    value = area(rows, horizon)
    reason = not_followed(rows, horizon) or _no_event(shared["events"], horizon)
    if reason:
        return not_estimable(reason, **shared, details=details)
    error, degrees, reason = curve_error(rows, value, area, horizon)
    if reason or no_spread(error, horizon):
        return not_estimable(reason or "there is no spread", **shared, details=details)
    low, high = t_interval(value, error, degrees, level)
    details |= {"standard_error": error, "degrees_of_freedom": degrees}
    return Estimate(
        value=value, low=max(low, 0.0), high=min(high, horizon), **shared, details=details
    )


def restricted_mean_difference(
    durations, event, group, groups, *, horizon: float = 90, clusters=None, level: float = 0.95,
    of: str = "young people", unit: str = "days",
) -> Estimate:  # fmt: skip
    """Restricted mean of the first of `groups` minus that of the second.

    group: which group each row is in; groups: the two labels, in the order first, second; clusters:
    borough of each row, where both groups may share boroughs. Interval: both variances added, with
    the normal, or the cluster jackknife of the difference with t(G - 1). Test value: the same
    trial, -0.137 years (95% CI -0.939 to 0.665), survRM2 vignette.
    """
    labels = column("group", group)
    if len(groups) != 2 or groups[0] == groups[1]:
        raise wrong("groups", repr(groups), "two different labels", "Write groups=(first, second)")
    rows, dropped = complete_rows(
        durations=_durations(durations), kind=_happened(event), group=labels, clusters=clusters
    )
    rows = rows[rows["group"].isin(list(groups))]
    parts = [rows[rows["group"] == label] for label in groups]
    means = [
        restricted_mean(part["durations"], part["kind"], horizon=horizon, level=level, of=of)
        for part in parts
    ]
    shared = dict(
        n=sum(mean.n for mean in means), events=sum(mean.events for mean in means), of=of,
        clusters=None if clusters is None else rows["clusters"].nunique(),
        unit=unit, level=level, method=f"difference of restricted means to {horizon:g}",
        details={"dropped": dropped, "first": means[0], "second": means[1]},
    )  # fmt: skip
    shared["method"] += f", {_variance(rows)}"
    missing = next((mean.reason for mean in means if not mean.estimable), "")
    if missing:
        return not_estimable(missing, **shared)
    value = means[0].value - means[1].value
    error, degrees = float(np.hypot(*(mean.details["standard_error"] for mean in means))), np.inf
    if clusters is not None:
        error, degrees, missing = _clustered_difference(rows, value, groups, horizon)
    if missing or no_spread(error, horizon):
        return not_estimable(missing or "there is no spread", **shared)
    low, high = t_interval(value, error, degrees, level)
    return Estimate(value=value, low=low, high=high, **shared)


def _clustered_difference(rows, value, groups, horizon) -> tuple[float, float, str]:
    def difference(rest: pd.DataFrame) -> float:
        parts = [rest[rest["group"] == label] for label in groups]
        if any(not_followed(part, horizon) for part in parts):
            return np.nan
        return area(parts[0], horizon) - area(parts[1], horizon)

    without_each = leave_one_out(rows, rows["clusters"], difference)
    if len(without_each) < 2:
        return np.nan, np.nan, "there is only one cluster"
    if np.isnan(without_each).any():
        reason = f"without one of the clusters nobody of a group was followed to {horizon:g}"
        return np.nan, np.nan, reason
    return standard_error(without_each, value), len(without_each) - 1, ""


def _at_day(day, rows, dropped, level, of, *, surviving) -> Estimate:
    method = "Kaplan-Meier" if surviving else "Aalen-Johansen"
    shared = _shared(rows, level, of, day)
    scale = "log-log" if surviving else "complementary log-log"
    shared |= {"unit": "%", "method": f"{method}, {scale}, {_variance(rows)}"}
    details = {"dropped": dropped, "at_risk": int((rows["durations"] >= day).sum())}
    happened = incidence(rows, day)
    reason = not_followed(rows, day) or _no_event(shared["events"], day)
    if not reason and happened > 1 - 1e-12:
        reason = f"everyone had had the event by {day:g}, so there is no spread"
    if not reason:
        error, degrees, reason = curve_error(rows, happened, incidence, day)
    if not reason and no_spread(error, 1.0):
        reason = "the clusters do not differ, so spread cannot be measured"
    if reason:
        return not_estimable(reason, **shared, details=details)
    low, high = log_log_interval(happened, error, degrees, level)
    value, low, high = (1 - happened, 1 - high, 1 - low) if surviving else (happened, low, high)
    details["standard_error"] = 100 * error
    return Estimate(value=100 * value, low=100 * low, high=100 * high, **shared, details=details)


def _timed_rows(durations, kinds: pd.Series, clusters) -> tuple[pd.DataFrame, int]:
    return complete_rows(durations=_durations(durations), kind=kinds, clusters=clusters)


def _durations(durations) -> pd.Series:
    days = numbers("durations", durations)
    if (days < 0).any():
        where = days.index[days < 0][0]
        raise wrong(
            "durations", f"{days[days < 0].iloc[0]:g} in row {where}", "0 days or more",
            "Correct the dates: the end comes before the start",
        )  # fmt: skip
    return days


def _happened(event) -> pd.Series:
    happened = numbers("event", event)
    if not happened.dropna().isin([0, 1]).all():
        raise wrong(
            "event", "a number other than 0 and 1", "true where the event happened",
            "Compare first, as in table['event'] == 'response', or use cumulative_incidence",
        )  # fmt: skip
    return happened


def _kinds(event, event_of_interest, censored) -> pd.Series:
    """1 for the event of interest, 2 for a competing one, 0 for none yet, blank where missing."""
    given = column("event", event)
    # A small group may lack one of them; categories say that it is meant to be there.
    declared = set(given.cat.categories) if isinstance(given.dtype, pd.CategoricalDtype) else set()
    given = given.astype(object)
    given = given.where(given.notna(), None)
    if event_of_interest == censored:
        raise wrong("event_of_interest", repr(censored), "another value than 'censored'", "Name it")
    values = declared or set(given.dropna())
    if values and not values & {event_of_interest, censored}:
        raise _unknown_events(values, event_of_interest, censored)
    if censored not in values and any(isinstance(value, str) for value in values):
        raise _unknown_events(values, event_of_interest, censored)
    kinds = np.where(given == event_of_interest, 1.0, np.where(given == censored, 0.0, 2.0))
    return pd.Series(kinds, given.index).where(given.notna())


def _unknown_events(values, event_of_interest, censored) -> UserError:
    listed = ", ".join(sorted(repr(value) for value in values))
    return wrong(
        "event", f"only {listed}",
        f"{event_of_interest!r} for the event and {censored!r} where nothing happened yet",
        "Say which values mean these: event_of_interest=…, censored=…",
    )  # fmt: skip


def _days(argument: str, days) -> list[float]:
    days = np.atleast_1d(days).tolist()
    listed = numbers(argument, days)
    if listed.empty or listed.isna().any() or (listed <= 0).any():
        raise wrong(argument, repr(days), "days above 0", "Write, for example, [7, 28, 90]")
    return [int(day) if day == int(day) else float(day) for day in listed]


def _shared(rows: pd.DataFrame, level: float, of: str, day: float) -> dict:
    check_level(level)
    events = int(((rows["kind"] == 1) & (rows["durations"] <= day)).sum())
    clusters = rows["clusters"].nunique() if "clusters" in rows else None
    return {"n": len(rows), "events": events, "clusters": clusters, "level": level, "of": of}


def _variance(rows: pd.DataFrame) -> str:
    return "cluster jackknife t(G-1)" if "clusters" in rows else "infinitesimal jackknife"


def _no_event(events: int, day: float) -> str:
    return "" if events else f"nobody had had the event by {day:g}"
