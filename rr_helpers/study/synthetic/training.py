"""Training: courses, delegates nested in courses, their answers and their vignette tests."""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.schema.training import (
    DELEGATE_ITEMS,
    REACTION_ITEMS,
    VIGNETTE_ITEMS,
    WAVES,
)
from rr_helpers.study.synthetic.chance import (
    answers,
    count,
    finish,
    generator,
    identifiers,
    latent_mean,
    later,
    pick,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.places import MONTHS, Places

COURSES_A_YEAR, FIRST_MONTH = 15, 3
BOROUGHS_TRAINED = 28
CONFIDENCE_BEFORE = 2.9
CONFIDENCE_CHANGE = {"pre": 0.0, "post": 0.70, "retro_pre": -0.25, "followup_3m": 0.45}
VIGNETTE_SHARE = {"pre": 0.45, "post": 0.63, "retro_pre": None, "followup_3m": 0.57}
COURSE_SD, DELEGATE_SD, ANSWER_SD = 0.28, 0.60, 0.65
REACTION = {"useful": 4.0, "recommend": 4.2}
ANSWERED = {"pre": 0.97, "post": 0.90, "retro_pre": 0.86, "followup_3m": 0.45}
TITLES = ("Breaking the cycle", "Breaking the cycle: young women and girls")
SECTORS = {
    "LA_CSC": 0.28, "education": 0.22, "LA_YOS": 0.12, "VCS_other": 0.12, "police_MPS": 0.08,
    "health": 0.08, "LA_EH": 0.06, "LA_housing": 0.04,
}  # fmt: skip


def make_courses(seed: int, scale: float) -> tuple[pd.DataFrame, dict]:
    """Return the courses, and the month of each borough's first course.

    Boroughs come in one after another over two and a half years; five have no course.
    """
    rng = generator(seed, "course")
    n = count(3 * COURSES_A_YEAR, scale, least=3)
    trained = rng.permutation(list(BOROUGHS)[1:])[: min(BOROUGHS_TRAINED, n)]
    starts = np.sort(rng.integers(FIRST_MONTH, 33, len(trained)))
    later_host = rng.integers(0, len(trained), n - len(trained))
    # A borough's later courses fall after its first, anywhere up to the end.
    span = len(MONTHS) - 1 - starts[later_host]
    later_month = starts[later_host] + np.ceil(rng.random(len(later_host)) * span).astype(int)
    host = np.concatenate([trained, trained[later_host]]).astype(object)
    month = MONTHS[np.concatenate([starts, later_month])]
    date = later(month, rng.integers(0, 28, n))
    date = later(date, np.where(date.dayofweek >= 5, 4 - date.dayofweek, 0))
    date = date.where(date >= month, later(date, 7))
    video = date >= "2020-04-01"
    first = dict(zip(trained, MONTHS[starts], strict=True))
    table = {
        "course_id": identifiers(rng, "CO", n),
        "title": np.array(TITLES, object)[(rng.random(n) < 0.25).astype(int)],
        "date": date,
        "borough_host": host,
        "provider_org_id": pick(rng, {"RR-PROV-A": 0.5, "RR-PROV-B": 0.3, "RR-PROV-C": 0.2}, n),
        "trainer": pick(rng, dict.fromkeys(("T1", "T2", "T3", "T4"), 1), n),
        "mode": np.where(video, "video", "in_person"),
        "hours": np.where(video, 3.5, 6.0),
        "capacity": np.where(video, 20, 16),
    }
    return finish("course", table).sort_values("date", ignore_index=True), first


def make_delegates(seed: int, courses: pd.DataFrame, places: Places) -> dict[str, pd.DataFrame]:
    """Return delegates with their answers and vignette tests, wave by wave.

    The course a delegate sat on moves both the starting point and the gain, so delegates of one
    course are alike. Those who gained most answer more often three months later.
    """
    rng = generator(seed, "delegate")
    course = np.repeat(np.arange(len(courses)), rng.integers(10, 16, len(courses)))
    n = len(course)
    sector = pick(rng, SECTORS, n)
    borough = np.where(
        rng.random(n) < 0.7, courses["borough_host"].to_numpy()[course], pick(rng, BOROUGHS_ALL, n)
    ).astype(object)
    delegate_id = identifiers(rng, "DL", n)
    role = pick(rng, {"frontline": 0.66, "manager": 0.26, "strategic": 0.08}, n)
    delegate = finish(
        "delegate",
        {
            "delegate_id": delegate_id,
            "course_id": courses["course_id"].to_numpy()[course],
            "org_id": _organisations(sector, borough, places),
            "sector": sector,
            "borough_code": sprinkle(rng, borough, {"NK": 0.02}),
            "role_band": sprinkle(rng, role, {"NR": 0.03}),
            "prior_training": sprinkle(rng, yes(rng.random(n) < 0.38), {"NR": 0.04}),
            "attended_full": yes(rng.random(n) < 0.93),
        },
    )
    gain = rng.standard_normal(n)
    present = _answered(rng, gain)
    return {
        "delegate": delegate,
        "delegate_item": pd.concat(
            [
                _items(seed, delegate_id, course, gain, present),
                _reactions(seed, delegate_id, present["post"]),
            ],
            ignore_index=True,
        ),
        "delegate_test": _tests(seed, delegate_id, course, present),
    }


BOROUGHS_ALL = dict.fromkeys(BOROUGHS, 1.0)


def _organisations(sector, borough, places) -> np.ndarray:
    names = {"LA_CSC": "CSC", "LA_YOS": "YOS", "education": "EDUC"}
    wanted = [
        f"{names[s]}-{b[-2:]}" if s in names else {"police_MPS": "POL-MPS"}.get(s, "")
        for s, b in zip(sector, borough, strict=True)
    ]
    known = set(places.organisation["org_id"])
    return np.array([org if org in known else None for org in wanted], object)


def _answered(rng, gain) -> dict[str, np.ndarray]:
    n = len(gain)
    present = {wave: rng.random(n) < ANSWERED[wave] for wave in WAVES}
    present["retro_pre"] &= present["post"]
    odds = ANSWERED["followup_3m"] / (1 - ANSWERED["followup_3m"]) * np.exp(0.4 * gain)
    present["followup_3m"] = rng.random(n) < odds / (1 + odds)
    return present


def _items(seed, delegate_id, course, gain, present) -> pd.DataFrame:
    rng = generator(seed, "delegate_item")
    n, courses = len(course), course.max() + 1
    total = np.sqrt(COURSE_SD**2 + DELEGATE_SD**2 + ANSWER_SD**2)
    between = COURSE_SD * rng.standard_normal(courses)[course]
    between_gain = 0.15 * rng.standard_normal(courses)[course]
    person = DELEGATE_SD * rng.standard_normal(n)
    rows = []
    for wave in WAVES:
        moved = wave in ("post", "followup_3m")
        spread = np.sqrt(total**2 + 0.15**2 + 0.25**2) if moved else total
        mean = latent_mean(CONFIDENCE_BEFORE + CONFIDENCE_CHANGE[wave], spread, 1, 5)
        who = np.flatnonzero(present[wave])
        level = mean + between + person + moved * (between_gain + 0.25 * gain)
        for item in DELEGATE_ITEMS:
            latent = level[who] + ANSWER_SD * rng.standard_normal(len(who))
            response = answers(latent, 1, 5)
            response[rng.random(len(who)) < 0.015] = np.nan
            rows.append(
                pd.DataFrame(
                    {"delegate_id": delegate_id[who], "wave": wave, "item": item,
                     "response": response}
                )
            )  # fmt: skip
    return finish("delegate_item", pd.concat(rows, ignore_index=True))


def _reactions(seed, delegate_id, present) -> pd.DataFrame:
    """What delegates thought of the course, which goes with nothing else that is asked."""
    rng = generator(seed, "delegate reaction")
    who = np.flatnonzero(present)
    rows = []
    for item in REACTION_ITEMS:
        latent = latent_mean(REACTION[item], 1, 1, 5) + rng.standard_normal(len(who))
        given = {"delegate_id": delegate_id[who], "wave": "post", "item": item}
        rows.append(pd.DataFrame(given | {"response": answers(latent, 1, 5)}))
    return finish("delegate_item", pd.concat(rows, ignore_index=True))


def _tests(seed, delegate_id, course, present) -> pd.DataFrame:
    rng = generator(seed, "delegate_test")
    ability = 0.06 * rng.standard_normal(course.max() + 1)[course]
    rows = []
    for wave, share in VIGNETTE_SHARE.items():
        if share is None:
            continue
        who = np.flatnonzero(present[wave] & (rng.random(len(course)) < 0.94))
        chance = np.clip(share + ability[who], 0.02, 0.98)
        right = rng.random((len(who), len(VIGNETTE_ITEMS))) < chance[:, None]
        rows.append(
            pd.DataFrame(
                {
                    "delegate_id": delegate_id[who],
                    "wave": wave,
                    "knowledge_right": rng.binomial(10, np.clip(chance + 0.12, 0, 1)),
                    "knowledge_asked": 10.0,
                    **{f"vignette_{key}": right[:, i] for i, key in enumerate(VIGNETTE_ITEMS)},
                }
            )
        )
    return finish("delegate_test", pd.concat(rows, ignore_index=True))
