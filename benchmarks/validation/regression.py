"""Designs for regression where people come in few boroughs. The truth is always 'no effect'.

A least-squares interval moves with the effect, so that its coverage is the same whatever that is.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.validation.trials import Trial, clustered_people
from rr_helpers import stats
from rr_helpers.stats.sandwich import SMALL_SAMPLE

TERMS = {"level": "a fact about the borough", "trained": "a fact about the person"}


def linear_models(draw, groups: int, people: int) -> Iterator[Trial]:
    """A score that borough and person have no effect on, though boroughs differ."""
    frame = clustered_people(draw, groups, people)
    call = dict(formula="score ~ level + trained", clusters="borough")
    for small_sample in SMALL_SAMPLE:
        found = stats.linear(frame, small_sample=small_sample, **call)
        yield from _terms("linear", small_sample, found, 0.0)
    yield from _terms("mixed", "REML, t(G-2)", stats.mixed(frame, **call), 0.0)


def wild_tests(draw, groups: int, people: int) -> Iterator[Trial]:
    """The wild bootstrap's test, as an interval that holds 'no effect' or does not."""
    frame = clustered_people(draw, groups, people)
    call = dict(formula="score ~ level + trained", clusters="borough", draws=399)
    p = stats.wild_bootstrap(frame, term="level", **call)["p_value"].iloc[0]
    ends = None if p is None or np.isnan(p) else ((0.0, 0.0) if p > 0.05 else (1.0, 1.0))
    yield Trial("wild_bootstrap", "test at 5%", TERMS["level"], ends, 0.0, True)


def generalised_models(draw, groups: int, people: int) -> Iterator[Trial]:
    """A yes-or-no answer (40% yes) and a count (mean 3), where boroughs differ."""
    frame = clustered_people(draw, groups, people)
    frame["yes"] = (frame["score"] > 0.2533).astype(int)
    apart = np.exp(draw.normal(0, 0.3, groups))[frame["borough"]]
    frame["cases"] = draw.poisson(3 * apart)
    for small_sample in SMALL_SAMPLE:
        call = dict(clusters="borough", small_sample=small_sample)
        found = stats.logistic(frame, "yes ~ level + trained", **call)
        yield from _terms("logistic", small_sample, found, 1.0)
        found = stats.counts(frame, "cases ~ level + trained", **call)
        yield from _terms("counts", small_sample, found, 1.0)


def _terms(function, variant, found, truth) -> Iterator[Trial]:
    for term, setting in TERMS.items():
        yield Trial(function, variant, setting, found[term], truth, True)
