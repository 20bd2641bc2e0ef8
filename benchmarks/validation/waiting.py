"""Designs for time to a response, where boroughs may differ in speed."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from benchmarks.validation.trials import Trial, boroughs
from rr_helpers import stats

DAY, CLOSES = 28, 1 / 90
BETWEEN_BOROUGHS = 0.3  # standard deviation of the logarithm of a borough's speed


def waits(draw, borough: np.ndarray, spread: float) -> pd.DataFrame:
    """Whole days to a response, to closing without one, or to the end of the study."""
    people, speed = len(borough), np.exp(draw.normal(0, spread, borough.max() + 1))[borough]
    response = np.floor(draw.exponential(30 / speed))
    closed = np.floor(draw.exponential(1 / CLOSES, people))
    followed = np.floor(draw.uniform(40, 200, people))
    frame = pd.DataFrame({"borough": borough, "trained": draw.integers(0, 2, people)})
    frame["days"] = np.minimum(response, followed)
    frame["response"] = response <= followed
    frame["first"] = np.minimum(frame["days"], closed)
    frame["event"] = np.select([response == frame["first"], closed == frame["first"]], [1, 2], 0)
    return frame


@cache
def true_waits(spread: float) -> dict[str, float]:
    """Still waiting after the day, response by it, and mean days to it, by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    speed, weights = np.exp(spread * nodes) / 30, weights / weights.sum()
    days = np.arange(DAY + 1)[:, None]
    waiting = np.exp(-speed * days)  # not yet on the evening before each day
    on_day = waiting - np.exp(-speed * (days + 1))
    return {
        "kaplan_meier": 100 * float(weights @ np.exp(-speed * (DAY + 1))),
        "cumulative_incidence": 100 * float(weights @ (on_day * np.exp(-CLOSES * days)).sum(0)),
        "restricted_mean": float(weights @ waiting[1:].sum(0)),
    }


def independent_waits(draw, people: int) -> Iterator[Trial]:
    """People who have nothing to do with one another."""
    frame = waits(draw, np.arange(people), 0.0)
    yield from _curves(frame, 0.0, None, "independent")
    yield from _comparisons(frame, None, "independent")


def clustered_curves(draw, groups: int, people: int) -> Iterator[Trial]:
    """Boroughs that differ in speed: curves, and the difference of two means."""
    frame = waits(draw, boroughs(draw, groups, people), BETWEEN_BOROUGHS)
    yield from _curves(frame, BETWEEN_BOROUGHS, frame["borough"], "cluster jackknife")


def clustered_hazards(draw, groups: int, people: int) -> Iterator[Trial]:
    """Boroughs that differ in speed: two groups that do not differ, by Cox."""
    frame = waits(draw, boroughs(draw, groups, people), BETWEEN_BOROUGHS)
    yield from _comparisons(frame, "borough", "cluster jackknife")


def _curves(frame, spread, clusters, variant) -> Iterator[Trial]:
    truth, call = true_waits(spread), dict(at=[DAY], clusters=clusters)
    found = {
        "kaplan_meier": stats.kaplan_meier(frame["days"], frame["response"], **call)[DAY],
        "cumulative_incidence": stats.cumulative_incidence(frame["first"], frame["event"], **call)[
            DAY
        ],
        "restricted_mean": stats.restricted_mean(
            frame["days"], frame["response"], horizon=DAY, clusters=clusters
        ),
    }
    for name, estimate in found.items():
        yield Trial(name, variant, f"by day {DAY}", estimate, truth[name])
    columns = (frame["days"], frame["response"], frame["trained"])
    call = dict(groups=(1, 0), horizon=DAY, clusters=clusters)
    found = stats.restricted_mean_difference(*columns, **call)
    yield Trial("restricted_mean_difference", variant, "no difference", found, 0.0, True)


def _comparisons(frame, clusters, variant) -> Iterator[Trial]:
    call = dict(event="response", clusters=clusters)
    found = stats.cox(frame, "days ~ trained", "trained", **call)
    yield Trial("cox", variant, "no difference", found, 1.0, True)
