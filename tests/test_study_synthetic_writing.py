"""Writing the synthetic study: same bytes, a coded project others can read, nothing overwritten."""

import hashlib
import io
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pandas as pd
import pytest
from lxml import etree

from rr_helpers.errors import UserError
from rr_helpers.qualitative import read_coded, stack_projects
from rr_helpers.study import validate_study
from rr_helpers.study.schema import TABLES, WORKBOOKS
from rr_helpers.study.synthetic import make_study, write_study, writing
from rr_helpers.study.synthetic.bank_records import NAMES
from rr_helpers.study.synthetic.codebook import CODES, FOLDERS
from rr_helpers.study.synthetic.qdpx import qdpx_bytes
from rr_helpers.study.synthetic.quotations import is_verbatim
from rr_helpers.study.workbooks import read_workbook

QDA = "{urn:QDA-XML:project:1.0}"
PROJECT = Path("qualitative") / "interviews.qdpx"


@pytest.fixture(scope="module")
def study():
    return make_study(scale=0.1)


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    return write_study(study, tmp_path_factory.mktemp("synthetic") / "study")


@pytest.fixture(scope="module")
def brief(study):
    """A few rows of each table: enough where only the folder matters, and quickly written."""
    return replace(
        study,
        tables={name: frame.head(3) for name, frame in study.tables.items()},
        missing={},
        documents=study.documents[:3],
    )


@pytest.fixture(scope="module")
def full():
    return make_study()


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_folder_holds_every_workbook_the_coded_project_the_teams_words_and_the_truth(folder):
    words = "briefings/eval_Y3.toml"
    assert set(digests(folder)) == {*WORKBOOKS, PROJECT.as_posix(), words, "truth.json"}


def test_same_seed_and_scale_give_the_same_bytes(folder, tmp_path):
    again = write_study(make_study(scale=0.1), tmp_path / "again")
    assert digests(again) == digests(folder)


def test_a_large_study_is_coded_in_several_projects_which_are_read_as_one(
    brief, tmp_path, monkeypatch
):
    monkeypatch.setattr(writing, "DOCUMENTS", 2)
    written = write_study(brief, tmp_path / "study")
    projects = sorted((written / "qualitative").iterdir())
    assert [path.name for path in projects] == ["interviews-2.qdpx", "interviews.qdpx"]
    found = stack_projects([read_coded(path) for path in projects])
    assert set(found.sources["name"]) == {document.name for document in brief.documents}
    assert found.codes["path"].is_unique
    assert write_study(brief, written) == written  # they are known for its own


def test_the_truth_is_written_as_it_stands(study, folder):
    assert json.loads((folder / "truth.json").read_text("utf-8")) == study.truth


@pytest.fixture(scope="module")
def validation(folder):
    return validate_study(folder)


def test_validation_finds_no_error(validation):
    assert validation.errors == ()


def test_workbooks_read_back_are_the_tables_that_were_made(study, folder):
    for workbook, tables in WORKBOOKS.items():
        readings, faults = read_workbook(folder / workbook, tables)
        assert not [fault for fault in faults if fault.severity == "error"]
        for table in tables:
            made, read = study.tables[table.name], readings[table.name].frame
            pd.testing.assert_frame_equal(
                made.astype(object).where(made.notna(), None),
                read[list(made.columns)].astype(object).where(read.notna(), None),
            )


def test_missing_codes_of_numbers_read_back_as_they_were_made(study, folder):
    for name, codes in study.missing.items():
        readings, _ = read_workbook(
            folder / TABLES[name].workbook, WORKBOOKS[TABLES[name].workbook]
        )
        read = readings[name].missing
        for column in codes:
            if codes[column].notna().any():
                assert codes[column].fillna("").tolist() == read[column].fillna("").tolist()


def test_those_who_withdrew_or_did_not_take_part_are_gone_once_read(study, validation):
    read = validation.study
    consent = study.tables["consent"]
    gone = consent[
        (consent["withdrawal_scope"] == "all") | (consent["consent_participate"] == "no")
    ]
    for name in ("yp_survey", "interview", "delegate", "coded_source"):
        subject = TABLES[name].subject
        assert not read[name][subject].isin(gone["subject_id"]).any()
        assert len(read[name]) < len(study.tables[name])


