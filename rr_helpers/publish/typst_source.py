"""Pages of the built site, written in Typst's language, from which the PDF is set.

Only what stands in the text of a page is taken: headings, paragraphs, lists, tables, charts with
their alternative texts, quotations, notes. Everything is written as function calls on quoted
strings, so that no text of a page can be taken for a command.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set

from lxml import etree, html

from rr_helpers.errors import UserError

SVG = "{http://www.w3.org/2000/svg}"
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5}
BLOCKS = {*HEADINGS, "p", "ul", "ol", "dl", "table", "figure", "div", "section", "details", "aside"}
BLOCKS |= {"blockquote", "article", "svg", "pre", "summary"}
# What a paper reader has no use for.
LEFT_OUT = {"script", "style", "nav", "button", "form", "input", "template"}
# Kinds of passage that paper.typ sets apart, by their class on the page.
_NOTES = ("rr-notes", "rr-standfirst", "rr-banner", "rr-headline", "rr-finding", "admonition")
_WIDE = 6  # columns from which a table is set smaller
_NARROWEST = 2.5  # of the share of the line that a column is given
# What the front page offers besides its pages, and no sheet of paper can.
_ON_SCREEN_ONLY = {"on-paper-and-in-a-spreadsheet"}


def page_source(page, *, labels: Mapping[str, str] = {}, with_data: bool = True) -> str:
    """Return the Typst source of one page, an lxml document of the built site.

    labels: the label of each page's title by its address, for links inside one document; other
    links keep their words only. with_data: whether tables under charts are taken too.
    """
    articles = page.xpath("//article")
    if not articles:
        raise UserError(
            place="a page of the site",
            found="no text (no <article>)",
            expected="a page as Jupyter Book makes it",
            cure="Build the edition again",
        )
    return _Writer(labels, with_data).blocks(articles[0])


def quoted(text: str) -> str:
    """Return a text as a string of Typst's language."""
    return json.dumps(text, ensure_ascii=False).replace("\\b", "").replace("\\f", "")


class _Writer:
    """Writes elements; knows where links may lead and what is left out."""

    def __init__(self, labels: Mapping[str, str], with_data: bool):
        self.labels, self.with_data = labels, with_data

    def blocks(self, element) -> str:
        """The content of an element that holds blocks, one a line."""
        lines, run = [], [self._text(element.text)]
        for child in element:
            if not isinstance(child.tag, str) or _is_left_out(child):
                run.append(self._text(child.tail))
            elif _tag(child) in BLOCKS:
                lines += [_paragraph(run), self._block(child)]
                run = [self._text(child.tail)]
            else:
                run += [self._inline(child), self._text(child.tail)]
        return "\n".join(line for line in (*lines, _paragraph(run)) if line)

    def _block(self, element) -> str:
        tag, classes = _tag(element), element.get("class", "")
        if tag in HEADINGS:
            return f"heading(level: {HEADINGS[tag]}, {self._words(element)})"
        if tag == "svg":
            return _picture(element)
        if tag == "table":
            return self._table(element)
        if tag in ("ul", "ol"):
            items = ", ".join(self._content(item) for item in element if _tag(item) == "li")
            return f"{'list' if tag == 'ul' else 'enum'}({items})" if items else ""
        if element.get("id") in _ON_SCREEN_ONLY:
            return ""
        if "rr-finding-details" in classes:
            return self._details(element)
        if "rr-sentence" in classes:
            return f"par(strong({self._words(element)}))"
        if tag == "dl":
            return self._definitions(element)
        if "rr-figure" in classes.split():
            return self._chart(element)
        if "rr-quote" in classes.split():
            said = _in_language(element[0], self._content(element[0]))
            speaker = self._words(element[-1])
            return f"quote(block: true, attribution: {speaker}, {said})"
        if tag == "pre":
            return f"raw(block: true, {quoted(element.text_content())})"
        if tag == "blockquote":
            return f"quote(block: true, {_in_language(element, self._content(element))})"
        if tag == "details" and "rr-data" in classes and not self.with_data:
            return ""
        if tag == "summary":
            return ""  # nothing is folded on paper, and what follows has a title
        if tag in ("figcaption", "p"):
            return _paragraph([self._words(element)])
        return self._set_apart(self.blocks(element), classes)

    def _chart(self, figure) -> str:
        """A chart with its title on one sheet; what stands under it may go on over the page."""
        title, drawing, *rest = [child for child in figure if isinstance(child.tag, str)]
        together = f"par(strong({self._words(title)}))\n{self.blocks(drawing)}"
        under = [self._block(child) for child in rest]
        return "\n".join([f"together({{\n{together}\n}})", *filter(None, under)])

    def _set_apart(self, inside: str, classes: str) -> str:
        for name in _NOTES:
            if name in classes.split() and inside:
                return f"{name.removeprefix('rr-')}({{\n{inside}\n}})"
        return inside

    def _content(self, element) -> str:
        """An element as one argument: its words, or a block of blocks."""
        if any(_tag(child) in BLOCKS for child in element.iter() if child is not element):
            return f"{{\n{self.blocks(element)}\n}}"
        return self._words(element)

    def _words(self, element) -> str:
        parts = [self._text(element.text)]
        for child in element:
            if isinstance(child.tag, str) and not _is_left_out(child):
                parts.append(self._inline(child))
            parts.append(self._text(child.tail))
        return _joined(parts) or '""'

    def _inline(self, element) -> str:
        tag = _tag(element)
        if tag in BLOCKS:
            return self._content(element)
        words = self._words(element)
        if tag in ("strong", "b", "dt"):
            words = f"strong({words})"
        elif tag in ("em", "i", "cite"):
            words = f"emph({words})"
        elif tag == "code":
            words = f"raw({quoted(element.text_content())})"
        elif tag == "br":
            return "linebreak()"
        elif tag == "a" and element.get("href") in self.labels:
            words = f"link(label({quoted(self.labels[element.get('href')])}), {words})"
        return _in_language(element, words)

    def _definitions(self, element) -> str:
        lines = []
        for part in element.iter("dt", "dd"):
            if part.tag == "dt":
                lines.append(f"par(strong({self._words(part)}))")
            else:
                lines.append(f"pad(left: 1em, {{ {self.blocks(part)} }})")
        return "\n".join(lines)

    def _details(self, element) -> str:
        """What stands under a finding: a line each, which begins with what it is."""
        lines = []
        for line in element:
            term, *said = line
            words = _joined(f'" " + {self._words(each)}' for each in said)
            lines.append(f'par(strong({self._words(term)} + ":") + {words})')
        return "\n".join(lines)

    def _table(self, table) -> str:
        lines = [_cells(line) for line in table.iter("tr")]
        count = max((sum(_span(cell) for cell in line) for line in lines), default=0)
        if not count:
            return ""
        heads = [line for line in table.iterfind(".//thead//tr")]
        numbers = _columns_of_numbers(lines)
        parts = [self._row(_cells(line), numbers) for line in heads]
        header = [f"table.header({', '.join(parts)})"] if parts else []
        body = [self._row(_cells(line)) for line in table.iter("tr") if line not in heads]
        columns = ", ".join(f"{share:.2f}fr" for share in _shares(lines, count))
        size = "small-table" if count > _WIDE else "plain-table"
        made = f"{size}(columns: ({columns},), {', '.join([*header, *body])})"
        caption = table.find("caption")
        if caption is None:
            return made
        return f"figure(kind: table, caption: {self._words(caption)}, {made})"

    def _row(self, cells, numbers: Set[int] = frozenset()) -> str:
        return ", ".join(self._cell(cell, at in numbers) for at, cell in enumerate(cells))

    def _cell(self, cell, over_numbers: bool) -> str:
        inside = self._content(cell)
        inside = f"strong({inside})" if cell.tag == "th" and not inside.startswith("{") else inside
        side = "right" if over_numbers or _holds_number(cell) else "left"
        span = _span(cell)
        return f"table.cell(align: {side}{f', colspan: {span}' if span > 1 else ''}, {inside})"

    def _text(self, text: str | None) -> str:
        plain = re.sub(r"\s+", " ", text or "")
        return quoted(plain) if plain else ""


