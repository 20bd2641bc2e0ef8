import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from rr_helpers.errors import UserError
from rr_helpers.stats import interrupted_time_series


def months(draw=None, count=31, step=0.0, autocorrelation=0.3, start=19):
    draw = draw or np.random.default_rng(9)
    shocks, errors = draw.normal(0, 0.25, count + 50), np.zeros(count + 50)
    for t in range(1, count + 50):
        errors[t] = autocorrelation * errors[t - 1] + shocks[t]
    log_rate = 4 + 0.01 * np.arange(count) + step * (np.arange(count) >= start) + errors[50:]
    month = pd.date_range("2018-06-01", periods=count, freq="MS")
    return pd.DataFrame({"month": month, "referrals": np.exp(log_rate)})


def series(frame, **options):
    call = dict(time="month", outcome="referrals", interruption="2020-01-01")
    return interrupted_time_series(frame, **(call | options))


def test_least_squares_agrees_with_statsmodels():
    frame = months()
    t = np.arange(31.0)
    x = np.column_stack([np.ones(31), t, t >= 19, (t >= 19) * (t - 19)]).astype(float)
    fitted = sm.OLS(np.log(frame["referrals"]), x).fit()
    low, high = np.exp(fitted.conf_int().to_numpy()[2])
    change = series(frame, method="ols")["level_change"]
    assert [change.value, change.low, change.high] == pytest.approx(
        [np.exp(fitted.params.iloc[2]), low, high]
    )


def test_reml_beats_every_autocorrelation_nearby_in_statsmodels_own_likelihood():
    frame = months(autocorrelation=0.5)
    change = series(frame)["level_change"]
    rho = change.details["autocorrelation"]
    t = np.arange(31.0)
    x = np.column_stack([np.ones(31), t, t >= 19, (t >= 19) * (t - 19)]).astype(float)

    def restricted(rho):
        correlation = rho ** np.abs(t[:, None] - t[None, :])
        fitted = sm.GLS(np.log(frame["referrals"]), x, sigma=correlation).fit()
        information = np.linalg.slogdet(x.T @ np.linalg.inv(correlation) @ x)[1]
        scatter = fitted.ssr  # of the whitened residuals
        return -(27 * np.log(scatter) + np.linalg.slogdet(correlation)[1] + information) / 2

    assert restricted(rho) > max(restricted(rho - 0.02), restricted(rho + 0.02))
    correlation = rho ** np.abs(t[:, None] - t[None, :])
    fitted = sm.GLS(np.log(frame["referrals"]), x, sigma=correlation).fit()
    assert change.details["coefficient"] == pytest.approx(fitted.params.iloc[2])
    assert change.details["standard_error"] == pytest.approx(fitted.bse.iloc[2])


@pytest.mark.parametrize("autocorrelation", [0.0, 0.6])
def test_reml_covers_and_newey_west_does_not(autocorrelation):
    draw, runs = np.random.default_rng(31), 80
    held, newey = 0, 0
    for _ in range(runs):
        frame = months(draw, step=0.2, autocorrelation=autocorrelation)
        change = series(frame)["level_change"]
        other = series(frame, method="newey_west")["level_change"]
        held += change.low <= np.exp(0.2) <= change.high
        newey += other.low <= np.exp(0.2) <= other.high
    assert held / runs >= 0.93 - 3 * np.sqrt(0.93 * 0.07 / runs)
    assert newey < held


def test_months_may_be_dates_text_or_periods():
    frame = months()
    by_date = series(frame)["level_change"]
    by_text = series(frame.assign(month=frame["month"].dt.strftime("%Y-%m")))["level_change"]
    periods = frame.assign(month=frame["month"].dt.to_period("M"))
    by_period = series(periods, interruption=pd.Period("2020-01", "M"))["level_change"]
    assert by_date.low == by_text.low == by_period.low
    assert by_date.n == 31


def test_a_month_that_is_missing_leaves_a_gap_and_is_counted():
    frame = months()
    frame.loc[10, "referrals"] = np.nan
    change = series(frame)["level_change"]
    assert (change.n, change.details["dropped"]) == (30, 1)
    assert (
        change.low
        == series(frame.drop(index=10).sample(frac=1, random_state=1))["level_change"].low
    )


def test_further_terms_harmonics_and_exposure_enter_the_model():
    frame = months().assign(boroughs=32, covid=lambda f: (f["month"] >= "2020-04-01").astype(int))
    plain, fuller = series(frame), series(frame, terms=("covid",), harmonics=1, exposure="boroughs")
    assert plain["level_change"].value != fuller["level_change"].value
    scaled = series(frame, exposure="boroughs")
    assert scaled["level_change"].value == pytest.approx(plain["level_change"].value)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (months(count=12, start=6), "12 months, 12 of them before, are too few"),
        (months().assign(referrals=0), "a month has none"),
        (months().assign(referrals=5), "every month is the same"),
    ],
)
def test_what_cannot_be_estimated_says_why(frame, reason):
    for estimate in series(frame).values():
        assert estimate.reason.startswith(reason)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outcome": "referral"}, "argument 'outcome': 'referral'; expected a column of 'frame'"),
        ({"method": "arima"}, "argument 'method': 'arima'; expected one of 'reml_ar1'"),
        ({"interruption": "January"}, "argument 'interruption': 'January'; expected months"),
        ({"terms": ("month",)}, "argument 'terms': 'month'; expected a name of its own"),
    ],
)
def test_wrong_input_names_the_argument_and_the_cure(options, words):
    with pytest.raises(UserError) as caught:
        series(months(), **options)
    assert words in str(caught.value)


def test_the_same_month_twice_is_refused():
    frame = pd.concat([months(), months().head(1)])
    with pytest.raises(UserError, match="the same month twice"):
        series(frame)
