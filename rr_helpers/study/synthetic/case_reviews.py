"""Contextual case reviews in eight boroughs: the cases, their people and events."""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.case_reviews import ROLES_OF_RR, ccr_event
from rr_helpers.study.synthetic.case_contexts import make_contexts, make_domains
from rr_helpers.study.synthetic.chance import (
    count,
    finish,
    generator,
    identifiers,
    joined,
    later,
    pick,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.places import BUSY_BOROUGH, CASE_REVIEW_SITES, LAST_DAY
from rr_helpers.study.synthetic.referred_people import ETHNICITY

REVIEWS_A_YEAR = 8
PEOPLE_PER_CASE = 11
# What is written down in full, and beside it in words for readers.
CONTRIBUTION = {
    ("contribution_claim", "claim_public"): (
        ("R&R linked cases that boroughs had seen one by one.",
         "Cases that had been seen one by one were seen as a pattern"),
        ("R&R's worker was the first adult the young people spoke to.",
         "A worker of the pilot was the first adult whom young people spoke to"),
        ("R&R's challenge led to a second look at the threshold.",
         "A challenge from the pilot was followed by a second look at the threshold"),
        ("R&R brought the voluntary sector into the planning for the place.",
         "The voluntary sector took part in the plan for a place"),
    ),
    ("rival_explanation", "rival_public"): (
        ("A new head of the exploitation team began in the same month.",
         "New leadership of the borough's own team at the same time"),
        ("The police closed the address for reasons of their own.",
         "Action by the police for reasons of their own"),
        ("Lockdown emptied the place where the harm happened.",
         "The place was empty during lockdown"),
        ("Two of the young people moved out of the area.",
         "Some of the young people had moved away"),
    ),
    ("evidence_for", "for_public"): (
        ("Panel minutes and the worker's notes tell the same order of events.",
         "Independent records tell the same order of events"),
        ("Two agencies name R&R, unprompted, as the turning point.",
         "More than one agency named the pilot without being asked"),
        ("The plan changed within a week of the mapping.",
         "The plan was changed soon after the pilot's work"),
    ),
    ("evidence_against", "against_public"): (
        ("The change began before R&R was involved.",
         "The change had begun before the pilot was involved"),
        ("The file does not say who proposed the new plan.",
         "Records do not say who proposed the new plan"),
        ("Only one source supports the claim.",
         "The claim rests on a single source"),
    ),
}  # fmt: skip


def make_case_reviews(seed: int, scale: float) -> dict[str, pd.DataFrame]:
    """Return the five tables; weights of a case add up to 100, each item has two raters."""
    rng = generator(seed, "ccr_case")
    n = count(3 * REVIEWS_A_YEAR, scale, least=len(CASE_REVIEW_SITES))
    borough = np.resize(np.array(CASE_REVIEW_SITES, object), n)
    start = pd.Timestamp("2018-11-01")
    date = later([start] * n, np.sort(rng.integers(0, (LAST_DAY - start).days - 7, n)))
    activity = np.where(borough == BUSY_BOROUGH, 0.75, 0.35)
    role_rates = np.full((n, len(ROLES_OF_RR) - 1), activity[:, None])
    role_rates[:, 1] = 0.7
    people = 4 + rng.poisson(PEOPLE_PER_CASE - 4, n)
    rating = np.clip(np.rint(rng.normal(1.5, 0.8, n)), 0, 3)
    case = {
        "ccr_id": identifiers(rng, "CR", n),
        "borough_code": borough,
        "review_date": date,
        "reviewer_1": "AB",
        "reviewer_2": "CD",
        "case_type": pick(rng, {"individual": 0.5, "peer_group": 0.35, "location": 0.15}, n),
        "n_young_people": np.maximum(np.rint(people * 0.8), 1),
        "n_adults_of_concern": rng.poisson(1.4, n),
        "period_start": later(date, -540),
        "period_end": later(date, -30),
        "n_files": rng.integers(2, 9, n),
        "n_interviews": rng.integers(1, 6, n),
        "meeting_held": yes(rng.random(n) < 0.85),
        "rr_role": joined(rng.random(role_rates.shape) < role_rates, list(ROLES_OF_RR)[1:]),
        "completeness": rng.integers(1, 4, n),
        "contribution_rating": rating,
    }
    for (private, public), words in CONTRIBUTION.items():
        said = np.array(words, object)[rng.integers(0, len(words), n)]
        case |= {private: said[:, 0], public: said[:, 1]}
    table = finish("ccr_case", case)
    table["rr_role"] = table["rr_role"].where(table["rr_role"].notna(), "none")
    return {
        "ccr_case": table,
        "ccr_person": _people(seed, table, people),
        "ccr_event": _events(seed, table),
        "ccr_context": make_contexts(seed, table),
        "ccr_domain": make_domains(seed, table),
    }


def _people(seed, case, people) -> pd.DataFrame:
    rng = generator(seed, "ccr_person")
    row = np.repeat(np.arange(len(case)), people)
    n = len(row)
    role = pick(
        rng,
        {
            "peer": 0.42,
            "harmed_and_harming": 0.16,
            "sibling": 0.08,
            "parent_carer": 0.14,
            "adult_of_concern": 0.12,
            "trusted_adult": 0.08,
        },
        n,
    )
    first = np.flatnonzero(np.diff(row, prepend=-1))
    role[first] = "harmed"
    grown = np.isin(role, ["parent_carer", "adult_of_concern", "trusted_adult"])
    young = pick(rng, {"11_14": 0.22, "15_17": 0.60, "18_25": 0.18}, n)
    age = np.where(grown, np.where(role == "adult_of_concern", "18_25", "over_25"), young)
    known = joined(rng.random((n, 4)) < [0.6, 0.45, 0.6, 0.35], ["CSC", "YOS", "police", "VCS"])
    table = {
        "ccr_id": case["ccr_id"].to_numpy()[row],
        "person_id": identifiers(rng, "CP", n),
        "role": role,
        "age_band": sprinkle(rng, age, {"NK": 0.04}),
        "sex": sprinkle(rng, pick(rng, {"M": 0.7, "F": 0.3}, n), {"NK": 0.02}),
        "ethnicity": sprinkle(rng, pick(rng, ETHNICITY, n), {"NK": 0.08}),
        "known_to": np.where(known == None, "none", known),  # noqa: E711
    }  # fmt: skip
    return finish("ccr_person", table)


def _events(seed, case) -> pd.DataFrame:
    rng = generator(seed, "ccr_event")
    number = 8 + rng.poisson(6, len(case))
    row = np.repeat(np.arange(len(case)), number)
    n = len(row)
    kinds = dict.fromkeys(ccr_event.column("event_type")["values"], 1.0) | {
        "harm": 3.0, "missing": 3.0, "rr_contact": 2.0, "panel": 2.0, "closure": 0.4,
    }  # fmt: skip
    offset = rng.integers(0, 510, n)
    offset = offset[np.lexsort((offset, row))]
    kind = pick(rng, kinds, n)
    moment = np.isin(kind, ["harm", "missing", "arrest", "school_exclusion"])
    used = pick(rng, {"missed": 0.42, "partly": 0.30, "taken": 0.28}, n)
    where = {"home": 0.14, "peer": 0.24, "school": 0.16, "neighbourhood": 0.22, "online": 0.06,
             "transport": 0.10, "trap_location": 0.08}  # fmt: skip
    table = {
        "ccr_id": case["ccr_id"].to_numpy()[row],
        "event_no": 1.0 + np.arange(n) - np.repeat(np.cumsum(number) - number, number),
        "event_date": later(case["period_start"].to_numpy()[row], offset),
        "event_type": kind,
        "context": sprinkle(rng, pick(rng, where, n), {"NK": 0.03}),
        "opportunity": np.where(moment, used, "none"),
        "evidence_ref": [f"chronology, entry {i}" for i in rng.integers(1, 60, n)],
    }
    return finish("ccr_event", table)
