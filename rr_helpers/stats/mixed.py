"""A random intercept for each borough or course, and the wild bootstrap: checks on `linear`.

Neither replaces the cluster jackknife. The mixed model says how much the clusters differ, and that
is always said with it; the bootstrap asks whether a p value from few clusters holds.
"""

import itertools

import numpy as np
import pandas as pd
from scipy import optimize

from rr_helpers.errors import UserError
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.clusters import check_term, complete_model, describe_fit, identified
from rr_helpers.stats.inputs import check_level, whole_count, wrong
from rr_helpers.stats.jackknife import no_spread, t_interval


def mixed(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    clusters: str,
    level: float = 0.95,
    of: str = "rows",
    unit: str = "",
) -> Estimate | dict[str, Estimate]:
    """Coefficients of a linear model with a random intercept per cluster, by REML and t(G - 2).

    frame, formula, term, clusters: as in `linear`. `method` always says the variance between
    clusters and its share of the whole (intraclass correlation), since one estimated as zero makes
    the interval that of least squares; `details` has both variances, standard_error and
    restricted_log_likelihood (half of R lme4's REML criterion, turned round).

    Source: Laird & Ware 1982, Biometrics 38:963. Ours, because statsmodels' `MixedLM` stops short
    or takes zero for the variance where clusters hardly differ; the tests hold it to MixedLM where
    that converges, and to the restricted likelihood written out.
    """
    check_level(level)
    model, rows, dropped = complete_model(frame, formula, clusters=clusters)
    x, y, names = np.asarray(model.exog), np.asarray(model.endog, dtype=float), model.exog_names
    check_term(term, names)
    groups = rows[clusters].nunique()
    shared = dict(n=len(y), clusters=groups, of=of, level=level, unit=unit)
    details = describe_fit(model, dropped)
    reason = _why_not(x, y, groups)
    if reason:
        shared |= {"method": "random intercept (REML)", "details": details}
        estimates = {name: not_estimable(reason, **shared) for name in names}
        return estimates if term is None else estimates[term]
    coefficients, errors, share, total, likelihood = _restricted(
        x, y, pd.factorize(rows[clusters])[0]
    )
    between, within = share * total, (1 - share) * total
    shared["method"] = (
        f"random intercept (REML), t(G-2); variance between clusters {between:.3g}, "
        f"intraclass correlation {share:.2f}"
    )
    details |= {"between_variance": between, "within_variance": within, "icc": share}
    details |= {"restricted_log_likelihood": likelihood}
    estimates = {
        name: _coefficient(coefficients[k], errors[k], groups - 2, details, shared)
        for k, name in enumerate(names)
    }
    return estimates if term is None else estimates[term]


def _why_not(x, y, groups) -> str:
    if groups < 3:
        return f"{groups} clusters cannot tell how much clusters differ"
    if not identified(x.T @ x).all():
        return "the columns of the model say the same thing twice"
    if len(y) <= x.shape[1] + 1 or len(y) <= groups:
        return "there are too few rows for the model"
    left = y - x @ (np.linalg.pinv(x) @ y)
    return "the model fits without any spread" if no_spread(left.std(), np.abs(y).max()) else ""


def _restricted(x, y, codes) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """Coefficients, errors, intraclass correlation, whole variance and log likelihood at the best
    restricted likelihood, which has all but the correlation in closed form.
    """
    both = np.column_stack([x, y])
    sizes = np.bincount(codes)
    sums = np.zeros((len(sizes), both.shape[1]))
    np.add.at(sums, codes, both)
    products, rest = both.T @ both, len(y) - x.shape[1]

    def solve(share: float):
        ratio = share / (1 - share)
        weights = ratio / (1 + ratio * sizes)
        weighted = products - sums.T @ (weights[:, None] * sums)
        information, toward = weighted[:-1, :-1], weighted[:-1, -1]
        slopes = np.linalg.solve(information, toward)
        within = (weighted[-1, -1] - toward @ slopes) / rest
        size = rest * np.log(max(within, 1e-300)) + np.sum(np.log1p(ratio * sizes))
        return size + np.linalg.slogdet(information)[1], slopes, information, within

    grid = np.linspace(0, 0.98, 50)
    best = grid[np.argmin([solve(share)[0] for share in grid])]
    around = (max(best - 0.02, 0), min(best + 0.02, 0.999))
    found = optimize.minimize_scalar(
        lambda s: solve(s)[0], bounds=around, method="bounded", options={"xatol": 1e-9}
    )
    share = 0.0 if solve(0.0)[0] <= found.fun else float(found.x)
    size, slopes, information, within = solve(share)
    errors = np.sqrt(np.clip(np.diag(np.linalg.inv(information)), 0, None) * within)
    likelihood = -(rest * (1 + np.log(2 * np.pi)) + size) / 2
    return slopes, errors, share, float(within / (1 - share)), float(likelihood)


