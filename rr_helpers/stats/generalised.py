"""Yes-or-no outcomes and counts where rows come in few clusters: CR3 by refitting.

There is no closed form here, so the model is fitted again without each cluster, starting from the
whole fit: with 3 to 32 boroughs that takes milliseconds. CR2 and bias-reduced are in `sandwich`.
"""

import warnings

import numpy as np
import pandas as pd
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.clusters import (
    check_term,
    companion_errors,
    complete_model,
    describe_fit,
    identified,
    too_few,
)
from rr_helpers.stats.inputs import check_level, check_option, numbers, wrong
from rr_helpers.stats.jackknife import no_spread, standard_error, t_interval
from rr_helpers.stats.sandwich import NAMES, SMALL_SAMPLE, adjusted_errors, robust_errors

# Beyond this a log odds or log rate stands for a certainty that data of this size cannot carry.
CERTAIN = 15.0


def logistic(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    clusters: str,
    small_sample: str = "CR3",
    level: float = 0.95,
    of: str = "rows",
) -> Estimate | dict[str, Estimate]:
    """Odds ratios of logistic regression with intervals that hold in few clusters.

    frame, formula, term, clusters, small_sample: as in `linear`; the outcome is true or false (1
    or 0). The intercept's is the odds, not a ratio. `details` as in `linear`, on the log scale,
    with coefficient, log_likelihood and aic. Not estimable where a term tells the outcome apart
    completely (separation), in the whole or without one of the clusters; nor is a term that one
    cluster alone has, such as its own level (write ``0 + C(borough) + …``), which goes with it
    (MacKinnon, Nielsen & Webb 2023, Journal of Applied Econometrics 38:671). Fits by statsmodels.
    """
    model, rows, dropped = complete_model(frame, formula, clusters=clusters)
    if not np.isin(model.endog, [0, 1]).all():
        raise wrong("formula", f"an outcome other than 0 and 1 in {formula!r}", "0 or 1", "Code it")
    shared = dict(of=of, level=level, method="logistic regression")
    offset = np.zeros(len(rows))
    fitted = (model, rows[clusters], offset, families.Binomial())
    return _estimates(fitted, term, small_sample, shared, dropped)


def counts(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    clusters: str,
    exposure: str | None = None,
    small_sample: str = "CR3",
    level: float = 0.95,
    of: str = "rows",
) -> Estimate | dict[str, Estimate]:
    """Rate ratios of Poisson regression with intervals that hold in few clusters.

    exposure: name of the column that the counts are a rate of (expected cases, population).
    All three variances allow for counts that vary more than Poisson's; all else as `logistic`.
    """
    model, rows, dropped = complete_model(frame, formula, clusters=clusters, exposure=exposure)
    if (model.endog < 0).any() or (model.endog % 1 != 0).any():
        raise wrong(
            "formula", f"an outcome that is no count in {formula!r}", "0, 1, 2 …", "Mend it"
        )
    known = numbers("exposure", rows[exposure]) if exposure else pd.Series(1.0, rows.index)
    if (known <= 0).any():
        raise wrong("exposure", "0 or less", "numbers above 0", "Leave such rows out and say so")
    shared = dict(of=of, level=level, method="Poisson regression")
    fitted = (model, rows[clusters], np.log(known.to_numpy()), families.Poisson())
    return _estimates(fitted, term, small_sample, shared, dropped)


