"""Whether several items measure one thing, and whether several raters would say the same.

A coefficient from a handful of people says nothing: below 20 people alpha and omega are refused,
and below 50 their method says that they describe rather than show.
"""

import warnings

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.multivariate.factor import Factor

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.inputs import check_level, check_option, complete_rows, numbers, wrong
from rr_helpers.stats.jackknife import no_spread, t_interval

FEWEST, FEW, FEWEST_TARGETS = 20, 50, 5
KINDS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")


def cronbach_alpha(items: pd.DataFrame, *, level: float = 0.95, of: str = "people") -> Estimate:
    """Cronbach's alpha with Feldt's interval, over people who answered every item.

    items: one column per item, one row per person, all scored the same way round. Not estimable
    below 20 people or where no sum score varies. `details` has items, dropped, standardised_alpha
    (of the correlations) and alpha without each item. Source: Cronbach 1951; Feldt, Woodruff &
    Salih 1987, Applied Psychological Measurement 11:93. Test values: eight violence items of the
    youth survey of Uster, R's psych.
    """
    check_level(level)
    answers, dropped = _items(items)
    people, count = answers.shape
    shared = dict(n=people, of=of, level=level, method=f"Cronbach's alpha, Feldt{_few(people)}")
    details = {"dropped": dropped, "items": count}
    reason = _too_few(people, count, of) or _no_sum(answers)
    if reason:
        return not_estimable(reason, **shared, details=details)
    value, free = _alpha(answers), ((people - 1), (people - 1) * (count - 1))
    tails = stats.f.ppf([(1 + level) / 2, (1 - level) / 2], *free)
    low, high = (float(1 - (1 - value) * tail) for tail in tails)
    if value > 1 - 1e-9:
        return not_estimable("all items say exactly the same", **shared, details=details)
    details["without_each"] = _without_each_item(items.columns, answers)
    if not no_spread(answers.std(axis=0).min(), np.abs(answers).max()):
        together = np.corrcoef(answers.T).sum()
        details["standardised_alpha"] = float(count / (count - 1) * (1 - count / together))
    return Estimate(value=value, low=low, high=high, **shared, details=details)


def _items(items) -> tuple[np.ndarray, int]:
    if not isinstance(items, pd.DataFrame):
        raise wrong("items", f"a {type(items).__name__}", "a table with a column per item", "Do so")
    if items.columns.duplicated().any() or items.shape[1] < 2:
        found = f"{items.shape[1]} columns" if items.shape[1] < 2 else "a name twice"
        raise wrong("items", found, "two or more items, each once", "Select the items of the scale")
    columns = {f"item {k}": numbers(str(name), items[name]) for k, name in enumerate(items)}
    rows, dropped = complete_rows(**columns)
    return rows.to_numpy(dtype=float), dropped


def _few(people: int) -> str:
    return f" (fewer than {FEW} people: it describes these, and shows nothing beyond)" * (
        people < FEW
    )


def _too_few(people: int, count: int, of: str) -> str:
    if people < max(FEWEST, count + 2):
        return f"{people} {of} answered every item, too few for {count} items"
    return ""


def _no_sum(answers: np.ndarray) -> str:
    spread = answers.sum(axis=1).std()
    return "the sum of the items does not vary" if no_spread(spread, np.abs(answers).max()) else ""


def _alpha(answers: np.ndarray) -> float:
    count, whole = answers.shape[1], answers.sum(axis=1).var(ddof=1)
    return float(count / (count - 1) * (1 - answers.var(axis=0, ddof=1).sum() / whole))


def _without_each_item(names, answers: np.ndarray) -> dict:
    if answers.shape[1] < 3:
        return {}
    rests = {name: np.delete(answers, k, axis=1) for k, name in enumerate(names)}
    return {name: _alpha(rest) for name, rest in rests.items() if not _no_sum(rest)}


