"""REFI-QDA projects and codebooks: .qdpx, bare .qde and .qdc, from whatever tool wrote them.

Elements are matched by local name, GUIDs without braces and case, members by base name: real
exporters differ in all of these. What the standard says is in REFI-QDA 1.5 (project) and in the
schemas of 18 March 2019; what exporters do instead is handled where it is met, with the reason.
"""

from pathlib import Path

from lxml import etree

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import Archive, base_name, decode, parse_xml, read_bytes
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.refi_sources import (
    description,
    guid,
    local,
    read_sources,
    variable_values,
)
from rr_helpers.qualitative.taguette import split_tag

MEMBERS = {"MemberCode": "code", "MemberSource": "source", "MemberNote": "memo"}


def read_qdpx(path: Path, *, schemas: Path | None = None) -> CodedMaterial:
    """Return the material of a .qdpx archive."""
    with Archive(path) as archive:
        projects = archive.names(".qde")
        if not projects:
            raise UserError(
                place=path.name,
                found="a zip without a project file",
                expected="a .qdpx with one project.qde inside",
                cure="Export the project as REFI-QDA project (.qdpx) again",
            )
        chosen = "project.qde" if "project.qde" in projects else projects[0]
        root = parse_xml(archive.read(chosen), place=f"{path.name}, {chosen}")
        draft = Draft(path.name)
        for _ in range(len(projects) - 1):
            draft.issue("further project not read", "archive")
        for _ in archive.unsafe:
            draft.issue("member with an unsafe path not read", "archive")
        return _read_project(root, draft, archive, schemas)


def read_qde(path: Path, *, schemas: Path | None = None) -> CodedMaterial:
    """Return the material of a bare .qde file; texts kept outside it are missing."""
    root = parse_xml(read_bytes(path), place=path.name)
    return _read_project(root, Draft(path.name), None, schemas)


def read_qdc(path: Path, *, schemas: Path | None = None) -> CodedMaterial:
    """Return the material of a .qdc codebook: codes, sets and issues."""
    root = parse_xml(read_bytes(path), place=path.name)
    _expect(root, "CodeBook", path.name)
    draft = Draft(path.name)
    _check_schema(root, draft, schemas, "Codebook.xsd")
    _read_codes(root, draft, origin=root.get("origin", ""))
    _read_sets(root, draft)
    return draft.finish()


def _expect(root, tag: str, place: str) -> None:
    if local(root) != tag:
        raise UserError(
            place=place,
            found=f"an XML file that begins with <{local(root)}>",
            expected=f"<{tag}>",
            cure="Export it from the coding tool as REFI-QDA",
        )


def _read_project(root, draft: Draft, archive: Archive | None, schemas) -> CodedMaterial:
    _expect(root, "Project", draft.file)
    _check_schema(root, draft, schemas, "Project.xsd")
    for user in root.iterfind("{*}Users/{*}User"):
        draft.add("coders", coder_id=guid(user.get("guid")), name=user.get("name") or "unnamed")
    codebook = root.find("{*}CodeBook")
    if codebook is not None:
        _read_codes(codebook, draft, origin=root.get("origin", ""))
    variables = {
        guid(variable.get("guid")): variable.get("name")
        for variable in root.iterfind("{*}Variables/{*}Variable")
    }
    coders = _coder_names(draft)
    cases = {guid(case.get("guid")): case for case in root.iterfind("{*}Cases/{*}Case")}
    _add_case_codes(root, draft, cases)
    read_sources(root, draft, archive, coders, variables)
    _read_cases(cases, draft, root, variables, archive)
    _read_notes(root, draft, archive, coders)
    _read_sets(root, draft)
    for link in root.iterfind("{*}Links/{*}Link"):
        draft.add(
            "links",
            link_id=guid(link.get("guid")),
            name=link.get("name"),
            origin_id=guid(link.get("originGUID")),
            target_id=guid(link.get("targetGUID")),
            direction=link.get("direction"),
        )
    _count_unread(root, draft)
    return draft.finish()


def _count_unread(root, draft: Draft) -> None:
    for _ in root.iterfind("{*}Graphs/{*}Graph"):
        draft.issue("graph not read", "graphs")
    for parent in ("{*}Sets/{*}Set", "{*}Variables/{*}Variable", "."):
        for element in root.iterfind(parent):
            if description(element):
                draft.issue("description not read", f"{local(element).casefold()}s")


def _coder_names(draft: Draft) -> dict[str, str]:
    names = [row["name"] for row in draft.rows["coders"]]
    for _ in range(len(names) - len(set(names))):
        draft.issue("coders share a name", "users", "their codings count as one coder's")
    return {row["coder_id"]: row["name"] for row in draft.rows["coders"]}


def _read_codes(codebook, draft: Draft, *, origin: str) -> None:
    # Walk with a stack: depth is bounded by the parser, not by Python's own.
    waiting = [(code, None, []) for code in reversed(codebook.findall("{*}Codes/{*}Code"))]
    while waiting:
        code, parent_id, above = waiting.pop()
        identifier = guid(code.get("guid")) or f"code without guid {len(draft.rows['codes']) + 1}"
        name = code.get("name") or "unnamed"
        names = [*above, *(split_tag(name) if origin.startswith("Taguette") else [name])]
        draft.add_code(
            names,
            code_id=identifier,
            name=name,
            parent_id=parent_id,
            definition=description(code),
            codable=code.get("isCodable", "true").strip() in ("true", "1"),
        )
        waiting += [(child, identifier, names) for child in reversed(code.findall("{*}Code"))]


def _add_case_codes(root, draft: Draft, cases: dict) -> None:
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


def _read_cases(cases: dict, draft: Draft, root, variables: dict, archive) -> None:
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


def _read_notes(root, draft: Draft, archive: Archive | None, coders: dict) -> None:
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


def _read_sets(root, draft: Draft) -> None:
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


def _check_schema(root, draft: Draft, schemas: Path | None, name: str) -> None:
    """Count departures from the official schema, which real exporters make: never a refusal."""
    if schemas is None:
        return
    path = Path(schemas) / name
    try:
        schema = etree.XMLSchema(etree.parse(str(path)))
    except (OSError, etree.LxmlError) as fault:
        raise UserError(
            place=str(path),
            found="no schema that can be read",
            expected=f"the REFI-QDA schema {name}",
            cure="Give the folder that holds Project.xsd and Codebook.xsd, or leave `schemas` out",
        ) from fault
    schema.validate(root)
    for error in schema.error_log:
        draft.issue("not as the official schema says", name, error.type_name)
