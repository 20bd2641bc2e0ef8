import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import SquareTable

from rr_helpers.errors import UserError
from rr_helpers.stats import (
    marginal_homogeneity,
    mcnemar,
    paired_dominance,
    paired_mean_change,
    signed_rank,
)


def delegates(seed=1, courses=8, people=80):
    draw = np.random.default_rng(seed)
    course = draw.integers(0, courses, people)
    before = draw.integers(1, 6, people)
    after = np.clip(before + draw.integers(-1, 3, people), 1, 5)
    return pd.DataFrame({"before": before, "after": after, "course": course})


def test_dominance_is_the_share_up_minus_the_share_down():
    change = paired_dominance([1, 2, 3, 3, 5], [2, 3, 2, 3, 5])
    assert change.value == pytest.approx(1 / 5)
    assert {k: change.details[k] for k in ("up", "down", "same")} == {"up": 2, "down": 1, "same": 2}


def test_without_clusters_dominance_is_the_t_interval_of_signs_on_fishers_scale():
    rows = delegates()
    signs = np.sign(rows["after"] - rows["before"])
    error = scipy_stats.sem(signs) / (1 - signs.mean() ** 2)
    ends = scipy_stats.t.interval(0.95, len(signs) - 1, np.arctanh(signs.mean()), error)
    change = paired_dominance(rows["before"], rows["after"])
    assert [change.low, change.high] == pytest.approx(np.tanh(ends))


def test_the_clustered_interval_is_the_jackknife_by_refitting():
    rows = delegates()
    difference = rows["after"] - rows["before"]
    without = [difference[rows["course"] != g].mean() for g in rows["course"].unique()]
    groups = len(without)
    error = np.sqrt((groups - 1) / groups * np.sum((np.array(without) - difference.mean()) ** 2))
    half = scipy_stats.t.ppf(0.975, groups - 1) * error
    change = paired_mean_change(rows["before"], rows["after"], rows["course"])
    found = [change.low, change.high]
    assert found == pytest.approx([difference.mean() - half, difference.mean() + half])
    assert (change.n, change.clusters) == (80, groups)


def test_with_equal_courses_the_jackknife_is_the_t_interval_of_course_means():
    rows = pd.DataFrame({"before": [3] * 30, "course": np.repeat(range(6), 5)})
    rows["after"] = np.random.default_rng(4).integers(1, 6, 30)
    means = (rows["after"] - rows["before"]).groupby(rows["course"]).mean()
    low, high = scipy_stats.t.interval(0.95, 5, means.mean(), scipy_stats.sem(means))
    change = paired_mean_change(rows["before"], rows["after"], rows["course"])
    assert [change.low, change.high] == pytest.approx([low, high])


def test_ordered_categories_are_compared_by_their_order():
    scale = pd.CategoricalDtype(["very unsafe", "unsafe", "safe"], ordered=True)
    before = pd.Series(["unsafe", "very unsafe", "safe"], dtype=scale)
    after = pd.Series(["safe", "unsafe", "unsafe"], dtype=scale)
    assert paired_dominance(before, after).value == pytest.approx(1 / 3)


def test_categories_without_an_order_are_refused():
    unordered = pd.Series(["safe", "unsafe"], dtype="category")
    with pytest.raises(UserError, match="categories without an order"):
        paired_dominance(unordered, unordered)


def test_columns_from_differently_sorted_tables_are_refused():
    rows = delegates().rename(index=lambda k: f"d{k}")
    with pytest.raises(UserError, match="other row labels"):
        paired_dominance(rows["before"], rows["after"].sort_values())


def test_people_who_answered_once_are_left_out_and_counted():
    change = paired_dominance([1, 2, None, 4], [2, 1, 3, None])
    assert (change.n, change.details["dropped"]) == (2, 2)