def project_of(study):
    archive = zipfile.ZipFile(io.BytesIO(qdpx_bytes(study.documents, seed=1)))
    return archive, Xml.fromstring(archive.read("project.qde"))


def test_every_selection_is_its_name_in_code_points_end_exclusive(full):
    archive, project = project_of(full)
    checked = 0
    for source in project.iter(f"{QDA}TextSource"):
        path = source.get("plainTextPath").replace("internal://", "sources/")
        text = archive.read(path).decode("utf-8")
        for selection in source.iter(f"{QDA}PlainTextSelection"):
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
            assert text[start:end] == selection.get("name")
            checked += 1
    assert checked > 1000


def test_some_text_lies_beyond_the_basic_plane_so_that_positions_are_put_to_the_test(full):
    assert any(
        ord(character) > 0xFFFF for document in full.documents for character in document.text
    )


def test_folders_are_not_codable_and_hold_every_code(full):
    _, project = project_of(full)
    folders = project.findall(f"{QDA}CodeBook/{QDA}Codes/{QDA}Code")
    assert tuple(folder.get("name") for folder in folders) == FOLDERS
    assert {folder.get("isCodable") for folder in folders} == {"false"}
    labels = [code.get("name") for folder in folders for code in folder.findall(f"{QDA}Code")]
    assert sorted(labels) == sorted(CODES) == sorted(full.tables["code"]["code_label"])


def test_every_reference_of_the_project_resolves(full):
    _, project = project_of(full)
    codes = {code.get("guid") for code in project.iter(f"{QDA}Code")}
    users = {user.get("guid") for user in project.iter(f"{QDA}User")}
    assert {ref.get("targetGUID") for ref in project.iter(f"{QDA}CodeRef")} <= codes
    assert {node.get("creatingUser") for node in project.iter(f"{QDA}Coding")} == users


def test_the_project_satisfies_the_standard_s_schema(full):
    root = Path(__file__).parents[1].parent / "shared"
    schema = (
        Path(os.environ.get("RR_SHARED_DATA", root)) / "data" / "qda" / "schema" / "Project.xsd"
    )
    if not schema.is_file():
        pytest.skip(f"the REFI-QDA schema is not on this machine: no {schema}")
    archive, _ = project_of(full)
    checker = etree.XMLSchema(etree.parse(str(schema)))
    checker.assertValid(etree.fromstring(archive.read("project.qde")))


def test_the_qualitative_room_reads_the_project_and_verifies_every_quotation(study, folder):
    material = read_coded(folder / PROJECT)
    assert set(material.sources["name"]) == {document.name for document in study.documents}
    assert len(material.codings) == sum(len(document.codings) for document in study.documents)
    assert material.segments["verified"].all()
    assert set(material.positions["verdict"]) == {"settled"} or material.issues.empty


def test_the_register_lists_each_document_once_and_no_other(full):
    names = [document.name for document in full.documents]
    assert sorted(names) == sorted(full.tables["coded_source"]["source_name"])


def coded_by(document, coder):
    return {(c.start, c.end, c.code) for c in document.codings if c.coder == coder}


def test_about_a_fifth_of_the_documents_are_coded_twice_with_believable_agreement(full):
    twice = [d for d in full.documents if {c.coder for c in d.codings} == {"AB", "CD"}]
    assert len(twice) / len(full.documents) == pytest.approx(0.20, abs=0.06)
    both = [(coded_by(document, "AB"), coded_by(document, "CD")) for document in twice]
    same = sum(len(first & second) for first, second in both)
    either = sum(len(first | second) for first, second in both)
    assert 0.55 < same / either < 0.80


def test_interviews_have_several_hundred_words_and_passages_that_speak_against(full):
    interviews = [d for d in full.documents if d.name.startswith("Interview_")]
    words = [len(document.text.split()) for document in interviews]
    assert 250 < min(words) and max(words) < 1500
    against = [d for d in interviews if any(c.code == "Speaks against" for c in d.codings)]
    assert len(against) > len(interviews) / 3


