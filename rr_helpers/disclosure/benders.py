"""Which counts to suppress, at the least cost: Fischetti and Salazar's cutting-plane method.

A master programme chooses the cells (x = 1: suppressed). An attack on its choice looks, for every
small count, for a table that agrees with all that is published and in which that count is as large
(as small) as it must be able to be. Where there is none, linear duality turns the failure into an
inequality that every safe choice keeps to (a Benders cut), and the master chooses again. Method:
Fischetti and Salazar (2001), Management Science 47: 1008-1027; Handbook on Statistical Disclosure
Control, 2nd ed. (2024), chapter 4.
"""

import time
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from rr_helpers.disclosure.feasibility import find_intervals, split_cells
from rr_helpers.disclosure.lattice import Lattice, require_optimum
from rr_helpers.disclosure.programme import pose_programme
from rr_helpers.errors import DisclosureError

_GAP = 2e-5  # of the optimum, proven
_NOTHING = 1e-9
_STALLED = 3  # rounds without progress, after which the relaxation is left for whole choices


class OutOfTime(Exception):
    """The time limit ran out before the optimum was proven."""


@dataclass(frozen=True, eq=False)
class Task:
    """What must be protected: arrays with one entry for each cell of the lattice.

    cost: of suppressing it. small: counts that must stay uncertain from 1 to `threshold`. hidden:
    suppressed in any case; shown: published in any case. ceiling: the most that a reader
    thinks possible.
    """

    lattice: Lattice
    cost: np.ndarray
    small: np.ndarray
    hidden: np.ndarray
    shown: np.ndarray
    threshold: int
    ceiling: float

    @property
    def room(self) -> dict[int, np.ndarray]:
        """How far a suppressed count may be from the truth, upwards (1) and downwards (-1)."""
        return {1: self.ceiling - self.lattice.counts, -1: self.lattice.counts}

    @cached_property
    def needs(self) -> list[tuple[int, int, float]]:
        """Cell, direction and distance for every small count, the greatest distance first."""
        found = []
        for cell in np.flatnonzero(self.small):
            count = self.lattice.counts[cell]
            found += [(int(cell), 1, self.threshold - count), (int(cell), -1, count - 1)]
        return sorted((need for need in found if need[2] > 0), key=lambda need: (-need[2], need))


def solve_exactly(task: Task, *, deadline: float) -> np.ndarray:
    """Return True at each suppressed cell, at the smallest cost that protects every small count.

    deadline: by `time.monotonic`. Raises OutOfTime, or DisclosureError where nothing protects.
    """
    master, attack = _Master(task), _Attack(task, deadline)
    stalled, best = 0, -np.inf
    while stalled < _STALLED:
        chosen = master.choose(deadline)
        cuts = attack.find_cuts(chosen, tolerance=1e-3)
        if not cuts:
            break
        master.add(cuts)
        stalled = 0 if master.cost > best + 1e-3 * max(1.0, abs(best)) else stalled + 1
        best = max(best, master.cost)
    master.choose_wholly()
    while True:
        hidden = np.rint(master.choose(deadline)) > 0
        cuts = attack.find_cuts(hidden, tolerance=1e-6)
        if not cuts and protects_people(task, hidden):
            return hidden
        # Fractions of people can lie where whole people cannot: then something more must go.
        master.add(cuts or [((~hidden).astype(float), 1.0)])


def protects_people(task: Task, hidden: np.ndarray) -> bool:
    """Return whether every small count stays possible from 1 to the threshold, in whole people."""
    lattice = task.lattice
    high = np.full(len(lattice.cells), task.ceiling)
    intervals = find_intervals(lattice, hidden, np.zeros_like(high), high, integer=True)
    small = (lattice.cells[cell] for cell in np.flatnonzero(task.small))
    return all(intervals[cell].covers(1, task.threshold) for cell in small)


def refuse_as_impossible(cell: str = ""):
    """Raise the DisclosureError that says that no choice of suppressed counts protects."""
    raise DisclosureError(
        place=cell or "suppression",
        found="a small count that stays recoverable whatever else is suppressed",
        expected="counts that can be protected beside those that must be shown",
        cure="Let more counts be suppressed (keep=), or publish rounded counts. Nothing was "
        "released",
    )


