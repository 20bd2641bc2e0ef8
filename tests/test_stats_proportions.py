import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from rr_helpers.errors import UserError
from rr_helpers.stats import (
    paired_proportion_difference,
    proportion,
    proportion_clustered,
    proportion_difference,
)


class Released(int):
    released = True


def test_wilson_agrees_with_the_published_interval():
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263, 0.2553 to 0.3662.
    share = proportion(81, 263)
    assert [share.low, share.high] == pytest.approx([25.53, 36.62], abs=0.005)


def test_nobody_having_it_still_gets_an_upper_limit():
    # Same table: 0 of 20, 0 to 0.1611.
    assert proportion(0, 20).high == pytest.approx(16.11, abs=0.005)
    assert proportion(0, 20).low == 0


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_the_difference_of_two_groups_agrees_with_newcombe(counts, low, high):
    difference = proportion_difference(*counts)
    assert [difference.low, difference.high] == pytest.approx([100 * low, 100 * high], abs=0.006)
    assert difference.unit == "percentage points"
    assert difference.n == counts[1] + counts[3]


def test_the_paired_difference_agrees_with_a_published_table():
    # Cavo et al. 2012, 59/6/16/80, in Fagerland, Lydersen & Laake 2017, Statistical Analysis of
    # Contingency Tables, chapter 8 (test values of R's contingencytables).
    change = paired_proportion_difference(59, 6, 16, 80)
    found = [change.value, change.low, change.high]
    assert found == pytest.approx([-6.21, -11.86, -0.46], abs=0.005)


def test_swapping_first_and_second_only_turns_the_sign():
    one, other = paired_proportion_difference(5, 9, 2, 4), paired_proportion_difference(5, 2, 9, 4)
    assert one.low == pytest.approx(-other.high)
    assert one.high == pytest.approx(-other.low)


def test_an_estimate_from_released_counts_says_so():
    assert proportion(Released(15), Released(40)).basis == "released"
    four = [Released(count) for count in (15, 40, 20, 45)]
    assert proportion_difference(*four).basis == "released"
    assert paired_proportion_difference(*four).basis == "released"
    assert (
        proportion([Released(5)] * 3, [Released(9)] * 3, clusters=list("abc")).basis == "released"
    )


def test_one_count_from_records_makes_the_whole_estimate_rest_on_records():
    assert proportion(Released(15), 40).basis == "rows"
    assert proportion(15, Released(40)).basis == "rows"
    assert proportion_difference(Released(15), Released(40), Released(20), 45).basis == "rows"


def test_clusters_that_differ_widen_the_interval():
    values = [1] * 30 + [0] * 30
    clusters = np.repeat(list("abcdef"), 10)
    clustered, simple = proportion_clustered(values, clusters), proportion(30, 60)
    assert clustered.value == simple.value
    assert clustered.high - clustered.low > 1.5 * (simple.high - simple.low)
    assert (clustered.n, clustered.clusters, clustered.count) == (60, 6, 30)


def test_clusters_never_make_the_interval_narrower_than_independent_people():
    clustered = proportion([5] * 12, [10] * 12, clusters=range(12))
    assert clustered.details["design_effect"] == 1
    assert clustered.high - clustered.low > proportion(60, 120).high - proportion(60, 120).low


def test_rows_and_counts_by_cluster_give_the_same():
    values, clusters = [1, 0, 1, 1, 0, 0, 1], list("aabbbcc")
    rows = proportion_clustered(values, clusters)
    counts = proportion([1, 2, 1], [2, 3, 2], clusters=list("abc"))
    assert [rows.low, rows.high] == [counts.low, counts.high]


def test_no_event_in_any_cluster_counts_each_cluster_as_one_observation():
    # 8 equal clusters without an event: Wilson's formula with n = 8 and t(7) = 2.3646.
    limit = proportion([0] * 8, [10] * 8, clusters=range(8)).high
    assert limit == pytest.approx(100 * 2.364624**2 / (8 + 2.364624**2), abs=1e-3)


def test_blanks_are_left_out_and_counted():
    share = proportion_clustered([1, 0, None, 1], ["a", "b", "b", None])
    assert (share.n, share.details["dropped"]) == (2, 2)


@pytest.mark.parametrize("estimate", [proportion(0, 0), proportion_difference(0, 0, 3, 9)])
def test_an_empty_group_is_not_estimable(estimate):
    assert not estimate.estimable
    assert "no" in estimate.reason


def test_one_cluster_is_not_estimable():
    assert proportion_clustered([1, 0, 1], ["a"] * 3).reason == "there is only one cluster"


@pytest.mark.parametrize(
    ("wrong_call", "words"),
    [
        (
            lambda: proportion(7, 5),
            "argument 'count': 7 of 5; expected a count no greater than 'n'",
        ),
        (lambda: proportion(0.4, 5), "argument 'count': 0.4; expected a whole number"),
        (lambda: proportion(-1, 5), "argument 'count': -1; expected a whole number"),
        (lambda: proportion(None, 5), "argument 'count': None"),
        (lambda: proportion(2, 5, level=95), "argument 'level': 95; expected a confidence level"),
        (lambda: proportion([1], [2], clusters=["a", "b"]), "argument 'clusters': 2 labels for 1"),
        (
            lambda: proportion_clustered([1, 2], ["a", "b"]),
            "argument 'values': a number other than",
        ),
        (lambda: proportion_clustered([1, "NK"], ["a", "b"]), "argument 'values': 'NK' in row 1"),
        (
            lambda: proportion_clustered([1], ["a", "b"]),
            "argument 'clusters': 2 values; expected 1",
        ),
        (lambda: proportion_difference(5, 3, 1, 2), "argument 'count_1': 5 of 3"),
    ],
)
def test_wrong_input_names_the_argument_and_the_cure(wrong_call, words):
    with pytest.raises(UserError) as caught:
        wrong_call()
    assert words in str(caught.value)


def test_other_levels_agree_with_statsmodels():
    low, high = proportion_confint(11, 40, alpha=0.2, method="wilson")
    share = proportion(11, 40, level=0.8)
    assert [share.low, share.high] == pytest.approx([100 * low, 100 * high])


def test_a_rounded_part_larger_than_its_rounded_whole_is_all_of_it_and_an_exact_one_an_error():
    share = proportion(Released(20), Released(15))
    assert share.value == 100 and share.n == 15 and share.basis == "released"
    apart = proportion_difference(Released(20), Released(15), Released(5), Released(10))
    assert apart.value == 50
    for count in (20, Released(20)):
        with pytest.raises(UserError, match="20 of 15"):
            proportion(count, 15)
