"""Count models for a series of months: companions to the segmented log rate.

They allow for months without any case, which a log rate does not, and not for counts that carry
over from month to month, which it does; where the two disagree the log rate is to be believed.
"""

import warnings

import numpy as np
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning

COUNT_METHODS = ("poisson", "quasi_poisson", "negative_binomial")


def fit_count_series(x, counts, offset, method: str):
    """Coefficients, covariance, residual degrees of freedom, what else is kept; or None and why.

    x: design with its constant; counts: one per month; offset: logarithm of the exposure.
    """
    y, offset = np.asarray(counts, dtype=float), np.asarray(offset, dtype=float)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fitted = GLM(y, x, family=families.Poisson(), offset=offset).fit(
                scale="X2" if method == "quasi_poisson" else None
            )
            kept = {"dispersion": float(fitted.pearson_chi2 / fitted.df_resid)}
            if method == "negative_binomial":
                return _negative_binomial(x, y, offset, fitted, kept)
        except (ConvergenceWarning, ValueError, np.linalg.LinAlgError):
            return None, _NO_FIT
    return _checked(fitted.params, fitted.cov_params(), fitted.df_resid, kept)


_NO_FIT = "the count model has no solution: months without a case say the same as a term"


def _negative_binomial(x, y, offset, poisson, kept):
    if kept["dispersion"] <= 1:
        return None, "the counts vary no more than Poisson's: use 'poisson'"
    start = np.append(poisson.params, max((kept["dispersion"] - 1) / y.mean(), 1e-3))
    fitted = NegativeBinomial(y, x, offset=offset).fit(
        start_params=start, method="bfgs", maxiter=500, disp=False
    )
    terms, alpha = x.shape[1], float(fitted.params[-1])
    if not alpha > 1e-8:
        return None, "the counts vary no more than Poisson's: use 'poisson'"
    covariance = np.asarray(fitted.cov_params())[:terms, :terms]
    kept = kept | {"alpha": alpha}
    return _checked(fitted.params[:terms], covariance, len(y) - terms, kept)


def _checked(coefficients, covariance, degrees, kept):
    spread = np.diag(covariance)
    if not np.isfinite(coefficients).all() or not np.isfinite(spread).all() or spread.min() <= 0:
        return None, _NO_FIT
    # A month's log rate has no business beyond this; there the model stands at a wall.
    if np.abs(coefficients).max() > 50 or spread.max() > 1e4:
        return None, _NO_FIT
    return (np.asarray(coefficients), np.asarray(covariance), float(degrees), kept), ""
