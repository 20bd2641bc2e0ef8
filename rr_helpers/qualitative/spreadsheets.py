"""Spreadsheets of coded segments, as the coding tools export them.

They hold no source texts, so quotations cannot be checked: `verified` is missing. Begin and End
are paragraph numbers in MAXQDA, never characters, so they become a `place`, not a span.
"""

import re
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.qualitative.columns import (
    ALIASES,
    CODEBOOK,
    NEEDED,
    match_columns,
    read_override,
)
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.grids import read_grids
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.taguette import split_tag

APPLIED = re.compile(r"code:\s*(.+?)\s+applied", re.IGNORECASE)
TRUE = ("true", "1", "yes", "x")


def read_segments(path: Path) -> CodedMaterial:
    """Return the material of a spreadsheet or csv of coded segments.

    Long sheets have one row per coding or, with several codes in a cell, per quotation; Dedoose's
    have a column ``Code: X Applied`` per code. UserError where no sheet has columns for the source
    and the code, which shows the headers found and how to name them.
    """
    override = read_override(path)
    grids = read_grids(path)
    if "sheet" in override:
        grids = {name: rows for name, rows in grids.items() if name == override["sheet"]}
    aliases = ALIASES | {
        meaning: (header.strip().casefold(),)
        for meaning, header in override.items()
        if meaning in ALIASES
    }
    for rows in grids.values():
        for number, header in enumerate(rows[:10]):
            columns = match_columns(header, aliases)
            applied = {place: APPLIED.fullmatch(cell) for place, cell in enumerate(header)}
            applied = {place: match.group(1) for place, match in applied.items() if match}
            if "source" in columns and ("code" in columns or applied):
                sheet = _Sheet(path.name, header, columns, applied, override)
                return segments_material(path.name, sheet.records(rows[number + 1 :]))
    raise _no_columns(path, grids)


def _no_columns(path: Path, grids: dict) -> UserError:
    headers = next((row for rows in grids.values() for row in rows if any(row)), [])
    # A first row that is no header holds what people said, which must not reach a message.
    names = [repr(cell) for cell in headers[:12] if cell and len(cell) <= 30]
    shown = ", ".join(names) or "no short names"
    return UserError(
        place=path.name,
        found=f"no columns known for {' and '.join(NEEDED)} (first row: {shown})",
        expected="coded segments as exported by the coding tool",
        cure=f"Write {path.name}.columns.toml beside it, with lines such as: "
        'source = "Interview no."',
    )


class _Sheet:
    """One sheet of coded segments: what its columns mean and how it writes codes."""

    def __init__(self, place, header, columns, applied, override):
        self.place, self.columns, self.applied = place, columns, applied
        names = {cell.strip().casefold() for cell in header}
        self.taguette = {"tag", "content"} <= names
        self.separator = override.get("separator") or ("\n" if "codes" in names else "")
        self.path = override.get("path")

    def records(self, rows: list[list[str]]):
        """Yield one record per coding: source, names of the code's path, text, coder, place."""
        for row in rows:
            cells = {
                meaning: row[place] if place < len(row) else ""
                for meaning, place in self.columns.items()
            }
            if any(row):
                for names in self.codes_of(row, cells) or [None]:
                    yield {
                        "source": cells["source"],
                        "names": names,
                        "text": cells.get("text", ""),
                        "coder": cells.get("coder", ""),
                        "place": self.place_of(cells),
                        "selection": cells.get("identifier", ""),
                        "group": cells.get("group", ""),
                        "comment": cells.get("comment", ""),
                    }

    def codes_of(self, row, cells) -> list[list[str]]:
        if self.applied:
            marked = [
                name
                for place, name in self.applied.items()
                if place < len(row) and row[place].casefold() in TRUE
            ]
        else:
            code = cells.get("code", "")
            marked = code.split(self.separator) if self.separator else [code]
        above = [cells["category"]] if cells.get("category") else []
        return [[*above, *self.split(name)] for name in marked if name.strip()]

    def split(self, name: str) -> list[str]:
        if self.path:
            parts = name.split(self.path)
        elif self.taguette:
            parts = split_tag(name)
        else:
            parts = re.split(r"\\| > ", name)
        return [part.strip() for part in parts if part.strip()]

    def place_of(self, cells) -> str:
        if cells.get("begin"):
            return f"paragraphs {cells['begin']} to {cells.get('end') or cells['begin']}"
        identifier = cells.get("identifier")
        return cells.get("place") or (f"id {identifier}" if identifier else "")


def segments_material(file: str, records) -> CodedMaterial:
    """Return the material of records with source, names, text, coder, place and more."""
    draft = Draft(file)
    sources: dict[str, str] = {}
    codes: dict[tuple, str] = {}
    coders: dict[str, None] = {}
    for number, record in enumerate(records, start=2):
        name = record["source"]
        if not name:
            draft.issue("row without a source", "rows")
            continue
        if name not in sources:
            sources[name] = f"source {len(sources) + 1}"
            draft.add("sources", source_id=sources[name], name=name, kind="text")
            _add_group(record.get("group"), sources[name], draft)
        source_id, code_id = sources[name], None
        if record["names"]:
            key = tuple(record["names"])
            if key not in codes:
                codes[key] = f"code {len(codes) + 1}"
                draft.add_code(list(key), code_id=codes[key], name=key[-1], codable=True)
            code_id = codes[key]
        selection = f"{source_id}, {record.get('selection') or f'row {number}'}"
        coder = record.get("coder") or None
        coders |= {coder: None} if coder else {}
        draft.add(
            "segments",
            selection_id=selection,
            source_id=source_id,
            kind="text",
            code_id=code_id,
            text=record.get("text") or None,
            place=record.get("place") or None,
            coder=coder,
            memo=record.get("comment") or None,
        )
    for coder in coders:
        draft.add("coders", coder_id=coder, name=coder)
    return draft.finish()


def _add_group(group: str | None, source_id: str, draft: Draft) -> None:
    if group:
        start = {"set_id": f"group {group}", "set": group}
        draft.add("sets", **start, member_kind="source", member_id=source_id)


def read_code_sheet(path: Path) -> CodedMaterial:
    """Return the material of a codebook in a spreadsheet or csv: codes with their definitions."""
    for rows in read_grids(path).values():
        columns = match_columns(rows[0], CODEBOOK) if rows else {}
        if "name" in columns:
            return _codes_material(path.name, rows, columns)
    raise UserError(
        place=path.name,
        found="no column for the code's name",
        expected="a codebook with columns such as 'tag' and 'description', or 'Name'",
        cure="Export the codebook again, or name the column 'Name'",
    )


def _codes_material(file: str, rows: list[list[str]], columns: dict[str, int]) -> CodedMaterial:
    draft = Draft(file)
    taguette = rows[0][columns["name"]].strip().casefold() == "tag"
    for number, row in enumerate(rows[1:], start=2):
        cells = {m: row[place] if place < len(row) else "" for m, place in columns.items()}
        if not cells["name"]:
            draft.issue("row without a code", "rows")
            continue
        names = split_tag(cells["name"]) if taguette else re.split(r"\\| > ", cells["name"])
        draft.add_code(
            names,
            code_id=f"code {number - 1}",
            name=cells["name"] if taguette else names[-1].strip(),
            definition=cells.get("definition") or None,
            codable=True,
        )
    return draft.finish()
