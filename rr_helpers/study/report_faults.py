"""Telling faults: in the terminal, in faults.xlsx, and in marked copies of the workbooks."""

import os
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from rr_helpers.errors import Fault
from rr_helpers.study.folder import Validation
from rr_helpers.study.refusals import DAMAGED

REPORT = "faults.xlsx"
HEADINGS = {
    "severity": 10,
    "workbook": 20,
    "sheet": 22,
    "cell": 9,
    "kind": 26,
    "found": 50,
    "expected": 44,
    "cure": 50,
}
ALIKE_SHOWN = 3
_FILLS = {"error": PatternFill("solid", "F4B6A6"), "warning": PatternFill("solid", "FFE699")}
_HEADER = {"font": Font(bold=True, color="FFFFFF"), "fill": PatternFill("solid", "12436D")}
_NOT_IN_CELLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def format_faults(validation: Validation) -> str:
    """Return the faults as text for the terminal, grouped by workbook, with counts.

    Faults of one kind in one column are told once, with the first places; faults.xlsx has them all.
    """
    if not validation.faults:
        return f"{validation.folder}: no faults found."
    parts = []
    for workbook, faults in groupby(validation.faults, key=lambda fault: fault.workbook):
        faults = list(faults)
        parts.append(f"{workbook or validation.folder}: {_counted(faults)}")
        parts += [f"  {line}" for line in _lines(faults)]
        parts.append("")
    parts.append(f"In all: {_counted(validation.faults)}. {_verdict(validation)}")
    return "\n".join(parts)


def _counted(faults: Iterable[Fault]) -> str:
    counts = Counter(fault.severity for fault in faults)
    said = [_number(counts[s], s) for s in ("error", "warning") if counts[s]]
    return ", ".join(said)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _verdict(validation: Validation) -> str:
    if validation.errors:
        return "The errors stop a build; mend them and run this again."
    return "Warnings do not stop a build."


def _lines(faults: list[Fault]) -> list[str]:
    groups: dict[tuple, list[Fault]] = {}
    for fault in faults:
        column = re.sub(r"\d", "", fault.cell)
        groups.setdefault((fault.severity, fault.sheet, column, fault.kind), []).append(fault)
    lines = []
    for group in groups.values():
        lines += [f"{fault.severity}: {fault}" for fault in group[:ALIKE_SHOWN]]
        rest = group[ALIKE_SHOWN:]
        if rest:
            cells = ", ".join(fault.cell for fault in rest[:5] if fault.cell)
            more = " …" if len(rest) > 5 else ""
            lines.append(f"  … and {len(rest):,} more of this kind: {cells}{more}")
    return lines


def write_faults(validation: Validation, out_folder: str | Path) -> list[Path]:
    """Write faults.xlsx and a marked copy of each faulty workbook; return the paths written.

    A copy is named ``<name>.marked.xlsx``; its faulty cells are coloured and carry a comment. The
    originals are never changed. A workbook that cannot be opened gets no copy, and the list says
    so. The copies hold the same data as the originals and are as sensitive.
    """
    out_folder = Path(out_folder)
    out_folder.mkdir(parents=True, exist_ok=True)
    written, unmarked = [], set()
    for workbook in dict.fromkeys(fault.workbook for fault in validation.faults):
        faults = [fault for fault in validation.faults if fault.workbook == workbook]
        source = validation.folder / workbook
        if not workbook or not source.is_file():
            continue
        target = out_folder / f"{source.stem}.marked.xlsx"
        if _write_marked(source, target, faults):
            written.append(target)
        else:
            unmarked.add(workbook)
    return [_write_report(validation, out_folder / REPORT, unmarked), *written]


def _write_marked(source: Path, target: Path, faults: list[Fault]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="openpyxl")
            book = load_workbook(source, keep_links=False)
    except DAMAGED:
        return False
    for (sheet, cell), group in _by_cell(faults).items():
        if sheet in book.sheetnames:
            _mark(book[sheet], cell, group)
    _save(book, target)
    return True


def _by_cell(faults: list[Fault]) -> dict[tuple[str, str], list[Fault]]:
    cells: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        if fault.sheet:
            place = (fault.sheet, fault.cell.partition(":")[0] or "A1")
            cells.setdefault(place, []).append(fault)
    return cells


def _mark(sheet, address: str, faults: list[Fault]) -> None:
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        return  # it cannot hold a comment; the first cell of the range tells of the merging
    worst = min(fault.severity for fault in faults)
    text = "\n\n".join(f"{f.found}; expected {f.expected}. {f.cure}" for f in faults)
    cell.fill = _FILLS[worst]
    cell.comment = Comment(_NOT_IN_CELLS.sub("", text), "rr validate", width=360, height=160)


def _write_report(validation: Validation, path: Path, unmarked: set[str]) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "faults"
    sheet.freeze_panes = "A2"
    for position, (heading, width) in enumerate(HEADINGS.items(), start=1):
        cell = sheet.cell(1, position, heading)
        cell.font, cell.fill = _HEADER["font"], _HEADER["fill"]
        sheet.column_dimensions[cell.column_letter].width = width
    for row, fault in enumerate(validation.faults, start=2):
        for position, heading in enumerate(HEADINGS, start=1):
            _write_text(sheet.cell(row, position), getattr(fault, heading))
    sheet.auto_filter.ref = sheet.dimensions
    if unmarked:
        notes = book.create_sheet("not marked")
        for row, name in enumerate(sorted(unmarked), start=1):
            _write_text(
                notes.cell(row, 1), f"{name} cannot be opened, so there is no marked copy of it."
            )
    _save(book, path)
    return path


def _write_text(cell, text: str) -> None:
    cell.value = _NOT_IN_CELLS.sub("", text)
    # What people typed may begin with '=': it must stay text when the list is opened.
    cell.data_type, cell.quotePrefix = "s", text.startswith(("=", "+", "-", "@"))
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _save(book, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as aside:
        book.save(Path(aside) / path.name)
        os.replace(Path(aside) / path.name, path)
