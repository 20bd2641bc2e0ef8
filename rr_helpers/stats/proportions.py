"""Shares of people, and differences between shares, with intervals that hold at small n.

Wald's interval fails at the sizes of this study; Wilson's and Newcombe's do not. Values are in
per cent, differences in percentage points.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.inputs import check_level, complete_rows, numbers, whole_count, wrong
from rr_helpers.stats.jackknife import critical, no_spread, standard_error, t_interval


def proportion(
    count, n, *, clusters: Sequence | None = None, level: float = 0.95, of: str = "units"
) -> Estimate:
    """Share in per cent with Wilson's interval (Wilson 1927, JASA 22:209; statsmodels).

    count, n: how many had it, and out of how many. Where both were released (they carry a true
        attribute `released`), the estimate rests on released counts and says so; a part that
        rounding left larger than its whole is taken as all of it.
    clusters: labels of the clusters, and then `count` and `n` hold one number for each cluster:
        see `proportion_clustered` for the interval.

    Raises UserError where a count is not a whole number or exceeds its n.
    """
    check_level(level)
    if clusters is not None:
        return _clustered_counts(count, n, clusters, level, of, dropped=0)
    basis = _basis(count, n)
    count, n = _count_of("count", count, "n", n)
    shared = dict(n=n, method="Wilson", unit="%", of=of, level=level, basis=basis)
    if n == 0:
        return not_estimable(f"there were no {of} to count", **shared)
    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    return Estimate(value=100 * count / n, low=100 * low, high=100 * high, count=count, **shared)


def proportion_clustered(values, clusters, *, level: float = 0.95, of: str = "units") -> Estimate:
    """Share in per cent of rows that are true, where rows come in clusters.

    values: true or false (1 or 0) for each row; clusters: the borough, course … of each row.

    Wilson's interval with the number of independent rows that the clusters are worth: n over the
    design effect, which comes from the delete-one-cluster jackknife and is never taken below 1,
    and Student's t on G - 1 degrees of freedom in place of the normal (Korn & Graubard 1998,
    Survey Methodology 24:193; Franco et al. 2019, JSSAM 7:334, for Wilson's form).
    """
    check_level(level)
    rows, dropped = complete_rows(values=numbers("values", values), clusters=clusters)
    if not rows["values"].isin([0, 1]).all():
        raise wrong(
            "values", "a number other than 0 and 1", "true or false", "Compare first: x >= 4"
        )
    by_cluster = rows.groupby("clusters", sort=False)["values"].agg(["sum", "size"])
    return _clustered_counts(
        by_cluster["sum"], by_cluster["size"], list(by_cluster.index), level, of, dropped
    )


def _clustered_counts(count, n, clusters, level, of, dropped) -> Estimate:
    counts, sizes = list(count), list(n)
    if not len(counts) == len(sizes) == len(list(clusters)):
        raise wrong(
            "clusters",
            f"{len(list(clusters))} labels for {len(counts)} counts and {len(sizes)} n",
            "one count and one n for each cluster",
            "Sum the rows by cluster first, or use proportion_clustered with rows",
        )
    basis = _basis(*counts, *sizes) if counts else "rows"
    pairs = [
        _count_of("count", *pair) for pair in zip(counts, ["n"] * len(sizes), sizes, strict=True)
    ]
    table = pd.DataFrame(pairs, columns=["count", "n"]).groupby(list(clusters), sort=False).sum()
    table = table[table["n"] > 0]
    total, size, groups = int(table["count"].sum()), int(table["n"].sum()), len(table)
    shared = dict(
        n=size, clusters=groups, unit="%", of=of, level=level, basis=basis,
        method="Wilson with design effect by cluster jackknife, t(G-1)",
    )  # fmt: skip
    if groups < 2:
        return not_estimable(_few_clusters(groups), **shared, details={"dropped": dropped})
    effect = _design_effect(table["count"].to_numpy(), table["n"].to_numpy())
    low, high = _wilson(total / size, size / effect, critical(groups - 1, level))
    return Estimate(
        value=100 * total / size, low=100 * low, high=100 * high, count=total, **shared,
        details={"dropped": dropped, "design_effect": effect},
    )  # fmt: skip


def _design_effect(count: np.ndarray, n: np.ndarray) -> float:
    share, groups = count.sum() / n.sum(), len(n)
    if share in (0, 1):
        # No spread to measure: the most careful answer counts each cluster as one observation.
        return float(n.sum() / (n.sum() ** 2 / (n**2).sum()))
    without_each = (count.sum() - count) / (n.sum() - n)
    variance = (groups - 1) / groups * np.sum((without_each - share) ** 2)
    return float(max(1.0, variance / (share * (1 - share) / n.sum())))


def _wilson(share: float, size: float, quantile: float) -> tuple[float, float]:
    centre = (share + quantile**2 / (2 * size)) / (1 + quantile**2 / size)
    spread = share * (1 - share) / size + quantile**2 / (4 * size**2)
    half = quantile * math.sqrt(spread) / (1 + quantile**2 / size)
    return max(0.0, centre - half), min(1.0, centre + half)


def proportion_difference(
    count_1, n_1, count_2, n_2, *, level: float = 0.95, of: str = "units"
) -> Estimate:
    """First share minus second, in percentage points, of two independent groups.

    Newcombe's hybrid score interval, his method 10 without continuity correction (Newcombe 1998,
    Statistics in Medicine 17:873; statsmodels). Test values: his table II.
    """
    check_level(level)
    basis = _basis(count_1, n_1, count_2, n_2)
    count_1, n_1 = _count_of("count_1", count_1, "n_1", n_1)
    count_2, n_2 = _count_of("count_2", count_2, "n_2", n_2)
    shared = dict(
        n=n_1 + n_2, unit="percentage points", of=of, level=level, basis=basis,
        method="Newcombe hybrid score, independent (method 10)",
        details={"count_1": count_1, "n_1": n_1, "count_2": count_2, "n_2": n_2},
    )  # fmt: skip
    if not n_1 or not n_2:
        return not_estimable(f"one of the two groups has no {of}", **shared)
    low, high = confint_proportions_2indep(
        count_1, n_1, count_2, n_2, method="newcomb", compare="diff", alpha=1 - level
    )
    value = count_1 / n_1 - count_2 / n_2
    return Estimate(value=100 * value, low=100 * float(low), high=100 * float(high), **shared)


def paired_proportion_difference(
    both,
    first_only,
    second_only,
    neither,
    *,
    clusters: Sequence | None = None,
    level: float = 0.95,
    of: str = "pairs",
) -> Estimate:
    """First share minus second, in percentage points, where both come from the same people.

    both, first_only, second_only, neither: how many had it at both, at the first only, at the
        second only, at neither. For a change from before to after, give 'after' as the first.
    clusters: labels of the clusters, and then each of the four holds one number for each cluster.

    Newcombe's hybrid score interval for pairs, his method 10 (Newcombe 1998, Statistics in
    Medicine 17:2635): Wilson intervals joined with a correlation that is corrected for continuity.
    With clusters, the delete-one-cluster jackknife with t(G - 1), cut at -100 and 100.
    """
    check_level(level)
    if clusters is not None:
        return _clustered_pairs([both, first_only, second_only, neither], clusters, level, of)
    basis = _basis(both, first_only, second_only, neither)
    named = {"both": both, "first_only": first_only, "second_only": second_only, "neither": neither}
    cells = {name: whole_count(name, count) for name, count in named.items()}
    n = sum(cells.values())
    shared = dict(
        n=n, unit="percentage points", of=of, level=level, basis=basis, details=cells,
        method="Newcombe hybrid score, paired (method 10)",
    )  # fmt: skip
    if n == 0:
        return not_estimable(f"there were no {of} to compare", **shared)
    value, low, high = _newcombe_paired(*cells.values(), level)
    return Estimate(value=100 * value, low=100 * low, high=100 * high, **shared)


def _clustered_pairs(cells, clusters, level, of) -> Estimate:
    names = ("both", "first_only", "second_only", "neither")
    columns = {
        name: [whole_count(name, count) for count in given]
        for name, given in zip(names, map(list, cells), strict=True)
    }
    labels = list(clusters)
    if any(len(counts) != len(labels) for counts in columns.values()):
        raise wrong("clusters", f"{len(labels)} labels", "one for each count", "Give one of each")
    basis = _basis(*(count for given in cells for count in given)) if labels else "rows"
    table = pd.DataFrame(columns).groupby(labels, sort=False).sum() if labels else pd.DataFrame()
    sizes = table.sum(axis=1).to_numpy() if labels else np.empty(0)
    table, sizes = table[sizes > 0], sizes[sizes > 0]
    shared = dict(
        n=int(sizes.sum()), clusters=len(sizes), unit="percentage points", of=of, level=level,
        method="paired difference, cluster jackknife t(G-1)", basis=basis,
        details={name: int(table[name].sum()) for name in names} if labels else {},
    )  # fmt: skip
    if len(sizes) < 2:
        return not_estimable(_few_clusters(len(sizes)), **shared)
    moved = (table["first_only"] - table["second_only"]).to_numpy()
    value = moved.sum() / sizes.sum()
    error = standard_error((moved.sum() - moved) / (sizes.sum() - sizes), value)
    if no_spread(error, 1.0):
        return not_estimable("the clusters do not differ, so spread cannot be measured", **shared)
    low, high = t_interval(value, error, len(sizes) - 1, level)
    low, high = max(100 * low, -100.0), min(100 * high, 100.0)
    return Estimate(value=float(100 * value), low=low, high=high, **shared)


def _newcombe_paired(a: int, b: int, c: int, d: int, level: float) -> tuple[float, float, float]:
    n, quantile = a + b + c + d, stats.norm.ppf((1 + level) / 2)
    share_1, share_2 = (a + b) / n, (a + c) / n
    low_1, high_1 = _wilson(share_1, n, quantile)
    low_2, high_2 = _wilson(share_2, n, quantile)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    excess = a * d - b * c
    excess = max(excess - n / 2, 0) if excess > 0 else excess
    phi = excess / math.sqrt(margins) if margins else 0.0
    below, above = (share_1 - low_1, high_2 - share_2), (high_1 - share_1, share_2 - low_2)
    value = share_1 - share_2
    return value, value - _joined(*below, phi), value + _joined(*above, phi)


def _joined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(one**2 - 2 * phi * one * other + other**2, 0.0))


def _count_of(count_name: str, count, n_name: str, n) -> tuple[int, int]:
    whole, total = whole_count(count_name, count), whole_count(n_name, n)
    if whole > total and _basis(count, n) == "released":
        # Both are rounded: the part may have gone up where the whole went down.
        return total, total
    if whole > total:
        raise wrong(
            count_name, f"{whole} of {total}", f"a count no greater than {n_name!r}",
            "Check that the arguments are in the order count, n",
        )  # fmt: skip
    return whole, total


def _basis(*counts) -> str:
    # The mark is read by its name only: this room does not know the gate that puts it there.
    return "released" if all(getattr(count, "released", False) for count in counts) else "rows"


def _few_clusters(groups: int) -> str:
    return "there is only one cluster" if groups == 1 else "there is nothing to count"
