"""What is written as REFI-QDA is valid, says nothing it should not, and reads as it was."""

import os
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_qualitative_written_projects import (
    BARRIER,
    PACE,
    SECOND,
    TEXT,
    TRUST,
    coding,
    guid_of,
    project,
    selection,
    text_source,
)
from test_qualitative_written_projects import (
    write_qdpx as write_by_hand,
)

from rr_helpers.errors import UserError
from rr_helpers.qualitative import read_coded, write_qdc, write_qdpx
from rr_helpers.qualitative.draft import Draft

BESIDE = Path(__file__).parents[1].parent / "shared" / "data"
FILES = Path(os.environ.get("RR_SHARED_DATA", BESIDE)) / "qda"
SCHEMAS = FILES / "schema"
needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason=f"the official schemas are not here ({SCHEMAS})"
)
needs_files = pytest.mark.skipif(
    not FILES.is_dir(), reason=f"real exports are not here ({FILES}); set RR_SHARED_DATA"
)
REFI = [
    "qualcoder4_synthetic_rr_lf.qdpx",
    "nvivo_win12.6_scrambled.qdpx",
    "spec_A3_transana_ns0-10.qde",
]
EMOJI = "🙂 She never\r\ngave up. 🙂🙂 It took weeks; nobody else came."


@pytest.fixture
def material(tmp_path):
    """Every part the format knows: notes of all sorts, cases, sets, links, other media."""
    notes = "".join(
        f"""<Note guid="{guid_of(name)}" name="{name}" creatingUser="{SECOND}">
        <PlainTextContent>On the {name}\r\nat length</PlainTextContent></Note>"""
        for name in ("whole", "source note", "selection note")
    )
    spans = [
        selection(4, 10, coding(TRUST), coding(PACE, SECOND), name="worker"),
        selection(0, 26, coding(BARRIER), name="something else altogether"),
        selection(28, 31),
    ]
    source_note, selection_note = (
        f'<NoteRef targetGUID="{guid_of(name)}"/>' for name in ("source note", "selection note")
    )
    noted = selection(2, 11, coding(TRUST), selection_note, name="She never")
    value = f"""<VariableValue><VariableRef targetGUID="{guid_of("role")}"/>
      <TextValue>staff</TextValue></VariableValue>"""
    box = 'firstX="1" firstY="2" secondX="3" secondY="4"'
    pdf, shown, video, words, part = (guid_of(name) for name in ("d", "ds", "v", "dr", "vt"))
    first, last, spoken, seen = (guid_of(name) for name in ("s1", "s2", "ts", "vs"))
    sources = (
        text_source("INT01", "<Description>A note</Description>", *spans, value)
        + text_source("INT02", noted, coding(TRUST), source_note)
        + f"""<PDFSource guid="{pdf}" name="d"><PDFSelection guid="{shown}" page="2" {box}>
        <Representation guid="{words}"><PlainTextContent>Words</PlainTextContent>
        </Representation>{coding(TRUST)}</PDFSelection></PDFSource>
        <VideoSource guid="{video}" name="v"><Transcript guid="{part}">
        <PlainTextContent>Hello there you</PlainTextContent>
        <SyncPoint guid="{first}" position="6"/><SyncPoint guid="{last}" position="11"/>
        <TranscriptSelection guid="{spoken}" name="there" fromSyncPoint="{first}"
          toSyncPoint="{last}">{coding(TRUST)}</TranscriptSelection></Transcript>
        <VideoSelection guid="{seen}" begin="1" end="9">{coding(TRUST)}</VideoSelection>
        </VideoSource>"""
    )
    role, case = guid_of("role"), guid_of("k")
    rest = f"""<Variables><Variable guid="{role}" name="role" typeOfVariable="Text"/></Variables>
      <Cases><Case guid="{case}" name="Borough A"><Description>East</Description>{value}
      <SourceRef targetGUID="{guid_of("INT01")}"/>
      <SourceRef targetGUID="{guid_of("INT02")}"/></Case></Cases>
      <Notes>{notes}</Notes><Links><Link guid="{guid_of("l")}" name="so" direction="OneWay"
      originGUID="{TRUST}" targetGUID="{BARRIER}"/></Links>
      <Sets><Set guid="{guid_of("s")}" name="wave: 1">
      <MemberCode targetGUID="{TRUST}"/><MemberSource targetGUID="{guid_of("INT01")}"/>
      </Set></Sets>"""
    path = tmp_path / "by hand.qdpx"
    xml = project(sources=sources, rest=rest)
    return read_coded(write_by_hand(path, xml, {"INT01": TEXT, "INT02": EMOJI}))


def assert_same(material, again):
    for name, table in material.tables().items():
        if name not in ("issues", "positions"):
            pd.testing.assert_frame_equal(table, getattr(again, name), obj=name)
    assert dict(material.texts) == dict(again.texts)


def written(material, path, **options):
    lost = write_qdpx(material, path, coder_names=True, **options)
    return read_coded(path), lost


