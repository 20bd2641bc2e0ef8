"""The consent gate: who did not agree, or has withdrawn, is nowhere in the study."""

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_examples import consent_row, day, rows, study_frames, write_study_folder

from rr_helpers.study import read_study
from rr_helpers.study.consent import (
    ALL,
    FUTURE,
    NAMED_IN_TEXT,
    NO_CONSENT,
    NO_QUOTING,
    REFERRED,
    apply_consent,
)
from rr_helpers.study.reading import typed_frame
from rr_helpers.study.schema import TABLES

PEOPLE = ("YP-001", "YP-002", "YP-003", "PR-001", "PR-002", "DE-001", "DE-002")


@cache
def typed_frames() -> dict[str, pd.DataFrame]:
    frames = {}
    for name, frame in study_frames().items():
        numbers = [c for c in frame if "number" in TABLES[name].column(c)["type"]]
        clean = frame.assign(**{c: pd.to_numeric(frame[c], errors="coerce") for c in numbers})
        frames[name] = typed_frame({c: clean[c] for c in clean}, TABLES[name])
    return frames


def frames_with(person: str = "", **consent) -> dict[str, pd.DataFrame]:
    """The small study, with the consent row of one person changed."""
    frames = {name: frame.copy() for name, frame in typed_frames().items()}
    register = frames["consent"]
    for column, value in consent.items():
        register.loc[register["subject_id"] == person, column] = value
    return frames


def withdrawn(person, scope, on="2019-06-01"):
    return frames_with(person, withdrawn_date=day(on), withdrawal_scope=scope)


def counts(gated) -> dict:
    return {(row.table, row.reason): row.count_ for row in _log(gated).itertuples()}


def _log(gated):
    return gated.log.rename(columns={"count": "count_"})


def tables_naming(frames, person) -> set[str]:
    return {name for name, frame in frames.items() if person in frame.to_csv()}


def test_without_withdrawals_everything_stays():
    frames = frames_with()
    gated = apply_consent(frames)
    assert gated.log.empty
    assert all(gated.frames[name] is frame for name, frame in frames.items())
    assert gated.allowed_sources == {"Int_1", "Int_2", "File_1", "Panel_1"}
    assert gated.quotable_sources == {"Int_1", "Int_2", "File_1"}


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_who_withdrew_everything_is_in_no_table(person):
    frames = withdrawn(person, "all")
    assert tables_naming(frames, person)
    gated = apply_consent(frames)
    assert tables_naming(gated.frames, person) == set()
    assert gated.log["count"].sum() > 0


def test_what_refers_to_a_withdrawn_persons_rows_goes_too_until_nothing_more_refers():
    gated = apply_consent(withdrawn("YP-001", "all"))
    left = gated.frames
    assert list(left["referral"]["referral_id"]) == ["REF-002", "REF-003"]
    assert list(left["episode"]["episode_id"]) == ["EP-002"]
    assert left["safeguarding_response"].empty
    assert left["file_review"].empty
    assert "File_1" not in gated.allowed_sources
    assert list(left["yp_invited"]["yp_id"]) == ["YP-002"]
    assert left["yp_survey"].empty


def test_a_document_goes_with_the_record_it_stands_for():
    frames = frames_with("PR-002", consent_participate="no")
    frames["coded_source"].loc[1, ["participant_id", "subject_type"]] = [None, "meeting"]
    gated = apply_consent(frames)
    assert "Int_2" not in gated.allowed_sources
    assert counts(gated)["coded_source", REFERRED] == 1


def test_a_quotation_goes_with_its_document():
    gated = apply_consent(withdrawn("PR-001", "all"))
    assert gated.frames["quotation"].empty
    assert not gated.quotable_sources & {"Int_1"}


def test_a_withdrawal_from_a_day_on_keeps_what_was_dated_before_it():
    gated = apply_consent(withdrawn("YP-001", "future", on="2019-07-02"))
    left = gated.frames
    assert list(left["referral"]["referral_id"]) == ["REF-001", "REF-002", "REF-003"]
    assert list(left["safeguarding_response"]["resp_id"]) == ["RESP-001"]
    assert list(left["yp_invited"]["yp_id"]) == ["YP-001", "YP-002"]
    # Dated on the day of withdrawal itself, and after it.
    assert left["yp_survey"].empty
    assert left["file_review"].empty
    assert counts(gated)["referral", FUTURE] == 1


