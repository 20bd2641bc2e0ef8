"""Populations that overlap: counts of one that are known to be counts of another.

Those who answered the survey are those asked whose outcome is "Completed"; the referrals of a year
are those of its four quarters. A reader who knows this compares the two tables. So what is linked
is rounded in one integer programme, where the equality holds between the released counts as well,
and attacked as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from rr_helpers.disclosure.catalogue import nearest
from rr_helpers.disclosure.rounding import Cell, Rounding, Sum, label_cell
from rr_helpers.errors import UserError

EQUAL, AT_MOST = "=", "<="
Side = tuple[str, Sequence[Mapping[str, str]]]
Lattice = tuple[dict[Cell, int], list[Sum]]


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a reader knows about counts of two populations (or of one, the two being the same).

    left, right: a population and the published cells of it that are added up, each a variable ->
    category mapping, ``{}`` being the whole population. relation: ``"="``, or ``"<="`` where the
    left is a part of the right; what is left over is then protected as a count of its own. by: a
    variable of both, for which the link holds in every category, as well as altogether.

        Link(left=("survey_responses", [{}]),
             right=("survey_invited", [{"outcome": "Completed"}]))
    """

    left: Side
    right: Side
    relation: str = EQUAL
    by: str = ""

    def __post_init__(self):
        if self.relation not in (EQUAL, AT_MOST):
            _refuse("link", f"relation {self.relation!r}", "'=' or '<='", "Correct it")


def group_populations(names: Iterable[str], links: Iterable[Link]) -> list[tuple[str, ...]]:
    """Return the populations in groups that links connect, in the order of `names`."""
    names = list(names)
    graph = nx.Graph()
    graph.add_nodes_from(names)
    for link in links:
        for name, _ in (link.left, link.right):
            if name not in graph:
                found = f"no published population '{name}'" + nearest(name, names)
                _refuse("link", found, f"one of {', '.join(names)}", "Correct the link")
        graph.add_edge(link.left[0], link.right[0])
    groups = [tuple(sorted(group, key=names.index)) for group in nx.connected_components(graph)]
    return sorted(groups, key=lambda group: names.index(group[0]))


def join_lattices(
    lattices: Mapping[str, Lattice], frames: Mapping[str, pd.DataFrame], links: Iterable[Link]
) -> Lattice:
    """Return the counts and sums of linked populations together, with those of the links.

    Cells carry their population, as `name_cell` writes it. Raises UserError for a link that names
    an unpublished cell, or that does not hold between the true counts.
    """
    counts, sums = {}, []
    for name, (own_counts, own_sums) in lattices.items():
        counts |= {name_cell(name, cell): count for cell, count in own_counts.items()}
        sums += [
            (name_cell(name, whole), tuple(name_cell(name, part) for part in parts))
            for whole, parts in own_sums
        ]
    for number, link in enumerate(link for link in links if link.left[0] in lattices):
        for fixed in _list_categories(link, frames):
            _add_link(counts, sums, link, fixed, f"link {number + 1}")
    return counts, sums


def name_cell(population: str, cell: Cell) -> Cell:
    """Return the cell with its population, by which it is told apart from the others'."""
    return cell | {("population", population)}


def pick_population(rounding: Rounding, population: str) -> Rounding:
    """Return the released counts of one population of those that were rounded together."""
    mark = ("population", population)
    released = {cell - {mark}: n for cell, n in rounding.released.items() if mark in cell}
    larger = tuple(cell - {mark} for cell in rounding.not_nested if mark in cell)
    return Rounding(released, rounding.relaxation, rounding.base, larger)


def _list_categories(link: Link, frames: Mapping[str, pd.DataFrame]) -> list[Cell]:
    if not link.by:
        return [frozenset()]
    both = []
    for name, _ in (link.left, link.right):
        if link.by not in frames[name].columns:
            expected = f"one of {', '.join(map(str, frames[name].columns))}"
            _refuse("link", f"no variable '{link.by}' in population '{name}'", expected, "Drop by")
        both.append(list(frames[name][link.by].cat.categories))
    if both[0] != both[1]:
        found = f"unlike categories of '{link.by}'"
        _refuse("link", found, "the same in both populations", "Give both the same, or drop by")
    return [frozenset(), *(frozenset({(link.by, category)}) for category in both[0])]


def _add_link(counts, sums, link: Link, fixed: Cell, name: str) -> None:
    left, right = (_list_side(counts, side, fixed) for side in (link.left, link.right))
    parts, total = sum(counts[cell] for cell in left), sum(counts[cell] for cell in right)
    if parts > total or (link.relation == EQUAL and parts != total):
        _refuse(
            f"link between populations '{link.left[0]}' and '{link.right[0]}'",
            f"{label_cell(frozenset().union(*left))} is not {link.relation} "
            f"{label_cell(frozenset().union(*right))} in the study",
            "counts that agree",
            "Correct the link, or the populations it is about",
        )
    mark = fixed | {("link", name)}
    if link.relation == AT_MOST:
        rest = mark | {("part", "the rest")}
        counts[rest] = total - parts
        left = (*left, rest)
    if len(right) == 1:
        sums.append((right[0], left))
    elif len(left) == 1:
        sums.append((left[0], right))
    else:
        counts[mark] = total
        sums += [(mark, left), (mark, right)]


def _list_side(counts, side: Side, fixed: Cell) -> tuple[Cell, ...]:
    name, cells = side
    found = tuple(name_cell(name, frozenset(cell.items()) | fixed) for cell in cells)
    for cell in found:
        if cell not in counts:
            _refuse(
                f"link to population '{name}'",
                f"{label_cell(cell)} is in no published table",
                "a cell or margin of a table of the catalogue",
                "Correct the link, or publish the table that holds it",
            )
    return found


def _refuse(place: str, found: str, expected: str, cure: str):
    raise UserError(place=place, found=found, expected=expected, cure=cure)
