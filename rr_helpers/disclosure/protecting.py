"""Protecting a release: tabulate, round and attack every table of the catalogue together."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from rr_helpers.disclosure.audit import SAFE, Audit, Target
from rr_helpers.disclosure.catalogue import CountTable, check_shape, nearest
from rr_helpers.disclosure.earlier import (
    EarlierRelease,
    Tie,
    Together,
    look_back,
    name_cells,
)
from rr_helpers.disclosure.layout import lay_out
from rr_helpers.disclosure.linked import (
    Link,
    group_populations,
    join_lattices,
    pick_population,
)
from rr_helpers.disclosure.nested import find_nestings
from rr_helpers.disclosure.readers import examine_values
from rr_helpers.disclosure.release import Release
from rr_helpers.disclosure.rounding import STRICT, Cell, Rounding, label_cell
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.steer import round_safely
from rr_helpers.disclosure.tabulation import check_population, list_faces, tabulate
from rr_helpers.errors import UserError

BASE = 5
SHORTEST_SECRET = 16
HIERARCHIES = {"borough": "sub_region"}
# Previews are for people who may see the rows anyway; they never share the study's secret.
_PREVIEW_SECRET = b"looked at, never published"


@dataclass(frozen=True, kw_only=True)
class _Options:
    secret: bytes
    base: int = BASE
    hierarchies: Mapping[str, str]
    links: tuple[Link, ...] = ()
    earlier: tuple[EarlierRelease, ...] = ()
    ties: tuple[Tie, ...] = ()
    thorough: bool = False
    preview: bool = False


def protect_release(
    populations: Mapping[str, pd.DataFrame],
    catalogue: Mapping[str, CountTable],
    *,
    secret: bytes,
    base: int = BASE,
    hierarchies: Mapping[str, str] = HIERARCHIES,
    links: Iterable[Link] = (),
    earlier: Iterable[EarlierRelease] = (),
    ties: Iterable[Tie] = (),
    thorough: bool = False,
) -> Release:
    """Tabulate, protect and attack every table of the catalogue together.

    populations: frames with one row for each unit and ordered categories only; ``.attrs["of"]`` is
    the plural noun for the units. The same cell in several tables is rounded once. secret: the
    study's own, kept with the study; the same secret and data give the same release. base: 5, or
    more to be stricter, as a population's ``.attrs["base"]`` may ask for itself; a population in
    which no rounding to it withstands the attack is rounded to twice or four times the base. The
    attackers are an outsider, and an insider for every category of every variable in `hierarchies`.
    links: which populations overlap, and how; they are protected and attacked as one. earlier,
    ties: what was released before, the oldest first, and which of its people are counted again; it
    is part of the attack, and its values are kept where the counts allow it. thorough: also prove
    each value of 1 to 4 possible for each small count, by witnesses and integer programmes; thirty
    times slower. Raises UserError for a table that cannot be made from the populations,
    DisclosureError where it cannot be made safe: naming
    the small count, the claims by which a reader can narrow it, and the cure.
    """
    _check_options(secret, base)
    options = _Options(
        secret=secret,
        base=base,
        hierarchies=hierarchies,
        links=tuple(links),
        earlier=tuple(earlier),
        ties=tuple(ties),
        thorough=thorough,
    )
    return _protect(populations, catalogue, options)


def preview(frame: pd.DataFrame, *, title: str = "Preview", **shape) -> SafeTable:
    """Protect one table by itself, to look at in JupyterLab; an edition refuses to show it.

    frame: a population as for `protect_release`. shape: rows, columns, items, response, where as in
    the catalogue. Protected singly, the table need not agree with the published ones.
    """
    unknown = set(shape) - {"rows", "columns", "items", "response", "where", "note"}
    if unknown:
        raise UserError(
            place="preview",
            found=f"unknown option {', '.join(sorted(unknown))}",
            expected="rows, columns, items, response, where, note",
            cure="Correct it",
        )
    table = CountTable(id="preview", question="", population="preview", title=title, **shape)
    options = _Options(secret=_PREVIEW_SECRET, hierarchies={}, preview=True)
    return _protect({"preview": frame}, {"preview": table}, options)["preview"]


def _protect(populations, catalogue, options: _Options) -> Release:
    by_population = sort_tables(populations, catalogue, options.hierarchies)
    released, rules, targets, evidence, larger = {}, {}, [], [], []
    published = [name for name, tables in by_population.items() if tables]
    for group in group_populations(published, options.links):
        tables = {name: by_population[name] for name in group}
        together, attacked = _round_group(populations, tables, options)
        evidence.append(together)
        targets += attacked
        larger += map(label_cell, together.not_nested)
        for name in group:
            own = pick_population(together.rounding, name)
            rules[name] = _state_rules(own)
            for table in by_population[name]:
                released[table.id] = fill_table(table, populations[name], own.released)
    names = tuple(release.name for release in options.earlier)
    audit = Audit(tuple(targets), names, not_nested=tuple(larger))
    audit.require_safe()
    tables = {name: released[name] for name in catalogue}
    kept = {"preview": options.preview, "audit": audit, "evidence": tuple(evidence)}
    return Release(tables, rules, **kept)


def sort_tables(populations, catalogue, hierarchies) -> dict[str, list[CountTable]]:
    """Return the tables of each population; UserError for a shape or a population not allowed."""
    by_population = {name: [] for name in populations}
    for table in catalogue.values():
        check_shape(table, areas=[*hierarchies, *hierarchies.values()])
        if table.population not in by_population:
            raise UserError(
                place=f"table '{table.id}'",
                found=f"no population '{table.population}'"
                + nearest(table.population, populations),
                expected=f"one of {', '.join(populations)}",
                cure="Correct the catalogue",
            )
        by_population[table.population].append(table)
    return by_population


def _check_options(secret, base) -> None:
    if not isinstance(secret, bytes) or len(secret) < SHORTEST_SECRET:
        raise UserError(
            place="protect_release",
            found="no secret, or one short enough to guess",
            expected=f"the study's secret, {SHORTEST_SECRET} bytes or more",
            cure="Read it from the study folder; without it the rounding could be undone",
        )
    if isinstance(base, bool) or not isinstance(base, int) or base < BASE:
        raise UserError(
            place="protect_release",
            found=f"base={base!r}",
            expected=f"{BASE}, or more: a run can tighten a rule, never loosen it",
            cure="Leave base out",
        )


def _round_group(populations, tables, options: _Options) -> tuple[Together, list[Target]]:
    lattices, nestings = {}, []
    for name, own in tables.items():
        check_population(populations[name], name)
        faces = [face for table in own for face in list_faces(table, populations[name])]
        lattices[name] = tabulate(populations[name], faces, options.hierarchies)
        nestings += find_nestings(own, populations[name], name)
    name = " and ".join(tables)
    background, alone = None, not (nestings or _is_linked(tables, options))
    if alone:
        [(counts, sums)] = lattices.values()
    else:
        counts, sums = join_lattices(lattices, populations, options.links)
        background = look_back(counts, tables, options.earlier, options.ties, options.hierarchies)
    who = {
        "population": name,
        "insiders": _list_insiders(counts, options.hierarchies),
        "background": background,
        "nestings": nestings,
    }
    key = hmac.digest(options.secret, name.encode(), "sha256")
    base = max(options.base, *(populations[name].attrs.get("base", 0) for name in tables))
    rounding, targets = round_safely(counts, sums, base=base, key=key, **who)
    if options.thorough and all(target.verdict == SAFE for target in targets):
        # What is linked has no rows in common to walk on, and witnesses know nothing of steps:
        # integer programmes do it alone.
        frame = populations[name] if alone else None
        nested = options.hierarchies
        targets = examine_values(counts, sums, rounding, frame=frame, nested=nested, **who)
    together = Together(
        populations=tuple(tables),
        counts=counts,
        sums=tuple(sums),
        released=rounding.released,
        base=rounding.base,
        relaxation=rounding.relaxation,
        not_nested=rounding.not_nested,
    )
    return name_cells(together, name) if alone else together, targets


def _list_insiders(counts, hierarchies) -> list[tuple[str, str]]:
    areas = {*hierarchies, *hierarchies.values()}
    return sorted({pair for cell in counts for pair in cell if pair[0] in areas})


def _is_linked(group, options: _Options) -> bool:
    # A population may be linked to itself: two of its variables that say the same.
    tied = any(tie.population in group for tie in options.ties)
    return tied or any(link.left[0] in group for link in options.links)


def _state_rules(rounding: Rounding) -> list[str]:
    base, reach = rounding.base, rounding.reach
    rules = [
        f"Counts are rounded to multiples of {base} so that totals add up and no one is singled "
        f"out: each may differ from the true count by up to {reach}."
    ]
    if rounding.relaxation != STRICT:
        rules.append(
            "Rounding to the neighbouring multiples was not possible everywhere: some counts moved "
            "one multiple further."
        )
    if rounding.not_nested:
        rules.append(
            "Where a step is shown as larger than the one it is part of, both are as an earlier "
            "report told them."
        )
    return rules


def fill_table(table: CountTable, frame: pd.DataFrame, released: Mapping[Cell, int]) -> dict:
    """Return the released table as plain data: labels and counts, None for what is hidden."""
    layout = lay_out(table, frame)
    return {
        "id": table.id,
        "title": table.title,
        "population": table.population,
        "of": table.of or frame.attrs.get("of", table.population.replace("_", " ")),
        "note": table.note,
        "row_name": table.row_name or (table.rows or table.items).replace("_", " ").capitalize(),
        "additive_rows": not table.items,
        "rows": layout.rows,
        "columns": layout.columns,
        "counts": [[released.get(cell) for cell in line] for line in layout.cells],
    }
