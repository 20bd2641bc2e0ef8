"""Cells are read as openpyxl reads them, and what would exhaust memory is refused."""

import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from test_study_workbooks import messages, rewrite_part, write_training

from rr_helpers.study import refusals
from rr_helpers.study.files import read_raw

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def by_openpyxl(path: Path) -> dict[str, list]:
    """Every sheet's filled rows as openpyxl's own reader gives them."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    found = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        with warnings.catch_warnings():  # of a day too far for a date
            warnings.simplefilter("ignore")
            rows = list(enumerate(sheet.iter_rows(values_only=True), start=1))
        found[sheet.title] = [(n, v[:500]) for n, v in rows if any(x is not None for x in v)]
    book.close()
    return found


def by_us(path: Path) -> dict[str, list]:
    raw, faults = read_raw(path)
    assert not faults
    return {sheet.title: sheet.rows for sheet in raw.sheets}


def workbook_of_everything(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["text", 1, 2.5, True, False, None, "#N/A", "", " spaced "])
    sheet.append([datetime(2020, 2, 29, 13, 5), date(1999, 12, 31), time(4, 5), timedelta(days=2)])
    sheet["C5"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))
    sheet["XFD7"], sheet["B7"] = "last", "=1+1"
    sheet["A9"], sheet["A9"].number_format = 3_000_000_000, "dd/mm/yyyy"
    sheet["A10"] = "line\nbreak & <mark> é \U0001f600"
    book.create_sheet("second").append(["text", "text"])
    book.save(path)
    return path


def test_every_kind_of_cell_is_read_as_openpyxl_reads_it(tmp_path):
    path = workbook_of_everything(tmp_path / "all.xlsx")
    assert_same(by_us(path), by_openpyxl(path))


def assert_same(ours: dict[str, list], theirs: dict[str, list]) -> None:
    assert ours == theirs
    for title, rows in ours.items():  # 1 equals True
        kinds = [list(map(type, values)) for _, values in rows]
        assert kinds == [list(map(type, values)) for _, values in theirs[title]]


def test_what_was_read_before_is_read_anew_in_another_style_or_as_another_kind(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(3):
        sheet.append([1, True, "1", 1, 43_000.5, 43_000.5, 0, False, "0"])
        row = sheet.max_row
        sheet.cell(row, 4).number_format = "dd/mm/yyyy"
        sheet.cell(row, 6).number_format = "[h]:mm"
    book.save(tmp_path / "again.xlsx")
    ours = by_us(tmp_path / "again.xlsx")
    assert_same(ours, by_openpyxl(tmp_path / "again.xlsx"))
    kinds = [int, bool, str, datetime, float, timedelta, int, bool, str]
    assert [list(map(type, values)) for _, values in ours["Sheet"]] == [kinds] * 3


@pytest.mark.parametrize(
    "rows",
    [
        b'<row><c t="inlineStr"><is><t>no</t></is></c><c><v>1</v></c></row><row><c/></row>',
        b'<row r="3"><c r="B3" t="inlineStr"><is><t/></is></c><c r="D3" t="b"><v>1</v></c></row>',
        b'<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>9</v></c></row>',
        b'<row r="4"><c r="A4"><v>1</v></c></row><row r="1"><c r="A1"><v>9</v></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><r><t>a </t></r><r><t>run</t></r></is></c></row>',
        b'<row r="1"><c r="A1" t="str"><f>A2</f><v>it</v></c><c t="d"><v>2020-01-02</v></c></row>',
        b'<row r="1"/><row r="2"><c r="A2"/></row>',
    ],
)
def test_what_other_programs_write_is_read_as_openpyxl_reads_it(rows, tmp_path):
    path = workbook_of_everything(tmp_path / "all.xlsx")
    rewrite_part(path, SHEET, lambda _: HEAD + rows + TAIL)
    assert by_us(path) == by_openpyxl(path)


def test_a_row_longer_than_any_program_makes_stops_the_reading_before_memory_is_full(tmp_path):
    path = write_training(tmp_path)
    cells = b"<c><v>1</v></c>" * 16_385
    rewrite_part(path, SHEET, lambda _: HEAD + b"<row>" + cells + b"</row>" + TAIL)
    assert "the file is damaged or cut short" in messages(path)[0]


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/media/image1.png"])
def test_a_bomb_is_refused_before_it_is_unpacked(part, tmp_path, monkeypatch):
    path = write_training(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part.replace("1", "9"), bytes(refusals.FROM_BYTES + 1))
    monkeypatch.setattr("rr_helpers.study.files.load_workbook", None)  # would fail if reached
    assert "training.xlsx: it is too large to be one of the study's workbooks" in messages(path)[0]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.bin"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_wherever_and_however_it_stands(name, encoding, tmp_path):
    trick = f"<!--{'a <b> ' * 2000}--><!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>".encode(encoding)
    path = write_training(tmp_path)
    rewrite_part(path, SHEET, lambda _: trick)
    if name != SHEET:
        rename(path, SHEET, name)
    assert "it holds an XML document type" in messages(path)[0]


def rename(path: Path, part: str, name: str) -> None:
    aside = path.with_suffix(".aside")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(aside, "w") as target:
        for old in source.namelist():
            data = source.read(old).replace(part[3:].encode(), name[3:].encode())
            target.writestr(name if old == part else old, data)
    aside.replace(path)


def test_a_sheet_filled_down_to_its_end_is_still_refused():
    from rr_helpers.study.files import MOST_ROWS

    assert MOST_ROWS < 1_048_575  # the rows that Excel has under a header
