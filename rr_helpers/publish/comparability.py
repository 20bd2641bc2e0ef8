"""Which years may be compared, and how: the page on windows, overlaps and breaks in recording.

It is made from the sheets 'window' and 'event', which hold nothing about anyone.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from rr_helpers.publish.analysis_plan import in_words
from rr_helpers.publish.findings import escape_markdown

PAGE, TITLE = "comparability", "Comparing the years"
BREAK = "data_break"
_DAY = pd.Timedelta(days=1)


def comparability_markdown(windows: pd.DataFrame, events: pd.DataFrame, *, window: str) -> str:
    """Return the page as Markdown.

    windows, events: the sheets 'window' and 'event'. window: the id of the edition's own.
    """
    rows = list(windows.sort_values(["start", "end"], kind="stable").itertuples())
    events = events.sort_values("date", kind="stable")
    parts = [f"# {TITLE}", _RULE, "## The reporting windows", _windows(rows, window)]
    parts += ["## Windows that share days", _SHARED, _overlaps(rows)]
    parts += ["## What changed in between", _BROKEN, _breaks(rows, events)]
    parts += ["### Everything else that charts mark", _marked(events)]
    return "\n\n".join(parts) + "\n"


def months_of(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return how many months lie from the first to the last day: whole, or to one decimal.

    A window that does not begin on the first and end on the last day of a month is counted in days,
    by the mean length of a month.
    """
    after = end + _DAY
    if start.day == 1 and after.day == 1:
        return str((after.year - start.year) * 12 + after.month - start.month)
    return f"{(after - start).days / (365.25 / 12):.1f}"


_RULE = (
    "Years are compared by rate, so many a month, and never added: the reporting windows differ in "
    "length, and some share days, so that whoever is counted in one may be counted in the other "
    "too. A sum over windows would count them twice."
)
_SHARED = "What lies in the days that two windows share is counted in both."
_BROKEN = (
    "A change in how something is recorded looks like a change in what is recorded. Two windows on "
    "different sides of a break cannot be compared in the series that it affects, not even by rate."
)


def _windows(rows: Sequence, window: str) -> str:
    lines = []
    for row in rows:
        label = _text(row.label)
        told = f"**{label}** (this edition)" if row.window_id == window else label
        note = "" if pd.isna(row.note) else f". *{_text(row.note)}*"
        days = f"{in_words(row.start)} to {in_words(row.end)}"
        lines.append((told + note, days, months_of(row.start, row.end)))
    return _table(("Window", "First and last day", "Months"), lines)


def _overlaps(rows: Sequence) -> str:
    lines = []
    for one, other in combinations(rows, 2):
        first, last = max(one.start, other.start), min(one.end, other.end)
        if first <= last:
            same = (one.start, one.end) == (other.start, other.end)
            months = months_of(first, last)
            long = f"{months} month" if months == "1" else f"{months} months"
            shared = f"{in_words(first)} to {in_words(last)} ({long})"
            shared = "the same days" if same else shared
            lines.append((_text(one.label), _text(other.label), shared))
    if not lines:
        return "No two windows share a day."
    return _table(("Window", "And window", "Share"), lines)


def _breaks(rows: Sequence, events: pd.DataFrame) -> str:
    broken = events[events["type"].eq(BREAK)]
    if broken.empty:
        return "No break in recording is on record."
    lines = []
    for event in broken.itertuples():
        sides = {"before": [], "across": [], "after": []}
        for row in rows:
            side = "before" if row.end < event.date else "after"
            sides["across" if row.start < event.date <= row.end else side].append(row.label)
        told = (_text("; ".join(sides[side])) or "none" for side in sides)
        lines.append((f"{_text(event.label)}, {in_words(event.date)}", _text(event.affects), *told))
    heads = ("Break", "Affects", "Windows before", "Windows across", "Windows after")
    return _table(heads, lines)


def _marked(events: pd.DataFrame) -> str:
    lines = [
        (in_words(row.date), _text(row.label), _text(row.affects))
        for row in events[events["type"].ne(BREAK)].itertuples()
    ]
    return _table(("From", "What", "Affects"), lines) if lines else "Nothing else."


def _text(value) -> str:
    return "" if pd.isna(value) else escape_markdown(str(value))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines([heads, [":--"] * len(heads), *rows]))


def _lines(rows) -> Iterator[str]:
    for row in rows:
        yield f"| {' | '.join(row)} |"
