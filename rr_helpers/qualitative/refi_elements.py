"""Reading single elements of a REFI-QDA file, whatever the exporter made of the standard."""

import re
from collections.abc import Iterator

from lxml import etree

from rr_helpers.qualitative.draft import Draft


def local(element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def guid(value: str | None) -> str | None:
    """Return a GUID without braces, in lower case."""
    return value.strip().strip("{}").casefold() if value else None


def description(element) -> str | None:
    """Return an element's Description, or None where it is missing or empty."""
    text = element.findtext("{*}Description")
    return text.strip() or None if text else None


def whole_number(value: str | None) -> int | None:
    """Return a whole number, or None where the attribute is missing or holds none."""
    value = (value or "").strip()
    return int(value) if re.fullmatch(r"-?[0-9]{1,15}", value) else None


def variable_values(element, variables: dict, draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield (name, value as text) of an element's VariableValues; issues for what is missing."""
    for holder in element.iterfind("{*}VariableValue"):
        reference = holder.find("{*}VariableRef")
        name = variables.get(guid(reference.get("targetGUID"))) if reference is not None else None
        values = [child.text for child in holder if local(child) != "VariableRef"]
        if name is None:
            draft.issue("value of an unknown variable", "variables")
        elif values and values[0] and values[0].strip():
            yield name, values[0].strip()
