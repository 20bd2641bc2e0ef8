"""The curves behind `survival`: exact at ties, with their variance over people or over clusters."""

import numpy as np
import pandas as pd

from rr_helpers.stats.jackknife import critical, leave_one_out, standard_error


def log_log_interval(
    happened: float, error: float, degrees: float, level: float
) -> tuple[float, float]:
    """Interval for a share on the scale log(-log(1 - share)), which keeps it between 0 and 1."""
    hazard = -np.log1p(-happened)
    factor = np.exp(critical(degrees, level) * error / ((1 - happened) * hazard))
    return float(-np.expm1(-hazard / factor)), float(-np.expm1(-hazard * factor))


def curve_error(rows, value, estimate, day) -> tuple[float, float, str]:
    """Standard error, degrees of freedom, and why there are none ('' if there are)."""
    if "clusters" not in rows:
        influence = _area_moved if estimate is area else _incidence_moved
        return float(np.sqrt(influence(rows, day))), np.inf, ""
    groups = rows["clusters"].nunique()
    if groups < 2:
        return np.nan, np.nan, "there is only one cluster"
    without_each = leave_one_out(
        rows, rows["clusters"], lambda r: np.nan if not_followed(r, day) else estimate(r, day)
    )
    if np.isnan(without_each).any():
        return np.nan, np.nan, f"without one of the clusters nobody was followed to {day:g}"
    return standard_error(without_each, value), groups - 1, ""


def _steps(rows: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Event times; at each the numbers at risk, with the event, with any; survival before it."""
    durations, kind = rows["durations"].to_numpy(), rows["kind"].to_numpy()
    times = np.unique(durations[kind > 0])
    at_risk = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
    of_interest = np.bincount(np.searchsorted(times, durations[kind == 1]), minlength=len(times))
    events = np.bincount(np.searchsorted(times, durations[kind > 0]), minlength=len(times))
    before = np.concatenate([[1.0], np.cumprod(1 - events / at_risk)[:-1]]) if len(times) else times
    return times, at_risk, of_interest, events, before


def incidence(rows: pd.DataFrame, day: float) -> float:
    """Share who had the event of interest by a day (Aalen-Johansen; with one kind, 1 - KM)."""
    times, at_risk, of_interest, _, before = _steps(rows)
    return float(np.sum((before * of_interest / at_risk)[times <= day]))


def area(rows: pd.DataFrame, horizon: float) -> float:
    """Area under the survival curve; every event counts, since there is only one kind."""
    times, at_risk, of_interest, _, before = _steps(rows)
    lost = before * of_interest / at_risk * (horizon - times)
    return float(horizon - np.sum(lost[times <= horizon]))


def _incidence_moved(rows: pd.DataFrame, day: float) -> float:
    return _influence(rows, lambda times: (times <= day).astype(float))


def _area_moved(rows: pd.DataFrame, horizon: float) -> float:
    return _influence(rows, lambda times: np.clip(horizon - times, 0, None))


def _influence(rows: pd.DataFrame, weight) -> float:
    """Sum of squares of how far each row moves the sum of weighted jumps of the curve (the
    infinitesimal jackknife). For one kind of event that is Greenwood's variance.

    Rows alike move it alike, so each kind of row is worked out once.
    """
    times, at_risk, of_interest, events, before = _steps(rows)
    pairs = rows[["durations", "kind"]].to_numpy(dtype=float)
    alike, number = np.unique(pairs, axis=0, return_counts=True)
    durations, kind = alike[:, :1], alike[:, 1:]
    under_risk = durations >= times
    hazard, all_hazard = of_interest / at_risk, events / at_risk
    moved = ((durations == times) & (kind == 1)) - under_risk * hazard
    all_moved = ((durations == times) & (kind > 0)) - under_risk * all_hazard
    # After the last person is gone nothing is at risk, so a hazard of 1 has no later step to move.
    left = np.where(all_hazard < 1, 1 - all_hazard, np.inf)
    log_survival = np.cumsum(all_moved / at_risk / left, axis=1)
    log_before = np.hstack([np.zeros((len(alike), 1)), log_survival[:, :-1]])[:, : len(times)]
    jumps = before * (moved / at_risk - log_before * hazard)
    return float(number @ (jumps @ weight(times)) ** 2)


def not_followed(rows: pd.DataFrame, day: float) -> str:
    """Why the curve does not reach a day ('' where it does): never drawn on flat."""
    if rows.empty:
        return "there is nobody to follow"
    last = rows["durations"].max()
    all_ended = (rows.loc[rows["durations"] == last, "kind"] > 0).all()
    return "" if last >= day or all_ended else f"nobody was followed to {day:g}"
