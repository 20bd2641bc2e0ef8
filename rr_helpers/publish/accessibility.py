"""The accessibility statement, made from what was tested and what came of it.

`python -m benchmarks.accessibility REPORT` runs the checks of the tests on every page of a built
report and writes ``book/_data/accessibility/results.csv``; a test holds that file to the report.
"""

from pathlib import Path

import pandas as pd

from rr_helpers.publish.findings import escape_markdown

PAGE = "accessibility"
RESULTS = Path(__file__).parents[2] / "book" / "_data" / "accessibility" / "results.csv"

_OPENING = """\
# Accessibility statement

This report is made to be read by everyone it concerns: on a phone, enlarged, by keyboard, with a
screen reader, on paper, without a network. It aims at level AA of the Web Content Accessibility
Guidelines, version 2.2.

## What was tested
"""
_REST = """\
## What was not tested

- No person who uses a screen reader, a magnifier or speech control has tried this edition yet. What
  programs can test is part of the guidelines only.
- Whether the words are easy enough is for readers to say.

## What falls short

- In the PDF the first cell of a row is set in bold and not tagged as the head of its row, which the
  program that sets them cannot do yet; heads of columns are. The pages and the spreadsheets have
  both.
- The data dictionary is on the pages only: it is long, and there to look things up in.
- The drawing of a network has its message and its numbers in words beside it; the picture itself
  cannot be explored by keyboard.

## Other forms, and what to do when something cannot be read

Every chart has its message in words and its numbers in a table below it. The front page offers
briefings, summary and report as tagged PDF, and every table as a spreadsheet with one table on a
sheet. If you need another form, or find something that cannot be read, tell whoever sent you this
report: the evaluators mend it in the next edition and send you what you need meanwhile.
"""


def read_results() -> pd.DataFrame:
    """Return what was tested: `check`, `words`, `pages`, `problems`, `program`, one row a check."""
    return pd.read_csv(RESULTS)


def accessibility_markdown() -> str:
    """Return the statement as Markdown."""
    lines = ["| Test | Pages | Problems found |", "| --- | --- | --- |"]
    results = read_results()
    for row in results.itertuples():
        lines.append(f"| {escape_markdown(row.words)} | {row.pages} | {row.problems} |")
    programs = escape_markdown(", ".join(dict.fromkeys(results["program"])))
    told = (
        f"Every page was opened by a program in a browser, from its file ({programs}), with "
        "every folded table open."
    )
    documents = (
        "The PDF files are written to the standard PDF/UA-1, which asks for tags, a language, a "
        "title, an outline and words for every picture; the program that sets them stops where "
        "one is missing, and a test reads the tags back. The spreadsheets follow the guidance of "
        "the Government Analysis Function."
    )
    return "\n\n".join([_OPENING.strip(), told, "\n".join(lines), documents, _REST])
