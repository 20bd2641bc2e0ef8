"""What a chapter opens, and what it may not."""

import hashlib
import shutil

import numpy as np
import pandas as pd
import pytest

from rr_helpers.disclosure import ReleasedCount, SafeTable
from rr_helpers.errors import UserError
from rr_helpers.publish import open_edition, validated
from rr_helpers.publish.edition import make_release
from rr_helpers.publish.links import release_links
from rr_helpers.publish.plan import plan_edition
from rr_helpers.publish.release_secret import release_secret
from rr_helpers.publish.validated import prepare_study, study_store
from rr_helpers.study import load_study

WINDOW = "eval_Y3"


@pytest.fixture(scope="module")
def edition(small_study_folder):
    return open_edition(small_study_folder, window=WINDOW)


def test_an_edition_shows_names_and_numbers_of_rows_never_rows(edition):
    shown = repr(edition) + repr(edition.coded)
    assert "referral" in shown
    assert not any(identifier in shown for identifier in edition.study.identifiers())


def test_a_scope_that_is_no_borough_is_told_with_the_code_it_may_mean(small_study_folder):
    with pytest.raises(UserError, match="Did you mean 'E09000019'"):
        open_edition(small_study_folder, window=WINDOW, scope="islington")


def test_a_borough_reads_its_column_of_the_release_of_london(small_study_folder, edition):
    borough = open_edition(small_study_folder, window=WINDOW, scope="E09000019")
    for name in ("borough_funnel", "borough_kinds", "borough_age"):
        shown, whole = borough.counts(name), edition.release[name]
        assert list(shown.frame.columns) == ["Islington", "London"]
        for row in whole.grid.index:
            assert shown.count(row, "Islington") == whole.count(row, "Islington")
            assert shown.count(row) == whole.count(row)


def test_a_borough_has_no_rows_no_estimates_and_no_other_tables(small_study_folder):
    borough = open_edition(small_study_folder, window=WINDOW, scope="E09000019")
    for name in ("rows", "population", "study", "quotations", "organisation_ties", "preview"):
        assert not hasattr(borough, name)
    with pytest.raises(UserError, match=r"one of the section \[boroughs\]"):
        borough.counts("funnel_by_sex")


def test_an_unknown_window_is_told_with_those_there_are(small_study_folder):
    with pytest.raises(UserError, match="eval_Y3"):
        open_edition(small_study_folder, window="eval_Y9")


def test_no_step_of_a_ladder_is_shown_as_larger_than_the_step_it_is_part_of(edition):
    within = {
        "Accepted": "Referred for intervention",
        "Engaged": "Accepted",
        "Outcome known": "Engaged",
        "Activity reduced or ceased": "Outcome known",
    }
    yearly = within | {
        "Engaged, support ended": "Engaged",
        "Outcome told by the worker": "Outcome known",
    }
    ladders = ("funnel_by_sex", "funnel_by_age", "funnel_by_ethnicity", "borough_funnel")
    for name in (*ladders, "ladder_by_year"):
        table = edition.counts(name)
        for part, whole in (within if name in ladders else yearly).items():
            for column in (*table.column_labels, "All"):
                assert table.count(part, column) <= table.count(whole, column), (name, column)


def test_a_borough_is_told_one_number_of_those_accepted_and_of_those_for_intervention(edition):
    ladder, kinds, decisions = map(
        edition.counts, ("borough_funnel", "borough_kinds", "borough_decisions")
    )
    for borough in (*ladder.column_labels, "All"):
        assert ladder.count("Accepted", borough) == decisions.count("Accepted", borough)
        asked = ladder.count("Referred for intervention", borough)
        assert asked == kinds.count("Intervention", borough)


def test_every_line_of_the_catalogue_is_released(edition):
    assert edition.counts("funnel_by_sex").kind == "counts"
    assert isinstance(edition.counts("funnel_by_sex").total, ReleasedCount)