def test_what_was_written_reads_as_the_same_material(material, tmp_path):
    again, lost = written(material, tmp_path / "out.qdpx")
    assert_same(material, again)
    assert lost.empty
    assert again.positions["verdict"].tolist() == ["stated"]
    assert set(material.segments["kind"]) == {"text", "source", "pdf", "video", "transcript"}


def test_an_unverified_quotation_is_not_laundered_by_writing_it(material, tmp_path):
    doubtful = material.segments["verified"].eq(False)
    assert doubtful.sum() == 1
    again, _ = written(material, tmp_path / "out.qdpx")
    assert again.segments["verified"].eq(False).equals(doubtful)


def test_a_text_changed_in_the_written_file_is_noticed(material, tmp_path):
    write_qdpx(material, tmp_path / "out.qdpx", coder_names=True)
    with (
        zipfile.ZipFile(tmp_path / "out.qdpx") as old,
        zipfile.ZipFile(tmp_path / "x.qdpx", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"The worker", b"A worker"))
    segments = read_coded(tmp_path / "x.qdpx").segments
    assert (
        segments.loc[segments["source"].eq("INT01") & segments["code"].notna(), "verified"]
        .eq(False)
        .all()
    )


@needs_schemas
def test_what_is_written_is_valid_against_the_official_schemas(material, tmp_path):
    write_qdpx(material, tmp_path / "out.qdpx")
    write_qdc(material, tmp_path / "out.qdc")
    for name in ("out.qdpx", "out.qdc"):
        again = read_coded(tmp_path / name, schemas=SCHEMAS)
        assert "not as the official schema says" not in set(again.issues["kind"])


@needs_files
@pytest.mark.parametrize("name", REFI)
def test_real_projects_read_the_same_after_writing_and_are_valid(name, tmp_path):
    material = read_coded(FILES / name)
    write_qdpx(material, tmp_path / "out.qdpx", coder_names=True)
    again = read_coded(tmp_path / "out.qdpx", schemas=SCHEMAS)
    assert_same(material, again)
    assert "not as the official schema says" not in set(again.issues["kind"])


@needs_files
@pytest.mark.parametrize(
    "name", ["taguette_1.5.2/project.sqlite3", "qualcoder4_synthetic_rr.sqlite"]
)
def test_segments_of_a_database_keep_their_ids_as_refi(name, tmp_path):
    material = read_coded(FILES / name)
    again, _ = written(material, tmp_path / "out.qdpx", lossy=True)
    columns = ["segment_id", "source", "start", "end", "text", "code", "coder", "verified"]
    before, after = (
        each.segments[columns].sort_values("segment_id", ignore_index=True)
        for each in (material, again)
    )
    pd.testing.assert_frame_equal(before, after)


def test_the_same_material_gives_the_same_bytes_stored_in_lower_case_sources(material, tmp_path):
    for name in ("a.qdpx", "b.qdpx"):
        write_qdpx(material, tmp_path / name)
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    assert sorted(each.name for each in tmp_path.glob("*.part")) == []
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        infos = archive.infolist()
        assert infos[0].filename == "project.qde"
        assert all(info.filename.startswith("sources/") for info in infos[1:])
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(archive.read(info).startswith(b"\xef\xbb\xbf") for info in infos)


def test_positions_are_code_points_end_exclusive_in_the_file(material, tmp_path):
    write_qdpx(material, tmp_path / "out.qdpx")
    with zipfile.ZipFile(tmp_path / "out.qdpx") as archive:
        xml = archive.read("project.qde").decode()
    assert 'startPosition="2" endPosition="11"' in xml and EMOJI[2:11] == "She never"


def test_names_of_coders_and_paths_are_not_written_unless_asked(material, tmp_path):
    write_qdpx(material, tmp_path / "out.qdpx")
    data = (tmp_path / "out.qdpx").read_bytes()
    assert b"First coder" not in data and b"basePath" not in data and b"Coder 2" in data
    again = read_coded(tmp_path / "out.qdpx")
    assert again.coders["name"].tolist() == ["Coder 1", "Coder 2"]
    assert len(again.segments) == len(material.segments)


def test_material_the_format_cannot_hold_is_refused_by_count_and_nothing_is_written(tmp_path):
    sheet = tmp_path / "c.csv"
    sheet.write_text("document,tag,content\nINT01,a,words\nINT01,b,more\n", encoding="utf-8")
    material = read_coded(sheet)
    with pytest.raises(UserError) as fault:
        write_qdpx(material, tmp_path / "out.qdpx")
    assert str(fault.value) == (
        "out.qdpx: what REFI-QDA cannot hold: coding that the format cannot place (2); expected "
        "material that it can hold whole. Write it with lossy=True, and say in the report what was "
        "left out."
    )
    assert not (tmp_path / "out.qdpx").exists()
    lost = write_qdpx(material, tmp_path / "out.qdpx", lossy=True)
    assert lost.to_dict("records") == [{"kind": "coding that the format cannot place", "count": 2}]


