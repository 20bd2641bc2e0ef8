import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from scipy import stats as scipy_stats

from rr_helpers.errors import UserError
from rr_helpers.results import Estimate
from rr_helpers.stats import delta_sweep, impute, linear, little_mcar, pool, proportional_odds
from rr_helpers.stats.imputation import RIDGE, nearest, predict_with_levels


def answers(draw=None, people=80, slope=0.5):
    """Score, a five-point answer and yes-or-no; who answers hangs on the score that all gave."""
    draw = draw or np.random.default_rng(5)
    before = draw.normal(0, 1, people)
    after = slope * before + draw.normal(0, 0.8, people)
    level = np.digitize(before + draw.logistic(0, 0.7, people), [-1, 0, 1])
    frame = pd.DataFrame({"before": before, "after": after, "course": draw.integers(0, 6, people)})
    words = pd.Categorical.from_codes(level, ["never", "seldom", "often", "always"], ordered=True)
    frame["answer"] = words
    frame["safe"] = pd.Series(draw.random(people) < 0.3 + 0.4 * (before > 0)).astype(object)
    for name in ("after", "answer", "safe"):
        frame.loc[draw.random(people) < 1 / (1 + np.exp(1 - before)), name] = None
    return frame


def test_littles_test_agrees_with_the_likelihood_maximised_directly():
    draw = np.random.default_rng(1)
    pairs = draw.multivariate_normal([0, 1], [[1, 0.6], [0.6, 2]], 30)
    pairs[:8, 1], pairs[25:, 0] = np.nan, np.nan

    def minus(p):
        root = np.array([[np.exp(p[2]), 0], [p[3], np.exp(p[4])]])
        spread, total = root @ root.T, 0.0
        for row in pairs:
            seen = ~np.isnan(row)
            total -= scipy_stats.multivariate_normal.logpdf(
                row[seen], p[:2][seen], spread[np.ix_(seen, seen)]
            )
        return total

    best = optimize.minimize(minus, np.zeros(5), method="BFGS", options={"gtol": 1e-7}).x
    root = np.array([[np.exp(best[2]), 0], [best[3], np.exp(best[4])]])
    spread, statistic = root @ root.T, 0.0
    for rows in (pairs[:8], pairs[8:25], pairs[25:]):
        seen = ~np.isnan(rows[0])
        apart = rows[:, seen].mean(axis=0) - best[:2][seen]
        inverse = np.linalg.inv(spread[np.ix_(seen, seen)])
        statistic += len(rows) * apart @ inverse @ apart
    found = little_mcar(pd.DataFrame(pairs)).iloc[0]
    assert found["statistic"] == pytest.approx(statistic, rel=1e-3)
    assert (found["degrees_of_freedom"], found["patterns"]) == (2, 3)


def test_littles_test_on_new_york_air_quality():
    # mcar_test(airquality) of R's naniar, as its manual prints it: statistic 35.1, 14 degrees of
    # freedom, p = 0.00142, 4 patterns. Data: R's datasets (New York State, 1973), public domain.
    ozone = AIR["ozone"]
    assert np.isnan(ozone).sum() == 37
    found = little_mcar(AIR).iloc[0]
    assert found["statistic"] == pytest.approx(35.1, abs=0.05)
    assert (found["degrees_of_freedom"], found["patterns"]) == (14, 4)
    assert found["p_value"] == pytest.approx(0.00142, abs=5e-6)


def test_littles_test_says_what_it_cannot_tell():
    assert little_mcar(pd.DataFrame({"a": range(9), "b": range(9)}))["reason"][0] == (
        "no answer is missing"
    )
    with pytest.raises(UserError, match="argument 'frame': fewer than two columns"):
        little_mcar(pd.DataFrame({"a": [1, None]}))


def test_only_blanks_are_filled_in_and_with_answers_of_the_same_kind():
    frame = answers()
    tables = impute(frame, m=3, iterations=3, clusters="course")
    assert len(tables) == 3
    for table in tables:
        assert not table.isna().any(axis=None)
        assert table["answer"].dtype == frame["answer"].dtype
        for name in frame:
            known = frame[name].notna()
            assert (table.loc[known, name] == frame.loc[known, name]).all()
        assert set(table["after"]) <= set(frame["after"].dropna())
        assert set(table["safe"]) == {True, False}
    assert not tables[0].equals(tables[1])


def test_the_same_seed_fills_in_the_same_and_another_does_not():
    frame = answers()
    first, again, other = (impute(frame, m=2, iterations=2, seed=s)[1] for s in (3, 3, 4))
    assert first.equals(again) and not first.equals(other)


def test_imputation_brings_back_the_mean_that_those_who_answered_do_not_have():
    draw, runs = np.random.default_rng(12), 25
    held, plain, bias = 0, 0, []
    for _ in range(runs):
        frame = answers(draw, people=150)[["before", "after", "course"]]
        tables = impute(frame[["before", "after"]], m=8, iterations=1)
        means = [table["after"].mean() for table in tables]
        errors = [table["after"].std() / np.sqrt(150) for table in tables]
        found = pool(means, errors, degrees_of_freedom=149, n=150)
        complete = frame["after"].dropna()
        error = complete.std() / np.sqrt(len(complete))
        held += found.low <= 0 <= found.high
        plain += abs(complete.mean()) <= 1.98 * error
        bias.append(found.value)
    assert held / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)
    assert plain < held
    assert abs(np.mean(bias)) < 0.06


