"""Rules across rows and tables: each names the cell that breaks it, and says what to do."""

import pandas as pd
import pytest
from study_examples import consent_row, day, rows, study_frames

from rr_helpers.results import quotation_digest
from rr_helpers.study.crosschecks import RULES, check_across
from rr_helpers.study.reading import Reading, empty_reading, typed_frame
from rr_helpers.study.schema import TABLES
from rr_helpers.study.suggest import same_code


def readings_of(frames: dict) -> dict[str, Reading]:
    return {name: _reading(name, frame) for name, frame in frames.items()}


def _reading(name, frame) -> Reading:
    table = TABLES[name]
    numbers = [n for n in table.columns if str(table.columns[n].dtype) == "float64"]
    frame = frame.reset_index(drop=True)
    clean = frame.assign(**{n: pd.to_numeric(frame[n], errors="coerce") for n in numbers})
    clean = clean.astype(object).where(clean.notna(), float("nan"))
    return Reading(
        table=table,
        workbook=table.workbook,
        sheet=name,
        frame=typed_frame({n: list(clean[n]) for n in table.columns}, table),
        missing=empty_reading(table).missing.reindex(range(len(frame))),
        rows=pd.Series(range(2, len(frame) + 2), dtype="int64"),
        letters=dict(zip(table.columns, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 3, strict=False)),
    )


SOUND = readings_of(study_frames())


def faults_with(**changes) -> list[str]:
    """The faults of the small study after changing cells: ``table=[(row, column, value), …]``."""
    readings = dict(SOUND)
    for table, cells in changes.items():
        frame = study_frames()[table].astype(object)
        for row, column, value in cells:
            frame.loc[row, column] = value
        readings[table] = _reading(table, frame)
    return [f"{f.severity}, {f.kind}: {f}" for f in check_across(readings)]


def test_a_sound_study_breaks_no_rule():
    assert faults_with() == []


def referral(*cells):
    return {"referral": list(cells)}


def episode(*cells):
    return {"episode": list(cells)}


