"""What is planted in the synthetic study is found by the chapters on training, safety and harm.

The chapters' own cells give the estimates, before they are rounded; truth.json's content gives what
was planted. Found means that the interval holds it. At 95% one planted effect in twenty would be
missed in another study by chance: how often, over many studies, is on the page of validation.
"""

import importlib
import json
import sys
from pathlib import Path

import pytest

from rr_helpers.study.synthetic import make_study

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
chapters = importlib.import_module("benchmarks.validation.chapters")

CHAPTERS = ("q2_training/training", "q2_training/lasting", "q2_training/practice",
            "q4_safety/views")  # fmt: skip
CONFIDENCE, CASE = "Change in confidence", "Change in the score on a written case"
LEFT, REFERRALS = (
    "What would be left of the gain in confidence",
    "Monthly referrals after a borough's first course, against before",
)


@pytest.fixture(scope="module")
def made():
    """The study that `rr synthesise` writes unless told otherwise."""
    return make_study()


@pytest.fixture(scope="module")
def planted(made):
    """The planted effects, as truth.json holds them."""
    return {name: effect["value"] for name, effect in
            json.loads(json.dumps(made.truth))["planted"].items()}  # fmt: skip


@pytest.fixture(scope="module")
def estimates(made):
    study = chapters.study_in_memory(made)
    return chapters.chapter_estimates(study, "eval_Y3", ROOT / "notebooks", CHAPTERS)


def holds(estimate, truth) -> bool:
    return estimate.low <= truth <= estimate.high


@pytest.mark.parametrize(
    ("effect", "title", "row", "times"),
    [
        ("confidence_rises_after_the_course", CONFIDENCE, "Before to after", 1),
        ("looking_back_lowers_the_start", CONFIDENCE, "Before to looking back", 1),
        # Four items to a case, so four times the change in the share of items right.
        ("vignette_score_rises", CASE, "Before to after", 4),
        ("confidence_decays_by_three_months", LEFT, "Like those who answered", 1),
        ("borough_refers_more_after_its_first_course", REFERRALS, "Referrals of every kind", 1),
    ],
)
def test_a_planted_effect_lies_in_the_chapters_interval(
    estimates, planted, effect, title, row, times
):
    assert holds(estimates[title, row, ""], times * planted[effect])


@pytest.mark.parametrize(
    ("title", "row", "above"),
    [(CONFIDENCE, "Before to after", True), (CONFIDENCE, "Before to looking back", False),
     (CASE, "Before to after", True)],
)  # fmt: skip
def test_large_planted_effects_are_told_from_none(estimates, title, row, above):
    found = estimates[title, row, ""]
    assert found.low > 0 if above else found.high < 0


def test_those_who_answered_show_more_of_the_gain_than_was_planted_for_all(estimates, planted):
    gain = planted["confidence_decays_by_three_months"]
    answered = estimates[CONFIDENCE, "Before to three months later", ""]
    filled_in = estimates[LEFT, "Like those who answered", ""]
    assert abs(filled_in.value - gain) < abs(answered.value - gain)


def test_the_planted_rise_in_referrals_is_honestly_not_told_from_none(estimates):
    found = estimates[REFERRALS, "Referrals of every kind", ""]
    assert found.low < 1 < found.high


SAFETY_GAINS = "Change in safety in points, and for everyone who could have been asked"
CONTEXTS = {
    "home": "Home",
    "school": "School, college or work",
    "neighbourhood": "Neighbourhood",
    "transport": "Travel and transport",
    "online": "Online",
    "friends": "With friends",
}


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("column", ["Those who answered", "Everyone, if the others are like them"])
def test_the_planted_gain_in_safety_lies_in_the_interval(estimates, planted, context, column):
    found = estimates[SAFETY_GAINS, CONTEXTS[context], column]
    assert holds(found, planted[f"safety_gain_{context}"])


def test_the_gain_at_home_is_told_from_none_and_the_neighbourhoods_is_not(estimates):
    everyone = "Everyone, if the others are like them"
    assert estimates[SAFETY_GAINS, "Home", everyone].low > 0
    neighbourhood = estimates[SAFETY_GAINS, "Neighbourhood", everyone]
    assert neighbourhood.low < 0 < neighbourhood.high


def test_what_a_worker_in_the_room_lifts_lies_in_the_interval_and_is_not_told_from_none(
    estimates, planted
):
    """The planted lift is on the latent answer; rounding and the end of the scale shrink it."""
    found = estimates["Answers about the support, with a worker in the room",
                      "Worker present, minus not", ""]  # fmt: skip
    lift = planted["worker_in_the_room_lifts_answers"]
    assert found.low < 0.75 * lift < found.high
    assert found.low < 0 < found.high


def test_delegates_of_one_course_are_alike_as_planted(made, planted):
    """No chapter publishes the correlation itself; courses are the clusters because of it."""
    items = made.tables["delegate_item"].query("wave == 'pre'").dropna(subset=["response"])
    rows = items.merge(made.tables["delegate"][["delegate_id", "course_id"]], on="delegate_id")
    shares = []
    for _, answers in rows[rows["item"].str.startswith("confident")].groupby("item"):
        courses = answers.groupby("course_id")["response"]
        within = courses.var().mean()
        between = courses.mean().var() - (within / courses.size()).mean()
        shares.append(between / (between + within))
    value = planted["delegates_of_one_course_are_alike"]
    assert sum(shares) / len(shares) == pytest.approx(value, abs=0.05)
