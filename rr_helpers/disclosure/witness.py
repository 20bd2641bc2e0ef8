"""Witnesses: other sets of people, invented row by row, that give exactly the same release.

A walk from the true rows: someone is added, left out, or given another category, and the step is
kept if every published count still lies where the release says. Each set visited proves that the
values it gives are possible, for whole records and not only for the published counts. Categories
that nest (borough in sub-region) are changed together; other logic between variables is not kept.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rr_helpers.disclosure.claims import Ledger
from rr_helpers.disclosure.rounding import Cell

_TRIES = 300  # steps towards one value before another is tried


def walk_witnesses(
    frame: pd.DataFrame,
    ledger: Ledger,
    targets: Sequence[int],
    values: range,
    *,
    nested: Mapping[str, str],
    steps: int,
    seed: int = 1,
) -> np.ndarray:
    """Return a table, targets by values, of True where a witness gave that target that value.

    targets: numbers of cells in the ledger. nested: variable -> the coarser one it nests in.
    steps: how many changes are tried, some 20,000 a second. Same arguments, same answer.
    """
    walk = _Walk(frame, ledger, nested, seed)
    plus, minus = _list_terms(ledger, targets, walk)
    seen = np.zeros((len(targets), len(values)), dtype=bool)

    def look():
        shown = walk.state[plus] - np.where(minus < 0, 0, walk.state[minus])
        small = (shown >= values[0]) & (shown <= values[-1])
        seen[small.nonzero()[0], shown[small] - values[0]] = True
        return shown

    shown = look()
    while steps > 0 and not seen.all():
        missing = np.argwhere(~seen)
        number, wanted = missing[walk.random.integers(len(missing))]
        cell = ledger.cells[plus[number]]
        for _ in range(_TRIES):
            steps -= 1
            raising = shown[number] < values[wanted]
            if walk.step(cell if walk.random.random() < 0.6 else None, raising):
                shown = look()
            if seen[number, wanted] or steps <= 0:
                break
    return seen


def _list_terms(ledger: Ledger, targets: Sequence[int], walk: "_Walk"):
    # A target is a cell, or the difference of two, which no face of the rows counts by itself.
    place = ledger.place
    whole_and_part = {
        parts[-1]: (place[whole], place[parts[0]])
        for whole, parts in ledger.sums
        if len(parts) == 2 and parts[-1] not in walk.counted
    }
    terms = [whole_and_part.get(ledger.cells[number], (number, -1)) for number in targets]
    return np.array(terms, dtype=int).reshape(-1, 2).T


class _Walk:
    def __init__(self, frame: pd.DataFrame, ledger: Ledger, nested, seed: int):
        self.random = np.random.default_rng(seed)
        self.variables = list(frame.columns)
        self.codes = {v: {c: n for n, c in enumerate(frame[v].cat.categories)} for v in frame}
        self.rows = (
            np.array([frame[v].cat.codes for v in frame], dtype=int)
            .reshape(len(self.variables), -1)
            .T
        )
        self.low, self.high = ledger.low, ledger.high
        self.together = [
            [self.variables.index(fine), self.variables.index(coarse)]
            for fine, coarse in nested.items()
            if fine in frame and coarse in frame
        ]
        self._place_faces(ledger)
        self.state = np.zeros(len(ledger.cells), dtype=int)
        for row in self.rows:
            self.state[self._cells_of(row)] += 1

    def _place_faces(self, ledger: Ledger) -> None:
        faces: dict[tuple, list] = {}
        for number, cell in enumerate(ledger.cells):
            names = tuple(sorted(variable for variable, _ in cell))
            if all(name in self.codes for name in names):
                faces.setdefault(names, []).append((number, cell))
        self.counted = {cell for cells in faces.values() for _, cell in cells}
        self._strides = np.zeros((len(faces), len(self.variables)), dtype=int)
        self._offsets, position = np.zeros(len(faces), dtype=int), 0
        table = {}
        for face, (names, cells) in enumerate(faces.items()):
            stride = 1
            for name in names:
                self._strides[face, self.variables.index(name)] = stride
                stride *= len(self.codes[name])
            self._offsets[face] = position
            for number, cell in cells:
                codes = np.zeros(len(self.variables), dtype=int)
                for variable, category in cell:
                    codes[self.variables.index(variable)] = self.codes[variable][category]
                table[position + int(self._strides[face] @ codes)] = number
            position += stride
        self._table = np.array([table[n] for n in range(position)], dtype=int)

    def _cells_of(self, row: np.ndarray) -> np.ndarray:
        return self._table[self._offsets + self._strides @ row]

    def step(self, towards: Cell | None, raising: bool) -> bool:
        """Try one change, towards more or fewer people in a cell where one is given."""
        kind = self.random.random()
        if not len(self.rows):
            return False
        chosen = self.random.integers(len(self.rows))
        if kind < 0.1:
            return self._add(self.rows[chosen].copy(), towards if raising else None)
        if kind < 0.2:
            return self._leave_out(chosen)
        row = self.rows[chosen].copy()
        if towards and raising:
            self._put_in(row, towards)
        else:
            self._change_one(row)
        return self._replace(chosen, row)

    def _put_in(self, row: np.ndarray, cell: Cell) -> None:
        for variable, category in cell:
            self._set(row, self.variables.index(variable), self.codes[variable][category])

    def _change_one(self, row: np.ndarray) -> None:
        variable = self.random.integers(len(self.variables))
        self._set(row, variable, self.random.integers(len(self.codes[self.variables[variable]])))

    def _set(self, row: np.ndarray, variable: int, code: int) -> None:
        for pair in self.together:
            if variable in pair:
                donors = np.flatnonzero(self.rows[:, variable] == code)
                if len(donors):
                    row[pair] = self.rows[self.random.choice(donors)][pair]
                return
        row[variable] = code

    def _add(self, row: np.ndarray, towards: Cell | None) -> bool:
        if towards:
            self._put_in(row, towards)
        cells = self._cells_of(row)
        if (self.state[cells] + 1 > self.high[cells]).any():
            return False
        self.state[cells] += 1
        self.rows = np.vstack([self.rows, row])
        return True

    def _leave_out(self, chosen: int) -> bool:
        cells = self._cells_of(self.rows[chosen])
        if len(self.rows) == 1 or (self.state[cells] - 1 < self.low[cells]).any():
            return False
        self.state[cells] -= 1
        self.rows[chosen] = self.rows[-1]
        self.rows = self.rows[:-1]
        return True

    def _replace(self, chosen: int, row: np.ndarray) -> bool:
        old, new = self._cells_of(self.rows[chosen]), self._cells_of(row)
        old, new = old[old != new], new[old != new]
        if (self.state[old] - 1 < self.low[old]).any():
            return False
        if (self.state[new] + 1 > self.high[new]).any():
            return False
        self.state[old] -= 1
        self.state[new] += 1
        self.rows[chosen] = row
        return True