@pytest.mark.parametrize("levels", [1, 2, 7])
def test_levels_eliminated_one_by_one_are_those_of_the_whole_matrix(levels):
    draw = np.random.default_rng(8)
    groups = draw.permutation(np.arange(60) % levels)
    x = draw.normal(size=(60, 2))
    blank = (draw.random(60) < 0.3) | (groups == 5)  # one level is known of nobody
    y = (x @ [1.0, -0.5] + groups + draw.normal(size=60))[~blank]
    # The same as one regression on everything, columns in units of their spread.
    columns = (groups[:, None] == np.arange(1, levels)).astype(float)
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    full = np.column_stack([np.ones(60), x, columns])
    prior = np.diag([1e-8] + [RIDGE] * (full.shape[1] - 1))
    bread = np.linalg.inv(full[~blank].T @ full[~blank] + prior)
    expected = full @ bread @ full[~blank].T @ y
    found = [
        predict_with_levels(y, blank, x, groups, np.random.default_rng(k)) for k in range(4000)
    ]
    assert np.allclose(found[0][0], expected, atol=1e-5)
    drawn = np.array([each for _, each in found])
    rest = np.sum((y - expected[~blank]) ** 2)
    degrees = len(y) - full.shape[1]
    spread = np.diag(full @ bread @ full.T) * rest / (degrees - 2)  # mean of 1/chi-square
    assert np.allclose(drawn.mean(axis=0), expected, atol=5 * np.sqrt(spread.max() / 4000))
    assert np.allclose(drawn.var(axis=0), spread, rtol=0.15)
    both = np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]
    crossed = full[:2] @ bread @ full[:2].T
    assert both == pytest.approx(crossed[0, 1] / np.sqrt(crossed[0, 0] * crossed[1, 1]), abs=0.06)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_the_nearest_are_those_that_comparing_everyone_finds(number):
    draw = np.random.default_rng(number)
    known, wanted = draw.normal(size=40).round(1), np.append(draw.normal(size=30), [-9, 9])
    far = np.abs(known[nearest(wanted, known, number)] - wanted[:, None])
    everyone = np.sort(np.abs(known[None, :] - wanted[:, None]), axis=1)[:, :number]
    assert np.allclose(far, everyone)
    assert all(len(set(row)) == number for row in nearest(wanted, known, number))
    assert set(nearest(wanted, known[:number], number).ravel()) == set(range(number))


def test_odds_of_filled_in_ordered_answers_are_pooled_on_the_log_scale():
    frame = answers(people=150)
    tables = impute(frame, m=4, iterations=2)
    parts = [proportional_odds(t, "answer ~ before", "before", clusters="course") for t in tables]
    found = pool(parts)
    assert np.log(found.value) == pytest.approx(np.mean([np.log(p.value) for p in parts]))
    assert found.method.endswith("; Rubin over 4 imputations")
    assert found.low < found.value < found.high


def test_rubins_rules_with_barnard_and_rubins_degrees_written_out():
    values, errors, complete = [1.0, 1.4, 0.9, 1.3, 1.1], [0.5, 0.6, 0.55, 0.5, 0.45], 30
    within, between = np.mean(np.square(errors)), np.var(values, ddof=1)
    total = within + 1.2 * between
    share = 1.2 * between / total
    old, observed = 4 / share**2, 31 / 33 * 30 * (1 - share)
    degrees = old * observed / (old + observed)
    half = scipy_stats.t.ppf(0.975, degrees) * np.sqrt(total)
    found = pool(values, errors, degrees_of_freedom=complete, n=33)
    assert [found.value, found.high - found.value] == pytest.approx([1.14, half])
    assert found.details["degrees_of_freedom"] == pytest.approx(degrees)


def test_a_table_in_which_nothing_could_be_estimated_stops_the_pooling():
    right = Estimate(value=1.0, low=0.0, high=2.0, n=9, method="x", details={"standard_error": 1})
    wrong = Estimate(value=None, reason="there is only one cluster", n=9, method="x")
    assert pool([right, wrong]).reason == "in 1 of 2 filled-in tables there is only one cluster"
    with pytest.raises(UserError, match="argument 'estimates': 'x' without a standard error"):
        pool([Estimate(value=1.0, n=9, method="x")] * 2)
    with pytest.raises(UserError, match="argument 'estimates': 1 of them"):
        pool([right])


