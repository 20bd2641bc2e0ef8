import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas
from scipy import stats as scipy_stats

from rr_helpers.disclosure.shortfalls import find_shortfalls
from rr_helpers.errors import UserError
from rr_helpers.stats import counts, cox, linear, logistic, mixed, proportional_odds
from rr_helpers.stats.clusters import identified


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


def few_in_a_category(seed=3):
    drawn = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "borough": np.repeat([f"b{k}" for k in range(8)], 15), "age": drawn.normal(16, 1, 120),
        "sector": drawn.permutation(["health"] * 9 + ["police"] * 55 + ["school"] * 56),
    })  # fmt: skip
    frame["answer"] = drawn.integers(1, 5, 120)
    frame["days"] = drawn.exponential(20, 120)
    frame["happened"] = drawn.random(120) < 0.8
    frame["yes"] = drawn.random(120) < 0.5
    return frame.assign(yes=frame["yes"].astype(int))


MODELS = {
    "linear": lambda frame, terms: linear(frame, f"answer ~ {terms}", clusters="borough"),
    "mixed": lambda frame, terms: mixed(frame, f"answer ~ {terms}", clusters="borough"),
    "logistic": lambda frame, terms: logistic(frame, f"yes ~ {terms}", clusters="borough"),
    "counts": lambda frame, terms: counts(frame, f"answer ~ {terms}", clusters="borough"),
    "cox": lambda frame, terms: cox(frame, f"days ~ {terms}", event="happened"),
    "odds": lambda frame, terms: proportional_odds(frame, f"answer ~ {terms}", clusters="borough"),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_tells_how_few_stand_behind_a_category_and_disclosure_withholds_it(name):
    frame = few_in_a_category()
    few = MODELS[name](frame, "age + C(sector, Treatment('school'))")
    compared_with_few = MODELS[name](frame, "age + C(sector)")
    enough = MODELS[name](frame[frame["sector"] != "health"], "age + C(sector)")
    for estimates, smallest in ((few, 9), (compared_with_few, 9), (enough, None)):
        age = estimates["age"]
        assert age.estimable and age.details["parameters"] >= 2
        assert smallest in (None, age.details["smallest_group"])
        reasons = list(find_shortfalls(age))
        assert any("in a category of the model" in why for why in reasons) is (smallest == 9)


def test_few_who_had_an_outcome_are_few_in_a_category():
    frame = few_in_a_category()
    frame["yes"] = (frame.index % 20 == 0).astype(int)
    odds = logistic(frame, "yes ~ age", "age", clusters="borough")
    assert odds.estimable and odds.details["smallest_group"] == 6
    assert any("in a category" in why for why in find_shortfalls(odds))


def test_what_many_cross_products_can_tell_is_what_each_of_them_can():
    rng = np.random.default_rng(20261129)
    x = rng.normal(size=(4, 30, 3))
    x[1, :, 2] = x[1, :, 1] * 2  # two columns that say the same
    x[2, :, 0] = 0  # a column that says nothing
    products = x.transpose(0, 2, 1) @ x
    together = identified(products)
    assert together.tolist() == [identified(each).tolist() for each in products]
    assert together.tolist() == [[True] * 3, [True, False, False], [False, True, True], [True] * 3]
