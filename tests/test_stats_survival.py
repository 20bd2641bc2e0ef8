import numpy as np
import pandas as pd
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from scipy import stats as scipy_stats
from statsmodels.duration.survfunc import CumIncidenceRight

from rr_helpers.errors import UserError
from rr_helpers.stats import (
    cumulative_incidence,
    kaplan_meier,
    restricted_mean,
    restricted_mean_difference,
)


def referrals(seed=3, people=180, longest=120):
    """Waits in whole days with many ties, day 0 among them; 0 none yet, 1 response, 2 closed."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "days": draw.integers(0, longest, people),
            "event": draw.choice([0, 1, 2], people, p=[0.3, 0.55, 0.15]),
            "borough": draw.integers(0, 8, people),
        }
    )


def test_cumulative_incidence_and_its_variance_agree_with_statsmodels_at_ties():
    rows = referrals()
    oracle = CumIncidenceRight(rows["days"], rows["event"])
    for day, estimate in cumulative_incidence(rows["days"], rows["event"]).items():
        step = np.searchsorted(oracle.times, day, side="right") - 1
        assert estimate.value == pytest.approx(100 * oracle.cinc[0][step])
        assert estimate.details["standard_error"] == pytest.approx(100 * oracle.cinc_se[0][step])


def test_cumulative_incidence_agrees_with_lifelines_where_there_are_no_ties():
    draw = np.random.default_rng(8)
    days, event = draw.exponential(40, 150), draw.choice([0, 1, 2], 150)
    fitted = AalenJohansenFitter(calculate_variance=False).fit(days, event, event_of_interest=1)
    for day, estimate in cumulative_incidence(days, event, at=[7, 28, 90]).items():
        assert estimate.value == pytest.approx(100 * float(fitted.predict(day)))


def test_incidences_of_all_events_and_survival_add_up_to_everyone():
    rows = referrals()
    first = cumulative_incidence(rows["days"], rows["event"], 1)
    second = cumulative_incidence(rows["days"], rows["event"], 2)
    neither = kaplan_meier(rows["days"], rows["event"] > 0)
    for day in first:
        assert first[day].value + second[day].value + neither[day].value == pytest.approx(100)


def test_kaplan_meier_and_its_interval_agree_with_lifelines():
    rows = referrals()
    fitted = KaplanMeierFitter().fit(rows["days"], rows["event"] == 1)
    limits = fitted.confidence_interval_survival_function_
    for day, estimate in kaplan_meier(rows["days"], rows["event"] == 1).items():
        low, high = limits.loc[:day].iloc[-1]
        found = [estimate.value, estimate.low, estimate.high]
        assert found == pytest.approx([100 * fitted.predict(day), 100 * low, 100 * high])


def test_one_minus_kaplan_meier_overstates_where_something_else_ends_the_wait():
    rows = referrals()
    honest = cumulative_incidence(rows["days"], rows["event"], 1)[90].value
    assert 100 - kaplan_meier(rows["days"], rows["event"] == 1)[90].value > honest + 1


def test_the_restricted_mean_agrees_with_lifelines():
    rows = referrals()
    fitted = KaplanMeierFitter().fit(rows["days"], rows["event"] == 1)
    mean = restricted_mean(rows["days"], rows["event"] == 1, horizon=90)
    assert mean.value == pytest.approx(restricted_mean_survival_time(fitted, t=90), rel=1e-6)
    assert mean.unit == "days"


def test_the_clustered_interval_is_the_jackknife_by_refitting():
    rows = referrals()
    estimate = cumulative_incidence(rows["days"], rows["event"], clusters=rows["borough"])[28]
    without = []
    for borough in rows["borough"].unique():
        rest = rows[rows["borough"] != borough]
        without.append(cumulative_incidence(rest["days"], rest["event"])[28].value / 100)
    groups, share = len(without), estimate.value / 100
    error = np.sqrt((groups - 1) / groups * np.sum((np.array(without) - share) ** 2))
    half = scipy_stats.t.ppf(0.975, groups - 1) * error / ((1 - share) * -np.log(1 - share))
    scale = np.log(-np.log(1 - share))
    low, high = (100 * (1 - np.exp(-np.exp(scale + move))) for move in (-half, half))
    assert [estimate.low, estimate.high] == pytest.approx([low, high])
    assert (estimate.n, estimate.clusters) == (len(rows), groups)


def test_events_are_those_of_interest_by_the_day():
    estimate = cumulative_incidence([1, 5, 5, 9, 30], [1, 2, 1, 1, 0], at=[7])[7]
    assert (estimate.n, estimate.events, estimate.details["at_risk"]) == (5, 2, 2)


def test_a_day_that_nobody_was_followed_to_is_not_estimable():
    estimate = cumulative_incidence([3, 10, 20], [1, 1, 0], at=[28])[28]
    assert estimate.reason == "nobody was followed to 28"


def test_a_day_after_everyone_has_left_by_an_event_is_estimable():
    estimate = cumulative_incidence([3, 10, 20], [1, 2, 1], at=[28])[28]
    assert estimate.value == pytest.approx(100 * 2 / 3)


@pytest.mark.parametrize(
    ("days", "event", "clusters", "reason"),
    [
        ([], [], None, "there is nobody to follow"),
        ([40, 50, 60], [0, 0, 0], None, "nobody had had the event by 28"),
        ([1, 2, 3], [1, 1, 1], None, "everyone had had the event by 28"),
        ([1, 40, 50], [1, 0, 0], ["a", "a", "a"], "there is only one cluster"),
        (
            [1, 10, 50],
            [1, 0, 0],
            ["a", "b", "c"],
            "without one of the clusters nobody was followed",
        ),
    ],
)
def test_what_cannot_be_estimated_says_why(days, event, clusters, reason):
    estimate = cumulative_incidence(days, event, at=[28], clusters=clusters)[28]
    assert estimate.reason.startswith(reason)


def test_blanks_are_left_out_and_counted():
    estimate = cumulative_incidence([1, 5, None, 40], [1, 2, 1, None], at=[4])[4]
    assert (estimate.n, estimate.details["dropped"]) == (2, 2)


def test_events_may_be_named_in_words():
    words = ["response", "closed", "waiting", "waiting"]
    by_word = cumulative_incidence([1, 5, 9, 40], words, "response", censored="waiting", at=[7])
    by_code = cumulative_incidence([1, 5, 9, 40], [1, 2, 0, 0], at=[7])
    assert by_word[7].low == by_code[7].low


def test_words_without_one_for_nothing_yet_are_refused():
    with pytest.raises(UserError, match="Say which values mean these: event_of_interest="):
        cumulative_incidence([1, 5], ["response", "waiting"], "response")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: kaplan_meier([-2, 5], [1, 0]),
            "argument 'durations': -2 in row 0; expected 0 days",
        ),
        (lambda: kaplan_meier([2, 5], [1, 2]), "argument 'event': a number other than 0 and 1"),
        (lambda: kaplan_meier([2, 5], [1, 0], at=[]), "argument 'at': []; expected days above 0"),
        (lambda: restricted_mean([2], [1], horizon=-1), "argument 'horizon': [-1]"),
        (lambda: cumulative_incidence([2, 5], [3, 4]), "argument 'event': only 3, 4"),
        (
            lambda: kaplan_meier(pd.to_timedelta([2, 5], "D"), [1, 0]),
            "argument 'durations': dates or time spans; expected numbers",
        ),
        (
            lambda: restricted_mean_difference([2, 5], [1, 0], ["a", "b"], ("a",)),
            "argument 'groups': ('a',); expected two different labels",
        ),
    ],
)
def test_wrong_input_names_the_argument_and_the_cure(call, words):
    with pytest.raises(UserError) as caught:
        call()
    assert words in str(caught.value)
