"""The list of contents of a book: which pages it has, in which order, and which are chapters."""

import re
from pathlib import Path

from rr_helpers.errors import UserError

CHAPTERS = "notebooks/"
CONTENTS = "_toc.yml"
# A page's name that could be nothing else: YAML takes a few words for something other than words.
_PAGE = r"(?!(?:null|true|false|yes|no|on|off)\n)[a-z]\w*(?:/\w+)*\n"
_PLAIN = re.compile(
    rf"format: jb-book\nroot: {_PAGE}parts:\n"
    rf"(?:  - caption: [A-Z][a-z]+(?: [A-Za-z]+)*\n    chapters:\n(?:      - file: {_PAGE})+)+",
    re.ASCII,
)


def read_toc(book: Path, contents: str = CONTENTS) -> list[str]:
    """Return the pages of a list of contents in reading order, the front page first, no endings.

    contents: the name of its file in `book`; a borough's edition has one of its own.
    """
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    toc = book / contents
    try:
        site_map = parse_toc_yaml(toc)
    except (OSError, MalformedError, ValueError) as error:
        raise UserError(
            place=str(toc),
            found=f"a table of contents that cannot be read ({error})",
            expected="the format of Jupyter Book, version 1 (format: jb-book)",
            cure="Compare it with the version before your last change",
        ) from error
    return _in_order(site_map, site_map.root.docname)


def chapter_names(book: Path, contents: str = CONTENTS) -> list[str]:
    """Return the chapters in reading order: the pages of the contents that are notebooks.

    A list written plainly, as the book's own are, is read here; any other by `read_toc`, which
    knows all that Jupyter Book allows, and says what is wrong: importing that alone takes a fifth
    of what a build needs to find that nothing has changed.
    """
    pages = plain_pages(book / contents) or read_toc(book, contents)
    return [page for page in pages if page.startswith(CHAPTERS)]


def plain_pages(toc: Path) -> list[str] | None:
    """Return every page in order, the front page first; None where the list is not plain."""
    try:
        lines = toc.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, ValueError):
        return None
    text = "".join(line for line in lines if line != "\n" and line[0] != "#")
    pages = re.findall(r"(?:root|file): (.*)\n", text)
    once = len(set(pages)) == len(pages)
    return pages if once and _PLAIN.fullmatch(text) else None


def _in_order(site_map, page: str) -> list[str]:
    pages = [page]
    for tree in site_map[page].subtrees:
        for item in tree.items:
            if item in site_map:
                pages += _in_order(site_map, str(item))
    return pages
