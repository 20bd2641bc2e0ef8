"""The page 'How we know the numbers are right', from the committed results of `make validation`."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from rr_helpers.publish.findings import escape_markdown

TITLE = "How we know the numbers are right"
DATA = Path(__file__).parents[2] / "book" / "_data" / "validation"
FILES = ("reproduced", "coverage", "recovery")
# What readers call each function, by subject in the order of the page.
NAMES = {
    "proportion": "Share",
    "proportion_clustered": "Share, by borough or course",
    "proportion_difference": "Difference of two shares",
    "paired_proportion_difference": "Change of a share in the same people",
    "mcnemar": "Change of a yes-or-no answer",
    "rate_ratio": "Ratio of two rates",
    "shrink_rates": "Rates of areas, drawn together",
    "paired_dominance": "Moved up minus moved down",
    "paired_mean_change": "Mean change",
    "signed_rank": "Signed ranks",
    "linear": "Regression of a score",
    "mixed": "Regression with random boroughs",
    "wild_bootstrap": "Wild bootstrap test",
    "logistic": "Regression of a yes-or-no answer",
    "counts": "Regression of counts",
    "proportional_odds": "Regression of ordered answers",
    "probability_of_superiority": "Chance of a higher answer",
    "ordinal_gee": "Ordered answers, asked repeatedly",
    "kaplan_meier": "Still waiting by a day",
    "cumulative_incidence": "Response by a day",
    "restricted_mean": "Mean wait",
    "restricted_mean_difference": "Difference of mean waits",
    "cox": "Ratio of speeds of response",
    "interrupted_time_series": "Change in a monthly series",
    "counterfactual": "What would have been in a series",
    "cronbach_alpha": "Alpha of a scale",
    "omega": "Omega of a scale",
    "icc": "Agreement of raters",
    "pool": "Blanks filled in, then pooled",
}


def validation_markdown(folder: Path = DATA) -> str:
    """Return the page in Markdown; where `make validation` was never run, it says only that."""
    if not all((folder / f"{name}.csv").is_file() for name in FILES):
        return f"# {TITLE}\n\nThe validation has not been run: `make validation` runs it.\n"
    reproduced, coverage, recovery = (
        pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""]) for name in FILES
    )
    lines = [f"# {TITLE}", "", *_introduction(reproduced, coverage, recovery)]
    lines += [*_published(reproduced), *_coverage(coverage), *_marked(coverage)]
    lines += [*_recovery(recovery), *_numbers(reproduced), *_made(coverage, recovery)]
    return "\n".join(lines) + "\n"


def within(reproduced: pd.DataFrame) -> pd.Series:
    """Return for each number whether ours agrees within its tolerance."""
    apart = (reproduced["ours"] - reproduced["expected"]).abs()
    return apart <= reproduced["tolerance"].clip(lower=1e-12) * (1 + 1e-9)


def _introduction(reproduced, coverage, recovery) -> Iterator[str]:
    printed = reproduced[reproduced["against"] == "published"]
    marked = coverage["marked"].notna()
    yield f"We worked out {len(printed)} numbers again that are in print elsewhere, and"
    yield f"{_of_all(within(printed))} came out the same. We also made up studies in which we know"
    yield "the answer, and counted how often the ranges that this report gives hold it: they should"
    yield "hold it 95 times in 100, and where they do not, it is said below."
    yield ""
    yield f"- Settings tried, of method, size and situation: {len(coverage)}, of which"
    yield f"  {int(marked.sum())} are marked because the range holds the truth more or less often"
    yield "  than it promises."
    yield "- Whole made-up studies, worked through by the chapters themselves:"
    yield f"  {int(recovery['studies'].max())}."
    yield "- What this cannot show: that the real records are complete, or that people answered as"
    yield "  they felt. A right calculation of wrong answers stays wrong."
    yield ""


def _of_all(right: pd.Series) -> str:
    return "all of them" if right.all() else f"{int(right.sum())} of them"


def _published(reproduced) -> Iterator[str]:
    yield "## Published results worked out again"
    yield ""
    yield "Each number is compared with the one in print, or with the same calculation in R, a"
    yield "statistical program that is written independently of ours. The tolerance is the rounding"
    yield "of the printed number."
    yield ""
    yield from _header("Study or example", "Where it is published", "Numbers in print",
                       "Numbers from R", "Agree")  # fmt: skip
    for (title, source), rows in reproduced.groupby(["title", "source"], sort=False):
        against = rows["against"].eq("published")
        agree = "all" if within(rows).all() else f"{int(within(rows).sum())} of {len(rows)}"
        yield _row(title, source, int(against.sum()), int((~against).sum()), agree)
    yield ""
    apart = reproduced[~within(reproduced)]
    for row in apart.itertuples():
        yield f"Not within its tolerance: {escape_markdown(f'{row.title}: {row.quantity}')},"
        yield f"{row.against} as {_short(row.expected)}, ours {_short(row.ours)}."
        yield ""


def _coverage(coverage) -> Iterator[str]:
    yield "## How often a range holds the truth"
    yield ""
    yield "A range with a confidence of 95% should hold the truth 95 times in 100. Each method was"
    yield "tried at several sizes, among them 3 to 32 boroughs or courses, 20 to 240 people, and"
    yield "12 to 48 months. A false alarm is a range that shows a difference where there is none:"
    yield "it should come 5 times in 100, and is what is left of 100 where the truth is 'no"
    yield "difference'. The number of tries is limited, so that"
    errors = coverage["monte_carlo_error"]
    yield f"chance alone moves each figure by about {errors.median():.1f}, and at most by"
    yield f"{errors.max():.1f} points (one Monte Carlo error)."
    yield ""
    yield from _header("Method", "Tried with", "Holds the truth, lowest to highest",
                       "False alarms, lowest to highest", "Furthest from 95", "Gives no range",
                       "Marked")  # fmt: skip
    order = {name: place for place, name in enumerate(NAMES)}
    groups = coverage.groupby(["function", "variant"], sort=False)
    for (function, variant), rows in sorted(groups, key=lambda g: order.get(g[0][0], len(order))):
        known = rows.dropna(subset=["coverage"])
        marked = int(rows["marked"].notna().sum())
        none = 100 * (1 - rows["estimable"].sum() / rows["runs"].sum())
        yield _row(
            f"{NAMES.get(function, function)} ({variant})", _sizes(rows),
            _span(known["coverage"]), _span(known["type_1_error"].dropna()), _worst(known),
            f"{none:.0f}%", f"{marked} of {len(rows)}" if marked else "none",
        )  # fmt: skip
    yield ""


def _sizes(rows) -> str:
    units = {"clusters": "clusters", "n": "people", "months": "months"}
    told = [
        f"{_bounds(rows[name].dropna())} {unit}"
        for name, unit in units.items()
        if rows[name].notna().any()
    ]
    return ", ".join(told)


def _bounds(values) -> str:
    low, high = int(values.min()), int(values.max())
    return f"{low}" if low == high else f"{low} to {high}"


def _span(values) -> str:
    if values.empty:
        return "not applicable"
    low, high = f"{values.min():.1f}%", f"{values.max():.1f}%"
    return low if low == high else f"{low} to {high}"


def _worst(known) -> str:
    if known.empty:
        return "not applicable"
    row = known.loc[(known["coverage"] - 95).abs().idxmax()]
    return f"{row['coverage']:.1f}% (±{row['monte_carlo_error']:.1f}): {_place(row)}"


def _place(row) -> str:
    sizes = _sizes(row.to_frame().T)
    return f"{row['setting']}, {sizes}"


def _marked(coverage) -> Iterator[str]:
    yield "## Marked: ranges that hold more or less than they promise"
    yield ""
    yield "Marked is what lies outside 93% to 97% by more than chance explains (once in 40 tries)."
    yield "A range that holds the truth too often is wider than it need be and misleads nobody; one"
    yield "that holds it too seldom is too sure of itself."
    yield ""
    yield from _header("Method", "Where", "Holds the truth", "Why, and what to do")
    marked = coverage[coverage["marked"].notna()]
    for (function, variant, reason), rows in marked.groupby(
        ["function", "variant", "marked"], sort=False
    ):
        settings = "; ".join(dict.fromkeys(rows["setting"]))
        where = f"{settings} ({_sizes(rows)})"
        yield _row(f"{NAMES.get(function, function)} ({variant})", where,
                   _span(rows["coverage"]), reason)  # fmt: skip
    yield ""


def _recovery(recovery) -> Iterator[str]:
    yield "## What was planted is found"
    yield ""
    yield f"We made {int(recovery['studies'].max())} whole studies of the pilot's size, each with"
    yield "effects planted in it, and let the chapters work on them as they work on the real one."
    yield "'True' is what was planted, or what it comes to in the chapter's own terms."
    yield ""
    yield from _header("Planned analysis", "True", "Found, on average", "Range holds the truth",
                       "How the truth is known", "Remark")  # fmt: skip
    for row in recovery.itertuples():
        remark = row.remark if isinstance(row.remark, str) else ""
        yield _row(f"{row.plan}: {row.estimate}, {row.row}", _two(row.truth),
                   _two(row.mean_estimate), f"{row.rate:.1f}% (±{row.monte_carlo_error:.1f})",
                   row.truth_from, remark)  # fmt: skip
    yield ""


def _numbers(reproduced) -> Iterator[str]:
    yield "## Every published number, one by one"
    yield ""
    printed = reproduced[reproduced["against"] == "published"]
    for title, rows in printed.groupby("title", sort=False):
        yield f"### {escape_markdown(title)}"
        yield ""
        yield from _header("Quantity", "Published", "Ours", "Tolerance")
        for row in rows.itertuples():
            yield _row(row.quantity, _short(row.expected), _short(row.ours), _short(row.tolerance))
        yield ""


def _made(coverage, recovery) -> Iterator[str]:
    names = ("python", "numpy", "scipy", "pandas", "statsmodels", "lifelines")
    versions = ", ".join(f"{name} {coverage[name].iloc[0]}" for name in names)
    yield "## How this page was made"
    yield ""
    seed, first, runs = coverage["seed"].iloc[0], recovery["first_seed"].iloc[0], coverage["runs"]
    yield f"By `make validation`, with the seed {seed} for the settings and the seeds from {first}"
    yield f"on for the studies; {versions}. Each setting was tried {runs.min()} to {runs.max()}"
    yield "times: fewer where a method is slow. All results lie in `book/_data/validation`."


def _two(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def _short(number: float) -> str:
    return f"{number:.6g}".replace("-", "−")


def _header(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield _row(*(":--" for _ in names))


def _row(*cells: object) -> str:
    texts = (str(cell) if str(cell) == ":--" else escape_markdown(str(cell)) for cell in cells)
    return f"| {' | '.join(texts)} |"
