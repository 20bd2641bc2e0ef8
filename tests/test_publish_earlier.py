"""Editions published before are kept with the study, and reckoned with."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.publish import open_edition
from rr_helpers.publish.earlier_editions import (
    changed_tables,
    keep_evidence,
    read_earlier,
    tie_editions,
)
from rr_helpers.publish.edition import make_release
from rr_helpers.publish.releasing import keep_release, release_window
from rr_helpers.publish.validated import prepare_study
from rr_helpers.study import load_study

CATALOGUE = """
[q]
referrals_by_quarter = { title = "Quarters", population = "referrals_by_quarter", rows = "quarter", columns = "type" }
funnel = { title = "Ladder", population = "referrals", items = "reached", response = "Yes", columns = "type" }
decisions = { title = "Decisions", population = "referrals", rows = "decision", columns = "type" }
ages = { title = "Ages", population = "referrals", rows = "age_group", columns = "sub_region" }
panels = { title = "Panels", population = "panel_places", rows = "half_year", columns = "sector" }
worker = { title = "Worker", population = "survey_responses", rows = "worker_present", columns = "wave" }
consents = { title = "Consents", population = "consents", rows = "subject_type", columns = "consent" }
"""  # noqa: E501


@pytest.fixture(autouse=True)
def few_tables(tmp_path, monkeypatch):
    """A shorter catalogue: what is tested here does not hang on how many tables there are."""
    file = tmp_path / "catalogue.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    for module in ("edition", "releasing"):
        monkeypatch.setattr(f"rr_helpers.publish.{module}.catalogue_file", lambda: file)
    monkeypatch.setattr("rr_helpers.publish.edition.evidence_links", lambda *whatever: [])


@pytest.fixture
def folder(small_study_folder, tmp_path):
    """A copy of the small study, the copy of its validated rows included."""
    prepare_study(small_study_folder)
    return Path(shutil.copytree(small_study_folder, tmp_path / "study"))


def publish(folder, window, day):
    """Make the release of a window and keep it as published; return it and what was said."""
    said = []
    store = prepare_study(folder)
    _, made = release_window(open_edition(store, window=window), store, say=said.append)
    keep_evidence(store / f"evidence-{window}.json", folder, released_on=day)
    return made, said


def test_a_study_that_was_moved_reckons_with_the_releases_it_took_along(folder, tmp_path):
    publish(folder, "eval_Y1", "2019-06-01")
    moved = folder.rename(tmp_path / "moved")
    edition = open_edition(moved, window="eval_Y2")
    assert edition.study.folder == moved.resolve()
    assert all(path.is_file() for path in edition.study.coded_files)
    assert make_release(edition).audit.earlier


def test_the_next_year_reckons_with_the_year_before(folder):
    first, said = publish(folder, "eval_Y1", "2019-06-01")
    assert "No earlier release is on record" in said[0]
    second, said = publish(folder, "eval_Y2", "2020-06-01")
    assert said[0] == "1 earlier releases were part of the attack"
    assert second.audit.earlier == (read_earlier(folder)[0].release.name,)
    assert not second.audit.failures
    # A quarter told in the first year is told alike in the second.
    before, after = (made["referrals_by_quarter"] for made in (first, second))
    for quarter in before.row_labels:
        for kind in before.column_labels:
            assert before.count(quarter, kind) == after.count(quarter, kind)


def test_a_release_made_again_is_the_same_and_kept_once(folder):
    first, _ = publish(folder, "eval_Y3", "2021-10-01")
    second, said = publish(folder, "eval_Y3", "2021-11-01")
    assert second.digest == first.digest
    assert "no longer show" in said[1] and said[1].endswith(": none")
    [kept] = (folder / "releases").iterdir()
    assert "2021-10-01" in kept.name


def withdraw(folder):
    """Withdraw everything of one young person who answered the survey in the third year."""
    answers = load_study(prepare_study(folder))["yp_survey"]
    person = answers.loc[answers["date"] > "2020-05", "yp_id"].dropna().iloc[0]
    book = openpyxl.load_workbook(folder / "consent.xlsx")
    sheet = book["consent"]
    column = {cell.value: cell.column for cell in sheet[1]}
    row = next(n for n, cells in enumerate(sheet.values, 1) if person in cells)
    sheet.cell(row, column["withdrawn_date"]).value = "01/02/2021"
    sheet.cell(row, column["withdrawal_scope"]).value = "all"
    book.save(folder / "consent.xlsx")


def test_after_a_withdrawal_the_changed_tables_are_named_and_no_difference_tells(folder):
    publish(folder, "eval_Y3", "2021-10-01")
    withdraw(folder)
    store = prepare_study(folder)
    edition = open_edition(store, window="eval_Y3")
    said = []
    _, made = release_window(edition, store, say=said.append)
    changed = changed_tables(made, read_earlier(folder), edition.window)
    [tables] = changed.values()
    assert said[1].endswith(", ".join(tables) or "none")
    told = [target for target in made.audit.targets if "left out since" in target.cell]
    assert told and not made.audit.failures


def test_windows_that_share_days_are_cut_into_stretches(folder):
    publish(folder, "eval_Y2", "2020-06-01")
    edition = open_edition(folder, window="Y1_SA")
    [tie] = tie_editions(edition.study, edition.coded, "Y1_SA", read_earlier(folder), ["delegates"])
    assert list(tie.periods) == [
        "2018-09-01 to 2019-03-31", "2019-04-01 to 2019-06-30", "2019-07-01 to 2020-03-31",
    ]  # fmt: skip
    assert tie.present == tuple(list(tie.periods)[:2])
    assert tie.earlier[read_earlier(folder)[0].release.name] == tuple(list(tie.periods)[1:])


def test_evidence_that_was_changed_stops_every_release(folder):
    publish(folder, "eval_Y1", "2019-06-01")
    [kept] = (folder / "releases").iterdir()
    content = json.loads(kept.read_text(encoding="utf-8"))
    content["end"] = "2019-01-31"
    kept.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DisclosureError, match="Restore it from a backup"):
        open_edition(folder, window="eval_Y2").counts("decisions")


def test_only_an_edition_of_the_study_as_it_is_can_be_recorded(folder, tmp_path):
    store = prepare_study(folder)
    release_window(open_edition(store, window="eval_Y1"), store, say=lambda line: None)
    edition = tmp_path / "report"
    edition.mkdir()
    record = {"format": 1, "window": "eval_Y1", "options": {"release": "of another study"}}
    (edition / "record.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(UserError, match="Build the edition again"):
        keep_release(edition, store, released_on="2019-06-01")


def test_an_edition_that_was_not_protected_beside_every_release_on_record_is_not_recorded(
    folder, tmp_path
):
    store = prepare_study(folder)
    first, second = (_built(folder, tmp_path, window) for window in ("eval_Y1", "eval_Y2"))
    keep_release(first, store, released_on="2019-06-01")
    with pytest.raises(UserError) as told:
        keep_release(second, store, released_on="2020-06-01")
    [kept] = read_earlier(folder)
    assert str(told.value) == (
        f"{second}: an edition that was built before {kept.release.name} was on record; expected "
        "an edition protected beside every release on record. Build the edition again, look at it, "
        "and record that one."
    )
    keep_release(_built(folder, tmp_path, "eval_Y2"), store, released_on="2020-06-01")
    assert [each.window_id for each in read_earlier(folder)] == ["eval_Y1", "eval_Y2"]
    # The release of the first year is published already; a borough shows nothing else of it.
    keep_release(first, store, released_on="2020-07-01")


def _built(folder, place, window):
    """An edition as far as its record: the release of the window, made now."""
    store = prepare_study(folder)
    _, made = release_window(open_edition(store, window=window), store, say=lambda line: None)
    edition = place / window
    edition.mkdir(exist_ok=True)
    record = {"format": 1, "window": window, "scope": "london"}
    record |= {"options": {"release": made.digest}}
    (edition / "record.json").write_text(json.dumps(record), encoding="utf-8")
    return edition
