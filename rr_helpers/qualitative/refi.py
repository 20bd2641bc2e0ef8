"""REFI-QDA projects and codebooks: .qdpx, bare .qde and .qdc, from whatever tool wrote them.

Elements are matched by local name, GUIDs without braces and case, members by base name: real
exporters differ in all of these. What the standard says is in REFI-QDA 1.5 (project) and in the
schemas of 18 March 2019; what exporters do instead is handled where it is met, with the reason.
"""

from pathlib import Path

from lxml import etree

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import Archive, read_bytes
from rr_helpers.qualitative.draft import Draft
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.parsing import parse_xml
from rr_helpers.qualitative.refi_context import (
    add_case_codes,
    read_cases,
    read_links,
    read_notes,
    read_sets,
)
from rr_helpers.qualitative.refi_elements import description, guid, local
from rr_helpers.qualitative.refi_sources import read_sources
from rr_helpers.qualitative.taguette import split_tag


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
    read_sets(root, draft)
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
    draft.origin = root.get("origin", "")
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
    add_case_codes(root, draft, cases)
    read_sources(root, draft, archive, coders, variables)
    read_cases(cases, draft, root, variables, archive)
    read_notes(root, draft, archive, coders)
    read_sets(root, draft)
    read_links(root, draft)
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
