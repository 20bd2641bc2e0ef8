import numpy as np
import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.stats import cronbach_alpha, icc, omega
from rr_helpers.stats.reliability import _one_factor

# Shrout & Fleiss 1979, Psychological Bulletin 86:420, table 2: six targets, four judges.
JUDGED = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def ratings():
    rows = [(f"file {i}", f"judge {j}", JUDGED[i][j]) for i in range(6) for j in range(4)]
    return pd.DataFrame(rows, columns=["file", "judge", "score"])


def correlation(frame, kind):
    return icc(frame, targets="file", raters="judge", ratings="score", kind=kind)


@pytest.mark.parametrize(
    ("kind", "value", "low", "high"),
    [  # values: their table 4; intervals as printed by R's psych::ICC for these data
        ("ICC1", 0.17, -0.13, 0.72),
        ("ICC2", 0.29, 0.02, 0.76),
        ("ICC3", 0.71, 0.34, 0.95),
        ("ICC1k", 0.44, -0.88, 0.91),
        ("ICC2k", 0.62, 0.07, 0.93),
        ("ICC3k", 0.91, 0.68, 0.99),
    ],
)
def test_the_six_correlations_of_shrout_and_fleiss(kind, value, low, high):
    found = correlation(ratings(), kind)
    assert [found.value, found.low, found.high] == pytest.approx([value, low, high], abs=0.006)


def test_a_file_that_one_rater_missed_is_left_out_and_counted():
    extra = pd.DataFrame({"file": ["file 9"], "judge": ["judge 1"], "score": [3]})
    found = correlation(pd.concat([ratings(), extra]), "ICC2")
    assert (found.n, found.details["dropped"], found.details["raters"]) == (6, 1, 4)


def test_too_few_files_and_complete_agreement_are_not_estimable():
    few = ratings()[lambda r: r["file"].isin(["file 0", "file 1"])]
    assert correlation(few, "ICC1").reason == (
        "2 files were rated by all of 4 raters, too few to tell agreement"
    )
    same = ratings().assign(score=lambda r: r["file"].str[-1].astype(int))
    assert correlation(same, "ICC2").reason == "all raters agree completely"
    with pytest.raises(UserError, match="a rater twice on one target"):
        correlation(pd.concat([ratings(), ratings().head(1)]), "ICC2")


def scale(draw=None, people=120, loadings=(0.9, 0.8, 0.7, 0.6), noise=0.6):
    draw = draw or np.random.default_rng(2)
    trait = draw.normal(size=people)
    items = {f"q{k}": w * trait + draw.normal(0, noise, people) for k, w in enumerate(loadings)}
    return pd.DataFrame(items)


def test_alpha_is_the_correlation_of_the_mean_of_raters_who_are_items():
    # Alpha is ICC(3,k), and so is Feldt's interval (McGraw & Wong 1996).
    items = scale()
    long = items.melt(ignore_index=False).reset_index()
    expected = icc(long, targets="index", raters="variable", ratings="value", kind="ICC3k")
    found = cronbach_alpha(items)
    assert [found.value, found.low, found.high] == pytest.approx(
        [expected.value, expected.low, expected.high]
    )


def test_omega_is_that_of_the_loadings_the_items_were_made_from():
    loadings = np.array([0.9, 0.8, 0.7, 0.6])
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + 4 * 0.36)
    assert omega(scale(people=20_000)).value == pytest.approx(truth, abs=0.01)


def test_the_error_of_omega_is_how_far_it_varies_between_samples():
    draw = np.random.default_rng(7)
    spread = np.std([_one_factor(np.cov(scale(draw).T))[0] for _ in range(120)])
    found = omega(scale(draw))
    assert found.details["standard_error"] == pytest.approx(spread, rel=0.35)
    assert found.low < found.value < found.high


def test_feldts_interval_covers_alpha():
    truth = cronbach_alpha(scale(people=100_000, loadings=(0.7,) * 4)).value
    draw, runs = np.random.default_rng(8), 120
    found = [cronbach_alpha(scale(draw, 40, (0.7,) * 4)) for _ in range(runs)]
    held = np.mean([estimate.low <= truth <= estimate.high for estimate in found])
    assert held >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)


@pytest.mark.parametrize("coefficient", [cronbach_alpha, omega])
def test_a_coefficient_is_refused_below_20_people_and_qualified_below_50(coefficient):
    assert coefficient(scale(people=19)).reason == (
        "19 people answered every item, too few for 4 items"
    )
    assert "fewer than 50 people" in coefficient(scale(people=40)).method
    assert "fewer than 50" not in coefficient(scale(people=60)).method


def test_an_item_that_runs_the_other_way_is_named():
    items = scale().assign(q2=lambda i: -i["q2"])
    assert omega(items).reason == "'q2' runs against the other items; turn its scale round"
    with pytest.raises(UserError, match="argument 'items': 1 columns; expected two or more items"):
        cronbach_alpha(items[["q1"]])
