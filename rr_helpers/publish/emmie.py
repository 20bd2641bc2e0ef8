"""Cards that tell each question's findings as funders ask for them, and numbers told twice.

EMMIE: effect, mechanism, moderators, implementation, economics (Johnson, Tilley and Bowers 2015,
Journal of Experimental Criminology 11:459). Cards are declared in book/synthesis.toml by the ids of
findings, and composed of the findings in the executed chapters; so no number is written there.

    [[card]]
    question = "Q1"
    effect = { not_assessed = "…" }
    mechanism = { findings = ["Q1-handover"], says = "…" }

    [[number]]                        a number that the synthesis shows and a chapter has told
    row = "Q3-eighteen"
    finding = "Q3-time"
    name = "over"
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import html

from rr_helpers.errors import UserError
from rr_helpers.publish.declared import read_declared, require_keys
from rr_helpers.publish.findings import QUESTIONS, Told, escape_markdown
from rr_helpers.report.sentences import refuse_typed_numbers

FILE = "synthesis.toml"
PAGE, TITLE = "emmie", "Effect, mechanism, moderators, implementation, economics"
EXHIBIT = "The number of each theme"
DIMENSIONS = {
    "effect": "Effect: did it change what it should?",
    "mechanism": "Mechanism: how would it work?",
    "moderators": "Moderators: for whom, and where?",
    "implementation": "Implementation: what did it take?",
    "economics": "Economics: what did it cost?",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One dimension of a card: ids of findings and words on them, or why it was not assessed."""

    findings: tuple[str, ...] = ()
    says: str = ""
    not_assessed: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One question's card: a Part for each of `DIMENSIONS`."""

    question: str
    parts: Mapping[str, Part]


@dataclass(frozen=True, kw_only=True)
class ToldTwice:
    """A row of the synthesis' exhibit, and the finding and the name of the number in it."""

    row: str
    finding: str
    name: str


def read_synthesis(path: Path) -> tuple[tuple[Card, ...], tuple[ToldTwice, ...]]:
    """Return what the file declares: the cards, and the numbers that are told twice.

    Raises UserError for a dimension with neither findings nor a reason, and for a digit in words.
    """
    declared = read_declared(path, ("card", "number"))
    place = f"book/{path.name}"
    cards = tuple(_card(entry, place) for entry in declared.get("card", []))
    keys = ("row", "finding", "name")
    for entry in declared.get("number", []):
        require_keys(entry, required=keys, allowed=(), place=f"{place}, [[number]]")
    return cards, tuple(ToldTwice(**entry) for entry in declared.get("number", []))


def _card(entry: Mapping, place: str) -> Card:
    place = f"{place}, card '{entry.get('question', '')}'"
    require_keys(entry, required=("question",), allowed=tuple(DIMENSIONS), place=place)
    return Card(
        question=entry["question"],
        parts={name: _part(entry.get(name, {}), f"{place}, {name}") for name in DIMENSIONS},
    )


def _part(entry: Mapping, place: str) -> Part:
    require_keys(entry, required=(), allowed=("findings", "says", "not_assessed"), place=place)
    if bool(entry.get("findings")) == bool(entry.get("not_assessed")):
        raise UserError(
            place=place,
            found="both findings and not_assessed" if entry.get("findings") else "neither",
            expected="ids of findings, or in not_assessed why there are none",
            cure="Write one of the two",
        )
    for words in ("says", "not_assessed"):
        refuse_typed_numbers(entry.get(words, ""), place=f"{place}, {words}")
    return Part(**{**entry, "findings": tuple(entry.get("findings", ()))})


