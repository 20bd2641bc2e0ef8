"""Designs for shares, their differences, and rates."""

from collections.abc import Iterator

import numpy as np

from benchmarks.validation.trials import ICC, Trial, boroughs
from rr_helpers import stats


def independent_shares(draw, people: int) -> Iterator[Trial]:
    """Shares of people who have nothing to do with one another, and differences of two groups."""
    half = people // 2
    for share in (0.1, 0.4):
        found = stats.proportion(int(draw.binomial(people, share)), people)
        yield Trial("proportion", "Wilson", f"share {share:.0%}", found, 100 * share)
    for first, second in ((0.4, 0.4), (0.6, 0.3), (0.1, 0.1)):
        counts = int(draw.binomial(half, first)), int(draw.binomial(half, second))
        found = stats.proportion_difference(counts[0], half, counts[1], half)
        setting, gap = f"{first:.0%} against {second:.0%}", 100 * (first - second)
        yield Trial("proportion_difference", "Newcombe 10", setting, found, gap, first == second)
    for cells in ((0.4, 0.15, 0.15, 0.3), (0.35, 0.25, 0.1, 0.3)):
        counts = [int(count) for count in draw.multinomial(people, cells)]
        found = stats.paired_proportion_difference(*counts)
        gap = 100 * (cells[1] - cells[2])
        setting = f"{gap:.0f} points of change"
        yield Trial(
            "paired_proportion_difference", "Newcombe 10", setting, found, gap, cells[1] == cells[2]
        )
        before, after = _pairs(counts)
        found = stats.mcnemar(before, after)
        yield Trial("mcnemar", "Newcombe 10", setting, found, gap, cells[1] == cells[2])


def _pairs(counts) -> tuple[np.ndarray, np.ndarray]:
    both, after_only, before_only, neither = counts
    before = np.repeat([1, 0, 1, 0], [both, after_only, before_only, neither])
    after = np.repeat([1, 1, 0, 0], [both, after_only, before_only, neither])
    return before, after


def clustered_shares(draw, groups: int, people: int) -> Iterator[Trial]:
    """Shares that differ from borough to borough (beta-binomial)."""
    borough, odds = boroughs(draw, groups, people), (1 - ICC) / ICC
    for share in (0.1, 0.4):
        chance = draw.beta(share * odds, (1 - share) * odds, groups)[borough]
        found = stats.proportion_clustered(draw.random(people) < chance, borough)
        setting = f"share {share:.0%}"
        yield Trial("proportion_clustered", "design effect", setting, found, 100 * share)


def clustered_changes(draw, groups: int, people: int) -> Iterator[Trial]:
    """Yes or no before and after, in courses that differ in what they gain."""
    course = boroughs(draw, groups, people)
    for gain, setting in ((0.0, "no change"), (0.17, "17 points of change")):
        before = draw.random(people) < 0.4
        chance = np.clip(0.15 + gain / 0.6 + draw.uniform(-0.15, 0.15, groups), 0, 1)[course]
        loses = draw.random(people) < 0.15 * 0.6 / 0.4
        after = np.where(before, ~loses, draw.random(people) < chance)
        found = stats.mcnemar(before, after, course)
        # Those who said no (60%) gain with the chance above; those who said yes lose as many.
        yield Trial("mcnemar", "cluster jackknife", setting, found, 100 * gain, gain == 0)


def rates(draw, cases: int) -> Iterator[Trial]:
    """Two rates over unequal exposures; `cases` are expected in the first."""
    for ratio in (1.0, 2.0):
        counts = int(draw.poisson(cases)), int(draw.poisson(0.6 * cases / ratio))
        found = stats.rate_ratio(counts[0], 1.0, counts[1], 0.6)
        yield Trial("rate_ratio", "score", f"ratio {ratio:g}", found, ratio, ratio == 1)


def areas(draw, groups: int) -> Iterator[Trial]:
    """Shrunken ratios of areas that differ by a gamma: the interval of the first area."""
    expected = draw.uniform(4, 40, groups)
    ratio = draw.gamma(1 / 0.3**2, 0.3**2, groups)
    table = stats.shrink_rates(draw.poisson(expected * ratio), expected)
    row = table.iloc[0]
    ends = None if row["reason"] else (float(row["low"]), float(row["high"]))
    yield Trial("shrink_rates", "gamma-Poisson", "one area among others", ends, float(ratio[0]))
