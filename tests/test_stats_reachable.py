"""Numbers of published analyses that stand beside an estimate: where they are, and right."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as formulas
from scipy.stats import t as student
from statsmodels.stats.contingency_tables import mcnemar as oracle_mcnemar

from rr_helpers import stats
from rr_helpers.errors import UserError


def people() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    rows = pd.DataFrame({"borough": draw.integers(0, 8, 160), "age": draw.integers(11, 26, 160)})
    rows["sector"] = draw.integers(0, 2, 160)
    pulled = draw.normal(0, 0.4, 8)[rows["borough"]] + 0.05 * rows["age"]
    rows["score"] = pulled + draw.normal(size=160)
    rows["yes"] = (draw.random(160) < 1 / (1 + np.exp(1 - pulled))).astype(int)
    rows["cases"] = draw.poisson(np.exp(pulled / 2))
    rows["days"] = 1 + np.floor(draw.exponential(30, 160))
    return rows


@pytest.mark.parametrize(
    ("ours", "oracle", "outcome"),
    [(stats.linear, formulas.ols, "score"), (stats.logistic, formulas.logit, "yes"),
     (stats.counts, formulas.poisson, "cases")],
)  # fmt: skip
def test_errors_and_fit_of_published_analyses_agree_with_statsmodels(ours, oracle, outcome):
    rows, formula = people(), f"{outcome} ~ age + C(sector)"
    found = ours(rows, formula, clusters="borough")
    quiet = {} if ours is stats.linear else {"disp": 0}
    plain = oracle(formula, rows).fit(**quiet)
    kinds = {"groups": rows["borough"], "use_correction": False, "df_correction": False}
    robust = oracle(formula, rows).fit(cov_type="cluster", cov_kwds=kinds, **quiet)
    for name, estimate in found.items():
        details = estimate.details
        assert details["model_standard_error"] == pytest.approx(plain.bse[name], rel=1e-4)
        assert details["robust_standard_error"] == pytest.approx(robust.bse[name], rel=1e-4)
    if ours is not stats.linear:
        assert found["age"].details["log_likelihood"] == pytest.approx(plain.llf, rel=1e-6)
        assert found["age"].details["aic"] == pytest.approx(plain.aic, rel=1e-6)


def test_the_table_of_coefficients_has_t_and_p():
    rows = people()
    found = stats.linear(rows, "score ~ age", clusters="borough")
    table = stats.coefficient_table(found).set_index("term")
    # By hand: R's 2 * pt(-abs(t), 7).
    t = found["age"].value / found["age"].details["standard_error"]
    assert table.loc["age", "statistic"] == pytest.approx(t)
    assert table.loc["age", "p_value"] == pytest.approx(2 * student.sf(abs(t), 7))
    alone = stats.linear(rows.assign(borough=1), "score ~ age", clusters="borough")
    told = stats.coefficient_table(alone)
    assert told["p_value"].isna().all() and set(told["reason"]) == {"there is only one cluster"}
    with pytest.raises(UserError, match="Estimates by the names of their terms"):
        stats.coefficient_table(found["age"])


def test_strata_of_coxs_model_have_a_baseline_each_as_in_phreg():
    rows = people()
    found = stats.cox(rows, "days ~ age", event="yes", strata="sector")["age"]
    oracle = sm.PHReg(
        rows["days"], rows[["age"]], rows["yes"], strata=rows["sector"], ties="efron"
    ).fit()
    assert found.details["coefficient"] == pytest.approx(oracle.params[0], rel=1e-5)
    assert found.details["standard_error"] == pytest.approx(oracle.bse[0], rel=1e-5)
    assert found.details["log_likelihood"] == pytest.approx(oracle.llf, rel=1e-6)
    with pytest.raises(UserError, match="argument 'strata': 'place'; expected a column of 'frame'"):
        stats.cox(rows, "days ~ age", event="yes", strata="place")


def test_mcnemars_chi_squared_is_that_of_statsmodels():
    before, after = [1] * 25 + [0] * 30, [1] * 20 + [0] * 5 + [1] * 12 + [0] * 18
    found = stats.mcnemar(before, after).details
    cells = [[20, 5], [12, 18]]
    plain = oracle_mcnemar(cells, exact=False, correction=False)
    corrected = oracle_mcnemar(cells, exact=False, correction=True)
    assert found["statistic"] == pytest.approx(plain.statistic)
    assert found["statistic_corrected"] == pytest.approx(corrected.statistic)
    assert found["p_value_corrected"] == pytest.approx(corrected.pvalue)
    assert found["odds_ratio"] == pytest.approx(12 / 5)


def test_wilcoxons_statistic_is_the_sum_of_upward_ranks():
    # Hollander & Wolfe 1973: depression scores of nine patients; R's wilcox.test gives V = 40 for
    # first minus second and p = 0.03906 (two-sided), so 5 for second minus first.
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    found = stats.signed_rank(first, second).details
    assert (found["statistic"], found["p_value"]) == (5, pytest.approx(0.03906, abs=5e-6))


def test_rubins_shares_of_missing_information_follow_their_definition():
    # By hand: within 1, between 0.01; increase (1 + 1/3) 0.01, degrees 2 (1 + 1 / increase)^2.
    details = stats.pool([1.0, 1.1, 0.9], [1.0, 1.0, 1.0], n=100).details
    increase = 4 / 3 * 0.01
    degrees = 2 * (1 + 1 / increase) ** 2
    assert details["within_variance"] == pytest.approx(1)
    assert details["between_variance"] == pytest.approx(0.01)
    assert details["relative_increase"] == pytest.approx(increase)
    assert details["degrees_of_freedom"] == pytest.approx(degrees)
    share = (increase + 2 / (degrees + 3)) / (1 + increase)
    assert details["missing_information"] == pytest.approx(share)


def test_a_step_alone_has_no_change_of_slope_and_the_slope_after_is_their_sum():
    rows = pd.DataFrame({"month": range(40)})
    rows["cases"] = np.random.default_rng(1).poisson(40 + 10 * (rows["month"] >= 20))
    call = dict(time="month", outcome="cases", interruption=20, log=False, method="ols")
    step = stats.interrupted_time_series(rows, slope=False, **call)
    oracle = formulas.ols("cases ~ month + I((month >= 20) * 1)", rows).fit()
    assert list(step) == ["level_change", "slope_before", "intercept"]
    assert step["level_change"].value == pytest.approx(oracle.params.iloc[2])
    both = stats.interrupted_time_series(rows, **call)
    change = both["slope_before"].value + both["slope_change"].value
    assert both["slope_after"].value == pytest.approx(change)


def test_the_restricted_likelihood_of_a_mixed_model_is_that_of_mixedlm():
    rows = people()
    found = stats.mixed(rows, "score ~ age", clusters="borough")["age"]
    oracle = formulas.mixedlm("score ~ age", rows, groups="borough").fit(reml=True)
    likelihood = found.details["restricted_log_likelihood"]
    assert likelihood == pytest.approx(oracle.llf, abs=1e-3)


def test_an_intermediate_solution_assumes_only_what_theory_expects():
    # Lipset's countries by hand (Rihoux & De Meur 2009): of the two longer terms, the absence of a
    # city is dropped where cities are expected to help, and literacy and stability stay.
    rows = [(1, 0, 1, 0, 1, 1), (1, 0, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1), (0, 0, 0, 0, 0, 0),
            (0, 0, 1, 0, 0, 0), (0, 0, 0, 0, 1, 0), (0, 0, 1, 0, 1, 0), (1, 0, 1, 1, 0, 0),
            (1, 1, 1, 1, 0, 0)]  # fmt: skip
    names = ["DEV", "URB", "LIT", "IND", "STB"]
    frame = pd.DataFrame(rows, columns=[*names, "SURV"])
    call = dict(outcome="SURV")
    table = stats.truth_table(frame, conditions=names, most_conditions=5, **call)

    def solve(solution, expectations=None):
        found = stats.minimise(table, frame, solution=solution, expectations=expectations, **call)
        return found["expression"][0]

    assert solve("conservative") == "DEV*~URB*LIT*STB + DEV*LIT*IND*STB"
    assert solve("parsimonious") == "DEV*STB"
    assert solve("intermediate", dict.fromkeys(names, 1)) == "DEV*LIT*STB"
    assert solve("intermediate", {}) == solve("conservative")
    with pytest.raises(UserError, match="argument 'expectations': None"):
        solve("intermediate")
