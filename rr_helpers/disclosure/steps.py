"""How finely an estimate may be shown: no reader may work a number of people back from it.

A mean of n answers moves by 1/n where one person's answer moves by one point. Shown to two decimals
with its interval, how many people moved up and how many down can be computed from it exactly. So:

- a value from records is shown in steps that no fewer than five people could make;
- its interval is so many whole steps to either side, from a short list, and covers the exact one:
  it says less than it could, never more, and adds next to nothing to what the value tells;
- the ends of a ratio's interval move outwards by steps of its logarithm;
- a value within a step of the end of its scale (almost nobody, almost everyone) is withheld.

Sources: five people, the protection interval of the release's own base 5 (see `rounding`); six for
times to an event, the midpoint-6 rounding of OpenSAFELY (Statistical disclosure control, 2026);
the variance of a log ratio of counts is the sum of one over each (Rothman, Greenland and Lash,
Modern Epidemiology, 3rd ed., chapter 14), which is what one person moves it by. What the steps
leave possible is enumerated in tests/test_disclosure_steps.py.
"""

import math
import re
from statistics import NormalDist
from typing import NamedTuple

from rr_helpers.disclosure.shortfalls import is_model
from rr_helpers.results import Estimate, with_unit

PEOPLE_IN_A_STEP = 5
PEOPLE_IN_A_STEP_OF_TIME = 6
# A median is one person's value, or the middle of two: never shown finer than five days.
STEP_OF_A_MEDIAN = 5
_FINE = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1)
# How many steps an interval may reach to either side. At least two, since an interval of one step
# would tell that hardly anyone moved; doubling in two, so that a width tells little.
_REACHES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
# How much wider than the plain interval those of skewed scales (Wilson, log-log) may be.
_WIDER = 1.1
# n is shown to the nearest 5, as NHS Digital and OpenSAFELY show counts.
ROUND_N_TO = 5
_PERCENT = (1, 2, 3, 4, 5, 6, 8, 10)
# Shares of what a network is made of: no person is counted in them.
_NOT_OF_PEOPLE = ("% of paths", "percentage points of paths", "percentage points of ties")
_NOT_PEOPLE = ("organisations", "meetings", "panels", "documents", "segments")
# Functions of all correlations among items or raters: no number of people can be worked out.
# A plain share of decisions alike is no such function: times n it is a number of decisions.
_COUNTED = re.compile(r"\bagreement, (share|percent)", re.IGNORECASE)
_SCALES = re.compile(r"\b(alpha|omega|kappa|icc|f interval|agreement)\b", re.IGNORECASE)
_DIFFERENCES = re.compile(r"\b(dominance|rank-biserial|difference in share)\b", re.IGNORECASE)
_MEDIANS = re.compile(r"\b(medians?|quantiles?|quartiles?|\w*percentiles?)\b", re.IGNORECASE)


def is_share(unit: str) -> bool:
    """Return True for per cent and percentage points of people."""
    return unit.startswith(("%", "percentage points")) and unit not in _NOT_OF_PEOPLE


def is_median(method: str) -> bool:
    """Return True for medians and other quantiles."""
    return bool(_MEDIANS.search(method))


class Shown(NamedTuple):
    """A value and the ends of its interval as they may be shown, in multiples of `step`."""

    value: float
    low: float | None
    high: float | None
    step: float


def round_estimate(estimate: Estimate) -> Shown | None:
    """Return the estimate as it may be shown; None where no step would hide enough people."""
    step = _step(estimate)
    if step is None:
        return None
    value = _to_step(estimate.value, step)
    if estimate.unit == "ratio" and estimate.basis != "released":
        return _round_ratio(estimate, value, step)
    if not _is_of_people(estimate):
        # A share of released counts is theirs already: its ends are rounded like any other.
        out = 0 if estimate.basis == "released" else 1
        low, high = (_to_step(estimate.low, step, -out), _to_step(estimate.high, step, out))
        return Shown(value, low, high, step)
    least, most = _bounds(estimate)
    # A step and a half: so that the last value shown stands for as many people as any other.
    if min(value - least, most - value) < 1.5 * step - 1e-9:
        return None
    if estimate.low is None or estimate.high is None:
        return Shown(value, None, None, step)
    half = max(value - estimate.low, estimate.high - value, _plain_half(estimate, value, step))
    reach = _smallest(_REACHES, half / step)
    if reach is None:
        return None
    ends = (max(value - reach * step, least), min(value + reach * step, most))
    return Shown(value, *(_to_step(end, step / 100) for end in ends), step)


def show_n(n: int) -> int:
    """Return the number of units as it is shown, to the nearest five."""
    return ROUND_N_TO * round(n / ROUND_N_TO)


def _step(estimate: Estimate) -> float | None:
    unit, released = estimate.unit, estimate.basis == "released"
    # The fewest units that are shown as this number: or the step would tell n more finely.
    n = _fewest_units(estimate.n)
    if is_share(unit):
        people = PEOPLE_IN_A_STEP if estimate.events is None else PEOPLE_IN_A_STEP_OF_TIME
        return 1 if released else _smallest(_PERCENT, 100 * people / n)
    if unit == "days":
        return STEP_OF_A_MEDIAN if is_median(estimate.method) else 1
    if unit == "ratio" and not released:
        return _step_of_a_ratio(estimate)
    if not _is_of_people(estimate):
        return 1 if unit in _NOT_OF_PEOPLE else 0.01
    step = PEOPLE_IN_A_STEP / n
    if is_model(estimate):
        # A term's standard error says how few people it rests on, whatever n is.
        step = max(step, 4 * PEOPLE_IN_A_STEP * _standard_error(estimate, estimate.value) ** 2)
    return _smallest(_FINE, step)