def test_quotations_are_verbatim_apart_from_bracketed_words(full):
    texts = {document.name: document.text for document in full.documents}
    for quotation in full.tables["quotation"].itertuples():
        assert is_verbatim(quotation.text_final, texts[quotation.source_name])
        digest = hashlib.sha256(quotation.text_final.encode()).hexdigest()
        assert digest == quotation.text_sha256


def test_words_that_nobody_said_are_not_verbatim():
    assert is_verbatim("I rang [young person] twice", "Then I rang Kofi twice that day.")
    assert not is_verbatim("I rang [young person] daily", "Then I rang Kofi twice that day.")


def test_quotations_serve_every_question_in_both_directions(full):
    quotation = full.tables["quotation"].merge(full.tables["code"], on="code_label")
    assert 12 <= len(quotation) <= 24
    for question in ("Q1", "Q2", "Q3", "Q4"):
        asked = quotation[quotation["questions"].str.contains(question, na=False)]
        assert {"supports", "contrary"} == set(asked["direction"]), question


def test_no_two_quotations_are_variants_of_one_sentence(full):
    assert full.tables["quotation"]["text_final"].str[:16].is_unique


def test_transcripts_hold_invented_names_and_quotations_hold_none(full):
    invented = [name for names in NAMES.values() for name in names]
    everything = " ".join(document.text for document in full.documents)
    assert all(name in everything for name in invented)
    for text in full.tables["quotation"]["text_final"]:
        assert not any(name in text for name in invented)


def test_only_people_who_agreed_and_stayed_are_quoted(full):
    quotation = full.tables["quotation"].merge(full.tables["coded_source"], on="source_name")
    consent = full.tables["consent"].set_index("subject_id")
    speakers = consent.loc[quotation["participant_id"]]
    assert (speakers["consent_quote"] == "yes").all()
    assert speakers["withdrawn_date"].isna().all()


def test_an_earlier_synthetic_study_is_replaced(brief, tmp_path):
    folder = write_study(brief, tmp_path / "study")
    (folder / ".rr").mkdir()
    (folder / ".rr" / "store.json").write_text("{}")
    (folder / "truth.json").write_text(json.dumps(brief.truth | {"seed": 1}))
    write_study(brief, folder)
    assert json.loads((folder / "truth.json").read_text())["seed"] == 20180701
    assert not (folder / ".rr").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


@pytest.mark.parametrize("name", ["referrals.xlsx", "notes.docx"])
def test_a_folder_with_anything_else_is_left_alone(brief, tmp_path, name):
    (tmp_path / name).write_text("what somebody handed in")
    with pytest.raises(UserError) as error:
        write_study(brief, tmp_path)
    assert "expected an empty folder, or an earlier synthetic study and nothing else" in str(
        error.value
    )
    assert str(error.value).endswith("Name another folder; nothing was written here.")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_added_to_a_synthetic_study_protects_the_folder(brief, tmp_path):
    folder = write_study(brief, tmp_path / "study")
    (folder / "qualitative" / "real.qdpx").write_text("real")
    with pytest.raises(UserError, match=r"the folder holds 'qualitative/real\.qdpx'"):
        write_study(brief, folder)
    assert (folder / "qualitative" / "real.qdpx").read_text() == "real"


def test_a_failed_write_leaves_the_earlier_study_and_no_scraps(brief, tmp_path, monkeypatch):
    folder = write_study(brief, tmp_path / "study")
    before = digests(folder)

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr("rr_helpers.study.synthetic.writing.qdpx_bytes", fail)
    with pytest.raises(OSError, match="disk full"):
        write_study(brief, folder)
    assert digests(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_file_in_place_of_the_folder_is_refused(brief, tmp_path):
    (tmp_path / "study").write_text("a file")
    with pytest.raises(UserError, match="this is a file; expected a folder, which may be new"):
        write_study(brief, tmp_path / "study")
