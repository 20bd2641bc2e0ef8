"""Words for readers that a build would refuse are told by 'rr validate', with their cell."""

import shutil

import openpyxl
import pandas as pd
import pytest

from rr_helpers import cli
from rr_helpers.disclosure import public_wording
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.publish import WORDING_RULES
from rr_helpers.publish.wording import _NO_DIGITS, _NO_NAMES_OR_FIGURES
from rr_helpers.report.sentences import refuse_typed_numbers
from rr_helpers.study import validate_study
from rr_helpers.study.schema import TABLES


def write(folder, table, column, text):
    """Write a text into the first row of a column; return the cell."""
    path = folder / TABLES[table].workbook
    book = openpyxl.load_workbook(path)
    sheet = book[table]
    header = [cell.value for cell in sheet[1]]
    cell = sheet.cell(row=2, column=header.index(column) + 1)
    cell.value = text
    book.save(path)
    return cell.coordinate


@pytest.fixture
def folder(small_study_folder, tmp_path):
    return shutil.copytree(
        small_study_folder, tmp_path / "study", ignore=shutil.ignore_patterns(".rr", "faults")
    )


def test_every_column_for_readers_is_looked_at(folder):
    columns = [*_NO_NAMES_OR_FIGURES, *_NO_DIGITS]
    cells = {(table, write(folder, table, column, "All 7 came back")) for table, column in columns}
    told = [f for f in validate_study(folder, more=WORDING_RULES).faults if "'7'" in f.found]
    assert {(fault.sheet, fault.cell) for fault in told} == cells
    assert {fault.severity for fault in told} == {"warning"} and len(told) == len(columns)


def test_the_warning_says_what_a_build_would_say(folder, capsys):
    cell = write(folder, "meeting_action", "wording_public", "Ask Kayleigh to come")
    assert cli.main(["validate", str(folder)]) == 0
    said = capsys.readouterr().out
    assert (
        f"governance.xlsx, sheet 'meeting_action', cell {cell}: wording_public holds 'Kayleigh', "
        "for which a build would stop; expected words without figures, addresses and names. "
        "Write it in general words, or leave the cell for the public blank."
    ) in said


@pytest.mark.parametrize(
    "text", ["Ask at 020 7000", "Write to a@b.example", "Ask Kayleigh", "Ask them", "Level 2"]
)
def test_what_is_warned_of_is_what_a_build_refuses(text):
    """Held together, so that one cannot be changed without the other."""
    frame = pd.DataFrame({"What": [text]})
    found = _NO_NAMES_OR_FIGURES["briefing", "taken_public"](text)
    if found:
        with pytest.raises(DisclosureError, match=f"'{found}' in"):
            public_wording(frame, title="T", source="S", of="rows")
    else:
        public_wording(frame, title="T", source="S", of="rows")
    if _NO_DIGITS["judgement", "reason"](text):
        with pytest.raises(UserError, match="a number typed into"):
            refuse_typed_numbers(text, place="here")
    else:
        refuse_typed_numbers(text, place="here")


def test_the_words_of_the_synthetic_study_are_fit_to_be_shown(small_study_folder):
    kinds = {rule.kind for rule in WORDING_RULES}
    faults = validate_study(small_study_folder, more=WORDING_RULES).faults
    assert not [str(fault) for fault in faults if fault.kind in kinds]
