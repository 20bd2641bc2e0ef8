"""A joint display: numbers beside words, and how far they agree."""

from collections.abc import Mapping, Sequence

from rr_helpers.disclosure.figures import (
    ALL,
    ReleasedCount,
    ReleasedFigure,
    SafeEstimate,
    show_figure,
)
from rr_helpers.disclosure.quotes import ClearedQuotation
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.stamp import require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.findings import Finding
from rr_helpers.report.markup import bundle, escape
from rr_helpers.report.quote_card import quote_html
from rr_helpers.report.sentences import fill_sentence, refuse_typed_numbers, require_text

# The four codes of the triangulation protocol (Farmer et al. 2006, Qual Health Res 16: 377-394),
# and one for a row that waits for the team's judgement.
INTEGRATION = {
    "agreement": "Agreement",
    "partial": "Partial agreement",
    "silence": "Silence: one kind of evidence only",
    "dissonance": "Dissonance",
    "open": "Not judged yet",
}
NONE_FOUND = "none found"
_KEYS = ("theme", "quantitative", "qualitative", "exemplar", "contrary", "integration", "inference")
_HEADINGS = (
    "Theme",
    "Numbers",
    "What was said",
    "In their words",
    "Integration",
    "What we make of it",
)
_MOST_ROWS_OF_A_TABLE = 6


class JointDisplay:
    """Rows of theme, numbers, words, integration and inference, readable on a phone.

    rows: mappings with exactly the keys theme; quantitative (SafeEstimate, released number or
    Finding); qualitative (SafeTable of counts, released number, or words without digits); exemplar
    and contrary (ClearedQuotation, or the words "none found"); integration (a key of
    `INTEGRATION`); inference (words without digits). Raises UserError naming the row at fault.
    """

    def __init__(self, rows: Sequence[Mapping], *, title: str, note: str = ""):
        self.title = _words(title, "JointDisplay, title")
        place = f"JointDisplay '{self.title}'"
        note = fill_sentence(note, {}, place=place)
        self._cleared = []
        lines = [self._row(row, f"{place}, row {n}") for n, row in enumerate(rows, start=1)]
        head = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in _HEADINGS)
        notes = f'<div class="rr-notes"><p>{escape(note)}</p></div>' if note else ""
        # Explicit roles keep it a table for screen readers where a phone's style stacks the cells.
        self.html = (
            f'<div class="rr-exhibit"><table class="rr-joint" role="table">'
            f"<caption>{escape(self.title)}</caption>"
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
            f'<tbody role="rowgroup">{"".join(lines)}</tbody></table>{notes}</div>'
        )

    def __repr__(self) -> str:
        return f"<JointDisplay '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Joint display", self.title, self.html, cleared=self._cleared)

    def _row(self, row: Mapping, place: str) -> str:
        if set(row) != set(_KEYS):
            raise UserError(
                place=place,
                found=f"keys {', '.join(row)}",
                expected=f"exactly {', '.join(_KEYS)}",
                cure="Fill in what is missing; write 'none found' where no quotation was found",
            )
        theme = _words(row["theme"], f"{place}, theme")
        cells = [
            self._evidence(row["quantitative"], f"{place}, quantitative", words=False),
            self._evidence(row["qualitative"], f"{place}, qualitative", words=True),
            self._quotations(row, place),
            _integration(row["integration"], place),
            f"<strong>{escape(_words(row['inference'], f'{place}, inference'))}</strong>",
        ]
        shown = "".join(
            f'<td role="cell" data-label="{label}">{cell}</td>'
            for label, cell in zip(_HEADINGS[1:], cells, strict=True)
        )
        return f'<tr role="row"><th scope="row" role="rowheader">{escape(theme)}</th>{shown}</tr>'

    def _evidence(self, item, place: str, *, words: bool) -> str:
        if words and isinstance(item, str):
            return escape(_words(item, place))
        if isinstance(item, Finding):
            self._cleared += item._cleared
            return escape(item.sentence)
        require_cleared(item, place)
        self._cleared.append(item)
        if isinstance(item, SafeTable):
            return _short_list(item, place)
        if isinstance(item, SafeEstimate):
            return escape(item)
        if isinstance(item, ReleasedCount | ReleasedFigure):
            return escape(item.text)
        raise UserError(
            place=place, found="a quotation", expected="a number", cure="Move it to exemplar"
        )

    def _quotations(self, row: Mapping, place: str) -> str:
        parts = []
        for key, label in (("exemplar", "For"), ("contrary", "Against")):
            said = row[key]
            if said == NONE_FOUND:
                parts.append(f"<div><p>{label}: {NONE_FOUND}</p></div>")
                continue
            require_cleared(said, f"{place}, {key}")
            if not isinstance(said, ClearedQuotation):
                raise UserError(
                    place=f"{place}, {key}",
                    found=f"a {type(said).__name__}",
                    expected="a cleared quotation",
                    cure=f"Give one, or '{NONE_FOUND}'",
                )
            self._cleared.append(said)
            parts.append(f"<div><p>{label}:</p>{quote_html(said)}</div>")
        return "".join(parts)


def _integration(call: str, place: str) -> str:
    if call not in INTEGRATION:
        raise UserError(
            place=f"{place}, integration",
            found=f"'{call}'",
            expected=f"one of {', '.join(INTEGRATION)}",
            cure="Choose one",
        )
    return (
        f'<span class="rr-integration rr-integration-{call}"><span class="rr-letter" '
        f'aria-hidden="true">{call[0].upper()}</span> {escape(INTEGRATION[call])}</span>'
    )


def _short_list(table: SafeTable, place: str) -> str:
    if len(table.row_labels) > _MOST_ROWS_OF_A_TABLE:
        raise UserError(
            place=place,
            found=f"a table of {len(table.row_labels)} rows",
            expected=f"at most {_MOST_ROWS_OF_A_TABLE}",
            cure="Pick the rows that bear on this theme: table.rows([...])",
        )
    # A table of one column speaks of that column; any other of everyone.
    column = table.column_labels[0] if len(table.column_labels) == 1 else table.grid.columns[-1]
    items = "".join(
        f"<li>{escape(row)}: {escape(show_figure(table.value(row, column)))}</li>"
        for row in table.row_labels
    )
    return f'<ul class="rr-counts-list">{items}</ul>{_base(table, column)}'


def _base(table: SafeTable, column: str) -> str:
    if table.kind != "counts":
        return ""
    base = table.value(ALL, column) if ALL in table.grid.index else table.total
    whom = table.of if column == ALL else f"{table.of}, {column}"
    return f"<p>of {base.text} {escape(whom)}</p>"


def _words(text, place: str) -> str:
    text = require_text(text, "words", place=place)
    refuse_typed_numbers(text, place=place)
    return text
