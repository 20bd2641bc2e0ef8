"""Taguette: its SQLite project, and the page of highlights it exports as HTML.

The project holds what the exports lose: untagged highlights, tag descriptions, positions, and who
highlighted. Positions count UTF-8 bytes of the text between the tags of the document.
"""

import json
from html.parser import HTMLParser
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.qualitative.database import Database, as_position, as_text, open_database
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.material import CodedMaterial

BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table td th tr ul".split()
)


def read_taguette(path: Path) -> CodedMaterial:
    """Return the material of a Taguette project database (version 1.x)."""
    with open_database(path) as database:
        projects = database.rows("projects", "id")
        if len(projects) != 1:
            raise UserError(
                place=path.name,
                found=f"{len(projects)} projects",
                expected="one project in the file",
                cure="In Taguette, open the project and export it as SQLite3",
            )
        draft = Draft(path.name)
        for user in database.rows("users", "login"):
            draft.add("coders", coder_id=as_text(user["login"]), name=as_text(user["login"]))
        for tag in database.rows("tags", "id", "path", "description"):
            name = as_text(tag["path"]) or "unnamed"
            draft.add_code(
                split_tag(name),
                code_id=f"tag {tag['id']}",
                name=name,
                definition=as_text(tag["description"]),
                codable=True,
            )
        for document in database.rows("documents", "id", "name", "description", "contents"):
            _add_document(document, draft)
        _add_highlights(database, draft)
    return draft.finish()


def split_tag(name: str) -> list[str]:
    """Split a tag at its dots, which are Taguette's only hierarchy, unless it holds a space."""
    parts = name.split(".")
    return [name] if " " in name or not all(parts) else parts


def _add_document(document: dict, draft: Draft) -> None:
    source_id = f"document {document['id']}"
    name = as_text(document["name"]) or source_id
    about = as_text(document["description"])
    draft.add("sources", source_id=source_id, name=name.strip(), kind="text", description=about)
    text, breaks = text_of_html(as_text(document["contents"]) or "")
    draft.add_text(source_id, text, breaks=breaks)


def _add_highlights(database: Database, draft: Draft) -> None:
    tagged: dict = {}
    for pair in database.rows("highlight_tags", "highlight_id", "tag_id"):
        tagged.setdefault(pair["highlight_id"], []).append(f"tag {pair['tag_id']}")
    sources = {row["source_id"] for row in draft.rows["sources"]}
    codes = {row["code_id"] for row in draft.rows["codes"]}
    coders = _coders_by_highlight(database)
    known = set()
    columns = ("id", "document_id", "start_offset", "end_offset", "snippet")
    for highlight in database.rows("highlights", *columns):
        known.add(highlight["id"])
        source_id = f"document {highlight['document_id']}"
        if source_id not in sources:
            draft.issue("highlight in no document", "highlights")
            continue
        _add_highlight(highlight, source_id, tagged, codes, coders.get(highlight["id"]), draft)
    for _ in tagged.keys() - known:
        draft.issue("tag on no highlight", "highlights")


def _add_highlight(highlight, source_id, tagged, codes, coder, draft: Draft) -> None:
    tags = tagged.get(highlight["id"], [])
    for _ in set(tags) - codes:
        draft.issue("highlight with an unknown tag", "highlights", source_id=source_id)
    rows = [
        draft.add(
            "segments",
            selection_id=f"highlight {highlight['id']}",
            source_id=source_id,
            kind="text",
            code_id=code_id,
            coder=coder,
        )
        for code_id in [tag for tag in tags if tag in codes] or [None]
    ]
    start, end = as_position(highlight["start_offset"]), as_position(highlight["end_offset"])
    if start is None or end is None:
        draft.issue("position that is no number", "selections", source_id=source_id)
        for row in rows:
            row["verified"] = False
        return
    quotation, _ = text_of_html(as_text(highlight["snippet"]) or "")
    draft.add_span(source_id, start, end, quotation, rows)


def _coders_by_highlight(database: Database) -> dict:
    """Return highlight id -> who last saved it, from the project's record of commands."""
    coders = {}
    for command in database.rows("commands", "user_login", "payload"):
        try:
            payload = json.loads(as_text(command["payload"]) or "{}")
        except (ValueError, RecursionError):
            continue
        if isinstance(payload, dict) and payload.get("type") == "highlight_add":
            identifier = payload.get("highlight_id")
            if isinstance(identifier, int):
                coders[identifier] = as_text(command["user_login"])
    return coders


class _TextOfHtml(HTMLParser):
    """Collects the text between tags, and where blocks begin and end in it."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.length, self.breaks = 0, []

    def handle_data(self, data):
        self.parts.append(data)
        self.length += len(data)

    def handle_starttag(self, tag, attrs):
        if tag in BLOCKS and self.length and self.length not in self.breaks[-1:]:
            self.breaks.append(self.length)

    def handle_endtag(self, tag):
        self.handle_starttag(tag, [])


def text_of_html(html: str) -> tuple[str, list[int]]:
    """Return the text between the tags, unchanged, and the places where a paragraph ends."""
    parser = _TextOfHtml()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts), [each for each in parser.breaks if each < parser.length]


def rows_of_highlights_page(html: str) -> list[dict]:
    """Return source, code and text of every highlight on Taguette's exported HTML page."""
    text, breaks = text_of_html(html.partition("</h1>")[2])
    cuts = [0, *breaks, len(text)]
    blocks = [text[low:high].strip() for low, high in zip(cuts, cuts[1:], strict=False)]
    rows, quotation = [], []
    for block in blocks:
        if not block.startswith("Document:"):
            quotation.append(block)
            continue
        document, _, tags = block.removeprefix("Document:").partition("Tags:")
        for tag in [part.strip() for part in tags.split(",\n")] or [""]:
            words = "\n".join(part for part in quotation if part)
            rows.append({"source": document.strip(), "code": tag.rstrip(","), "text": words})
        quotation = []
    return rows