def test_rows_without_a_date_go_when_someone_withdraws_from_a_day_on():
    frames = withdrawn("YP-002", "future", on="2030-01-01")
    left = apply_consent(frames).frames
    assert list(left["panel_case"]["unit"]) == ["location"]
    # An episode has no person of its own: it is its referral's, and undated.
    assert list(left["episode"]["episode_id"]) == ["EP-001"]
    assert "REF-002" in set(left["referral"]["referral_id"])


def test_a_withdrawal_of_quotations_leaves_the_rows_but_nothing_to_quote():
    gated = apply_consent(withdrawn("PR-001", "quotes"))
    assert "Int_1" in gated.allowed_sources
    assert "Int_1" not in gated.quotable_sources
    assert gated.frames["quotation"].empty
    assert counts(gated) == {("quotation", NO_QUOTING): 1}


def test_nobody_who_has_withdrawn_in_any_scope_is_quoted():
    gated = apply_consent(withdrawn("PR-001", "future", on="2030-01-01"))
    assert "Int_1" in gated.allowed_sources
    assert "Int_1" not in gated.quotable_sources


@pytest.mark.parametrize(
    "doubt",
    [
        {"withdrawn_date": day("2019-06-01")},
        {"withdrawal_scope": "future"},
        {"actioned_date": day("2019-06-01")},
        {"withdrawn_date": day("2019-06-01"), "withdrawal_scope": "everything?"},
    ],
)
def test_a_withdrawal_without_day_or_known_scope_counts_as_everything(doubt):
    gated = apply_consent(frames_with("YP-001", **doubt))
    assert tables_naming(gated.frames, "YP-001") == set()


@pytest.mark.parametrize("answer", ["no", None])
def test_rows_of_people_who_did_not_agree_are_left_out_and_counted(answer):
    gated = apply_consent(frames_with("DE-001", consent_participate=answer))
    assert tables_naming(gated.frames, "DE-001") == {"consent"}
    assert counts(gated) == {
        ("delegate", NO_CONSENT): 1,
        ("delegate_item", NO_CONSENT): 2,
        ("delegate_test", NO_CONSENT): 1,
    }


def test_rows_of_people_with_no_consent_row_are_left_out():
    frames = frames_with()
    frames["consent"] = frames["consent"].iloc[1:].reset_index(drop=True)
    left = apply_consent(frames).frames
    assert left["file_review"].empty
    assert left["yp_survey"].empty
    # Referrals are held under public task: they need no consent row.
    assert "YP-001" in set(left["referral"]["yp_id"])


def test_an_answer_linked_to_nobody_is_left_out_because_consent_cannot_be_checked():
    frames = frames_with()
    frames["yp_survey"].loc[0, "yp_id"] = None
    assert apply_consent(frames).frames["yp_survey"].empty


@pytest.mark.parametrize("answer", ["no", "NA", None])
def test_files_and_what_was_coded_from_them_need_the_consent_for_files(answer):
    gated = apply_consent(frames_with("YP-001", consent_link_files=answer))
    assert gated.frames["file_review"].empty
    assert "File_1" not in gated.allowed_sources
    assert not gated.frames["yp_survey"].empty


def test_the_coded_form_of_a_file_needs_that_consent_even_without_a_record():
    frames = frames_with("YP-001", consent_link_files="no")
    frames["coded_source"].loc[2, "record_id"] = None
    assert "File_1" not in apply_consent(frames).allowed_sources


def test_a_document_of_one_person_without_the_persons_code_is_not_used():
    frames = frames_with()
    frames["coded_source"].loc[0, "participant_id"] = None
    assert "Int_1" not in apply_consent(frames).allowed_sources


def test_a_meeting_is_used_and_never_quoted():
    gated = apply_consent(frames_with())
    assert "Panel_1" in gated.allowed_sources
    assert "Panel_1" not in gated.quotable_sources


