"""The raw content of a workbook's sheets, read with openpyxl's fast reader.

Only here may a damaged file raise: everything after works on plain rows, so that a mistake of ours
is never taken for a damaged file.
"""

import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from rr_helpers.errors import Fault
from rr_helpers.study.refusals import DAMAGED, damaged_fault, refuse_file

MOST_ROWS, MOST_COLUMNS = 200_000, 500
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=\"(\d+)\"[^>]*?\bhidden=\"(?:1|true)\"")


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
        sheets = [_read_sheet(path, sheet) for sheet in book.worksheets]
        return RawWorkbook(sheets, book.epoch)
    finally:
        book.close()


def _read_sheet(path: Path, sheet) -> RawSheet:
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(sheet._worksheet_path.lstrip("/"))
    return RawSheet(
        title=sheet.title,
        visible=sheet.sheet_state == "visible",
        rows=_filled_rows(sheet),
        merged=tuple(ref.decode() for ref in _MERGED.findall(xml)),
        hidden_rows=frozenset(int(row) for row in _HIDDEN_ROW.findall(xml)),
        uncached=_uncached_formulas(path, sheet.title) if _FORMULA.search(xml) else frozenset(),
    )


def _filled_rows(sheet) -> list[tuple[int, tuple]]:
    # Some programs write a wrong size into the sheet, which would cut rows off.
    sheet.reset_dimensions()
    rows = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(value is not None for value in values):
            rows.append((number, values[:MOST_COLUMNS]))
            if len(rows) > MOST_ROWS:
                break
    return rows


def _uncached_formulas(path: Path, title: str) -> frozenset[str]:
    # The fast reader gives an empty value for a formula that no program has computed.
    books = [load_workbook(path, read_only=True, data_only=v, keep_links=False) for v in (0, 1)]
    try:
        for book in books:
            book[title].reset_dimensions()
        with_formulas, with_values = (book[title].iter_rows() for book in books)
        return frozenset(
            formula.coordinate
            for formulas, values in zip(with_formulas, with_values, strict=True)
            for formula, value in zip(formulas, values, strict=True)
            if formula.data_type == "f" and value.value is None
        )
    finally:
        for book in books:
            book.close()


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
