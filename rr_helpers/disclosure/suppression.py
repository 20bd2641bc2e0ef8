"""Suppression: exact counts with gaps, for the partner who insists on exact totals.

The release is rounded (see `rounding`), which is safer and shows more. Where exact counts must be
shown, every count of 1 to threshold - 1 is suppressed, and with it as few others as possible so
that no reader can tell which of the values from 1 to the threshold it has.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from rr_helpers.disclosure.benders import OutOfTime, Task, solve_exactly
from rr_helpers.disclosure.feasibility import Interval, find_intervals, require_cover
from rr_helpers.disclosure.lattice import Lattice, build_lattice
from rr_helpers.disclosure.rounding import Cell, Sum, label_cell
from rr_helpers.disclosure.sequential import solve_in_sequence
from rr_helpers.errors import DisclosureError, UserError

THRESHOLD = 5
METHODS = ("optimal", "heuristic")
ZEROS = ("hidden", "eligible")


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """Which counts may be shown, and how the others were chosen.

    shown: the exact counts that remain; suppressed: all other cells. Which of them are small is not
    said, since that would narrow them down. method: ``"optimal"``, or ``"heuristic"`` and then
    `reason` says why. threshold: as asked for.

    Private, for the audit file only: intervals, the range in which a reader can place each
    suppressed count, and cost, what was lost (it is a sum over suppressed counts).
    """

    shown: Mapping[Cell, int]
    suppressed: frozenset[Cell]
    method: str
    threshold: int
    reason: str = ""
    intervals: Mapping[Cell, Interval] = field(repr=False)
    cost: float = field(repr=False)

    def __repr__(self) -> str:
        return f"<Suppression of {len(self.suppressed)} cells, {len(self.shown)} shown>"

    @property
    def rules(self) -> list[str]:
        """Plain sentences for the page."""
        small = self.threshold - 1
        return [
            f"Counts shown are exact. Counts of 1 to {small}, and others from which they could be "
            "worked out, are shown as [c]. No zero is shown: a count shown as [c] may be zero. "
            f"From the counts shown, a count of 1 to {small} could be any number from 1 to "
            f"{self.threshold}."
        ]


def suppress(
    counts: Mapping[Cell, int],
    sums: Iterable[Sum],
    *,
    threshold: int = THRESHOLD,
    method: str = "optimal",
    time_limit: float = 300.0,
    zeros: str = "hidden",
    keep: Iterable[Cell] = (),
    cost: Mapping[Cell, float] | None = None,
) -> Suppression:
    """Suppress every count of 1 to threshold - 1, and the fewest others that protect these.

    Linked tables share cells, so they are protected together: pass the counts and sums of all of
    them. The reader is taken to know every shown count, that tables add up, and that no count
    exceeds the largest one (or the threshold, if that is more).

    threshold: 5, or more to be stricter. method: ``"optimal"`` (proven within 0.01%) or
    ``"heuristic"``; after `time_limit` seconds without an optimum the heuristic is used and the
    result says so. The same counts give the same answer unless the limit is met. zeros:
    ``"hidden"`` and nothing else: no zero is ever shown, since where zeros are printed a gap is
    never zero. keep: cells that must be shown. cost: of suppressing each cell; by default 1 + the
    square root of the count, three times that for a total of one kind, five times for a total of
    two, and so on.

    Whatever the method, the answer is attacked before it is returned, in tables of whole people.
    Raises UserError for what is no count or no option, DisclosureError where no choice protects.
    Not covered: what a borough learns from its own records, and what tables without shared cells
    tell about one another through a cross-classification that is not among `counts`.
    """
    _check_options(threshold, method, time_limit, zeros)
    if threshold < THRESHOLD or zeros != "hidden":
        _refuse(
            f"threshold={threshold!r}, zeros={zeros!r}",
            f"threshold={THRESHOLD} or more and zeros='hidden': a run can tighten a rule, never "
            "loosen it",
        )
    more = {"method": method, "time_limit": time_limit, "keep": keep, "cost": cost}
    return solve_suppression(counts, sums, threshold=threshold, zeros=zeros, **more)


def solve_suppression(
    counts: Mapping[Cell, int],
    sums: Iterable[Sum],
    *,
    threshold: int = THRESHOLD,
    method: str = "optimal",
    time_limit: float = 300.0,
    zeros: str = "hidden",
    keep: Iterable[Cell] = (),
    cost: Mapping[Cell, float] | None = None,
) -> Suppression:
    """Solve a suppression problem of the literature: `suppress`, with any threshold from 2 up.

    zeros: ``"hidden"``, or ``"eligible"``: a zero may be suppressed like other counts, and others
    are shown. For reference problems and for benchmarks; nothing published is made by it.
    """
    keep = list(keep)
    _check_options(threshold, method, time_limit, zeros)
    lattice = build_lattice(counts, sums)
    task = _state_task(lattice, threshold, zeros, keep, cost)
    hidden, method, reason = _choose(task, method, time_limit)
    intervals = _audit(task, hidden)
    cells, values = lattice.cells, lattice.counts
    return Suppression(
        shown={cells[place]: int(values[place]) for place in np.flatnonzero(~hidden)},
        suppressed=frozenset(intervals),
        method=method,
        threshold=threshold,
        reason=reason,
        intervals=intervals,
        cost=float(task.cost[hidden].sum()),
    )


def _check_options(threshold, method, time_limit, zeros) -> None:
    whole = isinstance(threshold, int | np.integer) and not isinstance(threshold, bool)
    if not whole or threshold < 2:
        _refuse(f"threshold={threshold!r}", "a whole number from 2 up")
    if method not in METHODS:
        _refuse(f"method={method!r}", " or ".join(map(repr, METHODS)))
    if zeros not in ZEROS:
        _refuse(
            f"zeros={zeros!r}",
            " or ".join(map(repr, ZEROS)) + ": where all zeros are printed, a gap is never zero, "
            "and small counts can often be worked out",
        )
    number = isinstance(time_limit, int | float) and not isinstance(time_limit, bool)
    if not number or not time_limit >= 0:
        _refuse(f"time_limit={time_limit!r}", "seconds, 0 or more")


def _state_task(lattice: Lattice, threshold, zeros, keep, cost) -> Task:
    counts = lattice.counts
    small = (counts > 0) & (counts < threshold)
    hidden = small | ((counts == 0) & (zeros == "hidden"))
    shown = lattice.locate(keep, what="keep")
    for place in np.flatnonzero(shown & hidden):
        raise DisclosureError(
            place=label_cell(lattice.cells[place]),
            found="a small count or a zero that was asked to be shown",
            expected=f"only counts of {threshold} or more among those that must be shown",
            cure="Take it out of keep",
        )
    ceiling = max(counts.max(initial=0), threshold)
    price = _read_cost(lattice, cost)
    return Task(lattice, price, small, hidden, shown, int(threshold), float(ceiling))


def _read_cost(lattice: Lattice, cost) -> np.ndarray:
    if cost is None:
        wholes = np.asarray((lattice.matrix > 0).sum(axis=0)).ravel()
        return (1 + np.sqrt(lattice.counts)) * (1 + 2 * wholes)
    prices = [cost.get(cell) for cell in lattice.cells]
    for cell, price in zip(lattice.cells, prices, strict=True):
        number = isinstance(price, int | float | np.number) and not isinstance(price, bool)
        if not number or not 0 <= price < np.inf:
            _refuse(f"cost {price!r} of {label_cell(cell)}", "a number from 0 up for every cell")
    return np.array(prices, dtype=float)


def _choose(task: Task, method: str, time_limit: float) -> tuple[np.ndarray, str, str]:
    if not task.needs:
        return task.hidden, method, ""
    if method == "heuristic":
        return solve_in_sequence(task), method, "asked for: more may be suppressed than needed"
    try:
        return solve_exactly(task, deadline=time.monotonic() + time_limit), method, ""
    except OutOfTime:
        reason = (
            f"no optimum within {time_limit:g} seconds: more may be suppressed than needed; "
            "the protection is the same"
        )
        return solve_in_sequence(task), "heuristic", reason


def _audit(task: Task, hidden: np.ndarray) -> dict[Cell, Interval]:
    # The solvers work in floating point: nothing leaves here on their word alone.
    lattice = task.lattice
    if (task.hidden & ~hidden).any() or (task.shown & hidden).any():
        _refuse_answer()
    high = np.full(len(lattice.cells), task.ceiling)
    intervals = find_intervals(lattice, hidden, np.zeros_like(high), high, integer=True)
    small = [lattice.cells[place] for place in np.flatnonzero(task.small)]
    require_cover(intervals, small, 1, task.threshold)
    return intervals


def _refuse_answer():
    raise DisclosureError(
        place="suppression",
        found="the solver's answer shows a small count, or hides one that must be shown",
        expected="a protected table",
        cure="Report this: it should not happen. Nothing was released",
    )


def _refuse(found: str, expected: str):
    raise UserError(place="suppress", found=found, expected=expected, cure="Correct it")
