"""Rules for what is not a count: which estimates may be shown, and how finely.

Each threshold names where it comes from. A run can raise one, never lower it.
"""

import math
import re
from collections.abc import Mapping

import pandas as pd

from rr_helpers.disclosure.figures import _GATE, ALL, SMALLEST_BASE_OF_A_PERCENTAGE, SafeEstimate
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.results import Estimate, with_unit

# Safe Data Access Professionals' Handbook on SDC for Outputs and the ACRO defaults (safe_threshold,
# survival, dof): ten units, ten events, ten residual degrees of freedom.
SMALLEST_N = 10
FEWEST_EVENTS = 10
FEWEST_RESIDUAL_DEGREES_OF_FREEDOM = 10
# With two clusters, each could subtract its own part and read the other's.
FEWEST_CLUSTERS = 3
# n is shown to the nearest 5, as NHS Digital and OpenSAFELY show counts.
ROUND_N_TO = 5
_STEPS = (1, 2, 5, 10)
# Shares of what a network is made of: no person is counted in them.
_NOT_OF_PEOPLE = ("% of paths", "percentage points of paths", "percentage points of ties")
_NUMBER_WORDS = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|only person)\b",
    re.IGNORECASE,
)
_EXTREMES = re.compile(r"\b(max(imum)?|min(imum)?|range|largest|smallest)\b", re.IGNORECASE)
_SHARE_METHODS = re.compile(r"\b(proportions?|percentages?|wilson|clopper)\b", re.IGNORECASE)


def protect(
    estimates: Mapping[str, Estimate] | pd.DataFrame,
    *,
    title: str,
    population: str = "",
    note: str = "",
    source: str = "",
    row_name: str = "",
    clusters_of: str = "clusters",
    threshold: int = SMALLEST_N,
    events: int = FEWEST_EVENTS,
) -> SafeTable:
    """Return estimates as a SafeTable that may be shown.

    estimates: Estimate by label, or a DataFrame whose cells are Estimates. clusters_of: what the
    clusters are, in the plural ("courses"). Estimates on fewer than
    `threshold` units, `events` events (where time to event), three clusters or ten residual degrees
    of freedom are shown as ``[c]``; those that could not be estimated as ``[x]`` with the reason.
    Shares from records are refused with DisclosureError, since exact percentages give counts back:
    compute them from released counts. Time-to-event percentages are rounded until one step is five
    people or more. Raises UserError where a rule would be loosened.
    """
    _only_tighter("threshold", threshold, SMALLEST_N)
    _only_tighter("events", events, FEWEST_EVENTS)
    grid = _as_grid(estimates, title)
    safe = grid.map(lambda estimate: _judge(estimate, title, threshold, events, clusters_of))
    flat = [estimate for line in grid.to_numpy() for estimate in line]
    of = flat[0].of if flat else "units"
    return SafeTable(
        grid=safe,
        kind="estimates",
        title=title,
        row_name=row_name or str(grid.index.name or "Measure"),
        population=population,
        of=of,
        note=note,
        source=source or f"Study records of {of}",
        rules=_state_rules(threshold, events, flat),
        suppressed=sum(figure.mark == "[c]" for line in safe.to_numpy() for figure in line),
        gate=_GATE,
    )


