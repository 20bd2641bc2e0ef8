"""From the rows under a header to a typed table, with a fault for each cell that fails."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from rr_helpers.errors import Fault
from rr_helpers.study.cells import reader
from rr_helpers.study.headers import Header
from rr_helpers.study.reading import Reading, typed_frame
from rr_helpers.study.schema import Table
from rr_helpers.study.unreadable import MissingCode, Unreadable


def read_rows(
    body: Sequence[tuple[int, tuple]],
    header: Header,
    table: Table,
    place: Mapping[str, str],
    epoch: datetime,
    uncached: frozenset[str],
) -> tuple[Reading, list[Fault]]:
    """Return the reading of a table, and a fault for each cell that cannot be read.

    body: the rows as (number, values), the values in the order of `header.positions`.
    uncached: cells with a formula whose result was never saved.
    """
    letters = {name: get_column_letter(p + 1) for name, p in header.positions.items()}
    rows = pd.Series([number for number, _ in body], dtype="int64")
    raw = {name: [values[at] for _, values in body] for at, name in enumerate(header.positions)}
    clean, missing, problems = {}, {}, []
    for name in table.columns:
        column = table.column(name)
        values = raw.get(name, (None,) * len(body))
        cells = (f"{letters.get(name)}{number}" for number, _ in body) if uncached else ()
        at_formula = {index for index, cell in enumerate(cells) if cell in uncached}
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