def _coefficient(value, error, degrees, details, shared) -> Estimate:
    if no_spread(error, max(abs(value), 1e-300)):
        return not_estimable("the model fits without any spread", **shared, details=details)
    low, high = t_interval(value, error, degrees, shared["level"])
    details = details | {"standard_error": float(error), "degrees_of_freedom": degrees}
    return Estimate(value=float(value), low=low, high=high, **shared, details=details)


def wild_bootstrap(
    frame: pd.DataFrame,
    formula: str,
    term: str,
    *,
    clusters: str,
    draws: int = 1999,
    seed: int = 1,
) -> pd.DataFrame:
    """Test that a coefficient is zero, by the wild cluster bootstrap with the null imposed.

    Residuals of the model without the term change sign together within a cluster. Up to 12 clusters
    every pattern of signs is tried, so that there is no chance in it; beyond, `draws` with `seed`.

    Returns one row: test, statistic (t with the plain cluster variance), p_value, draws, n,
    clusters, dropped, reason. With G clusters no p value is below 2 / 2^G.
    Source: Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90:414.
    """
    draws = whole_count("draws", draws)
    model, rows, dropped = complete_model(frame, formula, clusters=clusters)
    x, y, names = np.asarray(model.exog), np.asarray(model.endog, dtype=float), model.exog_names
    if term is None:
        raise wrong("term", "None", "the term to test", "Name one of: " + ", ".join(names))
    check_term(term, names)
    codes, labels = pd.factorize(rows[clusters])
    row = {"test": f"wild cluster bootstrap of {term}", "statistic": None, "p_value": None}
    row |= {"draws": 0, "n": len(y), "clusters": len(labels), "dropped": dropped}
    reason = "there are fewer than 5 clusters" if len(labels) < 5 else ""
    if not reason and not identified(x.T @ x).all():
        reason = "the columns of the model say the same thing twice"
    if reason:
        return pd.DataFrame([row | {"reason": reason}])
    signs = _signs(len(labels), draws, seed)
    k = names.index(term)
    others = np.delete(x, k, axis=1)
    restricted = others @ (np.linalg.pinv(others) @ y)
    outcomes = restricted[:, None] + (y - restricted)[:, None] * signs.T[codes]
    statistics = np.abs(_t_statistics(x, outcomes, codes, k))
    observed = _t_statistics(x, y[:, None], codes, k)[0]
    if not np.isfinite(observed):
        return pd.DataFrame([row | {"reason": "the model fits without any spread"}])
    # A hair below, because the pattern that changes nothing must count as equal.
    share = np.mean(~(statistics < abs(observed) * (1 - 1e-9)))
    row |= {"statistic": float(observed), "p_value": float(share), "draws": len(signs)}
    return pd.DataFrame([row | {"reason": ""}])


def _signs(groups: int, draws: int, seed: int) -> np.ndarray:
    if groups <= 12:
        return np.array(list(itertools.product([-1.0, 1.0], repeat=groups)))
    if draws < 99:
        raise UserError(
            place="argument 'draws'", found=str(draws), expected="99 or more", cure="Write 1999"
        )
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, groups))


def _t_statistics(x, outcomes, codes, k) -> np.ndarray:
    """t of one coefficient for each column of outcomes, with the plain cluster variance."""
    bread = np.linalg.inv(x.T @ x)
    coefficients = bread @ x.T @ outcomes
    weighted = (x @ bread[k])[:, None] * (outcomes - x @ coefficients)
    scores = np.zeros((codes.max() + 1, outcomes.shape[1]))
    np.add.at(scores, codes, weighted)
    errors = np.sqrt(np.sum(scores**2, axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(errors > 1e-12 * np.abs(outcomes).max(), coefficients[k] / errors, np.nan)