def _plain_half(estimate: Estimate, value: float, step: float) -> float:
    """Half the widest interval of a share of independent people that is shown as `value`.

    No share has a narrower one, so that how wide it is tells nothing but what the value tells.
    """
    if not is_share(estimate.unit) and not _COUNTED.search(estimate.method):
        return 0.0
    whole = 100 if is_share(estimate.unit) else 1
    share = (value + max(-step / 2, min(whole / 2 - value, step / 2))) / whole
    spread = math.sqrt(share * (1 - share) / _fewest_units(estimate.n))
    return whole * _WIDER * _quantile(estimate.level) * spread + step / 2


def _fewest_units(n: int) -> int:
    return max(show_n(n) - ROUND_N_TO // 2, 1)


def _is_of_people(estimate: Estimate) -> bool:
    """True for an average over people, from which numbers of people could be worked out."""
    if estimate.basis == "released" or estimate.unit in ("days", "ratio", *_NOT_OF_PEOPLE):
        return False
    if estimate.of in _NOT_PEOPLE:
        return False
    return not _SCALES.search(estimate.method) or bool(_COUNTED.search(estimate.method))


def _bounds(estimate: Estimate) -> tuple[float, float]:
    """The ends of the scale, as far as they are known."""
    if "bounds" in estimate.details:
        return estimate.details["bounds"]
    if is_share(estimate.unit):
        return (0.0, 100.0) if estimate.unit.startswith("%") else (-100.0, 100.0)
    if _DIFFERENCES.search(estimate.method):
        return -1.0, 1.0
    noughts_and_ones = estimate.unit == "" and 0 <= estimate.value <= 1
    return (0.0, 1.0) if noughts_and_ones else (-math.inf, math.inf)


def _step_of_a_ratio(estimate: Estimate) -> float | None:
    if not estimate.value > 0 or not (estimate.low or 1) > 0:
        return None
    logs = Estimate(
        value=math.log(estimate.value),
        low=math.log(estimate.low) if estimate.low else None,
        high=math.log(estimate.high) if estimate.high else None,
        **{name: getattr(estimate, name) for name in ("n", "method", "level")},
    )
    share = PEOPLE_IN_A_STEP * _standard_error(logs, logs.value) ** 2
    share = max(share, 4 * PEOPLE_IN_A_STEP / estimate.n)
    return _smallest(_FINE, share * estimate.value) if share <= 1 else None


def _round_ratio(estimate: Estimate, value: float, step: float) -> Shown | None:
    """Return a ratio with the ends of its interval moved outwards by whole steps of its logarithm.

    A step is the same part of either end as it is of the value; in plain steps the lower end of a
    wide interval would come out at nought, which no ratio can be.
    """
    if value <= 0:
        return None
    if estimate.low is None or estimate.high is None:
        return Shown(value, None, None, step)
    part = math.log1p(step / value)
    low, high = (
        0.0 if end == 0 else value * math.exp(side * part * max(1, _whole_steps(end, value, part)))
        for side, end in ((-1, estimate.low), (1, estimate.high))
    )
    low = _to_step(low, 0.1 if low >= 1 else 0.01, -1)
    high = _to_step(high, 0.1 if high >= 1 else 0.01, 1)
    return Shown(value, low, high, step) if low > 0 or estimate.low == 0 else None


def _whole_steps(end: float, value: float, part: float) -> int:
    """How many steps of a logarithm reach from a value to an end of its interval, at least."""
    return math.ceil(round(abs(math.log(end / value)) / part, 9))


def _standard_error(estimate: Estimate, value: float) -> float:
    """The standard error that the interval implies; infinite where there is none."""
    if estimate.low is None or estimate.high is None:
        return math.inf
    return max(estimate.high - value, value - estimate.low) / _quantile(estimate.level)


def _quantile(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _smallest(ladder: tuple, least: float) -> float | None:
    return next((step for step in ladder if step >= least - 1e-12), None)


def _to_step(number: float | None, step: float, end: int = 0) -> float | None:
    """The number at the nearest step; an end of an interval (-1 low, 1 high) outwards."""
    if number is None:
        return None
    steps = round(number / step, 9)  # drops the float dust of the division
    whole = {0: math.floor(steps + 0.5), -1: math.floor(steps), 1: math.ceil(steps)}[end]
    return round(whole * step, 4) + 0.0


def write_number(number: float, unit: str, step: float) -> str:
    """Write a number with the decimals that its step allows: ``+0.4``, never ``+0.40``."""
    if is_share(unit) or unit in _NOT_OF_PEOPLE or unit == "days":
        return with_unit(number, unit)
    # An unsigned whole number would read as a count of people.
    places = 2 if step < 0.1 or step == 0.15 else 0 if step == 1 and unit == "change" else 1
    if unit == "ratio" and round(number, 1) != number:
        places = 2  # the lower end of a wide interval
    text = f"{number:+.{places}f}" if unit == "change" and number else f"{number:.{places}f}"
    return text.replace("-", "−")
