"""Workbooks written from the schema: empty ones to fill in, or filled with given tables."""

import os
import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from rr_helpers.errors import UserError
from rr_helpers.study.dropdowns import cell_rule, dropdown_lists
from rr_helpers.study.legend import header_cell, write_legend, write_lists
from rr_helpers.study.schema import WORKBOOKS, Table

DATE_FORMAT, TEXT_FORMAT = "dd/mm/yyyy", "@"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_STAMPED_TIME = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)")


def write_templates(folder: str | Path) -> list[Path]:
    """Write every workbook of the schema, empty, into `folder`; return their paths.

    Raises UserError where a workbook of that name is already there: templates never replace data.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    there = [name for name in WORKBOOKS if (folder / name).exists()]
    if there:
        raise UserError(
            place=str(folder),
            found=f"the folder already holds {', '.join(there)}",
            expected="a folder without workbooks of those names",
            cure="Name a new folder, or move the workbooks away first",
        )
    return [write_workbook(folder / name, {}) for name in WORKBOOKS]


def write_workbook(path: str | Path, frames: Mapping[str, pd.DataFrame | None]) -> Path:
    """Write one workbook of the schema, named by `path`, and return its path.

    `frames` gives tables by name; a table without a frame becomes an empty sheet. Values are
    written as they stand (codes as codes, NaN as blank; a missing code such as ``"NK"`` may stand
    in a number or date column). The same frames give the same bytes.
    """
    path = Path(path)
    tables = _tables_of(path.name)
    _refuse_unknown(tables, frames, path.name)
    lists = dropdown_lists(tables)
    book = Workbook(write_only=True)
    for table in tables:
        _write_table(book, table, frames.get(table.name), lists)
    write_legend(book, tables)
    if lists:
        write_lists(book, lists)
    _save_same_bytes(book, path)
    return path


def _tables_of(name: str) -> tuple[Table, ...]:
    if name not in WORKBOOKS:
        raise UserError(
            found=f"no workbook is called '{name}'",
            expected=f"one of {', '.join(WORKBOOKS)}",
            cure="Correct the file's name",
        )
    return WORKBOOKS[name]


def _refuse_unknown(tables, frames, workbook) -> None:
    columns = {table.name: set(table.columns) for table in tables}
    for name, frame in frames.items():
        if name not in columns:
            raise ValueError(f"{workbook} has no table {name!r}; it has {', '.join(columns)}")
        unknown = set() if frame is None else set(frame.columns) - columns[name]
        if unknown:
            raise ValueError(f"table {name!r} has no column {', '.join(sorted(unknown))}")


def _write_table(book, table, frame, lists) -> None:
    sheet = book.create_sheet(table.name)
    sheet.freeze_panes = "A2"
    columns = {name: table.column(name) for name in table.columns}
    for position, (name, column) in enumerate(columns.items(), start=1):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width = min(max(len(name) + 3, 13), 34)
        dimension.number_format = _number_format(column["type"])
        sheet.data_validations.append(cell_rule(table, name, position, lists))
    sheet.append([header_cell(sheet, name, c["required"]) for name, c in columns.items()])
    if frame is not None:
        _write_rows(sheet, columns, frame.reindex(columns=list(columns)))


def _number_format(kind: str) -> str:
    return {"date": DATE_FORMAT, "whole number": "General", "number": "General"}.get(
        kind, TEXT_FORMAT
    )


def _write_rows(sheet, columns, frame) -> None:
    # One cell a column, used again for every row: styling each cell anew takes minutes.
    cells = [WriteOnlyCell(sheet) for _ in columns]
    for cell, column in zip(cells, columns.values(), strict=True):
        cell.number_format = _number_format(column["type"])
    for row in zip(*(_plain_values(frame[name]) for name in columns), strict=True):
        sheet.append([_filled(cell, value) for cell, value in zip(cells, row, strict=True)])


def _filled(cell, value):
    if value is None:
        return None
    cell.value = value
    if isinstance(value, str):
        # Without this a text that begins with '=' would become a formula.
        cell.data_type = "s"
    return cell


def _plain_values(series: pd.Series) -> list:
    if pd.api.types.is_datetime64_any_dtype(series):
        return [None if pd.isna(v) else v.to_pydatetime() for v in series]
    return [_plain(value) for value in series]


def _plain(value):
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.item() if hasattr(value, "item") else value


def _save_same_bytes(book: Workbook, path: Path) -> None:
    # openpyxl writes the time of saving into the properties and into every zip member.
    with tempfile.TemporaryDirectory(dir=path.parent) as aside:
        raw, fixed = Path(aside) / "raw.xlsx", Path(aside) / "fixed.xlsx"
        book.save(raw)
        with zipfile.ZipFile(raw) as source, zipfile.ZipFile(fixed, "w") as target:
            for name in source.namelist():
                member = zipfile.ZipInfo(name, date_time=_FIXED_TIME)
                member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
                data = _STAMPED_TIME.sub(rb"\g<1>1980-01-01T00:00:00Z\3", source.read(name))
                if name.startswith("xl/worksheets/"):
                    data = _with_size(data)
                target.writestr(member, data)
        os.replace(fixed, path)


def _with_size(sheet: bytes) -> bytes:
    # Without its size at the top, openpyxl reads a sheet twice: once to measure it.
    rows = int(re.match(rb'<row r="(\d+)', sheet[sheet.rindex(b"<row ") :])[1])
    columns = sheet[: sheet.index(b"</row>")].count(b"<c ")
    size = f'<dimension ref="A1:{get_column_letter(columns)}{rows}"/><sheetViews>'
    return sheet.replace(b"<sheetViews>", size.encode(), 1)
