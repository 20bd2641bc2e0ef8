"""The sources of a REFI-QDA file on their way out: texts, selections, codings and values."""

import re

import pandas as pd

from rr_helpers.qualitative.outgoing import Outgoing, as_guid
from rr_helpers.qualitative.refi_sources import KINDS, PLACES

TAGS = {kind: tag for tag, kind in KINDS.items()}
HOLDERS = {"pdf": "Representation", "picture": "TextDescription"}
HOLDERS |= {"audio": "Transcript", "video": "Transcript"}
RAW = re.compile(r"(-?\d+)-(-?\d+) as the file counts")
TIMES = re.compile(r"(-?\d+|\?|None) to (-?\d+|\?|None) ms")
SELECTION = ["selection_id", "source_id", "kind", "start", "end", "place", "text", "memo"]


def add_sources(parent, material, out: Outgoing, variables: dict) -> None:
    """Add every source of a material; `variables` maps an attribute's name to a GUID."""
    selections = {key: [] for key in material.sources["source_id"]}
    for number, rows in _selections(material.segments):
        selections[rows[0].source_id].append((number, rows))
    values = material.attributes[material.attributes["origin"].isin(["source", "sheet"])]
    values = dict(list(values.groupby("source_id")[["name", "value"]]))
    holder = out.add(parent, "Sources")
    for source in material.sources.itertuples():
        writer = _SourceWriter(source, material.texts.get(source.source_id), out)
        writer.write(holder, selections[source.source_id])
        for row in values.get(source.source_id, pd.DataFrame()).itertuples():
            add_value(writer.element, row, variables, out)


def add_value(parent, row, variables: dict, out: Outgoing) -> None:
    """Add one VariableValue, as text."""
    holder = out.add(parent, "VariableValue")
    out.add(holder, "VariableRef", targetGUID=variables[row.name])
    out.add(holder, "TextValue", row.value)


def _selections(segments: pd.DataFrame):
    """Yield the codings of each selection together, with how often its id was met before."""
    groups: dict[tuple, list] = {}
    for row in segments.itertuples():
        own = row.segment_id if pd.isna(row.selection_id) else None
        key = tuple(str(getattr(row, name)) for name in SELECTION)
        groups.setdefault((key, own), []).append(row)
    met: dict[str, int] = {}
    for (key, _), rows in groups.items():
        met[key[0]] = met.get(key[0], -1) + 1
        yield met[key[0]], rows


