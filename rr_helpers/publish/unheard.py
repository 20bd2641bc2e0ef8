"""What a mean would be if those who did not answer differ from those who did."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from rr_helpers.results import Estimate
from rr_helpers.stats import impute, linear, pool

# Rubin's rules allow for the noise that few tables leave.
TABLES, ROUNDS = 20, 5
# Answers on so few steps are filled in as ordered ones. To take the answer of somebody alike, which
# is right for finer scores, has too few to choose from where most did not answer: its intervals
# came out narrower than those of the answers themselves.
FEW_STEPS = 9
ALIKE = "Like those who answered"


def mean_if_unheard_differ(
    frame: pd.DataFrame,
    column: str,
    assumed: Sequence[float] = (),
    *,
    minus: str | None = None,
    clusters: str | None = None,
    of: str,
) -> dict[str, Estimate]:
    """Return the mean of a column by what is assumed of those who did not answer, lowest first.

    frame: a row for everyone who could have answered, with what tells about the blanks. assumed:
    by how many points they differ; that they do not is among them always. minus: the column that
    it is a change from. clusters: name of the column of courses; people on their own where None.

    Blanks are filled in many times over (`impute`), moved by what is assumed, and the means pooled
    (van Buuren 2018, section 9.2). n counts those who answered, on whom alone everything rests.
    """
    blank = frame[column].isna()
    tables = [_as_numbers(table) for table in _filled_in(frame, column, clusters)]
    own = pd.Series(range(len(frame)), frame.index)
    found = {}
    for delta in sorted({*assumed, 0}):
        means = []
        for table in tables:
            change = table[column] + delta * blank - (table[minus] if minus else 0)
            group = frame[clusters] if clusters else own
            rows = pd.DataFrame({"change": change, "group": group})
            means.append(
                linear(rows, "change ~ 1", "Intercept", clusters="group", of=of, unit="change")
            )
        pooled = replace(pool(means), n=int((~blank).sum()))
        found[_in_words(delta)] = pooled if clusters else replace(pooled, clusters=None)
    return found


def _filled_in(frame: pd.DataFrame, column: str, clusters: str | None) -> list[pd.DataFrame]:
    if frame[column].nunique() <= FEW_STEPS:
        frame = frame.assign(**{column: pd.Categorical(frame[column], ordered=True)})
    return impute(frame, m=TABLES, iterations=ROUNDS, clusters=clusters)


def _as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.select_dtypes("category").columns
    return table.assign(**{name: table[name].astype(float) for name in ordered})


def _in_words(delta: float) -> str:
    if not delta:
        return ALIKE
    points = "point" if abs(delta) == 1 else "points"
    return f"{abs(delta):g} {points} {'higher' if delta > 0 else 'lower'}"
