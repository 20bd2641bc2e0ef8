import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas
from scipy import stats as scipy_stats
from statsmodels.genmod import families

from rr_helpers.errors import UserError
from rr_helpers.stats import counts, logistic


def responses(seed=5, groups=8, people=160):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"borough": draw.integers(0, groups, people)})
    frame["adult"] = draw.integers(0, 2, people)
    effect = draw.normal(0, 0.4, groups)[frame["borough"]]
    frame["expected"] = draw.uniform(1, 6, people)
    chance = 1 / (1 + np.exp(-(0.3 - 0.7 * frame["adult"] + effect)))
    rate = frame["expected"] * np.exp(0.2 - 0.4 * frame["adult"] + effect)
    return frame.assign(responded=draw.random(people) < chance, referrals=draw.poisson(rate))


def refitted(frame, fit):
    groups = frame["borough"].unique()
    whole = fit(frame)
    without = np.array([fit(frame[frame["borough"] != group]) for group in groups])
    error = np.sqrt((len(groups) - 1) / len(groups) * np.sum((without - whole) ** 2))
    return whole, scipy_stats.t.ppf(0.975, len(groups) - 1) * error


def assert_same(estimate, whole, half):
    found = [estimate.value, estimate.low, estimate.high]
    assert found == pytest.approx(np.exp([whole, whole - half, whole + half]), rel=1e-5)


def test_the_odds_ratio_is_the_jackknife_by_naive_refits():
    frame = responses().assign(responded=lambda f: f["responded"].astype(int))
    fit = lambda rows: formulas.logit("responded ~ adult", rows).fit(disp=0).params["adult"]  # noqa: E731
    assert_same(
        logistic(frame, "responded ~ adult", "adult", clusters="borough"), *refitted(frame, fit)
    )


def test_the_rate_ratio_is_the_jackknife_by_naive_refits_with_exposure():
    frame = responses()

    def fit(rows):
        offset = np.log(rows["expected"])
        model = formulas.glm("referrals ~ adult", rows, family=families.Poisson(), offset=offset)
        return model.fit().params["adult"]

    estimate = counts(frame, "referrals ~ adult", "adult", clusters="borough", exposure="expected")
    assert_same(estimate, *refitted(frame, fit))
    assert estimate.unit == "ratio"


def roll_out(seed, boroughs=12, months=24, ratio=1.0):
    """Counts by borough and month, each borough at its own level, trained one after another."""
    draw = np.random.default_rng(seed)
    borough, month = (axis.ravel() for axis in np.mgrid[:boroughs, :months])
    start = draw.integers(4, months + 4, boroughs)[borough]
    level = draw.normal(1.2, 0.5, boroughs)[borough] + draw.normal(0, 0.2, months)[month]
    # Counts of one borough and quarter vary together, more than Poisson's do.
    common = draw.gamma(6, 1 / 6, (boroughs, months // 3))[borough, month // 3]
    after = (month >= start).astype(int)
    cases = draw.poisson(np.exp(level) * common * np.where(after, ratio, 1))
    return pd.DataFrame({"borough": borough, "month": month, "after": after, "cases": cases})


OWN_LEVELS = "cases ~ 0 + C(borough) + C(month) + after"


def test_a_boroughs_own_level_goes_with_it_when_it_is_left_out():
    frame = roll_out(3)
    fit = lambda rows: formulas.poisson(OWN_LEVELS, rows).fit(disp=0).params["after"]  # noqa: E731
    found = counts(frame, OWN_LEVELS, clusters="borough")
    assert_same(found["after"], *refitted(frame, fit))
    assert found["C(borough)[3]"].reason == "it rests on one of the clusters alone"


def test_intervals_of_a_staggered_roll_out_hold_the_ratio():
    """At 95%, 35 of 40 or more in 95 of 100 samples, and 33 or fewer in one of 200."""
    found = [counts(roll_out(seed, boroughs=8, months=18, ratio=1.18), OWN_LEVELS, "after",
                    clusters="borough") for seed in range(40)]  # fmt: skip
    assert sum(estimate.low <= 1.18 <= estimate.high for estimate in found) >= 35
    middle = np.mean([np.log(estimate.value) for estimate in found])
    assert middle == pytest.approx(np.log(1.18), abs=0.06)


def test_rows_without_exposure_are_left_out_with_the_rows_they_belong_to():
    frame = responses()
    holes = frame.copy()
    holes.loc[::7, "expected"] = np.nan
    call = dict(formula="referrals ~ adult", term="adult", clusters="borough", exposure="expected")
    one, other = counts(holes, **call), counts(holes.dropna(), **call)
    assert one.low == other.low
    assert one.details["dropped"] == len(frame) - one.n > 0


def test_separation_is_not_estimable():
    frame = responses().assign(responded=lambda f: f["adult"])
    estimate = logistic(frame, "responded ~ adult", "adult", clusters="borough")
    assert estimate.reason == "the terms of the model tell the outcome apart completely"
    quasi = responses()
    quasi.loc[quasi["adult"] == 1, "responded"] = True
    quasi["responded"] = quasi["responded"].astype(int)
    assert not logistic(quasi, "responded ~ adult", "adult", clusters="borough").estimable


def test_an_outcome_that_never_varies_or_hangs_on_one_cluster_is_not_estimable():
    frame = responses().assign(responded=0)
    never = logistic(frame, "responded ~ adult", "adult", clusters="borough")
    assert never.reason == "the outcome is the same in every row"
    frame["responded"] = (frame["borough"] == 3).astype(int) * (frame.index % 2)
    only = logistic(frame, "responded ~ adult", "adult", clusters="borough")
    assert only.reason == "without one of the clusters, the outcome is the same in every row"
    one = logistic(
        responses(groups=1).astype(int), "responded ~ adult", "adult", clusters="borough"
    )
    assert one.reason == "there is only one cluster"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f: logistic(f, "referrals ~ adult", clusters="borough"), "an outcome other than 0"),
        (
            lambda f: counts(f, "expected ~ adult", clusters="borough"),
            "an outcome that is no count",
        ),
        (
            lambda f: counts(f, "referrals ~ adult", clusters="borough", exposure="adult"),
            "argument 'exposure': 0 or less",
        ),
        (
            lambda f: counts(f, "referrals ~ adult", clusters="borough", exposure="pop"),
            "argument 'exposure': 'pop'; expected the name of a column",
        ),
    ],
)
def test_wrong_input_names_the_argument_and_the_cure(call, words):
    with pytest.raises(UserError) as caught:
        call(responses())
    assert words in str(caught.value)
