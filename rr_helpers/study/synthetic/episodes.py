"""Episodes of support that followed accepted referrals.

Nothing about young people's true change differs from year to year: the reported share who reduced
or ceased rises because the closure form changed, which the analyses are meant to find out.
"""

import numpy as np
import pandas as pd

from rr_helpers.study.synthetic.chance import (
    answers,
    blank,
    chances,
    days,
    draw_evenly,
    finish,
    generator,
    identifiers,
    later,
    pick,
    pick_by_row,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.places import LAST_DAY
from rr_helpers.study.synthetic.referrals import PANDEMIC, Referrals
from rr_helpers.study.synthetic.referred_people import FORCES

ENGAGED_SHARE = 0.62
RESCUE_SHARE, RESCUE_LOG_ODDS = 0.09, 0.9
IMPROVED = {"sustained": 0.70, "partial": 0.42, "attempted": 0.26, "none": 0.22}
OLD_FORM_KNOWN = {"better": 0.92, "not better": 0.86, "not engaged": 0.30}
NEW_FORM_KNOWN = {"better": 0.94, "not better": 0.46, "not engaged": 0.10}
NEW_FORM_COUNTED_AS_REDUCED = 0.50


def make_episodes(seed: int, referrals: Referrals) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the episodes, and beside each what truly changed (hidden from the study)."""
    rng = generator(seed, "episode")
    accepted = referrals.table[referrals.accepted & referrals.table["decision_date"].notna()]
    n = len(accepted)
    received = pd.DatetimeIndex(accepted["received_date"])
    waiting = np.where(received.year == 2019, 1.4, 1.0)
    allocated = later(accepted["decision_date"], days(rng, 12 * waiting, 0.9, n))
    attempt = later(allocated, days(rng, 2.5, 0.7, n))
    rescue = rng.random(n) < RESCUE_SHARE
    contact = later(attempt, days(rng, 7, 0.8, n))
    engagement = _engagement(rng, accepted, rescue, seen=np.asarray(contact <= LAST_DAY))
    engaged = np.isin(engagement, ["partial", "sustained"])
    length = np.select([engagement == "sustained", engagement == "partial"], [190, 95], 40)
    closed = later(contact, days(rng, length, 0.45, n))
    still_open = np.asarray(closed > LAST_DAY)
    outcome = _outcomes(rng, engagement, received, still_open)
    sessions = np.select([engagement == "sustained", engagement == "partial"], [22, 6], 0)
    sessions = rng.poisson(sessions * np.exp(0.3 * rng.standard_normal(n)))
    days_to_rescue = np.floor(rng.random(n) * 30)
    columns = {
        "episode_id": identifiers(rng, "EP", n),
        "referral_id": accepted["referral_id"].to_numpy(),
        "allocated_date": allocated,
        "first_contact_attempt": attempt,
        "first_meaningful_contact": contact.where(engaged),
        "engagement_level": engagement,
        "n_sessions": np.where(engaged, sessions, 0),
        "hours": np.where(engaged, np.round(sessions * 1.4, 1), 0),
        "rescue": yes(rescue),
        "rescue_date": later(contact, days_to_rescue).where(rescue),
        "rescue_force": blank(np.array(FORCES, object)[rng.integers(0, 8, n)], ~rescue),
        "hours_to_collect": np.where(rescue, np.round(rng.gamma(4, 2, n), 1), np.nan),
        "closed_date": closed.where(~still_open),
        "closure_reason": _closure(rng, engagement, accepted["age_at_referral"], still_open),
        **outcome["columns"],
        **_at_close(rng, outcome["better"], engaged, still_open),
    }
    table = finish("episode", columns)
    # What has not happened by the last day is not yet in the record.
    for column in ("allocated_date", "first_contact_attempt", "first_meaningful_contact",
                   "rescue_date"):  # fmt: skip
        table[column] = table[column].where(table[column] <= LAST_DAY)
    table.loc[table["rescue_date"].isna(), "rescue"] = "no"
    table.loc[table["rescue_date"].isna(), ["rescue_force", "hours_to_collect"]] = None
    table["hours_to_collect"] = table["hours_to_collect"].astype(float)
    hidden = pd.DataFrame({"engaged": engaged, "better": outcome["better"]})
    return table, hidden.assign(received_date=received)


def _engagement(rng, accepted, rescue, *, seen) -> np.ndarray:
    age = accepted["age_at_referral"].to_numpy()
    linear = RESCUE_LOG_ODDS * rescue - 0.25 * (age >= 18)
    linear = linear + 0.2 * (accepted["sex"] == "F").to_numpy()
    # Who has not been met by the last day is not engaged; the share holds over all the same.
    share = min(0.95, ENGAGED_SHARE / max(seen.mean(), 0.5)) if len(seen) else ENGAGED_SHARE
    year = accepted["received_date"].dt.to_period("Y-MAR").dt.year
    engaged = draw_evenly(rng, seen * chances(linear, share), year)
    level = pick(rng, {"sustained": 0.60, "partial": 0.40}, len(age))
    return np.where(engaged, level, pick(rng, {"attempted": 0.75, "none": 0.25}, len(age)))


def _outcomes(rng, engagement, received, still_open) -> dict:
    n = len(engagement)
    engaged = np.isin(engagement, ["partial", "sustained"])
    new_form = np.asarray(received >= PANDEMIC)
    groups = 2 * new_form + engaged
    better = draw_evenly(rng, [IMPROVED[level] for level in engagement], groups)
    worse = new_form & engaged & ~better
    counted = better | draw_evenly(rng, worse * NEW_FORM_COUNTED_AS_REDUCED)
    known = np.where(
        new_form,
        _known(NEW_FORM_KNOWN, engaged, counted),
        _known(OLD_FORM_KNOWN, engaged, better),
    )
    reported = np.where(
        counted,
        pick(rng, {"ceased": 0.45, "reduced": 0.55}, n),
        pick(rng, {"same": 0.75, "increased": 0.25}, n),
    ).astype(object)
    groups = 4 * still_open + groups
    reported[~draw_evenly(rng, known, 2 * groups + counted)] = "NK"
    reported[still_open] = "NA"
    source = np.where(
        new_form,
        pick(rng, {"worker": 0.88, "yp": 0.04, "file": 0.06, "police": 0.02}, n),
        pick(rng, {"worker": 0.55, "yp": 0.15, "file": 0.18, "police": 0.12}, n),
    ).astype(object)
    start = pick(rng, {"suspected": 0.25, "occasional": 0.3, "regular": 0.3, "controlled": 0.15}, n)
    none_left = np.isin(reported, ["ceased"])
    close = np.where(none_left, "none", np.where(reported == "reduced", "occasional", start))
    absent = np.isin(reported, ["NK", "NA"])
    source[absent] = "NA"
    columns = {
        "cl_activity_start": sprinkle(rng, start, {"NK": 0.05}),
        "cl_activity_close": np.where(absent, reported, close),
        "outcome_reported": reported,
        "outcome_source": source,
    }
    return {"columns": columns, "better": better}


def _known(shares, engaged, better) -> np.ndarray:
    by_outcome = np.where(better, shares["better"], shares["not better"])
    return np.where(engaged, by_outcome, shares["not engaged"] * np.where(better, 1.3, 0.8))


def _closure(rng, engagement, age, still_open) -> np.ndarray:
    engaged = np.isin(engagement, ["partial", "sustained"])
    weights = np.column_stack(
        [
            np.where(engagement == "sustained", 0.74, np.where(engaged, 0.38, 0.02)),
            np.where(engaged, 0.14, 0.70),
            np.full(len(age), 0.06),
            np.full(len(age), 0.07),
            np.where(np.asarray(age) >= 25, 0.5, 0.0),
            np.full(len(age), 0.06),
        ]
    )
    names = ("completed", "disengaged", "custody", "moved", "turned_25", "transferred")
    reason = sprinkle(rng, pick_by_row(rng, names, weights), {"NR": 0.02})
    reason[still_open] = "open"
    return reason


def _at_close(rng, better, engaged, still_open) -> dict:
    n = len(better)
    recorded = ~still_open & (rng.random(n) < np.where(engaged, 0.88, 0.35))
    missing = rng.poisson(np.where(better, 0.5, 1.8)).astype(float)
    eet = np.where(better, pick(rng, {"full_time": 0.5, "part_time": 0.25, "none": 0.25}, n),
                   pick(rng, {"full_time": 0.25, "part_time": 0.2, "none": 0.55}, n))  # fmt: skip
    home = np.where(better, pick(rng, {"safe": 0.82, "unsafe": 0.16, "none": 0.02}, n),
                    pick(rng, {"safe": 0.52, "unsafe": 0.42, "none": 0.06}, n))  # fmt: skip
    mean = {"physical": 5.2, "relational": 6.4, "psychological": 5.4}
    person = rng.standard_normal(n)
    safety = {
        f"safety_{name}": np.where(
            recorded,
            answers(level + 1.2 * better + person + 1.2 * rng.standard_normal(n), 0, 10),
            np.nan,
        )
        for name, level in mean.items()
    }
    absent = np.where(still_open, "NA", "NR")
    return {
        "eet_close": np.where(recorded, eet, absent),
        "missing_90d_close": np.where(recorded, missing, np.nan),
        "accommodation_close": np.where(recorded, home, absent),
        **safety,
    }
