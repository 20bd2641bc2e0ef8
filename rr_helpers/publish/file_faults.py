"""What may be wrong with one published file, by itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import html

from rr_helpers.errors import Fault
from rr_helpers.publish.leaks import RUN_FOUND, Sought, WordRuns, find_leaks
from rr_helpers.publish.scan import Unsearchable, holds_number, read_layers
from rr_helpers.publish.small_counts import find_unrounded

DOCUMENTS = {".pdf", ".xlsx"}  # made by rr_helpers.publish.documents, which puts them in one place
NOT_TEXT = {".png", ".ico", ".woff2"} | DOCUMENTS
KINDS_OF_FILE = {".html", ".css", ".js", ".svg"} | NOT_TEXT
WRITTEN_PAGES = {".html", ".svg"}
PROSE = "pages"  # the folder of the book's own pages
NO_CANARIES: Mapping = {"words": (), "numbers": ()}
# Attributes that make a browser fetch something by itself; a link (<a href>) waits for a reader.
FETCHED = ("src", "srcset", "poster", "data", "background", "{http://www.w3.org/1999/xlink}href")
OTHER_HOST = re.compile(r"^\s*(?:https?:|wss?:|ftp:)?//", re.IGNORECASE)
_STYLE_FETCH = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])((?:https?:)?//[^"')\s]+)""", re.I)
_SCRIPT_FETCH = re.compile(
    r"""(?:fetch|import|importScripts|Worker|EventSource|WebSocket|sendBeacon)\s*\(\s*["'`]"""
    r"""((?:https?:|wss?:)?//[^"'`]+)"""
    r"""|(?:from|import)\s*["']((?:https?:)?//[^"']+)|\.src\s*=\s*["'`]((?:https?:)?//[^"'`]+)"""
    r"""|\.open\(\s*["']\w+["']\s*,\s*["'`]((?:https?:)?//[^"'`]+)"""
)


@dataclass(frozen=True)
class Search:
    """What no published file may hold, made ready for searching.

    kinds: each text that is sought, and what it is ("identifier", "name"). numbers: those planted
    to be found, however packed. sought: the texts and the study's free text.
    """

    kinds: Mapping[str, str]
    numbers: tuple
    sought: Sought

    @classmethod
    def prepare(
        cls,
        identifiers: Iterable[str],
        names: Iterable[str],
        *,
        organisations: Iterable[str],
        runs: WordRuns,
        canaries: Mapping,
    ) -> "Search":
        """Make ready what a study has; its parts are those of `check_site`."""
        kinds = dict.fromkeys(map(str, organisations), "organisation")
        kinds |= dict.fromkeys(map(str, names), "name")
        kinds |= dict.fromkeys(map(str, identifiers), "identifier")
        kinds |= dict.fromkeys(canaries["words"], "canary")
        return cls(kinds, tuple(canaries["numbers"]), _sought(tuple(kinds), runs))

    def faults_of(self, site: Path, path: Path) -> list[Fault]:
        """Return everything wrong with one file of a site, whatever other files hold."""
        name = path.relative_to(site).as_posix()
        fault = fault_maker(name)
        faults = [*_wrong_kind(path, fault)]
        for what, leak, where in _leaks(name, path.read_bytes(), self.sought, self.numbers):
            faults += _leak(self.kinds.get(leak, what), leak, where, path, fault)
        if path.suffix not in NOT_TEXT:
            text = path.read_text(encoding="utf-8", errors="replace")
            faults += _other_hosts(path, text, fault)
            if path.suffix in WRITTEN_PAGES:
                faults += _page(html.document_fromstring(text.encode()), fault)
        return faults


@lru_cache(maxsize=1)  # one draft after another is searched for the same
def _sought(texts: tuple[str, ...], runs: WordRuns) -> Sought:
    return Sought(texts, runs=runs)


def fault_maker(name: str) -> Callable[..., Fault]:
    """Return what makes the faults of a file, given all but its name."""

    def fault(kind: str, found: str, expected: str, cure: str) -> Fault:
        return Fault(kind=kind, workbook=name, found=found, expected=expected, cure=cure)

    return fault


def _wrong_kind(path: Path, fault) -> Iterator[Fault]:
    misplaced = path.suffix in DOCUMENTS and path.parent.name != "downloads"
    if path.suffix not in KINDS_OF_FILE or "_sources" in path.parts or misplaced:
        yield fault(
            "source published",
            f"a file that is no page ('{path.suffix or path.name}')",
            "pages, style sheets, scripts and pictures of pages only",
            "Delete it and find out how it came there; 'rr build' publishes no such file",
        )


