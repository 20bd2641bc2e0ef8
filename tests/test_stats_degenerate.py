"""Any input gives an estimate, a reason or a cure: never a traceback, never a NaN.

One property for each public function, tried on 100 cases: tables of any answers, and tables spoilt
as real ones are (one cluster, no event, all ties, no spread, separation, blanks only, one row, no
row, text among numbers). An estimate must be finite, lie within its interval, keep the level asked
for, and count the rows that were complete.
"""

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
ANSWERS = st.one_of(st.none(), st.integers(1, 5), st.just(math.nan))
FEW = st.one_of(st.none(), st.integers(0, 2))
YES = st.one_of(st.none(), st.booleans())
DAYS = st.one_of(st.none(), st.integers(0, 40), st.floats(0, 40))
CLUSTERS = st.one_of(st.none(), st.sampled_from("abcd"))
COUNTS = st.one_of(st.integers(-2, 30), st.sampled_from([0, 0.5, None, "7", math.nan, 10**9]))
ODD = [None, "NK", "", "3", True, math.inf, -math.inf, 1e308, -5, 0.5, math.nan]
SPOILT = ["one value", "no value", "one row", "no row", "text", "same as the last"]
LEVELS = st.sampled_from([0.95, 0.9, 0.5])
WRONG = [None, 5, "12", [[1, 2], [3, 4]], {"a": 1}]


def table(draw, most=10, least=0, **columns):
    """A table of drawn columns, in half of the cases with one of them spoilt."""
    size = draw(st.integers(least, most))
    frame = pd.DataFrame(
        {
            name: draw(st.lists(values, min_size=size, max_size=size))
            for name, values in columns.items()
        },
        columns=list(columns),
    )
    how, which = (
        draw(st.sampled_from([*SPOILT, *["not"] * 6])),
        draw(st.sampled_from(list(columns))),
    )
    if how == "one value":
        frame[which] = frame[which].iloc[0] if size else None
    elif how == "no value":
        frame[which] = None
    elif how == "same as the last":
        frame[which] = frame[list(columns)[-1]]
    elif how == "text" and size:
        frame[which] = frame[which].astype(object)
        frame.loc[frame.index[0], which] = draw(st.sampled_from(["NK", "", " 3 "]))
    return frame.head({"one row": 1, "no row": 0}.get(how, most))


def numeric(frame, *names):
    """The table with numbers as a workbook gives them, where they are numbers at all."""
    try:
        return frame.astype({name: float for name in names})
    except (TypeError, ValueError):
        return frame


def attempt(function, *arguments, **options):
    try:
        return function(*arguments, **options)
    except UserError as problem:
        assert "expected" in str(problem)
        return None


def check(function, *arguments, complete=None, level=0.95, **options):
    """Call it, and hold what comes back to be honest."""
    result = attempt(function, *arguments, level=level, **options)
    if result is not None:
        honest(result, level, complete)
    return result


def honest(result, level=0.95, complete=None):
    if isinstance(result, dict):
        for estimate in result.values():
            honest(estimate, level, complete)
        return
    assert isinstance(result, Estimate)
    assert result.level == level
    assert complete is None or result.n == complete
    if not result.estimable:
        assert len(result.reason) > 10
        assert result.low is None and result.high is None
        return
    assert math.isfinite(result.low) and math.isfinite(result.high)
    assert result.low - 1e-6 <= result.value <= result.high + 1e-6
    assert result.n > 0
    bounds = {"%": (0, 100), "percentage points": (-100, 100), "ratio": (0, math.inf)}
    least, most = bounds.get(result.unit, (-math.inf, math.inf))
    assert least - 1e-9 <= result.low and result.high <= most + 1e-9


def honest_tests(result):
    """A table of tests: numbers that can be numbers, or a reason."""
    for row in [] if result is None else result.to_dict("records"):
        if row["reason"]:
            assert len(row["reason"]) > 10 and pd.isna(row["p_value"])
        else:
            assert -1e-9 <= row["p_value"] <= 1 and math.isfinite(row["statistic"])


def known(frame, *names) -> int | None:
    """How many rows have every one of the columns; None where text stands among the numbers."""
    used = frame[list(names)]
    if any(isinstance(value, str) and len(value) != 1 for value in used.to_numpy().ravel()):
        return None
    return len(used.dropna())


PROPERTIES = {}


def of(name):
    def enter(function):
        PROPERTIES[name] = function
        return function

    return enter


