"""What could name a person: details in free text, names and bare numbers for codes."""

import re
from collections.abc import Iterator

import pandas as pd

from rr_helpers.study.breach import Breach, Readings

PERSONAL_DETAILS = {
    "a telephone number": re.compile(
        r"(?<![\d-])(?:\+44[\s()-]*0?[\s()-]*|0)(?:\d[\s()-]*){9,10}(?!\d)"
    ),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    # Not "D1 2nd", which has a postcode's shape.
    "a postcode": re.compile(
        r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d(?!(?-i:nd|rd|st|th)\b)[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE
    ),
    "a ten-digit number like an NHS number": re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b"),
}
_SHORT_NUMBER = re.compile(r"^\d{1,4}$")
_TWO_NAMES = re.compile(r"^[A-Z][a-z'’-]+ [A-Z][a-z'’-]+$")


def find_personal_details(readings: Readings) -> Iterator[Breach]:
    """Free text holds no telephone numbers or the like; the place is told, never the text."""
    for name, reading in readings.items():
        for column in reading.table.columns:
            if reading.table.column(column)["type"] == "text":
                yield from _details_in(reading.frame[column].dropna(), name)


def _details_in(texts: pd.Series, table: str) -> Iterator[Breach]:
    for index, text in texts.items():
        for what, pattern in PERSONAL_DETAILS.items():
            if pattern.search(text):
                yield Breach(
                    table=table,
                    index=index,
                    column=texts.name,
                    found=f"{texts.name} seems to hold {what}",
                    expected="text without personal details",
                    cure="Take it out of the workbook, unless it is something else",
                )
                break


def find_names_for_codes(readings: Readings) -> Iterator[Breach]:
    """People are named by codes; something like a first and a last name is a slip."""
    for name, reading in readings.items():
        column = reading.table.subject
        if column is None:
            continue
        people = reading.frame[column].dropna()
        for index in people.index[people.map(lambda code: bool(_TWO_NAMES.match(code)))]:
            yield Breach(
                table=name,
                index=index,
                column=column,
                found=f"{column} looks like a person's name",
                expected="a code without names",
                cure="Replace the name by the person's code in every workbook",
            )


def count_short_numbers(readings: Readings) -> Iterator[Breach]:
    """A code that is a short number cannot be told from a count when pages are searched for it."""
    for name, reading in readings.items():
        column = reading.table.subject
        if column is None:
            continue
        short = reading.frame[column].dropna().map(lambda code: bool(_SHORT_NUMBER.match(code)))
        if short.any():
            yield Breach(
                table=name,
                found=f"{int(short.sum())} codes in {column} are short numbers",
                expected="codes that cannot be taken for a count, such as YP0012",
                cure="Put letters before the number, in every workbook; until then published pages "
                "cannot be searched for these codes",
            )
