"""Ordered answers (never … always) compared between groups, where rows come in few clusters.

A five-point answer is ordered, not measured. `proportional_odds` is for several terms at once;
`probability_of_superiority` compares two groups and assumes nothing about the scale.
"""

import contextlib

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.clusters import check_term, complete_model, describe_fit, too_few
from rr_helpers.stats.cumulative import expected_information, fit_cumulative
from rr_helpers.stats.generalised import ratio_estimate
from rr_helpers.stats.inputs import (
    check_level,
    check_option,
    column,
    complete_rows,
    numbers,
    wrong,
)
from rr_helpers.stats.jackknife import no_spread, standard_error, t_interval
from rr_helpers.stats.local_odds import fit_uniform

FEWEST_FOR_GEE = 30


def proportional_odds(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    clusters: str,
    level: float = 0.95,
    of: str = "rows",
) -> Estimate | dict[str, Estimate]:
    """Odds ratios of a higher answer (proportional-odds model), cluster jackknife with t(G - 1).

    frame: one row per person; formula: ``"answer ~ trained + C(sector)"``, the answer a number or
    an ordered category; term: one name, or None for all; clusters: name of a column.

    Above 1 means higher answers. `details` has coefficient and standard_error on the log scale,
    robust_standard_error (the plain cluster sandwich, which is too small in few clusters),
    model_standard_error (as if rows were independent), log_likelihood, aic and cut_points. Check
    the assumption with `proportional_odds_check`. Source: McCullagh 1980, JRSS B 42:109; test
    values: arthritis trial (R's polr with sandwich), OrderedModel of statsmodels.
    """
    check_level(level)
    answers, x, names, rows, told = _ordered_model(frame, formula, clusters)
    check_term(term, names)
    whole = fit_cumulative(answers, x)
    codes, labels = pd.factorize(rows[clusters])
    shared = dict(n=len(answers), clusters=len(labels), of=of, level=level, unit="ratio")
    shared |= {"method": "proportional odds, CR3 cluster jackknife t(G-1)"}
    reason = too_few(len(labels), "CR3") or whole.reason
    without_each = np.full((len(labels), len(names)), np.nan)
    for g in range(len(labels) if not reason else 0):
        rest = fit_cumulative(answers[codes != g], x[codes != g], whole.coefficients)
        without_each[g] = rest.coefficients
        reason = reason or (f"without one of the clusters, {rest.reason}" if rest.reason else "")
    kept = [told] * len(names) if reason else _fitted(whole, codes, told)
    estimates = {
        name: _odds_ratio(whole.coefficients[k], without_each[:, k], reason, shared, kept[k])
        for k, name in enumerate(names)
    }
    return estimates if term is None else estimates[term]


def _ordered_model(frame, formula, clusters, repeated=None):
    """Answers, design without its constant, names, complete rows, what is told of the model."""
    blank = frame[repeated].isna() if repeated is not None else pd.Series(dtype=bool)
    frame = frame[~blank] if blank.any() else frame
    if isinstance(frame, pd.DataFrame) and isinstance(formula, str):
        outcome = formula.split("~")[0].strip()
        if outcome in frame.columns:
            frame = frame.assign(**{str(outcome): numbers(outcome, frame[outcome])})
    model, rows, dropped = complete_model(frame, formula, clusters=clusters)
    kept = [k for k, name in enumerate(model.exog_names) if name != "Intercept"]
    if not kept:
        raise wrong("formula", repr(formula), "at least one term", "Write 'answer ~ trained'")
    names = [model.exog_names[k] for k in kept]
    told = describe_fit(model, dropped + int(blank.sum()))
    return np.asarray(model.endog, float), np.asarray(model.exog)[:, kept], names, rows, told


def _fitted(fit, codes, told: dict) -> list[dict]:
    """What `details` holds of the fit itself, for each term."""
    cuts = tuple(map(float, fit.cut_points))
    robust = _sandwich(fit, codes, fit.information)[len(cuts) :]
    plain = np.sqrt(np.diag(np.linalg.inv(fit.information)))[len(cuts) :]
    terms = len(cuts) + len(plain)
    shared = told | {"cut_points": cuts, "log_likelihood": fit.log_likelihood}
    shared |= {"aic": 2 * terms - 2 * fit.log_likelihood}
    return [
        shared | {"robust_standard_error": float(sandwich), "model_standard_error": float(model)}
        for sandwich, model in zip(robust, plain, strict=True)
    ]


