"""A code that refers to another table is found there."""

from collections.abc import Iterator

from rr_helpers.study.breach import Breach, Readings
from rr_helpers.study.reading import Reading
from rr_helpers.study.suggest import same_code


def find_missing_references(readings: Readings) -> Iterator[Breach]:
    """A code that refers to another table must be found there."""
    for name, reading in readings.items():
        for column in reading.table.columns:
            target = reading.table.column(column).get("refers")
            if not target:
                continue
            table, key = target.split(".")
            if table in readings:
                yield from _not_found(reading.frame[column], name, readings[table], key)


def _not_found(values, table, target: Reading, key) -> Iterator[Breach]:
    known = set(target.frame[key].dropna())
    for index, value in values[values.notna() & ~values.isin(known)].items():
        same = same_code(value, known)
        hint = f"Did you mean {same}?" if same else ""
        where = f"the sheet '{target.sheet}' of {target.workbook}"
        yield Breach(
            table=table,
            index=index,
            column=values.name,
            found=f'{values.name} is "{value}", which {where} does not list',
            expected=f"one of that sheet's values of {key}",
            cure=hint or f"Correct the code, or add the missing row to {where}",
        )
