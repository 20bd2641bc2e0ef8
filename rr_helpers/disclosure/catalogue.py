"""The catalogue of published count tables: one line for each table, beside its question."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from rr_helpers.errors import UserError

_AREA_WORDS = ("borough", "sub_region", "sub-region", "local_authority", "ward", "postcode")
_MOST_VARIABLES = 3
_MOST_VARIABLES_WITH_AREA = 2


@dataclass(frozen=True, kw_only=True)
class CountTable:
    """One published table of counts.

    Three shapes: `rows` (by `columns`, if given); a battery, `items` alone, which shows items by
    response; multiple response, `items` with `response`, which shows how many gave that response to
    each item (by `columns`, if given). `where` restricts the table to one category of a variable
    and counts as one more variable. of: what is counted, in the plural, where `where` makes it less
    than the population. row_name: what the rows are, where the name of the variable does not say.
    nested: the items are steps, each taken only by those who took an earlier one (`nested.py`).
    """

    id: str
    question: str
    population: str
    title: str
    rows: str | None = None
    items: str | None = None
    columns: str | None = None
    response: str | None = None
    note: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    row_name: str = ""
    nested: bool = False

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the table crosses, an item battery counting as one."""
        named = (self.rows, self.items, self.columns, *self.where)
        return tuple(name for name in named if name)


_KEYS = tuple(f.name for f in fields(CountTable) if f.name not in ("id", "question"))


def read_catalogue(path: str | Path) -> dict[str, CountTable]:
    """Read the catalogue: a section for each question, in it a line for each table.

    Returns the tables by id, in the order of the file. Raises UserError naming the file, the table,
    the key and the keys allowed where anything is unknown, missing, or more than may be published.
    """
    path = Path(path)
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        _refuse(path.name, "no such file", "the catalogue of tables", f"Write {path}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        _refuse(path.name, f"not readable as TOML ({error})", "TOML", "Correct that line")
    catalogue = {}
    for question, tables in sections.items():
        if not isinstance(tables, dict):
            _refuse(path.name, f"{question!r} is not a section", "[question]", "Move it into one")
        for name, entry in tables.items():
            if name in catalogue:
                _refuse(path.name, f"table {name!r} twice", "each id once", "Rename one of them")
            catalogue[name] = _read_table(path.name, question, name, entry)
    return catalogue


def _read_table(file: str, question: str, name: str, entry) -> CountTable:
    place = f"{file}, [{question}], table '{name}'"
    if not isinstance(entry, dict):
        _refuse(place, f"{entry!r}", "{title = …, population = …, rows = …}", "Write it so")
    for key, value in entry.items():
        _check_key(place, key, value)
    for key in ("title", "population"):
        if not entry.get(key):
            _refuse(place, f"no {key}", f"the key {key}", f"Add {key} = …")
    table = CountTable(id=name, question=question, **entry)
    check_shape(table, place=place)
    return table


def _check_key(place: str, key: str, value) -> None:
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "Remove it"
        _refuse(place, f"key '{key}' is unknown", f"one of {', '.join(_KEYS)}", hint)
    if key == "where":
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            _refuse(place, f"where is {value!r}", 'where = {variable = "category"}', "Write it so")
    elif key == "nested":
        if not isinstance(value, bool):
            _refuse(place, f"nested is {value!r}", "true or false", "Write nested = true")
    elif isinstance(value, list):
        _refuse(
            place,
            f"'{key}' names several variables",
            "rows by columns, one variable each: in tables of more than two variables most cells "
            "are so small that no protection leaves them useful",
            "Publish two tables of two variables instead",
        )
    elif not isinstance(value, str):
        _refuse(place, f"{key} is {value!r}", "text in quotation marks", "Quote it")


def check_shape(table: CountTable, *, place: str = "", areas: Iterable[str] = ()) -> None:
    """Raise UserError unless the table has one of the three shapes and few enough variables.

    Borough tables are two-way at most: measured on invented data of 1,500 children, 28% of the
    cells of a borough x age x gender table were too small to show, and 40% had to be hidden.
    areas: further variables that name areas, besides those recognised by their name.
    """
    place = place or f"table '{table.id}'"
    if bool(table.rows) == bool(table.items):
        found = "both rows and items" if table.rows else "neither rows nor items"
        _refuse(place, found, "one of them", "Keep rows for a cross-table, items for a battery")
    if table.response and not table.items:
        _refuse(place, "response without items", "items = … with it", "Add items, or drop response")
    if table.nested and not table.response:
        _refuse(place, "nested without response", "steps: items and a response", "Drop nested")
    if table.items and table.columns and not table.response:
        _refuse(
            place,
            "a battery with columns would cross three variables",
            "items alone, or items with one response",
            "Add response = …, or drop columns",
        )
    if len(set(table.variables)) < len(table.variables):
        _refuse(place, "a variable used twice", "different variables", "Drop one of them")
    with_area = any(v in set(areas) or is_area(v) for v in table.variables)
    most = _MOST_VARIABLES_WITH_AREA if with_area else _MOST_VARIABLES
    if len(table.variables) + bool(table.items and not table.response) > most:
        why = "a table by borough or area" if with_area else "any table"
        _refuse(
            place,
            f"crosses {', '.join(table.variables)}",
            f"at most {most} variables in {why} (where counts as one): beyond that, most cells are "
            "so small that no protection leaves them useful",
            "Drop columns or where, or publish two smaller tables",
        )


def is_area(variable: str) -> bool:
    """Return True where the variable's name says that it is a borough or another small area."""
    return any(word in variable.lower() for word in _AREA_WORDS)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known name nearest to this one, or ``""``."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _refuse(place: str, found: str, expected: str, cure: str):
    raise UserError(place=place, found=found, expected=expected, cure=cure)