def _leaks(name: str, data: bytes, sought: Sought, numbers) -> Iterator[tuple[str, str, str]]:
    """Yield what was found, the kind if it is no word, and in which layer of the file first."""
    told: set[str] = set()
    for where, what, leak in _found_in(name, data, sought, numbers):
        if leak not in told:
            told.add(leak)
            yield what, leak, where.removeprefix(name).removeprefix(", ")


def _found_in(name: str, data: bytes, sought: Sought, numbers):
    for leak in sorted(find_leaks(name, sought)):
        yield f"{name}, its own name", "", leak
    try:
        for layer in read_layers(name, data):
            for leak in sorted(find_leaks(layer.text, sought)):
                yield layer.place, "", leak
            for number in numbers:
                if holds_number(layer.data, number):
                    yield f"{layer.place}, packed as a number", "canary", str(number)
    except Unsearchable as error:
        yield name, "unsearchable", str(error)


def _leak(what: str, leak: str, where: str, path: Path, fault) -> Iterator[Fault]:
    place = f" (in {where})" if where else ""
    if what == "unsearchable":
        yield fault(
            "cannot be searched",
            leak,
            "files that can be searched to the bottom",
            "Take the file out; what cannot be searched is not published",
        )
    elif leak == RUN_FOUND:
        yield fault(
            "free text published",
            f"{RUN_FOUND} of a case note, an answer or a transcript{place}",
            "no words of the study but reviewed quotations",
            "Do not publish this edition; take the words out, or have the quotation reviewed",
        )
    elif not _shares_words(what, path):
        yield fault(
            f"{what} published",
            f"the {what} '{leak}' of the study{place}",
            f"no {what} of anyone in any published file",
            "Do not publish this edition; find the output or the page that shows it",
        )


def _shares_words(what: str, path: Path) -> bool:
    if what == "organisation":  # the search index holds no words that are on no page
        return path.suffix in {".css", ".js"} or path.parent.name == PROSE
    # Scripts and style sheets of the theme share words with the names of staff.
    return what == "name" and path.suffix in {".css", ".js"} and path.name != "searchindex.js"


def _other_hosts(path: Path, text: str, fault) -> Iterator[Fault]:
    addresses = []
    if path.suffix in WRITTEN_PAGES:
        addresses += _fetched(html.document_fromstring(text.encode()))
    if path.suffix in {".css", *WRITTEN_PAGES}:
        addresses += _STYLE_FETCH.findall(text)
    if path.suffix in {".js", *WRITTEN_PAGES}:
        addresses += ["".join(found) for found in _SCRIPT_FETCH.findall(text)]
    for address in dict.fromkeys(addresses):
        yield fault(
            "request to another host",
            f"a request to '{address[:80]}'",
            "a report that opens without a network and tells no one that it is read",
            "Keep a copy of what is needed in book/_static",
        )


def _fetched(page) -> Iterator[str]:
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        names = FETCHED if element.tag != "link" else ("href", "imagesrcset")
        if element.tag in {"image", "use"}:
            names = ("href", "xlink:href", *FETCHED)
        if element.tag == "form":
            names = ("action",)
        for name in names:
            if OTHER_HOST.match(element.get(name, "")):
                yield element.get(name)
        if element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            yield element.get("content", "")
        if element.tag == "base":
            yield element.get("href", "")


def _page(page, fault) -> Iterator[Fault]:
    for found in dict.fromkeys(find_unrounded(page)):
        yield fault(
            "unprotected count",
            f"{found} in a table",
            "counts as the release has them, rounded together",
            "Do not publish this edition; protection was skipped: find out where",
        )
    for image in page.xpath("//img[not(normalize-space(@alt))]"):
        if image.get("role") != "presentation" and image.get("aria-hidden") != "true":
            yield _no_words(fault, f"a picture ({image.get('src', '')[:40]}) without words")
    for drawing in page.xpath("//svg[@role='img']"):
        titled = any(title.text_content().strip() for title in drawing.xpath("./title"))
        if not (titled or drawing.get("aria-label", "").strip()):
            labels = drawing.get("aria-labelledby", "").split()
            if not any(page.xpath("//*[@id=$label]", label=label) for label in labels):
                yield _no_words(fault, "a drawing without a title")
    if page.xpath("//*[contains(@class, 'traceback') or contains(@class, 'stderr')]"):
        yield fault(
            "error on a page",
            "an error message or a warning of Python",
            "results only",
            "Mend the chapter and build again",
        )
    if page.xpath("//*[contains(@class, 'cell_input')]"):
        yield fault(
            "code on a page", "program code of a chapter", "results only", "Build again with rr"
        )


def _no_words(fault, found: str) -> Fault:
    return fault(
        "picture without words",
        found,
        "an alternative text that says what the picture shows",
        "Give the Chart its alt text",
    )
