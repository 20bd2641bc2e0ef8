"""Agreement between coders: coefficients, their intervals, and what to talk about.

Every coefficient takes `units_by_coder`: one row per unit (a source, a segment, a character) and
one column per coder, missing where a coder did not judge the unit. Each returns a number; NaN where
the data leave it undefined, as when everybody always gave the same one answer. Those that take
`occurs` can be given each row once, with how often it occurs.

Kappa falls when a code is rare or very common, whatever the coders do (Feinstein and Cicchetti
1990): read it beside AC1 and the prevalence, never alone.
"""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import pandas as pd

from rr_helpers.qualitative.unitising import unitising_alpha
from rr_helpers.results import Estimate, not_estimable

__all__ = [
    "brennan_prediger",
    "cohen_kappa",
    "estimate",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "krippendorff_alpha",
    "percent",
    "unitising_alpha",
]
LEVELS = ("nominal", "ordinal", "interval", "ratio")
WEIGHTS = ("linear", "quadratic", "ordinal")
FEWEST_CLUSTERS = 5


def percent(units_by_coder, *, occurs: Sequence | None = None) -> float:
    """Return the share of pairs of coders who agree, over units that two or more judged, 0 to 1."""
    counts = _counts(units_by_coder)[1]
    return _observed(counts, occurs=occurs)


def cohen_kappa(units_by_coder) -> float:
    """Return Cohen's kappa for two coders, over the units that both judged.

    Cohen (1960). Test values: Feinstein and Cicchetti (1990), 0.6995 and 0.3182. ValueError where
    there are not exactly two coders.
    """
    ratings = _ratings(units_by_coder)
    if ratings.shape[1] != 2:
        raise ValueError(f"Cohen's kappa compares two coders, not {ratings.shape[1]}")
    both = ratings.dropna()
    if both.empty:
        return float("nan")
    first, second = both.iloc[:, 0], both.iloc[:, 1]
    numbers, answers = pd.factorize(np.concatenate([first, second]))
    first, second = numbers[: len(both)], numbers[len(both) :]
    shares = [np.bincount(each, minlength=len(answers)) / len(both) for each in (first, second)]
    return _beyond_chance(float((first == second).mean()), float((shares[0] * shares[1]).sum()))


def fleiss_kappa(units_by_coder) -> float:
    """Return Fleiss' kappa for two or more coders, with gaps allowed (Gwet 2014, ch. 2).

    Fleiss (1971). Test values: 0.2099 for 10 units and 14 coders; 0.76117 with gaps (irrCAC).
    """
    counts = _counts(units_by_coder)[1]
    shares = _category_shares(counts)
    return _beyond_chance(_observed(counts), float((shares**2).sum()))


def conger_kappa(units_by_coder) -> float:
    """Return Conger's kappa, Cohen's for two or more coders, with gaps allowed.

    Conger (1980), Psychological Bulletin 88: 322-328; with two coders and no gaps it is Cohen's.
    Test value: 0.76207 with gaps (irrCAC, raw 4 raters).
    """
    ratings = _ratings(units_by_coder)
    counts = _counts(units_by_coder)[1]
    # Each coder's own shares: coders who use a code unlike often agree less by chance.
    own = {name: rated.value_counts(normalize=True) for name, rated in ratings.items()}
    own = pd.DataFrame(own).fillna(0.0).to_numpy()
    coders = own.shape[1]
    if coders < 2:
        return float("nan")
    chance = (own.mean(axis=1) ** 2).sum() - own.var(axis=1, ddof=1).sum() / coders
    return _beyond_chance(_observed(counts), float(chance))


def gwet_ac1(
    units_by_coder, *, categories: Sequence | None = None, occurs: Sequence | None = None
) -> float:
    """Return Gwet's AC1 for two or more coders, with gaps allowed.

    categories: all answers possible, where some may not occur. Gwet (2008). Test values: Gwet
    (2002), 0.9408; 0.77544 with gaps (irrCAC, raw 4 raters).
    """
    labels, counts = _counts(units_by_coder, categories)
    shares = _category_shares(counts, occurs)
    number = len(labels)
    chance = float((shares * (1 - shares)).sum() / (number - 1)) if number > 1 else float("nan")
    return _beyond_chance(_observed(counts, occurs=occurs), chance)


