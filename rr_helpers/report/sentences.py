"""Sentences whose numbers are put in from what is safe, never typed."""

import re
import string
from collections.abc import Iterable, Mapping

from rr_helpers.disclosure.figures import ReleasedCount, ReleasedFigure, SafeEstimate
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import DisclosureError, UserError

SafeNumber = SafeEstimate | ReleasedCount | ReleasedFigure
# Digits that are names or definitions, never results: questions, mechanisms, levels and domains of
# the framework, the usual confidence level, the programme's age groups.
NAMES_WITH_DIGITS = re.compile(
    r"\bQ[1-4]\b|\bTN[1-7]\b|\bD[1-4]\b|\b95 ?%"
    r"|\blevels? [12]( (and|or) 2)?\b|\bdomains? [1-4]( (and|or|to) [2-4])?\b"
    r"|\bunder[ -]18s?\b|\b18( to |–|-)25s?\b|\b18th birthday\b",
    re.IGNORECASE,
)


def fill_sentence(
    template: str,
    numbers: Mapping[str, object] | None = None,
    *,
    place: str,
    tables: Iterable[SafeTable] = (),
) -> str:
    """Return the template with each ``{name}`` replaced by the safe number of that name.

    numbers: SafeEstimate, ReleasedCount or ReleasedFigure by name; also words, which may hold
    digits only where they are a label or title of one of `tables`. Raises UserError for a digit
    typed into the template, a name without number or a number without name, and DisclosureError for
    a number that did not come through the gate.
    """
    numbers = dict(numbers or {})
    names = _names(template, place)
    refuse_typed_numbers(template, place=place)
    if names != set(numbers):
        missing, idle = sorted(names - set(numbers)), sorted(set(numbers) - names)
        raise UserError(
            place=place,
            found=f"names without a number: {missing or 'none'}; numbers unused: {idle or 'none'}",
            expected="one safe number for each {name} in the sentence",
            cure="Make names and numbers agree",
        )
    labels = _labels(tables)
    words = {
        name: _in_words(value, labels, f"{place}, {{{name}}}") for name, value in numbers.items()
    }
    return template.format_map(words).strip()


def digit_in_words(text: str) -> str:
    """Return the first digit of a text that is not in a name such as Q3 or 95%; else ``""``."""
    plain = NAMES_WITH_DIGITS.sub(" ", text)
    return next((character for character in plain if character.isnumeric()), "")


def refuse_typed_numbers(text: str, *, place: str) -> None:
    """Raise UserError where a text holds a digit that is not a name such as Q3 or 95%."""
    if digit_in_words(text):
        raise UserError(
            place=place,
            found=f"a number typed into '{text}'",
            expected="numbers put in from released tables: '{referred} referrals', "
            "numbers={'referred': table.total}",
            cure="Put a {name} in its place and give the safe number in numbers=",
        )


def require_text(text: str, what: str, *, place: str) -> str:
    """Return the text, single-spaced; raise UserError where there is none."""
    if not isinstance(text, str) or not text.strip():
        raise UserError(
            place=place, found=f"no {what}", expected=f"{what} in words", cure=f"Write the {what}"
        )
    return " ".join(text.split())


def safe_numbers(numbers: Mapping[str, object] | None) -> list[SafeNumber]:
    """Return those of the values that carry a clearance of their own."""
    return [value for value in (numbers or {}).values() if isinstance(value, SafeNumber)]


def _names(template: str, place: str) -> set[str]:
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        found = f"'{template}' ({error})"
        raise UserError(place=place, found=found, expected="{name}", cure="Close it") from None
    names = {name for _, name, _, _ in fields if name is not None}
    formatted = any(spec or conversion for _, _, spec, conversion in fields)
    if formatted or not all(name.isidentifier() for name in names):
        raise UserError(
            place=place,
            found=f"'{template}'",
            expected="plain names such as {referred}: numbers bring their own format",
            cure="Take out what follows the name",
        )
    return names


def _labels(tables: Iterable[SafeTable]) -> set[str]:
    return {
        label
        for table in tables
        for label in (*table.row_labels, *table.column_labels, table.title, table.of)
    }


def _in_words(value, labels: set[str], place: str) -> str:
    if isinstance(value, ReleasedCount):
        return value.text
    if isinstance(value, SafeNumber):
        return str(value)
    if isinstance(value, str) and not isinstance(value, SafeNumber):
        if value not in labels:
            refuse_typed_numbers(value, place=place)
        return value
    raise DisclosureError(
        place=place,
        found=f"a {type(value).__name__}",
        expected="a released count or percentage, or a SafeEstimate",
        cure="Take it from a SafeTable: table.count(…), table.percent().value(…), estimates[…]",
    )
