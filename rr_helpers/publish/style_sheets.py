"""One small style sheet for the site: of the theme's many rules, those that its pages can use.

A rule is kept unless it asks for an element, a class or an id that no page has and no script names.
What a selector asks for within brackets (`:not(…)`, `:is(…)`) is not judged, so that a rule is
rather kept than lost. Same pages, same bytes.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import tinycss2
from lxml import etree, html

FILE = "_static/report.css"
ENCODING = '@charset "UTF-8";\n'  # arrows and quotation marks are written as themselves
# Attributes whose values tell what a page is; those of others may change while it is read.
JUDGED = {"class", "id", "data-bs-theme", "data-mode", "data-theme"}
GROUPS = {"container", "layer", "media", "supports"}  # at-rules that hold rules
DATA = {"searchindex.js"}  # scripts that hold words of pages, and put nothing on a page
_ADDRESS = "address-of-the-one-style-sheet"
_QUIETLY = {"skip_comments": True, "skip_whitespace": True}
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_MOVEMENT = re.compile(r"animation(?:-name)?:([^;}]*)")


@dataclass(frozen=True)
class Rule:
    """A rule of a style sheet: what stands before its brackets, and in them."""

    head: str
    declarations: tuple[str, ...] = ()
    rules: tuple["Rule", ...] = ()

    def __str__(self) -> str:
        return f"{self.head}{{{';'.join(self.declarations)}{''.join(map(str, self.rules))}}}"


@dataclass(frozen=True)
class Present:
    """What a rule can meet: (kind, word) of pages, by an attribute's name or "element"; words that
    scripts may put there."""

    on_pages: frozenset[tuple[str, str]]
    in_scripts: frozenset[str] = frozenset()

    def has(self, asked: Iterable[tuple[str, str]]) -> bool:
        """Return whether all that a selector asks for is there."""
        return all(each in self.on_pages or each[1] in self.in_scripts for each in asked)


def join_style_sheets(site: Path) -> None:
    """Put the style sheets that the pages of a site link to into one, without unused rules.

    The pages then link to that one alone. ValueError where pages link to different ones, for which
    no single file could stand.
    """
    pages = {
        path: _read_page(path.read_bytes())
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }
    linked = {tuple(_files(path, page.sheets)) for path, page in pages.items()}
    if len(linked) != 1:
        raise ValueError(f"pages with different style sheets: {sorted(linked)}")
    scripts = {file for path, page in pages.items() for file in _files(path, page.scripts)}
    scripts = [file for file in scripts if file.name not in DATA]
    named = {word for file in scripts for word in _WORD.findall(file.read_text(encoding="utf-8"))}
    on_pages = frozenset().union(*(page.words for page in pages.values()))
    sheets = tuple(text for sheet in linked.pop() for text in _with_imports(sheet))
    text = _joined(sheets, Present(on_pages, frozenset(named)))
    (site / FILE).write_text(text, encoding="utf-8", newline="\n")
    version = hashlib.sha256(text.encode()).hexdigest()[:8]  # so that no browser shows an old one
    for path, page in pages.items():
        address = os.path.relpath(site / FILE, path.parent).replace(os.sep, "/")
        written = f"{page.before}{address}?v={version}{page.after}"
        path.write_text(written, encoding="utf-8", newline="\n")


class Page(NamedTuple):
    """What a page says of itself, and its text before and after the address of its style sheet.

    sheets, scripts: the addresses that it links to. words: as `Present.on_pages`.
    """

    sheets: tuple[str, ...]
    scripts: tuple[str, ...]
    words: frozenset[tuple[str, str]]
    before: str
    after: str


# Of what a process builds again and again, few pages change from one time to the next.
@lru_cache(maxsize=256)
def _read_page(data: bytes) -> Page:
    page = html.document_fromstring(data)
    sheets, scripts = map(page.xpath, ("//link[@rel='stylesheet']/@href", "//script/@src"))
    links = page.xpath("//link[@rel='stylesheet']")
    for link in links[1:]:
        link.drop_tree()
    for link in links[:1]:
        link.set("href", _ADDRESS)
    text = html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    before, _, after = f"{text}\n".partition(_ADDRESS)
    words = frozenset(_words_of(page))
    return Page(tuple(map(str, sheets)), tuple(map(str, scripts)), words, before, after)


def _words_of(page) -> Iterator[tuple[str, str]]:
    """What stands on a page (an lxml document), as in `Present`."""
    for element in page.iter(etree.Element):
        yield "element", element.tag
        for name, value in element.items():
            if name in JUDGED:
                yield from ((name, word) for word in value.split())


def _with_imports(sheet: Path) -> Iterator[str]:
    """The texts of a style sheet and of those that it imports, which come first."""
    text = sheet.read_text(encoding="utf-8")
    for node in _parsed(text):
        if node.type == "at-rule" and node.lower_at_keyword == "import":
            (address,) = [part.value for part in node.prelude if part.type in ("string", "url")]
            yield from _with_imports(Path(os.path.normpath(sheet.parent / address)))
    yield text


@lru_cache(maxsize=16)
def _joined(sheets: tuple[str, ...], present: Present) -> str:
    """One style sheet of the rules of several that meet something."""
    rules = [rule for text in sheets for node in _parsed(text) for rule in _kept(node, present)]
    return ENCODING + "".join(f"{rule}\n" for rule in without_unused_names(rules))


@lru_cache(maxsize=16)
def _parsed(text: str) -> tuple:
    # The theme's sheets are long, and the same for every edition that this process builds.
    return tuple(tinycss2.parse_stylesheet(text, **_QUIETLY))


def without_unused_names(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules without variables and movements that nothing names, and without empty rules."""
    rules = list(rules)
    while True:
        text = "".join(map(str, rules))
        named = set(_VARIABLE.findall(text))
        named |= {word for value in _MOVEMENT.findall(text) for word in _WORD.findall(value)}
        left = [kept for rule in rules for kept in _named(rule, named)]
        if left == rules:
            return rules
        rules = left


