"""REFI-QDA projects written by the tests themselves: every promise of the reader, one at a time.

Nothing in them is about anybody. The builder is shared with the other tests of coded material.
"""

import uuid
import zipfile
from xml.sax.saxutils import quoteattr

import pytest

from rr_helpers.errors import UserError
from rr_helpers.qualitative import read_codebook, read_coded

CODES = """<Code guid="C0000000-0000-0000-0000-000000000001" name="Mechanism" isCodable="false">
  <Description>What makes it work</Description>
  <Code guid="{C0000000-0000-0000-0000-000000000002}" name="Trusted adult" isCodable="true"/>
  <Code guid="c0000000-0000-0000-0000-000000000003" name="Time/pace" isCodable="true"/>
</Code>
<Code guid="c0000000-0000-0000-0000-000000000004" name="Barrier" isCodable="true"/>"""
TRUST, PACE, BARRIER = (f"c0000000-0000-0000-0000-00000000000{n}" for n in (2, 3, 4))
USERS = """<User guid="a0000000-0000-0000-0000-00000000000a" name="First coder"/>
<User guid="a0000000-0000-0000-0000-00000000000b" name="Second coder"/>"""
FIRST, SECOND = (f"a0000000-0000-0000-0000-00000000000{letter}" for letter in "ab")


def guid_of(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def coding(code, coder=FIRST):
    start = f'<Coding guid="{uuid.uuid4()}" creatingUser="{coder}">'
    return f'{start}<CodeRef targetGUID="{code}"/></Coding>'


def selection(start, end, *codings, name=""):
    ends = f'startPosition="{start}" endPosition="{end}"'
    inner = "".join(codings)
    start = f'guid="{guid_of(f"{start} {end} {inner}")}" name={quoteattr(name)} {ends}'
    return f"<PlainTextSelection {start}>{inner}</PlainTextSelection>"


def text_source(name, *inside, guid=None):
    guid = guid or guid_of(name)
    path = f"internal://{guid}.txt"
    start = f'<TextSource guid="{guid}" name={quoteattr(name)} plainTextPath="{path}">'
    return start + "".join(inside) + "</TextSource>"


def project(*, sources="", rest="", codes=CODES, users=USERS, namespace="1.0"):
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<Project xmlns="urn:QDA-XML:project:{namespace}" name="p" origin="Tests">'
        f"<Users>{users}</Users><CodeBook><Codes>{codes}</Codes></CodeBook>"
        f"<Sources>{sources}</Sources>{rest}</Project>"
    )


