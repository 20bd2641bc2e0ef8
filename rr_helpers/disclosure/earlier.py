"""Earlier releases: what was told before, and which of those people are counted again.

A new edition is read beside the old ones. The people of a quarter are in every edition since; two
windows may overlap; an edition may be built again after somebody withdrew. So the counts of earlier
releases are claims in every later attack, tied to the present ones wherever they are about the same
people. What has changed since in the study's own records the reader is taken to know exactly, which
is the most that anybody could; that somebody was added or left out must then stay deniable.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from rr_helpers.disclosure.claims import SINCE_THEN, Ledger, list_claims, read_claims
from rr_helpers.disclosure.linked import name_cell
from rr_helpers.disclosure.rounding import Cell, Rounding, Sum
from rr_helpers.disclosure.tabulation import tabulate

OPEN = (0, math.inf)


@dataclass(frozen=True, kw_only=True)
class Together:
    """Counts that were rounded and attacked as one. HIGHLY SENSITIVE: the true counts are in it.

    populations: whose counts they are. counts, released: by cell, each with its population in it.
    base, relaxation, not_nested: as in `Rounding`.
    """

    populations: tuple[str, ...]
    counts: Mapping[Cell, int]
    sums: tuple[Sum, ...]
    released: Mapping[Cell, int]
    base: int
    relaxation: int
    not_nested: tuple[Cell, ...] = ()

    @property
    def rounding(self) -> Rounding:
        """The released counts, as the attack reads them."""
        return Rounding(self.released, self.relaxation, self.base, self.not_nested)


def name_cells(together: Together, population: str) -> Together:
    """Return the same counts of one population with the population in each cell."""
    return replace(
        together,
        counts={name_cell(population, cell): n for cell, n in together.counts.items()},
        released={name_cell(population, cell): n for cell, n in together.released.items()},
        sums=tuple(
            (name_cell(population, whole), tuple(name_cell(population, part) for part in parts))
            for whole, parts in together.sums
        ),
    )


@dataclass(frozen=True, kw_only=True)
class EarlierRelease:
    """One release that was published before: its name in messages, its counts, its tables."""

    name: str
    groups: tuple[Together, ...]
    tables: Mapping[str, Mapping] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SamePeople:
    """A population whose windows, then and now, have days in common.

    periods: the units as the study holds them today, a frame for each stretch of days that lies
    whole in each window or outside it. earlier: the periods that make up the window of each
    release, by its name. present: those of the present window.
    """

    population: str
    periods: Mapping[str, pd.DataFrame]
    earlier: Mapping[str, tuple[str, ...]]
    present: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SameCategories:
    """A population told from the start: a category of `variable` stands for the same people.

    grown: for each release, by its name, the categories that were not complete, then or now, such
    as the quarter in which a window ends, and what each is called today.
    """

    population: str
    variable: str
    grown: Mapping[str, Mapping[str, str]]

    @property
    def earlier(self) -> Iterable[str]:
        """The names of the releases that it ties."""
        return self.grown


Tie = SamePeople | SameCategories


@dataclass(frozen=True, kw_only=True)
class Background:
    """What a reader knows from earlier releases of the counts that are about to be released.

    ledger: claims on cells of earlier releases, and the sums that tie them to present ones.
    counts: the true values of its cells. known: cells that the reader is taken to know, no targets.
    changed: the cells, then and now, whose count is no longer what it was.
    told: what was released of the cells of earlier releases.
    preferred: the value last released for a present cell. changes: present cell, earlier cell and
    by how much the count has changed since, where that is a small number of people.
    """

    ledger: Ledger
    counts: Mapping[Cell, int]
    known: frozenset[Cell]
    changed: frozenset[Cell]
    told: Mapping[Cell, int]
    preferred: Mapping[Cell, int]
    changes: tuple[tuple[Cell, Cell, int], ...]


def look_back(
    counts: Mapping[Cell, int],
    populations: Iterable[str],
    releases: Sequence[EarlierRelease],
    ties: Iterable[Tie],
    hierarchies: Mapping[str, str],
) -> Background | None:
    """Return what earlier releases tell of these present counts; None where they tell nothing.

    counts: the present true counts, each cell with its population in it. releases: the oldest
    first, so that the value last released is the one preferred.
    """
    ties = [tie for tie in ties if tie.population in set(populations)]
    gathered = _Gathered(counts, hierarchies)
    for release in releases:
        tied = {tie.population for tie in ties if release.name in tie.earlier}
        for group in release.groups:
            if tied & set(group.populations):
                gathered.add_group(release.name, group)
    for tie in ties:
        if isinstance(tie, SamePeople):
            gathered.tie_periods(tie)
        else:
            gathered.tie_categories(tie)
    return gathered.finish() if gathered.bounds else None


class _Gathered:
    def __init__(self, present: Mapping[Cell, int], hierarchies: Mapping[str, str]):
        self.present, self.hierarchies = present, hierarchies
        self.counts: dict[Cell, int] = {}
        self.bounds: dict[Cell, tuple[float, float]] = {}
        self.words: dict[Cell, str] = {}
        self.sums: list[Sum] = []
        self.known: set[Cell] = set()
        self.changed: set[Cell] = set()
        self.released: dict[Cell, int] = {}
        self.preferred: dict[Cell, int] = {}
        self.changes: list[tuple[Cell, Cell, int]] = []

    def add_group(self, release: str, group: Together) -> None:
        """Add the claims and sums of counts that were released together."""
        claims = read_claims(group.rounding, group.sums)
        for cell, low, high, words in zip(
            claims.cells, claims.low, claims.high, claims.shown, strict=True
        ):
            marked = _mark(release, cell)
            self.counts[marked], self.bounds[marked] = group.counts[cell], (low, high)
            self.words[marked] = f"{words} in {release}"
            self.released[marked] = group.released[cell]
        self.sums += [
            (_mark(release, whole), tuple(_mark(release, part) for part in parts))
            for whole, parts in group.sums
        ]

    def tie_categories(self, tie: SameCategories) -> None:
        """Tie the cells that name the same category of the variable, then and now."""
        for release, grown in tie.grown.items():
            for cell, earlier in self._list_earlier(release, tie.population):
                category = dict(cell).get(tie.variable)
                now = (tie.variable, grown.get(category, category))
                present = name_cell(tie.population, cell - {(tie.variable, category)} | {now})
                if category is None or present not in self.present:
                    continue
                if category in grown:
                    self._grow(earlier, present)
                else:
                    self._equate(earlier, (present,))

    def tie_periods(self, tie: SamePeople) -> None:
        """Tie the cells of windows that have days in common, by way of the periods they share."""
        if all(periods == tie.present for periods in tie.earlier.values()):
            for release in tie.earlier:
                for cell, earlier in self._list_earlier(release, tie.population):
                    if name_cell(tie.population, cell) in self.present:
                        self._equate(earlier, (name_cell(tie.population, cell),))
            return
        self._add_periods(tie)
        for cell in self._list_present(tie.population):
            parts = self._list_parts(tie, cell, tie.present)
            if parts:
                self.sums.append((name_cell(tie.population, cell), parts))
        for release, periods in tie.earlier.items():
            for cell, earlier in self._list_earlier(release, tie.population):
                parts = self._list_parts(tie, cell, periods)
                if parts:
                    self._equate(earlier, parts)
                present = name_cell(tie.population, cell)
                if periods == tie.present and present in self.present:
                    self._prefer(earlier, present)

    def _add_periods(self, tie: SamePeople) -> None:
        cells = self._list_present(tie.population)
        for release in tie.earlier:
            cells += [cell for cell, _ in self._list_earlier(release, tie.population)]
        faces = {tuple(sorted(variable for variable, _ in cell)) for cell in cells}
        for period, frame in tie.periods.items():
            known = [face for face in faces if set(face) <= set(frame.columns)]
            counts, sums = tabulate(frame, known, self.hierarchies)
            for cell, count in counts.items():
                named = _name_period(tie.population, period, cell)
                self.counts[named], self.bounds[named] = count, OPEN
            self.sums += [
                (
                    _name_period(tie.population, period, whole),
                    tuple(_name_period(tie.population, period, part) for part in parts),
                )
                for whole, parts in sums
            ]

    def _list_parts(self, tie: SamePeople, cell: Cell, periods) -> tuple[Cell, ...]:
        parts = tuple(_name_period(tie.population, period, cell) for period in periods)
        return parts if all(part in self.counts for part in parts) else ()

    def _list_earlier(self, release: str, population: str) -> list[tuple[Cell, Cell]]:
        marks = {("population", population), ("release", release)}
        return [(cell - marks, cell) for cell in self.released if marks <= cell]

    def _list_present(self, population: str) -> list[Cell]:
        mark = ("population", population)
        return [cell - {mark} for cell in self.present if mark in cell]

    def _grow(self, earlier: Cell, present: Cell) -> None:
        # Those whom only the longer window holds are a count of their own, which nobody was told.
        rest = earlier | {(SINCE_THEN, "added")}
        more = self.present[present] - self.counts[earlier]
        self.counts[rest], self.bounds[rest] = abs(more), OPEN
        self.sums.append((present, (earlier, rest)) if more >= 0 else (earlier, (present, rest)))

    def _equate(self, earlier: Cell, parts: tuple[Cell, ...]) -> None:
        today = sum(self.present.get(part, self.counts.get(part)) for part in parts)
        change = today - self.counts[earlier]
        if len(parts) == 1 and parts[0] in self.present:
            self._prefer(earlier, parts[0])
        if not change:
            self.sums.append((earlier, parts))
            return
        known = earlier | {(SINCE_THEN, "changed")}
        self.counts[known] = abs(change)
        self.bounds[known] = (abs(change), abs(change))
        self.known.add(known)
        self.changed |= {earlier, *parts}
        if change < 0:
            self.sums.append((earlier, (*parts, known)))
            return
        now = earlier | {(SINCE_THEN, "now")}
        self.counts[now], self.bounds[now] = today, OPEN
        self.sums += [(now, (earlier, known)), (now, parts)]

    def _prefer(self, earlier: Cell, present: Cell) -> None:
        self.preferred[present] = self.released[earlier]
        change = self.present[present] - self.counts[earlier]
        if change:
            self.changes.append((present, earlier, change))

    def finish(self) -> Background:
        """Return what was gathered."""
        return Background(
            ledger=list_claims(self.bounds, self.sums, words=self.words),
            counts=self.counts,
            known=frozenset(self.known),
            changed=frozenset(self.changed),
            told=self.released,
            preferred=self.preferred,
            changes=tuple(self.changes),
        )


def _mark(release: str, cell: Cell) -> Cell:
    return cell | {("release", release)}


def _name_period(population: str, period: str, cell: Cell) -> Cell:
    return name_cell(population, cell) | {("period", period)}
