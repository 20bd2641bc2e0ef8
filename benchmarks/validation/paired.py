"""Designs for change from before to after in the same people."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from scipy.stats import rankdata

from benchmarks.validation.trials import Trial, boroughs
from rr_helpers import stats

CUTS = (-1.2, -0.4, 0.4, 1.2)  # of a five-point answer
GAINS = {"no change": 0.0, "a gain": 0.5}
BETWEEN_COURSES = 0.4
CHANGES = {
    "paired_dominance": stats.paired_dominance,
    "paired_mean_change": stats.paired_mean_change,
    "signed_rank": stats.signed_rank,
}


def answers(draw, course: np.ndarray, gain: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """A five-point answer before and after, where courses differ in what they give."""
    people, courses = len(course), course.max() + 1
    ability = draw.normal(0, 1, people)
    moved = gain + draw.normal(0, spread, courses)[course]
    before = np.digitize(ability + draw.normal(0, 0.6, people), CUTS)
    return before, np.digitize(ability + moved + draw.normal(0, 0.6, people), CUTS)


@cache
def true_changes(gain: float, spread: float) -> dict[str, float]:
    """Dominance, mean change and rank correlation among two million people (zero without gain)."""
    if not gain:
        return dict.fromkeys(CHANGES, 0.0)
    people = np.arange(2_000_000)
    before, after = answers(np.random.default_rng(2018), people, gain, spread)
    change = after - before
    moved = change[change != 0]
    ranks = rankdata(np.abs(moved))
    return {
        "paired_dominance": float(np.sign(change).mean()),
        "paired_mean_change": float(change.mean()),
        "signed_rank": float(np.sum(np.sign(moved) * ranks) / ranks.sum()),
    }


def ordered_changes(draw, people: int) -> Iterator[Trial]:
    """People who have nothing to do with one another: dominance and mean change."""
    yield from _changes(draw, np.arange(people), 0.0, "t", list(CHANGES)[:2])


def ranked_changes(draw, people: int) -> Iterator[Trial]:
    """The same people: signed ranks, whose jackknife over people is slow."""
    yield from _changes(draw, np.arange(people), 0.0, "jackknife", ["signed_rank"])


def clustered_ordered_changes(draw, groups: int, people: int) -> Iterator[Trial]:
    """People in courses that differ in what they give."""
    course = boroughs(draw, groups, people)
    yield from _changes(draw, course, BETWEEN_COURSES, "cluster jackknife", list(CHANGES))


def _changes(draw, course, spread, variant, names) -> Iterator[Trial]:
    clusters = course if spread else None
    for setting, gain in GAINS.items():
        pairs, truth = answers(draw, course, gain, spread), true_changes(gain, spread)
        for name in names:
            found = CHANGES[name](*pairs, clusters)
            yield Trial(name, variant, setting, found, truth[name], gain == 0)
