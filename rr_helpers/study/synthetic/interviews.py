"""Interviews with R&R staff, partners and training delegates, and the register of documents."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rr_helpers.study.synthetic.chance import (
    blank,
    count,
    finish,
    generator,
    identifiers,
    later,
    pick,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.documents import FIRST_CODER, Document
from rr_helpers.study.synthetic.places import INTERVIEW_SITES, LAST_DAY, Places

STAFF_A_YEAR, PARTNERS_A_YEAR, DELEGATES_A_YEAR = 8, 14, 11
AGAIN_SHARE = 0.3
YEARS = ("2018-07-01", "2019-07-01", "2020-07-01")
STATUTORY_SECTORS = ("LA_CSC", "LA_YOS", "LA_EH", "LA_housing", "education", "health", "CAMHS")


def make_interviews(seed: int, scale: float, places: Places, training: dict) -> pd.DataFrame:
    """Return the register of interviews; some staff and partners are met in more than one year."""
    frames = [
        _practitioners(seed, "staff", count(STAFF_A_YEAR, scale, least=4), places),
        _practitioners(seed, "partner", count(PARTNERS_A_YEAR, scale, least=8), places),
        _delegates(seed, count(3 * DELEGATES_A_YEAR, scale, least=10), training),
    ]
    table = pd.concat(frames, ignore_index=True)
    rng = generator(seed, "interview")
    n = len(table)
    table["interview_id"] = identifiers(rng, "IN", n)
    late = table["date"] >= "2020-03-23"
    mode = pick(rng, {"in_person": 0.85, "phone": 0.15}, n)
    table["mode"] = np.where(late, pick(rng, {"video": 0.8, "phone": 0.2}, n), mode)
    table["duration_min"] = np.clip(np.rint(rng.normal(52, 14, n)), 18, 110)
    table["interviewer"] = pick(rng, {"AB": 0.6, "EF": 0.4}, n)
    table["guide_version"] = "v" + table["wave"].astype(int).astype(str)
    return finish("interview", table.sort_values(["date", "interview_id"]))


def _practitioners(seed, kind, each_year, places) -> pd.DataFrame:
    rng = generator(seed, f"interview {kind}")
    pool = each_year * 3
    person = identifiers(rng, "ST" if kind == "staff" else "PT", pool)
    org, borough = _posts(rng, kind, pool, places)
    shares = {"frontline": 0.5, "manager": 0.3, "strategic": 0.2}
    if kind == "staff":
        shares = {"frontline": 0.5, "coordinator": 0.25, "analyst": 0.1, "manager": 0.15}
    role = pick(rng, shares, pool)
    frames = []
    for wave, start in enumerate(YEARS):
        # New people, but the first of them replaced by people already met a year before.
        who = np.arange(wave * each_year, (wave + 1) * each_year)
        if wave:
            again = int(AGAIN_SHARE * each_year)
            who[:again] = rng.permutation(np.arange((wave - 1) * each_year, wave * each_year))[
                :again
            ]
        date = later([pd.Timestamp(start)] * each_year, rng.integers(60, 350, each_year))
        frames.append(
            pd.DataFrame(
                {
                    "participant_id": person[who],
                    "kind": kind,
                    "date": _weekday(date),
                    "wave": wave + 1.0,
                    "org_id": org[who],
                    "role_band": role[who],
                    "borough_code": borough[who],
                    "used_in_practice": "NA",
                    "referrals_made_after": np.nan,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _posts(rng, kind, n, places) -> tuple[np.ndarray, np.ndarray]:
    if kind == "staff":
        org = pick(rng, {"RR-PROV-A": 0.4, "RR-PROV-B": 0.2, "RR-PROV-C": 0.2, "RR-COORD-N": 0.07,
                         "RR-COORD-S": 0.07, "RR-PICTURE": 0.06}, n)  # fmt: skip
        return org, np.full(n, "NA", object)
    borough = np.resize(np.array(INTERVIEW_SITES, object), n)
    rng.shuffle(borough)
    voluntary = rng.random(n) < 0.36
    org = [
        rng.choice(
            places.organisations(
                sectors=["VCS_other"] if v else STATUTORY_SECTORS, borough=b
            ).astype(str)
        )
        for b, v in zip(borough, voluntary, strict=True)
    ]
    return np.array(org, object), borough


def _weekday(date: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return later(date, np.where(date.dayofweek >= 5, 4 - date.dayofweek, 0))


def _delegates(seed, number, training) -> pd.DataFrame:
    rng = generator(seed, "interview delegate")
    people = training["delegate"].merge(
        training["course"][["course_id", "date"]], on="course_id", suffixes=("", "_course")
    )
    people = people[people["date"] <= LAST_DAY - pd.Timedelta(days=120)].reset_index(drop=True)
    chosen = people.iloc[rng.choice(len(people), min(number, len(people)), replace=False)]
    chosen = chosen.reset_index(drop=True)
    n = len(chosen)
    date = _weekday(later(chosen["date"], 80 + rng.integers(0, 40, n)))
    used = rng.random(n) < 0.68
    return pd.DataFrame(
        {
            "participant_id": chosen["delegate_id"],
            "kind": "delegate",
            "date": date,
            "wave": 1.0 + np.clip((date - pd.Timestamp(YEARS[0])).days // 365, 0, 2),
            "org_id": chosen["org_id"],
            "role_band": chosen["role_band"],
            "borough_code": chosen["borough_code"],
            "used_in_practice": sprinkle(rng, yes(used), {"NR": 0.04}),
            "referrals_made_after": rng.poisson(np.where(used, 1.2, 0.1)).astype(float),
        }
    )


def voice_of(interview: pd.DataFrame, places: Places) -> np.ndarray:
    """Return r, s, v or d per interview: whose sentences the person may say."""
    sector = interview["org_id"].map(places.sector_of())
    return np.select(
        [interview["kind"] == "staff", interview["kind"] == "delegate", sector == "VCS_other"],
        ["r", "d", "v"],
        default="s",
    )


def count_new_codes(documents: Sequence[Document]) -> list[float]:
    """Return, interview by interview in order of date, how many codes nobody had used before."""
    used: set[str] = set()
    numbers = []
    for document in documents:
        codes = {coding.code for coding in document.codings if coding.coder == FIRST_CODER}
        numbers.append(float(len(codes - used)))
        used |= codes
    return numbers


def make_register(interview, voices, survey, file_review, panel, case, names) -> pd.DataFrame:
    """Return the register of coded documents, one row per document in `names`."""
    speaker = {"r": "rr_staff", "s": "statutory", "v": "voluntary", "d": "delegates"}
    first = file_review[file_review["is_second_review"] == "no"]
    blocks = [
        {
            "source_name": "Interview_" + interview["interview_id"],
            "method": "interview_" + interview["kind"],
            "participant_id": interview["participant_id"],
            "subject_type": np.where(interview["kind"] == "delegate", "delegate", "practitioner"),
            "stakeholder": [speaker[voice] for voice in voices],
            "date": interview["date"],
            "borough_code": interview["borough_code"],
            "record_id": interview["interview_id"],
        },
        {
            "source_name": "Survey_" + survey["response_id"],
            "method": "survey_text",
            "participant_id": survey["yp_id"],
            "subject_type": "young_person",
            "stakeholder": "young_people",
            "date": survey["date"],
            "borough_code": "NA",
            "record_id": survey["response_id"],
        },
        {
            "source_name": "File_" + first["file_id"],
            "method": np.where(first["file_type"] == "VCS", "file_vcs", "file_statutory"),
            "participant_id": first["yp_id"],
            "subject_type": "young_person",
            "stakeholder": "records",
            "date": first["reviewed_date"],
            "borough_code": "NA",
            "record_id": first["file_id"],
        },
        _meetings("Panel_", "panel_observation", panel["panel_id"], panel["date"],
                  panel["borough_code"]),
        _meetings("Review_", "case_review", case["ccr_id"], case["review_date"],
                  case["borough_code"]),
    ]  # fmt: skip
    table = pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)
    return finish("coded_source", table[table["source_name"].isin(names)])


def _meetings(prefix, method, record, date, borough) -> dict:
    return {
        "source_name": prefix + record,
        "method": method,
        "participant_id": blank(record, np.ones(len(record), bool)),
        "subject_type": "meeting",
        "stakeholder": "records",
        "date": date,
        "borough_code": borough,
        "record_id": record,
    }
