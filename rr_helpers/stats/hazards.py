"""Who waits longer for a response: hazard ratios of Cox's model where rows come in few boroughs."""

import warnings

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.exceptions import ConvergenceError, ConvergenceWarning

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.clusters import check_term, complete_model, describe_fit, identified
from rr_helpers.stats.generalised import CERTAIN, ratio_estimate
from rr_helpers.stats.inputs import check_level, numbers, wrong
from rr_helpers.stats.jackknife import no_spread, standard_error, t_interval


def cox(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    event: str,
    clusters: str | None = None,
    strata: str | None = None,
    level: float = 0.95,
    of: str = "young people",
) -> Estimate | dict[str, Estimate]:
    """Hazard ratios of Cox's model: above 1 means that the event comes sooner.

    frame: one row per person; formula: days to the event or to the end of observation, and the
    terms, ``"days ~ trained + C(sector)"``; event: name of a column, true where it happened. With a
    competing event, count it as not happened: the ratio is then that of the cause-specific hazard.
    clusters: name of a column; the interval is then the cluster jackknife with t(G - 1), else the
    information's with the normal. Ties as Efron. strata: name of a column whose groups each have a
    baseline hazard of their own.

    `details` has coefficient and standard_error on the log scale, and of the whole fit
    model_standard_error, log_likelihood (partial), aic and concordance. Not estimable where a term
    tells apart who had the event. Source: Cox 1972, JRSS B 34:187; fits by lifelines; test oracle
    statsmodels' PHReg.
    """
    check_level(level)
    x, days, happened, codes, strata_of, names, told = _rows(
        frame, formula, event, clusters, strata
    )
    check_term(term, names)
    groups = len(np.unique(codes)) if clusters else None
    shared = dict(n=len(days), clusters=groups, events=int(happened.sum()), of=of, level=level)
    variance = "cluster jackknife t(G-1)" if clusters else "information, normal"
    shared |= {"unit": "ratio", "method": f"Cox regression (Efron), {variance}"}
    reason = "there is only one cluster" if clusters and groups < 2 else ""
    values, errors, lost, kept = _fit(x, days, happened, strata_of)
    reason, degrees, model_errors = reason or lost, np.inf, errors
    if clusters and not reason:
        without_each = np.empty((groups, len(names)))
        for g in range(groups):
            rest = codes != g
            part = (x[rest], days[rest], happened[rest], strata_of[rest])
            without_each[g], _, lost, _ = _fit(*part, begin=values)
            reason = reason or (f"without one of the clusters, {lost}" if lost else "")
        errors = [standard_error(without_each[:, k], values[k]) for k in range(len(names))]
        degrees = groups - 1
    estimates = {}
    for k, name in enumerate(names):
        details = told | {"model_standard_error": float(model_errors[k])} | kept
        spread = (float(errors[k]), degrees)
        estimates[name] = _hazard_ratio(values[k], *spread, reason, details, shared)
    return estimates if term is None else estimates[term]


def _rows(frame, formula, event, clusters, strata):
    """Design without its constant, days, whether it happened, codes of clusters and of strata,
    names, what is told of the model.
    """
    if not isinstance(frame, pd.DataFrame):
        raise wrong("frame", f"a {type(frame).__name__}", "a table", "Give the DataFrame itself")
    if event not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns)
        raise wrong("event", repr(event), "a column of 'frame'", f"The columns are: {known}")
    happened = numbers("event", frame[event])
    if not happened.dropna().isin([0, 1]).all():
        raise wrong("event", "a number other than 0 and 1", "true or false", "Compare first")
    if strata is not None and strata not in frame.columns:
        listed = ", ".join(str(name) for name in frame.columns)
        raise wrong("strata", repr(strata), "a column of 'frame'", f"The columns are: {listed}")
    known = frame.assign(**{str(event): happened})[happened.notna().to_numpy()]
    known = known if strata is None else known.dropna(subset=[strata])
    person = "cluster of a person alone"
    if clusters is None:
        known = known.assign(**{person: range(len(known))})
    model, rows, dropped = complete_model(known, formula, clusters=clusters or person)
    kept = [k for k, name in enumerate(model.exog_names) if name != "Intercept"]
    if not kept:
        raise wrong("formula", repr(formula), "at least one term", "Write 'days ~ trained'")
    days = np.asarray(model.endog, dtype=float)
    if (days < 0).any():
        raise wrong("formula", "days below 0", "0 days or more", "Correct the dates")
    codes = pd.factorize(rows[clusters or person])[0]
    names = [model.exog_names[k] for k in kept]
    told = describe_fit(model, dropped + len(frame) - len(known))
    return (
        np.asarray(model.exog)[:, kept], days, rows[event].to_numpy(dtype=float), codes,
        pd.factorize(rows[strata])[0] if strata is not None else np.zeros(len(rows), dtype=int),
        names, told,
    )  # fmt: skip


def _fit(x, days, happened, strata, begin=None) -> tuple[np.ndarray, np.ndarray, str, dict]:
    """Coefficients, their errors, why there are none ('' if there are), and what is kept.

    begin: coefficients that are near, from which fewer steps are needed; nothing is then kept.
    """
    nothing = np.full(x.shape[1], np.nan)
    if happened.sum() < x.shape[1] + 1:
        reason = f"there are {happened.sum():.0f} events, too few for the terms"
        return nothing, nothing, reason, {}
    centred = x - pd.DataFrame(x).groupby(strata).transform("mean").to_numpy()
    if not identified(centred.T @ centred).all():
        return nothing, nothing, "the columns of the model say the same thing twice", {}
    table = pd.DataFrame(x, columns=[f"x{k}" for k in range(x.shape[1])])
    table = table.assign(days=days, happened=happened, stratum=strata)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            # lifelines goes in steps of each column's own spread.
            begin = None if begin is None else begin * x.std(axis=0)
            model = CoxPHFitter()
            fitted = model.fit(table, "days", "happened", strata=["stratum"], initial_point=begin)
        except (ConvergenceError, ConvergenceWarning, ValueError, np.linalg.LinAlgError):
            return nothing, nothing, _SEPARATED, {}
    values, errors = fitted.params_.to_numpy(), fitted.standard_errors_.to_numpy()
    settled = np.isfinite(values).all() and np.isfinite(errors).all()
    if not settled or np.ptp(x @ values) > CERTAIN:
        return nothing, nothing, _SEPARATED, {}
    if begin is not None:
        return values, errors, "", {}
    likelihood = float(fitted.log_likelihood_)
    return values, errors, "", {
        "log_likelihood": likelihood, "aic": 2 * x.shape[1] - 2 * likelihood,
        "concordance": float(fitted.concordance_index_),
    }  # fmt: skip


_SEPARATED = "the terms of the model tell apart completely who had the event"


def _hazard_ratio(value, error, degrees, reason, details, shared) -> Estimate:
    if not reason and no_spread(error, max(abs(value), 1e-6)):
        reason = "the clusters do not differ, so spread cannot be measured"
    if reason:
        return not_estimable(reason, **shared, details={"dropped": details["dropped"]})
    ends = t_interval(value, error, degrees, shared["level"])
    details |= {"coefficient": float(value), "standard_error": float(error)}
    details |= {"degrees_of_freedom": degrees}
    return ratio_estimate(value, *ends, shared | {"details": details})
