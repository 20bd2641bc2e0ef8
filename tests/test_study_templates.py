"""Templates: generated from the schema, openable in Excel, and read back without a fault."""

import re
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_examples import day, rows, study_frames

from rr_helpers.errors import UserError
from rr_helpers.study import write_templates, write_workbook
from rr_helpers.study.constraints import constraint_faults
from rr_helpers.study.schema import MISSING_CODES, TABLES, WORKBOOKS
from rr_helpers.study.workbooks import read_workbook


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    write_templates(folder)
    return {name: openpyxl.load_workbook(folder / name) for name in WORKBOOKS}


def rules_of(sheet) -> dict:
    """Validation rules by column letter."""
    return {
        re.match("[A-Z]+", str(rule.sqref))[0]: rule
        for rule in sheet.data_validations.dataValidation
    }


def letter_of(table: str, column: str) -> str:
    return openpyxl.utils.get_column_letter(list(TABLES[table].columns).index(column) + 1)


def rule_for(templates, table, column):
    sheet = templates[TABLES[table].workbook][table]
    return rules_of(sheet)[letter_of(table, column)]


def test_every_workbook_holds_its_tables_in_order_then_legend_and_lists(templates):
    for name, tables in WORKBOOKS.items():
        assert templates[name].sheetnames == [*(t.name for t in tables), "legend", "lists"]


def test_headers_are_the_schemas_columns_frozen_and_required_ones_stand_out(templates):
    for table in TABLES.values():
        sheet = templates[table.workbook][table.name]
        assert [cell.value for cell in sheet[1]] == list(table.columns)
        assert sheet.freeze_panes == "A2"
        for cell in sheet[1]:
            assert cell.font.bold == table.column(cell.value)["required"]


def test_drop_downs_offer_exactly_what_the_reader_accepts(templates):
    for table in TABLES.values():
        book = templates[table.workbook]
        for name in table.columns:
            column = table.column(name)
            if column["type"] != "coded" or column["multiple"]:
                continue
            source = rule_for(templates, table.name, name).formula1
            sheet, first, last = re.match(r"(\w+)!(\$[A-Z]+\$\d+):(\$[A-Z]+\$\d+)", source).groups()
            cells = book[sheet][f"{first}:{last}".replace("$", "")]
            offered = {cell.value for (cell,) in cells}
            assert None not in offered
            folded = {entry.casefold() for entry in offered}
            accepted = {*column["values"], *column["values"].values(), *column["missing"]}
            assert folded == {entry.casefold() for entry in accepted}


def test_rules_and_messages_stay_within_excels_limits(templates):
    for book in templates.values():
        for sheet in book.worksheets:
            assert len(sheet.title) <= 31
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.formula1 or "") <= 255
                assert len(rule.promptTitle) <= 32
                assert len(rule.prompt) <= 255
                assert len(rule.errorTitle) <= 32
                assert len(rule.error) <= 225


def test_a_message_gives_meaning_unit_and_missing_codes(templates):
    rule = rule_for(templates, "episode", "hours_to_collect")
    assert rule.prompt == (
        "Hours until collected. A number 0 to 240 (hours), NK, NR, NA or blank. "
        "NK = not known; NR = not recorded; NA = not applicable"
    )
    assert rule.promptTitle == "hours_to_collect"
    assert rule.showInputMessage


def test_dates_and_numbers_have_rules_that_let_their_missing_codes_through(templates):
    received = rule_for(templates, "referral", "received_date")
    # 32874 and 73050 are Excel's numbers for 1 January 1990 and 31 December 2099.
    assert (received.type, received.formula1, received.formula2) == ("date", "32874", "73050")
    age = rule_for(templates, "referral", "age_at_referral")
    assert (age.type, age.formula1, age.formula2) == ("whole", "0", "99")
    response = rule_for(templates, "delegate_item", "response")
    assert response.formula1 == (
        'OR(IF(ISNUMBER(D2),AND(D2>=1,D2<=5,D2=INT(D2)),FALSE),D2="NR",D2="PNTS")'
    )


def test_date_columns_show_days_as_they_are_written_here(templates):
    sheet = templates["referrals.xlsx"]["referral"]
    assert sheet.column_dimensions[letter_of("referral", "received_date")].number_format == (
        "dd/mm/yyyy"
    )
    assert sheet.column_dimensions[letter_of("referral", "yp_id")].number_format == "@"


def test_the_legend_explains_every_column(templates):
    for name, tables in WORKBOOKS.items():
        legend = templates[name]["legend"]
        found = {(row[0].value, row[1].value): row for row in legend.iter_rows(min_row=2)}
        assert set(found) == {(t.name, column) for t in tables for column in t.columns}
    row = [cell.value for cell in _legend_row(templates, "delegate_item", "response")]
    assert row == [
        "delegate_item",
        "response",
        "no",
        "whole number",
        "Answer, not at all to fully",
        "1 to 5",
        "points",
        f"NR = {MISSING_CODES['NR']}\nPNTS = {MISSING_CODES['PNTS']}",
    ]


def _legend_row(templates, table, column):
    legend = templates[TABLES[table].workbook]["legend"]
    return next(r for r in legend.iter_rows() if (r[0].value, r[1].value) == (table, column))


