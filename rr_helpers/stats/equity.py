"""Referrals against expected cases by borough: never a ranking without intervals."""

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.inputs import check_level, numbers, whole_count, wrong

FEWEST_AREAS = 5


def funnel_limits(
    observed,
    expected,
    *,
    area=None,
    levels: tuple[float, ...] = (0.95, 0.998),
    overdispersion: bool = False,
) -> pd.DataFrame:
    """Ratio of observed to expected cases in each area, with the limits of chance around 1.

    observed: whole numbers; expected: numbers above 0; area: labels (None: the row labels).
    overdispersion: widen the limits by how much more than chance all areas vary (square-root scale,
        a tenth of the areas at each end drawn in).

    Returns area, observed, expected, ratio, for each level its low and high limit (``low_95``,
    ``high_95``, ``low_99.8`` …), dispersion, and position ("within", or above or below which
    limit). Source: Spiegelhalter 2005, Statistics in Medicine 24:1185, exact limits interpolated.
    """
    for level in levels:
        check_level(level)
    table = _areas(observed, expected, area)
    dispersion = _dispersion(table) if overdispersion and len(table) else 1.0
    table = table.assign(ratio=table["observed"] / table["expected"])
    position = pd.Series("within", table.index)
    for level in sorted(levels):
        low, high = _limits(table["expected"].to_numpy(), level, dispersion)
        name = f"{100 * level:g}"
        table[f"low_{name}"], table[f"high_{name}"] = low, high
        position = position.mask(table["ratio"] > high, f"above {name}%")
        position = position.mask(table["ratio"] < low, f"below {name}%")
    return table.assign(dispersion=dispersion, position=position)


def _areas(observed, expected, area) -> pd.DataFrame:
    seen, due = numbers("observed", observed), numbers("expected", expected)
    labels = list(seen.index) if area is None else list(area)
    if not len(seen) == len(due) == len(labels):
        raise wrong("expected", f"{len(due)} numbers", f"{len(seen)}, one per area", "Give them")
    if seen.isna().any() or (seen < 0).any() or (seen % 1 != 0).any():
        raise wrong("observed", "blanks or numbers that are no counts", "0, 1, 2 …", "Mend them")
    if due.isna().any() or (due <= 0).any():
        raise wrong("expected", "blanks, 0 or less", "numbers above 0", "Leave such areas out")
    columns = {"area": labels, "observed": seen.astype(int).to_numpy(), "expected": due.to_numpy()}
    return pd.DataFrame(columns)


def _dispersion(table: pd.DataFrame) -> float:
    apart = 2 * (np.sqrt(table["observed"]) - np.sqrt(table["expected"]))
    drawn_in = apart.clip(*apart.quantile([0.1, 0.9]))
    return float(max(1.0, np.mean(drawn_in**2)))


def _limits(expected, level, dispersion) -> tuple[np.ndarray, np.ndarray]:
    tails = ((1 - level) / 2, (1 + level) / 2)
    if dispersion > 1:
        reach = stats.norm.ppf(tails[1]) * np.sqrt(dispersion) / 2
        root = np.sqrt(expected)
        return np.clip(root - reach, 0, None) ** 2 / expected, (root + reach) ** 2 / expected
    return tuple(np.maximum(_interpolated(expected, tail), 0) / expected for tail in tails)


def _interpolated(expected, tail) -> np.ndarray:
    at = stats.poisson.ppf(tail, expected)
    reached, before = stats.poisson.cdf(at, expected), stats.poisson.cdf(at - 1, expected)
    return at - (reached - tail) / (reached - before)


def shrink_rates(observed, expected, *, area=None, level: float = 0.95) -> pd.DataFrame:
    """Ratio of observed to expected cases in each area, drawn towards the mean of all areas.

    Small areas are drawn in most. Returns area, observed, expected, ratio, shrunk, low, high,
    areas, reason; shrunk is blank below 5 areas or without any case, and reason says so.

    Gamma-Poisson model by maximum likelihood (Clayton & Kaldor 1987, Biometrics 43:671). The
    interval also takes in that mean and spread of the areas are themselves estimated: the posterior
    is averaged over a grid of both, weighed by their likelihood (flat on the logarithm of the mean
    and on the spread). Simulated coverage at 8 and 32 areas: see the tests of this module.
    """
    check_level(level)
    table = _areas(observed, expected, area)
    table = table.assign(ratio=table["observed"] / table["expected"], areas=len(table), reason="")
    if len(table) < FEWEST_AREAS or not table["observed"].sum():
        few = len(table) < FEWEST_AREAS
        reason = f"{len(table)} areas are too few" if few else "no area has a case"
        return table.assign(shrunk=np.nan, low=np.nan, high=np.nan, reason=reason)
    seen, due = table["observed"].to_numpy(), table["expected"].to_numpy()
    mean, spread = _most_likely(seen, due)
    shape = 1 / spread**2
    shrunk = (shape + seen) / (shape / mean + due)
    low, high = _averaged(seen, due, mean, level)
    # The end of an interval never passes the value it belongs to.
    return table.assign(shrunk=shrunk, low=np.minimum(low, shrunk), high=np.maximum(high, shrunk))


