"""A table whose cells come from several released tables, to be read side by side."""

from collections.abc import Mapping

from rr_helpers.disclosure.figures import ReleasedCount, ReleasedFigure
from rr_helpers.disclosure.stamp import require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.markup import bundle, escape
from rr_helpers.report.sentences import fill_sentence, refuse_typed_numbers, require_text


class ComposedTable:
    """Released counts by row and column, with what each column is a part of in the last row.

    rows: row label to (column heading to released count or percentage), the same headings in every
    row. wholes: column heading to the released count that the column is a part of. row_name heads
    the labels. Raises UserError for unlike headings, DisclosureError for a cell not cleared.
    """

    def __init__(
        self,
        rows: Mapping[str, Mapping[str, ReleasedCount | ReleasedFigure]],
        *,
        title: str,
        row_name: str,
        wholes: Mapping[str, ReleasedCount] | None = None,
        note: str = "",
    ):
        self.title = require_text(title, "title", place="ComposedTable")
        place = f"ComposedTable '{self.title}'"
        refuse_typed_numbers(self.title, place=place)
        lines = dict(rows) | ({"Of all": wholes} if wholes else {})
        heads = list(next(iter(lines.values()), {}))
        self._cleared = []
        for label, cells in lines.items():
            _check(label, cells, heads, place)
            self._cleared += cells.values()
        note = fill_sentence(note, {}, place=place)
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (row_name, *heads))
        body = "".join(
            _line(label, cells, total=label == "Of all" and bool(wholes))
            for label, cells in lines.items()
        )
        notes = f'<div class="rr-notes"><p>{escape(note)}</p></div>' if note else ""
        self.html = (
            f'<div class="rr-exhibit"><div class="rr-scroll" tabindex="0" role="group" '
            f'aria-label="Table: {escape(self.title)}"><table class="rr-table rr-composed">'
            f"<caption>{escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{notes}</div>"
        )

    def __repr__(self) -> str:
        return f"<ComposedTable '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Table", self.title, self.html, cleared=self._cleared)


def _check(label: str, cells: Mapping, heads: list[str], place: str) -> None:
    if list(cells) != heads:
        raise UserError(
            place=f"{place}, '{label}'",
            found=f"the columns {', '.join(cells)}",
            expected=f"the columns of the first row: {', '.join(heads)}",
            cure="Give every row the same columns",
        )
    for head, cell in cells.items():
        require_cleared(cell, f"{place}, '{label}', {head}")
        if not isinstance(cell, ReleasedCount | ReleasedFigure):
            raise UserError(
                place=f"{place}, '{label}', {head}",
                found=f"a {type(cell).__name__}",
                expected="a released count or percentage",
                cure="Take one from a released table: table.count(…)",
            )


def _line(label: str, cells: Mapping, *, total: bool) -> str:
    shown = "".join(f'<td class="rr-number">{escape(cell.text)}</td>' for cell in cells.values())
    mark = ' class="rr-total"' if total else ""
    return f'<tr{mark}><th scope="row">{escape(label)}</th>{shown}</tr>'
