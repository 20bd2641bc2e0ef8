"""What lies inside files is read to the bottom, within bounds; free text and canaries are found."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile

import pytest

from rr_helpers.publish import scan
from rr_helpers.publish.check import check_site
from rr_helpers.publish.free_text import free_text_runs
from rr_helpers.publish.leaks import RUN_FOUND, Sought, find_leaks, word_runs
from rr_helpers.publish.scan import Unsearchable, holds_number, read_layers
from rr_helpers.study.schema import TABLES
from rr_helpers.study.synthetic import make_study

WORDS = b"seen with YP0001 at noon"
NOTE = "they were waiting by the canal again when she came out of school"


def zipped(content, name="a.txt"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def read(data):
    return "\n".join(layer.text for layer in read_layers("file", data))


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, zipped, lambda data: zipped(zipped(data))]
)
def test_what_is_packed_is_read(pack):
    assert "YP0001" in read(pack(WORDS))


def test_the_place_inside_a_file_is_told():
    places = [layer.place for layer in read_layers("a.zip", zipped(gzip.compress(WORDS), "b.gz"))]
    assert "a.zip, 'b.gz', unpacked" in places


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xfe", b"\x89PNG\r\n\x1a\n", b"%PDF-"])
def test_a_file_that_holds_nothing_is_no_error(data):
    assert read(data).strip() in ("", "PNG", "%PDF-")


def test_a_broken_archive_cannot_be_searched_and_so_not_be_published(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.ico").write_bytes(zipped(WORDS)[:-30])
    (fault,) = [f for f in check_site(site) if f.kind == "cannot be searched"]
    assert str(fault).startswith("a.ico: an archive that cannot be opened")


def test_an_archive_that_grows_without_end_is_refused_not_unpacked(monkeypatch):
    monkeypatch.setattr(scan, "MOST_BYTES", 100_000)
    for bomb in (gzip.compress(bytes(1_000_000)), zipped(bytes(1_000_000))):
        with pytest.raises(Unsearchable, match="more than 100,000 bytes when unpacked"):
            read(bomb)


def test_an_archive_within_archives_without_end_is_refused():
    data = WORDS
    for _ in range(12):
        data = gzip.compress(data)
    with pytest.raises(Unsearchable, match="packed more than 8 times over"):
        read(data)


@pytest.mark.parametrize("code", ["<d", "<f", "<i", "<q", ">d", ">i"])
def test_a_number_is_found_in_a_typed_array_of_any_type(code):
    packed = struct.pack(f"{code[0]}4{code[1]}", 1, 2, 739104, 3)
    assert holds_number(packed, 739104)
    assert not holds_number(packed, 739105)


@pytest.mark.parametrize(
    "text",
    [
        f"… {NOTE} …",
        NOTE.upper(),
        "<p>they were <b>waiting</b> by the\n canal, again: when</p>",
        "they&nbsp;were waiting by the canal again when",
    ],
)
def test_eight_words_of_free_text_are_found_however_set(text):
    assert find_leaks(text, Sought(runs=word_runs([NOTE]))) == {RUN_FOUND}


def test_seven_words_or_other_words_are_no_leak():
    sought = Sought(runs=word_runs([NOTE]))
    assert find_leaks("they were waiting by the canal again", sought) == set()
    assert find_leaks("they were waiting by a canal again when she came", sought) == set()


def test_a_reviewed_quotation_may_be_shown_but_not_what_was_said_around_it():
    said = f"Well. {NOTE}. That is all there was to it."
    sought = Sought(runs=word_runs([said], reviewed=[NOTE]))
    assert find_leaks(NOTE, sought) == set()
    assert find_leaks(f"What speaks for it: well, {NOTE}. That is", sought) == set()
    assert find_leaks("when she came out of school that is all", sought) == {RUN_FOUND}


def test_free_text_of_tables_and_of_transcripts_is_sought(small_study):
    runs = Sought(runs=free_text_runs(small_study))
    survey = small_study["yp_survey"]["text_better"].dropna()
    long = next(text for text in survey if len(text.split()) > 9)
    assert find_leaks(long, runs) == {RUN_FOUND}
    for quotation in small_study["quotation"]["text_final"]:
        assert find_leaks(quotation, runs) == set()


@pytest.mark.parametrize("scale", [0.05, 1.0])
def test_canaries_are_in_every_table_about_people_and_in_every_kind_of_document(scale):
    study = make_study(scale=scale)
    canaries = study.truth["canaries"]
    people = {word for word in canaries["words"] if word.startswith("QX-")}
    for name, table in TABLES.items():
        if table.subject:
            assert study.tables[name][table.subject].isin(people).any(), name
    told = {d.name.partition("_")[0] for d in study.documents if canaries["sentence"] in d.text}
    assert told == {document.name.partition("_")[0] for document in study.documents}
    assert people & set(study.tables["consent"]["subject_id"])


def test_the_canaries_are_a_stratum_of_one_to_three_people():
    study = make_study()
    (stratum,) = study.truth["canaries"]["strata"]
    rows = study.tables[stratum["table"]]
    rows = rows[rows[stratum["column"]] == stratum["value"]]
    assert rows["yp_id"].nunique() == stratum["people"] and 1 <= stratum["people"] <= 3


def test_a_row_of_any_table_with_a_canary_is_found_by_the_canary_alone(tmp_path):
    study = make_study(seed=11, scale=0.2)
    canaries = study.truth["canaries"]
    for name, table in TABLES.items():
        if table.subject:
            site = tmp_path / name
            site.mkdir()
            text = study.tables[name].to_html(index=False)
            (site / "index.html").write_text(f"<html lang='en'><body>{text}</body></html>")
            kinds = {fault.kind for fault in check_site(site, canaries=canaries)}
            assert "canary published" in kinds, name


@pytest.mark.parametrize(
    ("index", "found"),
    [
        ('Search.setIndex({"terms":{"educ":12,"ill":[3,12]}})', set()),
        ('Search.setIndex({terms:{educ:12,ill:[12]},titles:["On EDUC-12"]})', {"EDUC-12"}),
        ('Search.setIndex({"terms":{"educ12":3}})', {"EDUC-12"}),
        ('Search.setIndex({"titles":["He said \\"see EDUC:12,\\""]})', {"EDUC-12"}),
    ],
)
def test_a_page_number_in_the_search_index_is_no_part_of_an_identifier(index, found):
    (layer, *_) = read_layers("searchindex.js", index.encode())
    assert find_leaks(layer.text, Sought(["EDUC-12"])) == found
    (elsewhere, *_) = read_layers("other.js", b"educ:12")
    assert find_leaks(elsewhere.text, Sought(["EDUC-12"])) == {"EDUC-12"}
