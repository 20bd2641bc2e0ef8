"""Coded material written back as REFI-QDA, for the coding tools and for the archive.

The files follow the schemas of 18 March 2019. Positions are code points, end exclusive, and
`origin` says so, since tools differ; the quotation stands beside every position, so that a reader
can check it. The same material gives the same bytes.
"""

import io
import os
import zipfile
from pathlib import Path

import pandas as pd
from lxml import etree

from rr_helpers.errors import UserError
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.outgoing import CODEBOOK, GUID, Outgoing, as_guid
from rr_helpers.qualitative.outgoing_codes import add_codes
from rr_helpers.qualitative.outgoing_context import (
    add_cases,
    add_links,
    add_notes,
    add_sets,
    add_variables,
    collect_notes,
)
from rr_helpers.qualitative.outgoing_sources import add_sources
from rr_helpers.qualitative.positions import OWN_ORIGIN


def write_qdpx(
    material: CodedMaterial, path: str | Path, *, coder_names: bool = False, lossy: bool = False
) -> pd.DataFrame:
    """Write a project as .qdpx, and return what could not be written: kind, count.

    coder_names: False writes "Coder 1", "Coder 2" … for the names of users; segment ids, which
        depend on the coder, are then others. True keeps the names.
    lossy: True writes what the format can hold where it cannot hold everything; False refuses.

    HIGHLY SENSITIVE: texts, memos and names of sources are written as they are. `read_coded` of the
    file gives the same sources, texts, codes, segments, cases, attributes, memos, sets and links;
    ids that are no GUIDs become GUIDs, an attribute from a sheet becomes the source's own. Media
    files and their paths are not in the material, so they are not written. UserError where
    something would be lost, naming how many of what; nothing is then written.
    """
    out = Outgoing(coders={name: as_guid("coder", each) for each, name in _coders(material)[::-1]})
    root = out.root("Project", name="Coded material", origin=OWN_ORIGIN)
    _add_users(root, material, out, coder_names)
    collect_notes(material.memos, out)
    _add_codebook(root, material, out)
    variables = add_variables(root, material, out)
    add_cases(root, material, out, variables)
    if len(material.sources):
        add_sources(root, material, out, variables)
    add_notes(root, material, out)
    add_links(root, material, out)
    add_sets(root, material.sets, out)
    members = {"project.qde": _xml(root), **dict(sorted(out.members.items()))}
    return _finish(Path(path), _zip(members), out, lossy)


def write_qdc(
    codes: pd.DataFrame | CodedMaterial, path: str | Path, *, lossy: bool = False
) -> pd.DataFrame:
    """Write a codebook as .qdc, and return what could not be written: kind, count.

    codes: a codes table as `read_codebook` gives it, or a material, whose sets of codes are
        written too. `lossy` and errors as for `write_qdpx`.
    """
    sets = codes.sets if isinstance(codes, CodedMaterial) else None
    codes = codes.codes if isinstance(codes, CodedMaterial) else codes
    if codes.empty:
        raise UserError(
            place=Path(path).name,
            found="no code",
            expected="a codebook with one code or more",
            cure="Write the codebook of a project that has codes",
        )
    out = Outgoing(namespace=CODEBOOK)
    root = out.root("CodeBook", origin=OWN_ORIGIN)
    add_codes(root, codes, out)
    if sets is not None:
        add_sets(root, sets[sets["member_kind"].eq("code").fillna(False)], out)
    return _finish(Path(path), _xml(root), out, lossy)


def _coders(material: CodedMaterial) -> list[tuple[str, str]]:
    """Return (id, name) of every coder, those whom only a coding or memo names at the end."""
    coders = list(zip(material.coders["coder_id"], material.coders["name"], strict=True))
    named = [*material.segments["coder"].dropna(), *material.memos["coder"].dropna()]
    known = {name for _, name in coders}
    return coders + [(name, name) for name in dict.fromkeys(named) if name not in known]


def _add_users(root, material: CodedMaterial, out: Outgoing, coder_names: bool) -> None:
    coders = _coders(material)
    shown = {
        name: f"Coder {number}"
        for number, name in enumerate(dict.fromkeys(n for _, n in coders), 1)
    }
    users = out.add(root, "Users") if coders else None
    for identifier, name in coders:
        name = name if coder_names else shown[name]
        out.add(users, "User", guid=as_guid("coder", identifier), name=name)


def _add_codebook(root, material: CodedMaterial, out: Outgoing) -> None:
    # Codings to a case refer to the case itself; reading shows it among the codes again.
    cases = set(material.cases["case_id"])
    is_case = [each in cases and bool(GUID.fullmatch(each)) for each in material.codes["code_id"]]
    codes = material.codes[[not each for each in is_case]]
    if len(codes):
        add_codes(out.add(root, "CodeBook"), codes, out)
    for element in root.iterfind(".//{*}Code"):
        before = len(element.findall("{*}Description"))
        out.add_note_refs(element, "code")
        for number, note in enumerate(element.findall("{*}NoteRef")):
            element.insert(before + number, note)  # the schema has them before the codes below


def _xml(root) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _zip(members: dict[str, bytes]) -> bytes:
    """Return a zip of stored members, dated 1980: compressors differ between machines."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o600 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def _finish(path: Path, data: bytes, out: Outgoing, lossy: bool) -> pd.DataFrame:
    lost = {kind: count for kind, count in sorted(out.losses.items()) if count}
    if lost and not lossy:
        told = ", ".join(f"{kind} ({count})" for kind, count in lost.items())
        raise UserError(
            place=path.name,
            found=f"what REFI-QDA cannot hold: {told}",
            expected="material that it can hold whole",
            cure="Write it with lossy=True, and say in the report what was left out",
        )
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(data)
    os.replace(aside, path)
    return pd.DataFrame({"kind": list(lost), "count": list(lost.values())})
