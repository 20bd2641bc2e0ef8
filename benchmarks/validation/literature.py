"""Worked examples printed in papers, whose data are a few numbers."""

from collections.abc import Iterator

import pandas as pd

from rr_helpers import stats
from rr_helpers.results import Estimate

WILSON = "Newcombe 1998, Statistics in Medicine 17:857, table I"
NEWCOMBE = "Newcombe 1998, Statistics in Medicine 17:873, table II, method 10"
PAIRS = "Fagerland, Lydersen & Laake 2017, Statistical Analysis of Contingency Tables, chapter 8"
RATINGS = "Shrout & Fleiss 1979, Psychological Bulletin 86:420, table 4"
STEP_UP = "Benjamini & Hochberg 1995, JRSS B 57:296"

# Counts of two groups, and the ends of the interval of their difference.
DIFFERENCES = {
    (56, 70, 48, 80): (5.24, 33.39),
    (9, 10, 3, 10): (17.05, 80.90),
    (6, 7, 2, 7): (5.82, 80.62),
    (5, 56, 0, 29): (-3.81, 19.26),
    (0, 10, 0, 20): (-16.11, 27.75),
    (10, 10, 0, 20): (67.91, 100.0),
}
JUDGED = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
CORRELATIONS = {"ICC1": 0.17, "ICC2": 0.29, "ICC3": 0.71, "ICC1k": 0.44, "ICC2k": 0.62,
                "ICC3k": 0.91}  # fmt: skip
P_VALUES = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0)  # fmt: skip


def literature_rows() -> Iterator[dict]:
    """Yield one row per printed number: what it is, theirs, tolerance of its rounding, ours."""
    title = "Interval of a share"
    found = stats.proportion(81, 263)
    yield from _ends(title, WILSON, "81 of 263", found, (25.53, 36.62))
    yield from _ends(title, WILSON, "none of 20", stats.proportion(0, 20), (0.0, 16.11))
    title = "Difference of two shares"
    for (a, m, b, n), printed in DIFFERENCES.items():
        found = stats.proportion_difference(a, m, b, n)
        yield from _ends(title, NEWCOMBE, f"{a} of {m} against {b} of {n}", found, printed)
    title, found = "Change of a share in pairs", stats.paired_proportion_difference(59, 6, 16, 80)
    yield _row(title, PAIRS, "59, 6, 16 and 80 pairs: change", found.value, -6.21, 0.006)
    yield from _ends(title, PAIRS, "59, 6, 16 and 80 pairs", found, (-11.86, -0.46))
    frame = pd.DataFrame(JUDGED).melt(ignore_index=False, var_name="judge").reset_index()
    call = dict(targets="index", raters="judge", ratings="value")
    for kind, printed in CORRELATIONS.items():
        found = stats.icc(frame, kind=kind, **call)
        yield _row("Agreement of four judges", RATINGS, kind, found.value, printed, 0.006)
    for method, name, printed in (("bh", "Benjamini-Hochberg", 4), ("holm", "Holm", 3)):
        below = (stats.adjust(P_VALUES, method=method)["adjusted"] <= 0.05).sum()
        quantity = f"tests below 5% after {name}"
        yield _row("Fifteen tests at once", STEP_UP, quantity, float(below), printed, 0)


def _ends(title, source, quantity, found: Estimate, printed) -> Iterator[dict]:
    yield _row(title, source, f"{quantity}: low", found.low, printed[0], 0.006)
    yield _row(title, source, f"{quantity}: high", found.high, printed[1], 0.006)


def _row(title, source, quantity, ours, expected, tolerance) -> dict:
    return {
        "room": "statistics", "case": "literature", "title": title, "quantity": quantity,
        "against": "published", "expected": expected, "tolerance": tolerance, "ours": ours,
        "source": source,
    }  # fmt: skip