@of("proportion")
def any_share(draw):
    check(stats.proportion, draw(COUNTS), draw(COUNTS), level=draw(LEVELS))
    rows = table(draw, 5, count=st.integers(0, 9), n=st.integers(0, 9))
    check(stats.proportion, list(rows["count"]), list(rows["n"]), clusters=list(rows.index))


@of("proportion_clustered")
def any_clustered_share(draw):
    rows = table(draw, happened=YES, course=CLUSTERS)
    complete = known(rows, "happened", "course")
    check(stats.proportion_clustered, rows["happened"], rows["course"], complete=complete)


@of("proportion_difference")
def any_difference(draw):
    counts = [draw(COUNTS) for _ in range(4)]
    check(stats.proportion_difference, *counts, level=draw(LEVELS))


@of("paired_proportion_difference")
def any_paired_difference(draw):
    check(stats.paired_proportion_difference, *(draw(COUNTS) for _ in range(4)))
    cells = st.integers(0, 4)
    rows = table(draw, 5, a=cells, b=cells, c=cells, d=cells, course=st.sampled_from("abc"))
    parts = [list(rows[name]) for name in "abcd"]
    check(stats.paired_proportion_difference, *parts, clusters=list(rows["course"]))


def any_pairs(name, answers=ANSWERS):
    def property_of(draw):
        rows = table(draw, before=answers, after=answers, course=CLUSTERS)
        clustered = draw(st.booleans())
        used = ["before", "after"] + ["course"] * clustered
        columns = [rows[name] for name in used]
        check(getattr(stats, name), *columns, complete=known(rows, *used), level=draw(LEVELS))
        odd = table(draw, 5, before=st.sampled_from(ODD), after=st.sampled_from(ODD))
        check(getattr(stats, name), odd["before"], odd["after"])
        check(getattr(stats, name), draw(st.sampled_from(WRONG)), [1, 2])

    return property_of


for paired in ("paired_dominance", "paired_mean_change", "signed_rank"):
    of(paired)(any_pairs(paired))
of("mcnemar")(any_pairs("mcnemar", YES))


@of("marginal_homogeneity")
def any_margins(draw):
    letters = st.one_of(st.none(), st.sampled_from("abc"))
    rows = table(draw, before=letters, after=st.sampled_from("abcd"))
    honest_tests(attempt(stats.marginal_homogeneity, rows["before"], rows["after"]))


def any_rows(draw, outcome=ANSWERS):
    rows = table(draw, y=outcome, age=FEW, borough=CLUSTERS)
    if draw(st.booleans()):  # separation: the term tells the outcome apart
        rows["y"] = [None if pd.isna(a) else a for a in rows["age"]]
    return numeric(rows, "y", "age")


def any_model(name, outcome=ANSWERS, variances=("CR3", "CR2", "bias_reduced")):
    def property_of(draw):
        rows = any_rows(draw, outcome)
        options = {"small_sample": draw(st.sampled_from(variances))} if variances else {}
        call = dict(clusters="borough", level=draw(LEVELS), **options)
        found = check(
            getattr(stats, name),
            rows,
            "y ~ age",
            complete=known(rows, "y", "age", "borough"),
            **call,
        )
        if found is not None:
            lines = stats.coefficient_table(found)
            assert lines.loc[lines["reason"] == "", "p_value"].between(0, 1).all()

    return property_of


of("linear")(any_model("linear"))
of("mixed")(any_model("mixed", variances=()))
of("proportional_odds")(any_model("proportional_odds", variances=()))
of("logistic")(any_model("logistic", st.one_of(st.none(), st.integers(0, 1))))


@of("counts")
def any_counts(draw):
    any_model("counts", st.one_of(st.none(), st.integers(0, 3)))(draw)
    rows = any_rows(draw, st.one_of(st.none(), st.integers(0, 3)))
    check(stats.counts, rows, "y ~ 1", clusters="borough", exposure="age")


