"""As test_stats_degenerate, for models, scales, weights, areas and configurations."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_stats_degenerate import CASES, CLUSTERS, DAYS, ODD, attempt, check, columns

from rr_helpers import stats
from rr_helpers.errors import UserError

ANSWERS = st.one_of(st.none(), st.integers(1, 4))
TERM = st.one_of(st.none(), st.integers(0, 2))


def table(rows, *names):
    return pd.DataFrame(dict(zip(names, rows, strict=True)))


def honest_tests(result):
    """A table of tests: numbers that can be numbers, or a reason."""
    if result is None:
        return
    for row in result.to_dict("records"):
        if row["reason"]:
            assert len(row["reason"]) > 10 and pd.isna(row["p_value"])
        else:
            assert 0 <= row["p_value"] <= 1 and math.isfinite(row["statistic"])


@CASES
@given(columns(ANSWERS, TERM, CLUSTERS), st.sampled_from(["CR2", "bias_reduced"]))
def test_other_variances_on_any_rows(rows, small_sample):
    frame = table(rows, "score", "age", "borough").astype({"score": float, "age": float})
    frame = frame.assign(high=(frame["score"] > 2).astype(float).where(frame["score"].notna()))
    call = dict(clusters="borough", small_sample=small_sample)
    check(stats.linear, frame, "score ~ age", **call)
    check(stats.logistic, frame, "high ~ age", **call)
    check(stats.counts, frame, "score ~ age", **call)


@CASES
@given(columns(ANSWERS, TERM, CLUSTERS))
def test_mixed_models_and_wild_bootstraps_of_any_rows(rows):
    frame = table(rows, "score", "age", "borough").astype({"score": float, "age": float})
    check(stats.mixed, frame, "score ~ age", clusters="borough")
    honest_tests(attempt(stats.wild_bootstrap, frame, "score ~ age", "age", clusters="borough"))


@CASES
@given(columns(ANSWERS, TERM, CLUSTERS))
def test_ordered_answers_of_any_rows(rows):
    frame = table(rows, "answer", "age", "borough").astype({"answer": float, "age": float})
    check(stats.proportional_odds, frame, "answer ~ age", clusters="borough")
    honest_tests(attempt(stats.proportional_odds_check, frame, "answer ~ age", clusters="borough"))


@CASES
@given(st.lists(st.tuples(st.integers(1, 3), TERM, st.integers(0, 40)), min_size=30, max_size=60))
def test_estimating_equations_of_any_rows(rows):
    frame = pd.DataFrame(rows, columns=["answer", "age", "person"]).astype({"age": float})
    check(stats.ordinal_gee, frame, "answer ~ age", clusters="person")


@CASES
@given(columns(ODD, st.sampled_from("abc"), CLUSTERS), st.booleans())
def test_superiority_of_any_groups(rows, clustered):
    clusters = rows[2] if clustered else None
    check(stats.probability_of_superiority, *rows[:2], groups=("a", "b"), clusters=clusters)


@CASES
@given(columns(DAYS, st.one_of(st.none(), st.booleans()), TERM, CLUSTERS), st.booleans())
def test_hazards_of_any_rows(rows, clustered):
    frame = table(rows, "days", "response", "age", "borough")
    frame = frame.astype({"days": float, "age": float})
    clusters = "borough" if clustered else None
    check(stats.cox, frame, "days ~ age", event="response", clusters=clusters)


@CASES
@given(columns(DAYS, st.booleans(), st.sampled_from("ab"), CLUSTERS))
def test_clustered_differences_of_restricted_means(rows):
    days, event, group, clusters = rows
    call = dict(groups=("a", "b"), horizon=28, clusters=clusters)
    check(stats.restricted_mean_difference, days, event, group, **call)


@CASES
@given(columns(*[st.integers(0, 4)] * 4, CLUSTERS))
def test_clustered_paired_shares(rows):
    check(stats.paired_proportion_difference, *rows[:4], clusters=[str(c) for c in rows[4]])


@CASES
@given(columns(st.one_of(st.none(), st.booleans()), st.booleans(), CLUSTERS))
def test_clustered_mcnemar(rows):
    check(stats.mcnemar, *rows)


@CASES
@given(st.integers(0, 30).flatmap(lambda n: st.lists(
    st.tuples(ANSWERS, st.integers(1, 2), st.integers(1, 5)), min_size=n, max_size=n)),
    st.booleans())  # fmt: skip
def test_scales_of_any_answers(rows, repeated):
    items = pd.DataFrame(rows * (4 if repeated else 1), columns=["one", "two", "three"])
    check(stats.cronbach_alpha, items)
    check(stats.omega, items)


@CASES
@given(columns(st.integers(0, 7), st.integers(0, 2), st.one_of(ANSWERS, st.floats(-3, 3))),
       st.sampled_from(["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]))  # fmt: skip
def test_agreement_of_any_ratings(rows, kind):
    frame = table(rows, "file", "rater", "score").drop_duplicates(["file", "rater"])
    check(stats.icc, frame, targets="file", raters="rater", ratings="score", kind=kind)


@CASES
@given(
    st.lists(st.tuples(st.integers(0, 7), st.floats(-2, 2)), min_size=12, max_size=24),
    st.sampled_from(["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]),
)
def test_agreement_of_complete_ratings(values, kind):
    rows = [(k // 2, k % 2, a if k % 3 else b) for k, (a, b) in enumerate(values)]
    frame = pd.DataFrame(rows, columns=["file", "rater", "score"])
    check(stats.icc, frame, targets="file", raters="rater", ratings="score", kind=kind)


@CASES
@given(columns(st.one_of(st.none(), st.sampled_from("fm")), st.integers(0, 1)),
       st.floats(-0.1, 1.1), st.one_of(st.none(), st.floats(1.1, 5)))  # fmt: skip
def test_weights_of_any_rows(rows, share, largest):
    frame = table(rows, "sex", "answered")
    weights = attempt(stats.rake, frame, {"sex": {"f": share, "m": 1 - share}}, largest=largest)
    if weights is not None:
        assert (weights > 0).all() and weights.mean() == pytest.approx(1)
        assert 0 < stats.effective_n(weights) <= len(weights) + 1e-6
    found = attempt(stats.nonresponse_weights, frame, "sex", responded="answered")
    if found is not None:
        assert (found["weight"].dropna() > 0).all()
        assert found.loc[frame["answered"] == 0, "weight"].isna().all()


@CASES
@given(st.lists(st.one_of(st.none(), st.floats(-1, 1e6)), max_size=10))
def test_effective_numbers_of_any_weights(weights):
    found = attempt(stats.effective_n, weights)
    assert found is None or 0 <= found <= len(weights) + 1e-6
    attempt(stats.weighted_shares, ["a"] * len(weights), weights)


@CASES
@given(
    columns(st.one_of(st.none(), st.integers(-1, 60)), st.one_of(st.just(0), st.floats(0.1, 80)))
)
def test_any_areas(rows):
    for options in ({}, {"overdispersion": True}):
        limits = attempt(stats.funnel_limits, *rows, **options)
        if limits is not None and len(limits):
            assert (limits["low_95"] <= limits["high_95"]).all()
            assert (limits["low_99.8"] <= limits["low_95"]).all()
            assert limits.drop(columns="area").notna().all(axis=None)


@CASES
@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0.5, 40)), max_size=7))
def test_any_shrunk_rates(rows):
    seen, due = [list(part) for part in zip(*rows, strict=True)] if rows else ([], [])
    found = stats.shrink_rates(seen, due)
    known = found[found["reason"] == ""]
    assert ((known["low"] <= known["shrunk"]) & (known["shrunk"] <= known["high"])).all()
    assert found[found["reason"] != ""]["shrunk"].isna().all()


@CASES
@given(*[st.one_of(st.integers(-1, 50), st.floats(0, 100), st.none())] * 4)
def test_any_rate_ratio(count_1, exposure_1, count_2, exposure_2):
    check(stats.rate_ratio, count_1, exposure_1, count_2, exposure_2)


@CASES
@given(columns(ANSWERS, st.one_of(st.none(), st.floats(-5, 5)), st.one_of(st.none(), st.just(1))))
def test_littles_test_of_any_answers(rows):
    frame = table(rows, "a", "b", "c").astype(float)
    honest_tests(attempt(stats.little_mcar, frame))
    honest_tests(attempt(stats.little_mcar, frame[["a", "b"]]))


@CASES
@given(columns(ANSWERS, st.one_of(st.none(), st.booleans()), st.one_of(st.none(), st.floats(0, 9)),
               st.sampled_from("ab")))  # fmt: skip
def test_any_table_is_filled_in_or_refused(rows):
    frame = table(rows, "answer", "safe", "score", "course")
    frame["answer"] = pd.Categorical(frame["answer"], [1, 2, 3, 4], ordered=True)
    for filled in attempt(stats.impute, frame, m=2, iterations=1, clusters="course") or []:
        assert not filled.isna().any(axis=None)
        known = frame["score"].notna()
        assert (filled.loc[known, "score"] == frame.loc[known, "score"]).all()


@CASES
@given(st.lists(st.floats(-50, 50), max_size=5), st.lists(st.floats(-1, 20), max_size=5))
def test_any_numbers_pooled(values, errors):
    check(stats.pool, values, errors, degrees_of_freedom=12, n=20)


MEMBERS = st.one_of(st.integers(0, 1), st.sampled_from([0.2, 0.5, 0.8, None, 1.5]))


@CASES
@given(columns(MEMBERS, st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)))
def test_any_configurations(rows):
    frame = table(rows, "a", "b", "c", "y")
    names = ["a", "b", "c"]
    found = attempt(stats.truth_table, frame, outcome="y", conditions=names, most_conditions=3)
    if found is None:
        return
    assert found["inclusion"].between(0, 1 + 1e-9).all()
    for solution in ("conservative", "parsimonious"):
        fits = stats.minimise(found, frame, outcome="y", solution=solution)
        assert fits.empty == (found["outcome"] == 0).all()
        assert fits["coverage"].between(0, 1 + 1e-9).all()
    attempt(stats.necessity, frame, outcome="y", conditions=names)


@CASES
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=5, max_size=40),
    st.integers(-2, 45),
    st.sampled_from(["poisson", "quasi_poisson", "negative_binomial"]),
)
def test_any_counts_of_months(values, start, method):
    frame = pd.DataFrame({"month": range(len(values)), "cases": pd.Series(values, dtype=float)})
    call = dict(time="month", outcome="cases", interruption=start)
    check(stats.interrupted_time_series, frame, method=method, **call)
    band = attempt(stats.counterfactual, frame, **call)
    assert band is None or band.drop(columns="month").notna().all(axis=None)
    placebos = attempt(stats.placebo_dates, frame, **call)
    assert placebos is None or placebos["level_change"].notna().all()


def test_the_sweep_refuses_what_is_no_analysis():
    frame = pd.DataFrame({"a": [1.0, None, 3.0], "b": [1, 2, 3]})
    with pytest.raises(UserError, match="argument 'analyse'"):
        stats.delta_sweep(frame, "a", [0], "mean")
    with pytest.raises(UserError, match="argument 'shift': 'b'; expected a column that has blanks"):
        stats.delta_sweep(frame, "b", [0], len, m=2)
