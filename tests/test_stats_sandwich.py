import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import linalg
from scipy import stats as scipy_stats

from rr_helpers.stats import counts, linear, logistic


def boroughs(seed=5, groups=7, people=90):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"borough": draw.choice(groups, people, p=draw.dirichlet([3] * groups))})
    frame["trained"] = (frame["borough"] % 2 == 0).astype(int)
    frame["age"] = draw.normal(16, 2, people)
    effect = draw.normal(0, 0.5, groups)[frame["borough"]]
    frame["score"] = 0.4 * frame["trained"] + effect + draw.normal(0, 1, people)
    frame["high"] = (frame["score"] > 0.2).astype(int)
    return frame.assign(cases=draw.poisson(np.exp(0.5 + 0.3 * frame["score"])))


def by_definition(x, residual, groups):
    """CR2 and its degrees of freedom with the matrices of the papers written out, n by n."""
    bread = np.linalg.inv(x.T @ x)
    maker = np.eye(len(x)) - x @ bread @ x.T
    variance, columns = np.zeros(bread.shape), []
    for g in np.unique(groups):
        rows = np.flatnonzero(groups == g)
        mend = np.real(linalg.fractional_matrix_power(maker[np.ix_(rows, rows)], -0.5))
        score = x[rows].T @ mend @ residual[rows]
        variance += bread @ np.outer(score, score) @ bread
        columns.append(maker[:, rows] @ mend @ x[rows] @ bread)
    degrees = []
    for k in range(x.shape[1]):
        together = np.array([column[:, k] for column in columns])
        together = together @ together.T
        degrees.append(np.trace(together) ** 2 / np.sum(together**2))
    return np.sqrt(np.diag(variance)), np.array(degrees)


def test_cr2_is_what_bell_and_mccaffrey_define():
    frame = boroughs()
    x = np.column_stack([np.ones(len(frame)), frame["trained"], frame["age"]])
    left = sm.OLS(frame["score"].to_numpy(), x).fit().resid
    errors, degrees = by_definition(x, left, frame["borough"].to_numpy())
    found = linear(frame, "score ~ trained + age", clusters="borough", small_sample="CR2")
    for k, estimate in enumerate(found.values()):
        assert estimate.details["standard_error"] == pytest.approx(errors[k])
        assert estimate.details["degrees_of_freedom"] == pytest.approx(degrees[k])


def test_cr2_of_two_groups_of_single_rows_is_welch_with_his_degrees_at_equal_spread():
    # Imbens & Kolesar 2016, Review of Economics and Statistics 98:701: with 3 of 30 treated the
    # Bell-McCaffrey degrees of freedom are 2.5, (1/3 + 1/27)^2 / (1/(9*2) + 1/(729*26)).
    draw = np.random.default_rng(3)
    frame = pd.DataFrame({"treated": [1] * 3 + [0] * 27, "person": range(30)})
    frame["score"] = draw.normal(size=30)
    found = linear(frame, "score ~ treated", "treated", clusters="person", small_sample="CR2")
    first, second = (frame.loc[frame["treated"] == t, "score"] for t in (1, 0))
    welch = np.sqrt(first.var() / 3 + second.var() / 27)
    assert found.details["standard_error"] == pytest.approx(welch)
    assert found.details["degrees_of_freedom"] == pytest.approx(2.4668, abs=1e-4)


@pytest.mark.parametrize(
    ("function", "outcome", "family"),
    [
        (linear, "score", sm.families.Gaussian()),
        (logistic, "high", sm.families.Binomial()),
        (counts, "cases", sm.families.Poisson()),
    ],
)
def test_the_bias_reduced_error_is_that_of_statsmodels_estimating_equations(
    function, outcome, family
):
    frame = boroughs()
    x = np.column_stack([np.ones(len(frame)), frame["trained"], frame["age"]])
    model = sm.GEE(frame[outcome].to_numpy(), x, frame["borough"].to_numpy(), family=family)
    fitted = model.fit(cov_type="bias_reduced")
    formula = f"{outcome} ~ trained + age"
    found = function(frame, formula, clusters="borough", small_sample="bias_reduced")
    for k, estimate in enumerate(found.values()):
        value = estimate.details.get("coefficient", estimate.value)
        assert value == pytest.approx(fitted.params[k], rel=1e-5)
        assert estimate.details["standard_error"] == pytest.approx(fitted.bse[k], rel=1e-4)
        assert estimate.details["degrees_of_freedom"] == 5


def test_cr2_of_a_logistic_model_is_that_of_its_last_weighted_least_squares():
    frame = boroughs()
    x = np.column_stack([np.ones(len(frame)), frame["trained"], frame["age"]])
    mean = sm.Logit(frame["high"].to_numpy(), x).fit(disp=0).predict()
    root = np.sqrt(mean * (1 - mean))
    errors, degrees = by_definition(
        root[:, None] * x, (frame["high"] - mean).to_numpy() / root, frame["borough"].to_numpy()
    )
    found = logistic(frame, "high ~ trained + age", clusters="borough", small_sample="CR2")
    for k, estimate in enumerate(found.values()):
        assert estimate.details["standard_error"] == pytest.approx(errors[k], rel=1e-5)
        assert estimate.details["degrees_of_freedom"] == pytest.approx(degrees[k], rel=1e-5)


def test_the_method_names_the_variance_and_two_clusters_leave_nothing_for_the_bias_reduced():
    frame = boroughs()
    found = linear(frame, "score ~ age", "age", clusters="borough", small_sample="CR2")
    assert found.method == "least squares, CR2, Satterthwaite t"
    two = frame[frame["borough"].isin([1, 2])]
    found = linear(two, "score ~ age", "age", clusters="borough", small_sample="bias_reduced")
    assert found.reason == "there are only two clusters"


@pytest.mark.parametrize("small_sample", ["CR2", "bias_reduced"])
def test_a_borough_level_effect_in_eight_boroughs_is_covered(small_sample):
    draw, runs, groups, people = np.random.default_rng(11), 120, 8, 120
    held, plain = 0, 0
    for _ in range(runs):
        borough = draw.choice(groups, people, p=draw.dirichlet(np.full(groups, 5)))
        level = draw.normal(0, 1, groups)[borough]
        score = draw.normal(0, 0.3, groups)[borough] + draw.normal(0, 0.96, people)
        frame = pd.DataFrame({"score": score, "level": level, "borough": borough})
        found = linear(
            frame, "score ~ level", "level", clusters="borough", small_sample=small_sample
        )
        held += found.low <= 0 <= found.high
        slope = scipy_stats.linregress(level, score)
        plain += abs(slope.slope) <= 1.98 * slope.stderr
    assert held / runs >= 0.93 - 3 * np.sqrt(0.93 * 0.07 / runs)
    assert plain < held
