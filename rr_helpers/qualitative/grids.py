"""Spreadsheets and delimited text as rows of text: bounded, and without running anything."""

import csv
import io
from datetime import datetime, time
from pathlib import Path

import openpyxl

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import Archive, read_bytes, too_large
from rr_helpers.qualitative.parsing import decode

MOST_ROWS, MOST_COLUMNS = 500_000, 2_000
LARGEST_GRID = 64 * 1024 * 1024


def read_grids(path: Path) -> dict[str, list[list[str]]]:
    """Return sheet name -> rows of text for .xlsx, .csv and .tsv; a text file has one sheet, "".

    Encodings by byte-order mark, then UTF-8, then Windows-1252; the delimiter from the first line.
    """
    data = read_bytes(path, limit=LARGEST_GRID)
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(path, data)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise UserError(
            place=path.name,
            found="an old or encrypted Excel file",
            expected="an .xlsx or .csv file without a password",
            cure="Open it in Excel and save it as .xlsx",
        )
    return {"": _read_delimited(_text(data, path.name), path.name)}


def _text(data: bytes, place: str) -> str:
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(
            place=place,
            found="a file of no kind known here",
            expected="a project (.qdpx, .qde, SQLite), a codebook (.qdc), .xlsx or .csv",
            cure="Export from the coding tool as REFI-QDA project or as coded segments",
        )
    try:
        return decode(data, place=place)
    except UserError:
        # Excel on Windows writes this where one does not ask for UTF-8; all its bytes are text.
        return decode(data, place=place, encoding="cp1252")


def _read_delimited(text: str, place: str) -> list[list[str]]:
    text = text.lstrip("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    # Not strict: a stray quotation mark in a transcript must not stop the reading.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append([cell.strip() for cell in row])
            _check_size(rows, place)
    except csv.Error as fault:
        raise UserError(
            place=f"{place}, line {reader.line_num}",
            found="a line that cannot be read as cells",
            expected="cells separated by comma, semicolon or tab",
            cure="Open it in Excel, look at that line, and save it again",
        ) from fault
    return rows


def _read_workbook(path: Path, data: bytes) -> dict[str, list[list[str]]]:
    with Archive(path) as archive:
        archive.check_members(forbidden=(b"<!DOCTYPE", b"<!ENTITY"))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        grids = {sheet.title: _rows_of_sheet(sheet, path.name) for sheet in book.worksheets}
        book.close()
    except UserError:
        raise
    except Exception as fault:  # openpyxl raises many kinds on a damaged workbook
        raise UserError(
            place=path.name,
            found=f"a workbook that cannot be read ({type(fault).__name__})",
            expected="a whole .xlsx workbook",
            cure="Open it in Excel and save it again, or copy it again",
        ) from fault
    return grids


def _rows_of_sheet(sheet, place: str) -> list[list[str]]:
    # A workbook states its own size, and may lie; what is really there counts.
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    for row in sheet.iter_rows(values_only=True):
        rows.append([cell_text(value) for value in row])
        _check_size(rows, f"{place}, sheet '{sheet.title}'")
    return rows


def cell_text(value) -> str:
    """Return a cell as text: whole numbers without a point, dates without midnight, or ""."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value).strip()


def _check_size(rows: list[list[str]], place: str) -> None:
    if len(rows) > MOST_ROWS or len(rows[-1]) > MOST_COLUMNS:
        raise too_large(place, f"more than {MOST_ROWS:,} rows", LARGEST_GRID)
