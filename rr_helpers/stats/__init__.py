"""Estimates that hold with small samples and few clusters.

Every function gives an `Estimate` (or a table, or a dict of them) with interval, n, clusters and
method. What cannot be estimated says so and why; wrong input raises a `UserError` with the cure.
"""

from rr_helpers.stats.clusters import linear
from rr_helpers.stats.coefficients import coefficient_table
from rr_helpers.stats.configurational import minimise, necessity, truth_table
from rr_helpers.stats.counterfactuals import counterfactual, placebo_dates
from rr_helpers.stats.equity import funnel_limits, rate_ratio, shrink_rates
from rr_helpers.stats.generalised import counts, logistic
from rr_helpers.stats.hazards import cox
from rr_helpers.stats.imputation import impute
from rr_helpers.stats.missing import delta_sweep, little_mcar
from rr_helpers.stats.mixed import mixed, wild_bootstrap
from rr_helpers.stats.multiplicity import adjust, adjust_intervals
from rr_helpers.stats.ordinal import (
    ordinal_gee,
    probability_of_superiority,
    proportional_odds,
    proportional_odds_check,
)
from rr_helpers.stats.paired import (
    marginal_homogeneity,
    mcnemar,
    paired_dominance,
    paired_mean_change,
    signed_rank,
)
from rr_helpers.stats.pooling import pool
from rr_helpers.stats.proportions import (
    paired_proportion_difference,
    proportion,
    proportion_clustered,
    proportion_difference,
)
from rr_helpers.stats.reliability import cronbach_alpha, icc, omega
from rr_helpers.stats.survival import (
    cumulative_incidence,
    kaplan_meier,
    restricted_mean,
    restricted_mean_difference,
)
from rr_helpers.stats.time_series import interrupted_time_series
from rr_helpers.stats.weights import effective_n, nonresponse_weights, rake, weighted_shares

__all__ = [
    "adjust",
    "adjust_intervals",
    "coefficient_table",
    "counterfactual",
    "counts",
    "cox",
    "cronbach_alpha",
    "cumulative_incidence",
    "delta_sweep",
    "effective_n",
    "funnel_limits",
    "icc",
    "impute",
    "interrupted_time_series",
    "kaplan_meier",
    "linear",
    "little_mcar",
    "logistic",
    "marginal_homogeneity",
    "mcnemar",
    "minimise",
    "mixed",
    "necessity",
    "nonresponse_weights",
    "omega",
    "ordinal_gee",
    "paired_dominance",
    "paired_mean_change",
    "paired_proportion_difference",
    "placebo_dates",
    "pool",
    "probability_of_superiority",
    "proportion",
    "proportion_clustered",
    "proportion_difference",
    "proportional_odds",
    "proportional_odds_check",
    "rake",
    "rate_ratio",
    "restricted_mean",
    "restricted_mean_difference",
    "shrink_rates",
    "signed_rank",
    "truth_table",
    "weighted_shares",
    "wild_bootstrap",
]
