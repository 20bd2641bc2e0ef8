"""Designs for series of months: a change in level and slope that is known."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.validation.trials import Trial
from rr_helpers import stats
from rr_helpers.errors import UserError
from rr_helpers.stats.count_series import COUNT_METHODS

SERIES = ((12, 6), (31, 19), (48, 24))  # months, and the first month after
STEP, TURN = 0.2, 0.0  # of the log rate; the slope does not change
SHOCK = 0.25  # standard deviation of a month's own shock
BURN_IN = 50


def carried_over(draw, months: int, correlation: float, shock: float) -> np.ndarray:
    """Errors of which each month keeps a share of the month before (AR(1), stationary)."""
    shocks, errors = draw.normal(0, shock, months + BURN_IN), np.zeros(months + BURN_IN)
    for t in range(1, len(errors)):
        errors[t] = correlation * errors[t - 1] + shocks[t]
    return errors[BURN_IN:]


def rates(draw, months: int, start: int) -> Iterator[Trial]:
    """Log rates with errors that carry over by 0, 0.3 and 0.6."""
    for correlation in (0.0, 0.3, 0.6):
        errors = carried_over(draw, months, correlation, SHOCK)
        frame = _series(np.exp(_line(months, start) + errors))
        setting = f"carried over {correlation:g}"
        for method in ("reml_ar1", "ols", "newey_west"):
            yield from _terms(frame, start, method, setting)
        yield _band(frame, start, setting)


def counted(draw, months: int, start: int) -> Iterator[Trial]:
    """Counts of about 55 a month: Poisson, with twice its variance, and carried over by 0.3."""
    line = np.exp(_line(months, start))
    kinds = {
        "Poisson counts": draw.poisson(line),
        "counts of twice Poisson's variance": draw.negative_binomial(line, 0.5),
        "counts carried over 0.3": draw.poisson(
            line * np.exp(carried_over(draw, months, 0.3, 0.15))
        ),
    }
    for setting, cases in kinds.items():
        for method in ("reml_ar1", *COUNT_METHODS):
            yield from _terms(_series(cases), start, method, setting)


def _line(months: int, start: int) -> np.ndarray:
    month = np.arange(months)
    return 4 + 0.005 * month + STEP * (month >= start)


def _series(outcome) -> pd.DataFrame:
    return pd.DataFrame({"month": range(len(outcome)), "outcome": outcome})


def _terms(frame, start, method, setting) -> Iterator[Trial]:
    call = dict(time="month", outcome="outcome", interruption=start, method=method)
    found = stats.interrupted_time_series(frame, **call)
    for term, truth in (("level_change", STEP), ("slope_change", TURN)):
        described = f"{term.replace('_', ' ')}, {setting}"
        yield Trial(
            "interrupted_time_series", method, described, found[term], np.exp(truth), truth == 0
        )


def _band(frame, start, setting) -> Trial:
    """The band of what would have been, in the sixth month after."""
    call = dict(time="month", outcome="outcome", interruption=start)
    month = min(start + 5, len(frame) - 1)
    try:
        ends = tuple(map(float, stats.counterfactual(frame, **call).loc[month, ["low", "high"]]))
    except UserError:
        ends = None
    truth = float(np.exp(4 + 0.005 * month))
    described = f"what would have been, {setting}"
    return Trial("counterfactual", "reml_ar1", described, ends, truth)
