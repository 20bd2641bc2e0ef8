"""A programme theory beside what was seen: what it expects, what the data show, how sure."""

from collections.abc import Mapping

from rr_helpers.errors import UserError
from rr_helpers.report.findings import STRENGTHS
from rr_helpers.report.markup import bundle, escape, stacked_html
from rr_helpers.report.sentences import (
    fill_sentence,
    refuse_typed_numbers,
    require_text,
    safe_numbers,
)

NOT_OBSERVABLE = "not observable"
_SURE = {**STRENGTHS, NOT_OBSERVABLE: "Not observable in this study"}
_KEYS = ("expects", "seen", "numbers", "fits", "strength", "plan")
_FITS = {
    "supports": "Fits the theory",
    "contradicts": "Speaks against the theory",
    "mixed": "Could go either way",
    "silent": "Silent, or too few to say",
}
_HEADINGS = ("Mechanism", "What the theory expects to see", "What was seen", "How sure we are")


class TheoryTable:
    """Mechanisms of a programme theory, each with its expected trace and what was seen of it.

    rows: mechanism to a mapping with exactly the keys expects (words); seen (a template such as
    ``"The share went from {first} to {last}."``); numbers (the safe number for each name, or {});
    fits (``"supports"``, ``"contradicts"``, ``"mixed"`` or ``"silent"``, as `Number.direction` of
    the publish room reads it off an interval); strength (a key of `STRENGTHS`, or `NOT_OBSERVABLE`,
    which takes no numbers); plan (the id in the analysis plan, or None for exploratory). Where the
    numbers are silent the strength shown is ``"insufficient"``, whatever was given. Raises
    UserError naming the row at fault, DisclosureError for a number that was not cleared.
    """

    def __init__(self, rows: Mapping[str, Mapping], *, title: str, note: str = ""):
        self.title = _words(title, "TheoryTable, title")
        place = f"TheoryTable '{self.title}'"
        note = fill_sentence(note, {}, place=place)
        self._cleared = []
        lines = "".join(self._row(name, row, f"{place}, '{name}'") for name, row in rows.items())
        self.html = stacked_html(self.title, _HEADINGS, lines, note, more="rr-theory")

    def __repr__(self) -> str:
        return f"<TheoryTable '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Table", self.title, self.html, cleared=self._cleared)

    def _row(self, name: str, row: Mapping, place: str) -> str:
        _check(row, place)
        seen = fill_sentence(row["seen"], row["numbers"], place=f"{place}, seen")
        self._cleared += safe_numbers(row["numbers"])
        expects = escape(_words(row["expects"], f"{place}, expects"))
        cells = (expects, escape(seen), _how_sure(row))
        shown = "".join(
            f'<td role="cell" data-label="{label}">{cell}</td>'
            for label, cell in zip(_HEADINGS[1:], cells, strict=True)
        )
        heading = escape(_words(name, f"{place}, mechanism"))
        return f'<tr role="row"><th scope="row" role="rowheader">{heading}</th>{shown}</tr>'


def _how_sure(row: Mapping) -> str:
    if row["strength"] == NOT_OBSERVABLE:
        return f"<p>{_SURE[NOT_OBSERVABLE]}.</p>"
    strength = "insufficient" if row["fits"] == "silent" else row["strength"]
    planned = f"Planned analysis {row['plan']}" if row["plan"] else "Exploratory: not in the plan"
    words = (f"{_FITS[row['fits']]}.", f"{_SURE[strength]}.", f"{planned}.")
    return "".join(f"<p>{escape(text)}</p>" for text in words)


def _check(row: Mapping, place: str) -> None:
    if set(row) != set(_KEYS):
        raise UserError(
            place=place,
            found=f"keys {', '.join(row)}",
            expected=f"exactly {', '.join(_KEYS)}",
            cure="Fill in what is missing; numbers={} where there are none",
        )
    for key, allowed in (("strength", _SURE), ("fits", _FITS)):
        if row[key] not in allowed:
            raise UserError(
                place=f"{place}, {key}",
                found=f"'{row[key]}'",
                expected=f"one of {', '.join(allowed)}",
                cure="Choose one",
            )
    if row["strength"] == NOT_OBSERVABLE and row["numbers"]:
        raise UserError(
            place=place,
            found=f"numbers of what is '{NOT_OBSERVABLE}'",
            expected="words that say which record is missing",
            cure="Take the numbers out, or say how sure they make us",
        )


def _words(text: str, place: str) -> str:
    text = require_text(text, "words", place=place)
    refuse_typed_numbers(text, place=place)
    return text
