"""Small invented populations and what the gate makes of them, for the tests of both rooms."""

import numpy as np
import pandas as pd

from rr_helpers.disclosure import CountTable, protect_release
from rr_helpers.results import Estimate, quotation_digest

SECRET = b"a secret of the tests, long enough"


def ordered(values, categories) -> pd.Categorical:
    return pd.Categorical(values, categories=categories, ordered=True)


def referrals(rows: int = 598, seed: int = 1) -> pd.DataFrame:
    """A population of referrals: two areas that nest, sex, age, a battery and yes/no codes."""
    rng = np.random.default_rng(seed)
    boroughs = [f"Borough {letter}" for letter in "ABCDEFGHIJKL"]
    borough = rng.integers(0, 12, rows)
    answers = ["Safe", "In between", "Unsafe", "No answer"]
    frame = pd.DataFrame(
        {
            "borough": ordered(np.array(boroughs)[borough], boroughs),
            "sub_region": ordered(np.array(["North", "South"])[borough % 2], ["North", "South"]),
            "sex": ordered(
                rng.choice(["Female", "Male", "Not known"], rows, p=[0.2, 0.77, 0.03]),
                ["Female", "Male", "Not known"],
            ),
            "age": ordered(rng.choice(["Under 15", "15 to 17", "18 to 25"], rows),
                           ["Under 15", "15 to 17", "18 to 25"]),
            **{f"safe_now: {item}": ordered(rng.choice(answers, rows), answers)
               for item in ("At home", "At school", "Online")},
            **{f"barrier: {code}": ordered(rng.choice(["Yes", "No"], rows, p=[0.2, 0.8]),
                                           ["Yes", "No"])
               for code in ("Thresholds", "Waiting list")},
        }
    )  # fmt: skip
    frame.attrs["of"] = "referrals"
    return frame


def count_table(name: str, **shape) -> CountTable:
    return CountTable(
        id=name, question="q3", population="referrals", title=f"Table of {name}", **shape
    )


SHAPES = {
    "sex_by_age": {"rows": "sex", "columns": "age"},
    "borough_by_sex": {"rows": "borough", "columns": "sex"},
    "sub_region_by_sex": {"rows": "sub_region", "columns": "sex"},
    "age": {"rows": "age"},
    "safe_now": {"items": "safe_now"},
    "barriers": {"items": "barrier", "response": "Yes", "columns": "sex"},
    "held_back_by_age": {"rows": "age", "where": {"barrier: Thresholds": "Yes"}},
}


def catalogue(*names: str) -> dict[str, CountTable]:
    return {name: count_table(name, **SHAPES[name]) for name in names or SHAPES}


def release(rows: int = 598, seed: int = 1, **options):
    populations = {"referrals": referrals(rows, seed)}
    return protect_release(populations, catalogue(), secret=SECRET, **options)


def change(value=0.42, *, n=66, **rest) -> Estimate:
    shared = {"unit": "change", "of": "delegates", "method": "paired t, CR3"}
    interval = {"low": value - 0.11, "high": value + 0.11}
    return Estimate(value=value, n=n, **(shared | interval | rest))


def register_entry(text: str = "They sat with me and they listened.", **changes) -> dict:
    entry = {
        "quotation_id": "QU07",
        "text_final": text,
        "text_sha256": quotation_digest(text),
        "role_label": "rr_worker",
        "consent_quote": "yes",
        "reviewer_1": "AB",
        "reviewer_2": "CD",
        "reviewed_date": "2021-05-04",
    }
    return entry | changes
