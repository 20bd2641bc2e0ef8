"""Findings by method: what each method says of each, how far they agree, and the team's call."""

from collections.abc import Iterable, Mapping, Sequence

from rr_helpers.disclosure.stamp import Cleared, require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.joint import inference_html, integration_html
from rr_helpers.report.markup import bundle, escape, make_id
from rr_helpers.report.sentences import fill_sentence, refuse_typed_numbers, require_text

# What a method says of a theme, as a cell shows it and as the words under the matrix tell it.
DIRECTIONS = {
    "supports": ("For", "Speak for it"),
    "contradicts": ("Against", "Speak against it"),
    "mixed": ("Mixed", "Go both ways, or could go either way"),
    "silent": ("Silent", "Silent, or too few to say"),
}
_KEYS = {"theme", "says", "integration", "proposal", "reason", "inference", "confidence"}


class TriangulationMatrix:
    """Themes by methods, and under it each theme in words: calls, reasons, who is silent.

    rows: mappings with exactly the keys theme (words); says (method to a key of `DIRECTIONS`, the
    same methods in every row); integration, proposal, reason, inference and confidence as for
    JointDisplay. evidence: what the cells were derived from, each cleared. Raises UserError naming
    the row at fault, DisclosureError for evidence that was not cleared.
    """

    def __init__(
        self, rows: Sequence[Mapping], *, title: str, evidence: Iterable[Cleared], note: str = ""
    ):
        self.title = _words(title, "TriangulationMatrix, title")
        place = f"TriangulationMatrix '{self.title}'"
        self._cleared = list(evidence)
        for item in self._cleared:
            require_cleared(item, f"{place}, evidence")
        rows = [_checked(row, f"{place}, row {number}") for number, row in enumerate(rows, 1)]
        methods = list(rows[0]["says"]) if rows else []
        for row in rows:
            if list(row["says"]) != methods:
                raise UserError(
                    place=f"{place}, '{row['theme']}'",
                    found=f"the methods {', '.join(row['says'])}",
                    expected=f"the methods of the first row: {', '.join(methods)}",
                    cure="Say of every method what it says, or that it is silent",
                )
        note = fill_sentence(note, {}, place=place)
        told = "".join(_told(row, f"{place}, '{row['theme']}'") for row in rows)
        notes = f'<div class="rr-notes"><p>{escape(note)}</p></div>' if note else ""
        self.html = f'<div class="rr-exhibit">{self._matrix(rows, methods)}{notes}{told}</div>'

    def __repr__(self) -> str:
        return f"<TriangulationMatrix '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Joint display", self.title, self.html, cleared=self._cleared)

    def _matrix(self, rows: list[Mapping], methods: list[str]) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("Theme", *methods))
        lines = "".join(
            f'<tr><th scope="row">{escape(row["theme"])}</th>'
            + "".join(
                f'<td class="rr-says rr-says-{said}">{DIRECTIONS[said][0]}</td>'
                for said in row["says"].values()
            )
            + "</tr>"
            for row in rows
        )
        return (
            f'<div class="rr-scroll" tabindex="0" role="group" aria-label="Matrix: '
            f'{escape(self.title)}"><table class="rr-table rr-matrix">'
            f"<caption>{escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
        )


def _checked(row: Mapping, place: str) -> Mapping:
    if set(row) != _KEYS:
        raise UserError(
            place=place,
            found=f"keys {', '.join(row)}",
            expected=f"exactly {', '.join(sorted(_KEYS))}",
            cure="Fill in what is missing",
        )
    _words(row["theme"], f"{place}, theme")
    for method, said in row["says"].items():
        _words(method, f"{place}, says")
        if said not in DIRECTIONS:
            raise UserError(
                place=f"{place}, {method}",
                found=f"'{said}'",
                expected=f"one of {', '.join(DIRECTIONS)}",
                cure="Choose one",
            )
    return row


def _told(row: Mapping, place: str) -> str:
    label = make_id("theme", row["theme"])
    by_direction = [
        (words, [method for method, said in row["says"].items() if said == direction])
        for direction, (_, words) in DIRECTIONS.items()
    ]
    said = "".join(
        f"<li>{words}: {escape('; '.join(methods))}.</li>"
        for words, methods in by_direction
        if methods
    )
    return (
        f'<section class="rr-triangulated" aria-labelledby="{label}">'
        f'<h3 id="{label}">{escape(row["theme"])}</h3>'
        f"{integration_html(row, place)}{inference_html(row, place)}"
        f'<ul class="rr-counts-list">{said}</ul></section>'
    )


def _words(text, place: str) -> str:
    text = require_text(text, "words", place=place)
    refuse_typed_numbers(text, place=place)
    return text
