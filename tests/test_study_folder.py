"""A whole study folder: every fault of every workbook in one pass, or a Study that may be used."""

import re
import shutil

import openpyxl
import pandas as pd
import pytest
from study_examples import day, write_study_folder

from rr_helpers.errors import StudyFaults, UserError
from rr_helpers.study import folder as study_folder
from rr_helpers.study import load_study, read_study, save_study, validate_study
from rr_helpers.study.schema import TABLES, WORKBOOKS


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A study folder without faults; copied before it is damaged."""
    return write_study_folder(tmp_path_factory.mktemp("sound") / "study")


@pytest.fixture(scope="module")
def study(sound):
    return read_study(sound)


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "study")


def edit(folder, workbook, change):
    book = openpyxl.load_workbook(folder / workbook)
    change(book)
    book.save(folder / workbook)


def told(folder) -> list[str]:
    return [f"{fault.severity}: {fault}" for fault in validate_study(folder).faults]


# --- a sound study ------------------------------------------------------------------------------


def test_a_sound_study_has_no_faults_and_holds_every_table(sound):
    validation = validate_study(sound)
    assert validation.faults == ()
    assert list(validation.study.tables) == list(TABLES)


def test_every_table_satisfies_its_schema_and_has_its_types(study):
    for name, frame in study.tables.items():
        TABLES[name].schema.validate(frame, lazy=True)
        assert list(frame.columns) == list(TABLES[name].columns)
        for column in frame:
            kind = TABLES[name].column(column)["type"]
            expected = {"date": "datetime64[ns]", "number": "float64", "whole number": "float64"}
            assert str(frame[column].dtype) == expected.get(kind, "object")


def test_missing_codes_are_kept_beside_the_blanks_they_explain(study):
    codes = study.missing_codes("delegate_item")
    assert codes["response"].dropna().to_dict() == {1: "NR", 2: "PNTS"}
    assert study["delegate_item"]["response"].isna().tolist() == [False, True, True, False]
    assert "safe_before_home" in study.missing_codes("yp_survey")


def test_the_repr_of_a_study_shows_counts_and_never_rows(study):
    text = repr(study)
    assert text.startswith("<Study, rows in each table: borough 2, organisation 2,")
    assert not [code for code in study.identifiers() if code in text]


def test_changing_a_table_that_was_handed_out_changes_nothing_in_the_study(study):
    study["referral"]["sex"] = "F"
    codes = study.missing_codes("yp_survey")
    codes.loc[:, :] = "NK"
    assert study.missing_codes("yp_survey").isna().any(axis=None)
    assert set(study["referral"]["sex"]) == {"M"}
    with pytest.raises(TypeError):
        study.tables["referral"] = pd.DataFrame()


def test_an_unknown_table_gets_a_suggestion(study):
    with pytest.raises(UserError) as caught:
        study["referrals"]
    assert str(caught.value).startswith("the study has no table 'referrals'; expected one of")
    assert str(caught.value).endswith("Did you mean referral?")


def test_identifiers_hold_every_code_of_people_and_records_and_no_public_words(study):
    codes = study.identifiers()
    assert {"YP-001", "PR-002", "DE-001", "REF-004", "INT-001", "Int_1", "ORG-01"} <= codes
    assert not codes & {"eval_Y1", "P1", "brokerage", "TN2", "E09000019", "A provider"}
    assert study.names() == {"RA", "RB"}


def test_quoting_needs_the_speakers_consent(study):
    assert study.may_quote("Int_1")
    assert not study.may_quote("Panel_1")
    assert not study.may_quote("not registered")


def test_a_window_is_found_by_its_name(study):
    assert study.window("eval_Y2").start == day("2019-09-01")


def test_digests_follow_the_bytes_of_every_input(sound, folder):
    before, same = validate_study(sound).study, validate_study(folder).study
    assert before.digest == same.digest
    assert set(before.input_digests) == {
        *(w for w in WORKBOOKS if w != "borough_year.xlsx"),
        "qualitative/interviews.qdpx",
    }
    (folder / "qualitative" / "interviews.qdpx").write_bytes(b"another project")
    assert validate_study(folder).study.digest != before.digest


def test_coded_files_are_listed_without_what_programs_leave_behind(folder):
    inside = folder / "qualitative"
    (inside / "~$notes.xlsx").write_bytes(b"")
    (inside / ".DS_Store").write_bytes(b"")
    (inside / "panels.qda").mkdir()
    (inside / "panels.qda" / "data.qda").write_bytes(b"project")
    study = validate_study(folder).study
    assert [path.name for path in study.coded_files] == ["interviews.qdpx", "panels.qda"]
    assert "qualitative/panels.qda/data.qda" in study.input_digests


# --- every fault in one pass --------------------------------------------------------------------


def damage_everything(folder):
    """Make one fault of each kind that can stand beside the others, in ten workbooks."""
    (folder / "governance.xlsx").unlink()
    (folder / "yp_survey.xlsx").write_text("response_id,yp_id\n", encoding="utf-8")
    (folder / "~$panels.xlsx").write_bytes(b"lock")
    (folder / "notes.xlsx").write_bytes(b"something")
    edit(folder, "reference.xlsx", _damage_reference)
    edit(folder, "consent.xlsx", _damage_consent)
    edit(folder, "referrals.xlsx", _damage_referrals)
    edit(folder, "interviews.xlsx", lambda book: book["interview"].__setitem__("B3", None))
    edit(folder, "file_reviews.xlsx", _damage_files)
    edit(folder, "panels.xlsx", _damage_panels)
    edit(folder, "training.xlsx", _damage_training)
    edit(folder, "case_reviews.xlsx", _damage_case_reviews)


def _damage_reference(book):
    book["window"]["C3"] = "01/08/19"
    book["organisation"]["A3"] = "ORG-01"
    book["event"].title = "events"


def _damage_consent(book):
    book["consent"]["H2"] = "01/01/2020"
    book["consent"]["C3"] = "maybe"


def _damage_referrals(book):
    sheet = book["referral"]
    sheet["H2"] = "Hackny"
    sheet["C3"] = "31/02/2019"
    sheet["K3"] = 130
    sheet["U4"] = "2.5"
    sheet["L4"] = "#N/A"
    sheet["Z2"] = None
    sheet["W5"] = "=TODAY()"
    sheet["AB1"] = "comments"
    book["episode"]["K2"] = None
    book["episode"]["B3"] = "REF-999"


def _damage_files(book):
    book["file_review"]["G2"] = "soon"


def _damage_panels(book):
    book["panel_action"].delete_cols(3)
    book["panel_attendance"]["E2"] = "4 turns"


def _damage_training(book):
    book["delegate_item"]["D2"] = "n/a"
    book["delegate_item"].merge_cells("A3:A4")


def _damage_case_reviews(book):
    book["ccr_context"]["E2"] = 11


EVERYTHING = [
    "error: governance.xlsx: the workbook is missing; expected a workbook with the sheets meeting, "
    "meeting_attendance, meeting_action, briefing. Put 'governance.xlsx' into the folder; 'rr "
    "templates' writes an empty one.",
    "error: yp_survey.xlsx: it is plain text, such as CSV, not a workbook; expected an .xlsx "
    "workbook. Open it in Excel and save it as 'Excel Workbook (.xlsx)'.",
    "warning: panels.xlsx: it seems to be open in Excel; expected a workbook that is saved and "
    "closed.",
    "warning: notes.xlsx: the file is not one of the study's workbooks;",
    "error: reference.xlsx: there is no sheet 'event'; expected a sheet 'event' (one event that "
    "time charts must mark). Did you change a sheet name? 'events' looks like it: call it 'event'.",
    "error: reference.xlsx, sheet 'window', cell C3: start is \"01/08/19\"; expected a date as "
    "dd/mm/yyyy. Write the year with four digits, so that nobody has to guess it.",
    "error: reference.xlsx, sheet 'organisation', cell A3: org_id \"ORG-01\" stands already in row "
    "2; expected each org_id once (one organisation that takes part in the network).",
    "error: consent.xlsx, sheet 'consent', cell I2: withdrawn_date is filled in but "
    "withdrawal_scope is empty;",
    "error: consent.xlsx, sheet 'consent', cell C3: consent_participate is \"maybe\"; expected one "
    "of Yes; No. Choose a value from the drop-down or the sheet 'legend'.",
    "error: referrals.xlsx, sheet 'referral', cell H2: residence_borough is \"Hackny\"; expected "
    "one of the 33 in the legend (City of London; Barking and Dagenham …), NK, NR, NA or blank. "
    "Did you mean Hackney?",
    "error: referrals.xlsx, sheet 'referral', cell C3: received_date is \"31/02/2019\"; expected a "
    "date as dd/mm/yyyy. Correct the day: the day comes first, then the month (dd/mm/yyyy).",
    "error: referrals.xlsx, sheet 'referral', cell K3: age_at_referral is \"130\"; expected a "
    "whole number 0 to 99 (years). Correct the number.",
    "error: referrals.xlsx, sheet 'referral', cell U4: missing_90d is \"2.5\"; expected a whole "
    "number 0 to 90 (episodes), NK, NR, NA or blank. Enter a whole number, without decimals.",
    "error: referrals.xlsx, sheet 'referral', cell L4: sex is \"#N/A\"; expected one of Male; "
    "Female; Other, NK, NR or NA. Mend the formula, or enter the value itself.",
    "error: referrals.xlsx, sheet 'referral', cell Z2: the referral was accepted but "
    "provider_org_id is empty; expected the provider that took the referral.",
    "error: referrals.xlsx, sheet 'referral', cell W5: triage_date is \"a formula whose result was "
    'never saved"; expected a date as dd/mm/yyyy, NK, NR, NA or blank.',
    "warning: referrals.xlsx, sheet 'referral', cell AB1: the column 'comments' is not part of the "
    "study;",
    "error: referrals.xlsx, sheet 'episode', cell K2: there was a rescue but rescue_force is "
    "empty; expected the police force area of the rescue.",
    "error: referrals.xlsx, sheet 'episode', cell B3: referral_id is \"REF-999\", which the sheet "
    "'referral' of referrals.xlsx does not list;",
    "error: interviews.xlsx, sheet 'interview', cell B3: participant_id is empty; expected a code "
    "without names. Fill in the cell, or take the row out if it is not a record.",
    "error: file_reviews.xlsx, sheet 'file_review', cell G2: reviewed_date is \"soon\"; expected a "
    "date as dd/mm/yyyy. Enter the day as dd/mm/yyyy.",
    "error: panels.xlsx, sheet 'panel_action': there is no column 'owner_org_id'; expected a "
    "column of that name in row 1.",
    "error: panels.xlsx, sheet 'panel_attendance', cell E2: n_turns is \"4 turns\"; expected a "
    "whole number 0 to 500 (turns), NK, NR, NA or blank. Enter digits only, or clear the cell.",
    "error: training.xlsx, sheet 'delegate_item', cell D2: response is \"n/a\"; expected a whole "
    "number 1 to 5 (points), NR, PNTS or blank. Enter digits only, or clear the cell.",
    "error: training.xlsx, sheet 'delegate_item', cell A3:A4: cells are merged, so that only the "
    "first of them holds a value; expected a value in each cell.",
    "error: case_reviews.xlsx, sheet 'ccr_context', cell E2: the weights of the case add to 101; "
    "expected 100 over the contexts of a case. Correct the weights of this case.",
]


def test_every_fault_of_every_workbook_is_found_in_one_pass(folder):
    damage_everything(folder)
    found = told(folder)
    for expected in EVERYTHING:
        assert any(message.startswith(expected) for message in found), expected
    assert len(EVERYTHING) >= 25


def test_processes_side_by_side_read_what_one_reads(sound, folder, monkeypatch):
    damage_everything(folder)
    alone = {place: validate_study(place) for place in (sound, folder)}
    assert len(alone[folder].errors) > 1
    monkeypatch.setattr(study_folder, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(study_folder, "read_workbook", None)  # so that this process reads nothing
    for place, validation in alone.items():
        together = validate_study(place, processes=2)
        assert together.faults == validation.faults
        if validation.study is not None:
            assert_same(together.study, validation.study)


def test_one_fault_is_not_told_twice(folder):
    damage_everything(folder)
    found = told(folder)
    assert len(found) == len(set(found))
    places = [m.split(": ")[1] for m in found if re.search(r"cell [A-Z]+\d+:", m)]
    assert sorted(places) == sorted(set(places))


def test_faults_are_in_the_order_of_the_workbooks(folder):
    damage_everything(folder)
    books = [fault.workbook for fault in validate_study(folder).faults]
    order = [*WORKBOOKS, "notes.xlsx"]
    assert books == sorted(books, key=order.index)


def test_a_study_with_errors_is_not_handed_out_and_says_how_to_see_them_all(folder):
    edit(folder, "referrals.xlsx", _damage_referrals)
    with pytest.raises(StudyFaults) as caught:
        read_study(folder)
    assert "faults stop the build, the first: referrals.xlsx" in str(caught.value)
    assert f"Run 'rr validate {folder}' to see them all" in str(caught.value)
    assert len(caught.value.faults) > 8


def test_warnings_alone_do_not_stop_a_build_and_stay_with_the_study(folder):
    edit(folder, "referrals.xlsx", lambda book: book["referral"].__setitem__("AB1", "comments"))
    study = read_study(folder)
    assert [fault.kind for fault in study.faults] == ["extra column"]
    assert "comments" not in study["referral"]


# --- the folder itself --------------------------------------------------------------------------


def test_a_folder_that_is_not_there_gets_a_suggestion(folder):
    (message,) = told(folder.parent / "studi")
    assert f"'{folder.parent / 'studi'}' is not there" in message
    assert f"Did you mean '{folder}'?" in message


def test_a_file_in_place_of_the_folder_is_named(folder):
    (message,) = told(folder / "consent.xlsx")
    assert (
        "consent.xlsx' is a file; expected the folder that holds the study's workbooks. Give "
        in (message)
    )


def test_the_folder_above_the_study_is_recognised(folder):
    (message,) = told(folder.parent)
    assert f"no workbooks of the study were found in '{folder.parent}'" in message
    assert f"Did you mean '{folder}'?" in message


def test_a_folder_inside_the_study_is_recognised(folder):
    (message,) = told(folder / "qualitative")
    assert f"Did you mean '{folder}'?" in message


def test_an_empty_folder_says_where_to_begin(tmp_path):
    (tmp_path / "inner").mkdir()
    (message,) = told(tmp_path / "inner")
    assert "Give the folder that holds them, or start with 'rr templates'." in message


def test_a_renamed_workbook_is_recognised(folder):
    (folder / "referrals.xlsx").rename(folder / "referrals 2020.xlsx")
    messages = told(folder)
    assert any(
        m.startswith("error: referrals.xlsx: the workbook is missing")
        and "'referrals 2020' looks like it: call it 'referrals.xlsx'" in m
        for m in messages
    )


def test_a_workbook_saved_as_csv_or_xls_is_recognised(folder):
    (folder / "referrals.xlsx").rename(folder / "referrals.xls")
    assert any(
        "Open 'referrals.xls' in Excel and save it as 'referrals.xlsx' (Excel Workbook, .xlsx)" in m
        for m in told(folder)
    )


def test_a_workbook_named_in_capitals_is_read(folder):
    (folder / "consent.xlsx").rename(folder / "Consent.XLSX")
    assert told(folder) == []


def test_a_study_may_do_without_the_borough_series(sound):
    assert not (sound / "borough_year.xlsx").exists()
    assert validate_study(sound).study["borough_year"].empty


def test_marked_copies_and_the_list_of_faults_are_not_taken_for_workbooks(folder):
    shutil.copy(folder / "consent.xlsx", folder / "consent.marked.xlsx")
    shutil.copy(folder / "consent.xlsx", folder / "faults.xlsx")
    assert told(folder) == []


def test_a_study_without_coded_material_is_warned_of(folder):
    shutil.rmtree(folder / "qualitative")
    (message,) = told(folder)
    assert message.startswith("warning: qualitative: there are no coded interviews or files")


# --- kept for the chapters ----------------------------------------------------------------------


def test_a_saved_study_loads_back_the_same(study, tmp_path):
    assert_same(load_study(save_study(study, tmp_path / "saved")), study)


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])
        pd.testing.assert_frame_equal(one.missing[name], other.missing[name])
        pd.testing.assert_series_equal(one.rows[name], other.rows[name])
    pd.testing.assert_frame_equal(one.consent_log, other.consent_log, check_dtype=False)
    for name in (
        "folder",
        "allowed_sources",
        "quotable_sources",
        "coded_files",
        "faults",
        "withheld_codes",
    ):
        assert getattr(one, name) == getattr(other, name)
    assert one.digest == other.digest
    assert dict(one.input_digests) == dict(other.input_digests)


def test_a_table_is_read_when_it_is_first_asked_for_and_once(study, tmp_path):
    folder = save_study(study, tmp_path / "saved")
    loaded = load_study(folder)
    first = loaded.tables["referral"]
    for path in folder.glob("*.parquet"):
        path.unlink()
    assert loaded.tables["referral"] is first
    assert "yp_survey" in loaded.tables and len(loaded.tables) == len(TABLES)
    with pytest.raises(UserError) as caught:
        loaded["yp_survey"]
    assert "'yp_survey' is gone: the study has changed since it was opened" in str(caught.value)
    assert "Open it again" in str(caught.value)


def test_a_study_tells_of_staff_and_people_what_it_told_before_it_was_saved(study, tmp_path):
    loaded = load_study(save_study(study, tmp_path / "saved"))
    assert loaded.names() == study.names() != frozenset()
    assert loaded.identifiers() == study.identifiers() != frozenset()


def test_saving_replaces_an_earlier_study_whole(study, tmp_path):
    folder = save_study(study, tmp_path / "saved")
    (folder / "left over.parquet").write_bytes(b"old")
    save_study(study, folder)
    assert not (folder / "left over.parquet").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


def test_saving_never_replaces_a_folder_of_something_else(study, tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(UserError, match="the folder holds something else than a saved study"):
        save_study(study, tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_loading_what_is_no_saved_study_says_what_to_do(tmp_path):
    with pytest.raises(UserError) as caught:
        load_study(tmp_path)
    assert "there is no saved study here that this version can load" in str(caught.value)
    assert "Read the study folder again with read_study" in str(caught.value)
