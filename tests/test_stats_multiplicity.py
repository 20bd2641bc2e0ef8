import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from rr_helpers.errors import UserError
from rr_helpers.stats import adjust, adjust_intervals, proportion


def test_holm_hochberg_and_bh_agree_with_values_worked_by_hand():
    p_values = [0.01, 0.04, 0.03, 0.005]
    # Holm: 0.005*4, 0.01*3, then max(0.03*2, ...) = 0.06 for both that remain.
    assert list(adjust(p_values)["adjusted"]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    hochberg = adjust(p_values, method="hochberg")["adjusted"]
    assert list(hochberg) == pytest.approx([0.03, 0.04, 0.04, 0.02])
    bh = adjust(p_values, method="bh")["adjusted"]
    assert list(bh) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_bh_reproduces_the_example_of_its_authors():
    # Benjamini & Hochberg 1995, JRSS B 57:296: 15 tests, the first 4 are below 5%.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    assert (adjust(p_values, method="bh")["adjusted"] <= 0.05).sum() == 4
    assert (adjust(p_values, method="holm")["adjusted"] <= 0.05).sum() == 3


@pytest.mark.parametrize(
    ("method", "oracle"), [("holm", "holm"), ("hochberg", "simes-hochberg"), ("bh", "fdr_bh")]
)
def test_adjusted_values_are_those_of_statsmodels_ties_and_all(method, oracle):
    p_values = np.random.default_rng(1).random(30).round(1)
    found = adjust(p_values, method=method)["adjusted"]
    assert list(found) == pytest.approx(list(multipletests(p_values, method=oracle)[1]))


def test_families_are_adjusted_apart_and_keep_their_rows():
    table = adjust([0.01, 0.02, 0.03], family=["Q1", "Q2", "Q1"])
    assert list(table["tests"]) == [2, 1, 2]
    assert list(table["adjusted"]) == pytest.approx([0.02, 0.02, 0.03])


def test_a_test_that_could_not_be_made_is_no_test():
    table = adjust([0.02, None, 0.04])
    assert list(table["tests"]) == [2, 2, 2]
    assert table["adjusted"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: adjust([0.1], method="bonferroni"), "one of 'holm', 'hochberg', 'bh'"),
        (lambda: adjust([1.2]), "argument 'p_values': a number outside 0 to 1"),
        (lambda: adjust([0.1, 0.2], family=["Q1"]), "argument 'family': 1 values; expected 2"),
        (lambda: adjust([0.1, 0.2], family=["Q1", None]), "a test without a family"),
    ],
)
def test_wrong_input_names_the_argument(call, words):
    with pytest.raises(UserError) as caught:
        call()
    assert words in str(caught.value)


def one(value, low, high, unit="change", **rest):
    return {"value": value, "low": low, "high": high, "unit": unit} | rest


def test_a_p_value_from_an_interval_is_that_of_its_authors_example():
    # Altman & Bland 2011, BMJ 343:d2304: ratio 0.81 (0.70 to 0.94) gives P = 0.005.
    found = adjust_intervals(pd.DataFrame([one(0.81, 0.70, 0.94, "ratio")]))
    assert found["p_value"][0] == pytest.approx(0.005, abs=0.0005)
    assert list(found.loc[0, ["family_low", "family_high"]]) == pytest.approx([0.70, 0.94])


def test_a_wilson_interval_is_widened_to_nearly_that_of_the_wider_level():
    narrow, wide = proportion(41, 66), proportion(41, 66, level=0.975)
    rows = pd.DataFrame([one(narrow.value, narrow.low, narrow.high, "%")] * 2)
    found = adjust_intervals(rows)
    assert list(found["family_low"]) == pytest.approx([wide.low] * 2, abs=0.1)
    assert list(found["family_high"]) == pytest.approx([wide.high] * 2, abs=0.1)
    assert found["p_value"].isna().all()


def test_few_clusters_widen_more_and_no_end_leaves_its_scale():
    rows = [one(0.3, 0.1, 0.5), one(0.3, 0.1, 0.5, clusters=6), one(2.0, 0.0, 9.0, "%"),
            one(90, 70, 99, "percentage points"), one(1.5, 0.0, 4.0, "ratio")]  # fmt: skip
    found = adjust_intervals(pd.DataFrame(rows))
    assert found["family_low"][1] < found["family_low"][0] < 0.1
    assert found["family_low"][2] == 0 and found["family_high"][3] == 100
    assert found["family_low"][4] == 0 and pd.isna(found["p_value"][4])
    assert found["p_value"][1] > found["p_value"][0]


def test_families_of_intervals_are_apart_and_one_without_value_is_not_counted():
    rows = [one(0.3, 0.1, 0.5, family="a"), one(None, None, None, family="a"),
            one(0.3, 0.1, 0.5, family="b")]  # fmt: skip
    found = adjust_intervals(pd.DataFrame(rows))
    assert list(found["intervals"]) == [1, 1, 1]
    assert found.loc[1, ["family_low", "family_high", "p_value", "adjusted"]].isna().all()


def test_intervals_that_hold_no_value_are_refused():
    with pytest.raises(UserError, match="a value outside its interval"):
        adjust_intervals(pd.DataFrame([one(0.7, 0.1, 0.5)]))
    with pytest.raises(UserError, match="argument 'estimates': no column 'low'"):
        adjust_intervals(pd.DataFrame({"value": [1]}))
    with pytest.raises(UserError, match="argument 'level': a number outside 0 to 1"):
        adjust_intervals(pd.DataFrame([one(0.3, 0.1, 0.5, level=95)]))
