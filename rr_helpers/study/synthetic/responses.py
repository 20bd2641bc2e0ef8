"""Safeguarding responses that followed referrals, and the waits that ended without one."""

import numpy as np
import pandas as pd

from rr_helpers.study.synthetic.chance import (
    blank,
    days,
    finish,
    generator,
    identifiers,
    later,
    pick,
    pick_by_row,
)
from rr_helpers.study.synthetic.places import LAST_DAY
from rr_helpers.study.synthetic.referrals import Referrals

RESPONSE_MEDIAN_DAYS, RESPONSE_LOG_SD = 14.0, 0.9
RESPONSE_RATIO_18_TO_25, NEVER_SHARE, BOROUGH_LOG_SD = 1.6, 0.17, 0.20
COMPETING_PER_DAY = 0.0026


def make_responses(seed: int, referrals: Referrals) -> pd.DataFrame:
    """Return the safeguarding responses; a wait that ended otherwise is a row 'none'.

    Days to the first response are log-normal with a borough's own factor, longer for people of 18
    to 25; some never have a response, and closing, turning 18, moving or custody end some waits.
    """
    rng = generator(seed, "safeguarding_response")
    asked = ~referrals.duplicate & (referrals.table["referral_type"] != "intelligence").to_numpy()
    table = referrals.table[asked]
    n = len(table)
    received = pd.DatetimeIndex(table["received_date"])
    age = table["age_at_referral"].to_numpy()
    factor = np.exp(BOROUGH_LOG_SD * rng.standard_normal(33))[referrals.borough[asked]]
    median = RESPONSE_MEDIAN_DAYS * factor * np.where(age >= 18, RESPONSE_RATIO_18_TO_25, 1.0)
    wait = days(rng, median, RESPONSE_LOG_SD, n)
    wait[rng.random(n) < NEVER_SHARE] = np.inf
    other = np.floor(rng.exponential(1 / COMPETING_PER_DAY, n))
    horizon = np.minimum(np.asarray((LAST_DAY - received).days, float), 365)
    came = (wait <= other) & (wait <= horizon)
    ended = ~came & (other <= horizon)
    started = later(received, np.where(came, wait, np.nan))
    kind = _kinds(rng, age, came)
    first = {
        "yp_id": table["yp_id"].to_numpy(),
        "referral_id": table["referral_id"].to_numpy(),
        "resp_type": kind,
        "level": _levels(kind),
        "requested_date": later(received, np.minimum(np.where(came, wait, 0), 2)),
        "started_date": started,
        "completed_date": later(started, days(rng, 35, 0.6, n)),
        "lead_org_id": _leads(kind, referrals.borough[asked], age),
        "ended_without": blank(_endings(rng, age), ~ended),
        "ended_date": later(received, np.where(ended, other, np.nan)),
    }
    frame = pd.concat([pd.DataFrame(first), _second(rng, first, age, came)], ignore_index=True)
    late = frame["started_date"].gt(LAST_DAY)
    frame = frame[~late].reset_index(drop=True)
    frame["completed_date"] = frame["completed_date"].where(frame["completed_date"] <= LAST_DAY)
    frame["resp_id"] = identifiers(rng, "SR", len(frame))
    return finish("safeguarding_response", frame)


CHILD_RESPONSES = {
    "strategy": 0.24, "assessment": 0.22, "s47": 0.12, "cin": 0.12, "cp_conference": 0.05,
    "maps_panel": 0.12, "nrm": 0.05, "relocation": 0.02, "peer_assessment": 0.02,
    "context_plan": 0.02, "disruption": 0.02,
}  # fmt: skip
ADULT_RESPONSES = {
    "adult_safeguarding": 0.42, "maps_panel": 0.26, "nrm": 0.12, "relocation": 0.08,
    "disruption": 0.12,
}  # fmt: skip


def _kinds(rng, age, came) -> np.ndarray:
    n = len(age)
    kind = np.where(age >= 18, pick(rng, ADULT_RESPONSES, n), pick(rng, CHILD_RESPONSES, n))
    return np.where(came, kind, "none").astype(object)


def _levels(kind) -> np.ndarray:
    level = np.where(np.isin(kind, ["context_plan", "peer_assessment", "disruption"]), "2", "1")
    return np.where(kind == "none", "NA", level).astype(object)


def _leads(kind, borough, age) -> np.ndarray:
    team = np.where(age >= 18, "YOS", "CSC")
    names = np.array([f"{t}-{b + 1:02d}" for t, b in zip(team, borough, strict=True)], object)
    names[kind == "disruption"] = "POL-MPS"
    return blank(names, kind == "none")


def _endings(rng, age) -> np.ndarray:
    n = len(age)
    weights = np.column_stack(
        [np.full(n, 0.5), np.where(age == 17, 0.6, 0.0), np.full(n, 0.2), np.full(n, 0.15)]
    )
    return pick_by_row(rng, ("closed", "turned_18", "moved", "custody"), weights)


def _second(rng, first, age, came) -> pd.DataFrame:
    rows = np.flatnonzero(came & (rng.random(len(age)) < 0.45))
    frame = pd.DataFrame(first).iloc[rows].reset_index(drop=True)
    gap = days(rng, 30, 0.7, len(rows)) + 1
    kind = _kinds(rng, age[rows], np.ones(len(rows), bool))
    started = later(frame["started_date"], gap)
    return frame.assign(
        resp_type=kind,
        level=_levels(kind),
        requested_date=frame["started_date"],
        started_date=started,
        completed_date=later(started, days(rng, 35, 0.6, len(rows))),
    )
