"""All coefficients of a model in one table, as other programs print them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from rr_helpers.results import Estimate
from rr_helpers.stats.inputs import wrong

COLUMNS = ["term", "value", "low", "high", "coefficient", "standard_error", "statistic"]
COLUMNS += ["degrees_of_freedom", "p_value", "n", "clusters", "reason"]


def coefficient_table(estimates: Mapping[str, Estimate]) -> pd.DataFrame:
    """The estimates of one model as a table, with t (or z) and two-sided p for each.

    estimates: what `linear`, `logistic`, `counts`, `mixed`, `proportional_odds`, `ordinal_gee`,
        `cox` or `interrupted_time_series` returns for all terms.

    Returns one row per term: term, value, low, high (ratios where the model has them), coefficient
    and standard_error (on the model's scale), statistic (their quotient), degrees_of_freedom
    (infinite: normal), p_value, n, clusters, reason. Blank where not estimable.
    """
    right = isinstance(estimates, Mapping) and all(
        isinstance(estimate, Estimate) for estimate in estimates.values()
    )
    if not right:
        found = f"a {type(estimates).__name__}"
        cure = "Leave term= out: the function then returns all terms"
        raise wrong("estimates", found, "Estimates by the names of their terms", cure)
    rows = [{"term": name} | _row(estimate) for name, estimate in estimates.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(estimate: Estimate) -> dict:
    row = {"n": estimate.n, "clusters": estimate.clusters, "reason": estimate.reason}
    if not estimate.estimable:
        return row
    row |= {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    error = estimate.details.get("standard_error")
    if error is None:
        return row
    coefficient = estimate.details.get("coefficient", estimate.value)
    degrees = float(estimate.details.get("degrees_of_freedom", np.inf))
    statistic = coefficient / error
    row |= {"coefficient": coefficient, "standard_error": error, "statistic": statistic}
    return row | {
        "degrees_of_freedom": degrees,
        "p_value": float(2 * stats.t.sf(abs(statistic), degrees)),
    }
