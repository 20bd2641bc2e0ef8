"""QualCoder: its SQLite project (data.qda), read without going through its REFI-QDA export.

The export loses links of cases to sources; the database holds them.
"""

from pathlib import Path

from rr_helpers.qualitative.database import Database, as_position, as_text, open_database
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.material import CodedMaterial

DEEPEST = 50
KINDS = {"images": "picture", "audio": "audio", "video": "video", "docs": "text"}


def read_qualcoder(path: Path) -> CodedMaterial:
    """Return the material of a QualCoder project database (versions 8 to 13 of its layout)."""
    with open_database(path) as database:
        draft = Draft(path.name)
        _add_codes(database, draft)
        _add_sources(database, draft)
        _add_text_codings(database, draft)
        _add_placed_codings(database, draft)
        _add_cases_and_attributes(database, draft)
        _add_memos(database, draft)
    names = [row["coder"] for name in ("segments", "memos") for row in draft.rows[name]]
    for name in dict.fromkeys(name for name in names if name):
        draft.add("coders", coder_id=name, name=name)
    return draft.finish()


def _add_codes(database: Database, draft: Draft) -> None:
    categories = database.rows("code_cat", "catid", "name", "memo", "supercatid")
    codes = database.rows("code_name", "cid", "name", "memo", "catid", "supercid")
    entries: dict[str, tuple] = {}
    for row in categories:
        above = f"category {row['supercatid']}" if row["supercatid"] is not None else None
        entries[f"category {row['catid']}"] = (row, above, False)
    for row in codes:
        above = f"category {row['catid']}" if row["catid"] is not None else None
        above = f"code {row['supercid']}" if row["supercid"] is not None else above
        entries[f"code {row['cid']}"] = (row, above, True)
    for identifier, (row, above, codable) in entries.items():
        if above is not None and above not in entries:
            draft.issue("code under a category that does not exist", "codes")
        draft.add_code(
            _names_above(identifier, entries),
            code_id=identifier,
            name=as_text(row["name"]) or "unnamed",
            parent_id=above if above in entries else None,
            definition=as_text(row["memo"]),
            codable=codable,
        )


def _names_above(identifier: str, entries: dict) -> list[str]:
    names: list[str] = []
    # Categories may be in a circle in a damaged project.
    while identifier in entries and len(names) < DEEPEST:
        row, above, _ = entries[identifier]
        names.append(as_text(row["name"]) or "unnamed")
        identifier = above
    return names[::-1]


def _add_sources(database: Database, draft: Draft) -> None:
    for row in database.rows("source", "id", "name", "fulltext", "mediapath", "memo"):
        source_id = f"source {row['id']}"
        path = (as_text(row["mediapath"]) or "").strip("/").casefold()
        kind = KINDS.get(path.replace(":", "/").split("/")[0], "text")
        kind = "pdf" if path.endswith(".pdf") else kind
        name = (as_text(row["name"]) or source_id).strip()
        about = as_text(row["memo"])
        draft.add("sources", source_id=source_id, name=name, kind=kind, description=about)
        text = as_text(row["fulltext"])
        if text is not None:
            draft.add_text(source_id, text)
        elif kind == "text":
            draft.issue("source without its text", "sources", source_id=source_id)


def _segment(row: dict, draft: Draft, known: dict, *, selection: str, kind: str) -> dict | None:
    """Add one segment for a coding; None and an issue where its source does not exist."""
    source_id, code_id = f"source {row['fid']}", f"code {row['cid']}"
    if source_id not in known["sources"]:
        draft.issue("coding in no source", "codings")
        return None
    if code_id not in known["codes"]:
        draft.issue("coding with an unknown code", "codings", source_id=source_id)
        code_id = None
    return draft.add(
        "segments",
        selection_id=selection,
        source_id=source_id,
        kind=kind,
        code_id=code_id,
        coder=as_text(row["owner"]),
        memo=as_text(row["memo"]),
    )


def _known(draft: Draft) -> dict[str, set]:
    return {
        "sources": {row["source_id"] for row in draft.rows["sources"]},
        "codes": {row["code_id"] for row in draft.rows["codes"]},
    }