def gwet_ac2(
    units_by_coder,
    weights: str = "ordinal",
    *,
    categories: Sequence | None = None,
    occurs: Sequence | None = None,
) -> float:
    """Return Gwet's AC2 for two or more coders, with gaps: AC1 in which near misses count in part.

    weights: ``"linear"`` or ``"quadratic"``, by the distance between the values, or ``"ordinal"``,
        by the number of ranks between them. categories: as for `gwet_ac1`; all are numbers.

    Gwet (2014), ch. 3 and 5. Test values, Krippendorff's four coders by twelve units with gaps:
    0.858739, 0.914001 and 0.898940 (irrCAC 0.4.4). ValueError for other weights, or for values
    that are no numbers.
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights is one of {', '.join(WEIGHTS)}, not {weights!r}")
    labels, counts = _counts(units_by_coder, categories)
    if not all(isinstance(label, int | float) for label in labels):
        raise ValueError("AC2 needs answers that are numbers, in their order")
    if len(labels) < 2:
        return float("nan")
    weight = _agreement_weights(labels, weights)
    shares, number = _category_shares(counts, occurs), len(labels)
    chance = weight.sum() / (number * (number - 1)) * (shares * (1 - shares)).sum()
    return _beyond_chance(_observed(counts, weight, occurs), float(chance))


def _agreement_weights(labels: list, weights: str) -> np.ndarray:
    """Return how far two answers agree, from 0 for the ends of the scale to 1 for the same."""
    ordinal = weights == "ordinal"
    values = np.arange(len(labels)) if ordinal else np.array(labels, dtype=float)
    gap = np.abs(values[:, None] - values[None, :])
    loss = {"linear": gap, "quadratic": gap**2, "ordinal": gap * (gap + 1) / 2}[weights]
    return 1 - loss / loss.max()


def brennan_prediger(units_by_coder, *, categories: Sequence | None = None) -> float:
    """Return the Brennan-Prediger coefficient, which MAXQDA calls kappa: chance is 1/categories.

    Brennan and Prediger (1981). Test value: 0.77273 with gaps (irrCAC, raw 4 raters).
    """
    labels, counts = _counts(units_by_coder, categories)
    return _beyond_chance(_observed(counts), 1 / len(labels)) if len(labels) else float("nan")


def krippendorff_alpha(
    units_by_coder, level: str = "nominal", *, occurs: Sequence | None = None
) -> float:
    """Return Krippendorff's alpha for any number of coders, with gaps.

    level: nominal, ordinal, interval or ratio. Krippendorff (2011), Computing Krippendorff's
    Alpha-Reliability, whose data with gaps give 0.743, 0.815, 0.849 and 0.797. ValueError for
    another level, or for values that are no numbers where the level needs them.
    """
    if level not in LEVELS:
        raise ValueError(f"level is one of {', '.join(LEVELS)}, not {level!r}")
    labels, counts = _counts(units_by_coder)
    several = counts.sum(axis=1) >= 2
    counts, often = counts[several], _often(counts, occurs)[several]
    if level != "nominal" and not all(isinstance(label, int | float) for label in labels):
        raise ValueError(f"alpha at {level} level needs numbers")
    judged = counts.sum(axis=1)
    pairs = np.einsum("uc,uk,u->ck", counts, counts, often / (judged - 1))
    pairs -= np.diag((counts * (often / (judged - 1))[:, None]).sum(axis=0))
    totals = pairs.sum(axis=0)
    distance = _distances(labels, totals, level)
    expected = (np.outer(totals, totals) * distance).sum() / max(totals.sum() - 1, 1)
    return float(1 - (pairs * distance).sum() / expected) if expected > 0 else float("nan")


def _distances(labels: list, totals: np.ndarray, level: str) -> np.ndarray:
    if level == "nominal":
        return 1.0 - np.eye(len(labels))
    values = np.array(labels, dtype=float)
    if level == "ordinal":
        rank = np.cumsum(totals) - totals / 2
        return (rank[:, None] - rank[None, :]) ** 2
    gap = values[:, None] - values[None, :]
    if level == "interval":
        return gap**2
    total = values[:, None] + values[None, :]
    return np.divide(gap, total, out=np.zeros_like(gap), where=total != 0) ** 2


def _ratings(units_by_coder) -> pd.DataFrame:
    ratings = pd.DataFrame(units_by_coder)
    if ratings.shape[1] < 2:
        raise ValueError("agreement needs at least two coders, one column each")
    return ratings.astype(object)


def _counts(units_by_coder, categories: Sequence | None = None) -> tuple[list, np.ndarray]:
    """Return the answers in order, and how many coders gave each, one row per unit."""
    ratings = _ratings(units_by_coder)
    given = ratings.notna().to_numpy()
    numbers, answers = pd.factorize(ratings.to_numpy()[given])
    answers = [_plain(answer) for answer in answers]
    allowed = {_plain(each) for each in (answers if categories is None else categories)}
    if set(answers) - allowed:
        raise ValueError(f"answers beyond the categories given: {list(categories)}")
    labels = sorted(allowed, key=_order)
    columns = np.array([labels.index(answer) for answer in answers], dtype=int)
    counts = np.zeros((len(ratings), len(labels)))
    np.add.at(counts, (np.nonzero(given)[0], columns[numbers]), 1)
    return labels, counts


def _plain(value) -> Hashable:
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, bool) else value


def _order(label):
    return (0, label, "") if isinstance(label, int | float) else (1, 0, str(label))


def _often(counts: np.ndarray, occurs: Sequence | None) -> np.ndarray:
    return np.ones(len(counts)) if occurs is None else np.asarray(occurs, dtype=float)


def _observed(
    counts: np.ndarray, weight: np.ndarray | None = None, occurs: Sequence | None = None
) -> float:
    """Return the share of pairs that agree, or agree in part where weights say how far."""
    judged = counts.sum(axis=1)
    several = judged >= 2
    counts, judged, often = counts[several], judged[several], _often(counts, occurs)[several]
    if not len(counts):
        return float("nan")
    near = counts if weight is None else counts @ weight
    pairs = (counts * near).sum(axis=1) - judged
    return float(np.average(pairs / (judged * (judged - 1)), weights=often))


def _category_shares(counts: np.ndarray, occurs: Sequence | None = None) -> np.ndarray:
    judged = counts.sum(axis=1)
    some = judged > 0
    shares = counts[some] / judged[some][:, None]
    if occurs is None or not len(shares):
        return shares.mean(axis=0)
    return np.average(shares, axis=0, weights=_often(counts, occurs)[some])


def _beyond_chance(observed: float, chance: float) -> float:
    return (observed - chance) / (1 - chance) if chance < 1 else float("nan")


def estimate(
    units_by_coder: pd.DataFrame,
    coefficient: Callable[[pd.DataFrame], float],
    *,
    clusters: Sequence,
    level: float = 0.95,
    replicates: int = 999,
    seed: int = 2020,
) -> Estimate:
    """Return a coefficient with an interval from a bootstrap that draws whole clusters.

    clusters: for each unit the source it is in: units of one source are not independent.

    Percentile interval over the replicates in which the coefficient is defined; no interval with
    fewer than five clusters, or where it is undefined in a tenth of the replicates or more.
    """
    ratings = pd.DataFrame(units_by_coder).reset_index(drop=True)
    names, member = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    method = f"{coefficient.__name__.replace('_', ' ')}, bootstrap clustered by source"
    start = {"n": len(ratings), "clusters": len(names), "method": method, "of": "coded units"}
    value = coefficient(ratings) if len(ratings) else float("nan")
    if not np.isfinite(value):
        return not_estimable("every coder always gave the same answer", **start)
    if len(names) < FEWEST_CLUSTERS:
        return Estimate(value=float(value), level=level, **start)
    rows = [np.flatnonzero(member == number) for number in range(len(names))]
    draw = np.random.default_rng(seed)
    drawn = [
        coefficient(ratings.iloc[np.concatenate([rows[each] for each in picks])])
        for picks in draw.integers(len(names), size=(replicates, len(names)))
    ]
    drawn = np.array([each for each in drawn if np.isfinite(each)])
    if len(drawn) <= 0.9 * replicates:
        return Estimate(value=float(value), level=level, **start)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value=float(value), low=float(low), high=float(high), level=level, **start)
