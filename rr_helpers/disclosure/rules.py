"""Rules for what is not a count: which estimates may be shown, and how finely.

Each threshold names where it comes from. A run can raise one, never lower it.
"""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from rr_helpers.disclosure.figures import _GATE, SMALLEST_BASE_OF_A_PERCENTAGE, SafeEstimate
from rr_helpers.disclosure.grids import as_grid, check_contributions, only_tighter
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.shortfalls import (
    FEWEST_EVENTS,
    SMALLEST_N,
    find_dominance,
    find_shortfalls,
)
from rr_helpers.disclosure.steps import (
    PEOPLE_IN_A_STEP,
    PEOPLE_IN_A_STEP_OF_TIME,
    ROUND_N_TO,
    Shown,
    is_median,
    is_share,
    round_estimate,
    show_n,
    write_number,
)
from rr_helpers.errors import DisclosureError
from rr_helpers.results import Estimate

# Amounts without an upper limit, of which one may be most of the sum.
MAGNITUDES = ("days", "hours", "£", "pounds")
# How much longer a curve's next step must rest on (survival_safe_threshold of ACRO).
FEWEST_EVENTS_IN_A_STEP = 10
_DUST = 1e-9
_NUMBER_WORDS = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|only person)\b",
    re.IGNORECASE,
)
_EXTREMES = re.compile(
    r"\b(max(imum)?|min(imum)?|range|largest|smallest|longest|shortest"
    r"|highest|lowest|oldest|youngest|earliest|latest|extremes?)\b",
    re.IGNORECASE,
)
_SHARE_METHODS = re.compile(r"\b(proportions?|percentages?|wilson|clopper|newcombe)\b", re.I)


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
    contributions: Mapping[str, Sequence[float]] | None = None,
) -> SafeTable:
    """Return estimates as a SafeTable that may be shown.

    estimates: Estimate by label, or a DataFrame whose cells are Estimates; the days of one curve in
    order. clusters_of: what the clusters are, in the plural ("courses"). contributions: by row
    label, the amounts behind a mean of amounts (days, hours, pounds), which are tested for
    dominance and not shown; without them such a mean is refused.

    Estimates on fewer than `threshold` units, `events` events (where time to event; and ten between
    two days of a curve), three clusters, ten residual degrees of freedom or ten units for each term
    of a model are shown as ``[c]``; those that could not be estimated as ``[x]`` with the reason.
    Shares from records are refused with DisclosureError, since exact percentages give counts back:
    compute them from released counts. So are maximum and minimum. What remains is shown in steps
    that five people or more could make (see `steps`). Raises UserError where a rule would be
    loosened.
    """
    only_tighter("threshold", threshold, SMALLEST_N)
    only_tighter("events", events, FEWEST_EVENTS)
    grid = as_grid(estimates, title)
    amounts = check_contributions(contributions or {}, grid, title)
    rules = {"threshold": threshold, "events": events}
    lines = [
        [_judge(cell, title, rules, clusters_of, amounts.get(row)) for cell in line]
        for row, line in zip(grid.index, grid.to_numpy(), strict=True)
    ]
    safe = pd.DataFrame(lines, index=grid.index, columns=grid.columns, dtype=object)
    _withhold_thin_steps(grid, safe)
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


def _judge(
    estimate: Estimate, title: str, rules: Mapping, clusters_of: str, amounts
) -> SafeEstimate:
    _refuse_unsafe_kinds(estimate, title)
    if not estimate.estimable:
        return _withhold(estimate, "[x]", _plain_reason(estimate.reason))
    for too_few in find_shortfalls(estimate, **rules):
        return _withhold(estimate, "[c]", too_few)
    if _needs_amounts(estimate):
        if amounts is None or len(amounts) != estimate.n:
            _refuse(
                title,
                f"a mean of {estimate.unit} without the {estimate.n} amounts behind it",
                "one large amount may be most of it",
                "Give them: protect(…, contributions={label: amounts})",
            )
        dominance = find_dominance(amounts)
        if dominance:
            return _withhold(estimate, "[c]", dominance)
    if is_share(estimate.unit) and estimate.basis == "released":
        if estimate.n < SMALLEST_BASE_OF_A_PERCENTAGE:
            return _withhold(estimate, "[u]", f"a share of fewer than 20 {estimate.of}")
    shown = round_estimate(estimate)
    if shown is None:
        return _withhold(estimate, "[c]", f"too few {estimate.of} on one side of it to hide them")
    return _show(estimate, shown, clusters_of)


