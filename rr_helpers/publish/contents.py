"""The list of contents of a book: which pages it has, in which order, and which are chapters."""

from pathlib import Path

from rr_helpers.errors import UserError

CHAPTERS = "notebooks/"
CONTENTS = "_toc.yml"


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
    """Return the chapters in reading order: the pages of the contents that are notebooks."""
    return [page for page in read_toc(book, contents) if page.startswith(CHAPTERS)]


def _in_order(site_map, page: str) -> list[str]:
    pages = [page]
    for tree in site_map[page].subtrees:
        for item in tree.items:
            if item in site_map:
                pages += _in_order(site_map, str(item))
    return pages
