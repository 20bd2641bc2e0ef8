"""The consent gate removes a source whole: nothing of it is left in any table."""

import pandas as pd
import pytest
from test_qualitative_written_projects import (
    BARRIER,
    TRUST,
    coding,
    guid_of,
    project,
    selection,
    text_source,
    write_qdpx,
)

from rr_helpers.qualitative import read_coded

# Words that stand only in what belongs to the source to be removed.
SECRETS = ("SECRETNAME", "SECRETTEXT", "SECRETCASE", "SECRETMEMO", "SECRETVALUE", "SECRETCODER",
           "SECRETSET", "SECRETLINK", "SECRETNOTE")  # fmt: skip
CODER = "a0000000-0000-0000-0000-0000000000ff"


@pytest.fixture
def material(tmp_path):
    value = f"""<VariableValue><VariableRef targetGUID="{guid_of("role")}"/>
      <TextValue>SECRETVALUE</TextValue></VariableValue>"""
    inside = [
        "<Description>SECRETMEMO</Description>",
        selection(0, 10, coding(TRUST, CODER), name="SECRETTEXT"),
        selection(0, 10, coding(guid_of("case"), CODER), name="SECRETTEXT"),
        selection(900, 950, coding(TRUST, CODER)),
        f'<NoteRef targetGUID="{guid_of("note")}"/>',
        value,
    ]
    kept = [
        selection(0, 9, coding(BARRIER), name="Kept text"),
        f'<NoteRef targetGUID="{guid_of("note 2")}"/>',
    ]
    rest = f"""
    <Variables><Variable guid="{guid_of("role")}" name="Role" typeOfVariable="Text"/></Variables>
    <Cases><Case guid="{guid_of("case")}" name="SECRETCASE">{value}
        <SourceRef targetGUID="{guid_of("SECRETNAME")}"/></Case>
      <Case guid="{guid_of("empty")}" name="SECRETCASE 2">{value}</Case>
      <Case guid="{guid_of("kept case")}" name="Kept case">
        <SourceRef targetGUID="{guid_of("KEPT")}"/></Case></Cases>
    <Notes><Note guid="{guid_of("note")}" name="SECRETNOTE">
        <PlainTextContent>SECRETNOTE</PlainTextContent></Note>
      <Note guid="{guid_of("note 2")}" name="Kept note"/>
      <Note guid="{guid_of("note 3")}" name="SECRETNOTE"/></Notes>
    <Links><Link guid="{guid_of("link")}" name="SECRETLINK" originGUID="{guid_of("SECRETNAME")}"
        targetGUID="{TRUST}"/>
      <Link guid="{guid_of("link 2")}" name="Kept link" originGUID="{guid_of("KEPT")}"
        targetGUID="{TRUST}"/></Links>
    <Sets><Set guid="{guid_of("set")}" name="SECRETSET">
        <MemberSource targetGUID="{guid_of("SECRETNAME")}"/><MemberCode targetGUID="{TRUST}"/></Set>
      <Set guid="{guid_of("set 2")}" name="Kept set">
        <MemberSource targetGUID="{guid_of("SECRETNAME")}"/>
        <MemberSource targetGUID="{guid_of("KEPT")}"/></Set>
      <Set guid="{guid_of("set 3")}" name="Kept codes"><MemberCode targetGUID="{TRUST}"/></Set>
      <Set guid="{guid_of("set 4")}" name="SECRETSET 4"/></Sets>"""
    users = f"""<User guid="{CODER}" name="SECRETCODER"/>
      <User guid="a0000000-0000-0000-0000-00000000000a" name="First coder"/>"""
    xml = project(
        sources=text_source("SECRETNAME", *inside) + text_source("KEPT", *kept),
        rest=rest,
        users=users,
    )
    texts = {"SECRETNAME": "SECRETTEXT and more", "KEPT": "Kept text and more"}
    path = write_qdpx(tmp_path / "p.qdpx", xml, texts)
    sheet = pd.DataFrame({"name": ["SECRETNAME", "KEPT"], "Site": ["SECRETVALUE", "kept value"]})
    return read_coded(path, attributes=sheet)


def everything(material) -> str:
    tables = [table.to_csv() for table in material.tables().values()]
    return "\n".join([*tables, *map(str, material.texts.items()), repr(material)])


def test_the_secrets_are_there_before_so_that_the_test_can_fail(material):
    shown = everything(material)
    assert [secret for secret in SECRETS if secret not in shown] == []


def test_nothing_of_a_removed_source_is_left_in_any_table(material):
    shown = everything(material.keep_sources(["KEPT"]))
    for secret in (*SECRETS, guid_of("SECRETNAME"), guid_of("case"), guid_of("note"), CODER):
        assert secret not in shown
    for table in material.keep_sources(["KEPT"]).tables().values():
        if "source_id" in table:
            assert set(table["source_id"].dropna()) <= {guid_of("KEPT")}


def test_what_belongs_to_a_kept_source_stays(material):
    kept = material.keep_sources(["KEPT", "no source of this name"])
    shown = everything(kept)
    for word in ("Kept text", "Kept case", "Kept note", "Kept link", "Kept set", "kept value"):
        assert word in shown
    assert kept.sets["set"].tolist() == ["Kept set", "Kept codes"]
    assert kept.codes["code_id"].tolist()[:4] == material.codes["code_id"].tolist()[:4]
    assert kept.issues.query("kind == 'sources not kept'")["count"].tolist() == [1]


def test_keeping_every_source_keeps_every_coding(material):
    kept = material.keep_sources(material.sources["name"])
    pd.testing.assert_frame_equal(kept.segments, material.segments)
    of_sources = material.attributes.dropna(subset="source_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(kept.attributes, of_sources)
    assert "sources not kept" not in set(kept.issues["kind"])


def test_keeping_none_leaves_nothing_but_the_codebook(material):
    kept = material.keep_sources([])
    left = {name for name, table in kept.tables().items() if len(table)}
    assert left == {"codes", "sets", "issues", "positions"}
    assert kept.sets["set"].tolist() == ["Kept codes"] and not kept.texts


def test_one_string_is_not_taken_for_names(material):
    with pytest.raises(TypeError, match="not one string"):
        material.keep_sources("KEPT")