@of("coefficient_table")
def any_coefficients(draw):
    ends = st.one_of(st.none(), st.floats(0.1, 5))
    value = draw(ends)
    estimate = Estimate(
        value=value, low=value, high=value, n=draw(st.integers(0, 9)), method="any",
        reason="" if value is not None else "there is nothing to tell", unit="ratio",
        details={"standard_error": draw(st.floats(0.01, 9)),
                 "degrees_of_freedom": draw(st.one_of(st.just(math.inf), st.floats(1, 99)))},
    )  # fmt: skip
    lines = stats.coefficient_table({"a": estimate})
    assert list(lines["term"]) == ["a"] and lines["n"][0] == estimate.n
    assert pd.isna(lines["p_value"][0]) if value is None else 0 <= lines["p_value"][0] <= 1
    assert attempt(stats.coefficient_table, draw(st.sampled_from([None, 5, {"a": 1}, "a"]))) is None


@of("wild_bootstrap")
def any_bootstrap(draw):
    rows = any_rows(draw)
    honest_tests(attempt(stats.wild_bootstrap, rows, "y ~ age", "age", clusters="borough"))
    boroughs = st.sampled_from("abcdefg")
    rows = numeric(table(draw, 14, y=ANSWERS, age=FEW, borough=boroughs), "y", "age")
    found = attempt(stats.wild_bootstrap, rows, "y ~ age", "age", clusters="borough")
    honest_tests(found)


@of("proportional_odds_check")
def any_odds_check(draw):
    rows = any_rows(draw)
    honest_tests(attempt(stats.proportional_odds_check, rows, "y ~ age", clusters="borough"))


@of("ordinal_gee")
def any_estimating_equations(draw):
    answers, people = st.integers(1, 3), st.integers(0, 40)
    rows = table(draw, 60, 30, y=answers, age=FEW, person=people, wave=st.integers(1, 2))
    once = numeric(rows.drop_duplicates(["person", "wave"]), "y", "age")
    working = draw(st.sampled_from(["independence", "uniform"]))
    call = dict(clusters="person", repeated="wave", working=working)
    complete = known(once, "y", "age", "person", "wave")
    check(stats.ordinal_gee, once, "y ~ age", complete=complete, **call)


@of("probability_of_superiority")
def any_superiority(draw):
    groups = st.sampled_from("abc")
    rows = table(draw, answer=ANSWERS, group=groups, borough=CLUSTERS)
    clusters = rows["borough"] if draw(st.booleans()) else None
    used = ["answer", "group"] + ["borough"] * (clusters is not None)
    complete = known(rows[rows["group"].isin(["a", "b"])], *used)
    options = dict(groups=("a", "b"), clusters=clusters, level=draw(LEVELS))
    call = (stats.probability_of_superiority, rows["answer"], rows["group"])
    check(*call, complete=complete if known(rows, "answer") is not None else None, **options)


@of("cox")
def any_hazards(draw):
    rows = table(draw, 10, days=DAYS, age=FEW, response=YES, borough=CLUSTERS)
    rows = numeric(rows, "days", "age")
    options = draw(st.sampled_from([{}, {"clusters": "borough"}, {"strata": "borough"}]))
    used = ["days", "age", "response"] + ["borough"] * bool(options)
    check(stats.cox, rows, "days ~ age", event="response", complete=known(rows, *used), **options)


def any_times(draw):
    rows = table(draw, days=DAYS, what=st.one_of(st.none(), st.integers(0, 2)), borough=CLUSTERS)
    options = {"clusters": rows["borough"]} if draw(st.booleans()) else {}
    complete = known(rows, "days", "what", *(["borough"] if options else []))
    return rows, options | {"level": draw(LEVELS), "complete": complete}


def happened(rows):
    return [None if pd.isna(kind) else kind == 1 for kind in rows["what"]]


@of("kaplan_meier")
def any_survival(draw):
    rows, options = any_times(draw)
    check(stats.kaplan_meier, rows["days"], happened(rows), at=[7, 28], **options)


@of("cumulative_incidence")
def any_incidence(draw):
    rows, options = any_times(draw)
    check(stats.cumulative_incidence, rows["days"], rows["what"], at=[7, 28], **options)


@of("restricted_mean")
def any_restricted_mean(draw):
    rows, options = any_times(draw)
    check(stats.restricted_mean, rows["days"], happened(rows), horizon=28, **options)


@of("restricted_mean_difference")
def any_restricted_difference(draw):
    rows, options = any_times(draw)
    group = draw(st.lists(st.sampled_from("ab"), min_size=len(rows), max_size=len(rows)))
    call = (rows["days"], happened(rows), pd.Series(group, rows.index, dtype=object))
    check(stats.restricted_mean_difference, *call, groups=("a", "b"), horizon=28, **options)


