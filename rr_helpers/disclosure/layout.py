"""Which cell stands where in a published table: labels, and cells in rows and columns."""

from dataclasses import dataclass

import pandas as pd

from rr_helpers.disclosure.catalogue import CountTable
from rr_helpers.disclosure.figures import ALL
from rr_helpers.disclosure.rounding import Cell
from rr_helpers.disclosure.tabulation import item_columns
from rr_helpers.errors import UserError


@dataclass(frozen=True)
class Layout:
    """Row labels, column labels, and the cell at each crossing; margins are labelled ``All``."""

    rows: list[str]
    columns: list[str]
    cells: list[list[Cell]]


def lay_out(table: CountTable, frame: pd.DataFrame) -> Layout:
    """Return the layout of a table of any of the three shapes.

    Raises UserError where the items of a battery differ in their responses.
    """
    if table.items and not table.response:
        return _lay_out_battery(table, frame)
    fixed = frozenset(table.where.items())
    rows = _multiple_response_rows(table, frame) if table.items else _list_cells(frame, table.rows)
    columns = _list_cells(frame, table.columns)
    cells = [[fixed | row | column for column in columns.values()] for row in rows.values()]
    return Layout(list(rows), list(columns), cells)


def _lay_out_battery(table: CountTable, frame: pd.DataFrame) -> Layout:
    fixed = frozenset(table.where.items())
    items = item_columns(table, frame)
    rows = {label: _list_cells(frame, column) for label, column in items.items()}
    responses = list(next(iter(rows.values())))
    for label, categories in rows.items():
        if list(categories) != responses:
            raise UserError(
                place=f"table '{table.id}', item '{label}'",
                found=f"responses {', '.join(c for c in categories if c != ALL)}",
                expected=f"those of the other items: {', '.join(responses[:-1])}",
                cure="Give all items of a battery the same response categories",
            )
    cells = [[fixed | cell for cell in categories.values()] for categories in rows.values()]
    return Layout(list(items), responses, cells)


def _multiple_response_rows(table: CountTable, frame: pd.DataFrame) -> dict[str, Cell]:
    items = item_columns(table, frame).items()
    return {label: frozenset({(column, table.response)}) for label, column in items} | {
        ALL: frozenset()
    }


def _list_cells(frame: pd.DataFrame, variable: str | None) -> dict[str, Cell]:
    categories = frame[variable].cat.categories if variable else ()
    cells = {category: frozenset({(variable, category)}) for category in categories}
    return cells | {ALL: frozenset()}
