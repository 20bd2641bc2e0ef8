"""One estimate from those of several filled-in tables: Rubin's rules for small studies."""

import numpy as np

from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.generalised import ratio_estimate
from rr_helpers.stats.inputs import check_level, numbers, whole_count, wrong
from rr_helpers.stats.jackknife import no_spread, t_interval

# Of a model, what a pooled estimate tells too: disclosure judges by it.
TOLD = ("parameters", "smallest_group")


def pool(
    estimates, errors=None, *, degrees_of_freedom: float | None = None, n: int | None = None,
    level: float = 0.95,
) -> Estimate:  # fmt: skip
    """One Estimate from those of the filled-in tables, by Rubin's rules.

    estimates: one Estimate from each table, all of the same function and term; ratios are pooled
    on the log scale. Or numbers, and then `errors` holds their standard errors, `n` the people and
    degrees_of_freedom those that complete data would have (None: infinite).

    Interval: t with Barnard & Rubin's degrees of freedom (1999, Biometrika 86:948). `details` has
    standard_error, degrees_of_freedom, within_variance, between_variance, missing_share (of the
    variance, owed to blanks: R mice's lambda), relative_increase (its riv) and missing_information
    (its fmi). Not estimable where it was not in one of the tables.
    """
    check_level(level)
    estimates = list(estimates)
    if len(estimates) < 2:
        raise wrong("estimates", f"{len(estimates)} of them", "2 or more", "Impute with m=20")
    if not all(isinstance(estimate, Estimate) for estimate in estimates):
        return _pool_numbers(estimates, errors, degrees_of_freedom, n, level)
    first = estimates[0]
    shared = dict(n=first.n, clusters=first.clusters, of=first.of, unit=first.unit, level=level)
    shared |= {"method": f"{first.method}; Rubin over {len(estimates)} imputations"}
    missing = [estimate.reason for estimate in estimates if not estimate.estimable]
    if missing:
        reason = f"in {len(missing)} of {len(estimates)} filled-in tables {missing[0]}"
        return not_estimable(reason, **shared)
    if any("standard_error" not in estimate.details for estimate in estimates):
        raise wrong("estimates", f"{first.method!r} without a standard error",
                    "estimates of a model, or a mean", "Use, for example, linear")  # fmt: skip
    ratio = first.unit == "ratio"
    values = [e.details["coefficient"] if ratio else e.value for e in estimates]
    spreads = [e.details["standard_error"] for e in estimates]
    degrees = min(e.details.get("degrees_of_freedom", np.inf) for e in estimates)
    told = {key: first.details[key] for key in TOLD if key in first.details}
    return _rubin(values, spreads, degrees, ratio, shared, told)


def _pool_numbers(values, errors, degrees, n, level) -> Estimate:
    given = numbers("estimates", values)
    spreads = numbers("errors", [] if errors is None else list(errors))
    if len(spreads) != len(given) or spreads.isna().any() or given.isna().any():
        raise wrong(
            "errors", f"{len(spreads)} numbers", f"{len(given)} standard errors", "Give them"
        )
    if (spreads < 0).any():
        raise wrong("errors", "a number below 0", "standard errors", "Give roots of the variances")
    degrees = np.inf if degrees is None else numbers("degrees_of_freedom", [degrees]).iloc[0]
    if not degrees > 0:
        raise wrong("degrees_of_freedom", repr(degrees), "a number above 0", "Write n - terms")
    if n is None or not whole_count("n", n):
        raise wrong("n", repr(n), "the number of people", "Write n=len(frame)")
    shared = dict(n=int(n), level=level, method=f"Rubin over {len(given)} imputations")
    return _rubin(list(given), list(spreads), float(degrees), False, shared, {})


def _rubin(values, spreads, complete, ratio, shared, told) -> Estimate:
    m, value = len(values), float(np.mean(values))
    within, between = float(np.mean(np.square(spreads))), float(np.var(values, ddof=1))
    total = within + (1 + 1 / m) * between
    error = float(np.sqrt(total))
    if no_spread(error, max(abs(value), 1e-6)):
        return not_estimable("there is no spread", **shared)
    share = (1 + 1 / m) * between / total
    degrees = (m - 1) / share**2 if share > 1e-12 else np.inf
    if np.isfinite(complete):
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        degrees = 1 / (1 / degrees + 1 / observed) if observed > 0 else 0.0
    details = {"missing_share": share, "degrees_of_freedom": degrees, "standard_error": error}
    details |= told
    details |= {"within_variance": within, "between_variance": between}
    if within > 0:
        increase = (1 + 1 / m) * between / within
        rest = 2 / (degrees + 3) if np.isfinite(degrees) else 0.0
        details |= {"relative_increase": increase}
        details |= {"missing_information": (increase + rest) / (1 + increase)}
    if not degrees >= 1:
        return not_estimable("the blanks leave no degrees of freedom", **shared, details=details)
    low, high = t_interval(value, error, degrees, shared["level"])
    if ratio:
        details |= {"coefficient": value}
        return ratio_estimate(value, low, high, shared | {"details": details})
    bounds = {"%": (0, 100), "percentage points": (-100, 100)}.get(shared.get("unit"))
    if bounds:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Estimate(value=value, low=low, high=high, **shared, details=details)
