"""What may be wrong with a built edition, all of it at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import nbformat
from lxml import html

from rr_helpers.errors import Fault, UserError
from rr_helpers.publish.gate import find_unsafe
from rr_helpers.publish.leaks import Sought, find_leaks
from rr_helpers.publish.record import digest_files, read_record

KINDS_OF_FILE = {".html", ".css", ".js", ".svg", ".png", ".ico", ".woff2"}
WRITTEN_PAGES = {".html", ".svg"}
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


def check_edition(
    folder: Path, identifiers: Iterable[str] = (), names: Iterable[str] = ()
) -> list[Fault]:
    """Return everything wrong with the edition in `folder` (what 'rr build --out' wrote).

    identifiers, names: those of the study, none of which may stand in any published file; names
    are looked for in pages and the search index only, since scripts share words with them.
    UserError where the folder holds no edition.
    """
    site = folder / "site"
    if not (site / "index.html").is_file():
        raise UserError(
            place=str(folder),
            found="no built edition",
            expected="a folder with site/index.html, as 'rr build' writes it",
            cure="Give the folder that you gave to 'rr build --out'",
        )
    return [
        *check_site(site, identifiers, names),
        *_against_record(site, read_record(folder / "record.json")["site"]),
        *_chapters(folder / "chapters"),
    ]


def check_site(
    site: Path, identifiers: Iterable[str] = (), names: Iterable[str] = ()
) -> list[Fault]:
    """Return everything wrong with the published files under `site`, file by file."""
    sought, sought_names = Sought(identifiers), Sought(names)
    faults = []
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        fault = _fault_maker(path.relative_to(site).as_posix())
        faults += _wrong_kind(path, fault)
        if path.suffix in {".png", ".ico", ".woff2"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        faults += _leaks(text, sought, fault, "identifier")
        if path.suffix not in {".css", ".js"} or path.name == "searchindex.js":
            faults += _leaks(text, sought_names, fault, "name")
        faults += _other_hosts(path, text, fault)
        if path.suffix in WRITTEN_PAGES:
            faults += _page(html.document_fromstring(text.encode()), fault)
    return faults


def _fault_maker(name: str) -> Callable[..., Fault]:
    def fault(kind: str, found: str, expected: str, cure: str) -> Fault:
        return Fault(kind=kind, workbook=name, found=found, expected=expected, cure=cure)

    return fault


def _wrong_kind(path: Path, fault) -> Iterator[Fault]:
    if path.suffix not in KINDS_OF_FILE or "_sources" in path.parts:
        yield fault(
            "source published",
            f"a file that is no page ('{path.suffix or path.name}')",
            "pages, style sheets, scripts and pictures of pages only",
            "Delete it and find out how it came there; 'rr build' publishes no such file",
        )


def _leaks(text: str, sought: Sought, fault, what: str) -> Iterator[Fault]:
    for leak in sorted(find_leaks(text, sought)):
        yield fault(
            f"{what} published",
            f"the {what} '{leak}' of the study",
            f"no {what} of anyone in any published file",
            "Do not publish this edition; find the output or the page that shows it",
        )


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


def _against_record(site: Path, recorded: dict[str, str]) -> Iterator[Fault]:
    present = digest_files(site)
    for name in sorted(recorded.keys() | present.keys()):
        if recorded.get(name) != present.get(name):
            fault = _fault_maker(name)
            state = "changed since" if name in recorded and name in present else "not there at"
            state = "missing since" if name not in present else state
            yield fault(
                "not as built",
                f"a file {state} the build",
                "every file as the record of the build has it",
                "Build the edition again; do not edit what was built",
            )


def _chapters(folder: Path) -> Iterator[Fault]:
    for path in sorted(folder.rglob("*.ipynb")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        yield from find_unsafe(nbformat.read(path, as_version=4), name)
