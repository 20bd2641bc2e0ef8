import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from rr_helpers.errors import UserError
from rr_helpers.stats import counterfactual, interrupted_time_series, mcnemar, placebo_dates
from rr_helpers.stats import paired_proportion_difference as paired_difference


def months(seed=9, count=31, start=19, step=0.4, dispersion=5.0):
    draw = np.random.default_rng(seed)
    mean = np.exp(2.5 + 0.01 * np.arange(count) + step * (np.arange(count) >= start))
    cases = draw.poisson(mean * draw.gamma(dispersion, 1 / dispersion, count))
    month = pd.date_range("2018-06-01", periods=count, freq="MS")
    return pd.DataFrame(
        {"month": month, "cases": cases, "children": draw.integers(900, 1100, count)}
    )


CALL = dict(time="month", outcome="cases", interruption="2020-01-01")


def design(count=31, start=19):
    t = np.arange(float(count))
    return np.column_stack([np.ones(count), t, t >= start, (t >= start) * (t - start)]).astype(
        float
    )


@pytest.mark.parametrize("method", ["poisson", "quasi_poisson"])
def test_poisson_companions_are_those_of_statsmodels(method):
    frame = months()
    scale = "X2" if method == "quasi_poisson" else None
    model = sm.GLM(frame["cases"], design(), family=sm.families.Poisson(),
                   offset=np.log(frame["children"]))  # fmt: skip
    fitted = model.fit(scale=scale)
    found = interrupted_time_series(frame, exposure="children", method=method, **CALL)
    change = found["level_change"].details
    assert change["coefficient"] == pytest.approx(fitted.params.iloc[2], rel=1e-6)
    assert change["standard_error"] == pytest.approx(fitted.bse.iloc[2], rel=1e-6)
    assert change["degrees_of_freedom"] == 27


def test_the_negative_binomial_companion_estimates_its_own_dispersion():
    frame = months()
    fitted = sm.NegativeBinomial(frame["cases"], design()).fit(method="bfgs", maxiter=500, disp=0)
    found = interrupted_time_series(frame, method="negative_binomial", **CALL)["level_change"]
    assert found.details["alpha"] == pytest.approx(fitted.params.iloc[-1], rel=1e-2)
    assert found.details["coefficient"] == pytest.approx(fitted.params.iloc[2], rel=1e-2)
    narrower = interrupted_time_series(frame, method="poisson", **CALL)["level_change"]
    assert narrower.details["standard_error"] < found.details["standard_error"]


def test_counts_without_overdispersion_and_months_without_any_are_said_or_allowed():
    even = months().assign(cases=np.arange(31) % 3 + 20)
    found = interrupted_time_series(even, method="negative_binomial", **CALL)["level_change"]
    assert found.reason == "the counts vary no more than Poisson's: use 'poisson'"
    empty = months().assign(cases=lambda f: f["cases"].where(f.index != 4, 0))
    assert interrupted_time_series(empty, method="quasi_poisson", **CALL)["level_change"].estimable
    assert not interrupted_time_series(empty, **CALL)["level_change"].estimable
    with pytest.raises(UserError, match="argument 'outcome': numbers that are no counts"):
        rates = months().assign(cases=0.5)
        interrupted_time_series(rates, method="poisson", **CALL)
    with pytest.raises(UserError, match="argument 'log': False; expected True for 'poisson'"):
        interrupted_time_series(months(), method="poisson", log=False, **CALL)


def test_the_companion_methods_say_what_they_do_not_allow_for():
    found = interrupted_time_series(months(), method="quasi_poisson", **CALL)["level_change"]
    assert found.method.endswith("(counts that carry over are not allowed for)")