class _Master:
    """The choice of cells, and all inequalities found so far that a safe choice keeps to."""

    def __init__(self, task: Task):
        size = len(task.cost)
        price = np.where(task.hidden, 0.0, task.cost)
        nothing = (np.zeros(0), np.zeros(0))
        lower, upper = task.hidden.astype(float), 1.0 - task.shown
        self.model = pose_programme(np.zeros((0, size)), nothing, price, lower, upper)
        self.model.setOptionValue("simplex_strategy", 1)  # dual: the one for added rows
        self.all = np.arange(size, dtype=np.int32)

    @property
    def cost(self) -> float:
        return self.model.getInfo().objective_function_value

    def add(self, cuts) -> None:
        for weights, need in cuts:
            used = np.flatnonzero(weights).astype(np.int32)
            self.model.addRow(need, highspy.kHighsInf, len(used), used, weights[used])

    def choose_wholly(self) -> None:
        kinds = np.full(len(self.all), highspy.HighsVarType.kInteger)
        self.model.changeColsIntegrality(len(self.all), self.all, kinds)
        for option, value in {"presolve": "on", "mip_rel_gap": _GAP}.items():
            self.model.setOptionValue(option, value)

    def choose(self, deadline: float) -> np.ndarray:
        left = deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime
        # The solver's clock runs on from call to call.
        self.model.setOptionValue("time_limit", self.model.getRunTime() + left)
        self.model.run()
        status = self.model.getModelStatus()
        if status == highspy.HighsModelStatus.kTimeLimit:
            raise OutOfTime
        if status == highspy.HighsModelStatus.kInfeasible:
            refuse_as_impossible()
        return np.clip(require_optimum(self.model, place="suppression"), 0, 1)


class _Attack:
    """Searches for tables that agree with what a choice would publish."""

    def __init__(self, task: Task, deadline: float):
        self.task, self.room, self.deadline = task, task.room, deadline
        self.matrix = task.lattice.matrix

    def find_cuts(self, chosen: np.ndarray, *, tolerance: float) -> list:
        """Return (weights, need) pairs: ``weights @ x >= need`` for every safe choice x."""
        cuts = {}
        # Cells that share no sum through others chosen cannot move one another.
        for columns in split_cells(self.task.lattice, chosen > _NOTHING):
            wanted = [need for need in self.needs_of(columns) if need[2] > tolerance]
            if wanted:
                self._attack_group(columns, chosen[columns], wanted, tolerance, cuts)
        return list(cuts.values())

    def needs_of(self, columns: np.ndarray) -> list[tuple[int, int, float]]:
        """The needs of these cells, with cells numbered within the group."""
        place = {int(column): number for number, column in enumerate(columns)}
        return [(place[c], sign, need) for c, sign, need in self.task.needs if c in place]

    def _attack_group(self, columns, chosen, wanted, tolerance, cuts) -> None:
        matrix = self.matrix[:, columns]
        rows = np.flatnonzero(np.diff(matrix.indptr))
        low, high = -self.room[-1][columns] * chosen, self.room[1][columns] * chosen
        zero, every = np.zeros(len(rows)), np.arange(len(columns), dtype=np.int32)
        model = pose_programme(matrix[rows], (zero, zero), np.zeros(len(columns)), low, high)
        met = {1: np.zeros(len(columns)), -1: np.zeros(len(columns))}
        for cell, sign, need in wanted:
            if time.monotonic() > self.deadline:
                raise OutOfTime
            # A table found for an earlier cell is often witness enough for this one.
            if met[sign][cell] >= need - tolerance:
                continue
            model.changeColsCost(len(every), every, -sign * (every == cell).astype(float))
            model.run()
            change = require_optimum(model, place="suppression")
            met = {way: np.maximum(most, way * change) for way, most in met.items()}
            if sign * change[cell] < need - tolerance:
                multipliers = np.zeros(self.matrix.shape[0])
                multipliers[rows] = model.getSolution().row_dual
                weights = self._weigh(columns[cell], sign, need, multipliers)
                cuts[weights.tobytes(), need] = (weights, need)

    def _weigh(self, cell: int, sign: int, need: float, multipliers) -> np.ndarray:
        # For any multipliers, the change of the cell is at most the sum of |price| x room over
        # the suppressed cells: exact at the optimal ones, and valid whatever their rounding.
        price = self.matrix.T @ np.round(multipliers, 9)
        price[cell] += sign
        price[np.abs(price) < 1e-8] = 0.0
        weights = np.where(price > 0, price * self.room[1], -price * self.room[-1])
        # A choice of whole cells gains nothing from a weight above the need.
        return np.minimum(weights, need)
