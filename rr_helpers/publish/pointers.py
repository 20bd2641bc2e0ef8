"""Places in the book that other pages point to, looked up before a reader could miss them.

pages/methods                        a page or chapter
pages/methods#Consent                a heading of it
finding:Q1-handover                  a finding, by its id
exhibit:Decisions on referrals       a table, chart or other exhibit, by its title
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from rr_helpers.errors import UserError
from rr_helpers.publish.findings import chapter_title, escape_markdown

_HEADING = re.compile(r"^(#{1,4})\s+(.+?)\s*$", re.MULTILINE)
_FENCED = re.compile(r"^(`{3,}|:{3,}).*?^\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class BookIndex:
    """What a book can be pointed to in.

    titles: of each page and chapter. headings: of each, under its title. findings: by id, the
    chapter, the heading and the words. exhibits: by title, the chapter and the heading. files: how
    the book names each page.
    """

    titles: Mapping[str, str]
    headings: Mapping[str, tuple[str, ...]]
    findings: Mapping[str, tuple[str, str, str]]
    exhibits: Mapping[str, tuple[str, str]]
    files: Mapping[str, str]


def index_book(notebooks: Mapping[str, object], pages: Mapping[str, str]) -> BookIndex:
    """Return the index of executed chapters and of the Markdown of every other page, by name."""
    texts = {name: _prose(notebook) for name, notebook in notebooks.items()} | dict(pages)
    findings, exhibits = {}, {}
    for name, notebook in notebooks.items():
        for heading, record in _shown(notebook):
            if "finding" in record:
                said = record["finding"]["sentence"]
                findings[record["finding"]["id"]] = (name, heading, said)
            else:
                exhibits.setdefault(record["title"], (name, heading))
    return BookIndex(
        titles={
            name: chapter_title(notebooks[name], name) if name in notebooks else _title(text, name)
            for name, text in texts.items()
        },
        headings={name: tuple(_headings(text)) for name, text in texts.items()},
        findings=findings,
        exhibits=exhibits,
        files={name: f"/{name}.{'ipynb' if name in notebooks else 'md'}" for name in texts},
    )


def link_to(pointer: str, book: BookIndex) -> str:
    """Return the Markdown of a link to a place; LookupError says what there is instead."""
    kind, _, name = pointer.partition(":")
    if kind == "finding":
        page, heading, said = _known(name, book.findings, "finding")
        return _link(f"finding: {said}", page, heading, book)
    if kind == "exhibit":
        page, heading = _known(name, book.exhibits, "exhibit")
        return _link(f"{book.titles[page]}: {name}", page, heading, book)
    page, _, heading = pointer.partition("#")
    title = _known(page, book.titles, "page")
    if not heading:
        return _link(title, page, "", book)
    _known(heading, dict.fromkeys(book.headings[page], ""), f"heading of {page}")
    return _link(f"{title}: {heading}", page, heading, book)


def require_places(pointers: Iterable[tuple[str, str]], book: BookIndex, *, place: str) -> None:
    """Raise one UserError that lists every pointer to what is not in the book.

    pointers: who points, in words, and where to. place: the file that declares them.
    """
    lost = []
    for who, pointer in pointers:
        try:
            link_to(pointer, book)
        except LookupError as missing:
            lost.append(f"  - {who}: '{pointer}' ({missing.args[0]})\n")
    if lost:
        raise UserError(
            place=place,
            found=f"what the book does not have ({len(lost)}):\n{''.join(lost)}",
            expected="a page with one of its headings, 'finding:' with an id, or 'exhibit:' with "
            "a title",
            cure="Point to where it stands now, or say there why it is not met",
        )


def _known(name: str, known: Mapping, what: str):
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    raise LookupError(f"no {what} of that name{hint}")


def _link(words: str, page: str, heading: str, book: BookIndex) -> str:
    anchor = f"#{_slug(heading)}" if heading else ""
    return f"[{escape_markdown(words)}]({book.files[page]}{anchor})"


def _slug(heading: str) -> str:
    """The anchor that MyST gives a heading (as GitHub does)."""
    plain = re.sub(r"[*_`]", "", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def _prose(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _headings(text: str) -> Iterator[str]:
    found = _HEADING.finditer(_FENCED.sub("", text))
    yield from (match[2] for match in found if len(match[1]) > 1)


def _title(text: str, name: str) -> str:
    found = re.search(r"^#\s+(.+?)\s*$", text, re.MULTILINE)
    return found[1] if found else posixpath.basename(name)


def _shown(notebook) -> Iterator[tuple[str, Mapping]]:
    """Each cleared output's record, with the heading that it stands under."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = next(reversed(list(_headings(cell.source))), heading)
        for output in cell.get("outputs", []):
            record = output.get("metadata", {}).get("rr")
            if record:
                yield heading, record