BROKEN = {
    "a reference to nothing": (
        {"panel_attendance": [(0, "org_id", "ORG-0l")]},
        "error, reference not found: panels.xlsx, sheet 'panel_attendance', cell B2: org_id is "
        "\"ORG-0l\", which the sheet 'organisation' of reference.xlsx does not list; expected "
        "one of that sheet's values of org_id. Did you mean ORG-01?",
    ),
    "triage before referral": (
        referral((0, "triage_date", day("2019-01-31"))),
        "error, dates out of order: referrals.xlsx, sheet 'referral', cell W2: triage_date "
        "(31/01/2019) is before received_date (01/02/2019); expected triage_date on or after "
        "received_date. Correct whichever of the two is wrong.",
    ),
    "decision before referral, without triage": (
        referral((1, "decision_date", day("2019-02-01"))),
        "decision_date (01/02/2019) is before received_date (01/03/2019)",
    ),
    "allocated before triage": (
        episode((0, "allocated_date", day("2019-02-02"))),
        "sheet 'episode', cell C2: allocated_date (02/02/2019) is before triage_date (03/02/2019)",
    ),
    "allocated before referral": (
        episode((1, "allocated_date", day("2019-02-02"))),
        "sheet 'episode', cell C3: allocated_date (02/02/2019) is before received_date "
        "(01/03/2019)",
    ),
    "contact before allocation": (
        episode((0, "first_meaningful_contact", day("2019-02-09"))),
        "first_meaningful_contact (09/02/2019) is before allocated_date (10/02/2019)",
    ),
    "closed before contact": (
        episode((0, "closed_date", day("2019-02-15"))),
        "closed_date (15/02/2019) is before first_meaningful_contact (20/02/2019)",
    ),
    "window ends before it starts": (
        {"window": [(0, "end", day("2018-08-01"))]},
        "end (01/08/2018) is before start (01/09/2018)",
    ),
    "a date that has not come yet": (
        {"panel": [(0, "date", day("2099-01-01"))]},
        "warning, date in the future: panels.xlsx, sheet 'panel', cell D2: date (01/01/2099) lies "
        "in the future; expected a day that has passed. Correct the date, if it is wrong.",
    ),
    "age outside": (
        referral((2, "age_at_referral", 9)),
        "warning, age outside the programme: referrals.xlsx, sheet 'referral', cell K4: "
        "age_at_referral is 9; expected an age from 10 to 25.",
    ),
    "accepted, no provider": (
        referral((0, "provider_org_id", None)),
        "error, accepted without provider: referrals.xlsx, sheet 'referral', cell Z2: the referral "
        "was accepted but provider_org_id is empty; expected the provider that took the referral. "
        "Enter the provider, or correct the decision.",
    ),
    "episode without acceptance": (
        episode((1, "referral_id", "REF-003")),
        "error, episode without acceptance: referrals.xlsx, sheet 'episode', cell B3: there is an "
        "episode, but the referral's decision is not_eligible;",
    ),
    "episode of an undecided referral": (
        referral((1, "decision", None)),
        "there is an episode, but the referral's decision is blank;",
    ),
    "rescue, no force": (
        episode((0, "rescue_force", None)),
        "error, rescue without force: referrals.xlsx, sheet 'episode', cell K2: there was a rescue "
        "but rescue_force is empty; expected the police force area of the rescue.",
    ),
    "weights": (
        {"ccr_context": [(1, "weight", 31)]},
        "error, weights do not add to 100: case_reviews.xlsx, sheet 'ccr_context', cell E2: the "
        "weights of the case add to 101; expected 100 over the contexts of a case.",
    ),
    "two people paired": (
        {"file_review": [(2, "yp_id", "YP-002")]},
        "error, files of two people paired: file_reviews.xlsx, sheet 'file_review', cell D4: the "
        "pair_id links files of two young people; expected one yp_id for one pair_id.",
    ),
    "duplicate referral": (
        referral((3, "received_date", day("2019-02-20")), (3, "referral_source", "police")),
        "warning, possible duplicate referral: referrals.xlsx, sheet 'referral', cell B5: the "
        "young person was referred 19 days before by another source; expected more than 28 days "
        "between referrals, or one source. If it is the same referral, set the decision to "
        "duplicate; both rows are used.",
    ),
    "foreign repeat": (
        referral((3, "repeat_of", "REF-002")),
        "error, repeat of another person's: referrals.xlsx, sheet 'referral', cell A5: repeat_of "
        "names this same row, or a referral of another young person;",
    ),
    "other borough": (
        referral((0, "referring_borough", "E09000012"), (1, "referring_borough", "NK")),
        "warning, referred by another borough: referrals.xlsx, sheet 'referral': 1 of 3 referrals "
        "come from a borough the young person does not live in;",
    ),
    "windows overlap": (
        {"window": [(1, "start", day("2019-08-31"))]},
        "warning, windows overlap: reference.xlsx, sheet 'window', cell A3: the window eval_Y2 "
        "overlaps eval_Y1; expected windows that are compared by rates, never added. Nothing to "
        "mend; the report never adds overlapping windows.",
    ),
    "outside windows": (
        referral((2, "received_date", day("2020-09-01"))),
        "warning, outside every window: referrals.xlsx, sheet 'referral': 1 of 4 referrals lie "
        "outside every window;",
    ),
    "files read once": (
        {"file_review": [(1, "reviewer", "RA"), (1, "file_id", "FILE-003")]},
        "warning, few files read twice: file_reviews.xlsx, sheet 'file_review': 0 of 3 files were "
        "read by two reviewers; expected at least 20% of the files.",
    ),
    "source without person": (
        {"coded_source": [(0, "participant_id", None)]},
        "error, source without a person: interviews.xlsx, sheet 'coded_source', cell C2: "
        "participant_id is empty, though the document is one person's;",
    ),
    "another kind of person": (
        {"coded_source": [(0, "subject_type", "delegate")]},
        "error, another kind of person: interviews.xlsx, sheet 'coded_source', cell D2: "
        "subject_type is delegate, but consent.xlsx says practitioner;",
    ),
    "no consent": (
        {"consent": [(0, "subject_id", "YP-100")]},
        "warning, no consent on record: file_reviews.xlsx, sheet 'file_review', cell B2: no "
        "consent is recorded (3 rows of this sheet); expected a row in consent.xlsx for each "
        "person.",
    ),
    "unlinked answer": (
        {"yp_survey": [(0, "yp_id", None)]},
        "warning, no consent on record: yp_survey.xlsx, sheet 'yp_survey', cell B2: yp_id is "
        "empty, so consent cannot be checked (1 row of this sheet);",
    ),
    "withdrawal without scope": (
        {"consent": [(0, "withdrawn_date", day("2020-01-01"))]},
        "error, withdrawal incomplete: consent.xlsx, sheet 'consent', cell I2: withdrawn_date is "
        "filled in but withdrawal_scope is empty; expected both the day and the scope of a "
        "withdrawal. Fill in withdrawal_scope; ask the person who took the withdrawal.",
    ),
    "withdrawal without day": (
        {"consent": [(0, "withdrawal_scope", "future")]},
        "withdrawal_scope is filled in but withdrawn_date is empty;",
    ),
    "a group record": (
        {
            "consent": [
                (1, "withdrawn_date", day("2020-01-01")),
                (1, "withdrawal_scope", "all"),
            ]
        },
        "warning, withdrawn person in a group record: interviews.xlsx, sheet 'coded_source', cell "
        "A5: the document is about several people, one of whom has withdrawn;",
    ),
    "one reviewer twice": (
        {"quotation": [(0, "reviewer_2", "ra")]},
        "error, one reviewer twice: interviews.xlsx, sheet 'quotation', cell I2: both reviewers "
        "are the same person; expected two different reviewers.",
    ),
    "quotation changed": (
        {"quotation": [(0, "text_final", "They came and they never left.")]},
        "error, quotation changed after review: interviews.xlsx, sheet 'quotation', cell E2: the "
        "words are not those that were reviewed (their SHA-256 differs);",
    ),
    "quotation without consent": (
        {"consent": [(3, "consent_quote", "no")]},
        "warning, quotation without consent: interviews.xlsx, sheet 'quotation', cell B2: nobody "
        "is recorded who agreed that this document may be quoted;",
    ),
    "name for a code": (
        referral((0, "yp_id", "Firstname Lastname")),
        "warning, name in place of a code: referrals.xlsx, sheet 'referral', cell B2: yp_id looks "
        "like a person's name; expected a code without names.",
    ),
    "short number": (
        referral((1, "yp_id", "12")),
        "warning, code like a count: referrals.xlsx, sheet 'referral': 1 codes in yp_id are short "
        "numbers;",
    ),
}


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault.replace(" ", "_"))
def test_a_broken_rule_names_the_cell_and_the_cure(fault):
    changes, expected = BROKEN[fault]
    assert any(expected in message for message in faults_with(**changes)), faults_with(**changes)