def write_qdpx(path, xml, texts, *, folder="sources", project_name="project.qde"):
    """Write a .qdpx; texts maps a source's name to bytes or text."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(project_name, xml)
        for name, text in texts.items():
            data = text if isinstance(text, bytes) else text.encode("utf-8")
            archive.writestr(f"{folder}/{guid_of(name)}.txt", data)
    return path


def issues(material):
    return material.issues.groupby("kind")["count"].sum().to_dict()


TEXT = "The worker came every week. She never gave up on him."


@pytest.fixture
def small(tmp_path):
    spans = [
        selection(4, 10, coding(TRUST), coding(PACE, SECOND), name="worker"),
        selection(0, 26, coding(BARRIER), name="The worker came every week"),
        selection(28, 31, name="She"),
    ]
    sources = text_source("INT01", "<Description>A note</Description>", *spans)
    sources += text_source("INT02", selection(0, 10, coding(TRUST), name="He said no"))
    xml = project(sources=sources)
    return read_coded(
        write_qdpx(tmp_path / "small.qdpx", xml, {"INT01": TEXT, "INT02": "He said no."})
    )


def test_several_codings_of_one_selection_are_several_segments(small):
    one = small.segments[small.segments["start"].eq(4)]
    assert one["code"].tolist() == ["Mechanism/Trusted adult", "Mechanism/Time∕pace"]
    assert one["coder"].tolist() == ["First coder", "Second coder"]
    assert one["selection_id"].nunique() == 1 and one["segment_id"].nunique() == 2


def test_every_quotation_is_the_text_at_its_place(small):
    for row in small.segments.itertuples():
        assert small.texts[row.source_id][row.start : row.end] == row.text
    assert small.segments["verified"].eq(True).all()


def test_a_selection_without_a_code_is_kept_and_counted(small):
    uncoded = small.segments[small.segments["code_id"].isna()]
    assert uncoded["text"].tolist() == ["She"]
    assert issues(small) == {"selection without a code": 1}
    assert len(small.codings) == len(small.segments) - 1


def test_code_paths_come_from_the_tree_and_a_stroke_in_a_name_splits_nothing(small):
    codes = small.codes.set_index("path")
    assert list(codes.index) == [
        "Mechanism",
        "Mechanism/Trusted adult",
        "Mechanism/Time∕pace",
        "Barrier",
    ]
    assert codes.loc["Mechanism/Time∕pace", "name"] == "Time/pace"
    assert codes.loc["Mechanism", "definition"] == "What makes it work"
    assert not codes.loc["Mechanism", "codable"]
    assert codes.loc["Mechanism/Trusted adult", "parent_id"] == codes.loc["Mechanism", "code_id"]


def test_the_repr_shows_counts_and_neither_text_nor_names(small):
    shown = repr(small) + str(small)
    assert "segments 5" in shown and "sources 2" in shown
    for secret in ("worker", "INT01", "coder", "Trusted"):
        assert secret not in shown.replace("coders", "")


def test_a_segment_has_the_same_id_in_another_export(tmp_path, small):
    spans = [selection(4, 10, coding(TRUST), name="worker")]
    xml = project(sources=text_source("INT01", *spans, guid=guid_of("another export")))
    path = tmp_path / "again.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", xml)
        archive.writestr(f"sources/{guid_of('another export')}.txt", TEXT)
    again = read_coded(path)
    assert set(again.segments["segment_id"]) <= set(small.segments["segment_id"])
    assert again.segments["source_id"][0] != small.segments["source_id"][0]


@pytest.mark.parametrize("namespace", ["1.0", "0:10", "1:0", "2.0"])
@pytest.mark.parametrize("folder, name", [("Sources", "Project.qde"), ("sources", "a.QDE")])
def test_any_namespace_folder_and_file_name_case_is_read(tmp_path, namespace, folder, name):
    sources = text_source("INT01", selection(4, 10, coding(TRUST), name="worker"))
    xml = project(sources=sources, namespace=namespace)
    path = write_qdpx(tmp_path / "p.qdpx", xml, {"INT01": TEXT}, folder=folder, project_name=name)
    assert read_coded(path).segments["text"].tolist() == ["worker"]


def test_the_content_decides_what_a_file_is_not_its_name(tmp_path):
    xml = project(sources=text_source("INT01", selection(4, 10, coding(TRUST))))
    path = write_qdpx(tmp_path / "p.dat", xml, {"INT01": TEXT})
    assert len(read_coded(path).segments) == 1
    bare = tmp_path / "bare.xml"
    bare.write_text(xml, encoding="utf-8")
    material = read_coded(bare)
    assert len(material.segments) == 1 and material.segments["verified"].eq(False).all()
    assert issues(material) == {
        "source without its text": 1,
        "selection in a text that is missing": 1,
    }


def test_a_project_in_utf_16_is_read(tmp_path):
    xml = project(sources=text_source("ÏNT01", coding(TRUST))).replace("utf-8", "utf-16")
    path = tmp_path / "p.qde"
    path.write_bytes(xml.encode("utf-16"))
    assert read_coded(path).sources["name"].tolist() == ["ÏNT01"]


def test_codings_of_a_whole_source_and_of_pictures_pdf_audio_and_video_are_kept(tmp_path):
    begin = 'begin="1000" end="2500"'
    box = 'firstX="1" firstY="2" secondX="3" secondY="4"'
    sources = f"""
    <TextSource guid="{guid_of("t")}" name="t"><PlainTextContent>Text inline</PlainTextContent>
      {selection(0, 4, coding(TRUST))}{coding(BARRIER)}</TextSource>
    <PictureSource guid="{guid_of("p")}" name="p" path="internal://p.png">
      <PictureSelection guid="{guid_of("ps")}" {box}>{coding(TRUST)}</PictureSelection>
      </PictureSource>
    <PDFSource guid="{guid_of("d")}" name="d" path="internal://d.pdf">
      <PDFSelection guid="{guid_of("ds")}" page="2" {box}>
        <Representation guid="{guid_of("dr")}" name="r">
          <PlainTextContent>Words on the page</PlainTextContent></Representation>
        {coding(TRUST)}</PDFSelection></PDFSource>
    <AudioSource guid="{guid_of("a")}" name="a"><AudioSelection guid="{guid_of("as")}" {begin}>
      {coding(TRUST)}</AudioSelection></AudioSource>
    <VideoSource guid="{guid_of("v")}" name="v">
      <Transcript guid="{guid_of("vt")}"><PlainTextContent>Hello there you</PlainTextContent>
        <SyncPoint guid="{guid_of("s1")}" position="6" timeStamp="0"/>
        <SyncPoint guid="{guid_of("s2")}" position="11" timeStamp="900"/>
        <TranscriptSelection guid="{guid_of("ts")}" fromSyncPoint="{guid_of("s1")}"
          toSyncPoint="{guid_of("s2")}">{coding(TRUST)}</TranscriptSelection></Transcript>
      <VideoSelection guid="{guid_of("vs")}" {begin}>{coding(TRUST)}</VideoSelection>
    </VideoSource>"""
    path = tmp_path / "kinds.qde"
    path.write_text(project(sources=sources), encoding="utf-8")
    material = read_coded(path)
    assert material.sources["kind"].tolist() == ["text", "picture", "pdf", "audio", "video"]
    kinds = material.segments["kind"].value_counts().to_dict()
    assert kinds == {
        **dict.fromkeys(["text", "source", "picture", "pdf", "audio", "video", "transcript"], 1)
    }
    by_kind = material.segments.set_index("kind")
    assert by_kind.loc["picture", "place"] == "1,2 to 3,4 pixels"
    assert by_kind.loc["pdf", "place"] == "page 2, 1,2 to 3,4 points"
    assert by_kind.loc["pdf", "text"] == "Words on the page"
    assert by_kind.loc["video", "place"] == "1000 to 2500 ms"
    assert by_kind.loc[["picture", "pdf", "audio", "video"], "start"].isna().all()


def test_cases_variables_sets_notes_and_links_are_read(tmp_path):
    rest = f"""
    <Variables><Variable guid="{guid_of("role")}" name="Role" typeOfVariable="Text"/>
      <Variable guid="{guid_of("wave")}" name="Wave" typeOfVariable="Integer"/></Variables>
    <Cases><Case guid="{guid_of("k")}" name="Borough A">
      <VariableValue><VariableRef targetGUID="{guid_of("role")}"/>
        <TextValue>Staff</TextValue></VariableValue>
      <SourceRef targetGUID="{guid_of("INT01")}"/></Case></Cases>
    <Notes><Note guid="{guid_of("n")}" name="Memo">
      <PlainTextContent>Look again</PlainTextContent></Note></Notes>
    <Links><Link guid="{guid_of("l")}" name="because" direction="OneWay"
      originGUID="{TRUST}" targetGUID="{BARRIER}"/></Links>
    <Sets><Set guid="{guid_of("s")}" name="gender: female">
      <MemberSource targetGUID="{guid_of("INT01")}"/></Set></Sets>"""
    value = f"""<VariableValue><VariableRef targetGUID="{guid_of("wave")}"/>
      <IntegerValue>2</IntegerValue></VariableValue>"""
    note = f'<NoteRef targetGUID="{guid_of("n")}"/>'
    sources = text_source("INT01", note, value) + text_source("INT02")
    xml = project(sources=sources, rest=rest)
    path = write_qdpx(tmp_path / "p.qdpx", xml, {"INT01": TEXT, "INT02": TEXT})
    material = read_coded(path, sets_as_attributes=True)
    found = material.attributes[["source", "name", "value", "origin"]].to_records(index=False)
    assert [tuple(row) for row in found] == [
        ("INT01", "Wave", "2", "source"),
        ("INT01", "Role", "Staff", "case"),
        ("INT01", "gender", "female", "set"),
    ]
    memo = material.memos.iloc[0]
    assert (memo["text"], memo["about"], memo["source_id"]) == (
        "Look again",
        "source",
        guid_of("INT01"),
    )
    assert material.links["name"].tolist() == ["because"]
    assert issues(material) == {"source without a case": 1}
    assert read_coded(path).attributes["origin"].tolist() == ["source", "case"]


def test_a_coding_to_a_case_is_a_code_under_cases(tmp_path):
    case = guid_of("case")
    rest = f'<Cases><Case guid="{case}" name="Borough A"/></Cases>'
    xml = project(sources=text_source("INT01", selection(4, 10, coding(case))), rest=rest)
    material = read_coded(write_qdpx(tmp_path / "p.qdpx", xml, {"INT01": TEXT}))
    assert material.segments["code"].tolist() == ["Cases/Borough A"]
    assert issues(material)["coding to a case"] == 1


def test_what_dangles_is_counted_and_nothing_is_dropped(tmp_path):
    nowhere = guid_of("nowhere")
    rest = f"""<Cases><Case guid="{guid_of("k")}" name="K"><SourceRef targetGUID="{nowhere}"/>
        <SelectionRef targetGUID="{nowhere}"/></Case></Cases>
      <Sets><Set guid="{guid_of("s")}" name="S"><MemberCode targetGUID="{nowhere}"/></Set></Sets>
      <Graphs><Graph guid="{guid_of("g")}"/></Graphs>"""
    inside = [
        selection(4, 10, coding(nowhere), name="worker"),
        selection(0, 900, coding(TRUST)),
        selection("x", 3, coding(TRUST)),
        selection(11, 15, coding(TRUST, coder=nowhere)),
        selection(11, 11, coding(PACE)),
        f'<NoteRef targetGUID="{nowhere}"/>',
        f"""<VariableValue><VariableRef targetGUID="{nowhere}"/><TextValue>1</TextValue>
        </VariableValue>""",
    ]
    sources = text_source("INT01", *inside) + text_source("INT02")
    material = read_coded(
        write_qdpx(tmp_path / "p.qdpx", project(sources=sources, rest=rest), {"INT01": TEXT})
    )
    found = issues(material)
    expected = {
        "coding with an unknown code",
        "selection without a code",
        "position outside the source",
        "position that is no number",
        "coding by an unknown coder",
        "reference to no note",
        "value of an unknown variable",
        "case links to no source",
        "case links to a part of a source",
        "source without its text",
        "source without a case",
        "set member that does not exist",
        "graph not read",
    }
    assert expected <= set(found)
    assert len(material.segments) == 5
    outside = material.segments[material.segments["place"].eq("0-900 as the file counts")]
    assert outside["text"].isna().all() and outside["verified"].eq(False).all()


def test_the_same_coding_twice_counts_once_and_is_reported(tmp_path):
    twice = [selection(4, 10, coding(TRUST), coding(TRUST), name="worker")]
    material = read_coded(
        write_qdpx(
            tmp_path / "p.qdpx", project(sources=text_source("INT01", *twice)), {"INT01": TEXT}
        )
    )
    assert len(material.segments) == 1
    assert issues(material) == {"the same coding twice": 1}


def test_sources_that_share_a_name_are_numbered_so_that_neither_has_the_others_consent(tmp_path):
    inline = "<PlainTextContent>B</PlainTextContent>"
    other = f'<TextSource guid="{guid_of("b")}" name="INT01">{inline}</TextSource>'
    xml = project(sources=text_source("INT01") + other)
    material = read_coded(write_qdpx(tmp_path / "p.qdpx", xml, {"INT01": TEXT}))
    assert material.sources["name"].tolist() == ["INT01 (1)", "INT01 (2)"]
    assert issues(material) == {"sources share a name": 2}
    assert material.keep_sources(["INT01"]).sources.empty


def test_a_numbered_name_is_never_that_of_another_source(tmp_path):
    names = ["INT01", "INT01 (1)", "INT01"]
    sources = "".join(f'<TextSource guid="{n}" name="{name}"/>' for n, name in enumerate(names))
    path = tmp_path / "p.qde"
    path.write_text(project(sources=sources), encoding="utf-8")
    assert read_coded(path).sources["name"].tolist() == ["INT01 (2)", "INT01 (1)", "INT01 (3)"]


def test_selections_stay_with_their_own_transcript_where_none_has_a_guid(tmp_path):
    def transcript(words):
        points = "".join(
            f'<SyncPoint guid="{words}{n}" position="{place}"/>'
            for n, place in enumerate((0, len(words)))
        )
        chosen = f'<TranscriptSelection fromSyncPoint="{words}0" toSyncPoint="{words}1" '
        chosen += f'name="{words}">{coding(TRUST)}</TranscriptSelection>'
        text = f"<PlainTextContent>{words} and more</PlainTextContent>"
        return f"<Transcript>{text}{points}{chosen}</Transcript>"

    words = ["first words", "second saying", "third and last"]
    path = tmp_path / "p.qde"
    video = f'<VideoSource name="V">{"".join(map(transcript, words))}</VideoSource>'
    path.write_text(project(sources=video), encoding="utf-8")
    material = read_coded(path)
    assert material.segments["text"].tolist() == words
    text = next(iter(material.texts.values()))
    assert [text[row.start : row.end] for row in material.segments.itertuples()] == words


def test_sources_and_codes_with_the_same_guid_stay_apart(tmp_path):
    same = guid_of("same")
    one = (
        f'<TextSource guid="{same}" name="A"><PlainTextContent>one</PlainTextContent></TextSource>'
    )
    codes = CODES + f'<Code guid="{TRUST}" name="Again" isCodable="true"/>'
    path = tmp_path / "p.qde"
    path.write_text(
        project(sources=one + one.replace('"A"', '"B"').replace("one", "two"), codes=codes), "utf-8"
    )
    material = read_coded(path)
    assert sorted(material.texts.values()) == ["one", "two"]
    assert material.sources["source_id"].is_unique and material.codes["code_id"].is_unique
    assert issues(material) == {"sources share a GUID": 1, "codes share an id": 1}


def test_text_that_is_not_utf_8_is_reported_and_not_guessed(tmp_path):
    xml = project(sources=text_source("INT01", selection(0, 4, coding(TRUST))))
    material = read_coded(write_qdpx(tmp_path / "p.qdpx", xml, {"INT01": b"Caf\xe9 words"}))
    assert material.sources["has_text"].tolist() == [False]
    assert issues(material)["text that is not UTF-8"] == 1
    assert material.segments["text"].isna().all()


def test_a_path_out_of_the_archive_is_never_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("not part of the project")
    sources = f'<TextSource guid="{guid_of("x")}" name="x" plainTextPath="absolute://{secret}"/>'
    material = read_coded(write_qdpx(tmp_path / "p.qdpx", project(sources=sources), {}))
    assert not material.texts
    assert issues(material)["text kept outside the project"] == 1


def test_quirks_of_codebooks_are_read(tmp_path):
    path = tmp_path / "c.qdc"
    path.write_text(
        '\ufeff<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:0:4" '
        f'origin="Taguette 1.5.2"><Codes><Code guid="{{{TRUST}}}" name="a.b" isCodable="true"/>'
        f'<Code guid="{BARRIER}" name="e.g. this" isCodable="true"/></Codes><Sets/></CodeBook>',
        encoding="utf-8",
    )
    codes = read_codebook(path)
    assert codes["path"].tolist() == ["a/b", "e.g. this"]
    assert codes["code_id"].tolist() == [TRUST, BARRIER]


def test_a_schema_that_cannot_be_read_says_what_to_give(tmp_path):
    path = tmp_path / "p.qde"
    path.write_text(project(), encoding="utf-8")
    with pytest.raises(UserError, match=r"expected the REFI-QDA schema Project\.xsd"):
        read_coded(path, schemas=tmp_path)


@pytest.mark.parametrize(
    "content, message",
    [
        ("<Other/>", "an XML file that begins with <Other>; expected <Project>"),
        ("<Project>", r"XML that cannot be read \(line 1\)"),
        ("just words", "no columns known for source and code"),
        ("", "no columns known for source and code"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_plain_words(tmp_path, content, message):
    path = tmp_path / "file.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_coded(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_coded(tmp_path / "none.qdpx")