def test_templates_never_replace_a_workbook_that_is_there(tmp_path):
    (tmp_path / "consent.xlsx").write_bytes(b"data")
    with pytest.raises(UserError) as caught:
        write_templates(tmp_path)
    assert "the folder already holds consent.xlsx; expected a folder without" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["consent.xlsx"]


def test_empty_templates_are_read_back_without_a_fault(tmp_path):
    for path in write_templates(tmp_path):
        readings, faults = read_workbook(path, WORKBOOKS[path.name])
        assert faults == []
        assert list(readings) == [table.name for table in WORKBOOKS[path.name]]
        assert all(constraint_faults(reading) == [] for reading in readings.values())


def test_the_same_tables_give_the_same_bytes_at_another_time(tmp_path, monkeypatch):
    frames = {"course": study_frames()["course"]}
    first = write_workbook(tmp_path / "training.xlsx", frames).read_bytes()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("zipfile.time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    second = write_workbook(tmp_path / "training.xlsx", frames).read_bytes()
    assert first == second
    with zipfile.ZipFile(tmp_path / "training.xlsx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_text_that_looks_like_a_formula_is_written_as_text(tmp_path):
    course = study_frames()["course"].assign(title='=HYPERLINK("x")')
    path = write_workbook(tmp_path / "training.xlsx", {"course": course})
    cell = openpyxl.load_workbook(path)["course"]["B2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


def test_dates_are_written_as_dates(tmp_path):
    path = write_workbook(tmp_path / "training.xlsx", {"course": study_frames()["course"]})
    cell = openpyxl.load_workbook(path)["course"]["C2"]
    assert (cell.value, cell.number_format) == (datetime(2019, 4, 1), "dd/mm/yyyy")


def test_a_table_or_column_the_workbook_does_not_have_is_refused(tmp_path):
    with pytest.raises(ValueError, match="training.xlsx has no table 'referral'; it has course"):
        write_workbook(tmp_path / "training.xlsx", {"referral": None})
    with pytest.raises(ValueError, match="table 'course' has no column name"):
        write_workbook(tmp_path / "training.xlsx", {"course": pd.DataFrame({"name": []})})
    with pytest.raises(UserError, match="no workbook is called 'trainings.xlsx'; expected one of"):
        write_workbook(tmp_path / "trainings.xlsx", {})
    assert list(tmp_path.iterdir()) == []


# --- what is written reads back the same --------------------------------------------------------

CODES = st.from_regex(r"[A-Z]{2}-[0-9]{3,6}", fullmatch=True)
DAYS = st.datetimes(datetime(1990, 1, 1), datetime(2020, 12, 31)).map(
    lambda d: datetime(d.year, d.month, d.day)
)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "),
    min_size=1,
    max_size=30,
).map(lambda text: f"a{text}b")


def _values_of(column) -> st.SearchStrategy:
    kind = column["type"]
    if kind == "coded":
        allowed = [*column["values"], *column["missing"]]
        if column["multiple"]:
            codes = list(column["values"])
            chosen = st.sets(st.sampled_from(codes), min_size=1)
            return chosen.map(lambda parts: "; ".join(sorted(parts, key=codes.index)))
        return st.sampled_from(allowed)
    if kind in ("number", "whole number"):
        low, high = column["low"], column["high"]
        if kind == "whole number":
            return st.integers(low, high).map(float) | _missing_of(column)
        return st.floats(low, high).map(lambda v: round(v, 3)) | _missing_of(column)
    return {"identifier": CODES, "text": WORDS, "date": DAYS | _missing_of(column)}[kind]


def _missing_of(column) -> st.SearchStrategy:
    return st.sampled_from(column["missing"]) if column["missing"] else st.nothing()


@st.composite
def records(draw, table):
    columns = {name: table.column(name) for name in table.columns}
    key = f"K{draw(st.integers(0, 999))}"
    record = {}
    for name, column in columns.items():
        if column["required"] or draw(st.booleans()):
            record[name] = draw(_values_of(column))
    return record | {name: key for name in table.key if columns[name]["type"] == "identifier"}


@settings(max_examples=12, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", ["episode", "ccr_case", "yp_survey"])
def test_what_is_written_reads_back_the_same(name, data, tmp_path_factory):
    table = TABLES[name]
    found = data.draw(st.lists(records(table), max_size=4, unique_by=lambda r: r[table.key[0]]))
    frame = rows(name, *found)
    folder = tmp_path_factory.mktemp("roundtrip")
    path = write_workbook(folder / table.workbook, {name: frame})
    readings, faults = read_workbook(path, [table])
    assert [fault for fault in faults if fault.severity == "error"] == []
    got = readings[name]
    assert constraint_faults(got) == []
    for column in table.columns:
        for index, value in frame[column].items():
            read, code = got.frame.at[index, column], None
            if column in got.missing:
                code = got.missing.at[index, column]
            if pd.isna(value):
                assert pd.isna(read) and (code is None or pd.isna(code))
            elif value in MISSING_CODES and column in got.missing:
                assert pd.isna(read) and code == value
            else:
                assert read == value


def test_a_frame_with_fewer_columns_leaves_the_others_blank(tmp_path):
    frame = pd.DataFrame({"course_id": ["C-1"], "title": ["T"], "date": [day("2019-01-01")]})
    path = write_workbook(tmp_path / "training.xlsx", {"course": frame})
    readings, faults = read_workbook(path, WORKBOOKS["training.xlsx"])
    assert faults == []
    assert readings["course"].frame["mode"].isna().all()
