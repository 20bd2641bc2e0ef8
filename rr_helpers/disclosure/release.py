"""The release: every count table of an edition, protected together and handed out by id."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from rr_helpers.disclosure.audit import SAFE, Audit
from rr_helpers.disclosure.catalogue import CountTable, check_shape, nearest
from rr_helpers.disclosure.figures import _GATE, ReleasedCount
from rr_helpers.disclosure.layout import lay_out
from rr_helpers.disclosure.linked import (
    Link,
    group_populations,
    join_lattices,
    pick_population,
)
from rr_helpers.disclosure.readers import examine_values
from rr_helpers.disclosure.rounding import STRICT, Rounding
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.steer import round_safely
from rr_helpers.disclosure.tabulation import check_population, list_faces, tabulate
from rr_helpers.errors import DisclosureError, UserError

BASE = 5
SHORTEST_SECRET = 16
HIERARCHIES = {"borough": "sub_region"}
_FORMAT = 1
# Previews are for people who may see the rows anyway; they never share the study's secret.
_PREVIEW_SECRET = b"looked at, never published"


class Release:
    """Released count tables by id; holds released values only, never true counts.

    ``release["funnel_by_sex"]`` gives a SafeTable; `rules` says, by population, how the counts were
    protected. `audit` is the attack it withstood, HIGHLY SENSITIVE and never written with it; None
    where read back. Made by `protect_release`, or read back with `Release.from_json`.
    """

    def __init__(
        self,
        tables: Mapping[str, Mapping],
        rules: Mapping[str, list],
        *,
        preview=False,
        audit: Audit | None = None,
    ):
        self._tables, self.rules, self._preview = dict(tables), dict(rules), preview
        self.audit = audit

    def __getitem__(self, name: str) -> SafeTable:
        if name not in self._tables:
            raise UserError(
                place="the release",
                found=f"no table '{name}'" + nearest(name, self._tables),
                expected=f"one of {', '.join(self._tables)}",
                cure="To publish it, add a line to notebooks/catalogue.toml: "
                f'{name} = {{title = "…", population = "…", rows = "…", columns = "…"}}. '
                "To look at it in JupyterLab only, use disclosure.preview",
            )
        table = self._tables[name]
        return _hand_out(table, self.rules[table["population"]], self._preview)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name) -> bool:
        return name in self._tables

    def __repr__(self) -> str:
        return f"<Release of {len(self)} tables: {', '.join(self._tables)}>"

    def to_json(self, path: str | Path) -> None:
        """Write the release to a private file for the chapters, whole or not at all."""
        path = Path(path)
        content = {"format": _FORMAT, "rules": self.rules, "tables": self._tables}
        content["digest"] = _digest(content)
        aside = path.with_name(path.name + ".part")
        aside.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(aside, path)

    @classmethod
    def from_json(cls, path: str | Path) -> "Release":
        """Read a release; raises DisclosureError where the file was changed since it was made."""
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            digest = content.pop("digest")
            sound = digest == _digest(content) and content["format"] == _FORMAT
        except FileNotFoundError:
            raise UserError(
                place=path.name,
                found="no release yet",
                expected="the file that the release step writes",
                cure="Run 'rr release' first",
            ) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            sound = False
        if not sound:
            raise DisclosureError(
                place=path.name,
                found="not the file that the release step wrote",
                expected="a release unchanged since it was protected",
                cure="Run 'rr release' again",
            )
        return cls(content["tables"], content["rules"])


def protect_release(
    populations: Mapping[str, pd.DataFrame],
    catalogue: Mapping[str, CountTable],
    *,
    secret: bytes,
    base: int = BASE,
    hierarchies: Mapping[str, str] = HIERARCHIES,
    links: Iterable[Link] = (),
    thorough: bool = False,
) -> Release:
    """Tabulate, protect and attack every table of the catalogue together.

    populations: frames with one row for each unit and ordered categories only; ``.attrs["of"]`` is
    the plural noun for the units. The same cell in several tables is rounded once. secret: the
    study's own, kept with the study; the same secret and data give the same release. base: 5, or
    more to be stricter; a population in which no rounding to it withstands the attack is rounded to
    twice or four times the base. The attackers are an outsider, and an insider for every category
    of every variable in `hierarchies`. links: which populations overlap, and how; they are
    protected and attacked as one. thorough: also prove each value of 1 to 4 possible for each small
    count, by witnesses and integer programmes; thirty times slower. Raises UserError for a table
    that cannot be made from the populations, DisclosureError where it cannot be made safe: naming
    the small count, the claims by which a reader can narrow it, and the cure.
    """
    more = {"links": tuple(links), "thorough": thorough}
    return _protect(populations, catalogue, secret, base, hierarchies, preview=False, **more)


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
    release = _protect(
        {"preview": frame}, {"preview": table}, _PREVIEW_SECRET, BASE, {}, preview=True
    )
    return release["preview"]


def _protect(
    populations, catalogue, secret, base, hierarchies, *, preview, links=(), thorough=False
) -> Release:
    _check_options(secret, base)
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
    released, rules, targets = {}, {}, []
    published = [name for name, tables in by_population.items() if tables]
    for group in group_populations(published, links):
        tables = {name: by_population[name] for name in group}
        rounding, attacked = _round_group(
            populations, tables, secret, base, hierarchies, links, thorough
        )
        targets += attacked
        for name in group:
            own = pick_population(rounding, name) if _is_linked(group, links) else rounding
            rules[name] = _state_rules(own)
            for table in by_population[name]:
                released[table.id] = _fill(table, populations[name], own)
    audit = Audit(tuple(targets))
    audit.require_safe()
    tables = {name: released[name] for name in catalogue}
    return Release(tables, rules, preview=preview, audit=audit)


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


def _round_group(populations, tables, secret, base, hierarchies, links, thorough):
    lattices = {}
    for name, own in tables.items():
        check_population(populations[name], name)
        faces = [face for table in own for face in list_faces(table, populations[name])]
        lattices[name] = tabulate(populations[name], faces, hierarchies)
    if _is_linked(tables, links):
        counts, sums = join_lattices(lattices, populations, links)
    else:
        [(counts, sums)] = lattices.values()
    areas = {*hierarchies, *hierarchies.values()}
    insiders = sorted({pair for cell in counts for pair in cell if pair[0] in areas})
    name = " and ".join(tables)
    key = hmac.digest(secret, name.encode(), "sha256")
    who = {"population": name, "insiders": insiders}
    rounding, targets = round_safely(counts, sums, base=base, key=key, **who)
    if thorough and all(target.verdict == SAFE for target in targets):
        # Linked populations have no rows in common to walk on: integer programmes do it alone.
        frame = None if _is_linked(tables, links) else populations[name]
        targets = examine_values(counts, sums, rounding, frame=frame, nested=hierarchies, **who)
    return rounding, targets


def _is_linked(group, links) -> bool:
    # A population may be linked to itself: two of its variables that say the same.
    return any(link.left[0] in group for link in links)


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
    return rules


def _fill(table: CountTable, frame: pd.DataFrame, rounding: Rounding) -> dict:
    """Return the released table as plain data: labels and counts, margins included."""
    layout = lay_out(table, frame)
    return {
        "id": table.id,
        "title": table.title,
        "population": table.population,
        "of": frame.attrs.get("of", table.population.replace("_", " ")),
        "note": table.note,
        "row_name": (table.rows or table.items).replace("_", " ").capitalize(),
        "additive_rows": not table.items,
        "rows": layout.rows,
        "columns": layout.columns,
        "counts": [[rounding.released[cell] for cell in line] for line in layout.cells],
    }


def _hand_out(table: Mapping, rules: list[str], preview: bool) -> SafeTable:
    counts = [
        [ReleasedCount(n, preview=preview, gate=_GATE) for n in row] for row in table["counts"]
    ]
    grid = pd.DataFrame(counts, index=table["rows"], columns=table["columns"], dtype=object)
    kept = ("id", "title", "population", "of", "note", "row_name", "additive_rows")
    return SafeTable(
        grid=grid,
        kind="counts",
        source=f"Study records of {table['of']}",
        rules=tuple(rules),
        preview=preview,
        gate=_GATE,
        **{name: table[name] for name in kept},
    )


def _digest(content: Mapping) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