def _only_tighter(name: str, value: int, floor: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < floor:
        raise UserError(
            place="protect",
            found=f"{name}={value!r}",
            expected=f"{floor}, or more: a run can tighten a rule, never loosen it",
            cure=f"Leave {name} out",
        )


def _as_grid(estimates, title: str) -> pd.DataFrame:
    if isinstance(estimates, pd.DataFrame):
        grid = estimates.astype(object)  # a new table: the caller's keeps its labels
    else:
        labels = [str(label) for label in estimates]
        grid = pd.DataFrame({ALL: pd.Series(list(estimates.values()), index=labels, dtype=object)})
    grid.index = pd.Index([str(label) for label in grid.index], name=grid.index.name)
    grid.columns = [str(label) for label in grid.columns]
    if grid.empty or grid.index.duplicated().any() or grid.columns.duplicated().any():
        raise UserError(
            place=f"protect, '{title}'",
            found="no estimates" if grid.empty else "a label twice",
            expected="estimates with a label each",
            cure="Label them apart, or leave the table out",
        )
    for line in grid.to_numpy():
        for cell in line:
            if not isinstance(cell, Estimate):
                raise DisclosureError(
                    place=f"protect, '{title}'",
                    found=f"a {type(cell).__name__}",
                    expected="Estimates, which carry the n that the rules need",
                    cure="Counts: add the table to notebooks/catalogue.toml. Numbers: compute them "
                    "with the functions that return Estimates",
                )
    return grid


def _judge(
    estimate: Estimate, title: str, threshold: int, events: int, clusters_of: str
) -> SafeEstimate:
    _refuse_unsafe_kinds(estimate, title)
    if not estimate.estimable:
        return _withhold(estimate, "[x]", _plain_reason(estimate.reason))
    for too_few in _shortfalls(estimate, threshold, events):
        return _withhold(estimate, "[c]", too_few)
    if _is_share(estimate.unit) and estimate.basis == "released":
        if estimate.n < SMALLEST_BASE_OF_A_PERCENTAGE:
            return _withhold(estimate, "[u]", f"a share of fewer than 20 {estimate.of}")
    step = _step(estimate)
    if step is None:
        return _withhold(estimate, "[c]", f"too few {estimate.of} for a percentage")
    return _show(estimate, step, clusters_of)


def _refuse_unsafe_kinds(estimate: Estimate, title: str) -> None:
    if _EXTREMES.search(estimate.method):
        _refuse(title, f"method '{estimate.method}'", "a maximum or minimum is one person's value")
    is_share = estimate.count is not None or (
        estimate.events is None
        and (_is_share(estimate.unit) or _SHARE_METHODS.search(estimate.method))
    )
    if is_share and estimate.basis != "released":
        _refuse(
            title,
            f"a share computed from records (method '{estimate.method}')",
            "exact percentages give counts back",
        )


def _refuse(title: str, found: str, why: str):
    raise DisclosureError(
        place=f"protect, '{title}'",
        found=f"{found}, but {why}",
        expected="what cannot be traced to a few people",
        cure="Compute shares from released counts (release['table_id'].percent(), or an Estimate "
        "with basis='released'); show a median instead of an extreme",
    )


def _shortfalls(estimate: Estimate, threshold: int, events: int):
    if estimate.n < threshold:
        yield f"fewer than {threshold} {estimate.of}"
    if estimate.events is not None and estimate.events < events:
        yield f"fewer than {events} events"
    if estimate.clusters is not None and estimate.clusters < FEWEST_CLUSTERS:
        yield f"fewer than {FEWEST_CLUSTERS} clusters"
    parameters = estimate.details.get("parameters")
    if parameters and estimate.n - parameters < FEWEST_RESIDUAL_DEGREES_OF_FREEDOM:
        yield f"fewer than {FEWEST_RESIDUAL_DEGREES_OF_FREEDOM} residual degrees of freedom"


def _step(estimate: Estimate) -> float | None:
    """How finely the value is shown; None where no step would cover five people."""
    if not _is_share(estimate.unit):
        return 1 if estimate.unit == "days" or estimate.unit in _NOT_OF_PEOPLE else 0.01
    if estimate.basis == "released":
        return 1
    return next((step for step in _STEPS if step * estimate.n >= 100 * ROUND_N_TO), None)


def _is_share(unit: str) -> bool:
    return unit.startswith(("%", "percentage points")) and unit not in _NOT_OF_PEOPLE


def _show(estimate: Estimate, step: float, clusters_of: str) -> SafeEstimate:
    value, low, high = (_to_step(x, step) for x in (estimate.value, estimate.low, estimate.high))
    has_interval = low is not None and high is not None
    ends = (low, high) if has_interval else ()
    texts = [_without_words(with_unit(end, estimate.unit)) for end in ends]
    return SafeEstimate(
        value=value,
        low=low,
        high=high,
        unit=estimate.unit,
        text=with_unit(value, estimate.unit),
        interval=" to ".join(texts),
        rests_on=_rests_on(estimate, clusters_of),
        method=estimate.method,
        level=estimate.level,
        gate=_GATE,
    )


def _without_words(text: str) -> str:
    # "+4 percentage points (+1 to +6)": the words stand once, beside the value.
    return text.removesuffix(" percentage points").removesuffix(" days")


def _to_step(number: float | None, step: float) -> float | None:
    if number is None:
        return None
    # Rounding once more drops the float dust of the multiplication.
    return round(math.floor(number / step + 0.5) * step, 2) + 0.0


def _rests_on(estimate: Estimate, clusters_of: str) -> str:
    if estimate.basis == "released":
        text = f"{estimate.n:,} {estimate.of}"
    else:
        text = f"about {ROUND_N_TO * round(estimate.n / ROUND_N_TO):,} {estimate.of}"
    if estimate.clusters is None:
        return text
    return f"{text} in {estimate.clusters} {clusters_of}"


def _withhold(estimate: Estimate, mark: str, reason: str) -> SafeEstimate:
    return SafeEstimate(
        value=None,
        low=None,
        high=None,
        unit=estimate.unit,
        text=mark,
        interval="",
        rests_on=reason,
        mark=mark,
        reason=reason,
        method=estimate.method,
        level=estimate.level,
        gate=_GATE,
    )


def _plain_reason(reason: str) -> str:
    # A reason such as "only 3 answered" would tell what the mark hides.
    return "not estimable from these data" if _NUMBER_WORDS.search(reason) else reason


def _state_rules(threshold: int, events: int, flat: list[Estimate]) -> tuple[str, ...]:
    rules = {
        f"Estimates resting on fewer than {threshold} units are not shown; the numbers that they "
        f"rest on are given to the nearest {ROUND_N_TO}.": any(e.basis == "rows" for e in flat),
        "Shares are computed from the rounded counts only.": any(
            e.basis == "released" for e in flat
        ),
        f"Time-to-event percentages need {events} events, and are rounded until one step is at "
        f"least {ROUND_N_TO} people.": any(e.events is not None for e in flat),
    }
    return tuple(rule for rule, applies in rules.items() if applies)