def test_a_place_that_is_not_known_is_never_written_as_if_it_were(tmp_path):
    # A text with an emoji and no quotation: UTF-16 and code points differ, and nothing tells which.
    xml = project(sources=text_source("INT02", selection(5, 9, coding(TRUST))))
    material = read_coded(write_by_hand(tmp_path / "p.qdpx", xml, {"INT02": EMOJI}))
    assert material.segments["start"].isna().all()
    with pytest.raises(UserError, match=r"coding that the format cannot place \(1\)"):
        write_qdpx(material, tmp_path / "out.qdpx")


def test_control_characters_are_a_loss_that_is_counted(material, tmp_path):
    odd = material.sources.assign(description=material.sources["description"].fillna("a\x01b"))
    with pytest.raises(UserError, match=r"words with control characters \(3\)"):
        write_qdpx(replace(material, sources=odd), tmp_path / "out.qdpx")


def test_a_codebook_is_written_as_its_tree_and_folders_are_made_for_flat_names(material, tmp_path):
    write_qdc(material.codes, tmp_path / "out.qdc")
    pd.testing.assert_frame_equal(read_coded(tmp_path / "out.qdc").codes, material.codes)
    paths = ["A", "A/B", "C/D/E", "C"]
    flat = material.codes.assign(name=paths, path=paths, parent_id=pd.NA)
    flat["parent_id"] = flat["parent_id"].astype("string")
    write_qdc(flat, tmp_path / "flat.qdc")
    codes = read_coded(tmp_path / "flat.qdc").codes
    assert codes["path"].tolist() == ["A", "A/B", "C", "C/D", "C/D/E"]
    assert (
        codes.set_index("path")["codable"].to_dict()["C/D"] is False or not codes.loc[3, "codable"]
    )


def test_a_codebook_without_codes_is_refused(material, tmp_path):
    with pytest.raises(UserError, match="no code; expected a codebook with one code or more"):
        write_qdc(material.codes.iloc[:0], tmp_path / "out.qdc")


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
TEXTS = st.text(
    st.one_of(st.characters(blacklist_categories=("Cs", "Cc")), st.sampled_from("\r\n\t 🙂aé")),
    max_size=60,
)


@st.composite
def materials(draw):
    """Draw a project: some codes in a tree, sources with texts, codings anywhere in them."""
    made = Draft("drawn")
    number = iter(range(10_000))

    def new():
        return str(uuid.UUID(int=next(number)))

    coders = draw(st.lists(WORDS.filter(bool), min_size=1, max_size=2, unique=True))
    for name in coders:
        made.add("coders", coder_id=new(), name=name)
    names, ids, tree = {}, [None], {None: []}
    for name in draw(st.lists(WORDS.filter(bool), min_size=1, max_size=5)):
        above = draw(st.sampled_from(ids))
        code_id = new()
        ids.append(code_id)
        names[code_id] = [*names.get(above, []), name]
        tree.setdefault(above, []).append((code_id, name))
    waiting = [(None, *each) for each in reversed(tree[None])]
    while waiting:  # the order of a codebook: every code before those below it
        above, code_id, name = waiting.pop()
        made.add_code(names[code_id], code_id=code_id, name=name, parent_id=above, codable=True)
        waiting += [(code_id, *each) for each in reversed(tree.get(code_id, []))]
    for text in draw(st.lists(TEXTS, max_size=3)):
        source = new()
        made.add("sources", source_id=source, name=f"source {source[-4:]}", kind="text")
        made.add_text(source, text)
        for _ in range(draw(st.integers(0, 4))):
            start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
            row = made.add(
                "segments",
                selection_id=new(),
                source_id=source,
                kind="text",
                code_id=draw(st.sampled_from(ids)),
                coder=draw(st.sampled_from([*coders, None])),
            )
            shown = draw(st.sampled_from([text[start:end], "", "quite other words"]))
            made.add_span(source, start, end, shown, [row])
    return made.finish()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(material=materials())
def test_any_material_that_can_be_written_whole_reads_as_it_was(material, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "drawn.qdpx"
    again, lost = written(material, path, lossy=True)
    if lost.empty:
        assert_same(material, again)
    else:  # only what has no place may be missing, and the count says how much
        placed = material.segments["start"].notna() | material.segments["place"].isna()
        assert set(material.segments.loc[placed, "segment_id"]) <= set(again.segments["segment_id"])
        missing = set(material.segments["segment_id"]) - set(again.segments["segment_id"])
        assert len(missing) == lost["count"].sum()


def test_a_coding_whose_code_is_unknown_is_never_dropped_without_a_count(tmp_path):
    """Beside a coding that is known, and on a whole source, nothing can stand for it."""
    nowhere = guid_of("nowhere")
    spans = [selection(4, 10, coding(TRUST), coding(nowhere), name="worker"), coding(nowhere)]
    xml = project(sources=text_source("INT01", *spans))
    material = read_coded(write_by_hand(tmp_path / "p.qdpx", xml, {"INT01": TEXT}))
    lost = write_qdpx(material, tmp_path / "out.qdpx", lossy=True)
    assert lost.to_dict("records") == [{"kind": "coding with a code that is not known", "count": 2}]
    assert len(read_coded(tmp_path / "out.qdpx").segments) == len(material.segments) - 2
