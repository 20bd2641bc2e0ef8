"""Recovery: whether the chapters' intervals hold what was planted, study after study.

Each study is made with its own seed; the chapters' own cells give the estimates. `SOUGHT` says
which estimate should find which truth, and why the two are the same quantity.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import lognorm

from benchmarks.validation.chapters import chapter_estimates, study_in_memory
from benchmarks.validation.grid import versions, write_aside
from rr_helpers.study.synthetic import make_study, responses

WINDOW, STUDIES, FIRST_SEED = "eval_Y3", 200, 1001
LARGE_SCALE, LARGE_SEEDS = 20, (1, 2)
NOTEBOOKS = Path("notebooks")

# Titles of the chapters' tables, by which their estimates are found.
PATHS = "Change in the share of paths that run through R&R"
SEATS = "The voluntary sector's share of the seats taken"
SCORE, CONFIDENCE = "Change in the score on a written case", "Change in confidence"
LADDER = "The ladder of denominators"
WAITS = "Referrals with a safeguarding response, by days since referral"
SAFETY = "Felt safer minus felt less safe, now against before"

LARGE = "the same cells on a synthetic study many times the size"
ACROSS = "the mean over the studies themselves, since organisations and boroughs do not multiply"
DELAYS = "planted: medians, spread, borough factors, other endings and those who never have one"

SAME_PLACES = (
    "Held too often, on the safe side: the range allows for other organisations and seats than "
    "those there were, and made-up studies keep the same ones."
)
EXACT = (
    "Held too often, on the safe side: made-up studies meet these published shares almost exactly, "
    "so that they differ less from one another than real years would."
)
ANSWERED = (
    "The truth is that of young people who answer. Those who gained more answer more often, and no "
    "range allows for that."
)


class Sought(NamedTuple):
    """An estimate of a chapter, its truth, and why they are the same quantity.

    truth: computed from `planted`; None where it is found as `source` says. remark: what a reader
    must know to judge the rate.
    """

    plan: str
    title: str
    row: str
    source: str
    truth: Callable[[Mapping], float] | None = None
    remark: str = ""


def _value(planted: Mapping, name: str) -> float:
    return planted[name]["value"]


def _responded(day: int, planted: Mapping, *, adult: bool) -> float:
    """Share in per cent with a response by a day, from what `study.synthetic.responses` draws."""
    median = responses.RESPONSE_MEDIAN_DAYS
    median *= _value(planted, "response_is_slower_for_18_to_25") if adult else 1
    spread = np.hypot(responses.RESPONSE_LOG_SD, responses.BOROUGH_LOG_SD)
    days = np.arange(day + 1)
    on_day = np.diff(lognorm.cdf(np.append(days, day + 1), spread, scale=median))
    not_ended = np.exp(-responses.COMPETING_PER_DAY * days)
    never = _value(planted, "some_never_have_a_response")
    return 100 * (1 - never) * float(on_day @ not_ended)


SOUGHT = (
    Sought("Q1-P1", PATHS, "First to latest", ACROSS, remark=SAME_PLACES),
    Sought("Q1-S1", SEATS, "2021 Jan to Mar", ACROSS, remark=SAME_PLACES),
    Sought("Q2-P1", SCORE, "Before to after",
           "planted: four items, so four times the change in the share of items right",
           lambda p: 4 * _value(p, "vignette_score_rises")),
    Sought("Q2-S1", CONFIDENCE, "Before to after", "planted: the mean answer, after minus before",
           lambda p: _value(p, "confidence_rises_after_the_course")),
    Sought("Q2-S2", CONFIDENCE, "After to three months later",
           "planted: the change to three months later minus the change to straight after",
           lambda p: _value(p, "confidence_decays_by_three_months")
           - _value(p, "confidence_rises_after_the_course")),
    Sought("Q3-P1", LADDER, "Activity reduced or ceased, of referred", LARGE,
           remark=EXACT),
    Sought("Q3-P1", LADDER, "Activity reduced or ceased, of outcome known", LARGE,
           remark=EXACT),
    Sought("Q3-P1", LADDER, "Engaged, of accepted", LARGE, remark=EXACT),
    Sought("Q3-S1", WAITS, "Under 18, within 28 days", DELAYS,
           lambda p: _responded(28, p, adult=False)),
    Sought("Q3-S1", WAITS, "18 to 25, within 28 days", DELAYS,
           lambda p: _responded(28, p, adult=True)),
    Sought("Q4-P1", SAFETY, "Home", LARGE, remark=ANSWERED),
    Sought("Q4-S1", SAFETY, "Neighbourhood", LARGE, remark=ANSWERED),
)  # fmt: skip


def run_recovery(kept: Path, *, studies: int = STUDIES, say=print) -> pd.DataFrame:
    """Return a row per estimate: truth, rate at which intervals hold it, its error, and bias.

    kept: folder where the estimates of each finished study are kept.
    """
    kept.mkdir(parents=True, exist_ok=True)
    # What the first study gives tells whether kept ones are still what the code gives.
    tried = study_estimates(FIRST_SEED).to_csv(index=False, float_format="%.5g")
    made_by = hashlib.sha256(tried.encode()).hexdigest()[:12]
    seeds = range(FIRST_SEED, FIRST_SEED + studies)
    found = pd.concat([_kept_study(kept, seed, 1, made_by, say) for seed in seeds])
    large = [_kept_study(kept, seed, LARGE_SCALE, made_by, say) for seed in LARGE_SEEDS]
    large = pd.concat(large)
    return pd.DataFrame([_summary(sought, found, large) for sought in SOUGHT]).assign(
        first_seed=FIRST_SEED, **versions()
    )


def _kept_study(kept: Path, seed: int, scale: int, made_by: str, say) -> pd.DataFrame:
    path = kept / f"study-{seed}-{scale}-{made_by}.csv"
    if not path.is_file():
        say(f"recovery: study of seed {seed}, scale {scale}")
        write_aside(study_estimates(seed, scale), path)
    return pd.read_csv(path)


def study_estimates(seed: int, scale: int = 1) -> pd.DataFrame:
    """Return the sought estimates of one study: title, row, value, low, high, truth, n."""
    made = make_study(seed=seed, scale=scale)
    estimates = chapter_estimates(study_in_memory(made), WINDOW, NOTEBOOKS)
    rows = []
    for sought in SOUGHT:
        found = estimates[sought.title, sought.row, ""]
        truth = sought.truth(made.truth["planted"]) if sought.truth else np.nan
        ends = {"value": found.value, "low": found.low, "high": found.high}
        rows.append({"title": sought.title, "row": sought.row, **ends, "truth": truth,
                     "n": found.n, "unit": found.unit})  # fmt: skip
    return pd.DataFrame(rows).assign(seed=seed)


def _summary(sought: Sought, found: pd.DataFrame, large: pd.DataFrame) -> dict:
    def these(table):
        return table[table["title"].eq(sought.title) & table["row"].eq(sought.row)]

    rows = these(found)
    known = rows.dropna(subset=["value"])
    truth = known["truth"]
    if sought.truth is None:
        from_others = known if sought.source == ACROSS else these(large)
        truth = pd.Series(from_others["value"].mean(), known.index)
    held = ((known["low"] <= truth) & (truth <= known["high"])).mean()
    likely = (held * len(known) + 0.5) / (len(known) + 1)
    return {
        "plan": sought.plan, "estimate": sought.title, "row": sought.row,
        "unit": known["unit"].iloc[0] if len(known) else "", "truth_from": sought.source,
        "truth": round(truth.mean(), 3), "studies": len(rows), "estimable": len(known),
        "median_n": known["n"].median(), "rate": round(100 * held, 1),
        "monte_carlo_error": round(100 * np.sqrt(likely * (1 - likely) / len(known)), 2),
        "mean_estimate": round(known["value"].mean(), 3),
        "bias": round((known["value"] - truth).mean(), 3),
        "spread": round(known["value"].std(), 3), "remark": sought.remark,
    }  # fmt: skip
