"""Finding the header row of a table, and which column is which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from rr_helpers.errors import Fault
from rr_helpers.study.schema import Table
from rr_helpers.study.suggest import closest, did_you_mean, loosen
from rr_helpers.study.unreadable import is_blank
from rr_helpers.study.wording import SHOWN_TEXT, shorten

HEADER_WITHIN = 10


@dataclass(frozen=True)
class Header:
    """The header row's number (1 is the first) and the position (0 is A) of each column."""

    row: int
    positions: Mapping[str, int]


def find_header(
    rows: Sequence[tuple[int, tuple]], table: Table, place: Mapping[str, str]
) -> tuple[Header | None, list[Fault]]:
    """Return where the table's header is, and faults for missing, extra and doubled columns.

    rows: the sheet's rows as (number, values); the header is looked for in the first ten.
    place: workbook and sheet, as a Fault takes them.
    """
    candidates = [(number, values) for number, values in rows if number <= HEADER_WITHIN]
    best = max(candidates, key=lambda row: len(known_columns(row[1], table)), default=(0, ()))
    if not known_columns(best[1], table):
        return None, [_no_header(table, place)]
    number, values = best
    header = Header(number, _positions(values, table))
    known = known_columns(values, table)
    extra = {p: v for p, v in enumerate(values) if not is_blank(v) and loosen(v) not in known}
    faults = [
        *_missing_columns(header, extra, table, place),
        *_doubled_columns(header, values, table, place),
        *_extra_columns(header, extra, table, place),
    ]
    return header, faults


def known_columns(values: Iterable, table: Table) -> set[str]:
    """Return the names of the table's columns that stand in a row, in loose form."""
    names = {loosen(name) for name in table.columns}
    return {loosen(value) for value in values if not is_blank(value)} & names


def _positions(values, table) -> dict[str, int]:
    first: dict[str, int] = {}
    for position, value in enumerate(values):
        first.setdefault(loosen(value) if not is_blank(value) else "", position)
    return {name: first[loosen(name)] for name in table.columns if loosen(name) in first}


def _missing_columns(header, extra, table, place) -> list[Fault]:
    others = [str(value) for value in extra.values()]
    faults = []
    for name in table.columns:
        if name in header.positions:
            continue
        near = closest(name, others)
        hint = f"Did you change a column name? '{near}' looks like it: call it '{name}'"
        faults.append(
            Fault(
                kind="missing column",
                found=f"there is no column '{name}'",
                expected=f"a column of that name in row {header.row}",
                cure=hint if near else f"Add the column '{name}', or copy the rows to a template",
                **place,
            )
        )
    return faults


def _doubled_columns(header, values, table, place) -> list[Fault]:
    names = {loosen(name): name for name in table.columns}
    faults = []
    for position, value in enumerate(values):
        name = None if is_blank(value) else names.get(loosen(value))
        if name is None or header.positions[name] == position:
            continue
        first, again = (get_column_letter(p + 1) for p in (header.positions[name], position))
        faults.append(
            Fault(
                kind="doubled column",
                found=f"two columns are called '{name}' ({first} and {again})",
                expected="each column once",
                cure="Take one of them out, or correct its name",
                cell=f"{again}{header.row}",
                **place,
            )
        )
    return faults


def _extra_columns(header, extra, table, place) -> list[Fault]:
    return [
        Fault(
            kind="extra column",
            found=f"the column '{shorten(str(value), SHOWN_TEXT)}' is not part of the study",
            expected="only the columns of the sheet 'legend'",
            cure=_ignored(did_you_mean(value, set(table.columns) - set(header.positions))),
            cell=f"{get_column_letter(position + 1)}{header.row}",
            severity="warning",
            **place,
        )
        for position, value in extra.items()
    ]


def _ignored(hint: str) -> str:
    return f"It was not read. {hint}".strip() if hint else "It was not read; you may take it out"


def _no_header(table, place) -> Fault:
    first = ", ".join(list(table.columns)[:3])
    return Fault(
        kind="no header row",
        **place,
        found=f"no header row was found in the first {HEADER_WITHIN} rows",
        expected=f"a row with the names of the columns ({first} …)",
        cure="Put the names of the columns back in row 1, as in the template",
    )
