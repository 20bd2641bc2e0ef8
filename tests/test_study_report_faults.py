"""Faults told in the terminal, in faults.xlsx and in marked copies; originals stay as they were."""

import hashlib

import openpyxl
import pytest
from study_examples import write_study_folder

from rr_helpers.errors import Fault
from rr_helpers.study import Validation, format_faults, validate_study, write_faults


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    folder = write_study_folder(tmp_path_factory.mktemp("damaged") / "study")
    book = openpyxl.load_workbook(folder / "referrals.xlsx")
    book["referral"]["H2"] = "Hackny"
    book["referral"]["AB1"] = "comments"
    book["referral"]["K2"] = 9
    for row in range(2, 6):
        book["referral"].cell(row, 3, "long ago")
    book.save(folder / "referrals.xlsx")
    book = openpyxl.load_workbook(folder / "training.xlsx")
    book["delegate_item"]["D2"] = '=cmd|"/c calc"!A1'
    book["delegate_item"]["C2"].value = "=evil"
    book["delegate_item"]["C2"].data_type = "s"
    book["delegate_item"].merge_cells("A3:A4")
    book.save(folder / "training.xlsx")
    (folder / "panels.xlsx").write_bytes(b"not a workbook")
    return folder


@pytest.fixture(scope="module")
def validation(damaged):
    return validate_study(damaged)


@pytest.fixture(scope="module")
def written(validation, damaged, tmp_path_factory):
    before = _digests(damaged)
    paths = write_faults(validation, tmp_path_factory.mktemp("report"))
    assert _digests(damaged) == before
    return {path.name: path for path in paths}


def _digests(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_list_of_faults_holds_every_fault_with_its_four_parts(written, validation):
    sheet = openpyxl.load_workbook(written["faults.xlsx"])["faults"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(validation.faults)
    assert [cell.value for cell in sheet[1]] == [
        "severity",
        "workbook",
        "sheet",
        "cell",
        "kind",
        "found",
        "expected",
        "cure",
    ]
    hackny = next(row for row in rows if row[5] == 'residence_borough is "Hackny"')
    assert hackny[:5] == ("error", "referrals.xlsx", "referral", "H2", "value not allowed")
    assert hackny[7] == "Did you mean Hackney?"


def test_faulty_workbooks_get_marked_copies_and_sound_ones_none(written):
    assert set(written) == {"faults.xlsx", "referrals.marked.xlsx", "training.marked.xlsx"}


def test_a_faulty_cell_is_coloured_and_says_what_to_do(written):
    sheet = openpyxl.load_workbook(written["referrals.marked.xlsx"])["referral"]
    assert sheet["H2"].value == "Hackny"
    assert sheet["H2"].fill.fgColor.rgb.endswith("F4B6A6")
    assert sheet["H2"].comment.text == (
        'residence_borough is "Hackny"; expected one of the 33 in the legend (City of London; '
        "Barking and Dagenham …), NK, NR, NA or blank. Did you mean Hackney?"
    )
    assert sheet["K2"].fill.fgColor.rgb.endswith("FFE699")
    assert sheet["H3"].comment is None
    assert sheet["H3"].fill.fgColor.rgb == "00000000"


def test_merged_cells_are_marked_at_their_first_cell(written):
    sheet = openpyxl.load_workbook(written["training.marked.xlsx"])["delegate_item"]
    assert sheet["A3"].comment.text.startswith("cells are merged")


def test_a_workbook_that_cannot_be_opened_gets_no_copy_and_the_list_says_so(written):
    book = openpyxl.load_workbook(written["faults.xlsx"])
    assert [row[0].value for row in book["not marked"].iter_rows()] == [
        "panels.xlsx cannot be opened, so there is no marked copy of it."
    ]


def test_nothing_that_was_typed_becomes_a_formula_in_the_list(tmp_path):
    evil = Fault(kind="value not allowed", found="=cmd|'/c calc'!A1", expected="+1", cure="@SUM(1)")
    write_faults(Validation(folder=tmp_path, faults=(evil,), study=None), tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "faults.xlsx")["faults"]
    for cell in sheet[2][5:]:
        assert cell.data_type == "s"
        assert cell.quotePrefix
    assert sheet["F2"].value == "=cmd|'/c calc'!A1"


def test_a_control_character_in_a_message_does_not_spoil_the_list(tmp_path):
    fault = Fault(kind="k", found="a\x00b\x0bc", expected="e", cure="c")
    write_faults(Validation(folder=tmp_path, faults=(fault,), study=None), tmp_path)
    assert openpyxl.load_workbook(tmp_path / "faults.xlsx")["faults"]["F2"].value == "abc"


def test_the_terminal_groups_faults_by_workbook_with_counts(validation, damaged):
    text = format_faults(validation)
    lines = text.splitlines()
    assert "panels.xlsx: 1 error" in lines
    assert "referrals.xlsx: 5 errors, 2 warnings" in lines
    assert (
        "  error: referrals.xlsx, sheet 'referral', cell C2: received_date is \"long ago\"; "
        "expected a date as dd/mm/yyyy. Enter the day as dd/mm/yyyy." in lines
    )
    assert "    … and 1 more of this kind: C5" in lines
    assert lines[-1].endswith("The errors stop a build; mend them and run this again.")


def test_no_faults_are_said_in_a_line(tmp_path):
    sound = Validation(folder=tmp_path, faults=(), study=None)
    assert format_faults(sound) == f"{tmp_path}: no faults found."


def test_warnings_alone_are_said_not_to_stop_a_build(tmp_path):
    warning = Fault(kind="k", found="f", expected="e", cure="c", severity="warning")
    text = format_faults(Validation(folder=tmp_path, faults=(warning,), study=None))
    assert text.endswith("In all: 1 warning. Warnings do not stop a build.")
