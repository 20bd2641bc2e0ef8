"""The attack: what can be worked out from a ledger, by linear and by integer programmes.

A feasible point of the programmes is a set of counts that agrees with everything released. Every
point found is looked at for all targets at once, so that a few points prove most of them possible;
what is left is asked for one by one. Method: feasibility intervals, Handbook on Statistical
Disclosure Control, 2nd ed. (2024), chapter 4. Solved with HiGHS, one warm model a ledger.
"""

from collections.abc import Sequence

import highspy
import numpy as np

from rr_helpers.disclosure.claims import Ledger
from rr_helpers.disclosure.programme import pose_programme, sum_matrix
from rr_helpers.errors import DisclosureError

_NEAR = 1e-6  # the solver's tolerance
_BATCHES = 40
OPTIONS = {"mip_rel_gap": 1e-4, "mip_max_nodes": 20_000}
# From here on, an interior-point solution afresh is found sooner than a vertex from the last one.
_LARGE = 8_000
_INTERIOR = {"solver": "ipm", "run_crossover": "off"}
_STATUS = highspy.HighsModelStatus


class Attack:
    """One ledger as a programme, linear, or integer where `whole` is True."""

    def __init__(self, ledger: Ledger, *, whole: bool = False, seed: int = 1):
        self.ledger, self.whole = ledger, whole
        self._random = np.random.default_rng(seed)
        self._columns = np.arange(len(ledger.cells), dtype=np.int32)
        self._model = _build(ledger, whole)

    def interval(self, target: int) -> tuple[float, float]:
        """Return the least and the largest value of one cell; infinite where nothing bounds it."""
        ends = []
        for sign in (1.0, -1.0):
            point = self._solve({target: sign}, endless=True)
            ends.append(-sign * np.inf if point is None else float(point[target]))
        return ends[0], ends[1]

    def ends_reached(
        self, targets: Sequence[int], least: float, most: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return for each target the lowest and highest value found, stopping at what is needed.

        Where the lowest is above `least` it is the exact minimum, and where the highest is below
        `most` the exact maximum.
        """
        targets = np.asarray(targets, dtype=int)
        low, high = np.full(len(targets), np.inf), np.full(len(targets), -np.inf)

        def look(point):
            np.minimum(low, point[targets], out=low)
            np.maximum(high, point[targets], out=high)

        def open_ends():
            return low > least + _NEAR, high < most - _NEAR

        for _ in range(_BATCHES):
            down, up = open_ends()
            if down.sum() + up.sum() < 2:
                break
            either = self._random.choice([-1.0, 1.0], len(targets))
            pull = np.where(down & up, either, down * 1.0 - up)
            look(self._solve(dict(zip(targets, pull, strict=True))))
            if sum(map(np.sum, open_ends())) == down.sum() + up.sum():
                break
        for number, target in enumerate(targets):
            if low[number] > least + _NEAR:
                look(self._solve({target: 1.0}))
            if high[number] < most - _NEAR:
                look(self._solve({target: -1.0}))
        return low, high

    def point_with(self, target: int, value: int) -> np.ndarray | None:
        """Return a set of counts in which the cell has this value; None where there is none."""
        low, high = float(self.ledger.low[target]), float(self.ledger.high[target])
        if not low <= value <= high:
            return None
        self._model.changeColBounds(target, float(value), float(value))
        point = self._solve({}, impossible=True)
        self._model.changeColBounds(target, low, high)
        return point

    def random_point(self, targets: Sequence[int]) -> np.ndarray:
        """Return a set of counts that pulls the targets this way and that."""
        pull = self._random.normal(size=len(targets))
        return self._solve(dict(zip(targets, pull, strict=True)))

    def claims_used(self, target: int, sign: float) -> list[tuple[int, bool]]:
        """Return what keeps a cell from going lower (sign 1) or higher (sign -1).

        Each is the number of a cell, and whether it is its upper bound that holds; the strongest
        first.
        """
        self._solve({target: sign})
        pull = np.array(self._model.getSolution().col_dual)
        strongest = np.argsort(-np.abs(pull), kind="stable")
        return [(int(n), bool(pull[n] < 0)) for n in strongest if abs(pull[n]) > _NEAR]

    def _solve(self, objective, *, endless=False, impossible=False) -> np.ndarray | None:
        cost = np.zeros(len(self._columns))
        for column, weight in objective.items():
            cost[column] = weight
        self._model.changeColsCost(len(cost), self._columns, cost)
        self._model.run()
        status = self._model.getModelStatus()
        if status == _STATUS.kOptimal:
            point = np.array(self._model.getSolution().col_value)
            return np.rint(point) if self.whole else point
        if endless and status in (_STATUS.kUnbounded, _STATUS.kUnboundedOrInfeasible):
            return None
        if impossible and status == _STATUS.kInfeasible:
            return None
        # No answer is not a good answer: nothing may be shown on the strength of it.
        raise DisclosureError(
            place="the attack on the release",
            found=f"a programme without an answer ({self._model.modelStatusToString(status)})",
            expected="claims that agree with one another",
            cure="Report this: it should not happen. Nothing was released",
        )


def _build(ledger: Ledger, whole: bool) -> highspy.Highs:
    size, nothing = len(ledger.cells), np.zeros(len(ledger.sums))
    place = ledger.place
    sums = [(place[whole], [place[part] for part in parts]) for whole, parts in ledger.sums]
    matrix = sum_matrix(sums, size)
    bounds = (np.asarray(ledger.low, dtype=float), np.asarray(ledger.high, dtype=float))
    large = _INTERIOR if size > _LARGE and not whole else {}
    return pose_programme(
        matrix,
        (nothing, nothing),
        np.zeros(size),
        *bounds,
        whole=whole,
        options={**OPTIONS, **large},
    )