def _estimates(fitted, term, small_sample, shared, dropped) -> Estimate | dict[str, Estimate]:
    model, groups, offset, family = fitted
    check_option("small_sample", small_sample, SMALL_SAMPLE)
    check_level(shared["level"])
    check_term(term, model.exog_names)
    x, y = np.asarray(model.exog), np.asarray(model.endog, dtype=float)
    codes, labels = pd.factorize(groups)
    shared |= {"n": len(y), "clusters": len(labels), "unit": "ratio"}
    shared["method"] += f", {NAMES[small_sample]}"
    whole, reason = _fit(x, y, offset, family, None)
    reason = too_few(len(labels), small_sample) or reason
    without_each = np.full((len(labels), x.shape[1]), np.nan)
    for g in range(len(labels) if not reason else 0):
        rest, shared_terms = codes != g, (x[codes != g] != 0).any(axis=0)
        fit = (x[np.ix_(rest, shared_terms)], y[rest], offset[rest], family, whole[shared_terms])
        without_each[g, shared_terms], lost = _fit(*fit)
        reason = reason or (f"without one of the clusters, {lost}" if lost else "")
    errors, degrees = np.full(x.shape[1], np.nan), np.full(x.shape[1], len(labels) - 1.0)
    if not reason and small_sample == "CR3":
        errors = np.array([standard_error(without_each[:, k], whole[k]) for k in range(len(whole))])
    told = describe_fit(model, dropped)
    if isinstance(family, families.Binomial):  # either outcome is a category of the model
        told["smallest_group"] = min(told["smallest_group"], int(y.sum()), int(len(y) - y.sum()))
    kept = [told] * x.shape[1]
    alone = [_ALONE if np.isnan(without).any() else "" for without in without_each.T]
    if not reason:
        mean = family.fitted(x @ whole + offset)
        root = np.sqrt(family.variance(mean))  # both links are canonical
        weighed, left = root[:, None] * x, (y - mean) / root
        if small_sample != "CR3":
            errors, degrees = adjusted_errors(weighed, left, groups, small_sample)
        plain = np.sqrt(np.diag(np.linalg.inv(weighed.T @ weighed)))
        likelihood = float(family.loglike(y, mean))
        fit = {"log_likelihood": likelihood, "aic": 2 * x.shape[1] - 2 * likelihood}
        compared = companion_errors(plain, robust_errors(weighed, left, groups), x.shape[1])
        kept = [told | fit | errors_of for errors_of in compared]
    estimates = {
        name: _ratio(whole[k], float(errors[k]), float(degrees[k]), reason or alone[k], kept[k],
                     shared)
        for k, name in enumerate(model.exog_names)
    }  # fmt: skip
    return estimates if term is None else estimates[term]


def _fit(x, y, offset, family, start) -> tuple[np.ndarray, str]:
    """Coefficients, and why there are none ('' if there are)."""
    nothing = np.full(x.shape[1], np.nan)
    if not identified(x.T @ x).all():
        return nothing, "the columns of the model say the same thing twice"
    if np.ptp(y) == 0:
        return nothing, "the outcome is the same in every row"
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            found = GLM(y, x, family=family, offset=offset).fit(start_params=start).params
        except (ConvergenceWarning, PerfectSeparationWarning, ValueError, np.linalg.LinAlgError):
            return nothing, _SEPARATED
    reach = np.ptp(x @ found) if isinstance(family, families.Poisson) else np.abs(x @ found).max()
    certain = not np.isfinite(found).all() or reach > CERTAIN
    return (nothing, _SEPARATED) if certain else (np.asarray(found), "")


_ALONE = "it rests on one of the clusters alone"
_SEPARATED = "the terms of the model tell the outcome apart completely"


def _ratio(value, error, degrees, reason, details, shared) -> Estimate:
    if not reason and no_spread(error, max(abs(value), 1e-6)):
        reason = "the model fits without any spread"
    if not reason and not degrees > 0:
        reason = "the clusters leave no degrees of freedom"
    if reason:
        return not_estimable(reason, **shared, details={"dropped": details["dropped"]})
    low, high = t_interval(value, error, degrees, shared["level"])
    details = details | {
        "coefficient": float(value),
        "standard_error": error,
        "degrees_of_freedom": degrees,
    }
    return ratio_estimate(value, low, high, shared | {"details": details})


def ratio_estimate(value: float, low: float, high: float, shared: dict) -> Estimate:
    """An Estimate of a ratio from a coefficient and its interval on the log scale."""
    if max(-low, high) > 500:
        return not_estimable("its interval has no end that means anything", **shared)
    value, low, high = (float(np.exp(number)) for number in (value, low, high))
    return Estimate(value=value, low=low, high=high, **shared)
