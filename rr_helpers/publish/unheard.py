"""What a mean would be if those who did not answer differ from those who did: a sweep in words."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from rr_helpers.results import Estimate
from rr_helpers.stats import delta_sweep, linear

# Fewer than the usual, since the blanks are drawn again for every assumption; the noise that this
# leaves is in the interval (Rubin's rules).
TABLES, ROUNDS = 10, 5
ALIKE = "Like those who answered"


def mean_if_unheard_differ(
    frame: pd.DataFrame,
    column: str,
    assumed: Sequence[float],
    *,
    minus: str | None = None,
    clusters: str | None = None,
    of: str,
) -> dict[str, Estimate]:
    """Return the mean of a column by what is assumed of those who did not answer.

    frame: a row for everyone who could have answered, with what tells about the blanks. assumed:
    by how many points they differ; 0 is among them always. minus: the column that it is a change
    from. clusters: name of the column of courses; people on their own where None.

    Blanks are filled in many times over (`delta_sweep`). n counts those who answered, on whom
    alone everything rests.
    """
    own = frame.assign(_person=range(len(frame)))["_person"]

    def analyse(table: pd.DataFrame) -> Estimate:
        change = table[column] - (table[minus] if minus else 0)
        rows = pd.DataFrame({"change": change, "group": table[clusters] if clusters else own})
        found = linear(rows, "change ~ 1", "Intercept", clusters="group", of=of, unit="change")
        return found if clusters else replace(found, clusters=None)

    sweep = delta_sweep(
        frame, column, assumed, analyse, m=TABLES, iterations=ROUNDS, clusters=clusters
    )
    answered = int(frame[column].notna().sum())
    return {
        _in_words(delta): replace(estimate, n=answered)
        for delta, estimate in zip(sweep["delta"], sweep["estimate"], strict=True)
    }


def _in_words(delta: float) -> str:
    if not delta:
        return ALIKE
    points = "point" if abs(delta) == 1 else "points"
    return f"{abs(delta):g} {points} {'higher' if delta > 0 else 'lower'}"
