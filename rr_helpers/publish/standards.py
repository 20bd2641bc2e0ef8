"""Reporting standards as a page that is checked: where each item is met, or why it is not.

    [[standard]]
    name = "GRAMMS, for mixed methods"
    source = "O'Cathain, Murphy and Nicholl, 2008"
    [[standard.item]]
    asks = "Say why methods are mixed"
    met_by = ["pages/methods#The evidence"]        or:  not_met = "…"  or:  not_applicable = "…"
    lacking = "…"                                  what is missing where it is met in part

The items are declared in book/standards.toml, in words of our own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.declared import read_declared, require_keys
from rr_helpers.publish.findings import escape_markdown
from rr_helpers.publish.pointers import BookIndex, link_to, require_places

PAGE, TITLE = "reporting_standards", "Reporting standards"
FILE = "standards.toml"
STATES = ("Met", "Met in part", "Not met", "Does not apply")
_WAYS = ("met_by", "not_met", "not_applicable")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item: what it asks; `met_by` places, and what is `lacking` there; or the `reason`.

    state: one of `STATES`.
    """

    asks: str
    state: str
    met_by: tuple[str, ...] = ()
    lacking: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One standard: its name, its source, what it is for, its items."""

    name: str
    source: str
    about: str
    items: tuple[Item, ...]


def read_standards(path: Path) -> tuple[Standard, ...]:
    """Return the standards that a file declares, in its order.

    Raises UserError for a file that cannot be read, and for an item with neither a place nor a
    reason, or with both.
    """
    declared = read_declared(path, ("standard",)).get("standard", [])
    return tuple(_standard(entry, path.name) for entry in declared)


def require_standards_met(standards: Sequence[Standard], book: BookIndex) -> None:
    """Raise UserError where an item is said to be met in a place that the book does not have."""
    pointers = (
        (f"{standard.name}, '{item.asks}'", pointer)
        for standard in standards
        for item in standard.items
        for pointer in item.met_by
    )
    require_places(pointers, book, place=f"book/{FILE}")


def compose_standards_page(standards: Sequence[Standard], book: BookIndex) -> str:
    """Return the page as Markdown; call `require_standards_met` first."""
    parts = [f"# {TITLE}", _OPENING, "## How many items are met", _summary(standards)]
    for standard in standards:
        parts += [f"## {escape_markdown(standard.name)}"]
        parts += [escape_markdown(f"{standard.about} Source: {standard.source}.")]
        parts += [_table(("What it asks", "How far", "Where, or why not"), _rows(standard, book))]
    return "\n\n".join(parts) + "\n"


def count_states(standard: Standard) -> dict[str, int]:
    """Return how many items of a standard are in each of `STATES`."""
    counted = Counter(item.state for item in standard.items)
    return {state: counted[state] for state in STATES}


_OPENING = (
    "Standards say what readers of a study should be told. Here each item is put in a few words of "
    "our own; the wording that counts is that of its source. The evaluators judged how far an item "
    "is met. That the place named beside it exists in this edition was checked when the report was "
    "built: an item without a place or a reason stops it. What is not met is said so."
)


def _standard(entry: Mapping, file: str) -> Standard:
    name = entry.get("name", "a standard without a name")
    place = f"book/{file}, {name}"
    require_keys(entry, required=("name", "source", "about", "item"), allowed=(), place=place)
    items = tuple(_item(item, place) for item in entry["item"])
    return Standard(
        name=name, source=entry["source"], about=" ".join(entry["about"].split()), items=items
    )


def _item(entry: Mapping, place: str) -> Item:
    place = f"{place}, '{entry.get('asks', 'an item without words')}'"
    require_keys(entry, required=("asks",), allowed=(*_WAYS, "lacking"), place=place)
    ways = [way for way in _WAYS if entry.get(way)]
    if len(ways) != 1 or (entry.get("lacking") and ways != ["met_by"]):
        raise UserError(
            place=place,
            found=f"{' and '.join(ways) or 'neither a place nor a reason'}"
            + (", with lacking" if entry.get("lacking") else ""),
            expected="met_by (with lacking where it is met in part), not_met or not_applicable",
            cure="Say where the book meets it, or why it does not",
        )
    way, lacking = ways[0], entry.get("lacking", "")
    if way == "met_by":
        state = "Met in part" if lacking else "Met"
        pointers = tuple(entry["met_by"])
        return Item(asks=entry["asks"], state=state, met_by=pointers, lacking=lacking)
    state = {"not_met": "Not met", "not_applicable": "Does not apply"}[way]
    return Item(asks=entry["asks"], state=state, reason=entry[way])


def _summary(standards: Sequence[Standard]) -> str:
    counted = {standard.name: count_states(standard) for standard in standards}
    total = sum((Counter(counts) for counts in counted.values()), Counter())
    counted |= {"All": {state: total[state] for state in STATES}}
    rows = [
        (escape_markdown(name), *(str(number) for number in counts.values()))
        for name, counts in counted.items()
    ]
    return _table(("Standard", *STATES), rows)


def _rows(standard: Standard, book: BookIndex) -> Iterator[tuple[str, str, str]]:
    for item in standard.items:
        said = "; ".join(link_to(pointer, book) for pointer in item.met_by)
        if item.lacking:
            said += f". *Lacking:* {escape_markdown(item.lacking)}"
        yield escape_markdown(item.asks), item.state, said or escape_markdown(item.reason)


def _table(heads: Sequence[str], rows) -> str:
    lines = [heads, [":--"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
