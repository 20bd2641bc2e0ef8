import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas
from scipy import stats as scipy_stats

from rr_helpers.errors import UserError
from rr_helpers.stats import linear


def boroughs(seed=2, groups=7, people=90):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"borough": draw.integers(0, groups, people)})
    frame["trained"] = (frame["borough"] % 2 == 0).astype(int)
    frame["age"] = draw.normal(16, 2, people)
    effect = draw.normal(0, 0.5, groups)[frame["borough"]]
    return frame.assign(score=0.4 * frame["trained"] + effect + draw.normal(0, 1, people))


def refitted(frame, formula, term):
    whole = formulas.ols(formula, frame).fit().params[term]
    groups = frame["borough"].unique()
    without = [
        formulas.ols(formula, frame[frame["borough"] != g]).fit().params[term] for g in groups
    ]
    count = len(groups)
    return whole, np.sqrt((count - 1) / count * np.sum((np.array(without) - whole) ** 2)), count


@pytest.mark.parametrize("term", ["Intercept", "trained", "age", "trained:age"])
def test_the_closed_form_is_the_jackknife_by_naive_refits(term):
    frame, formula = boroughs(), "score ~ trained * age"
    value, error, groups = refitted(frame, formula, term)
    estimate = linear(frame, formula, term, clusters="borough")
    half = scipy_stats.t.ppf(0.975, groups - 1) * error
    assert estimate.value == pytest.approx(value)
    assert [estimate.low, estimate.high] == pytest.approx([value - half, value + half])
    assert (estimate.n, estimate.clusters) == (len(frame), groups)


def test_fixed_effects_of_clusters_leave_the_effect_of_interest_estimable():
    frame = boroughs()
    estimates = linear(frame, "score ~ age + C(borough)", clusters="borough")
    assert estimates["age"].estimable
    assert estimates["C(borough)[T.3]"].reason == "it rests on one cluster alone"


def test_a_column_said_twice_is_not_estimable_and_the_others_are():
    frame = boroughs().assign(months=lambda f: 12 * f["age"])
    estimates = linear(frame, "score ~ trained + age + months", clusters="borough")
    assert not estimates["age"].estimable
    assert "the same thing twice" in estimates["months"].reason
    alone = linear(frame, "score ~ trained + age", "trained", clusters="borough")
    assert estimates["trained"].low == pytest.approx(alone.low)


def test_rows_with_a_blank_are_left_out_and_counted():
    frame = boroughs()
    frame.loc[[0, 1], "age"] = np.nan
    frame["borough"] = frame["borough"].astype("object")
    frame.loc[[1, 2], "borough"] = None
    estimate = linear(frame, "score ~ age", "age", clusters="borough")
    assert (estimate.n, estimate.details["dropped"]) == (len(frame) - 3, 3)


def test_the_row_labels_of_the_table_do_not_matter():
    frame = boroughs()
    doubled = frame.set_axis([0] * len(frame))
    one, other = (linear(f, "score ~ age", "age", clusters="borough") for f in (frame, doubled))
    assert one.low == other.low


def test_one_cluster_and_a_perfect_fit_are_not_estimable():
    frame = boroughs()
    one = linear(frame[frame["borough"] == 1], "score ~ age", "age", clusters="borough")
    assert one.reason == "there is only one cluster"
    exact = linear(frame.assign(score=2 * frame["age"]), "score ~ age", "age", clusters="borough")
    assert exact.reason == "the model fits without any spread"
    constant = linear(frame.assign(score=5.1), "score ~ age", "age", clusters="borough")
    assert constant.reason == "the model fits without any spread"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"formula": "score ~ agee"},
            "argument 'formula': 'score ~ agee' (Error evaluating factor",
        ),
        ({"formula": "score ~"}, "expected 'outcome ~ term + term' over columns of 'frame'"),
        ({"clusters": "course"}, "argument 'clusters': 'course'; expected the name of a column"),
        ({"term": "agee"}, "argument 'term': 'agee'; expected one of 'Intercept', 'age'"),
        ({"small_sample": "HC1"}, "argument 'small_sample': 'HC1'"),
        ({"frame": [1, 2]}, "argument 'frame': a list; expected a table"),
    ],
)
def test_wrong_input_names_the_argument_and_the_cure(change, words):
    call = {"frame": boroughs(), "formula": "score ~ age", "term": "age", "clusters": "borough"}
    with pytest.raises(UserError) as caught:
        linear(**(call | change))
    assert words in str(caught.value)
