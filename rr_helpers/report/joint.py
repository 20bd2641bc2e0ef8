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
from rr_helpers.report.markup import bundle, escape, stacked_html
from rr_helpers.report.quote_card import quote_html
from rr_helpers.report.sentences import (
    fill_sentence,
    refuse_typed_numbers,
    require_text,
    safe_numbers,
)

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
NONE_QUOTABLE = "none that may be quoted"
CONFIDENCE = {
    "high": "high",
    "moderate": "moderate",
    "low": "low",
    "very_low": "very low",
    "": "not judged yet",
}
_KEYS = ("theme", "quantitative", "qualitative", "exemplar", "contrary", "integration")
_KEYS += ("proposal", "reason", "inference", "confidence")
_HEADINGS = (
    "Theme",
    "Numbers",
    "What was said",
    "For it, in their words",
    "Against it, in their words",
    "How far they agree",
    "What we make of it",
)
_MOST_ROWS_OF_A_TABLE = 6


class JointDisplay:
    """Rows of theme, numbers, words for and against, integration and inference.

    rows: mappings with exactly the keys theme; quantitative (SafeEstimate, released number,
    Finding, or a pair of a template and its safe numbers); qualitative (SafeTable of counts,
    released number, words without digits, or such a pair); exemplar and contrary
    (ClearedQuotation, or the words "none found" or "none that may be quoted"); integration (the
    team's call) and proposal (the computed one), keys of `INTEGRATION`; reason and inference
    (words without digits; reason may be empty); confidence (a key of `CONFIDENCE`). Raises
    UserError naming the row at fault.
    """

    def __init__(self, rows: Sequence[Mapping], *, title: str, note: str = ""):
        self.title = _words(title, "JointDisplay, title")
        place = f"JointDisplay '{self.title}'"
        note = fill_sentence(note, {}, place=place)
        self._cleared = []
        lines = [self._row(row, f"{place}, row {n}") for n, row in enumerate(rows, start=1)]
        self.html = stacked_html(self.title, _HEADINGS, "".join(lines), note)

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
            self._quotation(row["exemplar"], f"{place}, exemplar"),
            self._quotation(row["contrary"], f"{place}, contrary"),
            integration_html(row, place),
            inference_html(row, place),
        ]
        shown = "".join(
            f'<td role="cell" data-label="{label}">{cell}</td>'
            for label, cell in zip(_HEADINGS[1:], cells, strict=True)
        )
        return f'<tr role="row"><th scope="row" role="rowheader">{escape(theme)}</th>{shown}</tr>'

    def _evidence(self, item, place: str, *, words: bool) -> str:
        if words and isinstance(item, str):
            return escape(_words(item, place))
        if isinstance(item, tuple):
            template, numbers = item
            self._cleared += safe_numbers(numbers)
            return escape(fill_sentence(template, numbers, place=place))
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

    def _quotation(self, said, place: str) -> str:
        if isinstance(said, str) and said in (NONE_FOUND, NONE_QUOTABLE):
            return f'<p class="rr-none">{said[:1].upper()}{said[1:]}</p>'
        require_cleared(said, place)
        if not isinstance(said, ClearedQuotation):
            raise UserError(
                place=place,
                found=f"a {type(said).__name__}",
                expected="a cleared quotation",
                cure=f"Give one, or '{NONE_FOUND}'",
            )
        self._cleared.append(said)
        return quote_html(said)


def integration_html(row: Mapping, place: str) -> str:
    """Return the team's call with its letter, the computed proposal under it, and the reason."""
    call, proposal = (_one_of(row[key], INTEGRATION, f"{place}, {key}") for key in _CALLS)
    reason = _words(row["reason"], f"{place}, reason") if row["reason"] else ""
    return (
        f'<p><span class="rr-integration rr-integration-{call}"><span class="rr-letter" '
        f'aria-hidden="true">{call[0].upper()}</span> {escape(INTEGRATION[call])}</span></p>'
        + (f"<p>{escape(reason)}</p>" if reason else "")
        + f"<p>Computed from the evidence: {escape(_lower(INTEGRATION[proposal]))}.</p>"
    )


def inference_html(row: Mapping, place: str) -> str:
    """Return what the team makes of both, and how sure it is."""
    confidence = CONFIDENCE[_one_of(row["confidence"], CONFIDENCE, f"{place}, confidence")]
    return (
        f"<p><strong>{escape(_words(row['inference'], f'{place}, inference'))}</strong></p>"
        f"<p>Confidence: {confidence}.</p>"
    )


_CALLS = ("integration", "proposal")


def _one_of(value: str, allowed: Mapping[str, str], place: str) -> str:
    if value not in allowed:
        found, expected = f"'{value}'", f"one of {', '.join(filter(None, allowed))}"
        raise UserError(place=place, found=found, expected=expected, cure="Choose one")
    return value


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


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
