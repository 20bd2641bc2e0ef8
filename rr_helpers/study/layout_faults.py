"""Faults of how a sheet is laid out: merged cells, hidden rows, unnamed columns, too many rows."""

from collections.abc import Mapping

from openpyxl.utils import get_column_letter, range_boundaries

from rr_helpers.errors import Fault
from rr_helpers.study.files import MOST_ROWS, RawSheet
from rr_helpers.study.headers import Header
from rr_helpers.study.unreadable import is_blank


def merged_faults(sheet: RawSheet, header: Header, place: Mapping[str, str]) -> list[Fault]:
    """Return an error for each merged range among the rows, a warning for one in the header."""
    faults = []
    for ref in sheet.merged:
        left, top, right, bottom = range_boundaries(ref)
        inside = any(left <= p + 1 <= right for p in header.positions.values())
        if bottom < header.row or not inside or (top <= header.row and left == right):
            continue
        in_header = top <= header.row
        faults.append(
            Fault(
                kind="merged header cells" if in_header else "merged cells",
                found="cells are merged, so that only the first of them holds a value",
                expected="one cell for each column" if in_header else "a value in each cell",
                cure="Unmerge the cells and give each column its own name"
                if in_header
                else "Unmerge the cells and fill in each of them",
                cell=ref,
                severity="warning" if in_header else "error",
                **place,
            )
        )
    return faults


def hidden_row_faults(sheet: RawSheet, body: list, place: Mapping[str, str]) -> list[Fault]:
    """Return a warning where rows with data are hidden."""
    hidden = sheet.hidden_rows & {number for number, _ in body}
    if not hidden:
        return []
    return [
        Fault(
            kind="hidden rows",
            found=f"{len(hidden)} rows with data are hidden, by a filter or by hand",
            expected="rows that everyone can see",
            cure="They were read. Clear the filter; take out rows that should not be used",
            severity="warning",
            **place,
        )
    ]


def unnamed_columns(sheet: RawSheet, header: Header, place: Mapping[str, str]) -> list[Fault]:
    """Return a warning for each column with values under an empty header."""
    headers = dict(sheet.rows)[header.row]
    named = {position for position, value in enumerate(headers) if not is_blank(value)}
    unnamed = {
        position
        for number, values in sheet.rows
        if number > header.row
        for position, value in enumerate(values)
        if position not in named and not is_blank(value)
    }
    return [
        Fault(
            kind="column without a name",
            found="there are values under an empty header",
            expected="a name above each column",
            cure="They were not read. Name the column, or take the values out",
            cell=f"{get_column_letter(position + 1)}{header.row}",
            severity="warning",
            **place,
        )
        for position in sorted(unnamed)
    ]


def too_many_rows(place: Mapping[str, str]) -> Fault:
    """Return the error that a sheet has more rows than a year's records."""
    return Fault(
        kind="too many rows",
        found=f"there are more than {MOST_ROWS:,} filled rows",
        expected="one row for each record",
        cure="Take out rows that were filled down by mistake",
        **place,
    )
