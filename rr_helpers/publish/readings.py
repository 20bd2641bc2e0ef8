"""Two readings of one thing: files of two services, second readers of files, two observers.

Readings are set side by side and never averaged; how far they agree is told with them. Everything
is up to the end of the window. Estimates are SENSITIVE until protected.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from rr_helpers.publish.edition import Edition
from rr_helpers.qualitative import agreement
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats import linear, paired_mean_change
from rr_helpers.stats.jackknife import standard_error, t_interval
from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.schema.file_reviews import SECTIONS

SCALE = (0.0, 3.0)  # none, some, most, full: every rating of files, panels and reviews
FEWEST_SOURCES = 5
HARDLY_ANYTHING_TWICE = "hardly anything was rated by two people"
AGREED_THROUGHOUT = "both agreed throughout, or always gave the same answer"
ALPHA, AC2 = "Krippendorff's alpha", "Gwet's AC"
ALIKE = "Share alike"
_FILE_MEASURES = {
    "The young person's voice": ["voice_of_young_person"],
    "Parents treated as partners": ["parents_as_partners"],
    "How well contexts are recorded": [f"recorded_{key}" for key in CONTEXTS],
    "How complete the sections are": [f"complete_{key}" for key in SECTIONS],
}
_FIRST, _SECOND = "First observer", "Second observer"


def paired_files(edition: Edition) -> dict[str, Estimate]:
    """Return how the voluntary sector's file of a young person differs from the statutory one.

    Mean of voluntary minus statutory over pairs of files, on the scale from none to full (0 to 3);
    where a measure has several scores, of their mean.
    """
    files = _first_readings(edition).dropna(subset=["pair_id"])
    found = {}
    for label, columns in _FILE_MEASURES.items():
        score = files[columns].mean(axis="columns", skipna=False)
        wide = files.assign(score=score).pivot_table("score", "pair_id", "file_type")
        wide = wide.reindex(columns=["statutory", "VCS"])
        found[label] = paired_mean_change(wide["statutory"], wide["VCS"], of="pairs of files")
    return found


def second_readings(edition: Edition) -> pd.DataFrame:
    """Return how far two readers of one file agree: rows what they judged, columns measures.

    Scores count near misses in part (ordinal); yes or no and the language of the file are alike or
    not. Intervals leave out one file at a time.
    """
    first, second = _first_readings(edition), _readings(edition)
    second = second[second["is_second_review"].eq("yes")].drop_duplicates("file_id")
    scores = [column for columns in _FILE_MEASURES.values() for column in columns]
    contexts = [f"{step}_{key}" for step in ("assessed", "planned") for key in CONTEXTS]
    return pd.DataFrame(
        {
            "Scores, from none to full": agreement_of(
                _side_by_side(first, second, scores), of="scores"
            ),
            "Contexts assessed and planned, yes or no": agreement_of(
                _side_by_side(first, second, contexts), of="answers", ordered=False
            ),
            "Language of the file": agreement_of(
                _side_by_side(first, second, ["language"]), of="files", ordered=False
            ),
        }
    ).T


def panel_scores(edition: Edition) -> pd.DataFrame:
    """Return observers' ratings of panels by item: each observer's mean, and how far they agree.

    The first observer of a panel is the one who rated more panels in all. Panels of one borough in
    one quarter are not counted as independent.
    """
    ratings, labels = _observations(edition), edition.labels("panel_rating", "item")
    rows = {}
    for item, label in labels.items():
        mine = ratings[ratings["item"].eq(item)]
        rows[label] = {
            who: mean_of(
                mine[mine["who"].eq(who)], "rating", clusters="visits", of="panels", bounds=SCALE
            )
            for who in (_FIRST, _SECOND)
        }
        rows[label][AC2] = agreement_of(_both(mine), of="panels")[AC2]
    return pd.DataFrame(rows).T


def panel_agreement(edition: Edition) -> dict[str, Estimate]:
    """Return how far two observers of one panel agree, over all items together."""
    return agreement_of(_both(_observations(edition)), of="ratings")


def agreement_of(pairs: pd.DataFrame, *, of: str, ordered: bool = True) -> dict[str, Estimate]:
    """Return the agreement of two raters: share alike, Krippendorff's alpha, Gwet's AC.

    pairs: columns first, second, source; a row a unit. ordered: near misses
    count in part, and the answers are the whole numbers 0 to 3.
    """
    pairs = pairs.dropna(subset=["first", "second"])
    if ordered:
        ac2 = partial(agreement.gwet_ac2, categories=[0, 1, 2, 3])
        alpha = partial(agreement.krippendorff_alpha, level="ordinal")
    else:
        ac2, alpha = agreement.gwet_ac1, agreement.krippendorff_alpha
    asked = {ALIKE: agreement.percent, ALPHA: alpha, AC2: ac2}
    return {name: _agreement(pairs, measure, name, of) for name, measure in asked.items()}


def _agreement(pairs: pd.DataFrame, measure: Callable, name: str, of: str) -> Estimate:
    """Return one coefficient with the interval of leaving out one source at a time.

    Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., chapter 5, for the jackknife.
    """
    sources = pairs["source"].nunique()
    # Where every unit is a source of its own, the two numbers are one and are said once.
    clusters = sources if sources != len(pairs) else None
    shared = {"n": len(pairs), "of": of, "clusters": clusters}
    shared["method"] = f"agreement, {name}, jackknife of whole sources t(G-1)"
    if sources < FEWEST_SOURCES:
        return not_estimable(HARDLY_ANYTHING_TWICE, **shared)
    value, others = _with_and_without_each(pairs, measure)
    error = standard_error(others, value)
    if not np.isfinite([value, error]).all() or error < 1e-9:
        return not_estimable(AGREED_THROUGHOUT, **shared)
    low, high = t_interval(value, error, sources - 1, 0.95)
    return Estimate(value=value, low=max(low, -1.0), high=min(high, 1.0), **shared)


def _with_and_without_each(pairs: pd.DataFrame, measure: Callable) -> tuple[float, np.ndarray]:
    """A coefficient of all pairs, and without each source.

    A coefficient asks only how often each pair of answers occurs. So sources are counted once, and
    those that gave the same answers equally often are left out together.
    """
    answers = pairs.groupby(["first", "second"], sort=True)
    alike, distinct = answers.ngroup(), answers.size().index.to_frame().to_numpy(dtype=object)
    source, sources = pd.factorize(pairs["source"], sort=True)
    own = np.zeros((len(sources), len(distinct)), dtype=int)
    np.add.at(own, (source, alike), 1)
    whole = own.sum(axis=0)

    def of(often: np.ndarray) -> float:
        return measure(distinct[often > 0], occurs=often[often > 0])

    kinds, kind = np.unique(own, axis=0, return_inverse=True)
    without = np.array([of(whole - each) for each in kinds])
    return float(of(whole)), without[np.ravel(kind)]


def _readings(edition: Edition) -> pd.DataFrame:
    files = edition.rows("file_review")
    return files[files["reviewed_date"] <= edition.window.end]


def _first_readings(edition: Edition) -> pd.DataFrame:
    files = _readings(edition)
    return files[files["is_second_review"].ne("yes")].drop_duplicates("file_id")


def _side_by_side(first, second, columns: Iterable[str]) -> pd.DataFrame:
    long = [
        frame.melt("file_id", columns).set_index(["file_id", "variable"])["value"]
        for frame in (first, second)
    ]
    pairs = pd.concat(long, axis="columns", keys=["first", "second"], join="inner").reset_index()
    return pairs.rename(columns={"file_id": "source"})


def _observations(edition: Edition) -> pd.DataFrame:
    panels = edition.rows("panel")[["panel_id", "date", "borough_code"]]
    frame = edition.rows("panel_rating").dropna(subset=["rating"]).merge(panels, on="panel_id")
    frame = frame[frame["date"] <= edition.window.end]
    often = frame.groupby("observer")["panel_id"].nunique().sort_index()
    order = often.sort_values(ascending=False, kind="stable").index
    frame = frame.assign(place=frame["observer"].map({name: n for n, name in enumerate(order)}))
    here = frame.drop_duplicates(["panel_id", "observer"]).sort_values("place", kind="stable")
    number = here.groupby("panel_id").cumcount().map({0: _FIRST, 1: _SECOND})
    who = here.assign(who=number)[["panel_id", "observer", "who"]]
    quarters = frame["date"].dt.to_period("Q").astype(str)
    return frame.assign(visits=frame["borough_code"] + " " + quarters).merge(
        who, on=["panel_id", "observer"]
    )


def _both(ratings: pd.DataFrame) -> pd.DataFrame:
    wide = ratings.pivot_table("rating", ["panel_id", "item"], "who")
    wide = wide.reindex(columns=[_FIRST, _SECOND]).reset_index()
    return wide.rename(columns={_FIRST: "first", _SECOND: "second", "panel_id": "source"})


def mean_of(frame: pd.DataFrame, column: str, *, clusters: str, of: str, bounds) -> Estimate:
    """Return the mean of a score, with the jackknife of whole clusters and t(G - 1).

    bounds: the ends of the scale. The unit is ``"change"`` where the scale goes below nought.
    """
    frame = frame.dropna(subset=[column]).astype({column: float})
    method, unit = "mean, cluster jackknife t(G-1)", "change" if bounds[0] < 0 else "points"
    if frame[clusters].nunique() < 2:
        shared = {"n": len(frame), "method": method, "of": of, "unit": unit}
        return not_estimable("too few groups to tell how far it varies", **shared)
    found = linear(frame, f"{column} ~ 1", "Intercept", clusters=clusters, of=of, unit=unit)
    return replace(found, method=method, details={"bounds": bounds})
