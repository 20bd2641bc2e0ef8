"""The ledger of claims: what a reader knows of every published cell, as linear claims.

A cell of the published lattice (every cell that a table of the release shows, with all its margins
and the complements of yes/no answers) is unknown to a reader; what was released says between which
bounds it lies, and which cells add up to which. Nothing else is assumed secret: the reader knows
the legend, the method and the programme, only not the key of the jitter.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from rr_helpers.disclosure.rounding import (
    FURTHER_WITH_ZEROS,
    Cell,
    Rounding,
    Sum,
    label_cell,
)

# What a reader works out is a cell of its own, told apart from the whole by one of these.
ALL_BUT, BESIDES, SINCE_THEN = "all but", "besides the insider", "since then"
NOT_FURTHER = "and not"  # took a step, and not the one that lies within it
DERIVED = frozenset({ALL_BUT, BESIDES, SINCE_THEN, NOT_FURTHER})


@dataclass(frozen=True)
class Ledger:
    """Claims ``low <= cell <= high`` and the sums that hold between the cells.

    cells: in a fixed order. low, high: arrays of that length; ``high`` may be infinite where
    nothing was shown. sums: what adds up to what. shown: the words of the claim, for messages.
    """

    cells: tuple[Cell, ...]
    low: np.ndarray
    high: np.ndarray
    sums: tuple[Sum, ...]
    shown: tuple[str, ...]

    @property
    def place(self) -> dict[Cell, int]:
        """The number of each cell in the order of `cells`."""
        return {cell: number for number, cell in enumerate(self.cells)}


def list_claims(
    bounds: Mapping[Cell, tuple[float, float]],
    sums: Sequence[Sum],
    words: Mapping[Cell, str] = MappingProxyType({}),
) -> Ledger:
    """Return the ledger in which each cell lies between the bounds given for it.

    ``(v, v)`` is a count shown as it is, ``(0, inf)`` one that is hidden. words: how a claim is
    told in messages, where it is not by its bounds.
    """
    cells = tuple(sorted(bounds, key=label_cell))
    low, high = (np.array([bounds[cell][end] for cell in cells], dtype=float) for end in (0, 1))
    shown = tuple(
        words.get(cell) or f"{label_cell(cell)} from {bounds[cell][0]} to {bounds[cell][1]}"
        for cell in cells
    )
    return Ledger(cells, low, high, tuple(sums), shown)


def join_claims(ledger: Ledger, more: Ledger) -> Ledger:
    """Return both ledgers as one; the sums of `more` may speak of cells of `ledger`."""
    return Ledger(
        ledger.cells + more.cells,
        np.concatenate([ledger.low, more.low]),
        np.concatenate([ledger.high, more.high]),
        ledger.sums + more.sums,
        ledger.shown + more.shown,
    )


def read_claims(rounding: Rounding, sums: Sequence[Sum]) -> Ledger:
    """Return what a reader knows of every cell that was rounded.

    The legend says how far a count may have moved: with base 5, a released r means a true count
    from r - 4 to r + 4 (a multiple is never moved, so r - 5 and r + 5 are out), never below zero.
    Where the rounding was relaxed it is r - 9 to r + 9; and since a true zero is shown as zero
    unless zeros had to move too, any other r then means 1 or more.
    """
    least = 0 if rounding.relaxation == FURTHER_WITH_ZEROS else 1
    bounds = {
        cell: (max(value - rounding.reach, least if value else 0), value + rounding.reach)
        for cell, value in rounding.released.items()
    }
    ledger = list_claims(bounds, sums)
    shown = tuple(f"{label_cell(cell)} shown as {rounding.released[cell]}" for cell in ledger.cells)
    return replace(ledger, shown=shown)


def tell_insider(
    ledger: Ledger, counts: Mapping[Cell, int], variable: str, category: str
) -> tuple[Ledger, dict[Cell, int], set[Cell]]:
    """Return the ledger of a reader who also knows one category's own counts exactly.

    A borough knows its own row in every table, that is every cell that holds ``(variable,
    category)``, and what these cells are made of. Of a margin that holds its own people too, what
    is new to it is the rest, so the rest is added as a cell. Returns the ledger, the true counts
    of its cells, and the cells to leave out of the attack, since they hold the insider's own.
    """
    own = _list_parts(ledger, {cell for cell in ledger.cells if (variable, category) in cell})
    above = _list_wholes(ledger, own)
    true, sums = dict(counts), list(ledger.sums)
    for whole, parts in ledger.sums:
        mine = tuple(part for part in parts if part in own)
        if mine and whole not in own and len(mine) < len(parts):
            rest = whole | {(BESIDES, label_cell(mine[0]))}
            true[rest] = counts[whole] - sum(counts[part] for part in mine)
            sums.append((whole, (*mine, rest)))
    larger = enlarge(ledger, tuple(cell for cell in true if cell not in counts), sums)
    known = np.array([cell in own for cell in larger.cells], dtype=bool)
    exact = np.array([true[cell] for cell in larger.cells], dtype=float)
    told = replace(
        larger,
        low=np.where(known, exact, larger.low),
        high=np.where(known, exact, larger.high),
        shown=tuple(
            f"{label_cell(cell)} known to the insider" if mine else words
            for cell, mine, words in zip(larger.cells, known, larger.shown, strict=True)
        ),
    )
    return told, true, own | above


def list_related(ledger: Ledger, cells: Set[Cell]) -> set[Cell]:
    """Return these cells with all that they are made of, and all that they are part of."""
    parts = _list_parts(ledger, set(cells))
    return parts | _list_wholes(ledger, parts)


def _list_parts(ledger: Ledger, own: set[Cell]) -> set[Cell]:
    parts_of = {}
    for whole, parts in ledger.sums:
        parts_of.setdefault(whole, []).extend(parts)
    return _close(own, parts_of)


def _list_wholes(ledger: Ledger, own: set[Cell]) -> set[Cell]:
    wholes_of = {}
    for whole, parts in ledger.sums:
        for part in parts:
            wholes_of.setdefault(part, []).append(whole)
    return _close(own, wholes_of) - own


def _close(cells: set[Cell], following: Mapping[Cell, list[Cell]]) -> set[Cell]:
    found, ahead = set(cells), list(cells)
    while ahead:
        new = set(following.get(ahead.pop(), ())) - found
        found |= new
        ahead += new
    return found


def add_differences(
    ledger: Ledger, counts: Mapping[Cell, int], small: range
) -> tuple[Ledger, dict[Cell, int]]:
    """Add to the ledger what a reader gets by subtracting a cell from its margin.

    Only differences whose true count is in `small` are added (of sums with three parts or more: of
    two, the difference is the other part). Returns the larger ledger, and the true counts of all
    its cells.
    """
    true, sums = dict(counts), list(ledger.sums)
    for whole, parts in ledger.sums:
        for part in parts if len(parts) > 2 else ():
            if counts[whole] - counts[part] in small:
                rest = whole | {(ALL_BUT, label_cell(part - whole))}
                true[rest] = counts[whole] - counts[part]
                sums.append((whole, (part, rest)))
    return enlarge(ledger, tuple(cell for cell in true if cell not in counts), sums), true


def enlarge(ledger: Ledger, added: tuple[Cell, ...], sums: Sequence[Sum]) -> Ledger:
    """Return the ledger with cells of which nothing was shown, and with these sums instead."""
    # Of what is only worked out, nothing was shown: it may be anything from zero up.
    return Ledger(
        ledger.cells + added,
        np.concatenate([ledger.low, np.zeros(len(added))]),
        np.concatenate([ledger.high, np.full(len(added), np.inf)]),
        tuple(sums),
        ledger.shown + tuple(label_cell(cell) for cell in added),
    )
