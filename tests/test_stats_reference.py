"""Published and cross-checked results that this room reproduces, each within its own tolerance."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from rr_helpers.stats import (
    interrupted_time_series,
    marginal_homogeneity,
    proportion,
    restricted_mean,
    restricted_mean_difference,
)

SHARED = os.environ.get("RR_SHARED_DATA") or Path(__file__).parents[1].parent / "shared" / "data"
REFERENCE = Path(SHARED) / "reference"
pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="no reference data beside the repository (shared/data/reference)"
)


def checks(case: str) -> dict:
    """Published or cross-checked value and tolerance of each quantity in a case."""
    listed = json.loads((REFERENCE / case / "case.json").read_text(encoding="utf-8"))["checks"]
    return {
        check["quantity"]: (check["r_value"], check["tol"]) if "r_value" in check
        else (check["published"], check["published_tol"])
        for check in listed
    }  # fmt: skip


def assert_reproduced(case: str, found: dict) -> None:
    expected = checks(case)
    for quantity, value in found.items():
        right, tolerance = expected[quantity]
        assert value == pytest.approx(right, abs=max(tolerance, 1e-12)), quantity


def test_restricted_means_of_the_liver_trial():
    rows = pd.read_csv(REFERENCE / "surv_pbc_rmst" / "data.csv")
    found = {}
    for arm in (0, 1):
        part = rows[rows["arm"] == arm]
        mean = restricted_mean(part["time"], part["status"], horizon=10)
        found |= {f"RMST to 10 years arm {arm}": mean.value}
        found |= {f"RMST SE arm {arm}": mean.details["standard_error"]}
    difference = restricted_mean_difference(
        rows["time"], rows["status"], rows["arm"], groups=(1, 0), horizon=10
    )
    found |= {"RMST difference": difference.value, "difference 95% low": difference.low}
    assert set(found) == set(checks("surv_pbc_rmst"))
    assert_reproduced("surv_pbc_rmst", found)


def test_marginal_homogeneity_of_unaided_vision():
    rows = pd.read_csv(REFERENCE / "paired_vision_stuart" / "data.csv")
    tests = marginal_homogeneity(rows["right"], rows["left"]).set_index("test")
    found = {
        "Stuart-Maxwell chi2(3)": tests.loc["Stuart-Maxwell", "statistic"],
        "Stuart-Maxwell p": tests.loc["Stuart-Maxwell", "p_value"],
        "Bhapkar chi2(3)": tests.loc["Bhapkar", "statistic"],
        "Bowker symmetry chi2(6)": tests.loc["Bowker", "statistic"],
    }
    assert set(found) == set(checks("paired_vision_stuart"))
    assert_reproduced("paired_vision_stuart", found)
    assert list(tests["degrees_of_freedom"]) == [3, 3, 6]


def test_shares_of_a_real_youth_survey():
    file = REFERENCE / "survey_uster_youth2021" / "opendata_jugendbefragung.csv"
    answers = pd.read_csv(file)["A3Gewalterfahrung_KoerperlicheGewalt"]
    ever = proportion(int((answers != "noch nie").sum()), len(answers))
    found = {
        "ever A3Gewalterfahrung_KoerperlicheGewalt": ever.value / 100,
        "physical violence ever, Wilson low": ever.low / 100,
        "physical violence ever, Wilson high": ever.high / 100,
    }
    assert_reproduced("survey_uster_youth2021", found)


def test_california_and_proposition_99():
    sales = pd.read_csv(REFERENCE / "its_prop99_california" / "data.csv")
    call = dict(time="year", outcome="cigsale", interruption=1989, log=False, of="years")
    least_squares = interrupted_time_series(sales, method="ols", **call)
    newey_west = interrupted_time_series(sales, method="newey_west", lag=1, **call)
    found, names = {}, {"slope_before": "t", "level_change": "x", "slope_change": "xt"}
    for name, letter in names.items():
        found[f"coef {letter}"] = least_squares[name].value
        found[f"OLS SE {letter}"] = least_squares[name].details["standard_error"]
        error = newey_west[name].details["standard_error"]
        found[f"Newey-West lag 1 SE (small-sample n/(n-k)) {letter}"] = error
    assert_reproduced("its_prop99_california", found)
