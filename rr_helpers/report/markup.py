"""Semantic HTML for tables, and the bundle that a notebook shows."""

import hashlib
import re
from collections.abc import Iterable
from html import escape as _escape

from rr_helpers.disclosure.figures import ALL, MARKS
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.stamp import KEY, plain_text, require_cleared, stamp

_APOSTROPHE = re.compile(r"(?<=\w)'")


def escape(text) -> str:
    """Return text safe to stand in HTML, and in an attribute in double quotation marks."""
    # An apostrophe stays one: written as a character reference it is read as a number by whatever
    # reads the source, the book's search index among them.
    return escape_exactly(typographic(str(text)))


def escape_exactly(text: str) -> str:
    """Return text safe to stand in HTML, letter by letter: reviewed words stay as reviewed."""
    return _escape(text, quote=False).replace('"', "&quot;")


def typographic(text: str) -> str:
    """Return text with the apostrophes that print has: ’ for the ' of a keyboard after a letter."""
    return _APOSTROPHE.sub("’", text)


def bundle(kind: str, title: str, html: str, *, cleared: Iterable, finding=None):
    """Return the (data, metadata) of a notebook output, with its clearance record."""
    record = stamp(kind, title, html, cleared=cleared, finding=finding)
    return {"text/html": html, "text/plain": plain_text(record)}, {KEY: record}


def make_id(*parts: str) -> str:
    """Return an id for an element: the same for the same content, different for different."""
    return "rr-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]


def table_html(safe: SafeTable, *, label: str = "Table") -> str:
    """Return a SafeTable as an accessible HTML table in a container that scrolls sideways."""
    require_cleared(safe, label)
    if safe.kind == "public wording":
        return _worded_html(safe, label)
    frame = safe.frame
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in (frame.index.name, *frame.columns))
    margin = ALL in safe.grid.index
    classes = ["rr-text" if column == "Rests on" else "rr-number" for column in frame.columns]
    lines = list(zip(frame.index, frame.to_numpy().tolist(), strict=True))
    body = "".join(
        _line(row, zip(classes, cells, strict=True), last=margin and number == len(lines) - 1)
        for number, (row, cells) in enumerate(lines)
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return _scrolled(safe, label, f'<table class="rr-table rr-{safe.kind.split()[0]}">', table)


def _worded_html(safe: SafeTable, label: str) -> str:
    """A table of sentences, whose cells a phone's style stacks: each says what column it is of."""
    frame = safe.frame
    head = "".join(
        f'<th scope="col" role="columnheader">{escape(c)}</th>'
        for c in (frame.index.name, *frame.columns)
    )
    lines = ""
    for row, cells in zip(frame.index, frame.to_numpy().tolist(), strict=True):
        shown = "".join(
            f'<td class="rr-text" role="cell" data-label="{escape(column)}">{escape(cell)}</td>'
            for column, cell in zip(frame.columns, cells, strict=True)
        )
        header = f'<th scope="row" role="rowheader">{escape(row)}</th>'
        lines += f'<tr role="row">{header}{shown}</tr>'
    table = (
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{lines}</tbody></table>'
    )
    return _scrolled(safe, label, '<table class="rr-table rr-public" role="table">', table)


def _scrolled(safe: SafeTable, label: str, start: str, table: str) -> str:
    return (
        f'<div class="rr-scroll" tabindex="0" role="group" aria-label="{escape(label)}: '
        f'{escape(safe.title)}">{start}<caption>{escape(safe.title)}</caption>{table}</div>'
    )


def stacked_html(title: str, headings: Iterable[str], lines: str, note: str, *, more="") -> str:
    """Return a table whose cells a phone's style stacks: caption, headings, lines, a note.

    lines: the rows of its body, ready made. more: a class of its own.
    """
    head = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in headings)
    notes = f'<div class="rr-notes"><p>{escape(note)}</p></div>' if note else ""
    # Explicit roles keep it a table for screen readers where the cells are stacked.
    return (
        f'<div class="rr-exhibit"><table class="rr-joint{more and " " + more}" role="table">'
        f"<caption>{escape(title)}</caption>"
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{lines}</tbody></table>{notes}</div>'
    )


def _line(row: str, cells: Iterable[tuple[str, str]], *, last: bool) -> str:
    shown = "".join(f'<td class="{name}">{escape(cell)}</td>' for name, cell in cells)
    total = ' class="rr-total"' if last else ""
    return f'<tr{total}><th scope="row">{escape(row)}</th>{shown}</tr>'


def notes_html(*tables: SafeTable, note: str = "") -> str:
    """Return what stands under an exhibit: denominator, notes, marks used, rules, source."""
    lines = [note, *(table.note for table in tables)]
    lines += [_denominator(table) for table in tables]
    lines += [_marks(tables)]
    lines += [rule for table in tables for rule in table.rules]
    sources = "; ".join(dict.fromkeys(table.source for table in tables if table.source))
    lines += [f"Source: {sources}." if sources else ""]
    preview = any(table.preview for table in tables)
    start = '<p class="rr-preview">Preview only: not for publication.</p>' if preview else ""
    kept = dict.fromkeys(" ".join(line.split()) for line in lines if line)
    return (
        start + '<div class="rr-notes">' + "".join(f"<p>{escape(k)}</p>" for k in kept) + "</div>"
    )


def _denominator(table: SafeTable) -> str:
    if table.kind != "counts":
        return ""
    # Where one column stands beside the whole, a reader of that column asks for its own.
    parts = [name for name in table.column_labels if table.whole and ALL in table.grid.index]
    own = "".join(f", {table.count(ALL, name).text} of them in {name}" for name in parts)
    return f"Denominator: {table.total.text} {table.of}{own}."


def _marks(tables: Iterable[SafeTable]) -> str:
    shown = {cell for table in tables for line in table.frame.to_numpy() for cell in line}
    used = [f"{mark} {meaning}" for mark, meaning in MARKS.items() if mark in shown]
    return "Marks: " + "; ".join(used) + "." if used else ""
