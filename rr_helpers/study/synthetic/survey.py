"""The young people's survey: who could have been asked, who answered, what they said.

Gains are relational, at home and with friends; none is planted in the neighbourhood. Those who
gained more answer more often, and a worker in the room lifts what is said about the support.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import SAFETY_CONTEXTS
from rr_helpers.study.synthetic.chance import (
    answers,
    days,
    finish,
    generator,
    identifiers,
    latent_mean,
    later,
    pick,
)
from rr_helpers.study.synthetic.places import LAST_DAY

BEFORE = {"home": 2.9, "school": 3.0, "neighbourhood": 2.2, "transport": 2.4, "online": 2.9,
          "friends": 2.7}  # fmt: skip
GAIN = {"home": 0.80, "school": 0.30, "neighbourhood": 0.0, "transport": 0.15, "online": 0.30,
        "friends": 0.70}  # fmt: skip
GAIN_SD = 0.45
ITEMS = {"trust_someone": 4.0, "worker_stands_by": 4.1, "family_supported": 3.6,
         "in_control": 3.2, "hopeful": 3.4, "worry_threats": 3.3, "understood": 4.0,
         "listened": 4.1, "choices_explained": 3.8, "would_recommend": 4.0}  # fmt: skip
LIFTED_BY_WORKER = ("worker_stands_by", "understood", "listened", "choices_explained",
                    "would_recommend")  # fmt: skip
WORKER_PRESENT_LIFT = 0.40
PERSON_SD, ANSWER_SD = 0.65, 0.70
COMPLETE_SUSTAINED, COMPLETE_PARTIAL, GAIN_ON_ANSWERING = 0.36, 0.12, 0.5
NOT_APPLICABLE = {"home": 0.02, "school": 0.12, "transport": 0.04, "online": 0.05}
UNLINKED_SHARE = 0.04
INVENTED_SCALE = "invented"


@dataclass(frozen=True)
class Survey:
    """The two survey tables, missing codes of number columns, and hidden gains of those asked."""

    invited: pd.DataFrame
    survey: pd.DataFrame
    missing: dict[str, np.ndarray]
    asked_gain: np.ndarray
    answered: np.ndarray


def make_survey(seed: int, episodes: pd.DataFrame, referrals: pd.DataFrame) -> Survey:
    """Return the frame of all who engaged, and the answers of those who completed."""
    frame, gain = _frame(seed, episodes, referrals)
    rng = generator(seed, "yp_survey")
    done = np.flatnonzero(frame["outcome"] == "completed")
    n = len(done)
    asked = frame.iloc[done].reset_index(drop=True)
    present = rng.random(n) < 0.40
    mode = np.where(present, "worker_assisted", pick(rng, {"self": 0.8, "phone": 0.2}, n))
    date = later(asked["invited_date"], rng.integers(0, 15, n))
    date = pd.DatetimeIndex(date.where(date <= LAST_DAY, LAST_DAY))
    columns, missing = _answers(rng, gain[done], present)
    # An answer that is not to be linked has a code of its own, in the consent register too.
    unlinked = rng.random(n) < UNLINKED_SHARE
    yp_id = np.where(unlinked, identifiers(rng, "UL", n), asked["yp_id"].to_numpy())
    survey = finish(
        "yp_survey",
        {
            "response_id": identifiers(rng, "SV", n),
            "yp_id": yp_id,
            "wave": asked["wave"].to_numpy(),
            "date": date,
            "mode": mode,
            "worker_present": np.where(present, "yes", "no"),
            "provider_org_id": asked["provider_org_id"].to_numpy(),
            "months_in_support": np.floor(
                (date - pd.DatetimeIndex(asked["began"])) / pd.Timedelta("30.44D")
            ).to_numpy().clip(0, 60),
            **columns,
        },
    )  # fmt: skip
    kept = ["yp_id", "invited_date", "route", "outcome", "engagement_level", "sex", "age"]
    return Survey(
        finish("yp_invited", frame[kept]), survey, missing, gain,
        (frame["outcome"] == "completed").to_numpy(),
    )  # fmt: skip


def make_scale_answers(seed: int, survey: pd.DataFrame) -> pd.DataFrame:
    """Return answers to an invented scale of a few items, which tell nothing of anything else."""
    rng = generator(seed, "scale_answer")
    rows = survey[["response_id"]].merge(pd.DataFrame({"item": range(1, 5)}), how="cross")
    drawn = answers(rng.normal(3.2, 1.0, len(rows)), 1, 5)
    return finish("scale_answer", rows.assign(scale=INVENTED_SCALE, response=drawn))


def _frame(seed, episodes, referrals) -> tuple[pd.DataFrame, np.ndarray]:
    rng = generator(seed, "yp_invited")
    engaged = episodes[episodes["engagement_level"].isin(["partial", "sustained"])]
    facts = referrals[["referral_id", "yp_id", "sex", "age_at_referral", "received_date",
                       "provider_org_id"]]  # fmt: skip
    people = engaged.merge(facts, on="referral_id", validate="one_to_one")
    people["gain"] = rng.standard_normal(len(people))
    first = people.assign(
        wave=pick(rng, {"early": 0.6, "mid": 0.4}, len(people)),
        invited_date=later(
            people["first_meaningful_contact"], 20 + days(rng, 45, 0.5, len(people))
        ),
    )
    again = people["engagement_level"].eq("sustained") & (rng.random(len(people)) < 0.45)
    again &= people["closed_date"].notna()
    second = people[again].assign(wave="exit", invited_date=people["closed_date"])
    frame = pd.concat([first, second], ignore_index=True)
    frame = frame[frame["invited_date"] <= LAST_DAY]
    frame = frame.drop_duplicates(["yp_id", "invited_date"]).reset_index(drop=True)
    n = len(frame)
    chance = np.where(frame["engagement_level"] == "sustained", COMPLETE_SUSTAINED,
                      COMPLETE_PARTIAL)  # fmt: skip
    odds = (
        chance
        / (1 - chance)
        * np.exp(GAIN_ON_ANSWERING * frame["gain"] + 0.3 * (frame["sex"] == "F"))
    )
    declined = {"declined": 0.34, "no_contact": 0.34, "not_safe_to_ask": 0.14, "closed": 0.18}
    elapsed = (frame["invited_date"] - frame["received_date"]) / pd.Timedelta("365.25D")
    frame["age"] = np.minimum(np.floor(frame["age_at_referral"] + 0.5 + elapsed), 26)
    frame["outcome"] = np.where(
        rng.random(n) < odds / (1 + odds), "completed", pick(rng, declined, n)
    )
    frame["route"] = pick(rng, {"worker": 0.6, "phone": 0.2, "link": 0.2}, n)
    frame["began"] = frame["first_meaningful_contact"]
    frame["sex"] = frame["sex"].where(frame["sex"].isin(["M", "F", "other"]), "NK")
    return frame, frame["gain"].to_numpy()


def _answers(rng, gain, present) -> tuple[dict, dict]:
    n = len(gain)
    person = PERSON_SD * rng.standard_normal(n)
    spread = np.hypot(PERSON_SD, ANSWER_SD)
    columns, missing = {}, {}
    for key in SAFETY_CONTEXTS:
        before = latent_mean(BEFORE[key], spread, 1, 5)
        now = latent_mean(BEFORE[key] + GAIN[key], np.hypot(spread, GAIN_SD), 1, 5)
        columns[f"safe_before_{key}"] = answers(
            before + person + ANSWER_SD * rng.standard_normal(n), 1, 5
        )
        columns[f"safe_now_{key}"] = answers(
            now + person + GAIN_SD * gain + ANSWER_SD * rng.standard_normal(n), 1, 5
        )
        absent = rng.random(n) < NOT_APPLICABLE.get(key, 0.03)
        for time in ("before", "now"):
            missing[f"safe_{time}_{key}"] = np.where(absent, "NA", _unsaid(rng, n))
    for key, mean in ITEMS.items():
        level = latent_mean(mean, spread, 1, 5) + person
        level = level + WORKER_PRESENT_LIFT * (present & (key in LIFTED_BY_WORKER))
        columns[key] = answers(level + ANSWER_SD * rng.standard_normal(n), 1, 5)
        missing[key] = _unsaid(rng, n)
    for key, codes in missing.items():
        columns[key][codes != ""] = np.nan
    return columns, missing


def _unsaid(rng, n) -> np.ndarray:
    return pick(rng, {"": 0.965, "PNTS": 0.02, "NR": 0.015}, n)
