"""Counts and the sums among them as a linear system: what suppression and its audit work on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from rr_helpers.disclosure.rounding import Cell, Sum, _QuietHighs, label_cell
from rr_helpers.errors import DisclosureError, UserError

# Two HiGHS models in one process must agree on `threads`, or the second stops without an answer.
# Presolve is off because every model here is solved again and again from where it last stood.
_OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 1,
    "presolve": "off",
    "simplex_strategy": 4,
}


@dataclass(frozen=True, eq=False)
class Lattice:
    """Cells in a fixed order, their counts, and one row of `matrix` for each sum.

    Every additive table y has ``matrix @ y == 0``: +1 for the whole, -1 for each of its parts.
    """

    cells: tuple[Cell, ...]
    counts: np.ndarray
    matrix: csr_matrix

    def locate(self, cells: Iterable[Cell], *, what: str) -> np.ndarray:
        """Return True at each of these cells; raises UserError for a cell that is not here."""
        place = {cell: number for number, cell in enumerate(self.cells)}
        chosen = np.zeros(len(self.cells), dtype=bool)
        for cell in cells:
            if cell not in place:
                _refuse(what, f"no cell '{label_cell(cell)}'", "one of the counted cells")
            chosen[place[cell]] = True
        return chosen


def build_lattice(counts: Mapping[Cell, int], sums: Iterable[Sum]) -> Lattice:
    """Return the lattice of these counts; the order in which they are given does not matter.

    Raises UserError for what is no count, for a sum over cells that were not counted, and for a
    sum that does not hold: bounds worked out from wrong sums would be worth nothing.
    """
    cells = tuple(sorted(counts, key=label_cell))
    values = np.array([_whole(counts[cell], cell) for cell in cells], dtype=float)
    place = {cell: number for number, cell in enumerate(cells)}
    rows = sorted({_place_sum(place, whole, parts) for whole, parts in sums})
    row_numbers, columns, signs = [], [], []
    for number, (whole, parts) in enumerate(rows):
        columns += [whole, *parts]
        signs += [1.0] + [-1.0] * len(parts)
        row_numbers += [number] * (1 + len(parts))
    matrix = csr_matrix((signs, (row_numbers, columns)), shape=(len(rows), len(cells)))
    for number in np.flatnonzero(matrix @ values):
        _refuse(
            f"sum of {label_cell(cells[rows[number][0]])}",
            "parts that do not add up to the count of the whole",
            "counts of the same units in every table",
        )
    return Lattice(cells, values, matrix)


def _place_sum(place, whole: Cell, parts: Iterable[Cell]) -> tuple[int, tuple[int, ...]]:
    for cell in (whole, *parts):
        if cell not in place:
            _refuse("sums", f"'{label_cell(cell)}', which was not counted", "counted cells only")
    return place[whole], tuple(sorted(place[part] for part in parts))


def _whole(count, cell: Cell) -> float:
    try:
        number = float(count)
        sound = not isinstance(count, bool) and number >= 0 and number.is_integer()
    except (TypeError, ValueError, OverflowError):
        sound = False
    if not sound:
        _refuse(f"count of {label_cell(cell)}", f"{count}", "a whole number from 0 up")
    return number


def pose_programme(matrix, rows, cost, lower, upper, *, whole=False) -> highspy.Highs:
    """Return a HiGHS model: smallest `cost` with ``rows[0] <= matrix @ x <= rows[1]`` in bounds.

    whole: whether every variable is a whole number.
    """
    model = _QuietHighs()
    for option, value in _OPTIONS.items():
        model.setOptionValue(option, value)
    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = matrix.shape
    programme.col_cost_ = np.asarray(cost, dtype=float)
    programme.col_lower_, programme.col_upper_ = lower, upper
    programme.row_lower_, programme.row_upper_ = rows
    matrix = csr_matrix(matrix)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = matrix.indptr
    programme.a_matrix_.index_ = matrix.indices
    programme.a_matrix_.value_ = matrix.data
    if whole:
        programme.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    model.passModel(programme)
    return model


def require_optimum(model: highspy.Highs, *, place: str) -> np.ndarray:
    """Return the optimal values; raises DisclosureError where the solver has no optimum."""
    status = model.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise DisclosureError(
            place=place,
            found=f"no answer from the solver ({model.modelStatusToString(status)})",
            expected="an optimum",
            cure="Leave these counts out, or publish fewer of them. Nothing was released",
        )
    return np.array(model.getSolution().col_value)


def _refuse(place: str, found: str, expected: str):
    cure = "Tabulate the counts again from one row for each unit"
    raise UserError(place=place, found=found, expected=expected, cure=cure)