def _add_text_codings(database: Database, draft: Draft) -> None:
    known = _known(draft)
    columns = ("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "memo")
    for row in database.rows("code_text", *columns):
        segment = _segment(row, draft, known, selection=f"text {row['ctid']}", kind="text")
        if segment is None:
            continue
        start, end = as_position(row["pos0"]), as_position(row["pos1"])
        if start is None or end is None or not draft.has_piece(segment["source_id"]):
            segment["verified"] = False
            segment["place"] = f"{row['pos0']}-{row['pos1']} as the file counts"
            draft.issue("selection without a place", "codings", source_id=segment["source_id"])
        else:
            quotation = as_text(row["seltext"]) or ""
            draft.add_span(segment["source_id"], start, end, quotation, [segment])


def _add_placed_codings(database: Database, draft: Draft) -> None:
    known = _known(draft)
    kinds = {row["source_id"]: row["kind"] for row in draft.rows["sources"]}
    columns = ("imid", "id", "x1", "y1", "width", "height", "cid", "owner", "memo", "pdf_page")
    for row in database.rows("code_image", *columns):
        kind = "picture" if row["pdf_page"] is None else "pdf"
        row["fid"] = row["id"]
        segment = _segment(row, draft, known, selection=f"image {row['imid']}", kind=kind)
        if segment is not None:
            page = "" if row["pdf_page"] is None else f"page {row['pdf_page']}, "
            box = f"{row['x1']},{row['y1']}, {row['width']} by {row['height']} pixels"
            segment["place"] = page + box
    for row in database.rows("code_av", "avid", "id", "pos0", "pos1", "cid", "owner", "memo"):
        row["fid"] = row["id"]
        kind = kinds.get(f"source {row['id']}", "audio")
        segment = _segment(row, draft, known, selection=f"av {row['avid']}", kind=kind)
        if segment is not None:
            segment["place"] = f"{row['pos0']} to {row['pos1']} ms"


def _add_cases_and_attributes(database: Database, draft: Draft) -> None:
    known = _known(draft)["sources"]
    cases = {row["caseid"]: row for row in database.rows("cases", "caseid", "name", "memo")}
    names = {case_id: row["name"] for case_id, row in cases.items()}
    linked: dict = {case_id: [] for case_id in names}
    for row in database.rows("case_text", "caseid", "fid", "pos0", "pos1"):
        source_id = f"source {row['fid']}"
        if row["caseid"] not in names or source_id not in known:
            draft.issue("case links to no source", "cases")
        elif not _covers(row, draft.texts.get(source_id, "")):
            draft.issue("case links to a part of a source", "cases", "not linked")
        elif source_id not in linked[row["caseid"]]:
            linked[row["caseid"]].append(source_id)
    for case_id, name in names.items():
        for source_id in linked[case_id] or [None]:
            start = {"case_id": f"case {case_id}", "case": as_text(name), "source_id": source_id}
            draft.add("cases", **start, description=as_text(cases[case_id]["memo"]))
    for row in database.rows("attribute", "name", "attr_type", "value", "id"):
        value, kind = as_text(row["value"]), as_text(row["attr_type"])
        if value is None:
            continue
        if kind == "case" and row["id"] in names:
            holders, holder = linked[row["id"]] or [None], as_text(names[row["id"]])
        elif kind == "file" and f"source {row['id']}" in known:
            holders = [f"source {row['id']}"]
            holder = holders[0]
        else:
            draft.issue("value of no case and no source", "attributes")
            continue
        origin = "case" if kind == "case" else "source"
        for source_id in holders:
            start = {"source_id": source_id, "name": as_text(row["name"]), "value": value}
            draft.add("attributes", **start, origin=origin, holder=holder)


def _covers(row: dict, text: str) -> bool:
    """True where a case link covers a source: stored as 0 to 0, or to the end of its text."""
    start, end = as_position(row["pos0"]) or 0, as_position(row["pos1"]) or 0
    return start == 0 and (end == 0 or end >= len(text))


def _add_memos(database: Database, draft: Draft) -> None:
    known = _known(draft)["sources"]
    for row in database.rows("journal", "jid", "name", "jentry", "owner"):
        _memo(draft, f"journal {row['jid']}", row["jentry"], row["owner"], name=row["name"])
    for row in database.rows("annotation", "anid", "fid", "memo", "owner"):
        source_id = f"source {row['fid']}"
        if source_id not in known:
            draft.issue("annotation in no source", "annotations")
            continue
        about = {"about": "selection", "about_id": source_id, "source_id": source_id}
        _memo(draft, f"annotation {row['anid']}", row["memo"], row["owner"], **about)


def _memo(draft: Draft, memo_id: str, text, coder, *, name=None, about="project", **rest) -> None:
    if as_text(text) is not None:
        start = {"memo_id": memo_id, "name": as_text(name), "text": as_text(text)}
        draft.add("memos", **start, coder=as_text(coder), about=about, **rest)
