"""Date cells: real dates, Excel's day numbers and dates written as text."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from openpyxl.utils.datetime import from_excel

from rr_helpers.study.suggest import tidy
from rr_helpers.study.unreadable import MissingCode, Unreadable, missing_code

# Excel's day numbers from 1954 to 2119: a date whose cell lost its format.
SERIAL_DAYS = range(20_000, 80_000)
DATE_FORMATS = (
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d %b %Y",
    "%d %B %Y",
    "%Y/%m/%d",
)
YEARS = range(1900, 2101)
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
_SHORT_YEAR = re.compile(r"^\d{1,2}[/ .-](\d{1,2}|[A-Za-z]{3,9})[/ .-]\d{2}$")


def read_date(value: object, column: Mapping, epoch: datetime) -> datetime | MissingCode:
    """Read a day, first day then month; `epoch` is the workbook's day zero. Raises `Unreadable`.

    Times of day are dropped. A year of two digits is refused: nobody can know the century.
    """
    if isinstance(value, bool | time | timedelta):
        raise Unreadable("not a date", "Enter the day as dd/mm/yyyy")
    if isinstance(value, date):
        return _plausible(datetime(value.year, value.month, value.day))
    if isinstance(value, int | float):
        return _from_serial(value, epoch)
    missing = missing_code(value, column)
    return missing or _plausible(_date_from_text(tidy(value), epoch))


def _plausible(day: datetime) -> datetime:
    if day.year not in YEARS:
        raise Unreadable("impossible year", "Correct the year")
    return day


def _from_serial(number, epoch) -> datetime:
    if not SERIAL_DAYS.start <= number < SERIAL_DAYS.stop:
        raise Unreadable("not a date", "Enter the day as dd/mm/yyyy")
    day = from_excel(int(number), epoch)
    return datetime(day.year, day.month, day.day)


def _date_from_text(text: str, epoch) -> datetime:
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _from_serial(int(text), epoch)
    text = re.sub(r"\bSept\b", "Sep", _TIME_OF_DAY.sub("", text))
    if _SHORT_YEAR.match(text):
        raise Unreadable(
            "two-digit year", "Write the year with four digits, so that nobody has to guess it"
        )
    plain = _with_slashes(text)
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(plain, pattern)
        except ValueError:
            continue
    if re.match(r"^\d{1,2}/\d{1,2}/\d{4}$", plain):
        raise Unreadable(
            "no such day", "Correct the day: the day comes first, then the month (dd/mm/yyyy)"
        )
    raise Unreadable("not a date", "Enter the day as dd/mm/yyyy")


def _with_slashes(text: str) -> str:
    if re.match(r"^\d{1,2}[.-]\d{1,2}[.-]\d{4}$", text):
        return re.sub(r"[.-]", "/", text)
    if re.match(r"^\d{1,2}-[A-Za-z]+-\d{4}$", text):
        return text.replace("-", " ")
    return text