@pytest.mark.parametrize(
    ("before", "after", "clusters", "reason"),
    [
        ([], [], None, "no people answered both times"),
        ([1, 2], [2, 3], None, "everyone changed by the same amount"),
        ([2, 2], [2, 2], None, "everyone changed by the same amount"),
        ([1, 2, 3], [2, 1, 3], ["a"] * 3, "there is only one cluster"),
        ([3], [4], None, "only one of the people answered"),
        ([1, 2, 1, 2], [2, 1, 2, 1], list("aabb"), "the clusters do not differ"),
    ],
)
def test_what_cannot_be_estimated_says_why(before, after, clusters, reason):
    for function in (paired_dominance, paired_mean_change):
        assert function(before, after, clusters).reason.startswith(reason)


def test_signed_rank_agrees_with_scipy_and_with_ranks_added_by_hand():
    rows = delegates()
    change = rows["after"] - rows["before"]
    moved = change[change != 0]
    ranks = scipy_stats.rankdata(moved.abs())
    by_hand = (ranks[moved > 0].sum() - ranks[moved < 0].sum()) / ranks.sum()
    effect = signed_rank(rows["before"], rows["after"], rows["course"])
    assert effect.value == pytest.approx(by_hand)
    assert effect.details["p_value"] == pytest.approx(scipy_stats.wilcoxon(change).pvalue)
    assert -1 <= effect.low < effect.value < effect.high <= 1


def test_signed_rank_without_change_is_not_estimable():
    assert signed_rank([1, 2, 3], [1, 2, 3]).reason == "none of the people changed"
    assert signed_rank([1, 2], [2, 3]).reason == "everyone changed in the same direction"


def test_mcnemar_is_exact_and_its_change_is_after_minus_before():
    before, after = [0] * 12 + [1] * 8, [1] * 9 + [0] * 3 + [1] * 6 + [0] * 2
    change = mcnemar(before, after)
    assert change.value == pytest.approx(100 * (9 - 2) / 20)
    assert change.details["p_value"] == pytest.approx(scipy_stats.binomtest(2, 11).pvalue)


def test_marginal_homogeneity_agrees_with_statsmodels():
    rows = delegates()
    tests = marginal_homogeneity(rows["before"], rows["after"]).set_index("test")
    table = SquareTable(pd.crosstab(rows["before"], rows["after"]).reindex(
        index=range(1, 6), columns=range(1, 6), fill_value=0), shift_zeros=False)  # fmt: skip
    for name, method in (("Stuart-Maxwell", "stuart_maxwell"), ("Bhapkar", "bhapkar")):
        oracle = table.homogeneity(method=method)
        assert tests.loc[name, "statistic"] == pytest.approx(oracle.statistic)
        assert tests.loc[name, "p_value"] == pytest.approx(oracle.pvalue)


def test_categories_that_nobody_moved_between_do_not_break_the_test():
    # Nobody enters or leaves "c"; the other two make McNemar's test: (5 - 2)^2 / (5 + 2).
    before = list("a" * 5 + "b" * 2 + "c" * 9 + "a" * 4)
    after = list("b" * 5 + "a" * 2 + "c" * 9 + "a" * 4)
    stuart = marginal_homogeneity(before, after).iloc[0]
    assert stuart["statistic"] == pytest.approx(9 / 7)
    assert stuart["degrees_of_freedom"] == 1


def test_a_test_that_cannot_be_made_is_blank_with_its_reason():
    tests = marginal_homogeneity(["a", "b"], ["a", "b"])
    assert tests["statistic"].isna().all()
    assert (tests["reason"] == "none of the people changed").all()
    one_way = marginal_homogeneity(["a", "a"], ["b", "b"]).set_index("test")
    assert one_way.loc["Bhapkar", "reason"] == "everyone moved, and all the same way"


def test_text_where_numbers_are_needed_names_the_row():
    with pytest.raises(
        UserError, match="argument 'after': 'n/a' in row 1; expected numbers or blanks"
    ):
        paired_dominance([1, 2], [2, "n/a"])


def test_a_regression_on_a_constant_gives_the_same_interval():
    rows = delegates()
    change = (rows["after"] - rows["before"]).to_numpy(float)
    fitted = sm.OLS(change, np.ones(len(change))).fit()
    assert paired_mean_change(rows["before"], rows["after"]).value == pytest.approx(
        fitted.params[0]
    )
