"""Rows on safety and fairness: whose answers they are, and who is counted where."""

import numpy as np
import pandas as pd
import pytest

from rr_helpers.publish.fairness import language_of_files, referred_for_intervention
from rr_helpers.publish.outcomes import released_share
from rr_helpers.publish.populations.referrals import ethnic_group
from rr_helpers.publish.safety import (
    DIMENSIONS,
    asked_about_safety,
    own_and_workers_ratings,
    safety_in_files,
    survey_answers,
)
from rr_helpers.study.schema.codes import ETHNICITY

WINDOW = "eval_Y3"


def test_everyone_who_could_be_asked_is_one_row_and_only_those_who_completed_tell(small_study):
    window, invited = small_study.window(WINDOW), small_study["yp_invited"]
    due = invited[invited["invited_date"].between(window.start, window.end)]
    asked = asked_about_safety(small_study, WINDOW)
    assert len(asked) == len(due)
    told = asked["change_home"].notna().sum()
    assert 0 < told <= due["outcome"].eq("completed").sum()
    assert not asked[["sustained", "female", "age"]].isna().any(axis=None)


def test_a_change_in_safety_is_that_of_the_survey_that_followed_the_invitation(small_study):
    survey = small_study["yp_survey"]
    changes = (survey["safe_now_home"] - survey["safe_before_home"]).dropna()
    told = asked_about_safety(small_study, WINDOW)["change_home"].dropna()
    assert set(told) <= set(changes)


def test_workers_and_young_people_are_compared_on_one_scale(small_study):
    rated = own_and_workers_ratings(small_study, "FY2021_22")
    assert set(rated["dimension"]) <= set(DIMENSIONS.values())
    assert rated[["own", "worker"]].stack().between(0, 10).all()


def test_a_worry_counts_as_less_safety(small_study):
    survey = small_study["yp_survey"]
    worried = survey.assign(worry_threats=5.0)
    calm = survey.assign(worry_threats=1.0)
    own = []
    for answers in (calm, worried):
        tables = {**small_study.tables, "yp_survey": answers}
        study = small_study.__class__(**{**vars(small_study), "tables": tables})
        rows = own_and_workers_ratings(study, "FY2021_22")
        own.append(rows.loc[rows["dimension"].eq(DIMENSIONS["psychological"]), "own"].mean())
    assert own[0] > own[1]


def test_a_second_reading_is_no_second_file(small_study):
    reviews = small_study["file_review"]
    first = reviews[reviews["is_second_review"].ne("yes")]
    window = small_study.window(WINDOW)
    due = first["reviewed_date"].between(window.start, window.end).sum()
    per_dimension = safety_in_files(small_study, WINDOW).groupby("dimension").size()
    assert (per_dimension <= due).all()
    assert len(language_of_files(small_study, WINDOW)) <= len(first)


def test_surveys_after_the_window_are_not_looked_at(small_study):
    early, late = (len(survey_answers(small_study, window)) for window in ("eval_Y1", "FY2021_22"))
    assert early < late


def test_every_ethnic_code_belongs_to_one_group_and_refusals_to_none():
    groups = ethnic_group(pd.Series(list(ETHNICITY), index=list(ETHNICITY)))
    assert groups[["REFU", "NOBT"]].tolist() == ["Not known", "Not known"]
    assert groups[["CHNE", "BAFR", "MWBC", "WROM", "OOTH"]].tolist() == [
        "Asian", "Black", "Mixed", "White", "Other",
    ]  # fmt: skip
    assert "Not known" not in set(groups.drop(["REFU", "NOBT"]))


def test_referrals_of_intelligence_are_no_part_of_acceptance(small_study):
    window, referral = small_study.window(WINDOW), small_study["referral"]
    due = referral[referral["received_date"].between(window.start, window.end)]
    due = due[due["referral_type"].eq("intervention") & due["residence_borough"].notna()]
    rows = referred_for_intervention(small_study, WINDOW)
    assert len(rows) == len(due)
    assert rows["accepted"].sum() == due["decision"].eq("accepted").sum()


class Released(int):
    released = True


class Counts:
    """As much of a table of released counts as a share asks for."""

    def __init__(self, **cells):
        self.cells = cells

    def count(self, row, column):
        del column
        return Released(self.cells[row])


@pytest.mark.parametrize(("part", "share"), [(10, 50), (25, 100)])
def test_a_part_that_rounding_made_larger_than_its_whole_is_all_of_it(part, share):
    found = released_share(Counts(part=part, whole=20), "part", of="whole", group="any")
    assert found.value == share
    assert np.isfinite([found.low, found.high]).all()
