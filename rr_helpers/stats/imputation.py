"""Blanks filled in many times over by chained equations, each column from all others.

Ordered and yes-or-no answers come from the cumulative logit model, numbers from people most alike.
No maintained library does both and lets ordered answers be pooled.
"""

import numpy as np
import pandas as pd

from rr_helpers.stats.cumulative import fit_cumulative
from rr_helpers.stats.inputs import numbers, whole_count, wrong

DONORS, RIDGE = 5, 0.25


def impute(
    frame: pd.DataFrame,
    *,
    m: int = 20,
    iterations: int = 10,
    clusters: str | None = None,
    seed: int = 1,
    shift: dict | None = None,
) -> list[pd.DataFrame]:
    """The table filled in `m` times over by chained equations, blanks only.

    frame: the columns of the analysis and what else tells about the blanks. Ordered categories and
    columns of two values are filled in by the cumulative logit model, numbers by the answer of one
    of five people most alike (predictive mean matching); other categories must be complete.
    clusters: name of a column whose groups each get a level of their own; must be complete.
    shift: {column: delta}, by which the filled-in answers are moved (numbers: in their units;
        others: log odds of a higher answer), for `delta_sweep`.

    A weak prior (ridge) keeps small tables from separating. Same seed, same tables. Source: van
    Buuren 2018, Flexible Imputation of Missing Data. Raises UserError for columns without answers.
    """
    m, iterations = whole_count("m", m), max(whole_count("iterations", iterations), 1)
    if m < 2:
        raise wrong("m", repr(m), "2 or more filled-in tables", "Write m=20")
    columns = _columns_to_fill(frame, clusters)
    for name in shift or {}:
        if name not in columns:
            raise wrong("shift", repr(name), "a column that has blanks", "Name one of them")
    draw = np.random.default_rng(seed)
    return [_filled(frame, columns, iterations, clusters, draw, shift or {}) for _ in range(m)]


def _columns_to_fill(frame, clusters) -> dict[str, str]:
    """Kind of each column that has blanks: ordered, or number."""
    if not isinstance(frame, pd.DataFrame) or frame.empty or frame.columns.duplicated().any():
        raise wrong("frame", "no rows, or a name twice", "a table of answers", "Check the table")
    if clusters is not None and (clusters not in frame.columns or frame[clusters].isna().any()):
        raise wrong("clusters", repr(clusters), "a column of 'frame' without blanks", "Fill it in")
    kinds = {}
    for name in frame.columns[frame.isna().any()]:
        known = frame[name].dropna()
        if known.empty:
            raise wrong("frame", f"no answer in {name!r}", "some answers", "Leave that column out")
        ordered = isinstance(known.dtype, pd.CategoricalDtype) and known.cat.ordered
        if not ordered and known.map(lambda answer: isinstance(answer, str)).nunique() > 1:
            raise wrong("frame", f"text among the numbers of {name!r}", "one or the other",
                        "Leave codes such as 'NK' blank before imputing")  # fmt: skip
        if ordered or known.nunique() <= 2:
            kinds[name] = "ordered"
        elif isinstance(known.dtype, pd.CategoricalDtype) or not _is_number(known):
            raise wrong(
                "frame", f"blanks among the categories of {name!r}", "numbers, ordered categories, "
                "or two values", "Order the categories, make them columns of 0 and 1, or fill in",
            )  # fmt: skip
        else:
            numbers(str(name), frame[name])
            kinds[name] = "number"
    return kinds


def _is_number(known: pd.Series) -> bool:
    return pd.to_numeric(known, errors="coerce").notna().all()


def _filled(frame, columns, iterations, clusters, draw, shift) -> pd.DataFrame:
    table = frame.copy()
    blank = {name: frame[name].isna().to_numpy() for name in columns}
    for name in columns:  # start from answers drawn at random
        known = frame[name].dropna()
        picked = known.iloc[draw.integers(0, len(known), int(blank[name].sum()))]
        table[name] = _put(frame[name], blank[name], list(picked))
    kept = [name for name in frame if name not in columns and name != clusters]
    complete = {name: _as_numbers(frame[name]) for name in kept}
    groups = np.zeros(len(frame), dtype=int)
    if clusters is not None:
        groups = pd.factorize(frame[clusters].astype(str), sort=True)[0]
    for _ in range(iterations):
        for name, kind in columns.items():
            x = _predictors(table.drop(columns=[name, *filter(None, [clusters])]), complete)
            fill = _ordered if kind == "ordered" else _matched
            values = fill(frame[name], blank[name], x, groups, draw, shift.get(name, 0.0))
            table[name] = _put(frame[name], blank[name], values)
    return table


def _put(column: pd.Series, blank: np.ndarray, values: list) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        filled = column.copy()
        filled[blank] = pd.Categorical(values, dtype=column.dtype)
        return filled
    filled = column.astype(object).to_numpy(copy=True)
    filled[blank] = values
    return pd.Series(filled, column.index).infer_objects()


def _predictors(table, complete: dict) -> np.ndarray:
    """All columns as numbers; `complete` holds those without blanks, which never change."""
    parts = [complete[name] if name in complete else _as_numbers(table[name]) for name in table]
    return _in_own_spread(np.hstack(parts) if parts else np.zeros((len(table), 0)))


