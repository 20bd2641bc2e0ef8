"""The ledger of releases: what was published when can be proved, and not be rewritten."""

import json

import nbformat
import pytest
import trial_project as trial

from rr_helpers import cli
from rr_helpers.errors import UserError
from rr_helpers.publish.ledger import check_release, read_ledger, record_release
from rr_helpers.publish.record import digest_files, write_record

PAGE = "<!DOCTYPE html><html lang='en'><head><title>T</title></head><body>{}</body></html>"


def edition(folder, text="A", window="eval_Y1"):
    (folder / "site").mkdir(parents=True, exist_ok=True)
    (folder / "site" / "index.html").write_text(PAGE.format(text))
    (folder / "site" / "same.html").write_text(PAGE.format(f"also {text}"))
    write_record(
        folder / "record.json",
        inputs={},
        lock=trial.ROOT / "requirements.lock",
        seed=None,
        options={},
        window=window,
        scope="london",
        site=digest_files(folder / "site"),
    )
    return folder


@pytest.fixture
def ledger(tmp_path):
    """A ledger with two releases, and the folders of both."""
    file = tmp_path / "releases.jsonl"
    first, second = edition(tmp_path / "one"), edition(tmp_path / "two", "B", "eval_Y2")
    record_release(first, file, released_on="2020-10-01")
    record_release(second, file, released_on="2021-10-01")
    return file, first, second


def test_a_release_holds_day_window_rules_versions_and_the_digest_of_every_file(tmp_path):
    folder = edition(tmp_path / "one")
    notebook = trial.notebook("x")
    notebook.cells[-1].outputs = [
        nbformat.v4.new_output("display_data", metadata={"rr": {"rules": ["Rounded to base five"]}})
    ]
    (folder / "chapters").mkdir()
    nbformat.write(notebook, folder / "chapters" / "a.ipynb")
    entry = record_release(folder, tmp_path / "l.jsonl", released_on="2020-10-01")
    assert (entry["released_on"], entry["window"], entry["scope"]) == (
        "2020-10-01",
        "eval_Y1",
        "london",
    )
    assert entry["rules"] == ["Rounded to base five"]
    assert entry["site"] == digest_files(folder / "site") and entry["rr"]
    assert read_ledger(tmp_path / "l.jsonl") == [entry]


def test_the_same_releases_give_the_same_ledger(ledger, tmp_path):
    file, first, second = ledger
    record_release(first, tmp_path / "again", released_on="2020-10-01")
    record_release(second, tmp_path / "again", released_on="2021-10-01")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_what_was_released_passes_wherever_it_was_copied_to(ledger, tmp_path):
    file, first, second = ledger
    (second / "site").rename(tmp_path / "on the web")
    assert check_release(first, file) == []
    assert check_release(tmp_path / "on the web", file) == []


def test_a_file_changed_added_or_missing_since_the_release_is_named(ledger):
    file, first, _ = ledger
    (first / "site" / "index.html").write_text(PAGE.format("changed"))
    (first / "site" / "added.html").write_text(PAGE.format("added"))
    (first / "site" / "same.html").unlink()
    assert [str(fault).partition(";")[0] for fault in check_release(first, file)] == [
        "added.html: a file not in the release of 2020-10-01",
        "index.html: a file changed after the release of 2020-10-01",
        "same.html: a file missing since the release of 2020-10-01",
    ]


def test_an_edition_that_was_never_released_is_told(ledger, tmp_path):
    (fault,) = check_release(edition(tmp_path / "three", "C", "eval_Y3"), ledger[0])
    assert fault.found == "an edition that was never released"


def change_day(lines):
    return [lines[0].replace("2020-10-01", "2020-10-02"), lines[1]]


def change_digest(lines):
    entry = json.loads(lines[0])
    entry["site"]["index.html"] = "0" * 64
    return [json.dumps(entry, sort_keys=True, separators=(",", ":")), lines[1]]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (change_day, 2),
        (change_digest, 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: lines[::-1], 1),
        (lambda lines: [lines[0], lines[0], lines[1]], 2),
        (lambda lines: [lines[0] + " ", lines[1]], 1),
        (lambda lines: [lines[0], "{}"], 2),
        (lambda lines: [lines[0], "not JSON"], 2),
    ],
)
def test_a_ledger_that_was_edited_is_refused_at_the_line(ledger, change, line):
    file, first, _ = ledger
    lines = change(file.read_text(encoding="utf-8").splitlines())
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    for act in (
        lambda: check_release(first, file),
        lambda: record_release(first, file, released_on="2022-01-01"),
    ):
        with pytest.raises(UserError, match=f"line {line}: .*nobody edited"):
            act()


@pytest.mark.parametrize("day", ["1 October 2020", "", "2020-13-01", None])
def test_a_day_that_is_none_is_refused(tmp_path, day):
    with pytest.raises(UserError, match="expected the day of publication as year-month-day"):
        record_release(edition(tmp_path / "one"), tmp_path / "l", released_on=day)
    assert not (tmp_path / "l").exists()


def test_a_release_before_the_last_one_is_refused(ledger):
    file, first, _ = ledger
    with pytest.raises(UserError, match="expected releases in the order of their days"):
        record_release(first, file, released_on="2021-09-30")


def test_an_edition_changed_since_its_build_is_not_recorded(tmp_path):
    folder = edition(tmp_path / "one")
    (folder / "site" / "index.html").write_text("edited")
    with pytest.raises(UserError, match="files that are not as they were built"):
        record_release(folder, tmp_path / "l", released_on="2021-10-01")
    assert not (tmp_path / "l").exists()


def test_rr_check_holds_a_published_folder_against_the_ledger(ledger, capsys):
    file, first, _ = ledger
    assert cli.main(["check", str(first / "site"), "--ledger", str(file)]) == 0
    (first / "site" / "index.html").write_text(PAGE.format("changed"))
    assert cli.main(["check", str(first / "site"), "--ledger", str(file)]) == 1
    assert "index.html: a file changed after the release of 2020-10-01" in capsys.readouterr().out


def test_rr_check_records_no_release_that_was_not_checked_against_a_study(ledger, capsys):
    file, first, _ = ledger
    before = file.read_bytes()
    arguments = ["check", str(first), "--ledger", str(file), "--released-on", "2022-01-01"]
    assert cli.main(arguments) == 1
    assert "Add --ledger FILE and --study DIR" in capsys.readouterr().err
    assert file.read_bytes() == before