def _sandwich(fit, codes, information) -> np.ndarray:
    bread = np.linalg.inv(information)
    scores = np.zeros((codes.max() + 1, fit.scores.shape[1]))
    np.add.at(scores, codes, fit.scores)
    return np.sqrt(np.sum((scores @ bread) ** 2, axis=0))


def _odds_ratio(value, without_each, reason, shared, details) -> Estimate:
    error = np.nan if reason else standard_error(without_each, value)
    if not reason and no_spread(error, max(abs(value), 1e-6)):
        reason = "the clusters do not differ, so spread cannot be measured"
    if reason:
        return not_estimable(reason, **shared, details={"dropped": details["dropped"]})
    degrees = len(without_each) - 1
    low, high = t_interval(value, error, degrees, shared["level"])
    details |= {"coefficient": float(value), "standard_error": error, "degrees_of_freedom": degrees}
    return ratio_estimate(value, low, high, shared | {"details": details})


def proportional_odds_check(frame: pd.DataFrame, formula: str, *, clusters: str) -> pd.DataFrame:
    """Test that each term's odds ratio is the same at every cut of the scale (Brant).

    Returns one row per term, and one for all together: term, lowest_ratio and highest_ratio over
    the cuts, statistic, degrees_of_freedom, p_value, n, dropped, reason. People are taken as
    independent, so with clusters it warns too often rather than too seldom: a diagnostic, and the
    ratios side by side say more than its p value. Source: Brant 1990, Biometrics 46:1171.
    """
    answers, x, names, _, told = _ordered_model(frame, formula, clusters)
    cuts = np.unique(answers)[:-1]
    empty = {"lowest_ratio": None, "highest_ratio": None, "statistic": None}
    empty |= {"degrees_of_freedom": None, "p_value": None, "n": len(answers)}
    empty |= {"dropped": told["dropped"]}
    fits = [fit_cumulative((answers > cut).astype(float), x) for cut in cuts]
    reason = next((f"at one cut of the scale, {fit.reason}" for fit in fits if fit.reason), "")
    if len(cuts) < 2:
        reason = "fewer than three different answers were given"
    if reason:
        rows = [{"term": name} | empty | {"reason": reason} for name in [*names, "all together"]]
        return pd.DataFrame(rows)
    slopes = np.array([fit.coefficients for fit in fits])
    joint = _brant_covariance(x, fits)
    kept = {name: [k] for k, name in enumerate(names)} | {"all together": list(range(len(names)))}
    rows = []
    for name, which in kept.items():
        ratios = np.exp(slopes[:, which]) if len(which) == 1 else [[np.nan]]
        statistic, degrees = _wald(slopes, joint, which)
        rows.append(
            {"term": name} | empty | {
                "lowest_ratio": float(np.min(ratios)), "highest_ratio": float(np.max(ratios)),
                "statistic": statistic, "degrees_of_freedom": degrees,
                "p_value": float(stats.chi2.sf(statistic, degrees)), "reason": "",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _brant_covariance(x, fits) -> np.ndarray:
    """Covariance of the coefficients of the logits at all cuts, by cut and by term."""
    full = np.column_stack([np.ones(len(x)), x])
    above = [1 / (1 + np.exp(fit.cut_points[0] - x @ fit.coefficients)) for fit in fits]
    breads = [np.linalg.inv(full.T @ ((p * (1 - p))[:, None] * full)) for p in above]
    size, terms = len(fits), x.shape[1]
    joint = np.empty((size, terms, size, terms))
    for j in range(size):
        for k in range(j, size):
            weight = above[k] * (1 - above[j])  # the higher cut's share is part of the lower one's
            block = breads[j] @ (full.T @ (weight[:, None] * full)) @ breads[k]
            joint[j, :, k, :] = block[1:, 1:]
            joint[k, :, j, :] = block[1:, 1:].T
    return joint


def _wald(slopes, joint, which) -> tuple[float, int]:
    cuts, terms = len(slopes), len(which)
    contrast = np.column_stack([np.ones(cuts - 1), -np.eye(cuts - 1)])
    full = np.kron(contrast, np.eye(terms))
    differences = full @ slopes[:, which].ravel()
    spread = joint[:, which][:, :, :, which].reshape(cuts * terms, cuts * terms)
    solved = np.linalg.pinv(full @ spread @ full.T, hermitian=True) @ differences
    return float(differences @ solved), len(differences)


def ordinal_gee(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    clusters: str,
    repeated: str | None = None,
    working: str = "independence",
    level: float = 0.95,
    of: str = "rows",
) -> Estimate | dict[str, Estimate]:
    """Odds ratios of a higher answer by estimating equations, robust errors, t(G - 1).

    A companion to `proportional_odds` for the same people asked several times (clusters: the
    person). working: ``"independence"`` between occasions (the estimates are those of maximum
    likelihood, and only their errors differ), or ``"uniform"``, one local odds ratio for all pairs
    of occasions; `repeated` then names the column of occasions. The errors are too small below
    about 30 clusters, so fewer are not estimable here. `details` has coefficient, standard_error,
    cut_points, cut_point_errors and, if uniform, local_odds_ratio. Ours, because statsmodels'
    `OrdinalGEE` takes the cut answers of one occasion as independent, or fails.
    Source: Touloumis, Agresti & Kateri 2013, Biometrics 69:633; test values: multgee on the
    arthritis trial.
    """
    check_level(level)
    check_option("working", working, ("independence", "uniform"))
    if working == "uniform" and (not isinstance(frame, pd.DataFrame) or repeated not in frame):
        raise wrong("repeated", repr(repeated), "the name of a column of occasions", "Name it")
    answers, x, names, rows, told = _ordered_model(frame, formula, clusters, repeated)
    check_term(term, names)
    codes, labels = pd.factorize(rows[clusters])
    shared = dict(n=len(answers), clusters=len(labels), of=of, level=level, unit="ratio")
    shared |= {"method": f"ordinal GEE, {working}, robust sandwich t(G-1)"}
    fit = fit_cumulative(answers, x)
    reason, kept = fit.reason, dict(told)
    if len(labels) < FEWEST_FOR_GEE:
        reason = f"{len(labels)} clusters are too few for its errors: use proportional_odds"
    values, errors = np.concatenate([fit.cut_points, fit.coefficients]), np.empty(0)
    if not reason and working == "uniform":
        values, errors, reason, tied = _tied(fit, answers, x, codes, rows[repeated], values)
        kept |= tied
    elif not reason:
        errors = _sandwich(fit, codes, expected_information(fit, x))
    cuts = len(fit.cut_points)
    kept |= {"cut_points": tuple(map(float, values[:cuts]))}
    kept |= {"cut_point_errors": tuple(map(float, errors[:cuts]))}
    estimates = {}
    for k, name in enumerate(names, cuts):
        if reason:
            estimates[name] = not_estimable(reason, **shared, details=told)
            continue
        value, error, degrees = float(values[k]), float(errors[k]), len(labels) - 1
        details = {"coefficient": value, "standard_error": error, "degrees_of_freedom": degrees}
        ends = t_interval(value, error, degrees, level)
        estimates[name] = ratio_estimate(value, *ends, shared | {"details": kept | details})
    return estimates if term is None else estimates[term]


def _tied(fit, answers, x, codes, occasions, start):
    """Values, errors, why there are none ('' if there are), and the local odds ratio."""
    times = pd.factorize(occasions, sort=True)[0]
    if pd.DataFrame({"person": codes, "time": times}).duplicated().any():
        raise wrong("repeated", "one person twice on an occasion", "once each", "Keep one answer")
    answered = np.unique(answers, return_inverse=True)[1]
    found = None
    if np.bincount(codes).max() > 1:
        with np.errstate(all="ignore"), contextlib.suppress(np.linalg.LinAlgError, ValueError):
            found = fit_uniform(answered, x, codes, times, start)
    if found is None:
        return start, np.empty(0), "answers on different occasions cannot be tied together", {}
    values, covariance, odds = found
    return values, np.sqrt(np.diag(covariance)), "", {"local_odds_ratio": odds}


def probability_of_superiority(
    values, group, groups, *, clusters=None, level: float = 0.95, of: str = "people"
) -> Estimate:
    """Chance that one of the first group answers higher than one of the second, ties counted half.

    values: numbers or ordered categories; group: which group each row is in; groups: the two
    labels, first then second; clusters: borough or course of each row. From 0 to 1; 0.5 means no
    difference. `details` has cliffs_delta (2 p - 1) and, without clusters, p_value and those of
    Mann & Whitney's test corrected for continuity, as in R: mann_whitney_u, mann_whitney_p_value.

    Interval: Brunner & Munzel 2000 (Biometrical Journal 42:17; statsmodels) cut at 0 and 1, or with
    clusters the cluster jackknife with t(G - 1) on the logit scale.
    """
    check_level(level)
    if not isinstance(groups, list | tuple) or len(groups) != 2 or groups[0] == groups[1]:
        raise wrong("groups", repr(groups), "two different labels", "Write groups=(first, second)")
    rows, dropped = complete_rows(
        values=numbers("values", values), group=column("group", group), clusters=clusters
    )
    rows = rows[rows["group"].isin(list(groups))].assign(first=lambda r: r["group"] == groups[0])
    shared = dict(n=len(rows), of=of, level=level, clusters=None)
    shared |= {"method": "probability of superiority, Brunner-Munzel t"}
    sizes = (int(rows["first"].sum()), int((~rows["first"]).sum()))
    details = {"dropped": dropped, "first": sizes[0], "second": sizes[1]}
    if clusters is not None:
        shared |= {"clusters": rows["clusters"].nunique()}
        shared |= {"method": "probability of superiority, cluster jackknife t(G-1) on logits"}
    if min(sizes) < 2:
        return not_estimable("a group has fewer than two people", **shared, details=details)
    value = _superiority(rows)
    details |= {"cliffs_delta": 2 * value - 1}
    if value in (0, 1):
        return not_estimable("the groups do not overlap at all", **shared, details=details)
    if clusters is not None:
        return _clustered_superiority(rows, value, shared, details)
    with np.errstate(all="ignore"):
        parts = (rows.loc[rows["first"], "values"], rows.loc[~rows["first"], "values"])
        compared = rank_compare_2indep(*parts, use_t=True)
        low, high = compared.conf_int(alpha=1 - level)
    if not np.isfinite([low, high]).all() or no_spread(high - low, 1.0):
        return not_estimable("the answers do not vary", **shared, details=details)
    ranked = stats.mannwhitneyu(*parts, method="asymptotic", use_continuity=True)
    details |= {"p_value": float(compared.pvalue), "mann_whitney_u": float(ranked.statistic)}
    details |= {"mann_whitney_p_value": float(ranked.pvalue)}
    return Estimate(
        value=value, low=max(float(low), 0.0), high=min(float(high), 1.0), **shared, details=details
    )


def _superiority(rows: pd.DataFrame) -> float:
    first, second = rows.loc[rows["first"], "values"], rows.loc[~rows["first"], "values"]
    if not len(first) or not len(second):
        return np.nan
    ranks = stats.rankdata(np.concatenate([first, second]))[: len(first)]
    return float((ranks.mean() - (len(first) + 1) / 2) / len(second))


def _superiority_without_each(rows: pd.DataFrame) -> np.ndarray:
    """The same without each cluster in turn, in the order in which they appear; NaN where a group
    is then empty. Whom a cluster's people were compared with is counted once, and not anew for each
    cluster: there may be thousands.
    """
    values, first = rows["values"].to_numpy(dtype=float), rows["first"].to_numpy()
    codes, labels = pd.factorize(rows["clusters"])
    one, other = np.sort(values[first]), np.sort(values[~first])
    won = np.where(first, _below(other, values), len(one) - _below(one, values))
    lost = np.bincount(codes, weights=won, minlength=len(labels))
    # Who is of the cluster itself was counted twice, once from either side.
    for place in np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1]):
        mine = values[place][first[place]]
        lost[codes[place[0]]] -= _below(np.sort(values[place][~first[place]]), mine).sum()
    left = [size - np.bincount(codes[of], minlength=len(labels))
            for size, of in ((len(one), first), (len(other), ~first))]  # fmt: skip
    pairs = np.where(left[0] * left[1] > 0, left[0] * left[1], np.nan)
    return (won[first].sum() - lost) / pairs


def _below(ranked: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How many of `ranked` each value is above, ties counted half."""
    return (np.searchsorted(ranked, values) + np.searchsorted(ranked, values, side="right")) / 2


def _clustered_superiority(rows, value, shared, details) -> Estimate:
    without_each = _superiority_without_each(rows)
    reason = too_few(len(without_each), "CR3")
    if not reason and np.isnan(without_each).any():
        reason = "one cluster holds a whole group"
    error = np.nan if reason else standard_error(without_each, value)
    if not reason and no_spread(error, 1.0):
        reason = "the clusters do not differ, so spread cannot be measured"
    if reason:
        return not_estimable(reason, **shared, details=details)
    slope = value * (1 - value)
    ends = t_interval(
        np.log(value / (1 - value)), error / slope, len(without_each) - 1, shared["level"]
    )
    low, high = (0.5 * (1 + np.tanh(end / 2)) for end in ends)
    details |= {"standard_error": error, "degrees_of_freedom": len(without_each) - 1}
    return Estimate(value=value, low=float(low), high=float(high), **shared, details=details)
