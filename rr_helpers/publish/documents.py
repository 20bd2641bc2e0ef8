"""The files for paper and for reckoning beside the pages: PDF and the workbook of tables.

    site/downloads/briefing-operational.pdf  briefing-strategic.pdf  summary.pdf  report.pdf
    site/downloads/tables.xlsx

They are made of the built pages and of the chapters' cleared outputs, before the site is checked,
so that every check of the site is a check of them too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rr_helpers.publish.briefing import page_name
from rr_helpers.publish.findings import escape_markdown
from rr_helpers.publish.pdf import set_pdf
from rr_helpers.publish.summary import PAGE as SUMMARY
from rr_helpers.publish.team_words import BOARDS
from rr_helpers.publish.workbook import has_tables, write_tables

FOLDER = "downloads"  # inside the site
TABLES = "tables.xlsx"
ON_ONE_PAGE = {"size": 9.8, "compact": True}
ON_THREE_PAGES = {"size": 9, "compact": True, "drawings": 40, "with_data": False}
# Long lists to look things up in: on the pages, and no reading for paper.
NOT_ON_PAPER = {"data_dictionary"}


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One PDF: its file, what it is in words, its pages by name, how it is set."""

    file: str
    words: str
    pages: tuple[str, ...]
    setting: Mapping = field(default_factory=dict)


def papers_of(listed: Iterable[str]) -> list[Paper]:
    """Return the PDFs of an edition whose contents list these pages."""
    listed = list(listed)
    papers = [
        Paper(file=f"briefing-{board}.pdf", words=f"Briefing for {words}, one page",
              pages=(page_name(board),), setting=ON_ONE_PAGE)
        for board, words in BOARDS.items()
    ]  # fmt: skip
    papers.append(
        Paper(file="summary.pdf", words="Summary, three pages", pages=(SUMMARY,),
              setting=ON_THREE_PAGES)
    )  # fmt: skip
    papers = [paper for paper in papers if set(paper.pages) <= set(listed)]
    whole = tuple(page for page in listed if page not in NOT_ON_PAPER)
    words = "The full report" if papers else "The briefing"
    contents = {"contents": True} if papers else {}
    return [*papers, Paper(file="report.pdf", words=words, pages=whole, setting=contents)]


def write_documents(
    site: Path,
    *,
    title: str,
    reporting: str,
    notebooks: Mapping[str, object],
    listed: Iterable[str],
) -> None:
    """Write every PDF and the workbook of an edition into ``site/downloads``.

    title, reporting: of the edition, in words. notebooks: the executed chapters, by name, in their
    order. UserError where a page cannot be set as an accessible PDF.
    """
    folder = site / FOLDER
    folder.mkdir()
    for paper in papers_of(listed):
        pages = [site / f"{name}.html" for name in paper.pages]
        called = f"{title}: {paper.words[0].lower()}{paper.words[1:]}"
        (folder / paper.file).write_bytes(set_pdf(pages, title=called, **paper.setting))
    write_tables(folder / TABLES, notebooks, title=title, reporting=reporting)


def links(listed: Iterable[str], notebooks: Mapping[str, object]) -> Iterator[str]:
    """Yield Markdown links from the front page to the files, with what each is."""
    for paper in papers_of(listed):
        yield f'<a href="{FOLDER}/{paper.file}">{escape_markdown(paper.words)} (PDF)</a>'
    if has_tables(notebooks):
        yield f'<a href="{FOLDER}/{TABLES}">Every table as a spreadsheet (Excel workbook)</a>'
