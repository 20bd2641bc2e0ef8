"""Any input gives an estimate, a reason or a UserError: never a traceback, never a NaN."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rr_helpers import stats
from rr_helpers.errors import UserError
from rr_helpers.results import Estimate

CASES = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ANSWERS = st.one_of(st.none(), st.integers(1, 5), st.just(float("nan")))
ODD = st.one_of(
    ANSWERS, st.sampled_from(["NK", "", "3", True, math.inf, -math.inf, 1e308, -5, 0.5])
)
CLUSTERS = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "d"]))
COUNTS = st.one_of(st.integers(-2, 30), st.sampled_from([0, 0.5, None, "7", math.nan, 10**9]))


def columns(*values):
    return st.integers(0, 12).flatmap(
        lambda n: st.tuples(*(st.lists(value, min_size=n, max_size=n) for value in values))
    )


def assert_honest(result):
    """Every number is finite and in order, or there is a reason."""
    if isinstance(result, dict):
        for estimate in result.values():
            assert_honest(estimate)
        return
    assert isinstance(result, Estimate)
    if not result.estimable:
        assert len(result.reason) > 10
        assert result.low is None and result.high is None
        return
    assert result.low is not None and result.high is not None
    assert math.isfinite(result.low) and math.isfinite(result.high)
    assert result.low - 1e-6 <= result.value <= result.high + 1e-6
    assert result.n > 0
    bounds = {"%": (0, 100), "percentage points": (-100, 100)}.get(result.unit)
    if bounds:
        assert bounds[0] - 1e-9 <= result.low and result.high <= bounds[1] + 1e-9


def attempt(function, *arguments, **options):
    try:
        return function(*arguments, **options)
    except UserError as problem:
        assert "expected" in str(problem)
        return None


def check(function, *arguments, **options):
    result = attempt(function, *arguments, **options)
    if result is not None:
        assert_honest(result)


@CASES
@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS))
def test_shares_from_any_counts(counts):
    check(stats.proportion, *counts[:2])
    check(stats.proportion_difference, *counts)
    check(stats.paired_proportion_difference, *counts)


@CASES
@given(columns(st.one_of(st.none(), st.booleans(), st.integers(0, 1)), CLUSTERS))
def test_clustered_shares_of_any_rows(rows):
    check(stats.proportion_clustered, *rows)


@CASES
@given(st.sampled_from(["paired_dominance", "paired_mean_change", "signed_rank"]),
       columns(ANSWERS, ANSWERS, CLUSTERS), st.booleans())  # fmt: skip
def test_paired_change_of_any_answers(name, rows, clustered):
    check(getattr(stats, name), *(rows if clustered else rows[:2]))


@CASES
@given(st.sampled_from(["paired_dominance", "paired_mean_change", "signed_rank", "mcnemar"]),
       columns(ODD, ODD))  # fmt: skip
def test_paired_change_of_odd_values(name, rows):
    check(getattr(stats, name), *rows)


@CASES
@given(columns(st.one_of(st.none(), st.integers(0, 1)), st.one_of(st.none(), st.booleans())))
def test_mcnemar_of_any_answers(rows):
    check(stats.mcnemar, *rows)


@CASES
@given(columns(st.one_of(st.none(), st.sampled_from("abc")), st.sampled_from("abcd")))
def test_marginal_homogeneity_of_any_answers(rows):
    for test in stats.marginal_homogeneity(*rows).to_dict("records"):
        if test["reason"]:
            assert pd.isna(test["statistic"]) and pd.isna(test["p_value"])
        else:
            assert test["statistic"] >= -1e-9 and 0 <= test["p_value"] <= 1


DAYS = st.one_of(st.none(), st.integers(0, 40), st.floats(0, 40))
EVENTS = st.one_of(st.none(), st.integers(0, 2))


@CASES
@given(columns(DAYS, EVENTS, CLUSTERS), st.booleans())
def test_time_to_any_event(rows, clustered):
    clusters = rows[2] if clustered else None
    check(stats.cumulative_incidence, *rows[:2], at=[7, 28], clusters=clusters)
    happened = [None if kind is None else kind == 1 for kind in rows[1]]
    check(stats.kaplan_meier, rows[0], happened, at=[7, 28], clusters=clusters)
    check(stats.restricted_mean, rows[0], happened, horizon=28, clusters=clusters)


@CASES
@given(columns(DAYS, st.booleans(), st.sampled_from("ab")))
def test_differences_of_any_restricted_means(rows):
    check(stats.restricted_mean_difference, *rows, groups=("a", "b"), horizon=28)


@CASES
@given(columns(ODD, ODD, CLUSTERS))
def test_time_to_odd_events(rows):
    check(stats.cumulative_incidence, *rows[:2], at=[7], clusters=rows[2])
    check(stats.kaplan_meier, *rows[:2], at=[7], clusters=rows[2])


@CASES
@given(columns(ANSWERS, st.one_of(st.none(), st.integers(0, 2)), CLUSTERS))
def test_regression_on_any_rows(rows):
    frame = pd.DataFrame(dict(zip(("score", "age", "borough"), rows, strict=True)))
    numeric = frame.assign(score=frame["score"].astype(float), age=frame["age"].astype(float))
    check(stats.linear, numeric, "score ~ age", clusters="borough")
    check(stats.linear, frame, "score ~ age", clusters="borough")


@CASES
@given(columns(st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 2), CLUSTERS))
def test_odds_and_rates_of_any_rows(rows):
    frame = pd.DataFrame(dict(zip(("cases", "age", "borough"), rows, strict=True)))
    frame = frame.astype({"cases": float, "age": float}).assign(had=lambda f: f["cases"].clip(0, 1))
    check(stats.logistic, frame, "had ~ age", clusters="borough")
    check(stats.counts, frame, "cases ~ age", clusters="borough")
    check(stats.counts, frame, "cases ~ 1", clusters="borough", exposure="age")


@CASES
@given(st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=40), st.integers(-2, 45))
def test_any_series(values, start):
    frame = pd.DataFrame({"month": range(len(values)), "cases": pd.Series(values, dtype=float)})
    call = dict(time="month", outcome="cases", interruption=start)
    check(stats.interrupted_time_series, frame, **call)
    check(stats.interrupted_time_series, frame, **call, log=False, method="ols")


@CASES
@given(columns(st.one_of(st.none(), st.floats(-0.1, 1.1)), st.sampled_from(["Q1", "Q2", None])))
def test_adjusting_any_p_values(rows):
    for method in ("holm", "hochberg", "bh"):
        table = attempt(stats.adjust, rows[0], method=method, family=rows[1])
        if table is not None:
            tested = table.dropna(subset=["p_value"])
            assert (tested["adjusted"] >= tested["p_value"] - 1e-12).all()
            assert (tested["adjusted"] <= 1).all()
            assert table.loc[table["p_value"].isna(), "adjusted"].isna().all()


@pytest.mark.parametrize("values", [5, "12", None, [[1, 2], [3, 4]], pd.DataFrame({"a": [1]}),
                                    np.zeros((2, 2)), {"a": 1}])  # fmt: skip
def test_what_is_no_column_is_refused_by_name(values):
    with pytest.raises(UserError, match="argument 'before'"):
        stats.paired_dominance(values, [1, 2])
