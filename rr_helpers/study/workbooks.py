"""Reading one workbook as people really fill it in: every table it holds, and every fault."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from rr_helpers.errors import Fault
from rr_helpers.study.files import MOST_ROWS, RawSheet, read_raw
from rr_helpers.study.headers import Header, find_header
from rr_helpers.study.layout_faults import (
    hidden_row_faults,
    merged_faults,
    too_many_rows,
    unnamed_columns,
)
from rr_helpers.study.reading import Reading, empty_reading
from rr_helpers.study.rows import read_rows
from rr_helpers.study.schema import Table
from rr_helpers.study.sheets import match_sheets
from rr_helpers.study.unreadable import is_blank


def read_workbook(path: Path, tables: Iterable[Table]) -> tuple[dict[str, Reading], list[Fault]]:
    """Return the readings of a workbook by table name, and every fault of the workbook.

    Values are cleaned; whether they are allowed is judged later, with all workbooks at hand.
    """
    raw, faults = read_raw(path)
    if raw is None:
        return {}, faults
    tables = tuple(tables)
    sheets, found = match_sheets(raw.sheets, tables, path.name)
    faults += found
    readings = {}
    for table in tables:
        if table.name in sheets:
            reading, found = _read_table(sheets[table.name], table, path.name, raw.epoch)
            faults += found
            if reading is not None:
                readings[table.name] = reading
    return readings, faults


def _read_table(
    sheet: RawSheet, table: Table, workbook: str, epoch: datetime
) -> tuple[Reading | None, list[Fault]]:
    place = {"workbook": workbook, "sheet": sheet.title}
    if len(sheet.rows) > MOST_ROWS:
        return None, [too_many_rows(place)]
    if not sheet.rows and table.optional:
        return empty_reading(table, **place), []
    header, faults = find_header(sheet.rows, table, place)
    if header is None:
        return None, faults
    body = _rows_under(header, sheet)
    reading, cell_faults = read_rows(body, header, table, place, epoch, sheet.uncached)
    layout = [
        *merged_faults(sheet, header, place),
        *hidden_row_faults(sheet, body, place),
        *unnamed_columns(sheet, header, place),
    ]
    return reading, faults + layout + cell_faults


def _rows_under(header: Header, sheet: RawSheet) -> list[tuple[int, tuple]]:
    """The rows below the header with any value in the table's columns, and those values."""
    body = []
    for number, values in sheet.rows:
        wanted = tuple(
            values[position] if position < len(values) else None
            for position in header.positions.values()
        )
        if number > header.row and not all(map(is_blank, wanted)):
            body.append((number, wanted))
    return body
