"""The schema in words: what a cell may hold, as messages, templates and the dictionary say it."""

from collections.abc import Mapping

from rr_helpers.study.schema import MISSING_CODES

SHOWN_TEXT = 40
SHOWN_LABELS = 5


def expectation(column: Mapping) -> str:
    """Say what a cell of this column may hold: ``a whole number 1 to 5 (points), NR or blank``."""
    options = [_value_in_words(column), *column["missing"]]
    if not column["required"]:
        options.append("blank")
    return " or ".join(part for part in (", ".join(options[:-1]), options[-1]) if part)


def _value_in_words(column: Mapping) -> str:
    kind = column["type"]
    if kind == "coded":
        return _list_in_words(list(column["values"].values()), column["multiple"])
    if kind in ("whole number", "number"):
        unit = f" ({column['unit']})" if column["unit"] else ""
        return f"a {kind} {column['low']} to {column['high']}{unit}"
    return {
        "date": "a date as dd/mm/yyyy",
        "identifier": "a code without names",
        "text": "text",
    }[kind]


def _list_in_words(labels: list[str], multiple: bool) -> str:
    start = "values separated by semicolons, of" if multiple else "one of"
    if len(labels) <= SHOWN_LABELS:
        return f"{start} {'; '.join(labels)}"
    return f"{start} the {len(labels)} in the legend ({'; '.join(labels[:2])} …)"


def missing_in_words(codes: tuple[str, ...]) -> str:
    """Write missing codes with their meaning: ``NK = not known; NR = not recorded``."""
    return "; ".join(f"{code} = {MISSING_CODES[code]}" for code in codes)


def cell_in_words(name: str, column: Mapping, value: object) -> str:
    """Say what stands in a cell: ``response is "n/a"``; free text is never repeated."""
    if column["type"] == "text":
        return f"{name} holds text that is not repeated here"
    return f'{name} is "{shorten(str(value).strip(), SHOWN_TEXT)}"'


def shorten(text: str, length: int) -> str:
    """Return `text`, cut to `length` characters with an ellipsis where it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"
