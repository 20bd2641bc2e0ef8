"""From what stands in a cell to a clean value of its column, or to what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

import numpy as np
from openpyxl.utils.datetime import WINDOWS_EPOCH

from rr_helpers.study.coded_values import coded_reader
from rr_helpers.study.dates import read_date
from rr_helpers.study.suggest import tidy
from rr_helpers.study.unreadable import (
    MissingCode,
    Unreadable,
    as_text,
    is_blank,
    missing_code,
)

EXCEL_ERRORS = {
    "#N/A",
    "#REF!",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
}
LARGEST = 1e15
_PLAIN_NUMBER = re.compile(r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$")


def reader(column: Mapping, *, epoch: datetime = WINDOWS_EPOCH) -> Callable[[object], object]:
    """Return the function that reads one cell of a column.

    It returns a clean value, NaN for a blank cell or a `MissingCode`; it raises `Unreadable`.
    Each distinct content is read once.
    """
    read = {
        "identifier": _read_identifier,
        "text": _read_text,
        "coded": coded_reader(column) if column["type"] == "coded" else None,
        "date": lambda value: read_date(value, column, epoch),
        "number": lambda value: _read_number(value, column),
        "whole number": lambda value: _read_number(value, column),
    }[column["type"]]
    known: dict = {}

    def read_cell(value):
        # True equals 1 in Python, so the type belongs to the key.
        key = (type(value), value)
        if key not in known:
            known[key] = np.nan if is_blank(value) else read(_refuse_error(value))
        return known[key]

    return read_cell


def _refuse_error(value):
    if isinstance(value, str) and value.strip().upper() in EXCEL_ERRORS:
        raise Unreadable("Excel error", "Mend the formula, or enter the value itself")
    return value


def _read_identifier(value) -> str:
    if isinstance(value, datetime | date | time | timedelta):
        raise Unreadable(
            "code turned into a date",
            "Excel made a date of the code: format the column as Text, then enter it again",
        )
    return as_text(value)


def _read_text(value) -> str:
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    return value.strip() if isinstance(value, str) else as_text(value)


def _read_number(value, column) -> float | MissingCode:
    if isinstance(value, bool):
        raise Unreadable("not a number", "Enter the number itself")
    if isinstance(value, int | float):
        if abs(value) > LARGEST:
            raise Unreadable("not a number", "Enter the number itself")
        return _checked_whole(float(value), column)
    if isinstance(value, datetime | date | time | timedelta):
        raise Unreadable(
            "number turned into a date",
            "Format the cell as General, then enter the number again",
        )
    missing = missing_code(value, column)
    if missing:
        return missing
    text = tidy(value)
    if not _PLAIN_NUMBER.match(text):
        cure = "Enter the number without a sign for per cent" if "%" in text else ""
        raise Unreadable("not a number", cure or "Enter digits only, or clear the cell")
    return _checked_whole(float(text.replace(",", "")), column)


def _checked_whole(number: float, column) -> float:
    if column["type"] == "whole number" and not number.is_integer():
        raise Unreadable("not a whole number", "Enter a whole number, without decimals")
    return number
