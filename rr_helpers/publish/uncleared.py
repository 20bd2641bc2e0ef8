"""Deny by default: a number on a page that no cleared output and no source of a page brought there.

Each stamped output must stand on its page as it was cleared, in order, nothing added and nothing
changed; what is left of the page may hold no number but names such as Q3. So whatever puts a number
in between the gate and the reader (a theme, an extension, a hand) is found.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree, html

from rr_helpers.errors import Fault
from rr_helpers.publish.remembered import Remembered, digest
from rr_helpers.report.sentences import NAMES_WITH_DIGITS

# Attributes that name, address or lay out, and that no reader is shown.
STRUCTURE = {"href", "src", "id", "class", "for", "role", "tabindex", "charset", "rel", "width"}
STRUCTURE |= {"height", "aria-labelledby", "aria-controls", "aria-describedby", "data-content_root"}
_OUTPUTS = "//div[contains(concat(' ', @class, ' '), ' cell_output ')]/div"
_STYLE_TEXT = re.compile(r"""content\s*:\s*(?:"([^"]*)"|'([^']*)')""")
_STYLE_ESCAPE = re.compile(r"\\[0-9a-fA-F]{1,6}")
_INDEX = re.compile(r"Search\.setIndex\((.*)\)\s*;?\s*$", re.DOTALL)


def find_uncleared(
    site: Path,
    chapters: Mapping[str, object],
    pages: Mapping[str, str] | None = None,
    *,
    remembered: Path | None = None,
) -> list[Fault]:
    """Return a Fault for every number, picture or change on a page that was not cleared.

    chapters: the executed notebook of each chapter, by its name in the contents. pages: the
    Markdown of every other page by name, whose numbers that page may show; None, where it is no
    longer at hand, leaves those pages to the digests in the record. remembered: the file, private
    to the study, that tells which pages were found clean; None looks at all of them.
    """
    before, clean = Remembered(remembered), {}
    faults, shown = [], set()
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).with_suffix("").as_posix()
        may_show = _cleared_for(name, chapters, pages)
        seen = digest(name.encode(), path.read_bytes(), repr(may_show).encode())
        if seen in before:
            wrong, numbers = [], before[seen]
        else:
            wrong, numbers = _look_at(path.read_bytes(), name, may_show)
        if not wrong:
            clean[seen] = numbers
        faults += wrong
        shown |= set(numbers)
    before.replace(clean)
    faults += _search_index(site, shown)
    for path in sorted(site.rglob("*.css")):
        faults += _style_text(path.read_text(encoding="utf-8"), path.relative_to(site).as_posix())
    return faults


def _cleared_for(name: str, chapters, pages) -> tuple[str, object]:
    """What a page may show: the outputs of its chapter, the text that it is made of, or what is no
    longer known."""
    if name in chapters:
        return "chapter", list(_shown_outputs(chapters[name]))
    return ("page", pages.get(name, "")) if pages is not None else ("unknown", None)


def _look_at(data: bytes, name: str, may_show: tuple[str, object]) -> tuple[list[Fault], list[str]]:
    """The faults of a page, and every number that stands on it."""
    page = html.document_fromstring(data)
    # The search index of the book joins what stands in neighbouring cells of a table.
    joined = [between.join(page.itertext()) for between in ("", " ")]
    shown = {number for text in joined for number in _numbers(text, names=True)}
    kind, cleared = may_show
    faults = []
    if kind == "chapter":
        faults += _outputs_as_cleared(page, cleared, f"{name}.html")
        faults += _other_numbers(page, set(), f"{name}.html")
    elif kind == "page":
        faults += _other_numbers(page, set(_numbers(cleared)), f"{name}.html")
    return faults, sorted(shown)


def _outputs_as_cleared(page, shown: Iterable[str], name: str) -> Iterator[Fault]:
    """Compare outputs with those that were shown and take those that agree out of the page."""
    cleared = [_fingerprint(_mended(each)) for each in shown]
    present = page.xpath(_OUTPUTS)
    if len(present) != len(cleared):
        yield _fault(name, f"{len(present)} outputs", f"the chapter's {len(cleared)}")
    for number, element in enumerate(present):
        if number >= len(cleared) or _fingerprint(element) != cleared[number]:
            yield _fault(
                name, f"output {number + 1} not as it was cleared", "every output as it was cleared"
            )
        else:
            element.drop_tree()


