"""Estimates that hold with small samples and few clusters.

Every function gives an `Estimate` (or a table, or a dict of them) with interval, n, clusters and
method. What cannot be estimated says so and why; wrong input raises a `UserError` with the cure.
"""

from rr_helpers.stats.clusters import linear
from rr_helpers.stats.generalised import counts, logistic
from rr_helpers.stats.multiplicity import adjust
from rr_helpers.stats.paired import (
    marginal_homogeneity,
    mcnemar,
    paired_dominance,
    paired_mean_change,
    signed_rank,
)
from rr_helpers.stats.proportions import (
    paired_proportion_difference,
    proportion,
    proportion_clustered,
    proportion_difference,
)
from rr_helpers.stats.survival import (
    cumulative_incidence,
    kaplan_meier,
    restricted_mean,
    restricted_mean_difference,
)
from rr_helpers.stats.time_series import interrupted_time_series

__all__ = [
    "adjust",
    "counts",
    "cumulative_incidence",
    "interrupted_time_series",
    "kaplan_meier",
    "linear",
    "logistic",
    "marginal_homogeneity",
    "mcnemar",
    "paired_dominance",
    "paired_mean_change",
    "paired_proportion_difference",
    "proportion",
    "proportion_clustered",
    "proportion_difference",
    "restricted_mean",
    "restricted_mean_difference",
    "signed_rank",
]