def any_series(draw):
    cases = st.one_of(st.integers(0, 60), st.none())
    rows = table(draw, 40, 5, cases=cases if draw(st.booleans()) else st.integers(1, 60))
    rows = numeric(rows.assign(month=range(len(rows))), "cases")
    return rows, dict(time="month", outcome="cases", interruption=draw(st.integers(-2, 30)))


@of("interrupted_time_series")
def any_interruption(draw):
    rows, call = any_series(draw)
    methods = ["reml_ar1", "ols", "newey_west", "poisson", "quasi_poisson", "negative_binomial"]
    options = {"method": draw(st.sampled_from(methods)), "slope": draw(st.booleans())}
    check(stats.interrupted_time_series, rows, complete=known(rows, "cases"), **options, **call)
    check(stats.interrupted_time_series, rows, log=False, method="ols", **call)


@of("counterfactual")
def any_counterfactual(draw):
    rows, call = any_series(draw)
    band = attempt(stats.counterfactual, rows, **call)
    if band is not None:
        assert len(band) == known(rows, "cases")
        assert np.isfinite(band.drop(columns="month").astype(float)).all(axis=None)
        assert (band["low"] <= band["counterfactual"]).all()
        assert (band["counterfactual"] <= band["high"]).all()


@of("placebo_dates")
def any_placebos(draw):
    rows, call = any_series(draw)
    placebos = attempt(stats.placebo_dates, rows, **call)
    assert placebos is None or np.isfinite(placebos["level_change"].astype(float)).all()


@of("little_mcar")
def any_missing(draw):
    scores = st.one_of(st.none(), st.floats(-5, 5))
    rows = table(draw, a=ANSWERS, b=scores, c=st.one_of(st.none(), st.just(1)))
    honest_tests(attempt(stats.little_mcar, rows[["a", "b"]]))
    honest_tests(attempt(stats.little_mcar, rows))


def any_holes(draw):
    scores = st.one_of(st.none(), st.floats(0, 9))
    rows = table(draw, 10, answer=FEW, safe=YES, score=scores, course=st.sampled_from("ab"))
    if known(rows, "answer") is not None:
        rows["answer"] = pd.Categorical(rows["answer"], [0, 1, 2], ordered=True)
    return rows


@of("impute")
def any_imputation(draw):
    rows = any_holes(draw)
    for filled in attempt(stats.impute, rows, m=2, iterations=1, clusters="course") or []:
        assert len(filled) == len(rows) and not filled.isna().any(axis=None)
        kept = rows["score"].notna()
        assert (filled.loc[kept, "score"] == rows.loc[kept, "score"]).all()


@of("delta_sweep")
def any_sweep(draw):
    rows = any_holes(draw)

    def analyse(filled):
        return stats.paired_mean_change(filled["score"] * 0, filled["score"])

    swept = attempt(stats.delta_sweep, rows, "score", [1], analyse, m=2, iterations=1)
    if swept is not None:
        assert list(swept["delta"]) == [0.0, 1.0] and (swept["n"] == len(rows)).all()
        told = swept[swept["reason"] == ""]
        assert ((told["low"] <= told["value"]) & (told["value"] <= told["high"])).all()
        assert swept.loc[swept["reason"] != "", "value"].isna().all()


@of("pool")
def any_pool(draw):
    values = draw(st.lists(st.floats(-50, 50), max_size=5))
    errors = draw(st.lists(st.floats(-1, 20), max_size=5))
    check(stats.pool, values, errors, degrees_of_freedom=12, n=20, complete=20, level=draw(LEVELS))
    rows = any_rows(draw)
    found = attempt(stats.linear, rows, "y ~ age", "age", clusters="borough")
    if found is not None:
        check(stats.pool, [found, found], complete=found.n)


@of("rake")
def any_raking(draw):
    rows = table(draw, sex=st.one_of(st.none(), st.sampled_from("fm")), answered=st.integers(0, 1))
    share, largest = draw(st.floats(-0.1, 1.1)), draw(st.one_of(st.none(), st.floats(1.1, 5)))
    weights = attempt(stats.rake, rows, {"sex": {"f": share, "m": 1 - share}}, largest=largest)
    if weights is not None:
        assert (weights > 0).all() and weights.mean() == pytest.approx(1)
        assert len(weights) == len(rows)


