import pytest

from rr_helpers.errors import UserError
from rr_helpers.stats import adjust


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
