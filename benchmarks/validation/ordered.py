"""Designs for ordered answers compared between groups. The truth is always 'no difference'."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.validation.trials import Trial, clustered_people
from rr_helpers import stats

CUTS = (-1.0, -0.3, 0.3, 1.0)  # of a five-point answer


def clustered_answers(draw, groups: int, people: int) -> Iterator[Trial]:
    """A five-point answer of people in boroughs, half of them trained."""
    frame = clustered_people(draw, groups, people)
    frame["answer"] = np.digitize(frame["score"], CUTS)
    found = stats.proportional_odds(frame, "answer ~ trained", "trained", clusters="borough")
    yield Trial("proportional_odds", "CR3", "no difference", found, 1.0, True)
    call = dict(groups=(1, 0), clusters=frame["borough"])
    found = stats.probability_of_superiority(frame["answer"], frame["trained"], **call)
    variant = "cluster jackknife"
    yield Trial("probability_of_superiority", variant, "no difference", found, 0.5, True)


def independent_answers(draw, people: int) -> Iterator[Trial]:
    """A five-point answer of two groups whose answers are spread alike, or unlike."""
    for setting, spread in (("no difference", 1.0), ("no difference, one group more spread", 2.0)):
        trained = np.arange(people) % 2
        score = draw.normal(0, np.where(trained, spread, 1.0))
        found = stats.probability_of_superiority(np.digitize(score, CUTS), trained, (1, 0))
        yield Trial("probability_of_superiority", "Brunner-Munzel", setting, found, 0.5, True)


def repeated_answers(draw, people: int) -> Iterator[Trial]:
    """The same people asked three times, half of them trained."""
    person = np.repeat(np.arange(people), 3)
    score = draw.normal(0, 0.8, people)[person] + draw.normal(0, 0.6, 3 * people)
    frame = pd.DataFrame({"person": person, "trained": person % 2})
    frame["answer"] = np.digitize(score, CUTS)
    found = stats.ordinal_gee(frame, "answer ~ trained", "trained", clusters="person")
    yield Trial("ordinal_gee", "robust", "three answers each", found, 1.0, True)
