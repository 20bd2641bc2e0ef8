"""Steps that nest: whoever took a later one took the earlier one too.

Nobody engages with support without having been accepted for it. Every reader knows this, takes a
later step that is shown as larger for an error, and reckons with it: those accepted who did not
engage are some number of people from zero up. So the inequality holds between released counts as
well (`rounding`), and that number is a count of its own in the attack, about which nothing was
shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from rr_helpers.disclosure.catalogue import CountTable
from rr_helpers.disclosure.claims import DERIVED, NOT_FURTHER, Ledger, enlarge
from rr_helpers.disclosure.rounding import Cell, label_cell
from rr_helpers.disclosure.tabulation import item_columns


@dataclass(frozen=True)
class Nesting:
    """A category whose units are all in another category of the same population.

    part, whole: a variable and a category each.
    """

    population: str
    part: tuple[str, str]
    whole: tuple[str, str]


def find_nestings(
    tables: Iterable[CountTable], frame: pd.DataFrame, population: str
) -> list[Nesting]:
    """Return which steps of the tables declared `nested` lie within which, nearest first.

    An earlier row holds a later one where that is so of every unit in `frame`: a definition may let
    some steps branch, and a study may record one without the other. What follows from two others
    is left out.
    """
    nestings = []
    for table in {(t.items, t.response): t for t in tables if t.nested}.values():
        response, steps = table.response, list(item_columns(table, frame).values())
        within: dict[str, set[str]] = {}
        for number, step in enumerate(steps):
            within[step] = set()
            for earlier in reversed(steps[:number]):
                took = frame[step].eq(response)
                if earlier not in within[step] and frame.loc[took, earlier].eq(response).all():
                    within[step] |= {earlier, *within[earlier]}
                    nestings.append(Nesting(population, (step, response), (earlier, response)))
    return nestings


def list_nested(counts: Mapping[Cell, int], nestings: Iterable[Nesting]) -> list[tuple[Cell, Cell]]:
    """Return (part, whole) for all cells that the nestings speak of, whatever else they hold.

    counts: the true ones, each cell with its population in it. Left out is what does not hold of
    them: an earlier release may count steps that branched then.
    """
    nested = []
    for nesting in nestings:
        marks = {("population", nesting.population), nesting.part}
        for cell in counts:
            if marks <= cell and not any(name in DERIVED for name, _ in cell):
                whole = cell - {nesting.part} | {nesting.whole}
                if counts[cell] <= counts.get(whole, -1):
                    nested.append((cell, whole))
    return nested


def add_steps_between(
    ledger: Ledger, counts: Mapping[Cell, int], nestings: Iterable[Nesting]
) -> tuple[Ledger, dict[Cell, int]]:
    """Add to the ledger those who took a step and not the next: a number from zero up.

    They add up as those do who took the next. Returns the larger ledger, and the true counts of all
    its cells.
    """
    true, sums = dict(counts), list(ledger.sums)
    for nesting in nestings:
        between = {}
        for part, whole in list_nested({cell: counts[cell] for cell in ledger.cells}, [nesting]):
            between[part] = whole | {(NOT_FURTHER, label_cell(part - whole))}
            true[between[part]] = counts[whole] - counts[part]
            sums.append((whole, (part, between[part])))
        sums += [
            (between[whole], tuple(between[part] for part in parts))
            for whole, parts in ledger.sums
            if {whole, *parts} <= between.keys()
        ]
    return enlarge(ledger, tuple(cell for cell in true if cell not in counts), sums), true
