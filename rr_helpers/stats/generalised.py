"""Yes-or-no outcomes and counts where rows come in few clusters: CR3 by refitting.

There is no closed form here, so the model is fitted again without each cluster, starting from the
whole fit: with 3 to 32 boroughs that takes milliseconds.
"""

import warnings

import numpy as np
import pandas as pd
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.clusters import SMALL_SAMPLE, check_term, complete_model, identified
from rr_helpers.stats.inputs import check_level, check_option, numbers, wrong
from rr_helpers.stats.jackknife import no_spread, standard_error, t_interval

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
    """Odds ratios of logistic regression with cluster-jackknife intervals, t(G - 1).

    frame, formula, term, clusters: as in `linear`; the outcome is true or false (1 or 0). The
    intercept's is the odds, not a ratio. `details` has coefficient and standard_error on the log
    scale. Not estimable where a term tells the outcome apart completely (separation), in the whole
    or without one of the clusters. Source of the jackknife as `linear`; fits by statsmodels.
    """
    model, rows, dropped = complete_model(frame, formula, clusters=clusters)
    if not np.isin(model.endog, [0, 1]).all():
        raise wrong("formula", f"an outcome other than 0 and 1 in {formula!r}", "0 or 1", "Code it")
    shared = dict(of=of, level=level, method="logistic regression, CR3 cluster jackknife t(G-1)")
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
    """Rate ratios of Poisson regression with cluster-jackknife intervals, t(G - 1).

    exposure: name of the column that the counts are a rate of (expected cases, population).
    The jackknife allows for counts that vary more than Poisson's; everything else as `logistic`.
    """
    model, rows, dropped = complete_model(frame, formula, clusters=clusters, exposure=exposure)
    if (model.endog < 0).any() or (model.endog % 1 != 0).any():
        raise wrong(
            "formula", f"an outcome that is no count in {formula!r}", "0, 1, 2 …", "Mend it"
        )
    known = numbers("exposure", rows[exposure]) if exposure else pd.Series(1.0, rows.index)
    if (known <= 0).any():
        raise wrong("exposure", "0 or less", "numbers above 0", "Leave such rows out and say so")
    shared = dict(of=of, level=level, method="Poisson regression, CR3 cluster jackknife t(G-1)")
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
    whole, reason = _fit(x, y, offset, family, None)
    if len(labels) < 2:
        reason = "there is only one cluster"
    without_each = np.full((len(labels), x.shape[1]), np.nan)
    for g in range(len(labels) if not reason else 0):
        rest = codes != g
        without_each[g], lost = _fit(x[rest], y[rest], offset[rest], family, whole)
        reason = reason or (f"without one of the clusters, {lost}" if lost else "")
    estimates = {
        name: _ratio(whole[k], without_each[:, k], reason, dropped, shared)
        for k, name in enumerate(model.exog_names)
    }
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


_SEPARATED = "the terms of the model tell the outcome apart completely"


def _ratio(value, without_each, reason, dropped, shared) -> Estimate:
    details = {"dropped": dropped}
    error = np.nan if reason else standard_error(without_each, value)
    if not reason and no_spread(error, max(abs(value), 1e-6)):
        reason = "the model fits without any spread"
    if reason:
        return not_estimable(reason, **shared, details=details)
    degrees = len(without_each) - 1
    low, high = t_interval(value, error, degrees, shared["level"])
    if max(-low, high) > 500:
        return not_estimable(
            "its interval has no end that means anything", **shared, details=details
        )
    details |= {"coefficient": float(value), "standard_error": error, "degrees_of_freedom": degrees}
    value, low, high = (float(np.exp(number)) for number in (value, low, high))
    return Estimate(value=value, low=low, high=high, **shared, details=details)
