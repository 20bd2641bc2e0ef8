"""The sources of a REFI-QDA project: texts, PDFs, pictures, audio and video, with their codings."""

import re

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import Archive
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.parsing import decode
from rr_helpers.qualitative.refi_elements import (
    description,
    guid,
    local,
    variable_values,
    whole_number,
)

KINDS = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
# Selections that are no spans of text: what each says of its place, in the standard's units.
PLACES = {
    "PDFSelection": ("pdf", "page {page}, {firstX},{firstY} to {secondX},{secondY} points"),
    "PictureSelection": ("picture", "{firstX},{firstY} to {secondX},{secondY} pixels"),
    "AudioSelection": ("audio", "{begin} to {end} ms"),
    "VideoSelection": ("video", "{begin} to {end} ms"),
}
MOST_SOURCES, MOST_TEXTS_OF_ONE = 20_000, 200
TEXT_HOLDERS = ("Representation", "TextDescription", "Transcript")


def read_sources(root, draft: Draft, archive: Archive | None, coders: dict, variables: dict):
    """Add every source of a project to the draft, with texts, selections, codings and values."""
    codes = {row["code_id"] for row in draft.rows["codes"]}
    elements = root.findall("{*}Sources/*")
    if len(elements) > MOST_SOURCES:
        raise UserError(
            place=draft.file,
            found=f"{len(elements):,} sources",
            expected=f"at most {MOST_SOURCES:,}",
            cure="If the file is really yours, export it again in smaller parts",
        )
    for element in elements:
        if local(element) not in KINDS:
            draft.issue("unknown kind of source not read", "sources")
            continue
        identifier = guid(element.get("guid")) or "source without guid"
        source_id = draft.apart("sources", identifier, "sources share a GUID")
        name = (element.get("name") or "").strip() or f"unnamed {len(draft.rows['sources']) + 1}"
        kind = KINDS[local(element)]
        about = description(element)
        draft.add("sources", source_id=source_id, name=name, kind=kind, description=about)
        reader = _SourceReader(draft, archive, coders, codes, source_id, kind)
        reader.read(element)
        for variable, value in variable_values(element, variables, draft):
            draft.add(
                "attributes",
                source_id=source_id,
                name=variable,
                value=value,
                origin="source",
                holder=source_id,
            )


class _SourceReader:
    """Reads one source element; holds what every step needs, and nothing between sources."""

    def __init__(self, draft, archive, coders, codes, source_id, kind):
        self.draft, self.archive, self.coders, self.codes = draft, archive, coders, codes
        self.source_id, self.kind, self.texts_met = source_id, kind, 0

    def issue(self, kind: str, where: str, detail: str = "") -> None:
        self.draft.issue(kind, where, detail, self.source_id)

    def read(self, element) -> None:
        self.read_text(element, wanted=self.kind == "text")
        parts = [part for part in element if local(part) in TEXT_HOLDERS]
        for part in parts[:MOST_TEXTS_OF_ONE]:
            self.read_text(part, wanted=True)
        for _ in parts[MOST_TEXTS_OF_ONE:]:
            self.issue("one text too many of one source", "sources", "not read")
        for selection in element:
            if local(selection) in PLACES:
                self.read_placed_selection(selection)
        self.rows_of(element, selection=element, kind="source")

    def read_text(self, element, *, wanted: bool) -> None:
        """Keep the text of a source, representation or transcript, and the spans in it."""
        text = self.text_of(element)
        self.texts_met += 1
        piece = f"{self.source_id}, text {self.texts_met}"
        if text is not None:
            self.draft.add_text(self.source_id, text, piece=piece)
        elif wanted:
            self.issue("source without its text", "sources")
        points = {guid(point.get("guid")): point for point in element.iterfind("{*}SyncPoint")}
        for selection in element:
            if local(selection) == "PlainTextSelection":
                ends = selection.get("startPosition"), selection.get("endPosition")
                self.read_span(selection, piece, ends, kind="text")
            elif local(selection) == "TranscriptSelection":
                self.read_transcript_selection(selection, piece, points)

    def text_of(self, element) -> str | None:
        inline = element.findtext("{*}PlainTextContent")
        address = element.get("plainTextPath")
        if inline is not None or not address:
            return inline
        if "://" in address and not address.startswith("internal://"):
            self.issue("text kept outside the project", "sources")
            return None
        data = self.archive.read(address) if self.archive else None
        if data is None:
            return None
        try:
            return decode(data, place="a source")
        except UserError:
            self.issue("text that is not UTF-8", "sources")
            return None

    def read_span(self, selection, piece: str, ends: tuple, *, kind: str) -> None:
        start, end = (whole_number(each) for each in ends)
        rows = self.rows_of(selection, selection=selection, kind=kind, keep_uncoded=True)
        for row in rows:
            row["place"] = f"{ends[0]}-{ends[1]} as the file counts"
        if start is None or end is None:
            self.issue("position that is no number", "selections")
            self.mark_unverified(rows)
        elif self.draft.has_piece(piece):
            self.draft.add_span(piece, start, end, selection.get("name") or "", rows)
        else:
            self.issue("selection in a text that is missing", "selections")
            self.mark_unverified(rows)

    def mark_unverified(self, rows: list[dict]) -> None:
        for row in rows:
            row["verified"] = False

    def read_transcript_selection(self, selection, piece: str, points: dict) -> None:
        ends = [points.get(guid(selection.get(name))) for name in ("fromSyncPoint", "toSyncPoint")]
        if None in ends:
            self.issue("transcript selection without its sync points", "selections")
        positions = tuple(point.get("position") if point is not None else None for point in ends)
        if None not in positions and self.draft.has_piece(piece):
            self.read_span(selection, piece, positions, kind="transcript")
            return
        times = [point.get("timeStamp") if point is not None else "?" for point in ends]
        rows = self.rows_of(selection, selection=selection, kind="transcript", keep_uncoded=True)
        for row in rows:
            row["place"] = f"{times[0]} to {times[1]} ms"

    def read_placed_selection(self, selection) -> None:
        kind, pattern = PLACES[local(selection)]
        values = {name: selection.get(name, "?") for name in re.findall(r"{(\w+)}", pattern)}
        text = selection.findtext("{*}Representation/{*}PlainTextContent")
        rows = self.rows_of(selection, selection=selection, kind=kind, keep_uncoded=True)
        for row in rows:
            row |= {"place": pattern.format(**values), "text": text or None}

    def rows_of(self, element, *, selection, kind: str, keep_uncoded=False) -> list[dict]:
        """Add one segment per Coding of an element, or one without a code; return the rows."""
        rows = []
        for coding in element.iterfind("{*}Coding"):
            reference = coding.find("{*}CodeRef")
            code_id = guid(reference.get("targetGUID")) if reference is not None else None
            if code_id not in self.codes:
                self.issue("coding with an unknown code", "codings")
                code_id = None
            coder = guid(coding.get("creatingUser")) or guid(selection.get("creatingUser"))
            rows.append(self.row(selection, kind, code_id, coder))
        if not rows and keep_uncoded:
            rows.append(self.row(selection, kind, None, guid(selection.get("creatingUser"))))
        return rows

    def row(self, selection, kind: str, code_id: str | None, coder: str | None) -> dict:
        if coder and coder not in self.coders:
            self.issue("coding by an unknown coder", "codings")
        return self.draft.add(
            "segments",
            selection_id=guid(selection.get("guid")),
            source_id=self.source_id,
            kind=kind,
            code_id=code_id,
            coder=self.coders.get(coder),
            memo=description(selection) if kind != "source" else None,
        )
