"""What the readers write into: rows first, tables at the end, nothing dropped on the way."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.position_evidence import Span
from rr_helpers.qualitative.positions import settle
from rr_helpers.qualitative.tables import COLUMNS, make_table, segment_id

# Characters in all quotations together; beyond, a damaged file would fill the memory.
MOST_QUOTED = 50_000_000
BETWEEN_TEXTS = "\n\n"


@dataclass(frozen=True)
class _Piece:
    """One text of a source as the file counts it, and where it stands in the source's text."""

    source_id: str
    text: str
    offset: int
    breaks: list[int]

    def shown(self, start: int, end: int) -> tuple[int, int]:
        """Turn code points of the piece into code points of the source's text."""
        before_start, before_end = bisect_right(self.breaks, start), bisect_left(self.breaks, end)
        return start + before_start + self.offset, max(start, end + before_end) + self.offset


@dataclass
class Draft:
    """The rows of one project while it is being read.

    `add_span` keeps a selection of text with its raw positions; `finish` settles how the file
    counts, turns them into code points, gives every segment its id and returns the material.
    """

    file: str
    origin: str = ""
    rows: dict[str, list[dict]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    texts: dict[str, str] = field(default_factory=dict)
    _pieces: dict[str, "_Piece"] = field(default_factory=dict)
    _spans: list[tuple[Span, list[dict]]] = field(default_factory=list)
    _taken: dict[str, dict[str, int]] = field(default_factory=dict)
    _issues: Counter = field(default_factory=Counter)

    def add(self, table: str, /, **row) -> dict:
        """Add one row to a table and return it."""
        self.rows[table].append(row)
        return row

    def add_code(self, names: list[str], *, code_id: str, **row) -> None:
        """Add a code whose path joins `names`; a path or an id met before is numbered apart."""
        path = self.apart("codes", join_path(names), "codes share a path")
        code_id = self.apart("codes", code_id, "codes share an id")
        self.add("codes", code_id=code_id, path=path, **row)

    def apart(self, where: str, wanted: str, kind: str) -> str:
        """Return a name not given before for this kind of clash, numbered and counted if it was."""
        taken = self._taken.setdefault(kind, {})
        candidate = wanted
        while candidate in taken:
            taken[wanted] += 1
            candidate = f"{wanted} ({taken[wanted]})"
        if candidate != wanted:
            self.issue(kind, where, "numbered")
        taken[candidate] = 1
        return candidate

    def issue(self, kind: str, where: str, detail: str = "", source_id: str | None = None) -> None:
        """Count one thing that is missing, doubtful or left out.

        `where` and `detail` say what sort of thing; anything that belongs to one source is
        counted under its `source_id`, so that it goes when the source goes.
        """
        self._issues[(kind, where, detail, source_id)] += 1

    def add_text(self, source_id: str, text: str, *, piece="", breaks: Sequence[int] = ()) -> str:
        """Keep a text of a source and return the name of the piece, for `add_span`.

        A source with several texts (transcripts, a picture's description) gets them one after
        another; positions in each are counted from its own start. `breaks` are the places in it
        where a paragraph ends without the file counting any character.
        """
        piece = piece or source_id
        cuts = [0, *breaks, len(text)]
        shown = "\n".join(text[low:high] for low, high in zip(cuts, cuts[1:], strict=False))
        before = self.texts.get(source_id)
        offset = 0 if before is None else len(before) + len(BETWEEN_TEXTS)
        self.texts[source_id] = shown if before is None else before + BETWEEN_TEXTS + shown
        self._pieces[piece] = _Piece(source_id, text, offset, list(breaks))
        return piece

    def has_piece(self, piece: str) -> bool:
        """True where a text of that name has been kept."""
        return piece in self._pieces

    def add_span(self, piece: str, start: int, end: int, quotation: str, rows: list[dict]) -> None:
        """Keep a selection of text; `rows` are its segments, one per coding."""
        self._spans.append((Span(piece, start, end, quotation), rows))

    def finish(self) -> CodedMaterial:
        """Settle positions, complete the segments, count what is odd; return the material."""
        self._settle()
        self._name_sources_apart()
        self._complete_sources()
        self._complete_segments()
        self._count_sources_without_case()
        self.rows["issues"] = [
            {"kind": kind, "where": where, "detail": detail, "count": count, "source_id": source}
            for (kind, where, detail, source), count in self._issues.items()
        ]
        tables = {name: make_table(name, rows) for name, rows in self.rows.items()}
        return CodedMaterial(**tables, texts=self.texts)

    def _settle(self) -> None:
        texts = {name: piece.text for name, piece in self._pieces.items()}
        spans = [span for span, _ in self._spans]
        settled = settle(spans, texts, file=self.file, origin=self.origin)
        self.add("positions", **settled.row)
        room = MOST_QUOTED
        found = zip(settled.start, settled.end, settled.verified, settled.faults, strict=True)
        for (span, rows), (start, end, verified, fault) in zip(self._spans, found, strict=True):
            piece = self._pieces[span.text_id]
            for row in rows:
                room -= max(int(end) - int(start), 0)
                row["verified"] = verified if room >= 0 else False
                row["place"] = f"{span.start}-{span.end} as the file counts"
                if start >= 0 and room >= 0:
                    low, high = piece.shown(int(start), int(end))
                    text = self.texts[piece.source_id][low:high]
                    row |= {"start": low, "end": high, "text": text, "place": None}
            if room < 0:
                self.issue("quotation not kept, too much text", "selections")
            if fault:
                self.issue(fault, "selections", source_id=piece.source_id)
            elif start == end:
                self.issue("empty selection", "selections", source_id=piece.source_id)

    def _name_sources_apart(self) -> None:
        """Number sources that share a name, so that no one's consent serves for another."""
        times = Counter(row["name"] for row in self.rows["sources"])
        taken, seen = set(times), Counter()
        for row in self.rows["sources"]:
            name = row["name"]
            if times[name] > 1:
                while row["name"] in taken:
                    seen[name] += 1
                    row["name"] = f"{name} ({seen[name]})"
                taken.add(row["name"])
                self.issue("sources share a name", "sources", "numbered", row["source_id"])

    def _complete_sources(self) -> None:
        for row in self.rows["sources"]:
            text = self.texts.get(row["source_id"])
            row["has_text"] = text is not None
            row["characters"] = None if text is None else len(text)

    def _complete_segments(self) -> None:
        names = {row["source_id"]: row["name"] for row in self.rows["sources"]}
        for row in self.rows["attributes"]:
            row["source"] = names.get(row.get("source_id"))
        paths = {row["code_id"]: row["path"] for row in self.rows["codes"]}
        kept: dict[str, dict] = {}
        for row in self.rows["segments"]:
            row["source"] = names.get(row["source_id"])
            row["code"] = paths.get(row.get("code_id"))
            identifier = segment_id(
                source=row["source"] or "",
                place=_place(row),
                code=row["code"],
                coder=row.get("coder"),
            )
            if row["code"] is None:
                self.issue("selection without a code", "selections", source_id=row["source_id"])
            if identifier in kept:
                self.issue("the same coding twice", "codings", "kept once", row["source_id"])
            else:
                kept[identifier] = row | {"segment_id": identifier}
        self.rows["segments"] = list(kept.values())

    def _count_sources_without_case(self) -> None:
        linked = {row.get("source_id") for row in self.rows["cases"]}
        for row in self.rows["sources"] if self.rows["cases"] else []:
            if row["source_id"] not in linked:
                self.issue("source without a case", "sources", source_id=row["source_id"])


def _place(row: dict) -> str:
    if row.get("start") is not None:
        return f"{row['start']}-{row['end']}"
    place, text = row.get("place") or "", row.get("text") or ""
    # With neither, only the file tells two selections apart; a whole source needs no place.
    only = row["selection_id"] if not (place or text) and row["kind"] != "source" else ""
    return f"{row['kind']}|{place}|{text}|{only}"


def join_path(names: list[str]) -> str:
    """Join code names into a path. A stroke inside a name is written ∕, so that it splits none."""
    return "/".join(name.strip().replace("/", "∕") for name in names)
