"""The raw content of a workbook's sheets, as openpyxl understands it.

Only here may a damaged file raise: everything after works on plain rows, so that a mistake of ours
is never taken for a damaged file.
"""

import warnings
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from rr_helpers.errors import Fault
from rr_helpers.study.refusals import DAMAGED, damaged_fault, refuse_file
from rr_helpers.study.sheet_values import SheetValues

# A sheet has room for 1,048,576 rows: one that is full to its end was filled down by mistake.
MOST_ROWS, MOST_COLUMNS = 1_000_000, 500


@dataclass(frozen=True)
class RawSheet:
    """What stands in one sheet.

    rows: the filled rows as (number, values); at most one more than `MOST_ROWS`.
    merged: merged ranges (``A2:A3``). hidden_rows: numbers of the rows that are hidden.
    uncached: cells with a formula whose result was never saved (``D2``).
    """

    title: str
    visible: bool = True
    rows: list[tuple[int, tuple]] = field(default_factory=list)
    merged: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    uncached: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RawWorkbook:
    """The sheets of a workbook, and the day from which it counts days."""

    sheets: list[RawSheet]
    epoch: datetime


def read_raw(path: Path) -> tuple[RawWorkbook | None, list[Fault]]:
    """Return the content of a workbook, and the faults of the file itself.

    The content is None where the file cannot be read; a fault then says why.
    """
    faults = [_open_in_excel(path)] if _has_lock(path) else []
    refused = refuse_file(path)
    if refused:
        return None, [*faults, refused]
    try:
        with warnings.catch_warnings():
            # openpyxl warns of features of Excel that it leaves out; none of them holds data.
            warnings.filterwarnings("ignore", module="openpyxl")
            return _read_sheets(path), faults
    except DAMAGED:
        return None, [*faults, damaged_fault(path)]


def _read_sheets(path: Path) -> RawWorkbook:
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        return RawWorkbook([_read_sheet(book, sheet) for sheet in book.worksheets], book.epoch)
    finally:
        book.close()


def _read_sheet(book, sheet) -> RawSheet:
    with sheet._get_source() as source:
        values = SheetValues(source, book, sheet._shared_strings)
        rows = _filled_rows(values)
    return RawSheet(
        title=sheet.title,
        visible=sheet.sheet_state == "visible",
        rows=rows,
        merged=tuple(values.merged),
        hidden_rows=frozenset(values.hidden_rows),
        uncached=frozenset(values.uncached),
    )


def _filled_rows(sheet: SheetValues) -> list[tuple[int, tuple]]:
    rows = []
    for number, values in sheet.rows():
        if any(value is not None for value in values):
            rows.append((number, values[:MOST_COLUMNS]))
            if len(rows) > MOST_ROWS:
                break
    return rows


def _has_lock(path: Path) -> bool:
    # Excel drops the first two letters of long names in its lock file's name.
    names = {f"~${path.name}".casefold(), f"~${path.name[2:]}".casefold()}
    return any(other.name.casefold() in names for other in path.parent.glob("~$*"))


def _open_in_excel(path: Path) -> Fault:
    return Fault(
        kind="workbook open in Excel",
        workbook=path.name,
        found="it seems to be open in Excel",
        expected="a workbook that is saved and closed",
        cure="Save and close it, then run this again: the last changes may not have been read",
        severity="warning",
    )
