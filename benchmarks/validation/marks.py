"""Which intervals of the grid do not hold what they promise, and why, in plain words.

A row is marked where its coverage lies outside 93% to 97% by more than chance explains: that many
hits, or misses, would come once in forty tries or less if the interval held 97%, or 93%. No better
method is known to the room in these cells, or the method is a companion that is never shown alone;
each reason says which.
"""

import pandas as pd
from scipy.stats import binom

LOWEST, HIGHEST, CHANCE = 93.0, 97.0, 1 / 40
UNEXPLAINED = "not explained yet"

_THREE = (
    "With three clusters the clusters themselves leave two degrees of freedom or fewer: the "
    "interval is very wide and errs on the safe side. No method does better with three."
)
_FEW = (
    "With few clusters the interval is wider than it need be, and errs on the safe side: the "
    "spread between so few clusters is hardly known."
)
_STEPS = (
    "Few people, and counts that go in whole steps: no interval for counts can hold exactly; this "
    "one errs on the safe side."
)
_CARRIED = (
    "It takes the months as independent, and these are not: too narrow. A companion, never shown "
    "alone; the main method allows for what carries over."
)
_NEWEY = (
    "Its correction for what carries over needs far longer series: too narrow. Only there to "
    "compare with published results, and it says so."
)
_REDUCED = (
    "It counts two degrees of freedom less than there are clusters, which leaves almost none: far "
    "too wide, on the safe side. The jackknife is the default."
)
_MIXED = (
    "It takes every term as if it were a fact about clusters (t on clusters less two): too wide "
    "with few clusters, above all for facts about a person. A companion to the jackknife."
)
_RANKS = (
    "Small samples of ranks: near its ends the scale is so curved that the interval errs on the "
    "safe side."
)
_NOISE = (
    "Counting adds a noise of its own to what carries over, which the model takes for less carried "
    "over than there is: a little too narrow."
)


def mark(grid: pd.DataFrame) -> pd.DataFrame:
    """Return the grid with a column `marked`: the reason, or blank where the interval holds."""
    return grid.assign(marked=[_reason(row) for row in grid.to_dict("records")])


def outside(row: dict) -> str:
    """``"high"`` or ``"low"`` where chance does not explain the coverage, or ``""``."""
    tries = row["estimable"]
    if not tries:
        return ""
    held = round(row["coverage"] * tries / 100)
    if binom.sf(held - 1, tries, HIGHEST / 100) < CHANCE:
        return "high"
    return "low" if binom.cdf(held, tries, LOWEST / 100) < CHANCE else ""


def _reason(row: dict) -> str:
    side, function, variant = outside(row), row["function"], row["variant"]
    if not side:
        return ""
    if function == "interrupted_time_series" and side == "low":
        if variant == "reml_ar1":
            return _NOISE if "counts" in row["setting"] else UNEXPLAINED
        return _NEWEY if variant == "newey_west" else _CARRIED
    if side == "low":
        return UNEXPLAINED
    if function == "mixed":
        return _MIXED
    if variant == "bias_reduced":
        return _REDUCED
    if row["clusters"] == 3:
        return _THREE
    if row["clusters"] > 3:
        return _FEW
    if function in ("signed_rank", "probability_of_superiority"):
        return _RANKS
    counted = ("proportion", "proportion_difference", "paired_proportion_difference", "mcnemar",
               "rate_ratio", "kaplan_meier", "cumulative_incidence")  # fmt: skip
    return _STEPS if function in counted else UNEXPLAINED