def _log_likelihood(seen, due, mean, spread):
    """Of counts whose ratios are gamma with this mean and this coefficient of variation."""
    shape = 1 / spread**2
    expected = mean * due
    return (
        special.gammaln(shape + seen) - special.gammaln(shape)
        + shape * np.log(shape / (shape + expected)) + seen * np.log(expected / (shape + expected))
    )  # fmt: skip


def _most_likely(seen, due) -> tuple[float, float]:
    start = [np.log(seen.sum() / due.sum()), np.log(0.3)]
    found = optimize.minimize(
        lambda p: -np.sum(_log_likelihood(seen, due, np.exp(p[0]), np.exp(p[1]))),
        start, method="L-BFGS-B", bounds=[(start[0] - 4, start[0] + 4), (np.log(1e-3), np.log(5))],
    )  # fmt: skip
    return float(np.exp(found.x[0])), float(np.exp(found.x[1]))


def _averaged(seen, due, mean, level) -> tuple[np.ndarray, np.ndarray]:
    means = mean * np.exp(np.linspace(-1.5, 1.5, 41))[:, None]
    spreads = np.linspace(0.01, 2.5, 40)[None, :]
    likelihood = sum(_log_likelihood(o, e, means, spreads) for o, e in zip(seen, due, strict=True))
    weight = np.exp(likelihood - likelihood.max())
    kept = weight > 1e-4
    weight = weight[kept] / weight[kept].sum()
    shape = np.broadcast_to(1 / spreads**2, kept.shape)[kept]
    rate = shape / np.broadcast_to(means, kept.shape)[kept]
    ends = [
        [_quantile(tail, shape + o, rate + e, weight) for o, e in zip(seen, due, strict=True)]
        for tail in ((1 - level) / 2, (1 + level) / 2)
    ]
    return np.array(ends[0]), np.array(ends[1])


def _quantile(tail, shape, rate, weight) -> float:
    """Quantile of a mixture of gammas, which lies between those of its parts."""
    parts = stats.gamma.ppf(tail, shape, scale=1 / rate)
    low, high = float(parts.min()), float(parts.max())
    if high - low < 1e-12 * high:
        return high
    return float(
        optimize.brentq(
            lambda r: weight @ special.gammainc(shape, rate * r) - tail, low, high, xtol=1e-6 * high
        )
    )


def rate_ratio(
    count_1, exposure_1, count_2, exposure_2, *, level: float = 0.95, of: str = "cases"
) -> Estimate:
    """Ratio of two rates, the first over the second, with the score interval (n counts cases).

    count: cases; exposure: what they are a rate of (people, months, expected cases), above 0. Cases
    are taken as independent; with rows in boroughs use `counts`. Not estimable without a case in
    the second. Source: Graham, Mengersen & Morton 2003, Statistics in Medicine 22:2071, in closed
    form, because statsmodels' `confint_poisson_2indep` (the test oracle) searches for the ends.
    """
    check_level(level)
    counts = whole_count("count_1", count_1), whole_count("count_2", count_2)
    exposures = _exposure("exposure_1", exposure_1), _exposure("exposure_2", exposure_2)
    shared = dict(n=sum(counts), unit="ratio", of=of, level=level, method="rate ratio, score")
    shared |= {"details": {"count_1": counts[0], "count_2": counts[1]}}
    if not counts[1]:
        return not_estimable(f"there are no {of} in the second group", **shared)
    value = counts[0] / exposures[0] / (counts[1] / exposures[1])
    if counts[0]:
        low, high = _score_interval(*counts, level) * exposures[1] / exposures[0]
    else:
        # The score interval breaks off at no case; the exact conditional one (Clopper-Pearson of
        # the share of cases that are in the first group) does not.
        shared |= {"method": "rate ratio, exact conditional"}
        share = 1 - ((1 - level) / 2) ** (1 / counts[1])
        low, high = 0.0, share / (1 - share) * exposures[1] / exposures[0]
    if not np.isfinite([low, high]).all():
        return not_estimable("the interval has no end", **shared)
    return Estimate(value=value, low=max(float(low), 0.0), high=float(high), **shared)


def _score_interval(count_1: int, count_2: int, level: float) -> np.ndarray:
    """Ends of count_1 over count_2: where (count_1 - count_2 r)^2 = z^2 (count_1 + count_2) r."""
    spread = stats.norm.ppf((1 + level) / 2) ** 2 * (count_1 + count_2)
    middle = 2 * count_1 * count_2 + spread
    high = (middle + np.sqrt(spread * (spread + 4 * count_1 * count_2))) / (2 * count_2**2)
    # The two ends multiply to the square of the ratio.
    return np.array([(count_1 / count_2) ** 2 / high, high])


def _exposure(argument: str, exposure) -> float:
    given = numbers(argument, [exposure])
    if given.isna().any() or not given.iloc[0] > 0:
        raise wrong(argument, repr(exposure), "a number above 0", "Give people, months or cases")
    return float(given.iloc[0])
