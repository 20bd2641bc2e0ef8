"""Contexts and rated items of case reviews.

Contexts change for the better on average, except in one borough that is busy all the same.
"""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.case_reviews import DOMAIN_ITEMS
from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.synthetic.chance import answers, finish, generator, latent_mean, yes
from rr_helpers.study.synthetic.places import BUSY_BOROUGH

CONTEXT_CHANGE, CONTEXT_CHANGE_BUSY_BOROUGH = 0.5, 0.0
CHANGE_SD, CASE_SD = 0.85, 0.35
RATER_SD = 0.40
DOMAIN_LEVEL = {"D1": 1.5, "D2": 1.8, "D3": 1.6, "D4": 0.9}
HARM = {"home": 0.9, "peer": 2.2, "school": 1.3, "neighbourhood": 2.3, "online": 1.4}


def make_contexts(seed: int, case: pd.DataFrame) -> pd.DataFrame:
    """Return the contexts of every case with their harm, weight, response and change."""
    rng = generator(seed, "ccr_context")
    keys = list(CONTEXTS)
    n, k = len(case), len(keys)
    harm = answers(rng.normal([HARM[key] for key in keys], 0.8, (n, k)), 0, 3)
    weight = _weights(rng, harm)
    rank = 1 + np.argsort(np.argsort(-weight - 1e-6 * rng.random((n, k)), axis=1), axis=1)
    busy = (case["borough_code"] == BUSY_BOROUGH).to_numpy()[:, None]
    spread = np.hypot(CHANGE_SD, CASE_SD)
    mean = np.where(
        busy,
        latent_mean(CONTEXT_CHANGE_BUSY_BOROUGH, spread, -2, 2),
        latent_mean(CONTEXT_CHANGE, spread, -2, 2),
    )
    noise = CASE_SD * rng.standard_normal((n, 1)) + CHANGE_SD * rng.standard_normal((n, k))
    assessed = rng.random((n, k)) < [0.92, 0.62, 0.66, 0.44, 0.28]
    target = assessed & (rng.random((n, k)) < [0.7, 0.5, 0.45, 0.5, 0.25])
    delivered = target & (rng.random((n, k)) < np.where(busy, 0.9, 0.65))
    owner = {"home": "CSC", "peer": "YOS", "school": "EDUC", "online": "CSC"}
    owners = [
        "POL-MPS" if key == "neighbourhood" else f"{owner[key]}-{code[-2:]}"
        for code in case["borough_code"]
        for key in keys
    ]
    table = {
        "ccr_id": np.repeat(case["ccr_id"].to_numpy(), k),
        "context": np.tile(np.array(keys, object), n),
        "harm_level": harm.ravel(),
        "safety_level": answers(2.4 - 0.6 * harm + 0.6 * rng.standard_normal((n, k)), 0, 3).ravel(),
        "weight": weight.ravel(),
        "rank": rank.ravel(),
        "assessed": yes(assessed.ravel()),
        "plan_target": yes(target.ravel()),
        "response_delivered": yes(delivered.ravel()),
        "owner_org_id": owners,
        "change_12m": answers(mean + noise, -2, 2).ravel(),
        "evidence_strength": rng.integers(1, 4, n * k),
    }
    return finish("ccr_context", table)


def _weights(rng, harm) -> np.ndarray:
    """Return weights in steps of 5 that add up to 100 in every row."""
    share = rng.dirichlet(np.ones(harm.shape[1]), len(harm)) + 0.35 * (harm + 0.2)
    share = 20 * share / share.sum(axis=1, keepdims=True)
    steps = np.floor(share)
    short = (20 - steps.sum(axis=1)).astype(int)
    order = np.argsort(np.argsort(-(share - steps), axis=1, kind="stable"), axis=1)
    return 5 * (steps + (order < short[:, None]))


def make_domains(seed: int, case: pd.DataFrame) -> pd.DataFrame:
    """Return every item of every case, rated by two raters and then agreed."""
    rng = generator(seed, "ccr_domain")
    items = list(DOMAIN_ITEMS)
    n, k = len(case), len(items)
    level = np.array([DOMAIN_LEVEL[item[:2]] for item in items]) + 0.45 * rng.standard_normal(k)
    latent = level + 0.4 * rng.standard_normal((n, 1)) + 0.55 * rng.standard_normal((n, k))
    first = answers(latent + RATER_SD * rng.standard_normal((n, k)), 0, 3)
    second = answers(latent + RATER_SD * rng.standard_normal((n, k)), 0, 3)
    agreed = np.where(first == second, first, answers(latent, 0, 3))
    first[rng.random((n, k)) < 0.02] = np.nan
    tables = [
        pd.DataFrame(
            {
                "ccr_id": np.repeat(case["ccr_id"].to_numpy(), k),
                "item": np.tile(np.array(items, object), n),
                "rater": rater,
                "rating": rating.ravel(),
                "confidence": rng.integers(1, 4, n * k),
                "evidence_text_ref": [f"review note, part {i}" for i in rng.integers(1, 9, n * k)],
            }
        )
        for rater, rating in (("1", first), ("2", second), ("agreed", agreed))
    ]
    return finish("ccr_domain", pd.concat(tables, ignore_index=True))
