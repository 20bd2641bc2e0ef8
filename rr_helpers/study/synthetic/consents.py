"""The consent register: who agreed to what, who refused, who withdrew."""

import numpy as np
import pandas as pd

from rr_helpers.study.synthetic.chance import count, finish, generator, later, sprinkle, yes
from rr_helpers.study.synthetic.places import LAST_DAY

WITHDRAWN = {
    "young_person": {"all": 3, "future": 2, "quotes": 2},
    "practitioner": {"all": 1, "future": 1, "quotes": 2},
    "delegate": {"all": 3, "future": 1, "quotes": 2},
}
NOT_TAKING_PART = {"young_person": 3, "practitioner": 1, "delegate": 4}
FILES_NOT_LINKED = 2
MAY_QUOTE = {"young_person": 0.72, "practitioner": 0.86, "delegate": 0.80}
# Counts published for these days were made before anybody withdrew: see `_may_withdraw`.
PUBLISHED = (("2018-09-01", "2019-06-30"), ("2020-04-01", "2021-03-31"))


def make_consent(
    seed: int, scale: float, *, interview, survey, file_review, delegate, course, referral
) -> pd.DataFrame:
    """Return one row per person who took part in anything that needs consent.

    A young person withdraws altogether only where no referral of theirs lies in the two windows
    with published totals, so that the totals hold before and after the consent gate.
    """
    frames = [
        _kind(seed, "young_person", scale, _young_people(survey, file_review), referral),
        _kind(seed, "practitioner", scale, _practitioners(interview), None),
        _kind(seed, "delegate", scale, _delegates(delegate, course), None),
    ]
    return finish("consent", pd.concat(frames, ignore_index=True).sort_values("subject_id"))


def _young_people(survey, file_review) -> pd.DataFrame:
    asked = survey[["yp_id", "date"]].assign(files=False)
    read = file_review[["yp_id", "reviewed_date"]].assign(files=True)
    read = read.rename(columns={"reviewed_date": "date"})
    people = pd.concat([asked, read]).dropna(subset=["yp_id"])
    people = people.groupby("yp_id", sort=True).agg(first=("date", "min"), files=("files", "max"))
    return people.rename_axis("subject_id").reset_index()


def _practitioners(interview) -> pd.DataFrame:
    people = interview[interview["kind"] != "delegate"].groupby("participant_id", sort=True)
    people = people["date"].min().rename("first").rename_axis("subject_id").reset_index()
    return people.assign(files=False)


def _delegates(delegate, course) -> pd.DataFrame:
    people = delegate[["delegate_id", "course_id"]].merge(course[["course_id", "date"]])
    people = people.rename(columns={"delegate_id": "subject_id", "date": "first"})
    return people[["subject_id", "first"]].sort_values("subject_id").assign(files=False)


def _kind(seed, kind, scale, people, referral) -> pd.DataFrame:
    rng = generator(seed, f"consent {kind}")
    people = people.reset_index(drop=True)
    n = len(people)
    given = later(people["first"], -rng.integers(0, 15, n))
    withdrawn = later(given, rng.integers(20, 200, n))
    free = np.asarray(withdrawn <= LAST_DAY - pd.Timedelta(days=15))
    if referral is not None:
        free &= _may_withdraw(people["subject_id"], referral)
    scope = np.full(n, None, object)
    order = rng.permutation(n)
    for name, number in WITHDRAWN[kind].items():
        able = order[free[order] & (scope[order] == None)]  # noqa: E711
        scope[able[: count(number, scale)]] = name
    others = order[scope[order] == None]  # noqa: E711
    refused = np.zeros(n, bool)
    refused[others[: count(NOT_TAKING_PART[kind], scale)]] = True
    files = people["files"].to_numpy(bool)
    linked = files.copy()
    readable = others[files[others] & ~refused[others]]
    linked[readable[-count(FILES_NOT_LINKED, scale) :]] = False
    gone = scope != None  # noqa: E711
    return pd.DataFrame(
        {
            "subject_id": people["subject_id"],
            "subject_type": kind,
            "consent_participate": yes(~refused),
            "consent_quote": yes(~refused & (rng.random(n) < MAY_QUOTE[kind])),
            "consent_link_files": np.where(files, yes(linked), "NA"),
            "consent_archive": sprinkle(rng, yes(rng.random(n) < 0.8), {"NA": 0.02}),
            "consent_date": given,
            "withdrawn_date": withdrawn.where(gone),
            "withdrawal_scope": scope,
            "actioned_date": later(withdrawn, rng.integers(1, 12, n)).where(gone),
        }
    )


def _may_withdraw(people: pd.Series, referral: pd.DataFrame) -> np.ndarray:
    received = referral["received_date"]
    counted = np.zeros(len(referral), bool)
    for first, last in PUBLISHED:
        counted |= received.between(first, last).to_numpy()
    return ~people.isin(referral.loc[counted, "yp_id"]).to_numpy()
