"""Reporting windows, events and the analysis plan of the synthetic study."""

import pandas as pd

from rr_helpers.study.synthetic.borough_series import SOURCE
from rr_helpers.study.synthetic.chance import finish

WINDOWS = {
    "Y1_SA": ("2018-09-01", "2019-06-30", "Year 1 of the strategic assessment", "Ten months"),
    "Y2_SA": (
        "2019-05-01",
        "2020-04-30",
        "Year 2 of the strategic assessment",
        "May and June 2019 are also in Year 1: never add the two",
    ),
    "eval_Y1": ("2018-07-01", "2019-03-31", "Evaluation, year 1", "Nine months, from the start"),
    "eval_Y2": ("2019-04-01", "2020-03-31", "Evaluation, year 2", ""),
    "eval_Y3": ("2020-04-01", "2021-03-31", "Evaluation, year 3", "The same days as 2020-21"),
    "FY2018_19": ("2018-07-01", "2019-03-31", "2018-19", "Nine months, from the pilot's start"),
    "FY2019_20": ("2019-04-01", "2020-03-31", "2019-20", ""),
    "FY2020_21": ("2020-04-01", "2021-03-31", "2020-21", ""),
    "FY2021_22": ("2021-04-01", "2021-06-30", "From April 2021", "Three months, to the last day"),
}

EVENTS = (
    ("2018-07-01", "Pilot starts", "funding", "all series"),
    ("2018-10-01", "First training courses", "training_rollout", "referrals by borough"),
    ("2020-01-01", "Intelligence moves to the police", "data_break", "referrals of intelligence"),
    ("2020-03-23", "First lockdown", "covid", "all series"),
    ("2020-04-01", "New closure form", "data_break", "outcome at closure"),
    ("2020-11-05", "Second lockdown", "covid", "all series"),
    ("2021-01-05", "Third lockdown", "covid", "all series"),
    ("2021-04-01", "Funding continued", "funding", "all series"),
)

# plan_id, outcome, method: one primary analysis a question, the rest secondary.
PLAN = (
    ("Q1-P1", "Share of paths between other organisations that run through R&R",
     "Brokerage by half-year, interval from leaving out one organisation at a time"),
    ("Q1-S1", "Share of seats taken by the voluntary sector", "Proportion by half-year"),
    ("Q1-S2", "Density of direct ties among organisations other than R&R",
     "Density by half-year, interval from leaving out one organisation at a time"),
    ("Q1-S3", "New ties among organisations joined through R&R, against others of their panel",
     "Difference in share of new ties, leaving out one organisation at a time"),
    ("Q1-S4", "Observers' rating of how far panels use R&R's input",
     "Change a year within boroughs, boroughs' half-years as clusters"),
    ("Q1-S5", "Response within four weeks, found outside London against others",
     "Cumulative incidence with competing events"),
    ("Q2-P1", "Change in the vignette score, before to after",
     "Mean paired change, courses as clusters"),
    ("Q2-S1", "Change in confidence, before to after", "Mean paired change, courses as clusters"),
    ("Q2-S2", "Change in confidence, after to three months later",
     "Mean paired change, courses as clusters"),
    ("Q3-P1", "Reduced or ceased, of each denominator from referred to engaged",
     "Proportion with its denominator"),
    ("Q3-S1", "Response within four weeks, under eighteen and from eighteen on",
     "Cumulative incidence with competing events"),
    ("Q4-P1", "Safety at home, now against before", "Paired dominance, boroughs as clusters"),
    ("Q4-S1", "Safety in the neighbourhood, now against before",
     "Paired dominance, boroughs as clusters"),
)  # fmt: skip


# Invented, like everything here: a real study enters a published survey with its source.
BENCHMARK = (("home", 90.0), ("school", 80.0), ("neighbourhood", 70.0))


def make_reference() -> dict[str, pd.DataFrame]:
    """Return the reporting windows, events and analysis plan, the same every time."""
    window = {
        "window_id": list(WINDOWS),
        "label": [row[2] for row in WINDOWS.values()],
        "start": [row[0] for row in WINDOWS.values()],
        "end": [row[1] for row in WINDOWS.values()],
        "note": [row[3] or None for row in WINDOWS.values()],
    }
    questions = [plan_id[:2] for plan_id, _, _ in PLAN]
    plan = {
        "plan_id": [plan_id for plan_id, _, _ in PLAN],
        "date": "2018-09-03",
        "question": questions,
        "outcome": [outcome for _, outcome, _ in PLAN],
        "model": [model for _, _, model in PLAN],
        "rank": ["primary" if "-P" in plan_id else "secondary" for plan_id, _, _ in PLAN],
        "family": [f"{question} primary and secondary" for question in questions],
    }
    return {
        "window": finish("window", window),
        "event": finish("event", _columns(("date", "label", "type", "affects"), EVENTS)),
        "analysis_plan": finish("analysis_plan", plan),
        "benchmark": finish(
            "benchmark",
            {
                **_columns(("context", "share_safe"), BENCHMARK),
                "who": "Pupils, invented",
                "source": SOURCE,
                "licence": "invented",
            },
        ),
    }


def _columns(names, rows) -> dict[str, tuple]:
    return dict(zip(names, zip(*rows, strict=True), strict=True))