def omega(items: pd.DataFrame, *, level: float = 0.95, of: str = "people") -> Estimate:
    """McDonald's omega (total) of a one-factor model, over people who answered every item.

    items: as in `cronbach_alpha`, three or more. The model is fitted by maximum likelihood
    (statsmodels `Factor`); the interval uses the delta method without assuming normality, on the
    scale log(1 - omega), with t(n - 1). Not estimable where an item runs against the others, or is
    explained completely. `details` has the standardised loadings. Source: McDonald 1999, Test
    Theory; Maydeu-Olivares et al. 2007, Psychological Methods 12:157, for the interval.
    """
    check_level(level)
    answers, dropped = _items(items)
    people, count = answers.shape
    shared = dict(n=people, of=of, level=level, method=f"omega, one factor by ML{_few(people)}")
    details = {"dropped": dropped, "items": count}
    reason = _too_few(people, count, of) or _no_sum(answers)
    if not reason and count < 3:
        reason = "two items cannot tell a factor"
    if not reason and no_spread(answers.std(axis=0).min(), np.abs(answers).max()):
        reason = "an item was answered the same by everyone"
    value, loadings = (np.nan, None) if reason else _one_factor(np.cov(answers.T))
    if not reason and not np.isfinite(value):
        reason = "one factor does not fit: an item is explained completely, or not at all"
    if not reason and loadings.min() < 0:
        name = items.columns[int(np.argmin(loadings))]
        reason = f"{str(name)!r} runs against the other items; turn its scale round"
    error = np.nan if reason else _omega_error(answers, value)
    if not reason and (not np.isfinite(error) or no_spread(error, 1.0)):
        reason = "its error could not be estimated"
    if reason:
        return not_estimable(reason, **shared, details=details)
    ends = t_interval(np.log(1 - value), error / (1 - value), people - 1, level)
    high, low = (float(1 - np.exp(end)) for end in ends)
    details |= {"standard_error": error, "loadings": dict(zip(items, loadings, strict=True))}
    return Estimate(value=value, low=low, high=high, **shared, details=details)


def _one_factor(covariance: np.ndarray) -> tuple[float, np.ndarray]:
    deviations = np.sqrt(np.diag(covariance))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            correlation = covariance / np.outer(deviations, deviations)
            fitted = Factor(corr=correlation, n_factor=1, method="ml").fit(
                opt={"gtol": 1e-9, "maxiter": 1000}
            )
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return np.nan, deviations
    loadings = np.asarray(fitted.loadings)[:, 0]
    unique = 1 - loadings**2
    loadings = loadings if loadings.sum() >= 0 else -loadings
    if not np.isfinite(loadings).all() or unique.min() < 0.005:
        return np.nan, loadings
    common = float(loadings @ deviations) ** 2
    return common / (common + float(unique @ deviations**2)), loadings


def _omega_error(answers: np.ndarray, value: float) -> float:
    """From how each person moves the covariances, and how each covariance moves omega."""
    covariance, apart = np.cov(answers.T), answers - answers.mean(axis=0)
    deviations, moved = answers.std(axis=0), np.zeros(len(answers))
    for j in range(len(covariance)):
        for k in range(j + 1):
            step = np.zeros_like(covariance)
            step[j, k] = step[k, j] = 1e-3 * deviations[j] * deviations[k]
            up, down = _one_factor(covariance + step)[0], _one_factor(covariance - step)[0]
            moved += (up - down) / (2 * step[j, k]) * (apart[:, j] * apart[:, k] - covariance[j, k])
    return float(np.sqrt(np.sum(moved**2)) / len(answers))


