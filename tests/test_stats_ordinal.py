import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from rr_helpers.errors import UserError
from rr_helpers.stats import (
    ordinal_gee,
    probability_of_superiority,
    proportional_odds,
    proportional_odds_check,
)
from rr_helpers.stats.ordinal import _superiority_without_each


def answers(draw=None, groups=8, people=120, effect=0.6, between=0.5):
    draw = draw or np.random.default_rng(4)
    frame = pd.DataFrame({"borough": draw.integers(0, groups, people)})
    frame["trained"] = draw.integers(0, 2, people)
    frame["age"] = draw.normal(0, 1, people)
    latent = effect * frame["trained"] + draw.normal(0, between, groups)[frame["borough"]]
    latent = latent + draw.logistic(0, 1, people)
    return frame.assign(answer=np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]) + 1)


def test_the_odds_ratios_are_those_of_statsmodels():
    frame = answers()
    oracle = OrderedModel(frame["answer"], frame[["trained", "age"]], distr="logit")
    fitted = oracle.fit(method="bfgs", disp=False)
    found = proportional_odds(frame, "answer ~ trained + age", clusters="borough")
    for name in ("trained", "age"):
        assert found[name].details["coefficient"] == pytest.approx(fitted.params[name], abs=1e-4)
    cut_points = oracle.transform_threshold_params(fitted.params.to_numpy())[1:-1]
    assert found["age"].details["cut_points"] == pytest.approx(tuple(cut_points), abs=1e-3)


def test_the_interval_is_the_jackknife_by_refits_of_statsmodels():
    frame = answers(groups=5, people=80)

    def slope(rows):
        model = OrderedModel(rows["answer"], rows[["trained"]], distr="logit")
        return model.fit(method="bfgs", disp=False).params["trained"]

    whole = slope(frame)
    without = np.array([slope(frame[frame["borough"] != g]) for g in range(5)])
    error = np.sqrt(4 / 5 * np.sum((without - whole) ** 2))
    half = scipy_stats.t.ppf(0.975, 4) * error
    found = proportional_odds(frame, "answer ~ trained", "trained", clusters="borough")
    assert [found.low, found.high] == pytest.approx(
        [np.exp(whole - half), np.exp(whole + half)], rel=1e-3
    )


def test_words_in_order_count_as_their_order():
    frame = answers()
    words = ["never", "seldom", "sometimes", "often", "always"]
    in_words = pd.Categorical.from_codes(frame["answer"] - 1, words, ordered=True)
    call = dict(formula="answer ~ trained", term="trained", clusters="borough")
    one = proportional_odds(frame, **call)
    assert proportional_odds(frame.assign(answer=in_words), **call).low == one.low


def test_separation_and_one_cluster_are_not_estimable():
    frame = answers().assign(trained=lambda f: (f["answer"] > 3).astype(int))
    call = dict(formula="answer ~ trained", term="trained", clusters="borough")
    assert "apart completely" in proportional_odds(frame, **call).reason
    one = answers().assign(borough="a")
    assert proportional_odds(one, **call).reason == "there is only one cluster"


def test_ordinal_odds_in_eight_boroughs_are_covered():
    draw, runs = np.random.default_rng(15), 80
    # The truth averages over boroughs: the ratio in a model that does not know them.
    big = answers(np.random.default_rng(1), groups=2000, people=40_000)
    truth = proportional_odds(
        big.assign(borough=big["borough"] % 2), "answer ~ trained", "trained", clusters="borough"
    ).value
    held = 0
    for _ in range(runs):
        found = proportional_odds(answers(draw), "answer ~ trained", "trained", clusters="borough")
        held += found.estimable and found.low <= truth <= found.high
    assert held / runs >= 0.94 - 3 * np.sqrt(0.94 * 0.06 / runs)


def test_the_check_finds_odds_that_are_not_proportional_and_leaves_alone_those_that_are():
    right = proportional_odds_check(
        answers(people=600, between=0), "answer ~ trained + age", clusters="borough"
    ).set_index("term")
    assert right.loc["all together", "p_value"] > 0.01
    assert right.loc["all together", "degrees_of_freedom"] == 6
    draw = np.random.default_rng(2)
    frame = pd.DataFrame({"trained": np.repeat([0, 1], 300), "borough": draw.integers(0, 6, 600)})
    frame["answer"] = np.where(
        frame["trained"] == 1, draw.choice([1, 2, 3], 600, p=[0.45, 0.1, 0.45]),
        draw.choice([1, 2, 3], 600, p=[0.2, 0.6, 0.2]),
    )  # fmt: skip
    wrong = proportional_odds_check(frame, "answer ~ trained", clusters="borough").iloc[0]
    assert wrong["p_value"] < 1e-6
    assert wrong["lowest_ratio"] < 1 < wrong["highest_ratio"]


