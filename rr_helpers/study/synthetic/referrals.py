"""Referrals: how many, when, from where, about whom, and what was decided.

Volumes and shares follow the figures published about the pilot (see `truth.CALIBRATION`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic.chance import (
    blank,
    days,
    draw_exactly,
    finish,
    generator,
    identifiers,
    later,
    pick,
    pick_by_row,
    sprinkle,
)
from rr_helpers.study.synthetic.places import LAST_DAY, MONTHS, Places
from rr_helpers.study.synthetic.referred_people import describe_circumstances, describe_people

# Expected referrals a month; the second and fourth block add up to published totals exactly.
BLOCKS = (
    ((8, 16), False),
    ((52, 58, 60, 50, 58, 60, 64, 54, 58, 54), True),
    ((50, 40, 47, 49, 47, 38, 46, 46, 42), False),
    ((32, 33, 36, 50, 42, 58, 62, 60, 46, 56, 58, 60), True),
    ((48, 48, 48), False),
)
MONTHLY_SPREAD = 0.05
COURSE_RATE_RATIO, COURSE_LAG_MONTHS = 1.18, 2
RECORDING_BREAK = pd.Timestamp("2020-01-01")
PANDEMIC = pd.Timestamp("2020-04-01")
TYPES_BEFORE = {"intervention": 0.58, "intelligence": 0.34, "consultation": 0.08}
TYPES_AFTER = {"intervention": 0.80, "intelligence": 0.07, "consultation": 0.13}
ACCEPTED_Y1, ACCEPTED_Y3, ACCEPTED_ELSE = 243 / 568, 0.41, 0.42

SOURCES = {
    "csc": 0.40, "yos": 0.20, "police": 0.15, "vcs": 0.08, "education": 0.06, "health": 0.03,
    "missing_provider": 0.03, "probation_prison": 0.02, "self_family": 0.02, "rr_analyst": 0.01,
}  # fmt: skip
DFE_CODES = {
    "csc": "5A", "yos": "5B", "police": "6", "vcs": "8", "education": "2A", "health": "3E",
    "missing_provider": "8", "probation_prison": "7", "self_family": "1A", "rr_analyst": "8",
}  # fmt: skip


@dataclass(frozen=True)
class Referrals:
    """The referral table and what only the generator knows of each row."""

    table: pd.DataFrame
    borough: np.ndarray
    accepted: np.ndarray
    duplicate: np.ndarray


def make_referrals(seed: int, scale: float, places: Places, first_course: dict) -> Referrals:
    """Return every referral of the pilot, with its hidden borough and decision.

    first_course: borough code to the month of its first course; from two months later the rate of
    referrals from that borough is multiplied by `COURSE_RATE_RATIO`.
    """
    rng = generator(seed, "referral")
    borough, received = _when_and_where(rng, scale, places, first_course)
    n = len(received)
    source = pick(rng, SOURCES, n)
    earlier = _earlier_referral(rng, borough)
    root = _roots(earlier)
    gap = (received - received[np.where(earlier >= 0, earlier, np.arange(n))]) / pd.Timedelta("1D")
    duplicate = (earlier >= 0) & (gap <= 28) & (source != source[earlier]) & (rng.random(n) < 0.85)
    person = describe_people(rng, root, received)
    kind = np.where(received < RECORDING_BREAK, pick(rng, TYPES_BEFORE, n),
                    pick(rng, TYPES_AFTER, n))  # fmt: skip
    risk = pick(rng, {"known": 0.55, "suspected": 0.45}, n)
    accepted = _accept(rng, received, kind, duplicate, person["age_at_referral"], risk)
    referral_id = identifiers(rng, "RF", n)
    codes = np.array(list(BOROUGHS), object)[borough]
    moved = rng.random(n) < 0.08
    triage = later(received, days(rng, 2.5, 0.9, n))
    table = {
        "referral_id": referral_id,
        "received_date": received,
        "referral_type": kind,
        "referrer_org_id": _referrers(rng, source, codes, places),
        "referral_source": sprinkle(rng, source, {"NK": 0.01}),
        "dfe_source_code": [DFE_CODES[value] for value in source],
        "residence_borough": sprinkle(
            rng, np.where(moved, codes[rng.permutation(n)], codes), {"NK": 0.015}
        ),
        "referring_borough": codes,
        **person,
        **describe_circumstances(rng, person["age_at_referral"], risk),
        "triage_date": triage,
        "decision": _decisions(rng, kind, accepted, duplicate, received),
        "decision_date": later(triage, days(rng, 1.5, 0.7, n)),
        "provider_org_id": _providers(rng, accepted, person["sex"]),
        "repeat_of": blank(referral_id[earlier], earlier < 0),
    }
    for column in ("triage_date", "decision_date"):
        table[column] = table[column].where(table[column] <= LAST_DAY)
    return Referrals(finish("referral", table), borough, accepted, duplicate)


def _when_and_where(rng, scale, places, first_course):
    rate = places.pull[:, None] * np.concatenate([block for block, _ in BLOCKS])[None, :]
    for number, code in enumerate(BOROUGHS):
        if code in first_course:
            start = MONTHS.get_loc(first_course[code]) + COURSE_LAG_MONTHS
            rate[number, start:] *= COURSE_RATE_RATIO
    rate *= rng.gamma(1 / MONTHLY_SPREAD, MONTHLY_SPREAD, rate.shape)
    numbers = np.zeros(rate.shape, int)
    first = 0
    for block, exact in BLOCKS:
        cells = np.s_[:, first : first + len(block)]
        total = round(sum(block) * scale) if exact else rng.poisson(sum(block) * scale)
        share = (rate[cells] / rate[cells].sum()).ravel()
        numbers[cells] = rng.multinomial(total, share).reshape(33, len(block))
        first += len(block)
    borough, month = np.repeat(np.indices(rate.shape).reshape(2, -1), numbers.ravel(), axis=1)
    start = MONTHS[month]
    date = later(start, np.floor(rng.random(len(start)) * start.days_in_month))
    date = _to_weekdays(rng, date)
    order = np.lexsort((borough, date))
    return borough[order], date[order]


def _to_weekdays(rng, date) -> pd.DatetimeIndex:
    # Most weekend days become the Friday before, or the Monday after where that leaves the month.
    weekend = (date.dayofweek >= 5) & (rng.random(len(date)) < 0.9)
    back = later(date, np.where(weekend, 4 - date.dayofweek, 0))
    ahead = later(date, np.where(weekend, 7 - date.dayofweek, 0))
    return pd.DatetimeIndex(np.where(back.month == date.month, back, ahead))


def _earlier_referral(rng, borough) -> np.ndarray:
    """Return the row of the earlier referral of the same young person, or -1."""
    n = len(borough)
    order = np.argsort(borough, kind="stable")
    place = np.arange(n) - np.searchsorted(borough[order], borough[order])
    back = rng.geometric(0.2, n)
    again = (rng.random(n) < 0.11) & (back <= place)
    earlier = np.full(n, -1)
    earlier[order[again]] = order[np.flatnonzero(again) - back[again]]
    return earlier


def _roots(earlier) -> np.ndarray:
    root = np.where(earlier >= 0, earlier, np.arange(len(earlier)))
    while (root != root[root]).any():
        root = root[root]
    return root


def _accept(rng, received, kind, duplicate, age, risk) -> np.ndarray:
    eligible = (kind == "intervention") & ~duplicate
    weight = np.where(eligible, np.exp(0.5 * (risk == "known") - 0.3 * (age >= 19)), 0.0)
    accepted = np.zeros(len(kind), bool)
    first = (received >= "2018-09-01") & (received <= "2019-06-30")
    third = (received >= "2020-04-01") & (received <= "2021-03-31")
    for rows, share in (
        (first, ACCEPTED_Y1),
        (third, ACCEPTED_Y3),
        (~first & ~third, ACCEPTED_ELSE),
    ):
        rows = np.flatnonzero(rows)
        accepted[rows] = draw_exactly(rng, weight[rows], round(share * len(rows)))
    return accepted


def _decisions(rng, kind, accepted, duplicate, received) -> np.ndarray:
    n = len(kind)
    waiting = np.where(received.year == 2019, 0.30, 0.12)
    other = np.column_stack([np.full(n, 0.34), np.full(n, 0.30), waiting, np.full(n, 0.16)])
    names = ("not_eligible", "other_support_in_place", "waiting_list", "declined_by_yp")
    decision = sprinkle(rng, pick_by_row(rng, names, other), {"NR": 0.02})
    decision[kind == "intelligence"] = "intelligence_only"
    decision[accepted] = "accepted"
    decision[duplicate] = "duplicate"
    return decision


def _providers(rng, accepted, sex) -> np.ndarray:
    n = len(sex)
    draw = rng.random(n)
    women = np.where(draw < 0.88, "RR-PROV-B", "RR-PROV-C")
    men = np.where(draw < 0.75, "RR-PROV-A", "RR-PROV-C")
    return blank(np.where(sex == "F", women, men), ~accepted)


def _referrers(rng, source, borough, places) -> np.ndarray:
    short = np.array([code[-2:] for code in borough], object)
    third_sector = places.organisations(sectors=["VCS_other"])
    draw = rng.random(len(source))
    return np.select(
        [source == "csc", source == "yos", source == "education", source == "police",
         source == "health", source == "missing_provider", source == "probation_prison",
         source == "rr_analyst", source == "vcs"],
        ["CSC-" + short, "YOS-" + short, "EDUC-" + short,
         np.where(draw < 0.8, "POL-MPS", np.where(draw < 0.9, "POL-BTP", "POL-COUNTY-1")),
         "HLTH-LON", "MISS-RHI", np.where(draw < 0.6, "PROB-LON", "PRIS-YOI"),
         "RR-PICTURE", third_sector[(draw * len(third_sector)).astype(int)]],
        default=None,
    )  # fmt: skip
