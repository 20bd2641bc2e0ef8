"""What a simulated design gives: estimates beside the truth they should hold."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from rr_helpers.results import Estimate

ICC = 0.08  # how alike people of one borough are
# (clusters, people): 3 to 32 boroughs or courses, 20 to 240 people.
CLUSTERED = ((3, 20), (3, 60), (6, 60), (8, 80), (8, 240), (20, 240), (32, 240))
PEOPLE = (20, 40, 60, 120, 240)


class Trial(NamedTuple):
    """One interval and the truth it should hold.

    function: name in rr_helpers.stats; variant: which of its methods; setting: what was simulated,
    in words; found: an Estimate, the two ends of an interval, or None where there is none; null:
    true where the truth is 'no difference', so that an interval that misses it is an error of the
    first kind.
    """

    function: str
    variant: str
    setting: str
    found: Estimate | tuple[float, float] | None
    truth: float
    null: bool = False

    @property
    def ends(self) -> tuple[float, float] | None:
        """Low and high, or None where the quantity was not estimable."""
        if isinstance(self.found, Estimate):
            return (self.found.low, self.found.high) if self.found.estimable else None
        return self.found


def boroughs(draw, groups: int, people: int) -> np.ndarray:
    """Which borough each person lives in: unequal sizes, none empty."""
    weights = draw.dirichlet(np.full(groups, 5.0))
    return np.concatenate([np.arange(groups), draw.choice(groups, people - groups, p=weights)])


def clustered_people(draw, groups: int, people: int) -> pd.DataFrame:
    """People with a standard normal score that is alike within boroughs by `ICC`.

    level: a fact about the borough; trained: a fact about the person; neither moves the score.
    """
    borough = boroughs(draw, groups, people)
    score = draw.normal(0, np.sqrt(ICC), groups)[borough]
    return pd.DataFrame(
        {
            "borough": borough,
            "level": draw.normal(0, 1, groups)[borough],
            "trained": draw.integers(0, 2, people),
            "score": score + draw.normal(0, np.sqrt(1 - ICC), people),
        }
    )
