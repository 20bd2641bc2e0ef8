"""How often 95% intervals hold the truth, under the sizes of this study: seeded and small.

Each figure is allowed the Monte Carlo error of its number of runs (three standard errors). The
wrong intervals are simulated too, so that a test which could not tell them apart would fail.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from rr_helpers.stats import cumulative_incidence, linear, paired_dominance, proportion, signed_rank

NOMINAL = 0.95


def at_least(share: float, runs: int, nominal: float = NOMINAL) -> bool:
    return share >= nominal - 3 * np.sqrt(nominal * (1 - nominal) / runs)


def at_most(share: float, runs: int, nominal: float) -> bool:
    return share <= nominal + 3 * np.sqrt(nominal * (1 - nominal) / runs)


def delegates(draw, courses):
    """A five-point answer before and after in courses of unequal size that differ in their gain."""
    course = np.repeat(np.arange(courses), draw.integers(6, 16, courses))
    ability = draw.normal(0, 1, len(course))
    gain = 0.5 + draw.normal(0, 0.4, courses)[course]
    cuts = [-1.2, -0.4, 0.4, 1.2]
    before = np.digitize(ability + draw.normal(0, 0.6, len(course)), cuts)
    after = np.digitize(ability + gain + draw.normal(0, 0.6, len(course)), cuts)
    return before, after, course


@pytest.fixture(scope="module")
def true_dominance():
    draw = np.random.default_rng(100)
    before, after, course = delegates(draw, 20_000)
    signs = pd.Series(np.sign(after - before)).groupby(course)
    return signs.sum().sum() / signs.size().sum()


@pytest.mark.parametrize("courses", [6, 20])
def test_clustered_dominance_covers_and_the_unclustered_interval_does_not(courses, true_dominance):
    draw, runs = np.random.default_rng(courses), 250
    held, naive = 0, 0
    for _ in range(runs):
        before, after, course = delegates(draw, courses)
        clustered = paired_dominance(before, after, course)
        simple = paired_dominance(before, after)
        held += clustered.low <= true_dominance <= clustered.high
        naive += simple.low <= true_dominance <= simple.high
    assert at_least(held / runs, runs, 0.94)
    assert at_most(held / runs, runs, 0.97)
    assert naive / runs < 0.91


def test_dominance_near_its_end_covers_by_enumeration():
    # Every likely outcome of 50 people of whom 80% move up and 2% down, so no chance is left. The
    # interval on the scale itself holds 92.6%.
    people, up, down, held, seen = 50, 0.80, 0.02, 0.0, 0.0
    outcomes = scipy_stats.multinomial(people, [up, down, 1 - up - down])
    for ups in range(26, people):
        for downs in range(min(8, people - ups)):
            chance = outcomes.pmf([ups, downs, people - ups - downs])
            if chance > 1e-6:
                after = np.repeat([3, 1, 2], [ups, downs, people - ups - downs])
                found = paired_dominance(np.full(people, 2), after)
                seen += chance
                held += chance * (found.low <= up - down <= found.high)
    assert seen > 0.9995
    assert 0.94 < held < 0.97


def test_signed_rank_covers_in_few_courses():
    before, after, _ = delegates(np.random.default_rng(100), 20_000)
    change = (after - before)[after != before]
    ranks = scipy_stats.rankdata(np.abs(change))
    truth = np.sum(np.sign(change) * ranks) / ranks.sum()
    draw, runs = np.random.default_rng(41), 150
    effects = [signed_rank(*delegates(draw, 8)) for _ in range(runs)]
    held = [effect.low <= truth <= effect.high for effect in effects if effect.estimable]
    assert len(held) > 0.98 * runs
    assert at_least(np.mean(held), runs)


@pytest.mark.parametrize(("groups", "people"), [(8, 80), (8, 240), (20, 240)])
def test_cr3_covers_a_borough_level_effect_and_least_squares_does_not(groups, people):
    draw, runs = np.random.default_rng(groups * people), 200
    held, naive = 0, 0
    for _ in range(runs):
        borough = draw.choice(groups, people, p=draw.dirichlet(np.full(groups, 5)))
        level = draw.normal(0, 1, groups)[borough]
        score = draw.normal(0, np.sqrt(0.08), groups)[borough] + draw.normal(
            0, np.sqrt(0.92), people
        )
        frame = pd.DataFrame({"score": score, "level": level, "borough": borough})
        estimate = linear(frame, "score ~ level", "level", clusters="borough")
        held += estimate.low <= 0 <= estimate.high
        slope = scipy_stats.linregress(level, score)
        naive += abs(slope.slope) <= scipy_stats.t.ppf(0.975, people - 2) * slope.stderr
    assert at_least(held / runs, runs)
    assert at_most(held / runs, runs, 0.97)
    assert naive < held


@pytest.mark.parametrize(
    ("groups", "people", "share"), [(8, 80, 0.4), (8, 80, 0.1), (20, 240, 0.4)]
)
def test_clustered_shares_cover(groups, people, share):
    draw, runs, icc = np.random.default_rng(7), 300, 0.08
    odds = (1 - icc) / icc
    held = 0
    for _ in range(runs):
        sizes = draw.multinomial(people, draw.dirichlet(np.full(groups, 4)))
        shares = draw.beta(share * odds, (1 - share) * odds, groups)
        counts = draw.binomial(sizes, shares)
        estimate = proportion(counts.tolist(), sizes.tolist(), clusters=range(groups))
        held += estimate.low <= 100 * share <= estimate.high
    assert at_least(held / runs, runs)


def test_clustered_cumulative_incidence_covers():
    draw, runs, boroughs, people = np.random.default_rng(12), 200, 8, 120
    truth = waits(draw, 4000, 200_000)[2]
    held = 0
    for _ in range(runs):
        days, event, _, borough = waits(draw, boroughs, people)
        estimate = cumulative_incidence(days, event, at=[28], clusters=borough)[28]
        held += estimate.low <= 100 * truth <= estimate.high
    assert at_least(held / runs, runs)


def waits(draw, boroughs, people):
    """Days to a response in boroughs that differ in speed, against closing and the end of study."""
    borough = draw.integers(0, boroughs, people)
    speed = np.exp(draw.normal(0, 0.3, boroughs))[borough]
    response = np.floor(draw.exponential(30 / speed))
    closed = np.floor(draw.exponential(90, people))
    censored = np.floor(draw.uniform(40, 200, people))
    days = np.minimum(np.minimum(response, closed), censored)
    event = np.select([response == days, closed == days], [1, 2], 0)
    return days, event, np.mean((response <= 28) & (response <= closed)), borough
