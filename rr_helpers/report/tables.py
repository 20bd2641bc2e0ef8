"""A table on a page."""

from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.stamp import require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.markup import bundle, notes_html, table_html
from rr_helpers.report.sentences import fill_sentence, safe_numbers


class Table:
    """A SafeTable as an HTML table with caption, notes, marks, denominator and source.

    note: a sentence under the table; its numbers come from `numbers`, as in a Finding. A DataFrame
    is refused with DisclosureError.
    """

    def __init__(self, safe: SafeTable, *, note: str = "", numbers: dict | None = None):
        place = "Table"
        if not isinstance(safe, SafeTable):
            refuse_unprotected(safe, place)
        note = fill_sentence(note, numbers, place=f"{place} '{safe.title}', note", tables=[safe])
        self.title = safe.title
        self.html = f'<div class="rr-exhibit">{table_html(safe)}{notes_html(safe, note=note)}</div>'
        self._cleared = [safe, *safe_numbers(numbers)]

    def __repr__(self) -> str:
        return f"<Table '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Table", self.title, self.html, cleared=self._cleared)


def refuse_unprotected(thing, place: str) -> None:
    """Raise for anything but a SafeTable: DisclosureError for what was not cleared."""
    require_cleared(thing, place)
    raise UserError(
        place=place,
        found=f"a {type(thing).__name__}",
        expected="a SafeTable",
        cure="Give the whole table; single numbers go into a Finding or Measures",
    )