def test_free_text_that_names_a_withdrawn_person_is_emptied():
    frames = withdrawn("YP-001", "all")
    frames["panel_rating"].loc[0, "note"] = "Seen with yp-001, again"
    frames["quotation"].loc[0, "text_final"] = "He knew YP-001."
    gated = apply_consent(frames)
    assert pd.isna(gated.frames["panel_rating"].loc[0, "note"])
    assert gated.frames["quotation"].empty
    assert counts(gated)["panel_rating", NAMED_IN_TEXT] == 1


def test_free_text_that_names_someone_else_stays():
    frames = withdrawn("YP-001", "all")
    frames["panel_rating"].loc[0, "note"] = "Seen with YP-0011 and XYP-001"
    assert apply_consent(frames).frames["panel_rating"].loc[0, "note"].startswith("Seen")


def test_any_column_of_codes_that_holds_a_withdrawn_person_takes_its_row_along():
    frames = withdrawn("PR-001", "all")
    frames["panel_rating"].loc[0, "observer"] = "PR-001"
    gated = apply_consent(frames)
    assert gated.frames["panel_rating"].empty
    assert counts(gated)["panel_rating", ALL] == 1


def test_the_log_holds_counts_and_never_a_code():
    frames = frames_with("YP-001", withdrawn_date=day("2019-06-01"), withdrawal_scope="all")
    log = apply_consent(frames).log
    assert list(log.columns) == ["table", "reason", "count"]
    assert set(log["table"]) <= set(TABLES)
    assert set(log["reason"]) <= {ALL, FUTURE, NO_CONSENT, REFERRED, NO_QUOTING, NAMED_IN_TEXT}
    assert log["count"].dtype.kind == "i"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PEOPLE),
            st.sampled_from(["all", "future", "quotes", None]),
            st.sampled_from([day("2019-03-15"), day("2019-07-02"), day("2025-01-01")]),
        ),
        max_size=4,
        unique_by=lambda choice: choice[0],
    ),
    st.sets(st.sampled_from(PEOPLE), max_size=3),
)
def test_whoever_withdraws_or_refuses_the_gate_stays_shut_and_references_whole(leaving, refusing):
    frames = frames_with()
    register = frames["consent"].set_index("subject_id")
    for person, scope, on in leaving:
        register.loc[person, ["withdrawn_date", "withdrawal_scope"]] = [on, scope]
    register.loc[list(refusing), ["consent_participate", "consent_link_files"]] = "no"
    frames["consent"] = register.reset_index()[list(TABLES["consent"].columns)]
    gated = apply_consent(frames)
    for person, scope, _ in leaving:
        if scope in ("all", None):
            assert tables_naming(gated.frames, person) == set()
    for person in refusing:
        consented = {n for n in gated.frames if TABLES[n].consent}
        assert not tables_naming(gated.frames, person) & consented
    _assert_references_whole(gated.frames)


def _assert_references_whole(frames):
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            target = TABLES[name].column(column).get("refers")
            if target:
                table, key = target.split(".")
                assert set(frame[column].dropna()) <= set(frames[table][key])


def test_a_withdrawn_person_is_nowhere_in_a_study_read_from_workbooks(tmp_path):
    frames = study_frames()
    leaving = {"withdrawn_date": day("2020-01-01"), "withdrawal_scope": "all"}
    frames["consent"] = rows(
        "consent",
        *(consent_row(p, k) for p, k in zip(PEOPLE, _KINDS, strict=True) if p != "YP-001"),
        consent_row("YP-001", "young_person", **leaving),
    )
    study = read_study(write_study_folder(tmp_path, frames))
    # The code is kept for one use: to search published files for it.
    assert "YP-001" in study.withheld_codes and "YP-001" in study.identifiers()
    assert tables_naming(dict(study.tables), "YP-001") == set()
    assert not any("YP-001" in str(fault) for fault in study.faults)
    assert not study.may_quote("File_1") and "File_1" not in study.allowed_sources
    for name, frame in study.tables.items():
        assert list(frame.index) == list(range(len(frame)))
        assert len(study.rows[name]) == len(study.missing_codes(name)) == len(frame)
    assert list(study.rows["referral"]) == [3, 4]


_KINDS = ("young_person",) * 3 + ("practitioner",) * 2 + ("delegate",) * 2
