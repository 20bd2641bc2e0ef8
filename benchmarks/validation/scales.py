"""Designs for scales, agreement between raters, and blanks filled in."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.validation.trials import Trial, clustered_people
from rr_helpers import stats

ITEMS, LOADING, RATER, ERROR = 4, 0.7, 0.1, 0.5


def items(draw, people: int) -> pd.DataFrame:
    """Four items that measure one thing equally well."""
    common = draw.normal(0, 1, people)[:, None]
    own = draw.normal(0, np.sqrt(1 - LOADING**2), (people, ITEMS))
    return pd.DataFrame(LOADING * common + own, columns=[f"item {k}" for k in range(ITEMS)])


def alphas(draw, people: int) -> Iterator[Trial]:
    """Alpha of items whose true alpha and omega are the same by construction."""
    found = stats.cronbach_alpha(items(draw, people))
    yield Trial("cronbach_alpha", "Feldt", "four equal items", found, _reliability())


def omegas(draw, people: int) -> Iterator[Trial]:
    """Omega of the same items."""
    yield Trial("omega", "delta", "four equal items", stats.omega(items(draw, people)),
                _reliability())  # fmt: skip


def _reliability() -> float:
    common = (ITEMS * LOADING) ** 2
    return common / (common + ITEMS * (1 - LOADING**2))


def ratings(draw, files: int) -> Iterator[Trial]:
    """Files rated by three raters who differ a little."""
    raters = 3
    file, rater = np.repeat(np.arange(files), raters), np.tile(np.arange(raters), files)
    lean = draw.normal(0, np.sqrt(RATER), raters)
    score = draw.normal(0, 1, files)[file] + lean[rater]
    frame = pd.DataFrame({"file": file, "rater": rater})
    frame["score"] = score + draw.normal(0, np.sqrt(ERROR), len(file))
    truths = {"ICC2": 1 / (1 + RATER + ERROR), "ICC3": 1 / (1 + ERROR)}
    for kind, truth in truths.items():
        call = dict(targets="file", raters="rater", ratings="score", kind=kind)
        yield Trial("icc", kind, "three raters", stats.icc(frame, **call), truth)


def filled_in(draw, groups: int, people: int) -> Iterator[Trial]:
    """A quarter of the scores blank, more of them among the trained; then a model, pooled."""
    frame = clustered_people(draw, groups, people)[["borough", "trained", "score"]]
    frame["score"] += 0.5 * frame["trained"]
    blank = draw.random(people) < np.where(frame["trained"] == 1, 0.35, 0.15)
    frame["score"] = frame["score"].mask(blank)
    seed = int(draw.integers(2**31))
    tables = stats.impute(frame, m=10, iterations=1, clusters="borough", seed=seed)
    call = dict(formula="score ~ trained", term="trained", clusters="borough")
    found = stats.pool([stats.linear(table, **call) for table in tables])
    yield Trial("pool", "Barnard-Rubin", "a quarter blank", found, 0.5)
