"""The schema's own rules, checked by pandera, told as faults of single cells."""

from collections.abc import Iterator

import pandas as pd
from pandera.errors import SchemaErrors

from rr_helpers.errors import Fault
from rr_helpers.study.reading import Reading
from rr_helpers.study.wording import expectation, shorten

NOT_UNIQUE = ("field_uniqueness", "multiple_fields_uniqueness")


def constraint_faults(reading: Reading) -> list[Fault]:
    """Return a fault for each cell that breaks the schema; cells that were unreadable are left out.

    Empty where `reading.table.schema.validate` accepts the frame.
    """
    try:
        reading.table.schema.validate(reading.frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        cases = cases[cases["index"].notna()]
        return [*_cell_faults(reading, cases), *_repeated_rows(reading, cases)]
    return []


def _cell_faults(reading: Reading, cases: pd.DataFrame) -> Iterator[Fault]:
    told = set(reading.unread)
    for case in cases[~cases["check"].isin(NOT_UNIQUE)].itertuples():
        place = (int(case.index), case.column)
        if place in told:
            continue
        told.add(place)
        yield _cell_fault(reading, *place, case.check)


def _cell_fault(reading: Reading, index: int, column: str, check: str) -> Fault:
    value = reading.frame.at[index, column]
    if check == "not_nullable":
        code = reading.missing.at[index, column] if column in reading.missing else None
        return Fault(
            kind="required cell empty",
            found=f"{column} is empty" if pd.isna(code) else f'{column} is "{code}"',
            expected=expectation(reading.table.column(column)),
            cure="Fill in the cell, or take the row out if it is not a record",
            **reading.place(index, column),
        )
    kind, cure = _kind_and_cure(check, reading.table.column(column)["required"])
    return reading.cell_fault(index, column, _shown(value), kind=kind, cure=cure)


def _kind_and_cure(check: str, required: bool) -> tuple[str, str]:
    clear = "" if required else ", or clear the cell"
    if check.startswith("in_range"):
        return "out of range", f"Correct the number{clear}"
    if check.startswith("str_matches"):
        return "wrong pattern", f"Copy the code again from where it was made{clear}"
    return "value not allowed", f"Choose a value from the sheet 'legend'{clear}"


def _shown(value) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _repeated_rows(reading: Reading, cases: pd.DataFrame) -> Iterator[Fault]:
    for columns in _keys(reading, cases):
        complete = reading.frame[columns].dropna()
        first_row = (
            reading.rows[complete.index]
            .groupby([complete[name] for name in columns])
            .transform("first")
        )
        for index in complete.index[complete.duplicated(keep="first")]:
            yield Fault(
                kind="repeated row",
                found=f"{_key_in_words(reading, complete, index)} stands already in row "
                f"{first_row[index]}",
                expected=f"each {' with '.join(columns)} once ({reading.table.row})",
                cure="Take one of the two rows out, or correct what tells them apart",
                **reading.place(index, columns[0]),
            )


def _key_in_words(reading: Reading, keys: pd.DataFrame, index: int) -> str:
    words = []
    for name in keys.columns:
        free = reading.table.column(name)["type"] == "text"
        words.append(name if free else f'{name} "{shorten(_text(keys.at[index, name]), 40)}"')
    return ", ".join(words)


def _keys(reading: Reading, cases: pd.DataFrame) -> list[list[str]]:
    broken = cases[cases["check"].isin(NOT_UNIQUE)]
    alone = broken.loc[broken["check"] == "field_uniqueness", "column"]
    keys = [[column] for column in dict.fromkeys(alone)]
    whole = list(reading.table.key)
    if "multiple_fields_uniqueness" in set(broken["check"]) and whole not in keys:
        keys.append(whole)
    return keys


def _text(value) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%d/%m/%Y")
    return str(_shown(value))