def test_the_same_study_gives_the_same_release(edition, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    make_release(edition).to_json(first)
    make_release(edition).to_json(second)
    assert first.read_bytes() == second.read_bytes()


def test_the_file_of_a_release_holds_multiples_of_five_only(edition, tmp_path):
    edition.release.to_json(tmp_path / "release.json")
    for table_id in ("funnel_by_age", "safety_now", "documents"):
        grid = edition.counts(table_id).grid.map(int).to_numpy()
        assert np.all(grid % 5 == 0)


def test_the_secret_of_the_release_is_not_the_digest_that_the_record_tells(edition):
    digests = {edition.study.digest, *edition.study.input_digests.values()}
    assert release_secret(edition.study).hex() not in digests


def test_the_secret_of_the_release_is_over_every_cell_as_text(edition):
    digest = hashlib.sha256(b"rounding of the release")
    for name in sorted(edition.study.tables):
        cells = edition.study.tables[name].astype(str)
        hashes = pd.util.hash_pandas_object(cells, index=False).to_numpy()
        digest.update(name.encode() + hashes.tobytes())
    assert release_secret(edition.study) == digest.digest()


def test_two_who_read_a_study_at_once_have_one_copy(small_study_folder, tmp_path, monkeypatch):
    ready = prepare_study(small_study_folder)
    folder = tmp_path / "study"
    shutil.copytree(small_study_folder, folder, ignore=shutil.ignore_patterns(".rr"))

    def another_is_done(study, aside):
        shutil.copytree(ready, study_store(folder))
        shutil.rmtree(aside)  # as it deletes every other copy

    monkeypatch.setattr(validated, "keep_projects", another_is_done)
    assert prepare_study(folder) == study_store(folder)
    assert [path.name for path in (folder / ".rr").iterdir()] == [study_store(folder).name]


def test_a_copy_that_cannot_be_written_leaves_nothing_behind(
    small_study_folder, tmp_path, monkeypatch
):
    folder = tmp_path / "study"
    shutil.copytree(small_study_folder, folder, ignore=shutil.ignore_patterns(".rr"))

    def no_room(study, aside):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(validated, "keep_projects", no_room)
    with pytest.raises(OSError, match="No space left"):
        prepare_study(folder)
    assert list((folder / ".rr").iterdir()) == []


def test_the_validated_copy_lies_inside_the_study_folder_and_is_made_once(small_study_folder):
    store = prepare_study(small_study_folder)
    assert store.is_relative_to(small_study_folder / ".rr")
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*")}
    assert prepare_study(small_study_folder) == store
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*")} == before
    assert repr(load_study(store)) == repr(open_edition(store, window=WINDOW).study)


def test_a_preview_is_marked_as_one(edition):
    shown = edition.preview("referrals", rows="source")
    assert isinstance(shown, SafeTable)
    assert shown.preview


def test_only_reviewed_quotations_of_the_question_are_handed_out(edition):
    register = edition.study["quotation"].set_index("quotation_id")
    for question in ("Q1", "Q2", "Q3", "Q4"):
        for quotation in edition.quotations(question=question):
            assert register.at[quotation.quotation_id, "direction"] == "supports"


def test_quotations_may_be_those_of_one_kind_of_speaker(edition):
    told = edition.quotations(question="Q4", speaker="young_person")
    assert told and {quotation.role_label for quotation in told} == {"Young person"}
    assert all(quotation.about and not quotation.contrary for quotation in told)


def test_a_row_the_team_has_not_judged_says_so(edition):
    judged = edition.judgement("Q9-nothing")
    assert judged["integration"] == "open" and judged["reason"] == judged["confidence"] == ""
    assert judged["inference"] == "The team has not judged this yet."


def test_the_plan_hands_chapters_the_store_and_the_release_and_no_rows(small_study_folder):
    plan = plan_edition(small_study_folder, window=WINDOW, say=lambda text: None)
    assert set(plan.parameters) == {"study", "window", "scope", "release"}
    assert plan.synthetic
    assert plan.seed == 11
    assert set(plan.inputs) >= {"consent.xlsx", "referrals.xlsx", "qualitative/interviews.qdpx"}


def test_a_copy_from_before_a_withdrawal_does_not_outlive_it(tmp_path):
    from openpyxl import load_workbook

    from rr_helpers.study.synthetic import make_study, write_study

    folder = tmp_path / "study"
    write_study(make_study(seed=5, scale=0.1), folder)
    before = prepare_study(folder)
    person = load_study(before)["yp_survey"]["yp_id"].dropna().iloc[0]
    book = load_workbook(folder / "consent.xlsx")
    sheet = book["consent"]
    column = {cell.value: cell.column for cell in sheet[1]}
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == person)
    sheet.cell(row, column["withdrawn_date"]).value = "01/02/2021"
    sheet.cell(row, column["withdrawal_scope"]).value = "all"
    book.save(folder / "consent.xlsx")

    after = prepare_study(folder)
    assert list((folder / ".rr").iterdir()) == [after] and after != before
    study = load_study(after)
    assert all(person not in frame.astype(str).to_numpy() for frame in study.tables.values())
    assert person in study.identifiers()
    assert not any(person.encode() in path.read_bytes() for path in after.glob("*.parquet"))


def test_the_quarters_of_the_window_add_up_to_its_referrals_as_released(edition):
    quarters = edition.counts("referrals_by_quarter")
    inside = ["2020 Apr to Jun", "2020 Jul to Sep", "2020 Oct to Dec", "2021 Jan to Mar"]
    kinds = edition.counts("decisions")
    for kind in [*kinds.column_labels, "All"]:
        assert sum(quarters.count(quarter, kind) for quarter in inside) == kinds.count("All", kind)


def test_a_window_that_cuts_quarters_is_linked_by_the_whole_ones(edition):
    *_, link = release_links(edition.study, "Y1_SA")
    assert link.relation == "<="
    assert [cell["quarter"] for cell in link.left[1]] == [
        "2018 Oct to Dec", "2019 Jan to Mar", "2019 Apr to Jun",
    ]  # fmt: skip
    assert open_edition(edition.study.folder, window="Y1_SA").counts("decisions").total > 0
