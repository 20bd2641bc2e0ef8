"""Seeded randomness for the synthetic study: one stream per table, vectorised draws."""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from rr_helpers.study.schema import TABLES


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the stream of one table: it depends on the seed and the table's name alone."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def count(expected: float, scale: float, *, least: int = 1) -> int:
    """Return how many units a scale asks for, never fewer than `least`."""
    return max(least, round(expected * scale))


def identifiers(rng: np.random.Generator, prefix: str, n: int) -> np.ndarray:
    """Return `n` distinct pseudonyms whose order says nothing about time."""
    digits = max(5, len(str(4 * n)))
    return np.array(
        [f"{prefix}-{i:0{digits}d}" for i in rng.choice(10**digits, n, replace=False)], object
    )


def pick(rng: np.random.Generator, shares: Mapping[str, float], n: int) -> np.ndarray:
    """Return `n` values drawn with the shares given, which need not add to one."""
    weights = np.array(list(shares.values()), float)
    values = np.array(list(shares), object)
    return values[rng.choice(len(values), n, p=weights / weights.sum())]


def pick_by_row(rng: np.random.Generator, values: Sequence, weights: np.ndarray) -> np.ndarray:
    """Return one value per row of `weights` (rows by values)."""
    cumulative = np.cumsum(np.asarray(weights, float), axis=1)
    draws = rng.random(len(cumulative))[:, None] * cumulative[:, -1:]
    return np.array(list(values), object)[(draws >= cumulative).sum(axis=1)]


def draw_exactly(rng: np.random.Generator, weights: np.ndarray, k: int) -> np.ndarray:
    """Return a mask with exactly `k` True, drawn without replacement by weight (zero: never)."""
    with np.errstate(divide="ignore"):
        keys = np.log(np.asarray(weights, float)) + rng.gumbel(size=len(weights))
    mask = np.zeros(len(weights), bool)
    mask[np.argsort(-keys, kind="stable")[: min(k, int((np.asarray(weights) > 0).sum()))]] = True
    return mask


def draw_evenly(rng: np.random.Generator, probabilities, groups=None) -> np.ndarray:
    """Return a mask drawn with the probabilities given whose total is the expected one, within 1.

    Systematic sampling in random order, group after group: published shares are met closely even
    in a small study, while who is drawn stays random.
    """
    probabilities = np.asarray(probabilities, float)
    groups = np.zeros(len(probabilities)) if groups is None else np.asarray(groups)
    order = np.lexsort((rng.random(len(probabilities)), groups))
    steps = np.floor(np.cumsum(probabilities[order]) + rng.random())
    mask = np.zeros(len(probabilities), bool)
    mask[order] = np.diff(steps, prepend=0.0) > 0
    return mask


def days(rng: np.random.Generator, median, spread: float, n: int) -> np.ndarray:
    """Return whole days from a log-normal distribution with that median and log-SD."""
    return np.floor(np.asarray(median) * np.exp(spread * rng.standard_normal(n)))


def later(dates, number_of_days) -> pd.DatetimeIndex:
    """Return dates moved by whole days; missing days give missing dates."""
    dates = pd.DatetimeIndex(dates)
    given = np.broadcast_to(np.asarray(number_of_days, float), len(dates))
    # Converting NaN to a duration sets off chance warnings in pandas, so it is done around them.
    whole = np.where(np.isnan(given), 0, given).astype("int64").astype("timedelta64[D]")
    return (dates + whole.astype("timedelta64[ns]")).where(~np.isnan(given))


def yes(mask) -> np.ndarray:
    """Return ``yes`` and ``no`` for True and False."""
    return np.where(np.asarray(mask, bool), "yes", "no").astype(object)


def blank(values, where) -> np.ndarray:
    """Return the values as objects with None where `where` is True."""
    result = np.array(values, object)
    result[np.asarray(where, bool)] = None
    return result


def sprinkle(rng: np.random.Generator, values, shares: Mapping[str, float]) -> np.ndarray:
    """Return the values with each missing code put in place of a share of them."""
    result = np.array(values, object)
    draws, low = rng.random(len(result)), 0.0
    for code, share in shares.items():
        result[(draws >= low) & (draws < low + share)] = code
        low += share
    return result


def joined(flags: np.ndarray, values: Sequence[str]) -> np.ndarray:
    """Return, per row of a table of flags, the values flagged, joined as the schema joins them."""
    values = np.array(list(values), object)
    return np.array(["; ".join(values[row]) or None for row in np.asarray(flags, bool)], object)


def answers(latent, low: int, high: int) -> np.ndarray:
    """Return whole-number answers from latent ones: rounded, then held between the ends."""
    return np.clip(np.rint(latent), low, high)


def latent_mean(expected: float, spread: float, low: int, high: int) -> float:
    """Return the mean of a normal latent answer whose rounded answers average `expected`.

    Rounding and holding at the ends shrink differences, so a planted difference on the answers'
    scale needs a latent difference found by bisection.
    """
    edges = np.arange(low, high) + 0.5
    below, above = low - 5.0 * spread, high + 5.0 * spread
    for _ in range(60):
        middle = (below + above) / 2
        mean = low + (1 - ndtr((edges - middle) / spread)).sum()
        below, above = (middle, above) if mean < expected else (below, middle)
    return (below + above) / 2


def chances(linear: np.ndarray, mean: float) -> np.ndarray:
    """Return probabilities on the logit scale whose mean is as asked, by moving the intercept."""
    low, high = -30.0, 30.0
    for _ in range(80):
        middle = (low + high) / 2
        probabilities = 1 / (1 + np.exp(-(np.asarray(linear, float) + middle)))
        if len(probabilities) == 0 or probabilities.mean() < mean:
            low = middle
        else:
            high = middle
    return probabilities


def finish(name: str, columns: Mapping) -> pd.DataFrame:
    """Return a table of the schema: its columns in order, its types, None where text is blank.

    A column of the schema that is not given is blank throughout; one unknown to it raises.
    """
    table = TABLES[name]
    unknown = set(columns) - set(table.columns)
    if unknown:
        raise ValueError(f"{name} has no column {', '.join(sorted(unknown))}")
    frame = pd.DataFrame(dict(columns)).reindex(columns=list(table.columns))
    for column, definition in table.columns.items():
        kind = str(definition.dtype)
        if kind.startswith("datetime"):
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
        elif kind.startswith("float"):
            frame[column] = frame[column].astype(float)
        else:
            values = frame[column].astype(object)
            frame[column] = values.where(values.notna(), None)
    return frame.reset_index(drop=True)
