"""The sheets that explain a workbook: the legend, and the lists behind its drop-downs."""

from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from rr_helpers.study.dropdowns import LISTS
from rr_helpers.study.schema import MISSING_CODES, Table

LEGEND = "legend"
LEGEND_HEADINGS = {
    "table": 22,
    "column": 26,
    "required": 10,
    "type": 14,
    "meaning": 48,
    "allowed values": 44,
    "unit": 12,
    "missing codes": 30,
}
_REQUIRED = {"font": Font(bold=True, color="FFFFFF"), "fill": PatternFill("solid", "12436D")}
_OPTIONAL = {"font": Font(color="000000"), "fill": PatternFill("solid", "D9E1EA")}


def write_legend(book: Workbook, tables: Iterable[Table]) -> None:
    """Write the sheet that explains every column of a workbook."""
    sheet = book.create_sheet(LEGEND)
    sheet.freeze_panes = "A2"
    for position, width in enumerate(LEGEND_HEADINGS.values(), start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([header_cell(sheet, heading, True) for heading in LEGEND_HEADINGS])
    for table in tables:
        for name in table.columns:
            sheet.append(
                [_wrapped(sheet, text) for text in _legend_row(table, name, table.column(name))]
            )


def _legend_row(table, name, column) -> list[str]:
    values = column.get("values", {})
    allowed = "\n".join(f"{code} = {label}" for code, label in values.items())
    if column.get("multiple"):
        allowed += "\n(several may be given, joined by ;)"
    if "low" in column:
        allowed = f"{column['low']} to {column['high']}"
    return [
        table.name,
        name,
        "yes" if column["required"] else "no",
        column["type"],
        column["meaning"],
        allowed,
        column["unit"],
        "\n".join(f"{code} = {MISSING_CODES[code]}" for code in column["missing"]),
    ]


def _wrapped(sheet, text) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def write_lists(book: Workbook, lists: Mapping[tuple[str, str], list[str]]) -> None:
    """Write the sheet of entries that the drop-downs show, one column for each."""
    sheet = book.create_sheet(LISTS)
    sheet.freeze_panes = "A2"
    headings = [f"{table}.{column}" for table, column in lists]
    for position, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = len(heading) + 3
    sheet.append([header_cell(sheet, heading, True) for heading in headings])
    for row in range(max(map(len, lists.values()), default=0)):
        entries = [values[row] if row < len(values) else None for values in lists.values()]
        sheet.append(entries)


def header_cell(sheet, name: str, required: bool) -> WriteOnlyCell:
    """Return the cell of a column's name; required columns are bold on dark."""
    cell = WriteOnlyCell(sheet, name)
    style = _REQUIRED if required else _OPTIONAL
    cell.font, cell.fill = style["font"], style["fill"]
    return cell