@of("nonresponse_weights")
def any_nonresponse(draw):
    rows = table(draw, sex=st.one_of(st.none(), st.sampled_from("fm")), answered=st.integers(0, 1))
    found = attempt(stats.nonresponse_weights, rows, "sex", responded="answered")
    if found is not None:
        assert len(found) == len(rows) and (found["weight"].dropna() > 0).all()
        assert found.loc[rows["answered"].astype(int) == 0, "weight"].isna().all()


WEIGHTS = st.one_of(st.none(), st.floats(-1, 1e6), st.just(0.0))


@of("effective_n")
def any_effective_number(draw):
    weights = table(draw, w=WEIGHTS)["w"]
    found = attempt(stats.effective_n, weights)
    assert found is None or 0 <= found <= len(weights) + 1e-6


@of("weighted_shares")
def any_weighted_shares(draw):
    rows = table(draw, answer=CLUSTERS, w=WEIGHTS)
    shares = attempt(stats.weighted_shares, rows["answer"], rows["w"])
    if shares is not None and len(shares):
        assert (shares["n"] == len(rows.dropna())).all()
        assert shares["unweighted"].sum() == pytest.approx(100)
        assert shares["weighted"].isna().all() or shares["weighted"].sum() == pytest.approx(100)


def any_items(draw):
    items = table(draw, 30, one=ANSWERS, two=st.integers(1, 2), three=st.integers(1, 5))
    repeated = pd.concat([items] * (4 if draw(st.booleans()) else 1), ignore_index=True)
    return repeated, known(repeated, "one", "two", "three")


@of("cronbach_alpha")
def any_alpha(draw):
    items, complete = any_items(draw)
    check(stats.cronbach_alpha, items, complete=complete, level=draw(LEVELS))


@of("omega")
def any_omega(draw):
    items, complete = any_items(draw)
    check(stats.omega, items, complete=complete, level=draw(LEVELS))