def test_every_rule_is_broken_by_at_least_one_test():
    tested = " ".join(str(expected) for _, expected in BROKEN.values())
    told = {f"{rule.severity}, {rule.kind}" for rule in RULES}
    assert {rule for rule in told if rule not in tested} == {
        "warning, personal details in text"  # has tests of its own below
    }


DETAILS = {
    "Call me on 07700 900123 please": "a telephone number",
    "ring +44 (0)20 7946 0018": "a telephone number",
    "write to someone@example.org": "an e-mail address",
    "they live at sw1a 2aa now": "a postcode",
    "number 943 476 5919 on file": "a ten-digit number like an NHS number",
}


@pytest.mark.parametrize("text", DETAILS)
def test_personal_details_in_free_text_are_pointed_at_and_never_repeated(text):
    (message,) = faults_with(yp_survey=[(0, "text_worse", text)])
    assert f"text_worse seems to hold {DETAILS[text]}; expected text without" in message
    assert message.startswith("warning, personal details in text: yp_survey.xlsx")
    assert text not in message
    assert not any(word in message for word in text.split() if any(map(str.isdigit, word)))
    assert "example.org" not in message


@pytest.mark.parametrize(
    "text",
    ["Seen 12 times in 2019 and 2020", "Q1 and Q2, level 2", "aged 15 to 18", "D1 2nd reader"],
)
def test_ordinary_numbers_in_free_text_are_left_alone(text):
    assert faults_with(yp_survey=[(0, "text_worse", text)]) == []


def test_a_duplicate_from_the_same_source_or_after_28_days_is_not_flagged():
    assert faults_with(**referral((3, "received_date", day("2019-03-01")))) == []
    later = (3, "received_date", day("2019-03-02")), (3, "referral_source", "police")
    assert faults_with(**referral(*later)) == []


def test_weights_that_are_not_all_known_are_not_judged_unless_above_100():
    unknown = (0, "weight", None)
    assert faults_with(ccr_context=[unknown]) == []
    assert faults_with(ccr_context=[unknown, (1, "weight", 90)]) != []


def test_rules_pass_over_tables_that_could_not_be_read():
    for left_out in SOUND:
        readings = {name: reading for name, reading in SOUND.items() if name != left_out}
        assert [f for f in check_across(readings) if f.severity == "error"] == []


def test_no_warning_carries_the_code_of_a_person():
    frames = study_frames()
    frames["consent"] = rows(
        "consent",
        consent_row("YP-002", "young_person", withdrawn_date=day("2020-01-01")),
        consent_row("YP-003", "young_person", consent_quote="no"),
    )
    frames["referral"].loc[3, ["received_date", "referral_source"]] = [day("2019-02-05"), "vcs"]
    frames["referral"].loc[0, "age_at_referral"] = 40
    frames["referral"].loc[0, "referring_borough"] = "E09000012"
    warnings = [f for f in check_across(readings_of(frames)) if f.severity == "warning"]
    assert len(warnings) > 6
    assert not [w for w in warnings if any(p in str(w) for p in ("YP-", "PR-", "DE-"))]


@pytest.mark.parametrize(("typed", "known"), [("yp 001", "YP-001"), ("YP-0O1", "YP-001")])
def test_a_code_that_differs_only_in_spelling_is_suggested(typed, known):
    assert same_code(typed, ["YP-001", "YP-002"]) == known


def test_the_next_number_is_another_person_and_never_suggested():
    assert same_code("YP-003", ["YP-001", "YP-002"]) == ""


def test_the_digest_of_a_quotation_forgives_only_spaces_and_forms_of_accents():
    assert quotation_digest("They came\n and  café ") == quotation_digest(
        "They came and cafe\u0301"
    )
    assert quotation_digest("They came") != quotation_digest("They  came.")
