"""How far two coders agree, code by code: never a coefficient without prevalence and interval."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from rr_helpers.qualitative import agreement
from rr_helpers.qualitative.comparing import COUNTS
from rr_helpers.results import Estimate, not_estimable

MEASURES = ("percent", "percent_coded", "kappa", "ac1")


def agreement_by_code(counts: pd.DataFrame) -> pd.DataFrame:
    """Return agreement per code, pooled over sources, from counts of characters or of sources.

    Columns: code, n_sources, both, first_only, second_only, neither, prevalence (share of units
    that a coder marked, averaged over the two), percent, percent_coded (of the units that either
    marked, the share both did), kappa, ac1. A last row, ``"all codes"``, pools everything. Kappa
    pooled over sources is not the mean of NVivo's kappas per source, which weighs a short source
    as much as a long one.
    """
    pooled = counts.groupby("code", sort=False)[COUNTS].sum()
    pooled.loc["all codes"] = pooled.sum()
    pooled.insert(0, "n_sources", counts["source"].nunique())
    table = pooled[COUNTS].to_numpy(dtype=float)
    units = table.sum(axis=1)
    marked = (2 * pooled["both"] + pooled["first_only"] + pooled["second_only"]).to_numpy()
    pooled["prevalence"] = np.divide(
        marked, 2 * units, out=np.full(len(units), np.nan), where=units > 0
    )
    for measure in MEASURES:
        pooled[measure] = _vector_measure(table, measure)
    return pooled.reset_index(names="code")


def presence_estimates(units: pd.DataFrame, *, replicates: int = 999, seed: int = 2020) -> dict:
    """Return percent, kappa and AC1 over presence units as Estimates, clustered by source."""
    clusters = units.index.get_level_values("source")
    options = {"clusters": clusters, "replicates": replicates, "seed": seed}
    return {
        "percent": agreement.estimate(units, agreement.percent, **options),
        "kappa": agreement.estimate(units, agreement.cohen_kappa, **options),
        "ac1": agreement.estimate(units, agreement.gwet_ac1, **options),
    }


def code_estimates(
    counts: pd.DataFrame,
    measure: str = "ac1",
    *,
    level: float = 0.95,
    replicates: int = 999,
    seed: int = 2020,
) -> dict[str, Estimate]:
    """Return a measure of `agreement_by_code` per code, and over all codes, with its interval.

    counts: of characters or of sources, as `character_counts` and `presence_counts` give them.
    measure: percent, percent_coded, kappa or ac1.

    Percentile intervals of a bootstrap that draws whole sources; none with fewer than five
    sources, or where the measure is undefined in a tenth of the replicates or more. `n` is the
    number of sources. ValueError for another measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"measure is one of {', '.join(MEASURES)}, not {measure!r}")
    tables = {code: rows for code, rows in counts.groupby("code", sort=False)}
    tables["all codes"] = counts.groupby("source", sort=False)[COUNTS].sum().reset_index()
    draws = _draws(seed, replicates)
    return {code: _estimate(rows, measure, draws, level) for code, rows in tables.items()}


def _draws(seed: int, replicates: int) -> Callable[[int], np.ndarray]:
    """Return what gives, for n sources, how often each is drawn in each replicate.

    All codes are judged on the same draws: each interval is its own, and drawing takes longest.
    """

    @lru_cache(maxsize=1)
    def drawn(n: int) -> np.ndarray:
        draw = np.random.default_rng(seed)
        return draw.multinomial(n, np.full(n, 1 / n), size=replicates).astype(float)

    return drawn


def _estimate(rows: pd.DataFrame, measure: str, draws: Callable, level: float) -> Estimate:
    n = len(rows)
    start = {"n": n, "of": "sources", "clusters": n, "method": f"{measure}, bootstrap by source"}
    table = rows[COUNTS].to_numpy(dtype=float)
    value = _vector_measure(table.sum(axis=0)[None], measure)[0]
    if not np.isfinite(value):
        return not_estimable("nobody, or everybody, used the code throughout", **start)
    if n < agreement.FEWEST_CLUSTERS:
        return Estimate(value=float(value), level=level, **start)
    drawn = _vector_measure(draws(n) @ table, measure)
    replicates, drawn = len(drawn), drawn[np.isfinite(drawn)]
    if len(drawn) <= 0.9 * replicates:
        return Estimate(value=float(value), level=level, **start)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value=float(value), low=float(low), high=float(high), level=level, **start)


def _vector_measure(table: np.ndarray, measure: str) -> np.ndarray:
    """Return a measure for each row of both, first_only, second_only, neither."""
    both, first_only, second_only, neither = table.T
    units = table.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "percent_coded":
            return both / (units - neither)
        observed = (both + neither) / units
        if measure == "percent":
            return observed
        first, second = (both + first_only) / units, (both + second_only) / units
        share = (first + second) / 2
        by_chance = {
            "kappa": first * second + (1 - first) * (1 - second),
            "ac1": 2 * share * (1 - share),
        }[measure]
        return np.where(by_chance < 1, (observed - by_chance) / (1 - by_chance), np.nan)
