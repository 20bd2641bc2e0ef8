"""Accessible PDF of pages of the built site, set with Typst: no browser, LaTeX or font to fetch.

Typst comes as one wheel with its own typefaces and writes PDF/UA-1: tagged, with outline, language,
title and alternative texts, and it stops where one of them is missing. Same pages, same bytes.
The head of a row is bold and no TH: Typst has `pdf.header-cell` behind its feature `a11y-extras`,
which typst-py 0.15.2 has no way to switch on.
Charts are set in the typeface that comes with matplotlib, as on the page.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import html

from rr_helpers.errors import UserError
from rr_helpers.publish.typst_source import page_source, quoted

STANDARD = "ua-1"
STYLE = Path(__file__).parents[2] / "book" / "paper.typ"


def set_pdf(
    pages: Sequence[Path],
    *,
    title: str,
    size: float = 10,
    compact: bool = False,
    drawings: int = 62,
    with_data: bool = True,
    front: Sequence[str] = (),
) -> bytes:
    """Return one PDF of pages (HTML files of the site), in their order.

    size: of the letters, in points. compact: with little space, for a page that has to hold all.
    drawings: how wide charts are, in per cent of the line. with_data: whether tables under charts
    are printed. front: what stands under the title on a title page, a paragraph each; a list of
    contents then follows, and every page of the site begins a new sheet. UserError where the PDF
    would not be accessible: a picture without a description, headings that skip a level.
    """
    labels = {page: f"page-{number}" for number, page in enumerate(pages)}
    parts = [
        _labelled(
            page_source(
                html.document_fromstring(page.read_bytes()),
                labels=_addresses(page, labels),
                with_data=with_data,
            ),
            labels[page],
        )
        for page in pages
    ]
    opening = f"front-matter({', '.join(map(quoted, [title, *front]))})" if front else ""
    source = "\n".join(
        [
            STYLE.read_text(encoding="utf-8"),
            f"#show: paper.with(title: {quoted(title)}, size: {size}pt, "
            f"compact: {str(compact).lower()}, drawings: {drawings}%, "
            f"chapters: {str(bool(front)).lower()})",
            "#{",
            opening,
            *parts,
            "}",
        ]
    )
    return _compile(source)


def count_sheets(pdf: bytes) -> int:
    """Return how many sheets a PDF has."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def _labelled(source: str, label: str) -> str:
    """The page with a label at its title, to which links in the same document lead."""
    return re.sub(
        r"^heading\(level: 1, (.*)\)$",
        lambda found: f"[#heading(level: 1, {found[1]}) #label({quoted(label)})]",
        source,
        count=1,
        flags=re.MULTILINE,
    )


def _addresses(page: Path, labels: Mapping[Path, str]) -> dict[str, str]:
    """How each page of the document is called in a link on this one."""
    from os.path import relpath

    return {
        relpath(other, page.parent).replace("\\", "/"): label
        for other, label in labels.items()
        if other != page
    }


def _compile(source: str) -> bytes:
    import matplotlib
    import typst

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    try:
        return typst.compile(
            source.encode(),
            format="pdf",
            pdf_standards=[STANDARD],
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
        )
    except (typst.TypstError, RuntimeError) as error:
        raise UserError(
            place="the PDF",
            found=f"a page that cannot be set as an accessible PDF ({error})",
            expected="pictures with descriptions, headings in order, tables with heads",
            cure="Mend the page that holds it, and build again",
        ) from error