def test_the_check_of_two_groups_and_three_answers_is_the_wald_test_written_out():
    # 2 x 3 table: log odds at each cut, with the covariance of cumulative logits of a multinomial.
    table = np.array([[20, 30, 10], [12, 18, 30]])
    rows = [(g, a) for g in (0, 1) for a in range(3) for _ in range(table[g, a])]
    frame = pd.DataFrame(rows, columns=["trained", "answer"])
    frame["borough"] = np.arange(len(frame)) % 6
    above = np.array([table[:, 1:].sum(axis=1), table[:, 2]]).T / table.sum(axis=1)[:, None]
    logits = np.log(above / (1 - above))
    difference = (logits[1, 0] - logits[0, 0]) - (logits[1, 1] - logits[0, 1])
    variance = 0
    for g in (0, 1):
        n, (p, q) = table[g].sum(), above[g]
        variance += (1 / (p * (1 - p)) + 1 / (q * (1 - q)) - 2 / (p * (1 - q))) / n
    found = proportional_odds_check(frame, "answer ~ trained", clusters="borough").iloc[0]
    assert found["statistic"] == pytest.approx(difference**2 / variance)


def test_too_few_people_for_estimating_equations_are_sent_to_the_jackknife():
    found = ordinal_gee(answers(), "answer ~ trained", "trained", clusters="borough")
    assert found.reason == "8 clusters are too few for its errors: use proportional_odds"


def test_superiority_without_clusters_is_brunner_and_munzel():
    # Brunner & Munzel 2000, table 1 (pain scores after shoulder surgery), as in R's lawstat:
    # statistic 3.1375, p = 0.005786, P(X<Y) + 0.5 P(X=Y) = 0.788961, 95% 0.5952169 to 0.9827052.
    treated = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
    control = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
    found = probability_of_superiority(
        control + treated, ["c"] * 11 + ["t"] * 14, groups=("c", "t")
    )
    assert [found.value, found.low, found.high] == pytest.approx([0.788961, 0.5952169, 0.9827052])
    assert found.details["p_value"] == pytest.approx(0.005786, abs=1e-6)
    assert found.details["cliffs_delta"] == pytest.approx(2 * 0.788961 - 1, abs=1e-6)


@pytest.mark.parametrize("clusters", [4, 25])
def test_superiority_without_each_cluster_is_that_of_the_others(clusters):
    draw = np.random.default_rng(clusters)
    rows = pd.DataFrame(
        {
            "values": draw.integers(0, 6, 60),
            "first": draw.random(60) < 0.4,
            "clusters": draw.integers(0, clusters, 60),
        }
    )
    rows.loc[rows["clusters"].eq(1), "first"] = True
    expected = []
    for cluster in rows["clusters"].unique():
        rest = rows[rows["clusters"] != cluster]
        one, other = rest.loc[rest["first"], "values"], rest.loc[~rest["first"], "values"]
        apart = one.to_numpy()[:, None] - other.to_numpy()[None, :]
        expected.append(((apart > 0) + (apart == 0) / 2).mean())
    assert np.allclose(_superiority_without_each(rows), expected)
    alone = rows.assign(clusters=rows["first"].astype(int))
    assert np.isnan(_superiority_without_each(alone)).all()


def test_clustered_superiority_covers_where_courses_differ():
    draw, runs = np.random.default_rng(6), 100
    truth = 0.5 + probability_of_normal(0.5)
    held = 0
    for _ in range(runs):
        course = np.repeat(np.arange(8), draw.integers(6, 16, 8))
        first = draw.integers(0, 2, len(course))
        values = 0.5 * first + draw.normal(0, 1, len(course))
        values = values + draw.normal(0, 0.3, 8)[course] * (2 * first - 1) / 2
        found = probability_of_superiority(values, first, groups=(1, 0), clusters=course)
        held += found.low <= truth <= found.high
    assert held / runs >= 0.94 - 3 * np.sqrt(0.94 * 0.06 / runs)


def probability_of_normal(effect):
    # Half the difference between courses is an effect that differs: spread 0.15 on each side.
    return scipy_stats.norm.cdf(effect / np.sqrt(2 + 2 * 0.15**2)) - 0.5


def test_groups_apart_and_groups_unknown_are_said():
    apart = probability_of_superiority([1, 2, 5, 6], list("aabb"), groups=("b", "a"))
    assert apart.reason == "the groups do not overlap at all"
    with pytest.raises(UserError, match="argument 'groups': 'ab'; expected two different labels"):
        probability_of_superiority([1, 2, 5, 6], list("aabb"), groups="ab")
