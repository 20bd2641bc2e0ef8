import numpy as np
import pandas as pd
import pytest
from scipy import integrate
from scipy import stats as scipy_stats

from rr_helpers.errors import UserError
from rr_helpers.stats import funnel_limits, rate_ratio, shrink_rates


def test_the_limits_hold_as_many_areas_as_they_say_where_only_chance_is_at_work():
    draw = np.random.default_rng(1)
    expected = draw.uniform(2, 60, 4000)
    table = funnel_limits(draw.poisson(expected), expected)
    assert np.mean(table["position"] == "within") == pytest.approx(0.95, abs=0.02)
    outside = table["position"].str.contains("99.8")
    assert np.mean(outside) == pytest.approx(0.002, abs=0.003)


def test_interpolated_limits_lie_between_those_of_whole_counts():
    table = funnel_limits([5, 20], [8, 15], levels=(0.95,))
    for _, row in table.iterrows():
        for name, tail in (("low_95", 0.025), ("high_95", 0.975)):
            whole = scipy_stats.poisson.ppf(tail, row["expected"])
            assert whole - 1 <= row[name] * row["expected"] <= whole
    # Written out for 8 expected: P(Y<=2)=0.0138, P(Y<=3)=0.0424, so 3 - (0.0424-0.025)/0.0286.
    assert table["low_95"][0] * 8 == pytest.approx(2.393, abs=2e-3)


def test_areas_outside_are_named_and_overdispersion_widens_the_limits():
    observed, expected = [40, 8, 12, 11, 9, 25, 3], [10, 10, 11, 12, 9, 14, 12]
    table = funnel_limits(observed, expected, area=list("abcdefg")).set_index("area")
    assert table.loc["a", "position"] == "above 99.8%"
    assert table.loc["g", "position"] == "below 95%"  # P(Y <= 3) = 0.0023 at 12
    assert table.loc["d", "position"] == "within"
    wide = funnel_limits(observed, expected, overdispersion=True)
    assert wide["dispersion"][0] > 1
    assert (wide["high_95"].to_numpy() > table["high_95"].to_numpy()).all()


def test_shrunk_rates_are_the_gamma_posterior_at_the_likelihoods_top():
    draw = np.random.default_rng(4)
    expected = draw.uniform(3, 40, 32)
    observed = draw.poisson(expected * draw.gamma(8, 1 / 8, 32))
    table = shrink_rates(observed, expected)

    # Oracle: the marginal likelihood by numerical integration over the gamma, on a fine grid.
    def minus(shape, mean):
        likelihood = scipy_stats.nbinom.logpmf(observed, shape, shape / (shape + mean * expected))
        return -likelihood.sum()

    grid = [(minus(s, m), s, m) for s in np.linspace(2, 40, 96) for m in np.linspace(0.7, 1.3, 61)]
    _, shape, mean = min(grid)
    assert table["shrunk"].to_numpy() == pytest.approx(
        (shape + observed) / (shape / mean + expected), rel=0.03
    )
    closer = (table["shrunk"] - mean).abs() <= (table["ratio"] - mean).abs() + 0.02
    assert closer.all()


def test_the_likelihood_of_an_area_is_the_integral_over_its_rate():
    from rr_helpers.stats.equity import _log_likelihood

    for seen in (0, 3, 11):
        shape = 1 / 0.4**2

        def weighed(r, seen=seen, shape=shape):
            chance = scipy_stats.gamma.pdf(r, shape, scale=1.1 / shape)
            return (5 * r) ** seen * np.exp(-5 * r) * chance

        ratio = integrate.quad(weighed, 0, 20)[0]
        assert _log_likelihood(seen, 5.0, 1.1, 0.4) == pytest.approx(np.log(ratio), rel=1e-6)


@pytest.mark.parametrize("areas", [8, 32])
def test_intervals_of_shrunk_rates_cover_the_rates_of_the_areas(areas):
    draw, runs, held = np.random.default_rng(areas), 80 // areas + 4, []
    for _ in range(runs):
        rates, expected = draw.gamma(10, 1 / 10, areas), draw.uniform(4, 40, areas)
        table = shrink_rates(draw.poisson(rates * expected), expected)
        held.append(np.mean((table["low"] <= rates) & (rates <= table["high"])))
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / (runs * areas))


def test_few_areas_are_not_shrunk_and_say_why():
    table = shrink_rates([3, 4, 5], [4, 4, 4])
    assert table["shrunk"].isna().all()
    assert set(table["reason"]) == {"3 areas are too few"}


def test_a_rate_ratio_of_breast_cancer_after_fluoroscopy():
    # 41 cases in 28,010 woman-years against 15 in 19,017 (Rothman & Greenland 1998, Modern
    # Epidemiology: 1.86, 95% CI 1.0 to 3.3 by the normal approximation).
    found = rate_ratio(41, 28010, 15, 19017)
    assert found.value == pytest.approx(1.86, abs=0.005)
    assert [found.low, found.high] == pytest.approx([1.0, 3.3], abs=0.06)


def test_a_group_without_a_case_has_an_interval_from_zero_and_a_base_without_has_none():
    none = rate_ratio(0, 10, 3, 10)
    # Poisson's exact two-sided interval: 3 cases, all in the second group.
    assert (none.value, none.low) == (0, 0)
    share = scipy_stats.beta.ppf(0.975, 1, 3)
    assert none.high == pytest.approx(share / (1 - share))
    assert rate_ratio(3, 10, 0, 10).reason == "there are no cases in the second group"


def test_a_rate_ratio_covers():
    draw, runs = np.random.default_rng(3), 60
    found = [rate_ratio(draw.poisson(12), 10, draw.poisson(16), 20) for _ in range(runs)]
    held = np.mean([estimate.low <= 1.5 <= estimate.high for estimate in found])
    assert held >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)


def test_wrong_counts_are_refused():
    with pytest.raises(UserError, match="argument 'expected': blanks, 0 or less"):
        funnel_limits([1, 2], [1, 0])
    with pytest.raises(UserError, match="argument 'observed': blanks or numbers that are no"):
        shrink_rates(pd.Series([1.5, 2]), [1, 1])
