"""Ties between organisations, half-year by half-year: direct ties form, brokerage is handed over.

At the start an organisation reaches others of its sub-region through R&R's coordinators; each
half-year more of those who share a coordinator tie up directly.
"""

import numpy as np
import pandas as pd

from rr_helpers.study.synthetic.chance import finish, generator
from rr_helpers.study.synthetic.panels import panel_members
from rr_helpers.study.synthetic.places import HALF_YEARS, INTERVIEW_SITES, Places

DIRECT_TIE_CHANCE = (0.04, 0.08, 0.13, 0.18, 0.23, 0.28)
COORDINATOR_TIE_CHANCE = (0.85, 0.85, 0.80, 0.74, 0.68, 0.62)
TIE_KINDS = {"information": 1.0, "referral": 0.40, "action": 0.25}


def make_ties(seed: int, places: Places) -> pd.DataFrame:
    """Return directed ties among the organisations of the interview boroughs' panels.

    A tie that has formed lasts to the end (its draw is made once and compared with a chance that
    only rises), so networks of following half-years are alike, as real ones are.
    """
    rng = generator(seed, "directed_tie")
    members = {code: panel_members(code, places) for code in INTERVIEW_SITES}
    orgs = np.array(sorted({org for group in members.values() for org in group}), object)
    sectors = places.sector_of()
    sector = np.array([sectors[org] for org in orgs], object)
    n = len(orgs)
    together = np.zeros((n, n), bool)
    for group in members.values():
        inside = np.isin(orgs, group)
        together |= inside[:, None] & inside[None, :]
    coordinator = sector == "RR_coordination"
    broker = coordinator[:, None] | coordinator[None, :]
    draw = rng.random((n, n))
    strength = rng.integers(0, 3, (n, n))
    kinds = {kind: rng.random((n, n)) < share for kind, share in TIE_KINDS.items()}
    rows = []
    for half, start in enumerate(HALF_YEARS):
        chance = np.where(broker, COORDINATOR_TIE_CHANCE[half], DIRECT_TIE_CHANCE[half])
        tied = together & (draw < chance) & ~np.eye(n, dtype=bool)
        for kind, kept in kinds.items():
            sender, receiver = np.nonzero(tied & kept)
            rows.append(
                pd.DataFrame(
                    {
                        "from_org_id": orgs[sender],
                        "to_org_id": orgs[receiver],
                        "period_start": start,
                        "tie": kind,
                        "frequency": np.clip(1 + strength[sender, receiver] + half // 3, 1, 4),
                        "trust": np.clip(strength[sender, receiver] + (half + 1) // 2, 0, 4),
                    }
                )
            )
    return finish("directed_tie", pd.concat(rows, ignore_index=True))
