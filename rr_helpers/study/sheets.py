"""Finding tables in a workbook: which sheet, which row is the header, which column is which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from rr_helpers.errors import Fault
from rr_helpers.study.dropdowns import LISTS
from rr_helpers.study.schema import Table
from rr_helpers.study.suggest import closest, did_you_mean, loosen
from rr_helpers.study.templates import LEGEND
from rr_helpers.study.unreadable import is_blank
from rr_helpers.study.wording import SHOWN_TEXT, shorten

HEADER_WITHIN = 10
MOST_COLUMNS = 500
SAME_TABLE = 0.6


@dataclass(frozen=True)
class Header:
    """The header row's number (1 is the first) and the position (0 is A) of each column."""

    row: int
    positions: Mapping[str, int]


def match_sheets(book, tables: Iterable[Table], workbook: str) -> tuple[dict, list[Fault]]:
    """Return worksheets by table name, and faults for missing, hidden and unknown sheets."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    by_form = {loosen(title): title for title in reversed(sheets)}
    matched, faults = {}, []
    for table in tables:
        title = table.name if table.name in sheets else by_form.get(loosen(table.name))
        if title:
            matched[table.name] = sheets.pop(title)
            by_form.pop(loosen(title), None)
    for sheet in matched.values():
        if sheet.sheet_state != "visible":
            faults.append(_hidden(workbook, sheet.title))
    others = {t: s for t, s in sheets.items() if loosen(t) not in (LEGEND, LISTS)}
    unfound = [table for table in tables if table.name not in matched and not table.optional]
    faults += [_missing_sheet(workbook, table, others) for table in unfound]
    faults += [_unknown_sheet(workbook, title, sheet) for title, sheet in others.items()]
    return matched, [fault for fault in faults if fault]


def find_header(
    rows: Sequence[tuple[int, tuple]], table: Table, workbook: str, sheet: str
) -> tuple[Header | None, list[Fault]]:
    """Return where the table's header is, and faults for missing, extra and doubled columns.

    rows: the sheet's rows as (number, values); the header is looked for in the first ten.
    """
    candidates = [(number, values) for number, values in rows if number <= HEADER_WITHIN]
    best = max(candidates, key=lambda row: len(_known(row[1], table)), default=(0, ()))
    if not _known(best[1], table):
        return None, [_no_header(workbook, sheet, table)]
    number, values = best
    header = Header(number, _positions(values, table))
    place = {"workbook": workbook, "sheet": sheet}
    known = _known(values, table)
    extra = {p: v for p, v in enumerate(values) if not is_blank(v) and loosen(v) not in known}
    faults = [
        *_missing_columns(header, extra, table, place),
        *_doubled_columns(header, values, table, place),
        *_extra_columns(header, extra, table, place),
    ]
    return header, faults


def _known(values, table) -> set[str]:
    """The names of the table's columns that stand in a row, in loose form."""
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


def _no_header(workbook, sheet, table) -> Fault:
    first = ", ".join(list(table.columns)[:3])
    return Fault(
        kind="no header row",
        workbook=workbook,
        sheet=sheet,
        found=f"no header row was found in the first {HEADER_WITHIN} rows",
        expected=f"a row with the names of the columns ({first} …)",
        cure="Put the names of the columns back in row 1, as in the template",
    )


def _hidden(workbook, title) -> Fault:
    return Fault(
        kind="hidden sheet",
        workbook=workbook,
        sheet=title,
        found="the sheet is hidden",
        expected="sheets that everyone can see",
        cure="It was read. Unhide it, or take it out if it should not be used",
        severity="warning",
    )


def _missing_sheet(workbook, table, others) -> Fault:
    near = closest(table.name, others) or _with_its_columns(table, others)
    cure = "Did you change a sheet name? "
    if near:
        cure += f"'{near}' looks like it: call it '{table.name}'"
    elif others:
        cure += f"The other sheets are: {', '.join(others)}"
    else:
        cure = f"Add the sheet '{table.name}', or copy the tables to a template"
    return Fault(
        kind="missing sheet",
        workbook=workbook,
        found=f"there is no sheet '{table.name}'",
        expected=f"a sheet '{table.name}' ({table.row})",
        cure=cure,
    )


def _with_its_columns(table, others) -> str:
    for title, sheet in others.items():
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=HEADER_WITHIN, max_col=MOST_COLUMNS, values_only=True)
        if any(len(_known(row, table)) >= SAME_TABLE * len(table.columns) for row in rows):
            return title
    return ""


def _unknown_sheet(workbook, title, sheet) -> Fault | None:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=HEADER_WITHIN, max_col=MOST_COLUMNS, values_only=True)
    if all(is_blank(value) for row in rows for value in row):
        return None
    hidden = "the hidden sheet" if sheet.sheet_state != "visible" else "the sheet"
    return Fault(
        kind="unknown sheet",
        workbook=workbook,
        sheet=title,
        found=f"{hidden} is not part of the study",
        expected="only the sheets of the template",
        cure="It was not read; you may take it out",
        severity="warning",
    )