def test_the_sweep_moves_the_estimate_with_delta_and_names_the_tipping_point():
    frame = answers(people=100)[["before", "after"]]

    def mean(table):
        persons = table.assign(p=range(len(table)))
        return linear(persons, "after ~ 1", "Intercept", clusters="p")

    sweep = delta_sweep(frame, "after", [-2, -1, 1, 2], mean, m=3, iterations=1)
    assert list(sweep["delta"]) == [-2, -1, 0, 1, 2]
    assert sweep["value"].is_monotonic_increasing
    share = frame["after"].isna().mean()
    steps = sweep.set_index("delta")["value"]
    assert steps[2] - steps[0] == pytest.approx(2 * share)
    assert not sweep.set_index("delta").loc[0, "tips"] and sweep["tips"].any()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"a": [1, 2], "b": [None, None]}), "no answer in 'b'"),
        (pd.DataFrame({"a": ["x", "y", "z", None]}), "blanks among the categories of 'a'"),
        (pd.DataFrame(), "no rows"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_with_the_cure(frame, words):
    with pytest.raises(UserError) as caught:
        impute(frame)
    assert words in str(caught.value)


AIR_OZONE = """
41 36 12 18 . 28 23 19 8 . 7 16 11 14 18 14 34 6 30 11 1 11 4 32 . . . 23 45 115 37
. . . . . . 29 . 71 39 . . 23 . . 21 37 20 12 13 . . . . . . . . . .
135 49 32 . 64 40 77 97 97 85 . 10 27 . 7 48 35 61 79 63 16 . . 80 108 20 52 82 50 64 59
39 9 16 78 35 66 122 89 110 . . 44 28 65 . 22 59 23 31 44 21 9 . 45 168 73 . 76 118 84 85
96 78 73 91 47 32 20 23 21 24 44 21 28 9 13 46 18 13 24 16 13 23 36 7 14 30 . 14 18 20"""
AIR_SUN = """
190 118 149 313 . . 299 99 19 194 . 256 290 274 65 334 307 78 322 44 8 320 25 92 66 266 .
13 252 223 279 286 287 242 186 220 264 127 273 291 323 259 250 148 332 322 191 284 37 120 137 150
59 91 250 135 127 47 98 31 138 269 248 236 101 175 314 276 267 272 175 139 264 175 291 48 260 274
285 187 220 7 258 295 294 223 81 82 213 275 253 254 83 24 77 . . . 255 229 207 222 137 192 273 157
64 71 51 115 244 190 259 36 255 212 238 215 153 203 225 237 188 167 197 183 189 95 92 252 220 230
259 236 259 238 24 112 237 224 27 238 201 238 14 139 49 20 193 145 191 131 223"""
AIR_WIND = """
7.4 8 12.6 11.5 14.3 14.9 8.6 13.8 20.1 8.6 6.9 9.7 9.2 10.9 13.2 11.5 12 18.4 11.5 9.7
9.7 16.6 9.7 12 16.6 14.9 8 12 14.9 5.7 7.4 8.6 9.7 16.1 9.2 8.6 14.3 9.7 6.9 13.8 11.5 10.9 9.2 8
13.8 11.5 14.9 20.7 9.2 11.5 10.3 6.3 1.7 4.6 6.3 8 8 10.3 11.5 14.9 8 4.1 9.2 9.2 10.9 4.6 10.9
5.1 6.3 5.7 7.4 8.6 14.3 14.9 14.9 14.3 6.9 10.3 6.3 5.1 11.5 6.9 9.7 11.5 8.6 8 8.6 12 7.4 7.4 7.4
9.2 6.9 13.8 7.4 6.9 7.4 4.6 4 10.3 8 8.6 11.5 11.5 11.5 9.7 11.5 10.3 6.3 7.4 10.9 10.3 15.5 14.3
12.6 9.7 3.4 8 5.7 9.7 2.3 6.3 6.3 6.9 5.1 2.8 4.6 7.4 15.5 10.9 10.3 10.9 9.7 14.9 15.5 6.3 10.9
11.5 6.9 13.8 10.3 10.3 8 12.6 9.2 10.3 10.3 16.6 6.9 13.2 14.3 8 11.5"""
AIR_HEAT = """
67 72 74 62 56 66 65 59 61 69 74 69 66 68 58 64 66 57 68 62 59 73 61 61 57 58 57 67 81 79
76 78 74 67 84 85 79 82 87 90 87 93 92 82 80 79 77 72 65 73 76 77 76 76 76 75 78 73 80 77 83 84 85
81 84 83 83 88 92 92 89 82 73 81 91 80 81 82 84 87 85 74 81 82 86 85 82 86 88 86 83 81 81 81 82 86
85 87 89 90 90 92 86 86 82 80 79 77 79 76 78 78 77 72 75 79 81 86 88 97 94 96 94 91 92 93 93 87 84
80 78 75 73 81 76 77 71 71 78 67 76 68 82 64 71 81 69 63 70 77 75 76 68"""
DAYS = pd.date_range("1973-05-01", "1973-09-30")
AIR = pd.DataFrame(
    {
        name: [np.nan if word == "." else float(word) for word in text.split()]
        for name, text in
        {"ozone": AIR_OZONE, "sun": AIR_SUN, "wind": AIR_WIND, "heat": AIR_HEAT}.items()
    }
).assign(month=DAYS.month, day=DAYS.day)  # fmt: skip
