"""Every published table in one accessible workbook: cover, contents, notes, one table a sheet.

The tables are read from the chapters' cleared outputs as pages show them, so a sheet holds what a
page shows and nothing else. Laid out by gptables, after the guidance of the Analysis Function. No
cell is a formula or a link: a text that begins like a formula is marked as text for Excel too.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
from lxml import html

from rr_helpers.publish.findings import SYNTHETIC, chapter_title
from rr_helpers.publish.summary import stamped_outputs

KINDS = ("Table", "Chart", "Joint display")
# A text stays a text; and no file is written aside while a workbook is made.
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
TEXT_ONLY |= {"in_memory": True}
MADE = datetime(2018, 7, 1)  # the pilot's first day; a clock would change the bytes
_NUMBER = re.compile(r"([+−]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(%?)")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
_ROW, _CHAPTER = "Row", "Chapter"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One table as a page shows it.

    frame: its texts, the first column heading the rows. notes: the lines under it, by kind.
    """

    title: str
    chapter: str
    frame: pd.DataFrame
    scope: str = ""
    source: str = ""
    marks: str = ""
    notes: tuple[str, ...] = ()


def shown_tables(notebooks: Mapping[str, object]) -> list[Shown]:
    """Return every table that the chapters show, in their order; one shown twice comes once."""
    found: dict[tuple, Shown] = {}
    for name, notebook in notebooks.items():
        for kind in KINDS:
            for output in stamped_outputs(notebook, kind):
                for table in _tables(output, chapter_title(notebook, name)):
                    content = (table.title, *map(tuple, table.frame.to_numpy().tolist()))
                    found.setdefault(content, table)
    return list(found.values())


def as_number(text: str) -> tuple[float | int, str] | None:
    """Return the number that a text is and the Excel format that shows it so; None for words."""
    read = _NUMBER.fullmatch(text)
    if read is None:
        return None
    sign, whole, decimals, per_cent = read.groups(default="")
    value = float(whole.replace(",", "") + decimals) if decimals else int(whole.replace(",", ""))
    value = -value if sign == "−" else value
    places = "0" * (len(decimals) - 1)
    shown = ("#,##0" if "," in whole else "0") + (f".{places}" if places else "") + per_cent
    if sign:
        shown = f"+{shown};−{shown};{'+' if sign == '+' else '−'}{shown}"
    return (round(value / 100, 12) if per_cent else value), shown


def has_tables(notebooks: Mapping[str, object]) -> bool:
    """Return whether the chapters show any table."""
    outputs = (
        output
        for notebook in notebooks.values()
        for kind in KINDS
        for output in stamped_outputs(notebook, kind)
    )
    return any("<table" in output for output in outputs)


def write_tables(
    path: Path,
    notebooks: Mapping[str, object],
    *,
    title: str,
    reporting: str,
    synthetic: bool = False,
) -> None:
    """Write the workbook to `path`, the same bytes every time; none where there are no tables.

    title, reporting, synthetic: for its cover.
    """
    gptables = _gptables()
    tables = shown_tables(notebooks)
    if not tables:
        return
    notes = {line: f"n{number}" for number, line in enumerate(_all_notes(tables), start=1)}
    sheets = {
        f"Table {number}": _sheet(table, number, notes)
        for number, table in enumerate(tables, start=1)
    }
    intro = ["Reporting window", reporting, *([SYNTHETIC] if synthetic else [])]
    workbook = gptables.produce_workbook(
        filename=str(path),
        sheets=sheets,
        cover=gptables.Cover(title=title, intro=intro, about=ABOUT),
        # The chapter stands under each title: the same things are counted in several of them.
        contentsheet_options={"title": "Contents", "additional_elements": ["subtitles"]},
        notes_table=_notes_table(notes),
        workbook_options=TEXT_ONLY,
    )
    workbook.set_properties({"title": title, "author": "", "created": MADE, "language": "en-GB"})
    workbook.close()


ABOUT = [
    "Every table of the report, one on a sheet, with the same figures as the pages: counts are "
    "rounded together so that nobody is singled out, and what may not be shown is marked.",
    "Marks stand in square brackets; each sheet says what those on it mean.",
]


def _gptables():
    """The library; it leaves the file of its theme open when it is imported, which is no matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        import gptables
    return gptables


def _sheet(table: Shown, number: int, notes: Mapping[str, str]):
    references = "".join(
        f"$${reference}$$" for line, reference in notes.items() if line in table.notes
    )
    frame, formats = _with_numbers(table.frame)
    return _gptables().GPTable(
        table=frame,
        table_name=f"table_{number}",
        title=f"Table {number}: {table.title} {references}".strip(),
        instructions="This sheet holds one table. Notes are on the sheet 'Notes'.",
        subtitles=[f"{_CHAPTER}: {table.chapter}"],
        scope=table.scope or None,
        source=table.source or None,
        legend=[table.marks] if table.marks else None,
        index_columns={2: 0},
        additional_formatting=formats,
    )


def _with_numbers(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[dict]]:
    """The table with numbers as numbers, and the format of each cell that needs one."""
    made, formats = frame.astype(object).copy(), []
    for row in range(len(frame)):
        for column, text in enumerate(frame.iloc[row]):
            read = as_number(text) if column else None
            if read:
                made.iat[row, column] = read[0]
            wanted = {"num_format": read[1], "align": "right"} if read else {}
            if not read and text.startswith(_LIKE_A_FORMULA):
                wanted = {"quote_prefix": True}
            if wanted:
                formats.append({"cell": {"cells": (row + 1, column), "format": wanted}})
    return made, formats


def _tables(output: str, chapter: str) -> Iterator[Shown]:
    element = html.fragment_fromstring(output, create_parent="div")
    lines = [_words(line) for line in element.xpath(".//*[@class='rr-notes']/p")]
    rest = [one for one in lines if not one.startswith(("Source: ", "Denominator: ", "Marks: "))]
    for table in element.iter("table"):
        yield Shown(
            title=_words(table.find("caption")) if table.find("caption") is not None else chapter,
            chapter=chapter,
            frame=_frame(table),
            scope=" ".join(one for one in lines if one.startswith("Denominator: ")),
            source=" ".join(one for one in lines if one.startswith("Source: ")),
            marks=" ".join(one for one in lines if one.startswith("Marks: ")),
            notes=tuple(rest),
        )


def _frame(table) -> pd.DataFrame:
    lines = [
        [_words(cell) for cell in line if cell.tag in ("td", "th")] for line in table.iter("tr")
    ]
    heads, *body = lines
    width = max(len(line) for line in lines)
    named = [head or _ROW for head in heads] + [f"{_ROW} {n}" for n in range(len(heads), width)]
    twice = {head for head in named if named.count(head) > 1}
    named = [f"{head} ({n})" if head in twice else head for n, head in enumerate(named, start=1)]
    return pd.DataFrame([line + [""] * (width - len(line)) for line in body], columns=named)


def _words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _all_notes(tables: Iterable[Shown]) -> list[str]:
    return list(dict.fromkeys(line for table in tables for line in table.notes))


def _notes_table(notes: Mapping[str, str]) -> pd.DataFrame | None:
    rows = [(reference, line) for line, reference in notes.items()]
    return pd.DataFrame(rows, columns=["Note reference", "Note text"]) if rows else None
