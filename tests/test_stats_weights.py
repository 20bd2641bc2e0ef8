import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas

from rr_helpers.errors import UserError
from rr_helpers.stats import effective_n, nonresponse_weights, rake, weighted_shares


def invited(seed=3, people=400):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"sex": draw.choice(["f", "m"], people), "age": draw.choice(["14-15", "16-17"], people)}
    )
    chance = np.where(frame["sex"] == "f", 0.7, 0.4)
    frame["safe"] = (draw.random(people) < np.where(frame["sex"] == "f", 0.8, 0.4)).astype(float)
    return frame.assign(answered=(draw.random(people) < chance).astype(int))


def test_raked_weights_meet_every_margin_and_keep_the_odds_between_cells():
    frame = invited()
    weights = rake(frame, {"sex": {"f": 0.3, "m": 0.7}, "age": {"14-15": 60, "16-17": 40}})
    assert weights.mean() == pytest.approx(1)
    assert weights[frame["sex"] == "f"].sum() / len(frame) == pytest.approx(0.3)
    assert weights[frame["age"] == "14-15"].sum() / len(frame) == pytest.approx(0.6)
    # Raking leaves the odds ratio of the table as it was (Deming & Stephan 1940).
    cells = [
        frame.groupby(["sex", "age"]).size(),
        weights.groupby([frame["sex"], frame["age"]]).sum(),
    ]
    ratios = [
        c["f", "14-15"] * c["m", "16-17"] / (c["f", "16-17"] * c["m", "14-15"]) for c in cells
    ]
    assert ratios[0] == pytest.approx(ratios[1])


def test_raking_one_margin_is_post_stratification():
    frame = pd.DataFrame({"sex": ["f"] * 30 + ["m"] * 10})
    weights = rake(frame, {"sex": {"f": 1, "m": 1}})
    assert weights.tolist() == pytest.approx([20 / 30] * 30 + [2.0] * 10)
    assert effective_n(weights) == pytest.approx(40**2 / (30 * (2 / 3) ** 2 + 10 * 4))


def test_no_weight_passes_the_largest():
    frame = pd.DataFrame({"sex": ["f"] * 95 + ["m"] * 5})
    weights = rake(frame, {"sex": {"f": 0.5, "m": 0.5}}, largest=4)
    assert weights.max() == pytest.approx(4 * weights.mean())


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({"sex": {"f": 1}}, "no share for 'm' of 'sex'"),
        ({"sex": {"f": 1, "m": 1, "x": 1}}, "a share for 'x' of 'sex', which nobody is"),
        ({"gender": {"f": 1}}, "'gender'; expected a column of 'frame'"),
        ({"sex": {"f": 0, "m": 1}}, "expected 2 numbers above 0"),
        ({}, "expected {'column': {'category': share}}"),
    ],
)
def test_targets_that_cannot_be_met_are_refused_with_the_cure(targets, words):
    with pytest.raises(UserError) as caught:
        rake(invited(), targets)
    assert words in str(caught.value)


def test_margins_that_contradict_each_other_are_refused():
    frame = pd.DataFrame({"one": ["a", "b"] * 10, "other": ["x", "y"] * 10})
    with pytest.raises(UserError, match="shares that cannot all be met"):
        rake(frame, {"one": {"a": 1, "b": 1}, "other": {"x": 1, "y": 3}})


def test_nonresponse_weights_are_one_over_the_propensity_of_statsmodels():
    frame = invited()
    table = nonresponse_weights(frame, "C(sex) + C(age)", responded="answered")
    oracle = formulas.logit("answered ~ C(sex) + C(age)", frame).fit(disp=0).predict()
    assert table["propensity"].to_numpy() == pytest.approx(oracle, rel=1e-5)
    who = frame["answered"] == 1
    raw = 1 / oracle[who]
    assert table.loc[who, "weight"].to_numpy() == pytest.approx(raw / raw.mean(), rel=1e-5)
    assert table.loc[~who, "weight"].isna().all()


def test_weights_bring_the_answers_of_those_who_answered_back_to_all_who_were_asked():
    frame = invited(people=20_000)
    weights = nonresponse_weights(frame, "C(sex)", responded="answered")["weight"]
    who = frame["answered"] == 1
    both = weighted_shares(frame.loc[who, "safe"], weights[who]).set_index("answer").loc[1.0]
    truth = 100 * frame["safe"].mean()
    assert abs(both["weighted"] - truth) < 1.5 < abs(both["unweighted"] - truth)
    assert both["effective_n"] < both["n"] == who.sum()


def test_a_formula_that_tells_response_apart_is_refused():
    frame = invited().assign(known=lambda f: f["answered"])
    with pytest.raises(UserError, match="tells apart completely who answered"):
        nonresponse_weights(frame, "known", responded="answered")


def test_equal_weights_are_worth_as_many_as_they_are():
    assert effective_n([2, 2, None, 2]) == pytest.approx(3)
    assert effective_n([]) == 0.0
