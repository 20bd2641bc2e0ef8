"""What surrounds the sources of a REFI-QDA project: cases, notes, sets and links."""

from rr_helpers.qualitative.archive import Archive, base_name
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.parsing import decode
from rr_helpers.qualitative.refi_elements import description, guid, local, variable_values

MEMBERS = {"MemberCode": "code", "MemberSource": "source", "MemberNote": "memo"}


def add_case_codes(root, draft: Draft, cases: dict) -> None:
    """NVivo codes to cases as to codes: such a case becomes a code ``Cases/<name>``."""
    known = {row["code_id"] for row in draft.rows["codes"]}
    targets = {
        guid(reference.get("targetGUID"))
        for reference in root.iterfind("{*}Sources//{*}Coding/{*}CodeRef")
    }
    for identifier, case in cases.items():
        if identifier in targets and identifier not in known:
            name = case.get("name") or "unnamed"
            draft.add_code(["Cases", name], code_id=identifier, name=name, codable=True)
            draft.issue("coding to a case", "codes", "shown under Cases/")


def read_cases(cases: dict, draft: Draft, root, variables: dict, archive) -> None:
    """Add every case with its sources, and its values once for each of them."""
    find_source = _source_finder(draft, root, archive)
    for identifier, case in cases.items():
        name = case.get("name") or "unnamed"
        linked = []
        for reference in case.iterfind("{*}SourceRef"):
            found = find_source(guid(reference.get("targetGUID")))
            if found is None:
                draft.issue("case links to no source", "cases")
            elif found not in linked:
                linked.append(found)
        for _ in case.iterfind("{*}SelectionRef"):
            draft.issue("case links to a part of a source", "cases", "not linked")
        for _ in case.iterfind("{*}CodeRef"):
            draft.issue("case links to a code", "cases", "not read")
        for source_id in linked or [None]:
            row = {"case_id": identifier, "case": name, "source_id": source_id}
            draft.add("cases", **row, description=description(case))
        for variable, value in variable_values(case, variables, draft):
            for source_id in linked or [None]:
                draft.add(
                    "attributes",
                    source_id=source_id,
                    name=variable,
                    value=value,
                    origin="case",
                    holder=name,
                )


def _source_finder(draft: Draft, root, archive: Archive | None):
    """Return a function from a case's reference to a source's id, or None where there is none.

    QualCoder 4.0 beta writes not the source's GUID but that of a file in the archive, at times of
    a second copy that no source names. So: the source, else the source of that file, else the one
    source with the very same text.
    """
    known = {row["source_id"] for row in draft.rows["sources"]}
    by_path: dict[str, str] = {}
    for source in root.iterfind("{*}Sources/*"):
        for attribute in ("plainTextPath", "path", "richTextPath"):
            stem = base_name(source.get(attribute) or "").rsplit(".", 1)[0]
            by_path.setdefault(stem, guid(source.get("guid")))
    by_text: dict[str, list[str]] = {}
    for source_id, text in draft.texts.items():
        by_text.setdefault(text, []).append(source_id)

    def find(target: str | None) -> str | None:
        if target in known:
            return target
        if target in by_path:
            return by_path[target]
        data = archive.read(f"{target}.txt") if archive and target else None
        same = by_text.get(data.decode("utf-8-sig", "replace"), []) if data else []
        if len(same) != 1:
            return None
        draft.issue("case link found by the text of its file", "cases")
        return same[0]

    return find


def read_notes(root, draft: Draft, archive: Archive | None, coders: dict) -> None:
    """Add every note with its text and what it is about."""
    owners = _note_owners(root, draft)
    for note in root.iterfind("{*}Notes/{*}Note"):
        identifier = guid(note.get("guid"))
        text = note.findtext("{*}PlainTextContent")
        if text is None and archive and note.get("plainTextPath"):
            data = archive.read(note.get("plainTextPath"))
            text = decode(data, place=f"{draft.file}, a note") if data is not None else None
        if text is None:
            draft.issue("note without its text", "notes", source_id=owners.get(identifier, _NO)[2])
        about, about_id, source_id = owners.get(identifier, _NO)
        draft.add(
            "memos",
            memo_id=identifier,
            name=note.get("name"),
            text=text,
            coder=coders.get(guid(note.get("creatingUser"))),
            about=about,
            about_id=about_id,
            source_id=source_id,
        )
    known = {row["memo_id"] for row in draft.rows["memos"]}
    for identifier, (_, _, source_id) in owners.items():
        if identifier not in known:
            draft.issue("reference to no note", "notes", source_id=source_id)


_NO = ("project", None, None)


def _note_owners(root, draft: Draft) -> dict[str, tuple]:
    """Return note GUID -> (what it is about, that thing's GUID, the source it belongs to)."""
    sources = {row["source_id"] for row in draft.rows["sources"]}
    owners: dict[str, tuple] = {}
    for reference in root.iterfind(".//{*}NoteRef"):
        owner = reference.getparent()
        lineage = [owner, *owner.iterancestors()]
        identifiers = [guid(element.get("guid")) for element in lineage]
        source_id = next((each for each in identifiers if each in sources), None)
        target = guid(reference.get("targetGUID"))
        owners.setdefault(target, (_about(owner), identifiers[0], source_id))
    return owners


def _about(element) -> str:
    name = local(element)
    for ending in ("Selection", "Source"):
        if name.endswith(ending):
            return ending.casefold()
    return name.casefold()


def read_sets(root, draft: Draft) -> None:
    """Add every set, one row per member, or one without a member."""
    known = {
        "code": {row["code_id"] for row in draft.rows["codes"]},
        "source": {row["source_id"] for row in draft.rows["sources"]},
        "memo": {row["memo_id"] for row in draft.rows["memos"]},
    }
    for each in root.iterfind("{*}Sets/{*}Set"):
        start = {"set_id": guid(each.get("guid")), "set": each.get("name")}
        members = [child for child in each if local(child) in MEMBERS]
        for member in members:
            kind = MEMBERS[local(member)]
            # The schema says targetGUID; Transana writes guid, or the GUID as the element's text.
            identifier = guid(member.get("targetGUID") or member.get("guid") or member.text)
            if identifier not in known[kind]:
                draft.issue("set member that does not exist", f"sets, {kind}s")
            draft.add("sets", **start, member_kind=kind, member_id=identifier)
        if not members:
            draft.add("sets", **start)


def read_links(root, draft: Draft) -> None:
    """Add every link between two things of the project."""
    for link in root.iterfind("{*}Links/{*}Link"):
        draft.add(
            "links",
            link_id=guid(link.get("guid")),
            name=link.get("name"),
            origin_id=guid(link.get("originGUID")),
            target_id=guid(link.get("targetGUID")),
            direction=link.get("direction"),
        )
