"""Workbooks as people hand them in: tidied where that is safe, refused in words where it is not."""

import shutil
import tempfile
import zipfile
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pytest
from study_examples import rows, study_frames

from rr_helpers.study import write_workbook
from rr_helpers.study.constraints import constraint_faults
from rr_helpers.study.schema import WORKBOOKS
from rr_helpers.study.workbooks import read_workbook

NAME = "training.xlsx"


def write_training(folder: Path, frames: dict | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if not frames:
        (folder / NAME).write_bytes(_training_without_faults())
        return folder / NAME
    return write_workbook(folder / NAME, _training_frames() | frames)


def _training_frames():
    return {table.name: study_frames()[table.name] for table in WORKBOOKS[NAME]}


@cache
def _training_without_faults() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_workbook(Path(folder) / NAME, _training_frames()).read_bytes()


def edit(path: Path, change) -> None:
    """Open a workbook as a person would in Excel, change it and save it."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def rewrite_part(path: Path, part: str, change) -> None:
    """Change the bytes of one part of the zip, for what no spreadsheet program would write."""
    aside = path.with_suffix(".aside")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(aside, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == part else data)
    aside.replace(path)


def validate(path: Path):
    readings, faults = read_workbook(path, WORKBOOKS[NAME])
    return readings, faults + [f for r in readings.values() for f in constraint_faults(r)]


def messages(path: Path) -> list[str]:
    return [f"{fault.severity}: {fault}" for fault in validate(path)[1]]


# --- damage to the whole file -------------------------------------------------------------------


def old_format(path):
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)


def password(path):
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + name + b"\0" * 600)


def comma_separated(path):
    path.write_text("course_id,title\nCOU-1,Breaking the Cycle\n", encoding="utf-8")


def web_page(path):
    path.write_text("<HTML><table><tr><td>1</td></tr></table></HTML>", encoding="utf-8")


def word_document(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")


def other_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.txt", "sun")


def empty_file(path):
    path.write_bytes(b"")


def cut_short(path):
    path.write_bytes(path.read_bytes()[:4000])


def broken_sheet(path):
    rewrite_part(path, "xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2])


def entity_trick(path):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]>'
    rewrite_part(path, "xl/workbook.xml", lambda data: bomb + data)


WHOLE_FILE = {
    old_format: "it is in the old Excel format (.xls), whatever its name says; expected an .xlsx "
    "workbook. Open it in Excel and save it as 'Excel Workbook (.xlsx)'.",
    password: "it is protected by a password; expected a workbook that opens without one. In "
    "Excel: File, Info, Protect Workbook, Encrypt with Password; empty the box, save.",
    comma_separated: "it is plain text, such as CSV, not a workbook; expected an .xlsx workbook.",
    web_page: "it is a web page, not a workbook; expected an .xlsx workbook.",
    word_document: "it is a Word document, not an .xlsx workbook; expected an .xlsx workbook.",
    other_zip: "it is some other zip file, not an .xlsx workbook; expected an .xlsx workbook.",
    empty_file: "the file is empty (0 bytes); expected a workbook. Copy the workbook again",
    cut_short: "the file is damaged or cut short; expected a workbook that Excel opens.",
    broken_sheet: "the file is damaged or cut short; expected a workbook that Excel opens.",
    entity_trick: "it holds an XML document type, which no workbook of Excel's does;",
}


@pytest.mark.parametrize("damage", WHOLE_FILE, ids=lambda damage: damage.__name__)
def test_a_file_that_is_no_workbook_is_named_for_what_it_is(damage, tmp_path):
    path = write_training(tmp_path / damage.__name__)
    damage(path)
    readings, faults = read_workbook(path, WORKBOOKS[NAME])
    assert readings == {}
    (fault,) = faults
    assert fault.severity == "error"
    assert str(fault).startswith(f"training.xlsx: {WHOLE_FILE[damage]}")


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("rr_helpers.study.refusals.MOST_BYTES_UNPACKED", 1000)
    assert (
        "it is too large to be one of the study's workbooks"
        in messages(write_training(tmp_path))[0]
    )


def test_a_file_that_may_not_be_read_says_what_to_do(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("rr_helpers.study.refusals._first_bytes", refuse)
    assert messages(write_training(tmp_path)) == [
        "error: training.xlsx: it cannot be read (Permission denied); expected a file that you may "
        "read. Close it elsewhere, copy it to this computer, or ask for the right to read it."
    ]


def test_more_rows_than_a_study_can_have_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("rr_helpers.study.files.MOST_ROWS", 3)
    monkeypatch.setattr("rr_helpers.study.workbooks.MOST_ROWS", 3)
    assert any(
        "sheet 'delegate_item': there are more than" in m
        for m in messages(write_training(tmp_path))
    )


def test_a_workbook_left_open_in_excel_is_read_with_a_warning(tmp_path):
    path = write_training(tmp_path)
    (tmp_path / "~$training.xlsx").write_bytes(b"lock")
    (message,) = messages(path)
    assert message == (
        "warning: training.xlsx: it seems to be open in Excel; expected a workbook that is saved "
        "and closed. Save and close it, then run this again: the last changes may not have been "
        "read."
    )


# --- damage to sheets and headers ---------------------------------------------------------------


def renamed_sheet(book):
    book["delegate_item"].title = "delegates items"


def sheet_with_a_new_name(book):
    book["course"].title = "Sheet1"


def deleted_sheet(book):
    del book["delegate_test"]


def renamed_column(book):
    book["delegate_item"]["D1"] = "responses"


def deleted_column(book):
    book["delegate_item"].delete_cols(3)


def doubled_column(book):
    book["delegate_item"]["E1"] = "Wave"


def no_header(book):
    book["course"].delete_rows(1)


def merged_header(book):
    book["delegate_item"].merge_cells("C1:D1")


def merged_data(book):
    book["delegate_item"].merge_cells("A2:A3")


def no_sheets_of_ours(book):
    for name in ("course", "delegate", "delegate_item", "delegate_test", "legend", "lists"):
        del book[name]
    book.create_sheet("Notes")


SHEETS = {
    renamed_sheet: "error: training.xlsx: there is no sheet 'delegate_item'; expected a sheet "
    "'delegate_item' (one delegate's answer to one item at one time). Did you change a sheet "
    "name? 'delegates items' looks like it: call it 'delegate_item'.",
    sheet_with_a_new_name: "error: training.xlsx: there is no sheet 'course'; expected a sheet "
    "'course' (one course held). Did you change a sheet name? 'Sheet1' looks like it: call it "
    "'course'.",
    deleted_sheet: "error: training.xlsx: there is no sheet 'delegate_test'; expected a sheet "
    "'delegate_test' (one delegate's vignette test at one time). Add the sheet 'delegate_test', "
    "or copy the tables to a template.",
    renamed_column: "error: training.xlsx, sheet 'delegate_item': there is no column 'response'; "
    "expected a column of that name in row 1. Did you change a column name? 'responses' looks "
    "like it: call it 'response'.",
    deleted_column: "error: training.xlsx, sheet 'delegate_item': there is no column 'item'; "
    "expected a column of that name in row 1. Add the column 'item', or copy the rows to a "
    "template.",
    doubled_column: "error: training.xlsx, sheet 'delegate_item', cell E1: two columns are called "
    "'wave' (B and E); expected each column once. Take one of them out, or correct its name.",
    no_header: "error: training.xlsx, sheet 'course': no header row was found in the first 10 "
    "rows; expected a row with the names of the columns (course_id, title, date …). Put the names "
    "of the columns back in row 1, as in the template.",
    merged_header: "error: training.xlsx, sheet 'delegate_item': there is no column 'response'; "
    "expected a column of that name in row 1.",
    merged_data: "error: training.xlsx, sheet 'delegate_item', cell A2:A3: cells are merged, so "
    "that only the first of them holds a value; expected a value in each cell. Unmerge the cells "
    "and fill in each of them.",
    no_sheets_of_ours: "error: training.xlsx: there is no sheet 'course'; expected a sheet "
    "'course' (one course held). Did you change a sheet name? The other sheets are: Notes.",
}


@pytest.mark.parametrize("damage", SHEETS, ids=lambda damage: damage.__name__)
def test_a_changed_sheet_or_header_is_named_with_its_likely_cause(damage, tmp_path):
    path = write_training(tmp_path / damage.__name__)
    edit(path, damage)
    assert any(message.startswith(SHEETS[damage]) for message in messages(path))


def test_merged_header_cells_are_pointed_at_beside_the_column_they_hide(tmp_path):
    path = write_training(tmp_path)
    edit(path, merged_header)
    assert any(
        "cell C1:D1: cells are merged" in m and "Unmerge the cells and give each column" in m
        for m in messages(path)
    )


def test_a_missing_column_is_one_fault_and_not_one_for_each_row(tmp_path):
    path = write_training(tmp_path)
    edit(path, deleted_column)
    assert len(messages(path)) == 1


def test_a_sheet_that_may_be_left_out_may_be_left_out(tmp_path):
    path = write_workbook(tmp_path / "panels.xlsx", study_frames_of("panels.xlsx"))
    edit(path, lambda book: book.remove(book["directed_tie"]))
    assert read_workbook(path, WORKBOOKS["panels.xlsx"])[1] == []


def study_frames_of(workbook):
    return {t.name: study_frames().get(t.name) for t in WORKBOOKS[workbook]}


# --- what is accepted and tidied ----------------------------------------------------------------


def reordered_columns(book):
    sheet = book["delegate_item"]
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for row, values in enumerate(table, start=1):
        for column, value in enumerate(reversed(values), start=1):
            sheet.cell(row, column, value)


def loose_headers(book):
    sheet = book["delegate_item"]
    for cell, text in zip(
        sheet[1], ("Delegate ID ", "WAVE", "item*", "\u00a0Response"), strict=True
    ):
        cell.value = text


def title_above_header(book):
    sheet = book["delegate_item"]
    sheet.insert_rows(1, 3)
    sheet["A1"] = "Delegates' answers, 2019"
    sheet.merge_cells("A1:D1")


def empty_rows_between(book):
    sheet = book["delegate_item"]
    sheet.insert_rows(3, 2)
    sheet["B3"] = "   "


def loose_sheet_name(book):
    book["delegate_item"].title = "Delegate item "


def labels_for_codes(book):
    sheet = book["delegate_item"]
    for row in range(2, 6):
        code = sheet.cell(row, 2).value
        sheet.cell(row, 2, {"pre": " before  the COURSE", "post": "After the course\u00a0"}[code])
        sheet.cell(row, 3, "confident to refer")


def numbers_as_text(book):
    sheet = book["delegate_item"]
    for row in (2, 5):
        sheet.cell(row, 4, f"{sheet.cell(row, 4).value} ")
    sheet.cell(3, 4, " nr")
    sheet.cell(4, 4, "Prefer not to say")


TIDIED = [
    reordered_columns,
    loose_headers,
    title_above_header,
    empty_rows_between,
    loose_sheet_name,
    labels_for_codes,
    numbers_as_text,
]


@pytest.mark.parametrize("change", TIDIED, ids=lambda change: change.__name__)
def test_what_can_be_tidied_safely_is_read_as_if_it_were_tidy(change, tmp_path):
    path = write_training(tmp_path / "tidy")
    messy = write_training(tmp_path / change.__name__)
    edit(messy, change)
    expected, (got, faults) = validate(path)[0]["delegate_item"], validate(messy)
    assert faults == []
    assert got["delegate_item"].frame.equals(expected.frame)
    assert got["delegate_item"].missing.equals(expected.missing)


def test_every_value_leads_back_to_its_cell_when_rows_and_columns_have_moved(tmp_path):
    path = write_training(tmp_path)
    edit(path, title_above_header)
    edit(path, lambda book: book["delegate_item"].insert_rows(6))
    edit(path, lambda book: book["delegate_item"].insert_cols(1))
    edit(path, lambda book: book["delegate_item"].__setitem__("E8", 9))
    assert messages(path) == [
        "error: training.xlsx, sheet 'delegate_item', cell E8: response is \"9\"; expected a whole "
        "number 1 to 5 (points), NR, PNTS or blank. Correct the number, or clear the cell."
    ]


def test_extra_columns_are_ignored_with_a_warning_and_never_read(tmp_path):
    path = write_training(tmp_path)
    edit(path, lambda book: book["delegate_item"].__setitem__("E1", "Name of delegate"))
    edit(path, lambda book: book["delegate_item"].__setitem__("E2", "Private"))
    readings, faults = validate(path)
    assert [str(fault) for fault in faults] == [
        "training.xlsx, sheet 'delegate_item', cell E1: the column 'Name of delegate' is not part "
        "of the study; expected only the columns of the sheet 'legend'. It was not read; you may "
        "take it out."
    ]
    assert faults[0].severity == "warning"
    assert "Private" not in readings["delegate_item"].frame.to_string()


def test_values_under_an_empty_header_are_ignored_with_a_warning(tmp_path):
    path = write_training(tmp_path)
    edit(path, lambda book: book["delegate_item"].__setitem__("F3", "stray"))
    (message,) = messages(path)
    assert "cell F1: there are values under an empty header" in message
    assert message.startswith("warning")


def test_hidden_sheets_of_the_study_are_read_and_others_ignored_both_with_a_warning(tmp_path):
    path = write_training(tmp_path)

    def hide(book):
        book["delegate_item"].sheet_state = "hidden"
        book.create_sheet("old data")["A1"] = "something"
        book["old data"].sheet_state = "veryHidden"

    edit(path, hide)
    readings, faults = validate(path)
    assert len(readings["delegate_item"].frame) == 4
    assert {f"{f.severity}: {f.sheet}: {f.found}" for f in faults} == {
        "warning: delegate_item: the sheet is hidden",
        "warning: old data: the hidden sheet is not part of the study",
    }


def test_hidden_rows_are_read_with_a_warning(tmp_path):
    path = write_training(tmp_path)

    def hide(book):
        book["delegate_item"].row_dimensions[3].hidden = True
        book["delegate_item"].row_dimensions[4].hidden = True

    edit(path, hide)
    readings, (fault,) = validate(path)
    assert len(readings["delegate_item"].frame) == 4
    assert fault.found == "2 rows with data are hidden, by a filter or by hand"


def test_a_formula_gives_its_saved_value(tmp_path):
    path = write_training(tmp_path)
    edit(path, lambda book: book["delegate_item"].__setitem__("D2", "=1+1"))
    rewrite_part(
        path, "xl/worksheets/sheet3.xml", lambda data: data.replace(b"<v></v>", b"<v>2</v>")
    )
    with zipfile.ZipFile(path) as archive:
        assert b"<f>1+1</f><v>2</v>" in archive.read("xl/worksheets/sheet3.xml")
    readings, faults = validate(path)
    assert faults == []
    assert readings["delegate_item"].frame["response"][0] == 2


def test_a_formula_without_a_saved_value_is_a_fault_and_not_a_blank(tmp_path):
    path = write_training(tmp_path)
    edit(path, lambda book: book["delegate_item"].__setitem__("D2", "=1+1"))
    assert messages(path) == [
        "error: training.xlsx, sheet 'delegate_item', cell D2: response is \"a formula whose "
        'result was never saved"; expected a whole number 1 to 5 (points), NR, PNTS or blank. '
        "Open the workbook in Excel and save it, or enter the value itself."
    ]


def test_a_workbook_counting_days_from_1904_gives_the_same_days(tmp_path):
    path = write_training(tmp_path)

    def count_from_1904(book):
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH
        book["course"]["C2"] = datetime(2019, 4, 1)

    edit(path, count_from_1904)
    with zipfile.ZipFile(path) as archive:
        assert b'date1904="1"' in archive.read("xl/workbook.xml")
    readings, faults = validate(path)
    assert faults == []
    assert readings["course"].frame["date"][0] == datetime(2019, 4, 1)


def test_a_wrong_size_written_into_the_sheet_cuts_no_rows_off(tmp_path):
    path = write_training(tmp_path)
    edit(path, lambda book: None)
    rewrite_part(
        path,
        "xl/worksheets/sheet3.xml",
        lambda data: data.replace(b'<dimension ref="A1:D5"', b'<dimension ref="A1:A2"'),
    )
    assert len(validate(path)[0]["delegate_item"].frame) == 4


def test_a_row_entered_twice_is_named_with_the_row_it_repeats(tmp_path):
    item = study_frames()["delegate_item"]
    path = write_training(tmp_path, {"delegate_item": item.iloc[[0, 1, 2, 0]]})
    assert messages(path) == [
        "error: training.xlsx, sheet 'delegate_item', cell A5: delegate_id \"DE-001\", wave "
        '"pre", item "confident_refer" stands already in row 2; expected each delegate_id with '
        "wave with item once (one delegate's answer to one item at one time). Take one of the two "
        "rows out, or correct what tells them apart."
    ]


def test_a_required_cell_left_empty_is_named(tmp_path):
    course = study_frames()["course"].assign(title="")
    path = write_training(tmp_path, {"course": course})
    assert messages(path) == [
        "error: training.xlsx, sheet 'course', cell B2: title is empty; expected text. Fill in "
        "the cell, or take the row out if it is not a record."
    ]


def test_free_text_is_never_repeated_in_a_message(tmp_path):
    panels = study_frames_of("panels.xlsx")
    panels["panel_rating"] = rows(
        "panel_rating",
        {"panel_id": "PAN-001", "observer": "RA", "item": "challenge", "note": "#REF!"},
    )
    path = write_workbook(tmp_path / "panels.xlsx", panels)
    (fault,) = read_workbook(path, WORKBOOKS["panels.xlsx"])[1]
    assert fault.found == "note holds text that is not repeated here"
    assert fault.kind == "Excel error"


@pytest.mark.parametrize("seed", range(30))
def test_a_workbook_damaged_anywhere_is_read_or_refused_and_never_a_traceback(seed, tmp_path):
    random = Random(seed)
    path = write_training(tmp_path)
    with zipfile.ZipFile(path) as archive:
        part = random.choice(archive.namelist())
    rewrite_part(path, part, lambda data: _spoil(data, random))
    readings, faults = validate(path)
    assert readings or faults


def _spoil(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data))
    end = start + random.randint(0, 30)
    return data[:start] + random.choice([b"", b"9" * 400, b"1e999", b"</v>", b"\xff"]) + data[end:]


def test_reading_leaves_the_workbook_as_it_was(tmp_path):
    path = write_training(tmp_path)
    shutil.copy(path, tmp_path / "copy")
    validate(path)
    assert path.read_bytes() == (tmp_path / "copy").read_bytes()
