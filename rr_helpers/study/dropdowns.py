"""What a template's cells allow: drop-downs, number and date rules, and the messages beside them.

Excel cuts rules at 255 characters, so every list of values lies on the sheet ``lists`` and a rule
names its range there.
"""

from collections.abc import Mapping
from datetime import date

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from rr_helpers.study.schema import Table
from rr_helpers.study.wording import expectation, missing_in_words, shorten

LISTS = "lists"
LAST_ROW = 1_048_576
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
_EXCEL_DAY_ZERO = date(1899, 12, 30)
# Excel refuses a workbook whose messages are longer.
_TITLE, _PROMPT, _ERROR = 32, 255, 225


def dropdown_lists(tables: tuple[Table, ...]) -> dict[tuple[str, str], list[str]]:
    """Return the entries of each drop-down, by (table, column): labels, missing codes, codes."""
    return {
        (table.name, name): _entries(table.column(name))
        for table in tables
        for name in table.columns
        if table.column(name)["type"] == "coded" and not table.column(name)["multiple"]
    }


def _entries(column: Mapping) -> list[str]:
    values = column["values"]
    # Excel compares without regard to case, so a code that equals its label would stand twice.
    codes = [code for code, label in values.items() if code.casefold() != label.casefold()]
    return [*values.values(), *column["missing"], *codes]


def cell_rule(
    table: Table, name: str, position: int, lists: Mapping[tuple[str, str], list[str]]
) -> DataValidation:
    """Return the rule and the message of one column that stands at `position` (1 is A)."""
    column, letter = table.column(name), get_column_letter(position)
    rule = DataValidation(**_condition(column, letter, (table.name, name), lists), allow_blank=True)
    rule.showInputMessage = rule.showErrorMessage = True
    rule.promptTitle, rule.prompt = name[:_TITLE], shorten(describe(column), _PROMPT)
    rule.errorTitle = "Not allowed here"
    rule.error = shorten(f"Expected {expectation(column)}. See the sheet 'legend'.", _ERROR)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    return rule


def _condition(column, letter, key, lists) -> dict:
    kind = column["type"]
    if key in lists:
        source = get_column_letter(list(lists).index(key) + 1)
        return {"type": "list", "formula1": f"{LISTS}!${source}$2:${source}${len(lists[key]) + 1}"}
    if kind == "date":
        low, high, excel = _serial(FIRST_DAY), _serial(LAST_DAY), "date"
    elif kind in ("whole number", "number"):
        low, high = column["low"], column["high"]
        excel = "whole" if kind == "whole number" else "decimal"
    else:
        return {"type": None}
    if not column["missing"]:
        return {"type": excel, "operator": "between", "formula1": str(low), "formula2": str(high)}
    cell = f"{letter}2"
    whole = f",{cell}=INT({cell})" if kind == "whole number" else ""
    codes = "".join(f',{cell}="{code}"' for code in column["missing"])
    # IF, because Excel's AND would compute INT of a text and fail the whole formula.
    numbers = f"IF(ISNUMBER({cell}),AND({cell}>={low},{cell}<={high}{whole}),FALSE)"
    return {"type": "custom", "formula1": f"OR({numbers}{codes})"}


def _serial(day: date) -> int:
    return (day - _EXCEL_DAY_ZERO).days


def describe(column: Mapping) -> str:
    """Say in a message beside the cell what a column means and how it is filled in."""
    allowed = expectation(column)
    text = f"{column['meaning']}. {allowed[0].upper()}{allowed[1:]}."
    return f"{text} {missing_in_words(column['missing'])}".strip()
