"""Which estimates are withheld because too little stands behind them.

Sources: Safe Data Access Professionals, Handbook on Statistical Disclosure Control for Outputs
(2019): ten units, ten residual degrees of freedom, no dominance in magnitudes; the defaults of ACRO
for the same (safe_threshold 10, survival 10, dof 10, nk rule n = 2 and k = 90%, p% rule with 10%).
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from rr_helpers.results import Estimate

SMALLEST_N = 10
FEWEST_EVENTS = 10
FEWEST_RESIDUAL_DEGREES_OF_FREEDOM = 10
UNITS_PER_TERM = 10
# Of a model that does not say how many units are behind each term, or how many terms it has; the
# latter needs 100 units.
TERMS_NOT_TOLD = 10
# With two clusters, each could subtract its own part and read the other's.
FEWEST_CLUSTERS = 3
LARGEST_TWO_SHARE = 0.9
CLOSEST_GUESS = 0.1
_MODELS = re.compile(
    r"\b(regression|logistic|poisson|negative binomial|proportional odds|mixed|ordinal|hazards?|cox"
    r"|segmented|prais|arima|gee|gls|glm|ols|probit|linear model|least squares|random intercept)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(\d+(?:\.\d+)?)(?:st|nd|rd|th)? percentile|(upper|lower) quartile", re.I)


def is_model(estimate: Estimate) -> bool:
    """Return True for an estimate of a model with terms."""
    return "parameters" in estimate.details or bool(_MODELS.search(estimate.method))


def find_shortfalls(
    estimate: Estimate, *, threshold: int = SMALLEST_N, events: int = FEWEST_EVENTS
) -> Iterator[str]:
    """Yield in words each reason for withholding an estimate; nothing where it may be shown.

    Of `details` are read: `parameters`, the number of a model's terms; `smallest_group`, the
    fewest units in any category of a term.
    """
    if estimate.n < threshold:
        yield f"fewer than {threshold} {estimate.of}"
    if estimate.events is not None and estimate.events < events:
        yield f"fewer than {events} events"
    if estimate.clusters is not None and estimate.clusters < FEWEST_CLUSTERS:
        yield f"fewer than {FEWEST_CLUSTERS} clusters"
    if is_model(estimate):
        yield from _model_shortfalls(estimate, threshold)
    yield from _tail_shortfall(estimate, threshold)


def _model_shortfalls(estimate: Estimate, threshold: int) -> Iterator[str]:
    terms = estimate.details.get("parameters", TERMS_NOT_TOLD)
    if estimate.n - terms < FEWEST_RESIDUAL_DEGREES_OF_FREEDOM:
        yield f"fewer than {FEWEST_RESIDUAL_DEGREES_OF_FREEDOM} residual degrees of freedom"
    smallest = estimate.details.get("smallest_group")
    if smallest is None and estimate.n < UNITS_PER_TERM * terms:
        yield f"fewer than {UNITS_PER_TERM} {estimate.of} for each term of the model"
    if smallest is not None and smallest < threshold:
        yield f"fewer than {threshold} {estimate.of} in a category of the model"


def _tail_shortfall(estimate: Estimate, threshold: int) -> Iterator[str]:
    found = _TAIL.search(estimate.method)
    if found:
        share = float(found[1]) / 100 if found[1] else 0.25
        if estimate.n * min(share, 1 - share) < threshold:
            yield f"fewer than {threshold} {estimate.of} beyond it"


def find_dominance(contributions: Sequence[float]) -> str:
    """Return in words why a mean or sum of these amounts gives one of them away, or ``""``.

    nk rule: the two largest are 90% of the sum or more. p% rule: the second largest could place the
    largest within 10%, since the others together are less than that.
    """
    amounts = np.sort(np.abs(np.asarray(contributions, dtype=float)))[::-1]
    total = amounts.sum()
    if not np.isfinite(total):
        return "an amount behind it is not known"
    if total == 0:
        return ""
    if amounts[:2].sum() >= LARGEST_TWO_SHARE * total:
        return "two amounts make up most of it"
    if amounts[2:].sum() < CLOSEST_GUESS * amounts[0]:
        return "one amount could be worked out from another"
    return ""
