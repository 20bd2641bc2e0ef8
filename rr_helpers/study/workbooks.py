"""Reading one workbook as people really fill it in: every table it holds, and every fault."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from rr_helpers.errors import Fault
from rr_helpers.study.cells import reader
from rr_helpers.study.files import DAMAGED, SheetFacts, damaged_fault, open_workbook, sheet_facts
from rr_helpers.study.reading import Reading
from rr_helpers.study.schema import Table
from rr_helpers.study.sheets import MOST_COLUMNS, Header, find_header, match_sheets
from rr_helpers.study.unreadable import MissingCode, Unreadable, is_blank

MOST_ROWS = 200_000


def read_workbook(path: Path, tables: Iterable[Table]) -> tuple[dict[str, Reading], list[Fault]]:
    """Return the readings of a workbook by table name, and every fault of the workbook.

    Values are cleaned; whether they are allowed is judged later, with all workbooks at hand.
    """
    book, faults = open_workbook(path)
    if book is None:
        return {}, faults
    readings = {}
    try:
        sheets, found = match_sheets(book, tuple(tables), path.name)
        faults += found
        for table in tables:
            if table.name in sheets:
                reading, found = _read_sheet(path, sheets[table.name], table, book.epoch)
                faults += found
                if reading is not None:
                    readings[table.name] = reading
    except DAMAGED:
        return {}, [*faults, damaged_fault(path)]
    finally:
        book.close()
    return readings, faults


def _read_sheet(path, sheet, table, epoch) -> tuple[Reading | None, list[Fault]]:
    rows = _filled_rows(sheet)
    place = {"workbook": path.name, "sheet": sheet.title}
    if len(rows) > MOST_ROWS:
        return None, [_too_many_rows(place)]
    if not rows and table.optional:
        return empty_reading(table, path.name, sheet.title), []
    header, faults = find_header(rows, table, path.name, sheet.title)
    if header is None:
        return None, faults
    facts = sheet_facts(path, sheet._worksheet_path)
    body = [(n, _under_header(values, header)) for n, values in rows if n > header.row]
    body = [(n, values) for n, values in body if not all(map(is_blank, values))]
    uncached = _uncached_formulas(path, sheet.title, header) if facts.has_formulas else set()
    reading, cell_faults = _read_cells(body, header, table, place, epoch, uncached)
    faults += [*_merged_faults(facts, header, place), *_hidden_row_faults(facts, body, place)]
    faults += _unnamed_columns(rows, header, place)
    return reading, faults + cell_faults


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


def _under_header(values, header: Header) -> tuple:
    return tuple(
        values[position] if position < len(values) else None
        for position in header.positions.values()
    )


def _read_cells(body, header, table, place, epoch, uncached) -> tuple[Reading, list[Fault]]:
    letters = {name: get_column_letter(p + 1) for name, p in header.positions.items()}
    rows = pd.Series([number for number, _ in body], dtype="int64")
    raw = {name: [values[at] for _, values in body] for at, name in enumerate(header.positions)}
    clean, missing, problems = {}, {}, []
    for name in table.columns:
        column = table.column(name)
        values = raw.get(name, (None,) * len(body))
        at_formula = {i for i, n in enumerate(rows) if f"{letters.get(name)}{n}" in uncached}
        clean[name], codes, wrong = _read_column(values, reader(column, epoch=epoch), at_formula)
        problems += [(index, name, values[index], problem) for index, problem in wrong.items()]
        if column["type"] in ("date", "number", "whole number"):
            missing[name] = [codes.get(index, np.nan) for index in range(len(body))]
    reading = Reading(
        table=table,
        workbook=place["workbook"],
        sheet=place["sheet"],
        frame=typed_frame(clean, table),
        missing=pd.DataFrame(missing, index=range(len(body)), dtype=object),
        rows=rows,
        letters=letters,
        unread=frozenset((index, name) for index, name, _, _ in problems)
        | {
            (index, name) for name in table.columns if name not in raw for index in range(len(body))
        },
    )
    return reading, [_problem_fault(reading, *problem) for problem in problems]


def _read_column(values, read, at_formula) -> tuple[list, dict[int, str], dict[int, Unreadable]]:
    clean, codes, problems = [], {}, {}
    for index, value in enumerate(values):
        try:
            if index in at_formula:
                raise Unreadable(
                    "formula without a value",
                    "Open the workbook in Excel and save it, or enter the value itself",
                )
            result = read(value)
        except Unreadable as problem:
            problems[index], result = problem, np.nan
        if isinstance(result, MissingCode):
            codes[index], result = result.code, np.nan
        clean.append(result)
    return clean, codes, problems


def _problem_fault(reading, index, name, value, problem) -> Fault:
    if problem.kind == "formula without a value":
        value = "a formula whose result was never saved"
    return reading.cell_fault(index, name, value, kind=problem.kind, cure=problem.cure)


def typed_frame(values: dict[str, list], table: Table) -> pd.DataFrame:
    """Return a frame with the columns and dtypes of the schema; NaN and NaT where blank."""
    columns = {}
    for name in table.columns:
        series = pd.Series(values[name], dtype=object)
        kind = table.column(name)["type"]
        if kind == "date":
            series = pd.to_datetime(series).astype("datetime64[ns]")
        elif kind in ("number", "whole number"):
            series = series.astype("float64")
        columns[name] = series
    return pd.DataFrame(columns, columns=list(table.columns))


def empty_reading(table: Table, workbook: str = "", sheet: str = "") -> Reading:
    """Return the reading of a sheet without rows."""
    kinds = {name: table.column(name)["type"] for name in table.columns}
    counted = [name for name, kind in kinds.items() if kind not in ("identifier", "coded", "text")]
    return Reading(
        table=table,
        workbook=workbook,
        sheet=sheet,
        frame=typed_frame({name: [] for name in table.columns}, table),
        missing=pd.DataFrame(columns=counted, index=range(0), dtype=object),
        rows=pd.Series(dtype="int64"),
        letters={},
    )


def _uncached_formulas(path, title, header: Header) -> set[str]:
    # The fast reading gives an empty value for a formula that no program has computed.
    formulas = load_workbook(path, read_only=True, keep_links=False)
    values = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    found = set()
    try:
        for book in (formulas, values):
            book[title].reset_dimensions()
        pairs = zip(formulas[title].iter_rows(), values[title].iter_rows(), strict=False)
        for with_formulas, with_values in pairs:
            for formula, value in zip(with_formulas, with_values, strict=False):
                if formula.data_type == "f" and value.value is None:
                    found.add(formula.coordinate)
    finally:
        formulas.close()
        values.close()
    return found


def _merged_faults(facts: SheetFacts, header: Header, place) -> list[Fault]:
    faults = []
    for ref in facts.merged:
        left, top, right, bottom = range_boundaries(ref)
        inside = any(left <= p + 1 <= right for p in header.positions.values())
        if bottom < header.row or not inside or (top <= header.row and left == right):
            continue
        in_header = top <= header.row
        faults.append(
            Fault(
                kind="merged header cells" if in_header else "merged cells",
                found="cells are merged, so that only the first of them holds a value",
                expected="one cell for each column" if in_header else "a value in each cell",
                cure="Unmerge the cells and give each column its own name"
                if in_header
                else "Unmerge the cells and fill in each of them",
                cell=ref,
                severity="warning" if in_header else "error",
                **place,
            )
        )
    return faults


def _hidden_row_faults(facts: SheetFacts, body, place) -> list[Fault]:
    hidden = facts.hidden_rows & {number for number, _ in body}
    if not hidden:
        return []
    return [
        Fault(
            kind="hidden rows",
            found=f"{len(hidden)} rows with data are hidden, by a filter or by hand",
            expected="rows that everyone can see",
            cure="They were read. Clear the filter; take out rows that should not be used",
            severity="warning",
            **place,
        )
    ]


def _unnamed_columns(rows, header: Header, place) -> list[Fault]:
    named = dict(rows)[header.row]
    filled = {
        position
        for number, values in rows
        if number > header.row
        for position, value in enumerate(values)
        if not is_blank(value)
    }
    unnamed = [p for p in sorted(filled) if p >= len(named) or is_blank(named[p])]
    return [
        Fault(
            kind="column without a name",
            found="there are values under an empty header",
            expected="a name above each column",
            cure="They were not read. Name the column, or take the values out",
            cell=f"{get_column_letter(position + 1)}{header.row}",
            severity="warning",
            **place,
        )
        for position in unnamed
    ]


def _too_many_rows(place) -> Fault:
    return Fault(
        kind="too many rows",
        found=f"there are more than {MOST_ROWS:,} filled rows",
        expected="one row for each record",
        cure="Take out rows that were filled down by mistake",
        **place,
    )