def compose_cards_page(cards: Sequence[Card], told: Iterable[Told]) -> str:
    """Return the page as Markdown; UserError where a card names a finding that nobody tells."""
    by_id = {finding.id: finding for finding in told}
    named = [name for card in cards for part in card.parts.values() for name in part.findings]
    lost = [name for name in named if name not in by_id]
    if lost:
        raise UserError(
            place=f"book/{FILE}",
            found=f"the finding '{lost[0]}'",
            expected=f"one that a chapter tells: {', '.join(by_id)}",
            cure="Correct the id, or say in not_assessed why there is no finding",
        )
    parts = [f"# {TITLE}", _OPENING]
    for card in cards:
        parts.append(f"## {escape_markdown(QUESTIONS.get(card.question, card.question))}")
        for name, part in card.parts.items():
            parts += [f"### {DIMENSIONS[name]}", *_told(part, by_id)]
    rest = [f for f in by_id.values() if f.id not in named and f.question in QUESTIONS]
    if rest:
        parts += ["## Findings on no card", _REST, *(_finding(finding) for finding in rest)]
    return "\n\n".join(parts) + "\n"


_OPENING = (
    "Police and funders ask of every programme five things, known by their first letters as EMMIE. "
    "Each card sorts a question's findings under them, in the words of the chapters; what was not "
    "assessed is said on the card and not left out. A finding under 'effect' tells what changed; "
    "without a comparison, no card can tell what the pilot brought about."
)
_REST = "These findings belong under none of the five, or have not been sorted yet."


def _told(part: Part, by_id: Mapping[str, Told]) -> Iterator[str]:
    if part.not_assessed:
        yield f"*Not assessed:* {escape_markdown(part.not_assessed)}"
    yield from (_finding(by_id[name]) for name in part.findings)
    if part.says:
        yield escape_markdown(part.says)


def _finding(finding: Told) -> str:
    link = f"{{doc}}`{finding.title} </{finding.chapter}>`"
    return (
        f"- {escape_markdown(finding.sentence)} *{escape_markdown(finding.strength)}.* From: {link}"
    )


def require_same_numbers(
    declared: Iterable[ToldTwice], told: Iterable[Told], notebooks: Mapping[str, object]
) -> None:
    """Raise UserError where the synthesis shows another number than the chapter that found it.

    The rows are those of the exhibit `EXHIBIT`, compared as shown: value, interval, or mark.
    """
    by_id, shown = {finding.id: finding for finding in told}, _rows_of(notebooks)
    for one in declared:
        finding = by_id.get(one.finding)
        numbers = {e["name"]: _as_shown(e) for e in finding.estimates} if finding else {}
        if one.name not in numbers or one.row not in shown:
            missing = one.row if one.name in numbers else f"{one.finding}, {one.name}"
            found, cure = f"no number '{missing}' in the chapters", "Correct the entry"
        elif numbers[one.name] == shown[one.row]:
            continue
        else:
            found = f"'{one.row}' is {shown[one.row]} in the synthesis"
            cure = "Compute both in the same way, best by the same function"
        raise UserError(
            place=f"book/{FILE}, [[number]]",
            found=found,
            expected=f"the number '{one.name}' of finding '{one.finding}'"
            + (f", {numbers[one.name]}" if one.name in numbers else ""),
            cure=cure,
        )


def _as_shown(estimate: Mapping) -> str:
    return (
        f"{estimate['text']} ({estimate['interval']})" if estimate["interval"] else estimate["text"]
    )


def _rows_of(notebooks: Mapping[str, object]) -> dict[str, str]:
    """The number and interval of each row of the exhibit, by the row's label."""
    rows = {}
    for notebook in notebooks.values():
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                record = output.get("metadata", {}).get("rr", {})
                if record.get("title") == EXHIBIT and record.get("kind") == "Table":
                    page = html.fromstring("".join(output["data"]["text/html"]))
                    for line in page.iterfind(".//tbody/tr"):
                        head, value, interval, *_ = (each.text_content() for each in line)
                        alone = interval in (value, "[z]")  # a mark, or no interval
                        # As the files of the book write it, with a keyboard's apostrophe.
                        rows[head.replace("’", "'")] = value if alone else f"{value} ({interval})"
    return rows
