"""The log of assumptions and the log of revisions, from what the book declares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.declared import read_declared, require_keys
from rr_helpers.publish.findings import escape_markdown
from rr_helpers.publish.pointers import BookIndex, link_to, require_places

ASSUMPTIONS, ASSUMPTIONS_FILE = "assumptions", "assumptions.toml"
REVISIONS, REVISIONS_FILE = "revisions", "revisions.toml"
KINDS = {
    "method": "Method",
    "definition": "Definition",
    "correction": "Correction of a fault",
    "presentation": "Presentation",
}


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What is taken to be so, the places where it matters, and what follows if it is wrong."""

    id: str
    assumes: str
    matters_in: tuple[str, ...]
    if_wrong: str


def read_assumptions(path: Path) -> tuple[Assumption, ...]:
    """Return the assumptions that a file declares; UserError for a missing part or an id twice."""
    found = []
    for entry in read_declared(path, ("assumption",)).get("assumption", []):
        place = f"book/{path.name}, '{entry.get('id', 'an assumption without an id')}'"
        required = ("id", "assumes", "matters_in", "if_wrong")
        require_keys(entry, required=required, allowed=(), place=place)
        if entry["id"] in {one.id for one in found}:
            raise UserError(
                place=place,
                found="the same id twice",
                expected="an id of its own for each assumption",
                cure="Give the later one a new id",
            )
        found.append(Assumption(**{**entry, "matters_in": tuple(entry["matters_in"])}))
    return tuple(found)


def require_assumptions_placed(assumptions: Sequence[Assumption], book: BookIndex) -> None:
    """Raise UserError where an assumption is said to matter in what the book does not have."""
    pointers = ((one.id, pointer) for one in assumptions for pointer in one.matters_in)
    require_places(pointers, book, place=f"book/{ASSUMPTIONS_FILE}")


def compose_assumptions_page(assumptions: Sequence[Assumption], book: BookIndex) -> str:
    """Return the page as Markdown; call `require_assumptions_placed` first."""
    parts = ["# Assumptions and caveats", _ASSUMED, "## What is assumed"]
    for one in assumptions:
        places = "; ".join(link_to(pointer, book) for pointer in one.matters_in)
        parts.append(f"**{escape_markdown(f'{one.id}. {one.assumes}')}**")
        parts.append(f"*If it is wrong:* {escape_markdown(one.if_wrong)}")
        parts.append(f"*Where it matters:* {places}")
    return "\n\n".join(parts) + "\n"


def revisions_markdown(path: Path) -> str:
    """Return the page of the revisions that a file declares, as Markdown, in the file's order.

    Raises UserError for a missing part, a kind that is not one of `KINDS`, or a date out of order.
    """
    entries = read_declared(path, ("revision",)).get("revision", [])
    rows = list(_checked(entries, path.name))
    table = [
        "| When and for which edition | What changed | To which figures it matters |",
        "| :-- | :-- | :-- |",
        *(f"| {' | '.join(map(escape_markdown, row))} |" for row in rows),
    ]
    told = "\n".join(table) if rows else "Nothing has changed since the first edition."
    return f"# Revisions\n\n{_REVISED}\n\n## What changed\n\n{told}\n"


_ASSUMED = (
    "Every analysis takes something to be so that it cannot show. Here is what, where it matters, "
    "and what would follow if it were not so. The limits of single findings stand beside them."
)
_REVISED = (
    "What changed in the methods of this report, newest first. A figure that an earlier edition "
    "gave and that has been corrected since carries no mark where it stands: it is told here."
)


def _checked(entries: Sequence[dict], file: str) -> Iterator[tuple[str, str, str]]:
    latest = date.max
    for number, entry in enumerate(entries, 1):
        place = f"book/{file}, revision {number}"
        required = ("date", "edition", "kind", "changed", "matters_to")
        require_keys(entry, required=required, allowed=(), place=place)
        for name, held, expected in (
            ("kind", entry["kind"] in KINDS, f"one of {', '.join(KINDS)}"),
            ("date", type(entry["date"]) is date, "a date without quotation marks: 2021-06-30"),
        ):
            if not held:
                raise _wrong(place, f"{name} '{entry[name]}'", expected)
        if entry["date"] > latest:
            raise _wrong(place, f"the date {entry['date']}", "the newest revision first")
        latest = entry["date"]
        when = f"{latest.day} {latest:%B %Y}; {entry['edition']}"
        yield when, f"{KINDS[entry['kind']]}: {entry['changed']}", entry["matters_to"]


def _wrong(place: str, found: str, expected: str) -> UserError:
    return UserError(place=place, found=found, expected=expected, cure="Correct it")