def icc(
    frame: pd.DataFrame,
    *,
    targets: str,
    raters: str,
    ratings: str,
    kind: str = "ICC2",
    level: float = 0.95,
    of: str = "files",
) -> Estimate:
    """Intraclass correlation of ratings, with its interval by F.

    frame: one row per rating; targets, raters, ratings: names of columns (what was rated, by whom,
    how). Targets that were not rated by every rater are left out, and counted.
    kind: ``"ICC1"`` (other raters for each target), ``"ICC2"`` (raters stand for others: absolute
        agreement), ``"ICC3"`` (these raters only: consistency); with ``k``, of the mean of all
        raters. Not estimable below 5 targets.
    Source and test values: Shrout & Fleiss 1979, Psychological Bulletin 86:420; McGraw & Wong 1996.
    """
    check_option("kind", kind, KINDS)
    check_level(level)
    table, dropped = _ratings(frame, targets, raters, ratings)
    n, k = table.shape
    shared = dict(n=n, of=of, level=level, method=f"{kind}, F interval")
    details = {"dropped": dropped, "raters": k}
    if n < FEWEST_TARGETS or k < 2:
        reason = f"{n} {of} were rated by all of {k} raters, too few to tell agreement"
        return not_estimable(reason, **shared, details=details)
    squares = _mean_squares(table)
    if no_spread(np.sqrt(squares["within"]), np.abs(table).max()):
        return not_estimable("all raters agree completely", **shared, details=details)
    if no_spread(np.sqrt(squares["error"]), np.abs(table).max()):
        return not_estimable("raters differ only by a constant", **shared, details=details)
    value, low, high = _INTERVALS[kind[:4]](squares, n, k, (1 + level) / 2)
    if kind.endswith("k"):
        # Spearman-Brown; below -1/(k-1) a single rating's correlation has no mean to speak of.
        value, low, high = (k * r / (1 + (k - 1) * r) if r > -1 / (k - 1) else np.nan
                            for r in (value, low, high))  # fmt: skip
    if not np.isfinite([value, low, high]).all():
        return not_estimable("the targets do not differ", **shared, details=details)
    return Estimate(
        value=float(value), low=float(low), high=float(high), **shared, details=details | squares
    )


def _ratings(frame, targets, raters, ratings) -> tuple[np.ndarray, int]:
    if not isinstance(frame, pd.DataFrame):
        raise wrong("frame", f"a {type(frame).__name__}", "a table", "Give the DataFrame itself")
    for argument, name in {"targets": targets, "raters": raters, "ratings": ratings}.items():
        if name not in frame.columns:
            known = ", ".join(str(column) for column in frame.columns)
            raise wrong(argument, repr(name), "a column of 'frame'", f"The columns are: {known}")
    rows, _ = complete_rows(
        targets=frame[targets], raters=frame[raters], ratings=numbers("ratings", frame[ratings])
    )
    if rows.duplicated(["targets", "raters"]).any():
        raise wrong("frame", "a rater twice on one target", "one rating of each", "Keep one")
    table = rows.pivot(index="targets", columns="raters", values="ratings").astype(float)
    complete = table.dropna()
    return complete.to_numpy(), frame[targets].nunique() - len(complete)


def _mean_squares(table: np.ndarray) -> dict[str, float]:
    n, k = table.shape
    mean = table.mean()
    between = k * np.sum((table.mean(axis=1) - mean) ** 2)
    by_rater = n * np.sum((table.mean(axis=0) - mean) ** 2)
    within = np.sum((table - table.mean(axis=1, keepdims=True)) ** 2)
    return {
        "between": float(between / (n - 1)),
        "within": float(within / (n * (k - 1))),
        "rater": float(by_rater / (k - 1)),
        "error": float(max(within - by_rater, 0) / ((n - 1) * (k - 1))),
    }


def _one_way(squares, n, k, tail) -> tuple[float, float, float]:
    return _by_ratio(squares["between"] / squares["within"], n - 1, n * (k - 1), k, tail)


def _consistency(squares, n, k, tail) -> tuple[float, float, float]:
    return _by_ratio(squares["between"] / squares["error"], n - 1, (n - 1) * (k - 1), k, tail)


def _by_ratio(ratio, above, below, k, tail) -> tuple[float, float, float]:
    least, most = ratio / stats.f.ppf(tail, above, below), ratio * stats.f.ppf(tail, below, above)
    return tuple((r - 1) / (r + k - 1) for r in (ratio, least, most))


def _agreement(squares, n, k, tail) -> tuple[float, float, float]:
    between, rater, error = squares["between"], squares["rater"], squares["error"]
    value = (between - error) / (between + (k - 1) * error + k * (rater - error) / n)
    ratio, rest = rater / error, n * (1 + (k - 1) * value) - k * value
    degrees = (k - 1) * (n - 1) * (k * value * ratio + rest) ** 2
    degrees /= (n - 1) * (k * value * ratio) ** 2 + rest**2
    upper, lower = stats.f.ppf(tail, n - 1, degrees), stats.f.ppf(tail, degrees, n - 1)
    others = k * rater + (k * n - k - n) * error
    low = n * (between - upper * error) / (upper * others + n * between)
    return value, low, n * (lower * between - error) / (others + n * lower * between)


_INTERVALS = {"ICC1": _one_way, "ICC2": _agreement, "ICC3": _consistency}
