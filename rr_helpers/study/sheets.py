"""Finding the sheets of a workbook's tables, whatever they have come to be called."""

from collections.abc import Iterable, Sequence

from rr_helpers.errors import Fault
from rr_helpers.study.dropdowns import LISTS
from rr_helpers.study.files import RawSheet
from rr_helpers.study.headers import HEADER_WITHIN, known_columns
from rr_helpers.study.legend import LEGEND
from rr_helpers.study.schema import Table
from rr_helpers.study.suggest import closest, loosen
from rr_helpers.study.unreadable import is_blank

SAME_TABLE = 0.6


def match_sheets(
    raw: Iterable[RawSheet], tables: Sequence[Table], workbook: str
) -> tuple[dict[str, RawSheet], list[Fault]]:
    """Return the sheets by table name, and faults for missing, hidden and unknown sheets."""
    others = {sheet.title: sheet for sheet in raw if loosen(sheet.title) not in (LEGEND, LISTS)}
    by_form = {loosen(title): title for title in reversed(others)}
    matched = {}
    for table in tables:
        title = table.name if table.name in others else by_form.get(loosen(table.name))
        if title in others:
            matched[table.name] = others.pop(title)
    unfound = [table for table in tables if table.name not in matched and not table.optional]
    faults = [_hidden(workbook, sheet) for sheet in matched.values() if not sheet.visible]
    faults += [_missing_sheet(workbook, table, others) for table in unfound]
    faults += [_unknown_sheet(workbook, s) for s in others.values() if _holds_anything(s)]
    return matched, faults


def _holds_anything(sheet: RawSheet) -> bool:
    return any(not is_blank(value) for _, values in sheet.rows for value in values)


def _hidden(workbook: str, sheet: RawSheet) -> Fault:
    return Fault(
        kind="hidden sheet",
        workbook=workbook,
        sheet=sheet.title,
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
        rows = [values for number, values in sheet.rows if number <= HEADER_WITHIN]
        wanted = SAME_TABLE * len(table.columns)
        if any(len(known_columns(values, table)) >= wanted for values in rows):
            return title
    return ""


def _unknown_sheet(workbook: str, sheet: RawSheet) -> Fault:
    return Fault(
        kind="unknown sheet",
        workbook=workbook,
        sheet=sheet.title,
        found=f"the {'' if sheet.visible else 'hidden '}sheet is not part of the study",
        expected="only the sheets of the template",
        cure="It was not read; you may take it out",
        severity="warning",
    )
