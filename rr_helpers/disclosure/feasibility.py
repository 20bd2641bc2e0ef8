"""What a reader can work out: the range in which each suppressed count must lie.

A reader knows every published count, that the table adds up, and that counts are not negative. The
feasibility interval of a suppressed cell holds the values it takes in the tables that agree with
all of that: two linear programmes for each cell, exact. Method: Handbook on Statistical Disclosure
Control, 2nd ed. (2024), chapter 4; Fischetti and Salazar (2001), Management Science 47: 1008-1027.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import highspy
import numpy as np
from scipy.sparse.csgraph import connected_components

from rr_helpers.disclosure.lattice import Lattice, build_lattice, require_optimum
from rr_helpers.disclosure.programme import pose_programme
from rr_helpers.disclosure.rounding import Cell, Sum, label_cell
from rr_helpers.errors import DisclosureError, UserError

_NEAR = 1e-6
_UNBOUNDED = (
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class Interval(NamedTuple):
    """The smallest and the largest value that a suppressed count may have; high may be infinite."""

    low: float
    high: float

    def covers(self, low: float, high: float) -> bool:
        """Return whether every value from `low` to `high` stays possible."""
        return self.low <= low + _NEAR and self.high >= high - _NEAR


def feasible_intervals(
    counts: Mapping[Cell, int],
    sums: Iterable[Sum],
    *,
    suppressed: Iterable[Cell],
    lower: float | Mapping[Cell, float] = 0,
    upper: float | Mapping[Cell, float] | None = None,
    integer: bool = False,
) -> dict[Cell, Interval]:
    """Return the interval of each suppressed cell, given all other cells and the sums.

    counts, sums: true counts and what adds up to what, as `tabulate` makes them. lower, upper: what
    the reader knows of a suppressed count beforehand, one number for all or by cell; where the
    table prints its zeros, a suppressed count is at least 1, so lower is 1. upper: None is no
    limit. integer: search over tables of whole numbers only, which may be narrower.

    The result rests on true counts: keep it with the study. Raises UserError for unknown cells,
    for sums that do not hold and for bounds that the true counts break; DisclosureError where the
    solver does not settle a bound, never a guess.
    """
    lattice = build_lattice(counts, sums)
    hidden = lattice.locate(suppressed, what="suppressed")
    low = _read_bounds(lattice, hidden, lower, 0.0, "lower")
    high = _read_bounds(lattice, hidden, upper, math.inf, "upper")
    return find_intervals(lattice, hidden, low, high, integer=integer)


def find_intervals(
    lattice: Lattice, hidden: np.ndarray, low: np.ndarray, high: np.ndarray, *, integer: bool
) -> dict[Cell, Interval]:
    """Return `feasible_intervals` of a lattice: hidden, low and high have one entry per cell."""
    found = {}
    for columns in split_cells(lattice, hidden):
        group = _Group(lattice, columns, low[columns], high[columns], integer)
        for number, column in enumerate(columns):
            least, most = group.reach(number, -1), group.reach(number, 1)
            found[column] = Interval(_tidy(least), _tidy(most))
    return {lattice.cells[column]: found[column] for column in sorted(found)}


def _read_bounds(lattice, hidden, given, default, name) -> np.ndarray:
    # Only a suppressed cell has bounds; a published one is known.
    sign = 1 if name == "upper" else -1
    if isinstance(given, Mapping):
        lattice.locate(given, what=name)
        bounds = [given.get(cell, default) for cell in lattice.cells]
    else:
        bounds = [default if given is None else given] * len(lattice.cells)
    for column in np.flatnonzero(hidden):
        bound, cell = bounds[column], label_cell(lattice.cells[column])
        number = isinstance(bound, int | float | np.number) and not isinstance(bound, bool)
        if not number or not sign * bound >= sign * lattice.counts[column]:
            raise UserError(
                place=f"{name} bound of {cell}",
                found=f"{bound}, which its true count does not keep to",
                expected="what a reader could truly know",
                cure="Correct the bound",
            )
    return np.where(hidden, bounds, default).astype(float)


def split_cells(lattice: Lattice, hidden: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the numbers of these cells in groups that share no sum: each is its own programme."""
    columns = np.flatnonzero(hidden)
    touching = abs(lattice.matrix[:, columns])
    _, labels = connected_components(touching.T @ touching, directed=False)
    for label in np.unique(labels):
        yield columns[labels == label]


class _Group:
    """One linear programme for a group of suppressed cells, solved from where it last stood."""

    def __init__(self, lattice, columns, low, high, integer):
        matrix = lattice.matrix[:, columns]
        matrix = matrix[np.diff(matrix.indptr) > 0]
        true = lattice.counts[columns]
        self.names = [label_cell(lattice.cells[column]) for column in columns]
        self.all = np.arange(len(columns), dtype=np.int32)
        self.low, self.high, self.integer = low, high, integer
        right = matrix @ true  # what the published counts leave for the suppressed ones
        self.parts = (matrix, (right, right), np.zeros(len(columns)), low, high)
        self.programme, self.whole = pose_programme(*self.parts), None
        # The most extreme values met so far, in tables that the reader cannot rule out.
        self.least, self.most = true.copy(), true.copy()

    def reach(self, number: int, sign: int) -> float:
        """Return the largest (sign 1) or smallest (sign -1) value of one cell."""
        seen, limit = (self.most, self.high) if sign > 0 else (self.least, self.low)
        if abs(seen[number] - limit[number]) <= _NEAR:
            return limit[number]
        best = self._solve(self.programme, number, sign)
        if not self.integer or math.isinf(best):
            return best
        best = math.floor(sign * best + _NEAR) * sign
        if abs(seen[number] - best) <= _NEAR:
            return best
        if self.whole is None:
            self.whole = pose_programme(*self.parts, whole=True)
            self.whole.setOptionValue("mip_rel_gap", 0.0)
        return float(np.rint(self._solve(self.whole, number, sign)))

    def _solve(self, model, number: int, sign: int) -> float:
        model.changeColsCost(len(self.names), self.all, -sign * (self.all == number).astype(float))
        model.run()
        if sign > 0 and math.isinf(self.high[number]) and model.getModelStatus() in _UNBOUNDED:
            return math.inf
        values = require_optimum(model, place=f"interval of {self.names[number]}")
        if not self.integer or np.abs(values - np.rint(values)).max() <= _NEAR:
            self.least, self.most = np.minimum(self.least, values), np.maximum(self.most, values)
        return values[number]


def _tidy(bound: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return round(bound, 6) + 0.0


def require_cover(
    intervals: Mapping[Cell, Interval], cells: Iterable[Cell], low: float, high: float
) -> None:
    """Raise DisclosureError unless every value from low to high stays possible for each cell."""
    for cell in cells:
        found = intervals[cell]
        if not found.covers(low, high):
            raise DisclosureError(
                place=label_cell(cell),
                found="a suppressed count that a reader could narrow down from the others",
                expected=f"every value from {low:g} to {high:g} to stay possible",
                cure="Publish fewer counts. Nothing was released",
            )