class _SourceWriter:
    """Writes one source element; holds what every step needs, and nothing between sources."""

    def __init__(self, source, text: str | None, out: Outgoing):
        self.source, self.text, self.out = source, text, out
        self.kind, self.guid = source.kind, as_guid("source", source.source_id)
        self.element = None

    def write(self, parent, selections: list) -> None:
        start = {"guid": self.guid, "name": self.source.name}
        if self.kind == "text" and self.text is not None:
            start["plainTextPath"] = self.out.text_member(self.guid, self.text)
        self.element = self.out.add(parent, TAGS[self.kind], **start)
        self.out.describe(self.element, self.source.description)
        of = {"text": [], "transcript": [], "source": [], "placed": []}
        for number, rows in selections:
            of.get(rows[0].kind, of["placed"]).append((number, rows))
        if self.kind == "text":
            self.spans(self.element, of["text"])
            self.lose(of["transcript"])
        elif self.kind == "pdf":  # the schema has selections before the text
            self.placed(of["placed"])
            self.text_part(of["text"], of["transcript"])
        else:
            self.text_part(of["text"], of["transcript"])
        if self.kind != "pdf":
            self.placed(of["placed"])
        for _, rows in of["source"]:
            self.codings(self.element, rows)
        self.out.add_note_refs(self.element, "source")

    def lose(self, selections: list) -> None:
        self.out.losses["coding that the format cannot place"] += sum(
            len(rows) for _, rows in selections
        )

    def text_part(self, spans: list, transcripts: list) -> None:
        """Add the text that belongs to a PDF, picture or recording, with what was coded in it."""
        tag = HOLDERS[self.kind]
        about = tag.casefold()
        ids = self.out.parts.get((about, self.guid), [])
        if self.text is None and not spans and not transcripts and not ids:
            return
        ids = ids or [as_guid(about, self.source.source_id)]
        for number, identifier in enumerate(ids[: 1 if tag != "Transcript" else None]):
            address = None
            if number == 0 and self.text is not None:
                address = self.out.text_member(identifier, self.text)
            part = self.out.add(self.element, tag, guid=identifier, plainTextPath=address)
            if number == 0 and tag == "Transcript":
                self.transcript(part, spans + transcripts)
            elif number == 0:
                self.spans(part, spans)
                self.lose(transcripts)
            self.out.add_note_refs(part, about)

    def selection(self, parent, tag: str, number: int, rows: list, **rest):
        row = rows[0]
        own = row.segment_id if pd.isna(row.selection_id) else row.selection_id
        guid = as_guid("selection", own if not number else f"{own} {number}")
        coder = None if pd.notna(row.code_id) else self.out.coders.get(row.coder)
        element = self.out.add(parent, tag, guid=guid, **rest, creatingUser=coder)
        self.out.describe(element, row.memo)
        return element

    def codings(self, element, rows: list) -> None:
        coded = [row for row in rows if pd.notna(row.code_id)]
        # A row without a code is the selection itself; beside codings nothing can stand for it.
        if coded or rows[0].kind == "source":
            self.out.losses["coding with a code that is not known"] += len(rows) - len(coded)
        for row in coded:
            guid = as_guid("coding", row.segment_id)
            coder = None if pd.isna(row.coder) else self.out.coders.get(row.coder)
            coding = self.out.add(element, "Coding", guid=guid, creatingUser=coder)
            self.out.add(coding, "CodeRef", targetGUID=as_guid("code", row.code_id))

    def finish(self, element, rows: list) -> None:
        self.codings(element, rows)
        self.out.add_note_refs(element, "selection")

    def spans(self, parent, selections: list) -> None:
        for number, rows in selections:
            ends = self.ends(rows[0])
            if ends is None:
                self.lose([(number, rows)])
                continue
            start = {"name": self.quoted(rows[0]), "startPosition": ends[0], "endPosition": ends[1]}
            self.finish(self.selection(parent, "PlainTextSelection", number, rows, **start), rows)

    def ends(self, row) -> tuple[int, int] | None:
        """Return the positions to write, or None where code points would say what is not known."""
        if pd.notna(row.start):
            return int(row.start), int(row.end)
        raw = RAW.fullmatch(row.place) if pd.notna(row.place) else None
        if raw is None or pd.notna(row.text):
            return None
        low, high = int(raw.group(1)), int(raw.group(2))
        outside = self.text is None or low < 0 or high < low or high > len(self.text)
        return (low, high) if outside else None

    def quoted(self, row) -> str | None:
        """Return what the selection's name says, by which its place is checked on reading."""
        if pd.isna(row.start) or pd.isna(row.verified):
            return None
        # No text equals itself with words before it, so this stays unverified.
        return row.text if row.verified else f"not verified: {row.text}"

    def transcript(self, part, selections: list) -> None:
        """Add selections in a transcript, each with the two sync points that bound it."""
        found, made = [], {}
        for number, rows in selections:
            points = self.sync_points(rows[0])
            if points is None:
                self.lose([(number, rows)])
            else:
                ends = [self.sync_point(part, point, made) for point in points]
                found.append((number, rows, ends))
        for number, rows, (first, last) in found:
            start = {"name": self.quoted(rows[0]), "fromSyncPoint": first, "toSyncPoint": last}
            self.finish(self.selection(part, "TranscriptSelection", number, rows, **start), rows)

    def sync_points(self, row) -> list[dict] | None:
        ends = self.ends(row)
        if ends is not None:
            return [{"position": each} for each in ends]
        times = TIMES.fullmatch(row.place) if pd.notna(row.place) else None
        if times is None:
            return None
        return [{"timeStamp": None if each == "None" else each} for each in times.groups()]

    def sync_point(self, part, point: dict, made: dict) -> str | None:
        """Return the GUID of a sync point, added where the part has none there yet."""
        key = str(point)
        if point.get("timeStamp") != "?" and key not in made:
            made[key] = as_guid("sync point", f"{part.get('guid')} {key}")
            self.out.add(part, "SyncPoint", guid=made[key], **point)
        return made.get(key)

    def placed(self, selections: list) -> None:
        for number, rows in selections:
            tag, values = self.place(rows[0])
            if tag is None:
                self.lose([(number, rows)])
                continue
            element = self.selection(self.element, tag, number, rows, **values)
            if pd.notna(rows[0].text) and tag == "PDFSelection":
                guid = as_guid("representation", rows[0].segment_id)
                part = self.out.add(element, "Representation", guid=guid)
                self.out.add(part, "PlainTextContent", rows[0].text)
            elif pd.notna(rows[0].text):
                self.out.losses["words of a selection in a picture or recording"] += 1
            self.finish(element, rows)

    def place(self, row) -> tuple[str | None, dict]:
        """Return the selection's element and attributes from its place; None where not these."""
        for tag, (kind, pattern) in PLACES.items():
            if kind == row.kind == self.kind and pd.notna(row.place):
                parts = re.split(r"{(\w+)}", pattern)
                number = r"(-?\d+)"
                expression = number.join(re.escape(part) for part in parts[::2])
                if found := re.fullmatch(expression, row.place):
                    return tag, dict(zip(parts[1::2], found.groups(), strict=True))
        return None, {}