def _in_language(element, source: str) -> str:
    language = element.get("lang")
    return f"text(lang: {quoted(language[:2])}, {source})" if language else source


def _cells(line) -> list:
    return [cell for cell in line if cell.tag in ("td", "th")]


def _holds_number(cell) -> bool:
    return "rr-number" in cell.get("class", "")


def _columns_of_numbers(lines: Sequence[Sequence]) -> set[int]:
    """The places of the columns whose heads stand over numbers, at the right like these."""
    return {
        at
        for line in lines
        for at, cell in enumerate(line)
        if _holds_number(cell) and all(_span(other) == 1 for other in line)
    }


def _shares(lines: Sequence[Sequence], count: int) -> list[float]:
    """What each column is given of the line: more to longer words, but not in proportion."""
    longest = [0] * count
    for line in lines:
        if len(line) == count:
            longest = [
                max(most, len(cell.text_content().strip()))
                for most, cell in zip(longest, line, strict=True)
            ]
    return [max(_NARROWEST, math.sqrt(most)) for most in longest]


def _span(cell) -> int:
    return int(cell.get("colspan", 1))


def _tag(element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _is_left_out(element) -> bool:
    return _tag(element) in LEFT_OUT or "headerlink" in element.get("class", "")


def _joined(parts: Iterable[str]) -> str:
    return " + ".join(part for part in parts if part)


def _paragraph(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part]
    return f"par({_joined(kept)})" if any(part != '" "' for part in kept) else ""


def _picture(svg) -> str:
    """A drawing with its description; the typeface that the page would give it is put in."""
    described = [each for each in svg.iter() if _tag(each) == "desc"]
    alt = " ".join(described[0].text_content().split()) if described else ""
    drawing = etree.fromstring(_as_xml(svg))
    drawing.set("font-family", "DejaVu Sans")
    drawing.attrib.pop("width", None)
    text = etree.tostring(drawing, encoding="unicode")
    return f"picture(alt: {quoted(alt)}, {quoted(text)})"


def _as_xml(svg) -> bytes:
    # An HTML reader lower-cases names; a drawing's names have capitals.
    text = html.tostring(svg, encoding="unicode", with_tail=False)
    for name in ("viewBox", "clipPath", "preserveAspectRatio", "clipPathUnits"):
        text = re.sub(rf"(?<=[<\s/]){name.lower()}(?=[\s=>])", name, text)
    if "xmlns=" not in text[:400]:
        text = text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    parser = etree.XMLParser(recover=True, resolve_entities=False)
    return etree.tostring(etree.fromstring(text.encode(), parser))
