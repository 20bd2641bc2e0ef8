"""Case-file reviews: voluntary-sector and statutory files, partly of the same young people.

A voluntary-sector file carries the young person's voice more; a second reader reads a fifth.
"""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.schema.file_reviews import SECTIONS, file_review
from rr_helpers.study.synthetic.chance import (
    answers,
    blank,
    count,
    finish,
    generator,
    identifiers,
    joined,
    latent_mean,
    later,
    pick,
    pick_by_row,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.places import LAST_DAY

PAIRS_A_YEAR, SINGLES_A_YEAR = 12, 7
SECOND_READING_SHARE = 0.20
VOICE_STATUTORY, VOICE_VCS_MORE, VOICE_SPREAD = 1.1, 0.6, 0.8
READER_SD = 0.35
RECORDED = {"home": 2.2, "peer": 1.6, "school": 1.7, "neighbourhood": 1.1, "online": 0.8}
BARRIERS = (0.46, 0.38, 0.30, 0.34, 0.24, 0.16, 0.20)
ENABLERS = (0.52, 0.44, 0.34, 0.40, 0.22)


def make_file_reviews(seed: int, scale: float, episodes, referrals) -> pd.DataFrame:
    """Return one row per reading of a file; second readings come from another reviewer."""
    rng = generator(seed, "file_review")
    chosen, pair = _choose(rng, scale, episodes, referrals)
    first = _readings(rng, chosen, pair)
    again = np.flatnonzero(rng.random(len(first)) < SECOND_READING_SHARE)
    if not len(again):
        again = np.array([0])
    second = _read_again(rng, first.iloc[again].reset_index(drop=True))
    return finish("file_review", pd.concat([first, second], ignore_index=True))


def _choose(rng, scale, episodes, referrals) -> tuple[pd.DataFrame, np.ndarray]:
    people = episodes.merge(
        referrals[["referral_id", "yp_id", "received_date", "age_at_referral"]], on="referral_id"
    )
    people = people[people["received_date"] <= LAST_DAY - pd.Timedelta(days=120)]
    people = people.drop_duplicates("yp_id").reset_index(drop=True)
    pairs, singles = count(3 * PAIRS_A_YEAR, scale), count(3 * SINGLES_A_YEAR, scale)
    number = min(pairs + singles, len(people))
    rows = rng.choice(len(people), number, replace=False)
    pairs = min(pairs, number)
    # Both files of a pair, then one file each of the others.
    both = np.concatenate([np.repeat(rows[:pairs], 2), rows[pairs:]])
    kind = np.concatenate(
        [np.tile(["VCS", "statutory"], pairs), pick(rng, {"VCS": 1, "statutory": 1},
                                                    number - pairs)]
    )  # fmt: skip
    pair = np.concatenate([np.repeat(identifiers(rng, "PR", pairs), 2), [None] * (number - pairs)])
    return people.iloc[both].reset_index(drop=True).assign(kind=kind), pair


def _readings(rng, chosen, pair) -> pd.DataFrame:
    n = len(chosen)
    vcs = (chosen["kind"] == "VCS").to_numpy()
    person = 0.35 * rng.standard_normal(n)
    received = pd.DatetimeIndex(chosen["received_date"])
    end = pd.DatetimeIndex(chosen["closed_date"]).fillna(LAST_DAY)
    end = end.where(end > received, received + pd.Timedelta(days=30))
    reviewed = later(end, rng.integers(20, 120, n))
    reviewed = reviewed.where(reviewed <= LAST_DAY, LAST_DAY - pd.Timedelta(days=1))
    voice = latent_mean(VOICE_STATUTORY, VOICE_SPREAD, 0, 3)
    voice_vcs = latent_mean(VOICE_STATUTORY + VOICE_VCS_MORE, VOICE_SPREAD, 0, 3)
    tone = ("welfare", "mixed", "criminal")
    tones = np.where(vcs[:, None], [[0.66, 0.30, 0.04]], [[0.36, 0.44, 0.20]])
    named = later(received, np.rint(rng.normal(np.where(vcs, 6, 24), 12)))
    level = {key: RECORDED[key] + 0.25 * vcs * (key != "home") + person for key in CONTEXTS}
    recorded = {k: answers(v + 0.6 * rng.standard_normal(n), 0, 3) for k, v in level.items()}
    assessed = {k: rng.random(n) < 0.10 + 0.25 * v for k, v in recorded.items()}
    frame = {
        "file_id": identifiers(rng, "FI", n),
        "yp_id": chosen["yp_id"].to_numpy(),
        "file_type": chosen["kind"].to_numpy(),
        "pair_id": pair,
        "reviewer": np.where(rng.random(n) < 0.7, "AB", "EF"),
        "is_second_review": "no",
        "reviewed_date": reviewed,
        "period_start": received,
        "period_end": end,
        "entries": np.maximum(rng.poisson(np.where(vcs, 38, 74)), 3),
        **{
            f"complete_{key}": answers(rng.normal(2.0 + 0.3 * person, 0.8), 0, 3)
            for key in SECTIONS
        },
        **{f"recorded_{key}": values for key, values in recorded.items()},
        **{f"assessed_{key}": yes(values) for key, values in assessed.items()},
        **{
            f"planned_{key}": yes(values & (rng.random(n) < 0.55))
            for key, values in assessed.items()
        },
        "voice_of_young_person": answers(
            np.where(vcs, voice_vcs, voice)
            + person
            + np.sqrt(VOICE_SPREAD**2 - 0.35**2) * rng.standard_normal(n),
            0,
            3,
        ),
        "parents_as_partners": answers(rng.normal(1.5 + 0.2 * vcs + person, 0.8), 0, 3),
        "exploitation_named_date": named.where(rng.random(n) < np.where(vcs, 0.92, 0.78)),
        "language": sprinkle(rng, pick_by_row(rng, tone, tones), {"NR": 0.02}),
        "information_shared_with": joined(
            rng.random((n, 4)) < [0.55, 0.45, 0.3, 0.6],
            ["POL-MPS", "RR-PROV-A", "RR-PICTURE", "RR-COORD-S"],
        ),
        **{
            f"safety_change_{key}": answers(rng.normal(mean + person, 0.8), -2, 2)
            for key, mean in (("physical", 0.5), ("relational", 0.9), ("psychological", 0.5))
        },
        "barriers": joined(rng.random((n, 7)) < BARRIERS, _values("barriers")),
        "enablers": joined(rng.random((n, 5)) < ENABLERS, _values("enablers")),
    }
    return pd.DataFrame(frame)


def _values(column: str) -> list[str]:
    return list(file_review.column(column)["values"])


def _read_again(rng, first: pd.DataFrame) -> pd.DataFrame:
    n = len(first)
    second = first.copy()
    second["reviewer"] = "CD"
    second["is_second_review"] = "yes"
    for column in first.columns:
        if column.startswith(("complete_", "recorded_", "voice_", "parents_")):
            moved = first[column] + READER_SD * rng.standard_normal(n)
            second[column] = answers(moved, 0, 3)
        elif column.startswith("safety_change_"):
            second[column] = answers(first[column] + READER_SD * rng.standard_normal(n), -2, 2)
        elif column.startswith(("assessed_", "planned_")):
            turned = rng.random(n) < 0.08
            second[column] = yes((first[column] == "yes").to_numpy() ^ turned)
    differs = rng.random(n) < 0.12
    second["language"] = np.where(differs, "mixed", first["language"])
    for column in ("barriers", "enablers"):
        dropped = first[column].map(lambda value: value.split("; ")[0] if value else None)
        second[column] = np.where(rng.random(n) < 0.2, dropped, first[column])
    second["reviewed_date"] = blank(first["reviewed_date"], np.zeros(n, bool))
    return second
