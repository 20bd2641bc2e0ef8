"""One table as it was read from its sheet, with the way back from every value to its cell."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rr_helpers.errors import Fault
from rr_helpers.study.schema import Table
from rr_helpers.study.wording import cell_in_words, expectation


@dataclass(frozen=True)
class Reading:
    """A table read from a sheet.

    frame: the clean values, columns as in the schema, rows numbered from 0.
    missing: for number and date columns, the missing code that stood in the cell, else NaN.
    rows: for each row of `frame`, the row of the sheet it came from.
    letters: for each column, the letter of the sheet's column.
    unread: the (row, column) pairs that could not be read; their faults are already known.
    """

    table: Table
    workbook: str
    sheet: str
    frame: pd.DataFrame
    missing: pd.DataFrame
    rows: pd.Series
    letters: Mapping[str, str]
    unread: frozenset[tuple[int, str]] = frozenset()

    def place(self, index: int | None = None, column: str = "") -> dict[str, str]:
        """Return workbook, sheet and, where a row is given, cell, as a Fault takes them."""
        cell = ""
        if index is not None:
            cell = f"{self.letters.get(column, 'A')}{self.rows[index]}"
        return {"workbook": self.workbook, "sheet": self.sheet, "cell": cell}

    def cell_fault(self, index: int, column: str, value: object, *, kind: str, cure: str) -> Fault:
        """Return the error that a cell does not hold what its column asks for."""
        about = self.table.column(column)
        return Fault(
            kind=kind,
            found=cell_in_words(column, about, value),
            expected=expectation(about),
            cure=cure,
            **self.place(index, column),
        )


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
