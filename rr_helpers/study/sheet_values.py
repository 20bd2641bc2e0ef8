"""What stands in the cells of a sheet, read once, by openpyxl's rules and Python's XML reader in C.

openpyxl itself reads through defusedxml, which is plain Python and takes most of the time, and
reads a sheet with formulas three times over. What defusedxml refuses, a document type, has been
refused before (see `refusals`).
"""

from collections.abc import Iterator
from functools import cache
from typing import BinaryIO
from xml.etree.ElementTree import iterparse

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet._reader import (
    CELL_TAG,
    FORMULA_TAG,
    INLINE_STRING,
    MERGE_TAG,
    ROW_TAG,
    VALUE_TAG,
    WorkSheetParser,
)

MOST_CELLS = 16_384  # of a row: Excel's last column is XFD
TEXT_TAG = VALUE_TAG[:-1] + "t"
MOST_KNOWN = 100_000  # values remembered of a sheet, so that memory does not grow with it
_INSIDE_A_CELL = {VALUE_TAG, FORMULA_TAG, INLINE_STRING, TEXT_TAG}


class SheetValues(WorkSheetParser):
    """The values of a sheet, and what was seen beside them once every row was taken.

    source: the XML of the sheet. book: the workbook, opened by openpyxl for reading only. merged,
    hidden_rows, uncached: as in `files.RawSheet`.
    """

    def __init__(self, source: BinaryIO, book, shared_strings: list[str]):
        super().__init__(
            source,
            shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self.merged: list[str] = []
        self.hidden_rows: set[int] = set()
        self.uncached: set[str] = set()
        self._known: dict[tuple, object] = {}

    def rows(self) -> Iterator[tuple[int, tuple]]:
        """Yield (number, values) of each row of the sheet, from column A; ValueError for one that
        is longer than any spreadsheet program can make.
        """
        cells = last = 0
        for _, element in iterparse(self.source):
            tag = element.tag
            if tag in _INSIDE_A_CELL:
                continue
            if tag == CELL_TAG:
                cells += 1
                if cells > MOST_CELLS:
                    raise ValueError(f"a row of more than {MOST_CELLS} cells")
            elif tag == ROW_TAG:
                number, values = self._values(element)
                cells = 0
                element.clear()
                if number > last:  # openpyxl passes over a row that comes too late
                    last = number
                    yield number, values
            elif tag == MERGE_TAG:
                self.merged += [part.get("ref", "") for part in element]

    def _values(self, row) -> tuple[int, tuple]:
        number, cells = self.parse_row(row)
        if row.get("hidden") in ("1", "true"):
            self.hidden_rows.add(number)
        values = [None] * max((cell["column"] for cell in cells), default=0)
        for cell, element in zip(cells, row, strict=True):
            values[cell["column"] - 1] = cell["value"]
            if cell["value"] is None and element.find(FORMULA_TAG) is not None:
                self.uncached.add(f"{get_column_letter(cell['column'])}{number}")
        return number, tuple(values)

    def parse_cell(self, element):
        """Return what openpyxl does; what most of a sheet consists of, the short way.

        That is text without formatting, and whatever was met before in the same style.
        """
        place, inside = element.get("r"), element[0] if len(element) == 1 else None
        if inside is None or not place or place.isalpha():
            return super().parse_cell(element)
        if inside.tag == VALUE_TAG:
            key = element.get("t"), element.get("s"), inside.text
            if key not in self._known:
                parsed = super().parse_cell(element)
                if len(self._known) < MOST_KNOWN:
                    self._known[key] = parsed["value"]
                return parsed
            value = self._known[key]
        elif inside.tag == INLINE_STRING and len(inside) == 1 and _is_plain(inside[0]):
            value = inside[0].text or ""
        else:
            return super().parse_cell(element)
        self.col_counter = _column(place.rstrip("0123456789"))
        return {"column": self.col_counter, "value": value}


def _is_plain(text) -> bool:
    return text.tag == TEXT_TAG and not len(text)


_column = cache(column_index_from_string)
