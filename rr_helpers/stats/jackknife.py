"""The cluster jackknife: what an estimate would be without each cluster, and how far that moves it.

With 3 to 32 boroughs or courses, intervals that count people as if they were independent, and the
usual sandwich and bootstrap intervals too, are too narrow. The delete-one-cluster jackknife with
Student's t on G - 1 degrees of freedom is not (Bell & McCaffrey 2002, Survey Methodology 28:169;
MacKinnon, Nielsen & Webb 2023, Journal of Applied Econometrics 38:671).
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import stats


def leave_one_out(rows: pd.DataFrame, clusters: pd.Series, estimate: Callable) -> np.ndarray:
    """The estimate without each cluster in turn, in the order in which clusters appear.

    `estimate` takes the remaining rows and returns a number, NaN where it cannot be computed.
    """
    codes, labels = pd.factorize(clusters)
    return np.array([estimate(rows[codes != left_out]) for left_out in range(len(labels))])


def standard_error(without_each: np.ndarray, value: float) -> float:
    """Jackknife standard error about the full-sample value: root of (G-1)/G sum (t_g - t)^2."""
    groups = len(without_each)
    return float(np.sqrt((groups - 1) / groups * np.sum((without_each - value) ** 2)))


def t_interval(value: float, error: float, degrees: float, level: float) -> tuple[float, float]:
    """Interval of Student's t with the given degrees of freedom; normal where they are infinite."""
    half = critical(degrees, level) * error
    return float(value - half), float(value + half)


@lru_cache(maxsize=1024)  # the same few are asked for again and again, and scipy takes its time
def critical(degrees: float, level: float) -> float:
    """Two-sided critical value of Student's t; of the normal where `degrees` is infinite."""
    tail = (1 + level) / 2
    return float(stats.norm.ppf(tail) if np.isinf(degrees) else stats.t.ppf(tail, degrees))


def no_spread(error: float, scale: float) -> bool:
    """True where a standard error is zero but for rounding, so that an interval would be false."""
    return not error > 1e-10 * max(abs(scale), 1e-300)
