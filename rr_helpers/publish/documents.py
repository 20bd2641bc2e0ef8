"""The files for paper and for reckoning beside the pages: PDF and the workbook of tables.

    site/downloads/briefing-operational.pdf  briefing-strategic.pdf  summary.pdf  report.pdf
    site/downloads/tables.xlsx

They are made of the built pages and of the chapters' cleared outputs, before the site is checked,
so that every check of the site is a check of them too.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rr_helpers.publish.briefing import page_name
from rr_helpers.publish.findings import SYNTHETIC, escape_markdown
from rr_helpers.publish.pdf import count_sheets, set_pdf
from rr_helpers.publish.summary import PAGE as SUMMARY
from rr_helpers.publish.team_words import BOARDS
from rr_helpers.publish.workbook import has_tables

FOLDER = "downloads"  # inside the site
TABLES = "tables.xlsx"
ON_ONE_PAGE = {"compact": True}
ON_THREE_PAGES = {"compact": True, "drawings": 40, "with_data": False}
# Long lists to look things up in: on the pages, and no reading for paper.
NOT_ON_PAPER = {"data_dictionary": "The data dictionary is long and is on the pages only."}


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One PDF: its file, what it is in words, its pages by name, how it is set.

    sizes: of its letters in points, the largest first; the first is taken with which it keeps to so
    many sheets, or else the last.
    """

    file: str
    words: str
    pages: tuple[str, ...]
    setting: Mapping = field(default_factory=dict)
    sizes: tuple[float, ...] = (10,)
    sheets: int | None = None


def papers_of(listed: Iterable[str]) -> list[Paper]:
    """Return the PDFs of an edition whose contents list these pages."""
    listed = list(listed)
    papers = [
        Paper(file=f"briefing-{board}.pdf", words=f"Briefing for {words}, one page",
              pages=(page_name(board),), setting=ON_ONE_PAGE, sizes=(11.5, 10.6, 9.8), sheets=1)
        for board, words in BOARDS.items()
    ]  # fmt: skip
    papers.append(
        Paper(file="summary.pdf", words="Summary, three pages", pages=(SUMMARY,),
              setting=ON_THREE_PAGES, sizes=(10, 9.5, 9), sheets=3)
    )  # fmt: skip
    papers = [paper for paper in papers if set(paper.pages) <= set(listed)]
    whole = tuple(page for page in listed if page not in NOT_ON_PAPER)
    words = "The full report" if papers else "The briefing"
    front = [told for page, told in NOT_ON_PAPER.items() if page in listed]
    setting = {"front": front} if papers else {}
    return [*papers, Paper(file="report.pdf", words=words, pages=whole, setting=setting)]


def write_documents(
    site: Path,
    *,
    title: str,
    reporting: str,
    tables: Path,
    listed: Iterable[str],
    synthetic: bool = False,
) -> None:
    """Write every PDF of an edition into ``site/downloads``, and put the workbook beside them.

    title, reporting: of the edition, in words. synthetic: whether a title page says so. tables: the
    workbook from `write_tables`, where there is one. UserError where a page cannot be set as an
    accessible PDF.
    """
    folder = site / FOLDER
    folder.mkdir()
    beneath = [reporting, *([SYNTHETIC] if synthetic else [])]
    for paper in papers_of(listed):
        (folder / paper.file).write_bytes(set_paper(paper, site, title=title, beneath=beneath))
    if tables.is_file():
        os.replace(tables, folder / TABLES)


def set_paper(paper: Paper, site: Path, *, title: str, beneath: Iterable[str] = ()) -> bytes:
    """Return the PDF of a paper of an edition. beneath: what a title page says under the title."""
    pages = [site / f"{name}.html" for name in paper.pages]
    setting = {"title": f"{title}: {paper.words[0].lower()}{paper.words[1:]}", **paper.setting}
    if "front" in setting:
        setting["front"] = [*beneath, *setting["front"]]
    for size in paper.sizes:
        made = set_pdf(pages, size=size, **setting)
        if paper.sheets is None or count_sheets(made) <= paper.sheets:
            break
    return made


def links(listed: Iterable[str], notebooks: Mapping[str, object]) -> Iterator[str]:
    """Yield Markdown links from the front page to the files, with what each is."""
    for paper in papers_of(listed):
        yield f'<a href="{FOLDER}/{paper.file}">{escape_markdown(paper.words)} (PDF)</a>'
    if has_tables(notebooks):
        yield f'<a href="{FOLDER}/{TABLES}">Every table as a spreadsheet (Excel workbook)</a>'