def _named(rule: Rule, named: set[str]) -> Iterator[Rule]:
    if rule.head.startswith("@keyframes") and rule.head.split()[1] not in named:
        return
    declarations = tuple(
        each
        for each in rule.declarations
        if not each.startswith("--") or each.partition(":")[0] in named
    )
    inside = tuple(kept for each in rule.rules for kept in _named(each, named))
    if declarations or inside:
        yield replace(rule, declarations=declarations, rules=inside)


def _kept(node, present: Present) -> Iterator[Rule]:
    if node.type == "qualified-rule":
        heads = [part for part in _parts(node.prelude) if present.has(_asked(part))]
        if heads:
            inside = tinycss2.parse_blocks_contents(node.content, **_QUIETLY)
            head = ",".join(tinycss2.serialize(part).strip() for part in heads)
            yield Rule(head, tuple(each.serialize() for each in inside))
    elif node.type == "at-rule" and node.content is not None:
        head = f"@{node.lower_at_keyword} {tinycss2.serialize(node.prelude).strip()}"
        if node.lower_at_keyword in GROUPS:
            inside = tinycss2.parse_rule_list(node.content, **_QUIETLY)
            rules = tuple(rule for each in inside for rule in _kept(each, present))
            yield Rule(head, rules=rules)
        elif node.lower_at_keyword != "font-face":  # letters are the reader's own: no font is sent
            yield Rule(head, (tinycss2.serialize(node.content).strip(),))


def _parts(selectors) -> Iterator[list]:
    """The selectors of a list, as tokens."""
    part = []
    for token in selectors:
        if token == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _asked(selector: list) -> Iterator[tuple[str, str]]:
    """What a selector asks for outside of brackets, as in `Present`."""
    before = None
    for token in selector:
        if token.type == "ident" and before != ":":
            yield ("class", token.value) if before == "." else ("element", token.lower_value)
        elif token.type == "hash":
            yield "id", token.value
        elif token.type == "[] block":
            told = [part for part in token.content if part.type != "whitespace"]
            if len(told) == 3 and told[1] == "=" and told[0].value in JUDGED:
                yield told[0].value, told[2].value
        before = token


def _files(path: Path, addresses: Iterable[str]) -> Iterator[Path]:
    """The files that a page names, by their addresses."""
    for address in addresses:
        yield Path(os.path.normpath(path.parent / address.partition("?")[0]))