def _in_own_spread(x: np.ndarray) -> np.ndarray:
    spread = x.std(axis=0)
    return ((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1))[:, spread > 0]


def _as_numbers(column: pd.Series) -> np.ndarray:
    """One column of numbers, or for categories one of 0 and 1 for each but the first."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        return column.cat.codes.to_numpy(dtype=float)[:, None]
    if not _is_number(column):
        return _zeros_and_ones(column.astype(str))
    return pd.to_numeric(column).to_numpy(dtype=float)[:, None]


def _zeros_and_ones(categories) -> np.ndarray:
    return pd.get_dummies(categories).to_numpy(dtype=float)[:, 1:]


def _ordered(column, blank, x, groups, draw, delta) -> list:
    """Answers drawn from the cumulative logit model with coefficients drawn from their spread."""
    x = np.hstack([x, _in_own_spread(_zeros_and_ones(groups))])
    known = column[~blank]
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        scale = [answer for answer in column.cat.categories if (known == answer).any()]
    else:
        scale = sorted(known.unique())
    codes = np.array([scale.index(answer) for answer in known], dtype=float)
    fit = fit_cumulative(codes, x[~blank], ridge=RIDGE)
    if fit.reason:
        return list(known.iloc[draw.integers(0, len(known), int(blank.sum()))])
    cuts = len(fit.cut_points)
    root = np.linalg.cholesky(np.linalg.inv(fit.information))
    values = np.concatenate([fit.cut_points, fit.coefficients])
    values = values + root @ draw.normal(size=len(values))
    latent = x[blank] @ values[cuts:] + draw.logistic(size=int(blank.sum())) + delta
    return [scale[k] for k in np.searchsorted(np.sort(values[:cuts]), latent)]


def _matched(column, blank, x, groups, draw, delta) -> list:
    """The answer of one of the people whose predicted answer is nearest (type 1 matching)."""
    y = pd.to_numeric(column[~blank]).to_numpy(dtype=float)
    best, drawn = predict_with_levels(y, blank, x, groups, draw)
    donors = nearest(drawn[blank], best[~blank], min(DONORS, len(y)))
    picked = donors[np.arange(len(donors)), draw.integers(0, donors.shape[1], len(donors))]
    return list(y[picked] + delta)


def predict_with_levels(
    y: np.ndarray, blank: np.ndarray, x: np.ndarray, groups: np.ndarray, draw: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """What each person is predicted by ridge regression, and by a draw from its posterior.

    y: the answers of those who are not `blank`. x: in units of their spread. groups: codes from 0,
    each of which but the first has a level of its own, as if it were a column of 0 and 1 in units
    of its spread. Levels are eliminated one by one (Schur complement), since there may be
    thousands: time grows with the people, where a matrix of all levels would with their cube.
    """
    z = np.column_stack([np.ones(len(x)), x])
    share = np.bincount(groups) / len(groups)
    levels, known, member = len(share), z[~blank], groups[~blank]
    # Of each level, by how much it counts: those who are in it, and the prior.
    weight = np.bincount(member, minlength=levels) + RIDGE * share * (1 - share)
    gain = np.concatenate([[0.0], 1 / weight[1:]])
    sums = np.zeros((levels, z.shape[1]))
    np.add.at(sums, member, known)
    total = np.bincount(member, weights=y, minlength=levels)
    inner = (
        known.T @ known + np.diag([1e-8] + [RIDGE] * x.shape[1]) - sums.T @ (gain[:, None] * sums)
    )
    bread = np.linalg.inv(inner)
    slopes = bread @ (known.T @ y - sums.T @ (gain * total))
    best = z @ slopes + (gain * (total - sums @ slopes))[groups]
    degrees = max(len(y) - z.shape[1] - levels + 1, 1)
    sigma = np.sqrt(np.sum((y - best[~blank]) ** 2) / draw.chisquare(degrees))
    slopes = slopes + sigma * np.linalg.cholesky(bread) @ draw.normal(size=len(slopes))
    level = gain * (total - sums @ slopes) + sigma * np.sqrt(gain) * draw.normal(size=levels)
    return best, z @ slopes + level[groups]


def nearest(wanted: np.ndarray, known: np.ndarray, number: int) -> np.ndarray:
    """The places in `known` of the `number` values nearest to each of `wanted`, nearest first.

    Sorted once, so that time grows with the people and not with their pairs. Of several as near,
    those below come first, and of the same value any.
    """
    order = np.argsort(known, kind="stable")
    ranked = known[order]
    # The nearest lie in a row, no further than `number` to either side.
    first = np.searchsorted(ranked, wanted) - number
    window = first[:, None] + np.arange(2 * number)
    inside = (window >= 0) & (window < len(known))
    window = np.clip(window, 0, len(known) - 1)
    apart = np.where(inside, np.abs(ranked[window] - wanted[:, None]), np.inf)
    chosen = np.argsort(apart, axis=1, kind="stable")[:, :number]
    return order[np.take_along_axis(window, chosen, axis=1)]
