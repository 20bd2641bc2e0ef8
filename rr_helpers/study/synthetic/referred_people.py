"""Who is referred in the synthetic study: sex, age, ethnic group, circumstances."""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import INDICATORS
from rr_helpers.study.synthetic.chance import blank, identifiers, joined, pick, sprinkle, yes

SEX = {"M": 0.83, "F": 0.165, "other": 0.005}
AGES = {
    11: 0.01, 12: 0.02, 13: 0.035, 14: 0.055,
    15: 0.15, 16: 0.20, 17: 0.21, 18: 0.14,
    19: 0.06, 20: 0.04, 21: 0.03, 22: 0.02, 23: 0.015, 24: 0.01, 25: 0.005,
}  # fmt: skip
ETHNICITY = {
    "BCRB": 0.19, "BAFR": 0.21, "BOTH": 0.09, "WBRI": 0.16, "WIRI": 0.01, "WOTH": 0.05,
    "MWBC": 0.07, "MWBA": 0.03, "MWAS": 0.01, "MOTH": 0.02, "ABAN": 0.04, "APKN": 0.02,
    "AIND": 0.01, "AOTH": 0.02, "OOTH": 0.03, "REFU": 0.01, "NOBT": 0.03,
}  # fmt: skip
FORCES = ("Norfolk", "Hampshire", "Essex", "Sussex", "Thames Valley", "Kent", "Suffolk", "Devon")


def describe_people(rng, root, received) -> dict:
    """Return the columns that describe who was referred; a person met again stays the same.

    root: per referral, the row of the first referral of the same young person.
    """
    n = len(root)
    # A scrambled grid of quantiles holds the shares of sex and age close at any seed.
    age = np.array(list(AGES))[_stratified(rng, list(AGES.values()), n)] + rng.random(n)
    sex = np.array(list(SEX), object)[_stratified(rng, list(SEX.values()), n)]
    ethnicity = sprinkle(rng, pick(rng, ETHNICITY, n), {"NK": 0.03})
    elapsed = (received - received[root]) / pd.Timedelta("365.25D")
    gender = np.where(rng.random(n) < 0.004, "non-binary", None)
    return {
        "yp_id": identifiers(rng, "YP", n)[root],
        "age_at_referral": np.floor(np.minimum(age[root] + elapsed, 25.9)),
        "sex": sprinkle(rng, sex[root], {"NK": 0.004}),
        "gender_identity": gender[root],
        "ethnicity_18": ethnicity[root],
        "disability": sprinkle(rng, yes(rng.random(n) < 0.14)[root], {"NR": 0.12}),
    }


def _stratified(rng, shares, n) -> np.ndarray:
    grid = (rng.permutation(n) + rng.random(n)) / max(n, 1)
    return np.minimum(np.searchsorted(np.cumsum(shares) / sum(shares), grid), len(shares) - 1)


def describe_circumstances(rng, age, risk) -> dict:
    """Return the columns that describe the young person's circumstances at the referral."""
    n = len(age)
    adult = age >= 18
    legal = np.where(
        adult,
        pick(rng, {"adult": 0.72, "care_leaver": 0.28}, n),
        pick(rng, {"none": 0.36, "CIN": 0.26, "CP": 0.14, "LAC": 0.24}, n),
    )
    missing = np.where(rng.random(n) < 0.55, 1 + rng.poisson(1.6, n), 0).astype(float)
    missing[rng.random(n) < 0.09] = np.nan
    away = rng.random(n) < 0.35
    weights = np.linspace(0.55, 0.08, len(INDICATORS))[rng.permutation(len(INDICATORS))]
    indicators = joined(rng.random((n, len(INDICATORS))) < weights, list(INDICATORS))
    nrm = {"not_considered": 0.40, "considered_no": 0.24, "referred": 0.14, "positive_RG": 0.11,
           "positive_CG": 0.04, "negative": 0.03}  # fmt: skip
    return {
        "found_location_force": blank(np.array(FORCES, object)[rng.integers(0, 8, n)], ~away),
        "legal_status": sprinkle(rng, legal, {"NK": 0.05, "NR": 0.02}),
        "eet_status": sprinkle(
            rng,
            np.where(
                rng.random(n) < np.where(adult, 0.28, 0.50),
                "full_time",
                pick(rng, {"part_time": 0.36, "none": 0.64}, n),
            ),
            {"NK": 0.06, "NR": 0.02},
        ),
        "criteria_met": joined(
            rng.random((n, 4)) < np.array([0.78, 0.52, 0.14, 0.44]), ["1", "2", "3", "4"]
        ),
        "indicators": blank(indicators, rng.random(n) < 0.02),
        "risk_level": sprinkle(rng, risk, {"NR": 0.03}),
        "missing_90d": missing,
        "nrm_status": sprinkle(rng, pick(rng, nrm, n), {"NK": 0.03, "NR": 0.05}),
    }
