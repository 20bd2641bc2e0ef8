"""Scales that are under licence: scored from a file that each study keeps, never from this project.

A scale's file lies in the study folder, ``licensed/NAME.toml``, NAME being what the sheet
'scale_answer' calls the scale. It holds no wording, which no report needs:

    title = "…"              # as readers may see it
    copyright = "…"          # the line that the licence asks for; shown under every figure
    items = 4                # numbered from one
    lowest = 1               # of an answer
    highest = 5
    reversed = [2]           # items whose highest answer is the worst, if any
    [conversion]             # optional: the score for each sum of answers that there can be
    "4" = 4.0

Without a conversion the score is the sum. Only people who answered every item have a score.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.study import Study
from rr_helpers.study.inputs import LICENSED as FOLDER
from rr_helpers.study.inputs import licensed_files

NEEDED = {"title": str, "copyright": str, "items": int, "lowest": int, "highest": int}
OPTIONAL = {"reversed": list, "conversion": dict}
_CURE = "Correct the file as rr_helpers/publish/licensed.py describes it"


@dataclass(frozen=True)
class LicensedScale:
    """What scoring needs, and the line that the licence asks for."""

    title: str
    copyright: str
    items: int
    lowest: int
    highest: int
    reversed: tuple[int, ...] = ()
    conversion: dict[int, float] = field(default_factory=dict)

    @property
    def sums(self) -> range:
        """Every sum of answers that there can be."""
        return range(self.items * self.lowest, self.items * self.highest + 1)


def scale_scores(study: Study, window_id: str) -> list[tuple[LicensedScale, pd.DataFrame]]:
    """Return each licensed scale that has a file, with the scores of surveys to the window's end.

    Columns of the scores: person, wave, score. Empty where the study has no licensed file: the
    report does without. Raises UserError for a file that cannot be scored from, or answers outside
    the scale.
    """
    found = [(path.stem, read_scale(path)) for path in licensed_files(study.folder)]
    return [(scale, _scores(study, window_id, name, scale)) for name, scale in found]


def read_scale(path: Path) -> LicensedScale:
    """Return the scale of a file; UserError says what is wrong in it."""
    place = f"{FOLDER}/{path.name}"
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            place=place, found=f"no TOML ({error})", expected="lines such as items = 4", cure=_CURE
        ) from None
    allowed = NEEDED | OPTIONAL
    for name in [*(n for n in told if n not in allowed), *(n for n in NEEDED if n not in told)]:
        what = "an unknown entry" if name in told else "no entry"
        raise UserError(
            place=place, found=f"{what} '{name}'", expected=", ".join(allowed), cure=_CURE
        )
    for name, value in told.items():
        if not isinstance(value, allowed[name]) or isinstance(value, bool) or value == "":
            raise _wrong(place, f"{name} = {value!r}", f"{allowed[name].__name__}, not empty")
    return _checked(place, told)


def _checked(place: str, told: dict) -> LicensedScale:
    if told["items"] < 1 or not 0 <= told["lowest"] < told["highest"]:
        raise _wrong(place, "items, lowest and highest", "one item or more, lowest below highest")
    turned = tuple(told.get("reversed", ()))
    if not set(turned) <= set(range(1, told["items"] + 1)):
        raise _wrong(place, f"reversed = {list(turned)}", f"numbers from 1 to {told['items']}")
    try:
        scores = {int(total): float(to) for total, to in told.get("conversion", {}).items()}
    except (TypeError, ValueError):
        raise _wrong(place, "a conversion that is not of numbers", '"4" = 4.0') from None
    scale = LicensedScale(**{n: told[n] for n in NEEDED}, reversed=turned, conversion=scores)
    if scores and set(scores) != set(scale.sums):
        missing = sorted(set(scale.sums) ^ set(scores))[0]
        span = f"every sum from {scale.sums[0]} to {scale.sums[-1]}, and no other"
        raise _wrong(place, f"a conversion that differs at the sum {missing}", span)
    return scale


def _wrong(place: str, found: str, expected: str) -> UserError:
    return UserError(place=place, found=found, expected=expected, cure=_CURE)


def _scores(study: Study, window_id: str, name: str, scale: LicensedScale) -> pd.DataFrame:
    answers = study["scale_answer"]
    answers = answers[answers["scale"].eq(name)].dropna(subset=["response"])
    outside = ~answers["response"].between(scale.lowest, scale.highest)
    outside |= ~answers["item"].between(1, scale.items)
    if outside.any():
        raise UserError(
            place=f"yp_survey.xlsx, sheet 'scale_answer', scale '{name}'",
            found=f"{outside.sum()} answers outside the scale of {FOLDER}/{name}.toml",
            expected=f"items 1 to {scale.items}, answers {scale.lowest} to {scale.highest}",
            cure="Correct the sheet, or the licensed file",
        )
    turned = answers["item"].isin(scale.reversed)
    given = answers["response"].mask(turned, scale.lowest + scale.highest - answers["response"])
    total = given.groupby(answers["response_id"]).sum(min_count=1)
    whole = answers.groupby("response_id")["item"].nunique().eq(scale.items)
    score = total[whole].map(scale.conversion) if scale.conversion else total[whole]
    survey = study["yp_survey"]
    survey = survey[survey["date"] <= study.window(window_id).end]
    survey = survey.assign(score=survey["response_id"].map(score)).dropna(subset=["score"])
    person = survey["yp_id"].fillna(survey["response_id"])
    return pd.DataFrame({"person": person, "wave": survey["wave"], "score": survey["score"]})
