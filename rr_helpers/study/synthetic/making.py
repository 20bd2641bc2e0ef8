"""Making a synthetic study: every table of the schema, coded documents, and what is true."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.study.schema import TABLES
from rr_helpers.study.synthetic import documents as coded
from rr_helpers.study.synthetic.borough_series import make_borough_month, make_borough_year
from rr_helpers.study.synthetic.canaries import plant_canaries
from rr_helpers.study.synthetic.case_reviews import make_case_reviews
from rr_helpers.study.synthetic.chance import generator, pick
from rr_helpers.study.synthetic.codebook import make_codebook
from rr_helpers.study.synthetic.consents import make_consent
from rr_helpers.study.synthetic.documents import Document
from rr_helpers.study.synthetic.episodes import make_episodes
from rr_helpers.study.synthetic.file_reviews import make_file_reviews
from rr_helpers.study.synthetic.governance import make_governance
from rr_helpers.study.synthetic.interviews import (
    count_new_codes,
    make_interviews,
    make_register,
    voice_of,
)
from rr_helpers.study.synthetic.judgements import make_judgements
from rr_helpers.study.synthetic.panels import make_panels
from rr_helpers.study.synthetic.places import make_places
from rr_helpers.study.synthetic.quotations import make_quotations
from rr_helpers.study.synthetic.reference import make_reference
from rr_helpers.study.synthetic.referrals import make_referrals
from rr_helpers.study.synthetic.responses import make_responses
from rr_helpers.study.synthetic.survey import Survey, make_scale_answers, make_survey
from rr_helpers.study.synthetic.ties import make_ties
from rr_helpers.study.synthetic.training import make_courses, make_delegates
from rr_helpers.study.synthetic.truth import make_truth
from rr_helpers.study.synthetic.young_networks import make_young_networks

# Why a number or a date is not there, where the record says so.
REASONS_FOR_GAPS = {
    ("referral", "missing_90d"): {"NK": 0.7, "NR": 0.3},
    ("delegate_item", "response"): {"NR": 0.7, "PNTS": 0.3},
    ("panel_rating", "rating"): {"NA": 1.0},
    ("ccr_domain", "rating"): {"NA": 1.0},
    ("file_review", "exploitation_named_date"): {"NR": 1.0},
    ("episode", "safety_physical"): {"NR": 1.0},
    ("episode", "safety_relational"): {"NR": 1.0},
    ("episode", "safety_psychological"): {"NR": 1.0},
}
SMALLEST_SCALE, LARGEST_SCALE = 0.05, 1000


@dataclass(frozen=True, repr=False)
class SyntheticStudy:
    """A synthetic study.

    tables: every table of the schema by name; each satisfies its schema.
    missing: for some tables, a frame of the same shape whose cells hold the missing code that
        stands in a number or date column, else NaN (as `Reading.missing` when read back).
    documents: the coded documents of the qualitative project.
    truth: published figures followed and effects planted, as plain values.
    """

    tables: Mapping[str, pd.DataFrame]
    missing: Mapping[str, pd.DataFrame]
    documents: tuple[Document, ...]
    truth: Mapping

    def __repr__(self) -> str:
        rows = sum(map(len, self.tables.values()))
        return (
            f"SyntheticStudy(seed {self.truth['seed']}, scale {self.truth['scale']:g}: "
            f"{len(self.tables)} tables, {rows} rows, {len(self.documents)} documents)"
        )


def make_study(seed: int = 20180701, scale: float = 1.0) -> SyntheticStudy:
    """Return a three-year pilot, July 2018 to June 2021; the same seed and scale give the same.

    seed: a whole number, zero or more. Each table has its own stream of randomness.
    scale: multiplies people, courses, panels and documents (boroughs, organisations and boards
        stay); at 1 the published counts are met exactly. Raises UserError outside 0.05 to 1000.
    """
    _check(seed, scale)
    places = make_places(seed)
    course, first_course = make_courses(seed, scale)
    referrals = make_referrals(seed, scale, places, first_course)
    episode, hidden = make_episodes(seed, referrals)
    survey = make_survey(seed, episode, referrals.table)
    tables = {
        "borough": places.borough,
        "organisation": places.organisation,
        **make_reference(),
        "referral": referrals.table,
        "episode": episode,
        "safeguarding_response": make_responses(seed, referrals),
        "course": course,
        **make_delegates(seed, course, places),
        **make_panels(seed, scale, places, referrals.table),
        "directed_tie": make_ties(seed, places),
        "yp_invited": survey.invited,
        "yp_survey": survey.survey,
        "scale_answer": make_scale_answers(seed, survey.survey),
        "file_review": make_file_reviews(seed, scale, episode, referrals.table),
        **make_case_reviews(seed, scale),
        **make_young_networks(seed, scale, referrals.table),
        **make_governance(seed),
        **make_codebook(),
        "judgement": make_judgements(),
        "borough_year": make_borough_year(seed, places),
    }
    tables["interview"] = make_interviews(seed, scale, places, tables)
    tables["borough_month"] = make_borough_month(tables)
    tables["consent"] = _consent(seed, scale, tables)
    voices = voice_of(tables["interview"], places)
    documents = _documents(seed, tables, voices)
    tables["coded_source"] = make_register(
        tables["interview"], voices, tables["yp_survey"], tables["file_review"],
        tables["panel"], tables["ccr_case"], {document.name for document in documents},
    )  # fmt: skip
    tables["quotation"] = make_quotations(
        seed, documents, tables["coded_source"], tables["consent"]
    )
    planted = plant_canaries({name: tables[name] for name in TABLES}, documents)
    truth = make_truth(seed, scale, tables=planted.tables, hidden=hidden, asked=survey)
    truth["canaries"] = planted.truth
    missing = _missing(seed, planted.tables, survey)
    return SyntheticStudy(planted.tables, missing, tuple(planted.documents), truth)


def _check(seed, scale) -> None:
    if not isinstance(seed, int) or seed < 0:
        raise UserError(
            place="seed",
            found=f"{seed!r}",
            expected="a whole number, zero or more",
            cure="Give another seed, for example 20180701",
        )
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise UserError(
            place="scale",
            found=f"{scale:g}",
            expected=f"a number from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}",
            cure="Use 1 for a study of the pilot's size, 0.1 for a quick one",
        )


def _consent(seed, scale, tables) -> pd.DataFrame:
    return make_consent(
        seed,
        scale,
        interview=tables["interview"],
        survey=tables["yp_survey"],
        file_review=tables["file_review"],
        delegate=tables["delegate"],
        course=tables["course"],
        referral=tables["referral"],
    )


def _documents(seed, tables, voices) -> list[Document]:
    """Return the documents; what young people wrote and new codes go into their tables too."""
    interview, survey = tables["interview"], tables["yp_survey"]
    spoken = [
        coded.interview(seed, f"Interview_{name}", voice)
        for name, voice in zip(interview["interview_id"], voices, strict=True)
    ]
    tables["interview"] = interview.assign(new_codes=count_new_codes(spoken))
    words = [coded.young_persons_words(seed, f"Survey_{name}") for name in survey["response_id"]]
    texts = {
        column: pd.Series([columns.get(column) for _, columns in words], dtype=object)
        for column in ("text_better", "text_worse", "text_change")
    }
    tables["yp_survey"] = survey.assign(**texts)
    files = tables["file_review"]
    files = files.loc[files["is_second_review"] == "no", "file_id"]
    panels = tables["panel"].loc[tables["panel"]["observed"] == "yes", "panel_id"]
    notes = [("File", "f", files), ("Panel", "p", panels), ("Review", "n",
             tables["ccr_case"]["ccr_id"])]  # fmt: skip
    written = [
        coded.note(seed, f"{kind}_{name}", voice) for kind, voice, ids in notes for name in ids
    ]
    return [*spoken, *(document for document, _ in words if document), *written]


def _missing(seed, tables, survey: Survey) -> dict[str, pd.DataFrame]:
    rng = generator(seed, "missing")
    frames: dict[str, pd.DataFrame] = {}

    def codes_of(table):
        frame = tables[table]
        if table not in frames:
            frames[table] = pd.DataFrame(np.nan, frame.index, frame.columns, dtype=object)
        return frames[table]

    for (table, column), shares in REASONS_FOR_GAPS.items():
        gaps = tables[table][column].isna()
        codes_of(table).loc[gaps, column] = pick(rng, shares, int(gaps.sum()))
    for column, codes in survey.missing.items():
        codes_of("yp_survey")[column] = pd.Series(codes, dtype=object).where(codes != "")
    return frames
