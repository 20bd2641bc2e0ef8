"""Files made to harm, or damaged on the way: a clear error or an issue, never a crash.

The mutated files are the tests' own small projects, and the real exports where they are at hand.
"""

import io
import os
import sqlite3
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_qualitative_written_projects import (
    TEXT,
    TRUST,
    coding,
    guid_of,
    project,
    selection,
    text_source,
    write_qdpx,
)

from rr_helpers.errors import UserError
from rr_helpers.qualitative import CodedMaterial, archive, draft, parsing, read_codebook, read_coded
from rr_helpers.qualitative import write_qdpx as write_project

BESIDE = Path(__file__).parents[1].parent / "shared" / "data"
FILES = Path(os.environ.get("RR_SHARED_DATA", BESIDE)) / "qda"
XML = project(sources=text_source("INT01", selection(4, 10, coding(TRUST), name="worker")))
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<Project name="&b;"/>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "before", ["", "<!-- a comment -->\n", "<?target data?> <!-- > --> <?x?>\n"]
)
def test_a_doctype_is_refused_wherever_it_stands(tmp_path, encoding, before):
    path = tmp_path / "p.qde"
    path.write_bytes(LAUGHS.replace("<!DOCTYPE", before + "<!DOCTYPE").encode(encoding))
    with pytest.raises(UserError, match="a DOCTYPE; expected a file without one"):
        read_coded(path)


