"""Answers that are missing: whether at random, and how much hangs on those who did not answer."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from rr_helpers.results import Estimate
from rr_helpers.stats.imputation import impute
from rr_helpers.stats.inputs import numbers, wrong
from rr_helpers.stats.pooling import pool


def little_mcar(frame: pd.DataFrame) -> pd.DataFrame:
    """Little's test that which answers are missing has nothing to do with the answers.

    frame: numbers or ordered categories, one row per person. A large p value does not show that
    they are missing at random: a small study would not notice.

    Returns one row: test, statistic, degrees_of_freedom, p_value, patterns, n, dropped (rows
    without any answer), reason. Source: Little 1988, JASA 83:1198, with the covariance by maximum
    likelihood (EM). Test value: New York air quality, 35.1 on 14, p = 0.00142 (R's naniar).
    """
    answers = _answers(frame)
    seen = ~np.isnan(answers)
    kept = seen.any(axis=1)
    answers, seen = answers[kept], seen[kept]
    row = {"test": "Little's MCAR", "statistic": None, "degrees_of_freedom": None, "p_value": None}
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    row |= {"patterns": len(patterns), "n": len(answers), "dropped": int((~kept).sum())}
    reason = _why_no_test(answers, seen, patterns)
    mean, covariance = (None, None) if reason else _em(answers, patterns, which)
    if not reason and np.linalg.eigvalsh(_correlation(covariance)).min() < 1e-8:
        reason = "the columns say the same thing twice"
    if reason:
        return pd.DataFrame([row | {"reason": reason}])
    statistic = 0.0
    for k, pattern in enumerate(patterns):
        part = answers[which == k][:, pattern]
        apart = part.mean(axis=0) - mean[pattern]
        inverse = np.linalg.inv(covariance[np.ix_(pattern, pattern)])
        statistic += len(part) * apart @ inverse @ apart
    degrees = int(patterns.sum()) - answers.shape[1]
    p_value = float(stats.chi2.sf(statistic, degrees))
    row |= {"statistic": float(statistic), "degrees_of_freedom": degrees, "p_value": p_value}
    return pd.DataFrame([row | {"reason": ""}])


def _answers(frame) -> np.ndarray:
    if not isinstance(frame, pd.DataFrame) or frame.shape[1] < 2:
        raise wrong("frame", "fewer than two columns", "a table of answers", "Select the columns")
    columns = [numbers(str(name), frame.iloc[:, k]) for k, name in enumerate(frame.columns)]
    return np.column_stack([column.to_numpy() for column in columns])


def _why_no_test(answers, seen, patterns) -> str:
    if not len(answers) or seen.all():
        return "no answer is missing" if len(answers) else "there are no answers"
    if len(patterns) < 2 or not seen.any(axis=0).all():
        return "a column has no answers, or every row misses the same ones"
    if seen.sum(axis=0).min() <= answers.shape[1] + 1:
        return "a column has too few answers for the number of columns"
    with np.errstate(all="ignore"):
        spread = np.nanstd(answers, axis=0) / np.maximum(np.nanmax(np.abs(answers), axis=0), 1e-300)
    return "a column does not vary" if spread.min() < 1e-10 else ""


def _correlation(covariance: np.ndarray) -> np.ndarray:
    deviations = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    return covariance / np.outer(deviations, deviations)


def _em(answers, patterns, which) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance by maximum likelihood from rows with blanks."""
    mean, spread = np.nanmean(answers, axis=0), np.nanstd(answers, axis=0)
    scaled = (answers - mean) / spread
    centre, covariance = np.zeros(len(mean)), np.eye(len(mean))
    for _ in range(5000):
        total, products = np.zeros(len(mean)), np.zeros_like(covariance)
        for k, pattern in enumerate(patterns):
            part = np.where(pattern, scaled[which == k], 0.0)
            if not pattern.all():
                solved = np.linalg.pinv(covariance[np.ix_(pattern, pattern)], hermitian=True)
                slopes = covariance[np.ix_(~pattern, pattern)] @ solved
                part[:, ~pattern] = (
                    centre[~pattern] + (part[:, pattern] - centre[pattern]) @ slopes.T
                )
                left = covariance[np.ix_(~pattern, ~pattern)]
                left = left - slopes @ covariance[np.ix_(pattern, ~pattern)]
                products[np.ix_(~pattern, ~pattern)] += len(part) * left
            total, products = total + part.sum(axis=0), products + part.T @ part
        before, centre = covariance, total / len(scaled)
        covariance = products / len(scaled) - np.outer(centre, centre)
        if np.abs(covariance - before).max() < 1e-10:
            break
    return mean + spread * centre, covariance * np.outer(spread, spread)


def delta_sweep(
    frame: pd.DataFrame,
    column: str,
    deltas,
    analyse: Callable[[pd.DataFrame], Estimate],
    *,
    m: int = 20,
    iterations: int = 10,
    clusters: str | None = None,
    seed: int = 1,
    no_effect: float | None = None,
) -> pd.DataFrame:
    """The estimate if those who did not answer differ by each delta from those who did.

    column: the one with blanks whose filled-in answers are moved, in its units (numbers) or in log
    odds of a higher answer (ordered and yes-or-no answers). analyse: function of a filled-in table
    that gives an Estimate; no_effect: 0, or 1 for ratios, unless given. Other arguments as
    `impute`, with the same seed for every delta.

    Returns one row per delta: delta, value, low, high, excludes_no_effect, n, tips (true where that
    differs from delta 0, the tipping point), reason. Source: van Buuren 2018, section 9.2.
    """
    given = numbers("deltas", list(np.atleast_1d(deltas)))
    if given.isna().any() or given.empty:
        raise wrong("deltas", "blanks or nothing", "numbers", "Write, for example, [-1, 0, 1]")
    if not callable(analyse):
        raise wrong("analyse", repr(analyse), "a function of a table", "Write lambda table: …")
    wanted = sorted(set(given) | {0.0})
    rows = []
    for delta in wanted:
        tables = impute(
            frame, m=m, iterations=iterations, clusters=clusters, seed=seed, shift={column: delta}
        )
        found = pool([analyse(table) for table in tables])
        null = no_effect if no_effect is not None else float(found.unit == "ratio")
        apart = found.estimable and not found.low <= null <= found.high
        rows.append(
            {
                "delta": delta, "value": found.value, "low": found.low, "high": found.high,
                "excludes_no_effect": apart, "n": found.n, "reason": found.reason,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    at_zero = bool(table.loc[table["delta"] == 0, "excludes_no_effect"].iloc[0])
    known = table["reason"] == ""
    return table.assign(tips=known & (table["excludes_no_effect"] != at_zero))
