"""Which names of rr_helpers.stats the grid does not simulate, and why."""

NOT_AN_INTERVAL = {
    "adjust": "adjusts p values; compared with published examples",
    "adjust_intervals": "widens other intervals by their number",
    "coefficient_table": "lists what another function estimated",
    "delta_sweep": "repeats `pool` under assumptions that are varied on purpose",
    "effective_n": "a number without an interval",
    "funnel_limits": "limits for areas, no interval of an estimate",
    "impute": "fills in tables; the interval is that of `pool`",
    "little_mcar": "a test without an interval",
    "marginal_homogeneity": "tests without an interval",
    "minimise": "exploratory, without chance in it",
    "necessity": "exploratory, without chance in it",
    "nonresponse_weights": "weights without an interval",
    "placebo_dates": "a description without an interval",
    "proportional_odds_check": "a diagnostic without an interval",
    "rake": "weights without an interval",
    "truth_table": "exploratory, without chance in it",
    "weighted_shares": "shown beside unweighted shares, without an interval",
}