def test_an_entity_never_brings_a_file_in(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    path = tmp_path / "p.qde"
    path.write_text(
        f'<!DOCTYPE p [<!ENTITY x SYSTEM "{secret.as_uri()}">]><Project name="p">&x;</Project>'
    )
    with pytest.raises(UserError, match="a DOCTYPE") as fault:
        read_coded(path)
    assert "SECRET" not in str(fault.value)


def test_a_comment_before_the_root_is_no_doctype(tmp_path):
    path = tmp_path / "p.qde"
    path.write_text(XML.replace("<Project", "<!-- <!DOCTYPE x> -->\n<Project", 1), encoding="utf-8")
    assert len(read_coded(path).segments) == 1


def test_deep_nesting_is_refused_in_plain_words(tmp_path):
    path = tmp_path / "p.qdc"
    deep = '<Code name="a" isCodable="true">' * 5000 + "</Code>" * 5000
    path.write_text(f"<CodeBook><Codes>{deep}</Codes></CodeBook>")
    with pytest.raises(UserError, match="XML that cannot be read"):
        read_coded(path)


def test_a_tree_as_deep_as_the_parser_allows_is_read(tmp_path):
    path = tmp_path / "p.qdc"
    deep = '<Code name="a" isCodable="true">' * 250 + "</Code>" * 250
    path.write_text(f"<CodeBook><Codes>{deep}</Codes></CodeBook>")
    assert len(read_codebook(path)) == 250


def test_far_too_much_markup_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(parsing, "MOST_MARKUP", 1000)
    path = tmp_path / "p.qde"
    path.write_text("<Project>" + "<a/>" * 1000 + "</Project>")
    with pytest.raises(UserError, match="far too much markup"):
        read_coded(path)


def test_an_encoding_no_exporter_uses_is_refused(tmp_path):
    path = tmp_path / "p.qde"
    path.write_bytes(b'<?xml version="1.0" encoding="utf-7"?><Project/>')
    with pytest.raises(UserError, match="the encoding utf-7; expected UTF-8 or UTF-16"):
        read_coded(path)


def test_a_zip_bomb_is_refused_without_being_unpacked(tmp_path):
    path = write_qdpx(tmp_path / "bomb.qdpx", b" " * 200_000_000, {})
    assert path.stat().st_size < 300_000
    tracemalloc.start()
    with pytest.raises(UserError, match=r"unpacks to \d+ times its size; expected at most 200"):
        read_coded(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_bomb_among_the_texts_is_refused(tmp_path):
    path = write_qdpx(tmp_path / "bomb.qdpx", XML, {"INT01": b" " * 50_000_000})
    with pytest.raises(UserError, match="times its size"):
        read_coded(path)


def test_too_large_a_member_and_too_large_a_sum_are_refused(tmp_path, monkeypatch):
    path = write_qdpx(tmp_path / "p.qdpx", XML, {"INT01": TEXT})
    monkeypatch.setattr(archive, "LARGEST_TOTAL", len(XML) + 10)
    with pytest.raises(UserError, match="a member that goes on"):
        read_coded(path)


def test_a_member_that_lies_about_its_size_is_not_read_on(tmp_path):
    path = write_qdpx(tmp_path / "p.qdpx", XML, {"INT01": b"x" * 5000})
    data = path.read_bytes()
    lying = data.replace((5000).to_bytes(4, "little"), (12).to_bytes(4, "little"))
    assert lying != data
    path.write_bytes(lying)
    with pytest.raises(UserError, match="a zip that cannot be read"):
        read_coded(path)


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    path = write_qdpx(tmp_path / "p.qdpx", XML, {"INT01": TEXT})
    with pytest.raises(UserError, match="2 members; expected at most 1"):
        read_coded(path)


@pytest.mark.parametrize("name", ["../{}", "/tmp/{}", "C:\\x\\{}", "a/../../{}", "..\\{}"])
def test_members_with_paths_that_leave_are_counted_and_not_read(tmp_path, name):
    path = tmp_path / "in" / "p.qdpx"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("project.qde", XML)
        zipped.writestr(name.format(f"{guid_of('INT01')}.txt"), TEXT)
    material = read_coded(path)
    assert not material.texts
    assert "member with an unsafe path not read" in set(material.issues["kind"])
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["in", "p.qdpx"]


def test_reading_writes_nothing(tmp_path):
    path = write_qdpx(tmp_path / "p.qdpx", XML, {"INT01": TEXT})
    read_coded(path)
    assert [each.name for each in tmp_path.iterdir()] == ["p.qdpx"]


def test_an_encrypted_member_is_refused(tmp_path):
    path = write_qdpx(tmp_path / "p.qdpx", XML, {})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag of encryption, in the member and in the directory
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UserError, match="expected a whole, unencrypted zip file"):
        read_coded(path)


def test_a_workbook_with_a_doctype_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["document", "tag"])
    book.save(tmp_path / "w.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "w.xlsx") as old,
        zipfile.ZipFile(tmp_path / "x.xlsx", "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "b">]>' + data
            new.writestr(name, data)
    with pytest.raises(UserError, match="a DOCTYPE"):
        read_coded(tmp_path / "x.xlsx")


def test_a_formula_in_a_sheet_is_text_and_is_never_run(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("document,tag,content\nINT01,a,\"=cmd|'/c calc'!A1\"\n", encoding="utf-8")
    assert read_coded(path).segments["text"].tolist() == ["=cmd|'/c calc'!A1"]


def taguette_database(path, *, highlights=((1, 1, 4, 10, "<p>worker</p>"),), more=""):
    connection = sqlite3.connect(path)
    connection.executescript(
        """CREATE TABLE projects (id, name); INSERT INTO projects VALUES (1, 'p');
        CREATE TABLE documents (id, name, description, contents);
        INSERT INTO documents VALUES (1, 'INT01', '', '<p>The worker came.</p><p>Daily.</p>');
        CREATE TABLE tags (id, path, description); INSERT INTO tags VALUES (1, 'a.b', '');
        CREATE TABLE highlights (id, document_id, start_offset, end_offset, snippet);
        CREATE TABLE highlight_tags (highlight_id, tag_id);
        INSERT INTO highlight_tags VALUES (1, 1);"""
        + more
    )
    connection.executemany("INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", highlights)
    connection.commit()
    connection.close()
    return path


def test_a_database_with_odd_values_is_read_and_they_are_counted(tmp_path):
    odd = [
        (1, 1, 4, 10, "<p>worker</p>"),
        (2, 9, 0, 1, ""),
        (3, 1, "x", None, b"\xff"),
        (4, 1, -3, 9**15, None),
    ]
    more = "INSERT INTO highlight_tags VALUES (7, 1), (1, 8);"
    material = read_coded(taguette_database(tmp_path / "p.sqlite3", highlights=odd, more=more))
    assert material.segments["text"].dropna().tolist() == ["worker"]
    assert {
        "highlight in no document",
        "position that is no number",
        "position outside the source",
        "tag on no highlight",
        "highlight with an unknown tag",
        "selection without a code",
    } == set(material.issues["kind"])


def test_a_highlight_over_two_paragraphs_shows_where_one_ends(tmp_path):
    two = [(1, 1, 11, 21, "<p>came.</p><p>Daily</p>")]
    material = read_coded(taguette_database(tmp_path / "p.sqlite3", highlights=two))
    row = material.segments.iloc[0]
    assert row["text"] == "came.\nDaily" and row["verified"]
    assert material.texts[row["source_id"]][row["start"] : row["end"]] == "came.\nDaily"


def test_a_view_in_a_database_is_never_run(tmp_path):
    endless = """ALTER TABLE documents RENAME TO real_documents; CREATE VIEW documents AS
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n;"""
    path = taguette_database(tmp_path / "p.sqlite3", more=endless)
    with pytest.raises(UserError, match="a database of another program"):
        read_coded(path)


def test_a_database_in_use_is_refused_rather_than_read_half(tmp_path):
    path = taguette_database(tmp_path / "p.sqlite3")
    path.with_name("p.sqlite3-wal").write_bytes(b"x")
    with pytest.raises(UserError, match="Close the coding program"):
        read_coded(path)


def test_a_database_of_another_program_is_refused(tmp_path):
    sqlite3.connect(tmp_path / "x.mx24").execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(UserError, match="expected a Taguette or QualCoder project"):
        read_coded(tmp_path / "x.mx24")


def outcome(path):
    """Read a file: material or a UserError; anything else escapes and fails the test."""
    for read in (read_coded, read_codebook):
        try:
            found = read(path)
        except UserError as fault:
            assert fault.found and fault.expected and fault.cure
        else:
            if isinstance(found, CodedMaterial):
                check(found)


def check(material):
    """Whatever was read, the tables keep their promises."""
    texts = material.texts
    for row in material.segments.itertuples():
        if pd.notna(row.start):
            assert texts[row.source_id][row.start : row.end] == row.text
    assert material.segments["segment_id"].is_unique
    assert set(material.segments["source_id"]) <= set(material.sources["source_id"])
    assert len(material.keep_sources([]).segments) == 0


def mutate(data: bytes, draw: np.random.Generator) -> bytes:
    """Damage a file as transfers and editors do: bytes changed, cut, doubled, or dropped."""
    kind, size = draw.integers(5), len(data)
    if kind == 0:
        return data[: draw.integers(size)]
    changed = bytearray(data)
    start = int(draw.integers(size))
    end = min(size, start + int(draw.integers(1, 40)))
    if kind == 1:
        for place in draw.integers(size, size=draw.integers(1, 20)):
            changed[place] = draw.integers(256)
    elif kind == 2:
        changed[start:end] = changed[start:end] * 2
    elif kind == 3:
        del changed[start:end]
    else:
        changed[start:end] = draw.bytes(end - start)
    return bytes(changed)


def mutate_inside(data: bytes, draw: np.random.Generator) -> bytes:
    """Damage the members of a zip, so that the damage passes its checksums."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = {name: old.read(name) for name in old.namelist() if not name.endswith("/")}
    buffer = io.BytesIO()
    chosen = sorted(members)[draw.integers(len(members))] if draw.random() < 0.5 else "project.qde"
    with zipfile.ZipFile(buffer, "w") as new:
        for name, member in members.items():
            hit = name == chosen or name.endswith(".xml") and draw.random() < 0.2
            new.writestr(name, mutate(member, draw) if hit and member else member)
    return buffer.getvalue()


def swap_attributes(data: bytes, draw: np.random.Generator) -> bytes:
    """Keep the XML well formed and change what it says: numbers, references, names of elements."""
    text = data.decode("utf-8", "replace")
    parts = text.split('"')
    for place in draw.integers(len(parts) // 2, size=6) * 2 + 1:
        parts[place] = str(
            draw.choice(["", "0", "-1", "99999999999999999999", parts[-2], "é🙂", "x"])
        )
    return '"'.join(parts).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def own_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    write_qdpx(folder / "p.qdpx", XML, {"INT01": TEXT})
    (folder / "p.qde").write_text(XML, encoding="utf-8")
    taguette_database(folder / "p.sqlite3")
    (folder / "c.csv").write_text("document,tag,content\nINT01,a,words\n", encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["Document name", "Code", "Segment"])
    book.active.append(["INT01", "A\\B", "words"])
    book.save(folder / "s.xlsx")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["p.qdpx", "p.qde", "p.sqlite3", "c.csv", "s.xlsx"])
def test_damaged_files_of_every_kind_are_read_or_refused_in_words(tmp_path, own_files, name):
    draw = np.random.default_rng(1)
    zipped = name.endswith(("qdpx", "xlsx"))
    for number in range(60):
        change = mutate_inside if zipped and number % 2 else mutate
        change = swap_attributes if name.endswith("qde") and number % 2 else change
        (tmp_path / name).write_bytes(change(own_files[name], draw))
        outcome(tmp_path / name)


@pytest.mark.skipif(not FILES.is_dir(), reason=f"real exports are not here ({FILES})")
@pytest.mark.parametrize(
    "name, times",
    [
        ("qualcoder4_synthetic_rr_lf.qdpx", 24),
        ("nvivo_win12.6_scrambled.qdpx", 16),
        ("qualcoder4_synthetic_rr.sqlite", 24),
        ("taguette_1.5.2/project.sqlite3", 24),
        ("spec_A3_transana_ns0-10.qde", 40),
        ("qualcoder4_synthetic_rr.qdc", 30),
        ("taguette_1.5.2/highlights_all.xlsx", 24),
        ("taguette_1.5.2/highlights_all.html", 24),
    ],
)
def test_damaged_real_exports_are_read_or_refused_in_words(tmp_path, name, times):
    data, draw = (FILES / name).read_bytes(), np.random.default_rng(2)
    path = tmp_path / Path(name).name
    for number in range(times):
        change = mutate
        if number % 2:
            change = {".qdpx": mutate_inside, ".xlsx": mutate_inside, ".qde": swap_attributes,
                      ".qdc": swap_attributes}.get(path.suffix, mutate)  # fmt: skip
        path.write_bytes(change(data, draw))
        outcome(path)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=300), start=st.sampled_from(
    [b"", b"PK\x03\x04", b"SQLite format 3\0", b"<Project>", b"\xff\xfe<\0", b"document,tag\n"]
))  # fmt: skip
def test_any_bytes_at_all_are_read_or_refused_in_words(tmp_path, data, start):
    path = tmp_path / "any"
    path.write_bytes(start + data)
    outcome(path)


def test_endless_quotations_are_not_all_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(draft, "MOST_QUOTED", 60)
    spans = [selection(0, n, coding(TRUST), name=TEXT[:n]) for n in range(20, 25)]
    sources = text_source("INT01", *spans)
    material = read_coded(
        write_qdpx(tmp_path / "p.qdpx", project(sources=sources), {"INT01": TEXT})
    )
    assert material.segments["text"].str.len().sum() <= 60 and len(material.segments) == 5
    kinds = material.issues.groupby("kind")["count"].sum()
    assert kinds["quotation not kept, too much text"] == 3


@pytest.mark.parametrize("name", ["p.qdpx", "p.qde", "p.sqlite3"])
def test_what_was_read_from_a_damaged_file_is_written_whole_or_with_its_losses(
    tmp_path, own_files, name
):
    draw = np.random.default_rng(3)
    for _ in range(25):
        change = swap_attributes if name == "p.qde" else mutate
        (tmp_path / name).write_bytes(change(own_files[name], draw))
        try:
            material = read_coded(tmp_path / name)
        except UserError:
            continue
        lost = write_project(material, tmp_path / "out.qdpx", coder_names=True, lossy=True)
        again = read_coded(tmp_path / "out.qdpx")
        check(again)
        if lost.empty:
            assert set(again.segments["segment_id"]) == set(material.segments["segment_id"])