def test_the_gap_between_fitted_and_counterfactual_is_the_estimated_change():
    frame = months()
    found = interrupted_time_series(frame, **CALL)
    band = counterfactual(frame.sample(frac=1, random_state=1), **CALL)
    assert list(band["month"]) == list(frame["month"])
    assert list(band["observed"]) == list(frame["cases"])
    first = band[band["after"]].iloc[0]
    assert first["fitted"] / first["counterfactual"] == pytest.approx(found["level_change"].value)
    last = band.iloc[-1]
    change = found["level_change"].value * found["slope_change"].value ** 11
    assert last["fitted"] / last["counterfactual"] == pytest.approx(change)
    assert ((band["low"] < band["counterfactual"]) & (band["counterfactual"] < band["high"])).all()
    widths = (band["high"] / band["low"])[band["after"]]
    assert widths.is_monotonic_increasing
    assert (band["fitted"] == band["counterfactual"])[~band["after"]].all()


def test_the_band_of_least_squares_is_that_of_statsmodels():
    frame = months()
    fitted = sm.OLS(np.log(frame["cases"]), design()).fit()
    untouched = design()
    untouched[:, 2:] = 0
    expected = np.exp(fitted.get_prediction(untouched).conf_int())
    band = counterfactual(frame, method="ols", **CALL)
    assert band[["low", "high"]].to_numpy() == pytest.approx(expected)


def test_a_series_too_short_for_a_band_is_refused():
    with pytest.raises(UserError, match="Show the series without a band"):
        counterfactual(months(count=20, start=12), **(CALL | {"interruption": "2019-06-01"}))


def test_placebo_dates_use_only_what_came_before_and_rarely_show_as_much():
    frame = months(step=1.5, dispersion=50)
    table = placebo_dates(frame, **CALL)
    placebos = table[table["placebo"]]
    assert list(placebos["month"]) == list(range(5, 17))
    assert (placebos["months"] == 19).all()
    assert not placebos["as_large"].any()
    later = frame.assign(cases=frame["cases"] * np.where(frame["month"] >= "2020-01-01", 7, 1))
    again = placebo_dates(later, **CALL)
    assert (again["level_change"][1:] == table["level_change"][1:]).all()
    short = placebo_dates(frame.tail(20), **CALL)
    assert short.empty


def course_answers(draw, courses=8):
    course = np.repeat(np.arange(courses), draw.integers(6, 16, courses))
    before = draw.random(len(course)) < 0.4
    gain = 0.35 + draw.normal(0, 0.15, courses)[course]
    after = np.where(before, draw.random(len(course)) < 0.9, draw.random(len(course)) < gain)
    return before, after, course


def test_a_paired_difference_in_courses_is_the_same_from_rows_and_from_counts():
    before, after, course = course_answers(np.random.default_rng(2))
    table = pd.DataFrame({"b": before, "a": after, "course": course})
    cells = [table.groupby("course").apply(f, include_groups=False).tolist() for f in (
        lambda t: (t["a"] & t["b"]).sum(), lambda t: (t["a"] & ~t["b"]).sum(),
        lambda t: (~t["a"] & t["b"]).sum(), lambda t: (~t["a"] & ~t["b"]).sum())]  # fmt: skip
    counted = paired_difference(*cells, clusters=range(8))
    rows = mcnemar(before, after, course)
    assert [rows.value, rows.low, rows.high] == [counted.value, counted.low, counted.high]
    assert (rows.n, rows.clusters, rows.unit) == (len(course), 8, "percentage points")
    plain = mcnemar(before, after)
    assert rows.value == pytest.approx(plain.value)
    assert "p_value" in plain.details and "p_value" not in rows.details


def test_a_paired_difference_in_eight_courses_is_covered():
    draw, runs = np.random.default_rng(30), 200
    truth = 100 * (0.6 * 0.35 - 0.4 * 0.1)
    found = [mcnemar(*course_answers(draw)) for _ in range(runs)]
    held = np.mean([estimate.low <= truth <= estimate.high for estimate in found])
    assert held >= 0.94 - 3 * np.sqrt(0.94 * 0.06 / runs)


def test_one_course_or_a_missing_count_is_said():
    assert paired_difference([3], [2], [1], [4], clusters=["a"]).reason == (
        "there is only one cluster"
    )
    with pytest.raises(UserError, match="argument 'clusters': 3 labels"):
        paired_difference([3, 1], [2, 1], [1, 1], [4, 1], clusters=["a", "b", "c"])