def _shown_outputs(notebook) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", []):
            for output in cell.get("outputs", []):
                shown = output.get("data", {}).get("text/html")
                if shown:
                    yield "".join(shown)


def _mended(text: str):
    """An output as the book shows it: without comments (see book/_ext/accessible_site.py)."""
    output = html.fragment_fromstring(text.strip(), create_parent="div")
    for comment in output.xpath(".//comment()"):
        comment.drop_tree()
    return output


def _fingerprint(output) -> list:
    """What an output shows, without what the book adds to the heads of tables."""
    return [
        (
            "cell" if element.tag in ("td", "th") else str(element.tag),
            sorted((k, v) for k, v in element.attrib.items() if k != "scope"),
            " ".join((element.text or "").split()),
            " ".join((element.tail or "").split()) if element is not output else "",
        )
        if isinstance(element.tag, str)
        else ("comment", [], element.text, element.tail)
        for element in output.iter()
    ][1:] + [" ".join((output.text or "").split())]


def _other_numbers(page, allowed: set[str], name: str) -> Iterator[Fault]:
    for where, text in _readable(page):
        numbers = [number for number in _numbers(text) if number not in allowed]
        if numbers:
            yield _fault(
                name,
                f"the number {numbers[0]} in {where}",
                "no number but those of cleared outputs, or of the page's own source",
            )
    for element in page.xpath("//script[not(@src)] | //style | //iframe | //object | //embed"):
        yield _fault(name, f"a <{element.tag}> in the page", "pages without a script of their own")


def _readable(page) -> Iterator[tuple[str, str]]:
    for element in page.iter():
        if isinstance(element, etree._Comment | etree._ProcessingInstruction):
            yield "a comment", element.text or ""
        elif element.tag not in ("script", "style"):
            yield f"<{element.tag}>", element.text or ""
            for key, value in element.attrib.items():
                viewport = element.tag == "meta" and element.get("name") == "viewport"
                if key not in STRUCTURE and not viewport:
                    yield f"the attribute '{key}' of <{element.tag}>", value
        yield "the text", element.tail or ""


def _search_index(site: Path, shown: set[str]) -> Iterator[Fault]:
    """Words with a number in the index that no page has."""
    path = site / "searchindex.js"
    if not path.is_file():
        return
    found = _INDEX.match(path.read_text(encoding="utf-8"))
    try:
        index = json.loads(found[1]) if found else {}
    except ValueError:
        found = None
    if not found:
        yield _fault(path.name, "an index that cannot be read", "the search index of the book")
        return
    # Names of pages and how each page is built are numbered by the book itself.
    read = {k: v for k, v in index.items() if k not in ("envversion", "docnames", "filenames")}
    for text in _strings(read):
        if missing := set(_numbers(text)) - shown:
            yield _fault(path.name, f"the number {min(missing)}", "only words that stand on a page")


def _strings(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield key
            yield from _strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _strings(inside)


def _style_text(text: str, name: str) -> Iterator[Fault]:
    for double, single in _STYLE_TEXT.findall(text):
        numbers = _numbers(_STYLE_ESCAPE.sub(" ", double or single))
        if numbers:
            yield _fault(
                name, f"the number {numbers[0]} in 'content:'", "style sheets without text"
            )


def _numbers(text: str, *, names: bool = False) -> list[str]:
    """The numbers in a text, without names such as Q3 unless `names` are wanted too."""
    plain = unicodedata.normalize("NFKC", text)
    return re.findall(r"\d+", plain if names else NAMES_WITH_DIGITS.sub(" ", plain))


def _fault(name: str, found: str, expected: str) -> Fault:
    return Fault(
        kind="not cleared",
        workbook=name,
        found=found,
        expected=expected,
        cure="Do not publish this edition; find what put it there, and build again",
    )


def page_sources(book: Path, generated: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the Markdown of each page by name: generated, or as it lies in the book's folder."""
    written = {name: book / f"{name}.md" for name in names}
    return {
        **{n: p.read_text(encoding="utf-8") for n, p in written.items() if p.is_file()},
        **generated,
    }