@of("icc")
def any_agreement(draw):
    scores = st.one_of(ANSWERS, st.floats(-3, 3))
    rows = table(draw, 24, file=st.integers(0, 7), rater=st.integers(0, 1), score=scores)
    rows = rows.drop_duplicates(["file", "rater"])
    kind = draw(st.sampled_from(["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]))
    call = dict(targets="file", raters="rater", ratings="score", kind=kind)
    check(stats.icc, rows, level=draw(LEVELS), **call)
    size = draw(st.integers(5, 9))
    values = draw(st.lists(st.floats(-2, 2), min_size=2 * size, max_size=2 * size))
    full = pd.DataFrame([(k // 2, k % 2, v) for k, v in enumerate(values)],
                        columns=["file", "rater", "score"])  # fmt: skip
    check(stats.icc, full, complete=size, **call)


@of("funnel_limits")
def any_funnel(draw):
    due = st.one_of(st.just(0), st.floats(0.1, 80))
    rows = table(draw, seen=st.one_of(st.none(), st.integers(-1, 60)), due=due)
    limits = attempt(
        stats.funnel_limits, rows["seen"], rows["due"], overdispersion=draw(st.booleans())
    )
    if limits is not None and len(limits):
        assert len(limits) == len(rows)
        assert (limits["low_95"] <= limits["high_95"]).all()
        assert (limits["low_99.8"] <= limits["low_95"]).all()
        assert limits.drop(columns="area").notna().all(axis=None)


@of("shrink_rates")
def any_shrunk_rates(draw):
    rows = table(draw, 7, seen=st.integers(0, 40), due=st.floats(0.5, 40))
    found = attempt(stats.shrink_rates, rows["seen"], rows["due"])
    if found is not None:
        told = found[found["reason"] == ""]
        assert len(found) == len(rows)
        assert ((told["low"] <= told["shrunk"]) & (told["shrunk"] <= told["high"])).all()
        assert found[found["reason"] != ""]["shrunk"].isna().all()


@of("rate_ratio")
def any_rate_ratio(draw):
    numbers = st.one_of(st.integers(-1, 50), st.floats(0, 100), st.none())
    given = [draw(numbers) for _ in range(4)]
    found = check(stats.rate_ratio, *given, level=draw(LEVELS))
    assert found is None or found.n == given[0] + given[2]


P_VALUES = st.one_of(st.none(), st.floats(-0.1, 1.1))
FAMILIES = st.sampled_from(["Q1", "Q2", None])


@of("adjust")
def any_adjustment(draw):
    rows = table(draw, 10, p=P_VALUES, family=FAMILIES)
    method = draw(st.sampled_from(["holm", "hochberg", "bh"]))
    found = attempt(stats.adjust, rows["p"], method=method, family=rows["family"])
    if found is not None:
        tested = found.dropna(subset=["p_value"])
        assert (tested["adjusted"] >= tested["p_value"] - 1e-12).all()
        assert (tested["adjusted"] <= 1).all()
        assert found.loc[found["p_value"].isna(), "adjusted"].isna().all()


@of("adjust_intervals")
def any_adjusted_intervals(draw):
    ends = st.one_of(st.none(), st.floats(0, 100))
    units = st.sampled_from(["%", "ratio", "change", "percentage points of paths", "days", None])
    rows = table(draw, 6, value=ends, reach=st.floats(0, 50), unit=units, family=FAMILIES,
                 clusters=st.one_of(st.none(), st.integers(0, 30)))  # fmt: skip
    if known(rows, "value", "reach", "clusters") is not None:
        rows["low"], rows["high"] = rows["value"] - rows["reach"], rows["value"] + rows["reach"]
    found = attempt(stats.adjust_intervals, rows)
    if found is not None:
        told = found.dropna(subset=["value", "low", "high"])
        bounded = told["unit"].isin(["%", "ratio"])
        low = told["low"].where(~bounded, told["low"].clip(lower=0)).astype(float)
        assert np.isfinite(told[["family_low", "family_high"]].astype(float)).all(axis=None)
        assert (told["family_low"] <= low + 1e-6).all()
        assert (told["family_high"] >= told["value"] - 1e-6).all()
        assert told["adjusted"].dropna().between(0, 1).all()
        assert found.loc[found["value"].isna(), "family_low"].isna().all()


MEMBERS = st.one_of(st.integers(0, 1), st.sampled_from([0.2, 0.5, 0.8, None, 1.5]))
NAMES = ["a", "b", "c"]


def any_cases(draw):
    whole = st.integers(0, 1)
    rows = table(draw, 10, a=draw(st.sampled_from([whole, MEMBERS])), b=whole, c=whole, y=whole)
    call = dict(outcome="y", conditions=NAMES)
    return rows, call, attempt(stats.truth_table, rows, most_conditions=3, **call)


@of("truth_table")
def any_truth_table(draw):
    rows, _, found = any_cases(draw)
    if found is not None:
        assert found["inclusion"].between(0, 1 + 1e-9).all()
        assert found["pri"].between(0, 1 + 1e-9).all() and found["n"].sum() == len(rows)


@of("minimise")
def any_minimising(draw):
    rows, _, found = any_cases(draw)
    if found is None:
        return
    expected = draw(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 1)))
    for solution in ("conservative", "parsimonious", "intermediate"):
        call = dict(outcome="y", solution=solution, expectations=expected)
        fits = stats.minimise(found, rows, **call)
        assert fits.empty == (found["outcome"] == 0).all()
        assert fits["coverage"].between(0, 1 + 1e-9).all()


@of("necessity")
def any_necessity(draw):
    rows, call, _ = any_cases(draw)
    found = attempt(stats.necessity, rows, **call)
    if found is not None:
        shares = found[["inclusion", "coverage", "relevance"]].astype(float)
        assert (shares.isna() | ((shares >= -1e-9) & (shares <= 1 + 1e-9))).all(axis=None)


def test_every_public_function_has_a_property():
    assert set(PROPERTIES) == set(stats.__all__)


@pytest.mark.parametrize("name", sorted(stats.__all__))
@CASES
@given(data=st.data())
def test_any_input_gives_an_estimate_a_reason_or_a_cure(name, data):
    PROPERTIES[name](data.draw)


@pytest.mark.parametrize("values", [*WRONG, pd.DataFrame({"a": [1]}), np.zeros((2, 2))])
def test_what_is_no_column_is_refused_by_name(values):
    with pytest.raises(UserError, match="argument 'before'"):
        stats.paired_dominance(values, [1, 2])


def test_the_sweep_refuses_what_is_no_analysis():
    frame = pd.DataFrame({"a": [1.0, None, 3.0], "b": [1, 2, 3]})
    with pytest.raises(UserError, match="argument 'analyse'"):
        stats.delta_sweep(frame, "a", [0], "mean")
    with pytest.raises(UserError, match="argument 'shift': 'b'; expected a column that has blanks"):
        stats.delta_sweep(frame, "b", [0], len, m=2)
