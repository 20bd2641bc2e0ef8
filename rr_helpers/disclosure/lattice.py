"""Counts and the sums among them as a linear system: what suppression and its audit work on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from rr_helpers.disclosure.programme import sum_matrix
from rr_helpers.disclosure.rounding import Cell, Sum, label_cell, whole_count
from rr_helpers.errors import DisclosureError, UserError


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
    values = np.array([whole_count(counts[cell], cell) for cell in cells], dtype=float)
    place = {cell: number for number, cell in enumerate(cells)}
    rows = sorted({_place_sum(place, whole, parts) for whole, parts in sums})
    matrix = sum_matrix(rows, len(cells))
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
