import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg

from rr_helpers.errors import UserError
from rr_helpers.stats import cox, restricted_mean_difference


def waits(draw=None, groups=8, people=120, effect=0.5, between=0.3):
    draw = draw or np.random.default_rng(6)
    frame = pd.DataFrame({"borough": draw.integers(0, groups, people)})
    frame["trained"] = draw.integers(0, 2, people)
    frame["age"] = draw.normal(0, 1, people)
    log_speed = effect * frame["trained"] + draw.normal(0, between, groups)[frame["borough"]]
    happens = np.floor(draw.exponential(30 / np.exp(log_speed)))
    followed = np.floor(draw.uniform(20, 120, people))
    frame["days"] = np.minimum(happens, followed)
    return frame.assign(response=happens <= followed)


def test_hazard_ratios_without_clusters_are_those_of_statsmodels():
    frame = waits()
    oracle = PHReg(frame["days"], frame[["trained", "age"]], frame["response"], ties="efron").fit()
    found = cox(frame, "days ~ trained + age", event="response")
    low, high = np.exp(oracle.conf_int()[0])
    assert found["trained"].details["coefficient"] == pytest.approx(oracle.params[0], rel=1e-4)
    assert [found["trained"].low, found["trained"].high] == pytest.approx([low, high], rel=1e-3)
    assert (found["trained"].events, found["trained"].clusters) == (frame["response"].sum(), None)


def test_the_clustered_interval_is_the_jackknife_of_refits_by_statsmodels():
    frame = waits()

    def slope(rows):
        return (
            PHReg(rows["days"], rows[["trained"]], rows["response"], ties="efron").fit().params[0]
        )

    whole = slope(frame)
    without = np.array([slope(frame[frame["borough"] != g]) for g in range(8)])
    error = np.sqrt(7 / 8 * np.sum((without - whole) ** 2))
    found = cox(frame, "days ~ trained", "trained", event="response", clusters="borough")
    assert found.details["standard_error"] == pytest.approx(error, rel=1e-3)
    assert (found.clusters, found.details["degrees_of_freedom"]) == (8, 7)


def test_nobody_with_the_event_and_separation_are_not_estimable():
    frame = waits()
    none = cox(frame.assign(response=False), "days ~ trained", "trained", event="response")
    assert none.reason == "there are 0 events, too few for the terms"
    apart = frame.assign(response=frame["trained"] == 1)
    found = cox(apart, "days ~ trained", "trained", event="response", clusters="borough")
    assert "tell apart completely who had the event" in found.reason


def test_events_in_words_are_refused_by_name():
    with pytest.raises(UserError, match="argument 'event'"):
        cox(waits().assign(response="closed"), "days ~ trained", event="response")
    with pytest.raises(UserError, match="argument 'event': 'seen'; expected a column of 'frame'"):
        cox(waits(), "days ~ trained", event="seen")


def test_a_difference_of_restricted_means_in_boroughs_covers():
    draw, runs = np.random.default_rng(21), 40
    held, plain = 0, 0
    for _ in range(runs):
        frame = waits(draw, effect=0.0, between=0.8)
        # Training by borough: the case in which counting people as independent fails.
        frame["trained"] = frame["borough"] % 2
        call = (frame["days"], frame["response"], frame["trained"], (1, 0))
        found = restricted_mean_difference(*call, horizon=15, clusters=frame["borough"])
        held += found.low <= 0 <= found.high
        simple = restricted_mean_difference(*call, horizon=15)
        plain += simple.low <= 0 <= simple.high
    assert held / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)
    assert plain < held
