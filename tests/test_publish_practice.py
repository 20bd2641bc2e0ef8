"""Rows of the training: nobody counted twice, no course counted before its time."""

import numpy as np
import pandas as pd
import pytest

from rr_helpers.publish.practice import (
    COMPARED_WITH,
    LAG_MONTHS,
    learning,
    referrals_around_courses,
)
from rr_helpers.publish.unheard import ALIKE, mean_if_unheard_differ
from rr_helpers.study.schema.training import REACTION_ITEMS

WINDOW = "eval_Y3"


@pytest.fixture(scope="module")
def around(small_study):
    return referrals_around_courses(small_study, WINDOW)


def test_every_delegate_of_the_window_is_one_row_whether_they_answered_or_not(small_study):
    window, courses = small_study.window(WINDOW), small_study["course"]
    held = courses.loc[courses["date"].between(window.start, window.end), "course_id"]
    assert (
        len(learning(small_study, WINDOW)) == small_study["delegate"]["course_id"].isin(held).sum()
    )


def test_what_delegates_thought_of_a_course_is_no_part_of_their_confidence(small_study):
    items = small_study["delegate_item"]
    loved = items.assign(response=items["response"].mask(items["item"].isin(REACTION_ITEMS), 1))
    small_study = small_study.__class__(
        **{**vars(small_study), "tables": {**small_study.tables, "delegate_item": loved}}
    )
    again = learning(small_study, WINDOW)["confidence_post"]
    plain = items[items["item"].str.startswith("confident") & items["wave"].eq("post")]
    means = plain.groupby("delegate_id")["response"].mean()
    assert set(again.dropna().round(6)) <= set(means.round(6))


def test_each_referral_up_to_the_end_of_the_window_is_counted_once(small_study, around):
    referrals = small_study["referral"].dropna(subset=["referring_borough"])
    due = referrals[referrals["received_date"] <= small_study.window(WINDOW).end]
    every = around[around["kind"].eq("all")]
    assert every["referrals"].sum() == len(due)
    assert around["referrals"].sum() == 2 * len(due)


def test_after_begins_with_the_lag_and_never_where_there_was_no_course(small_study, around):
    end = small_study.window(WINDOW).end.to_period("M")
    held = small_study["course"].assign(month=lambda rows: rows["date"].dt.to_period("M"))
    first = held[held["month"] <= end].groupby("borough_host")["month"].min()
    every = around[around["kind"].eq("all")]
    assert set(every["after"]) == {0, 1}
    for borough, rows in every.groupby("borough_code"):
        months = (end - first[borough]).n + 1 if borough in first else 0
        assert rows["after"].sum() == max(months - LAG_MONTHS, 0)
        if borough not in first:
            assert set(rows["span"]) == {COMPARED_WITH}


def test_those_who_did_not_answer_move_the_mean_by_their_share():
    draw = np.random.default_rng(4)
    frame = pd.DataFrame({"before": draw.normal(3, 1, 80)})
    frame["after"] = (frame["before"] + draw.normal(0.5, 0.5, 80)).mask(draw.random(80) < 0.5)
    found = mean_if_unheard_differ(frame, "after", [-1], minus="before", of="people")
    assert list(found) == ["1 point lower", ALIKE]
    moved = found[ALIKE].value - found["1 point lower"].value
    assert moved == pytest.approx(frame["after"].isna().mean())
    assert {estimate.n for estimate in found.values()} == {int(frame["after"].notna().sum())}
    assert {estimate.clusters for estimate in found.values()} == {None}
