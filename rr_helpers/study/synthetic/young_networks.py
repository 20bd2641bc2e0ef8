"""Networks of young people that analysts identified, from those referred in one borough."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic.chance import (
    count,
    draw_evenly,
    finish,
    generator,
    identifiers,
    later,
    yes,
)
from rr_helpers.study.synthetic.places import LAST_DAY

NETWORKS_A_YEAR, MEMBERS, SMALLEST = 36, 5, 3
LOOKED_BACK = 270  # days of referrals in which a network is seen
CHOSEN_AMONG = 14  # of the latest referred in its borough
LEAD_SHARE, MAPPED_SHARE, CONTEXT_SHARE = 0.60, 0.45, 0.30


def make_young_networks(seed: int, scale: float, referral: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the networks and their members; a young person may be in several.

    A network is some of those who were referred from one borough in the months before.
    """
    rng = generator(seed, "yp_network")
    known = referral.drop_duplicates("yp_id").sort_values("received_date")
    known = known[known["residence_borough"].isin(list(BOROUGHS))]
    start = pd.Timestamp("2018-11-01")
    n = count(3 * NETWORKS_A_YEAR, scale)
    day = later([start] * n, np.sort(rng.integers(0, (LAST_DAY - start).days - 60, n)))
    borough = _boroughs(rng, known, day)
    people = list(_members(rng, known, borough, day))
    kept = np.array([len(each) >= SMALLEST for each in people], bool)
    code = identifiers(rng, "YN", n)
    mapped = draw_evenly(rng, np.full(n, MAPPED_SHARE))
    network = {
        "network_id": code,
        "borough_code": borough,
        "identified_date": day,
        "lead_professional": yes(draw_evenly(rng, np.full(n, LEAD_SHARE))),
        "mapping_date": later(day, np.where(mapped, rng.integers(3, 60, n), np.nan)),
        "context_response": yes(draw_evenly(rng, np.full(n, CONTEXT_SHARE))),
    }
    rows = [(code[number], person) for number in np.flatnonzero(kept) for person in people[number]]
    members = pd.DataFrame(rows, columns=["network_id", "yp_id"])
    return {
        "yp_network": finish("yp_network", pd.DataFrame(network)[kept]),
        "yp_network_member": finish("yp_network_member", members),
    }


def _boroughs(rng, known: pd.DataFrame, day) -> np.ndarray:
    """Return, for each day, the borough of somebody referred in the months before."""
    dates, homes = known["received_date"].to_numpy(), known["residence_borough"].to_numpy()
    low = np.searchsorted(dates, (day - pd.Timedelta(days=LOOKED_BACK)).to_numpy())
    high = np.maximum(np.searchsorted(dates, day.to_numpy()), low + 1)
    return homes[np.minimum(low + np.floor(rng.random(len(day)) * (high - low)).astype(int),
                            len(homes) - 1)]  # fmt: skip


def _members(rng, known: pd.DataFrame, borough, day) -> Iterator[list[str]]:
    """Yield, for each network, some of the latest who were referred from its borough."""
    groups = {home: frame for home, frame in known.groupby("residence_borough")}
    dates = {home: frame["received_date"].to_numpy() for home, frame in groups.items()}
    people = {home: frame["yp_id"].to_numpy() for home, frame in groups.items()}
    size = SMALLEST + rng.poisson(MEMBERS - SMALLEST, len(day))
    for home, when, wanted in zip(borough, day.to_numpy(), size, strict=True):
        before = int(np.searchsorted(dates[home], when))
        latest = people[home][max(0, before - CHOSEN_AMONG) : before]
        yield sorted(rng.choice(latest, min(len(latest), wanted), replace=False))
