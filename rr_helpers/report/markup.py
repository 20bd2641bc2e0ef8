"""Semantic HTML for tables, and the bundle that a notebook shows."""

import hashlib
from collections.abc import Iterable
from html import escape as _escape

from rr_helpers.disclosure.figures import ALL, MARKS
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.stamp import KEY, plain_text, require_cleared, stamp


def escape(text) -> str:
    """Return text safe to stand in HTML, and in an attribute in double quotation marks."""
    # An apostrophe stays one: written as a character reference it is read as a number by whatever
    # reads the source, the book's search index among them.
    return _escape(str(text), quote=False).replace('"', "&quot;")


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
    frame = safe.frame
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in (frame.index.name, *frame.columns))
    margin = ALL in safe.grid.index
    words = frame.columns if safe.kind == "public wording" else ["Rests on"]
    classes = ["rr-text" if column in words else "rr-number" for column in frame.columns]
    lines = list(zip(frame.index, frame.to_numpy().tolist(), strict=True))
    body = "".join(
        _line(row, zip(classes, cells, strict=True), last=margin and number == len(lines) - 1)
        for number, (row, cells) in enumerate(lines)
    )
    return (
        f'<div class="rr-scroll" tabindex="0" role="group" aria-label="{escape(label)}: '
        f'{escape(safe.title)}"><table class="rr-table rr-{escape(safe.kind.split()[0])}">'
        f"<caption>{escape(safe.title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
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
    return f"Denominator: {table.total.text} {table.of}." if table.kind == "counts" else ""


def _marks(tables: Iterable[SafeTable]) -> str:
    shown = {cell for table in tables for line in table.frame.to_numpy() for cell in line}
    used = [f"{mark} {meaning}" for mark, meaning in MARKS.items() if mark in shown]
    return "Marks: " + "; ".join(used) + "." if used else ""
