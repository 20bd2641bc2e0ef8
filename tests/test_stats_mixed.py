import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas
from scipy import optimize
from scipy import stats as scipy_stats

from rr_helpers.errors import UserError
from rr_helpers.stats import mixed, wild_bootstrap


def boroughs(seed=5, groups=8, people=90, between=0.7):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"borough": draw.integers(0, groups, people)})
    frame["level"] = draw.normal(0, 1, groups)[frame["borough"]]
    frame["age"] = draw.normal(16, 2, people)
    effect = draw.normal(0, between, groups)[frame["borough"]]
    return frame.assign(score=0.1 * frame["age"] + effect + draw.normal(0, 1, people))


def restricted_likelihood(frame):
    """The best variances by the restricted likelihood written out, n by n."""
    x = np.column_stack([np.ones(len(frame)), frame["level"], frame["age"]])
    y = frame["score"].to_numpy()
    same = (frame["borough"].to_numpy()[:, None] == frame["borough"].to_numpy()).astype(float)

    def minus_twice(log_ratio):
        spread = np.eye(len(y)) + np.exp(log_ratio) * same
        inverse = np.linalg.inv(spread)
        information = x.T @ inverse @ x
        slopes = np.linalg.solve(information, x.T @ inverse @ y)
        left = y - x @ slopes
        within = left @ inverse @ left / (len(y) - 3)
        errors = np.sqrt(np.diag(np.linalg.inv(information)) * within)
        size = (len(y) - 3) * np.log(within) + np.linalg.slogdet(spread)[1]
        return size + np.linalg.slogdet(information)[1], slopes, errors, within

    best = optimize.minimize_scalar(lambda r: minus_twice(r)[0], bounds=(-8, 4), method="bounded")
    return np.exp(best.x), *minus_twice(best.x)[1:]


def test_the_mixed_model_is_the_best_by_the_restricted_likelihood():
    frame = boroughs()
    ratio, slopes, errors, within = restricted_likelihood(frame)
    found = list(mixed(frame, "score ~ level + age", clusters="borough").values())
    assert [estimate.value for estimate in found] == pytest.approx(list(slopes), abs=1e-5)
    assert found[1].details["standard_error"] == pytest.approx(errors[1], rel=1e-4)
    assert found[1].details["between_variance"] == pytest.approx(ratio * within, rel=1e-3)
    half = scipy_stats.t.ppf(0.975, 6) * found[1].details["standard_error"]
    assert found[1].high == pytest.approx(found[1].value + half)


def test_the_mixed_model_is_that_of_statsmodels_where_that_converges():
    frame = boroughs(between=1.0)
    fitted = formulas.mixedlm("score ~ level + age", frame, groups="borough").fit()
    assert fitted.converged
    found = mixed(frame, "score ~ level + age", clusters="borough")
    for name, estimate in found.items():
        assert estimate.value == pytest.approx(fitted.params[name], abs=1e-3)
        assert estimate.details["standard_error"] == pytest.approx(fitted.bse[name], rel=1e-2)


def test_the_mixed_model_covers_a_borough_level_effect():
    draw, runs = np.random.default_rng(20), 120
    held = 0
    for _ in range(runs):
        frame = boroughs(int(draw.integers(1_000_000)), people=120, between=0.3)
        found = mixed(frame, "score ~ level", "level", clusters="borough")
        held += found.low <= 0 <= found.high
    assert held / runs >= 0.94 - 3 * np.sqrt(0.94 * 0.06 / runs)


def test_the_variance_between_clusters_is_always_said_even_where_it_is_zero():
    for frame in (boroughs(), boroughs(between=0.0)):
        found = mixed(frame, "score ~ age", "age", clusters="borough")
        between = found.details["between_variance"]
        assert f"variance between clusters {between:.3g}, intraclass" in found.method
    assert boroughs_without_spread().details["icc"] == 0


def boroughs_without_spread():
    # Every borough has the same mean: the likelihood is highest where they do not differ.
    frame = pd.DataFrame({"borough": np.repeat(range(8), 10), "age": np.tile(range(10), 8)})
    frame["score"] = np.tile(np.random.default_rng(0).normal(size=10), 8)
    return mixed(frame, "score ~ age", "age", clusters="borough")


def test_two_clusters_and_a_perfect_fit_are_not_estimable():
    frame = boroughs()
    two = mixed(frame[frame["borough"] < 2], "score ~ age", "age", clusters="borough")
    assert two.reason == "2 clusters cannot tell how much clusters differ"
    exact = mixed(frame.assign(score=frame["age"]), "score ~ age", "age", clusters="borough")
    assert exact.reason == "the model fits without any spread"


def test_the_wild_bootstrap_tries_every_pattern_of_signs_in_few_clusters():
    frame = boroughs()
    found = wild_bootstrap(frame, "score ~ level + age", "level", clusters="borough").iloc[0]
    assert (found["draws"], found["clusters"], found["reason"]) == (256, 8, "")
    again = wild_bootstrap(frame, "score ~ level + age", "level", clusters="borough", seed=99).iloc[
        0
    ]
    assert found["p_value"] == again["p_value"] >= 2 / 256


def test_the_wild_bootstrap_rejects_a_true_null_about_as_often_as_it_says():
    draw, runs, groups, people = np.random.default_rng(8), 120, 8, 80
    rejected = 0
    for _ in range(runs):
        borough = draw.integers(0, groups, people)
        level = draw.normal(0, 1, groups)[borough]
        score = draw.normal(0, 0.3, groups)[borough] + draw.normal(0, 1, people)
        frame = pd.DataFrame({"score": score, "level": level, "borough": borough})
        p_value = wild_bootstrap(frame, "score ~ level", "level", clusters="borough")["p_value"]
        rejected += p_value.iloc[0] < 0.05
    assert rejected / runs <= 0.06 + 3 * np.sqrt(0.06 * 0.94 / runs)


def test_the_wild_bootstrap_finds_an_effect_that_is_there():
    frame = boroughs().assign(score=lambda f: f["score"] + f["age"])
    p_value = wild_bootstrap(frame, "score ~ age", "age", clusters="borough")["p_value"].iloc[0]
    assert p_value < 0.02


def test_the_wild_bootstrap_says_what_it_cannot_do():
    frame = boroughs()
    few = wild_bootstrap(frame[frame["borough"] < 4], "score ~ age", "age", clusters="borough")
    assert few["reason"].iloc[0] == "there are fewer than 5 clusters"
    assert few["p_value"].isna().all()
    with pytest.raises(UserError, match="argument 'term': None; expected the term to test"):
        wild_bootstrap(frame, "score ~ age", None, clusters="borough")
    many = boroughs(groups=20, people=200)
    with pytest.raises(UserError, match="argument 'draws': 20; expected 99 or more"):
        wild_bootstrap(many, "score ~ age", "age", clusters="borough", draws=20)
