"""The command: what it says, how it ends, and that a mistake never prints a traceback."""

import shutil

import openpyxl
import pytest

from rr_helpers import cli
from rr_helpers.errors import UserError


@pytest.mark.parametrize("command", cli.EXAMPLES)
def test_help_explains_each_command_with_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Example: {cli.EXAMPLES[command]}" in said


@pytest.mark.parametrize("command", cli.EXAMPLES)
def test_the_example_in_the_help_is_understood(command):
    words = cli.EXAMPLES[command].split()[1:]
    assert cli._parser().parse_args(words).command == command


def test_an_unknown_command_ends_with_status_two(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["biuld"])
    assert ended.value.code == 2
    assert "invalid choice: 'biuld'" in capsys.readouterr().err


def test_templates_are_written_and_can_be_read_as_a_study_without_rows(tmp_path, capsys):
    assert cli.main(["templates", str(tmp_path / "new")]) == 0
    assert "When filled: rr validate" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "new").iterdir()} >= {"referrals.xlsx"}


def test_validate_ends_with_zero_where_there_are_only_warnings(
    small_study_folder, tmp_path, capsys
):
    assert cli.main(["validate", str(small_study_folder), "--out", str(tmp_path)]) == 0
    assert "Warnings do not stop a build" in capsys.readouterr().out


def test_validate_ends_with_one_and_marks_the_workbook_where_there_is_an_error(
    small_study_folder, tmp_path, capsys
):
    folder = tmp_path / "study"
    shutil.copytree(small_study_folder, folder, ignore=shutil.ignore_patterns(".rr", "faults"))
    book = openpyxl.load_workbook(folder / "referrals.xlsx")
    sheet = book["referral"]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(row=5, column=header.index("residence_borough") + 1).value = "Hackny"
    book.save(folder / "referrals.xlsx")
    assert cli.main(["validate", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "referrals.xlsx, sheet 'referral', cell" in said
    assert "Did you mean Hackney?" in said
    assert (folder / "faults" / "faults.xlsx").is_file()
    assert (folder / "faults" / "referrals.marked.xlsx").is_file()


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path, capsys):
    missing = tmp_path / "nowhere"
    assert cli.main(["validate", str(missing)]) == 1
    assert "is not there" in capsys.readouterr().out
    assert not missing.exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["build", "{study}", "--window", "eval_Y9", "--out", "{out}"], "eval_Y9"),
        (["build", "{out}/none", "--window", "eval_Y3", "--out", "{out}"], "is not there"),
        (
            ["build", "{study}", "--window", "eval_Y3", "--out", "{out}", "--scope", "Brent"],
            "scope",
        ),
        (["check", "{out}/none"], "no built edition"),
        (["serve", "{out}/none"], "no site to show"),
        (["synthesise", "{out}", "--scale", "0"], "expected a number from 0.05"),
    ],
)
def test_a_mistake_is_told_in_one_message_without_a_traceback(
    arguments, message, small_study_folder, tmp_path, capsys
):
    places = {"study": small_study_folder, "out": tmp_path}
    assert cli.main([argument.format(**places) for argument in arguments]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"rr {arguments[0]}: ")
    assert message in said
    assert "Traceback" not in said


def test_debug_shows_where_a_mistake_was_noticed(tmp_path):
    with pytest.raises(UserError):
        cli.main(["check", str(tmp_path), "--debug"])


def test_a_study_is_not_written_over_something_else(tmp_path, capsys):
    (tmp_path / "thesis.docx").write_text("years of work")
    assert cli.main(["synthesise", str(tmp_path), "--scale", "0.1"]) == 1
    assert (tmp_path / "thesis.docx").read_text() == "years of work"


@pytest.mark.parametrize(
    "option", [["--thorough"], ["--only", "notebooks/q1_network/network"], ["--cluster", "tcp://x"]]
)
def test_what_watching_does_not_go_by_is_refused_beside_it(option, tmp_path, capsys):
    asked = ["build", str(tmp_path), "--window", "eval_Y3", "--out", str(tmp_path), "--watch"]
    assert cli.main([*asked, *option]) == 1
    assert f"rr build: {option[0]}: an option that --watch does not" in capsys.readouterr().err
