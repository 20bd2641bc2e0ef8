"""What surrounds the sources of a REFI-QDA file on its way out: cases, notes, links and sets."""

import pandas as pd

from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.outgoing import CODEBOOK, Outgoing, as_guid
from rr_helpers.qualitative.outgoing_sources import add_value

DIRECTIONS = ("Associative", "OneWay", "Bidirectional")


def add_variables(root, material: CodedMaterial, out: Outgoing) -> dict[str, str]:
    """Add a variable per attribute and return each name's GUID."""
    attributes = material.attributes
    named = {f"{row.set}" for row in material.sets.itertuples()}
    from_sets = attributes[attributes["origin"].eq("set")]
    held = [f"{row.name}: {row.value}" in named for row in from_sets.itertuples()]
    out.losses["attribute from a set that is gone"] += len(held) - sum(held)
    names = attributes.loc[attributes["origin"].ne("set"), "name"].unique()
    holder = out.add(root, "Variables") if len(names) else None
    guids = {name: as_guid("variable", name) for name in names}
    for name, guid in guids.items():
        out.add(holder, "Variable", guid=guid, name=name, typeOfVariable="Text")
    return guids


def add_cases(root, material: CodedMaterial, out: Outgoing, variables: dict[str, str]) -> None:
    """Add every case with its sources and its values."""
    values = material.attributes[material.attributes["origin"].eq("case")]
    holder = out.add(root, "Cases") if len(material.cases) else None
    for identifier, rows in material.cases.groupby("case_id", sort=False):
        first = rows.iloc[0]
        case = out.add(holder, "Case", guid=as_guid("case", identifier), name=first["case"])
        out.describe(case, first["description"])
        # The material repeats a case's values for each of its sources; write them once.
        own = values["source_id"].eq(first["source_id"]) if pd.notna(first["source_id"]) else None
        own = values["source_id"].isna() if own is None else own.fillna(False)
        for row in values[own & values["holder"].eq(first["case"])].itertuples():
            add_value(case, row, variables, out)
        for source_id in rows["source_id"].dropna():
            out.add(case, "SourceRef", targetGUID=as_guid("source", source_id))


def collect_notes(memos: pd.DataFrame, out: Outgoing) -> None:
    """Take down what each note is about, so that the elements can refer to it."""
    for row in memos.itertuples():
        if row.about == "project":
            continue
        kind = "memo" if row.about == "note" else row.about
        owner = as_guid(kind, row.about_id)
        out.notes.setdefault((row.about, owner), []).append(as_guid("memo", row.memo_id))
        key = (row.about, as_guid("source", row.source_id))
        if owner not in out.parts.setdefault(key, []):
            out.parts[key].append(owner)


def add_notes(root, material: CodedMaterial, out: Outgoing) -> None:
    """Add every note with its text."""
    holder = out.add(root, "Notes") if len(material.memos) else None
    for row in material.memos.itertuples():
        guid = as_guid("memo", row.memo_id)
        note = out.add(holder, "Note", guid=guid, name=row.name)
        if pd.notna(row.coder):
            note.set("creatingUser", out.coders[row.coder])
        if pd.notna(row.text):
            out.add(note, "PlainTextContent", row.text)
    for note in root.iterfind("{*}Notes/{*}Note"):
        out.add_note_refs(note, "note")


def add_links(root, material: CodedMaterial, out: Outgoing) -> None:
    """Add every link; what no element could refer to by now is counted as lost."""
    kinds = _kinds_of_ids(material)
    holder = out.add(root, "Links") if len(material.links) else None
    for row in material.links.itertuples():
        ends = [as_guid(kinds.get(each, "thing"), each) for each in (row.origin_id, row.target_id)]
        known = row.direction in DIRECTIONS if pd.notna(row.direction) else True
        out.losses["direction of a link that the schema does not know"] += not known
        start = {"guid": as_guid("link", row.link_id), "name": row.name}
        start |= {"direction": row.direction if known else None}
        link = out.add(holder, "Link", **start, originGUID=ends[0], targetGUID=ends[1])
        out.add_note_refs(link, "link")
    out.losses["memo about something the format gives no place"] += sum(
        len(notes) for notes in out.notes.values()
    )


def _kinds_of_ids(material: CodedMaterial) -> dict[str, str]:
    columns = {"selection": material.segments["selection_id"], "memo": material.memos["memo_id"]}
    columns |= {"case": material.cases["case_id"], "code": material.codes["code_id"]}
    columns |= {"source": material.sources["source_id"]}
    return {each: kind for kind, ids in columns.items() for each in ids.dropna()}


def add_sets(root, sets: pd.DataFrame, out: Outgoing) -> None:
    """Add every set with its members."""
    holder = out.add(root, "Sets") if len(sets) else None
    attribute = "guid" if out.namespace == CODEBOOK else "targetGUID"
    for identifier, rows in sets.groupby("set_id", sort=False, dropna=False):
        name = rows["set"].iloc[0]
        start = {"guid": as_guid("set", identifier), "name": name if pd.notna(name) else ""}
        element = out.add(holder, "Set", **start)
        for kind in ("code", "source", "memo"):
            tag = {"code": "MemberCode", "source": "MemberSource", "memo": "MemberNote"}[kind]
            for member in rows.loc[rows["member_kind"].eq(kind).fillna(False), "member_id"]:
                out.add(element, tag, **{attribute: as_guid(kind, member)})