def _needs_amounts(estimate: Estimate) -> bool:
    # Restricted means are bounded by their horizon; medians have no sum.
    bounded = "restricted mean" in estimate.method or is_median(estimate.method)
    return estimate.unit in MAGNITUDES and not bounded and estimate.basis != "released"


def _withhold_thin_steps(grid: pd.DataFrame, safe: pd.DataFrame) -> None:
    """Withhold a day of a curve where too few events lie between it and the day shown before."""
    for column in grid.columns:
        shown = None
        for row in grid.index:
            now = grid.at[row, column]
            if now.events is None or safe.at[row, column].value is None:
                continue
            if shown is not None and (now.n, now.of) == (shown.n, shown.of):
                if 0 < now.events - shown.events < FEWEST_EVENTS_IN_A_STEP:
                    reason = f"fewer than {FEWEST_EVENTS_IN_A_STEP} events since the day before it"
                    safe.at[row, column] = _withhold(now, "[c]", reason)
                    continue
            shown = now


def _refuse_unsafe_kinds(estimate: Estimate, title: str) -> None:
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    if estimate.estimable and not low - _DUST <= estimate.value <= high + _DUST:
        why = "it would be shown as something else than it is"
        _refuse(title, "an interval that does not hold its value", why, "Compute it again")
    if _EXTREMES.search(estimate.method):
        _refuse(title, f"method '{estimate.method}'", "a maximum or minimum is one person's value")
    from_a_count = estimate.count is not None or (
        estimate.events is None
        and (is_share(estimate.unit) or _SHARE_METHODS.search(estimate.method))
    )
    if from_a_count and estimate.basis != "released":
        _refuse(
            title,
            f"a share computed from records (method '{estimate.method}')",
            "exact percentages give counts back",
        )


_CURE = (
    "Compute shares from released counts (release['table_id'].percent(), or an Estimate with "
    "basis='released'); show a median instead of an extreme"
)


def _refuse(title: str, found: str, why: str, cure: str = _CURE):
    raise DisclosureError(
        place=f"protect, '{title}'",
        found=f"{found}, but {why}",
        expected="what cannot be traced to a few people",
        cure=cure,
    )


def _show(estimate: Estimate, shown: Shown, clusters_of: str) -> SafeEstimate:
    value, low, high, step = shown
    ends = (low, high) if low is not None and high is not None else ()
    texts = [_without_words(write_number(end, estimate.unit, step)) for end in ends]
    return SafeEstimate(
        value=value,
        low=low,
        high=high,
        unit=estimate.unit,
        text=write_number(value, estimate.unit, step),
        interval=" to ".join(texts),
        rests_on=_rests_on(estimate, clusters_of),
        method=estimate.method,
        level=estimate.level,
        clusters=estimate.clusters,
        gate=_GATE,
    )


def _without_words(text: str) -> str:
    # "+4 percentage points (+1 to +6)": the words stand once, beside the value.
    return text.removesuffix(" percentage points").removesuffix(" days")


def _rests_on(estimate: Estimate, clusters_of: str) -> str:
    if estimate.basis == "released":
        text = f"{estimate.n:,} {estimate.of}"
    else:
        text = f"about {show_n(estimate.n):,} {estimate.of}"
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
        f"Values from records are shown in steps that at least {PEOPLE_IN_A_STEP} people could "
        "make; intervals are widened to whole steps.": any(e.basis == "rows" for e in flat),
        f"Times to an event need {events} events, {FEWEST_EVENTS_IN_A_STEP} between two days, and "
        f"steps of {PEOPLE_IN_A_STEP_OF_TIME} people.": any(e.events is not None for e in flat),
    }
    return tuple(rule for rule, applies in rules.items() if applies)
