"""The analysis plan and what became of it: who is held to it, what is exploratory, what is missing.

What the page adds to the findings is computed from their numbers as shown, so it discloses nothing
that the chapters do not.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.publish.findings import QUESTIONS, Told, escape_markdown
from rr_helpers.results import with_unit

PAGE, TITLE = "planned_analyses", "Planned analyses"
EXPLORATORY = "Exploratory: not in the plan"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One line of the sheet 'analysis_plan'; family "" stands for all of its question's."""

    id: str
    question: str
    outcome: str
    model: str
    rank: str
    family: str
    date: pd.Timestamp


@dataclass(frozen=True, kw_only=True)
class AnalysisPlan:
    """The planned analyses, and the first and last day of the window that they are reported for."""

    analyses: tuple[Planned, ...]
    start: pd.Timestamp
    end: pd.Timestamp

    def binding(self, finding: Told) -> Planned | None:
        """Return the planned analysis that a finding answers; None where it is exploratory."""
        planned = self.named(finding)
        late = planned is not None and planned.date > self.end
        return None if late or planned is None or planned.rank == "exploratory" else planned

    def named(self, finding: Told) -> Planned | None:
        """Return the planned analysis that a finding names; None where it names none."""
        return next((one for one in self.analyses if one.id == finding.plan), None)

    def unreported(self, told: Iterable[Told]) -> list[Planned]:
        """Return the planned analyses that no finding names, in the order of the plan."""
        named = {finding.plan for finding in told}
        return [one for one in self.analyses if one.id not in named]


def read_plan(table: pd.DataFrame, *, start: pd.Timestamp, end: pd.Timestamp) -> AnalysisPlan:
    """Return the plan from the sheet 'analysis_plan', for a window from `start` to `end`."""
    analyses = tuple(
        Planned(
            id=row["plan_id"], question=row["question"], outcome=row["outcome"], model=row["model"],
            rank=row["rank"], family="" if pd.isna(row["family"]) else row["family"],
            date=pd.Timestamp(row["date"]),
        )
        for row in table.to_dict("records")
    )  # fmt: skip
    return AnalysisPlan(analyses=analyses, start=pd.Timestamp(start), end=pd.Timestamp(end))


def require_planned(told: Iterable[Told], plan: AnalysisPlan) -> None:
    """Raise UserError where a finding names a plan that was not written down for its question.

    A finding that names none is shown as exploratory.
    """
    for finding in told:
        planned = plan.named(finding)
        if finding.plan and (planned is None or planned.question != finding.question):
            listed = [one.id for one in plan.analyses if one.question == finding.question]
            raise UserError(
                place=f"{finding.chapter}.ipynb, finding '{finding.id}'",
                found=f"the planned analysis '{finding.plan}'",
                expected=f"one that the analysis plan holds for {finding.question}: "
                f"{', '.join(listed) or 'there is none'}",
                cure="Correct `plan`, or leave it out: the finding is then shown as exploratory",
            )


def label_findings(told: Iterable[Told], plan: AnalysisPlan) -> dict[str, str]:
    """Return for each finding, by its id, whether it was planned, and if not why not."""
    return {finding.id: _label(finding, plan) for finding in told}


def _label(finding: Told, plan: AnalysisPlan) -> str:
    planned = plan.named(finding)
    if planned is None:
        return EXPLORATORY
    if planned.date > plan.end:
        return f"Exploratory: {planned.id} was written down after the window had ended"
    if planned.rank == "exploratory":
        return f"Exploratory, as planned ({planned.id})"
    return f"Planned, {planned.rank} analysis ({planned.id})"


def about_plan(told: Sequence[Told], plan: AnalysisPlan) -> str:
    """Return Markdown for the front page: how much was planned, and what was not reported."""
    exploratory = sum(plan.binding(finding) is None for finding in told)
    lines = [
        f"The findings answer {len(plan.analyses) - len(plan.unreported(told))} of "
        f"{len(plan.analyses)} analyses that were planned; {exploratory} of the {len(told)} "
        f"findings are exploratory. {{doc}}`{TITLE} </{PAGE}>` lists them all."
    ]
    return "\n\n".join(["## About these findings", *lines, *_missing(told, plan)])


def compose_plan_page(told: Sequence[Told], plan: AnalysisPlan) -> str:
    """Return the page of the plan as Markdown: what was planned, reported, missing, adjusted."""
    parts = [f"# {TITLE}", _OPENING, *_missing(told, plan), *_plan_faults(plan)]
    parts += ["## What was planned", _planned_table(told, plan)]
    parts += ["## Results within their families", _HOW_ADJUSTED]
    estimates = _estimates(told, plan)
    for family, rows in estimates.groupby("family", sort=False):
        held = bool(rows["bound"].iloc[0])
        parts += [f"### {escape_markdown(family)}", _family_table(rows, held)]
    if estimates.empty:
        parts.append("The findings of this edition give no estimates.")
    parts += ["## Exploratory findings", *_exploratory(told, plan)]
    return "\n\n".join(parts) + "\n"


_OPENING = (
    "What would be analysed was written down, with its date, in the study's analysis plan. This "
    "page holds every planned analysis, reported or not, and says of each finding whether it was "
    "planned. A finding that was not planned may be due to having looked at many things."
)
_HOW_ADJUSTED = (
    "Where one question is asked in several ways, one of the answers may stand out by chance. The "
    "second range is widened so that all ranges of a family hold together as often as one would "
    "alone (Bonferroni). The p value is for no change or no difference; it is adjusted for how "
    "many there are in the family, by Holm's method, and by that of Benjamini and Hochberg where "
    "findings are exploratory. A share or a time has no such value, and so no p. All is computed "
    "from the figures as shown, and so is approximate."
)


def in_words(day: pd.Timestamp) -> str:
    """Return a date as it stands in a sentence: 3 September 2018."""
    return f"{day.day} {day:%B %Y}"


def _missing(told: Sequence[Told], plan: AnalysisPlan) -> Iterator[str]:
    missing = plan.unreported(told)
    if missing:
        listed = "\n\n".join(
            f"{escape_markdown(f'{one.id}: {one.outcome}')} ({one.rank})" for one in missing
        )
        yield f"```{{admonition}} Planned, and not reported in this edition\n{listed}\n```"


def _plan_faults(plan: AnalysisPlan) -> Iterator[str]:
    late = [one for one in plan.analyses if one.date > plan.end]
    if late:
        listed = ", ".join(f"{one.id} ({in_words(one.date)})" for one in late)
        yield (
            f"Written down after the window had ended on {in_words(plan.end)}, and therefore taken "
            f"as exploratory: {escape_markdown(listed)}."
        )
    during = [one for one in plan.analyses if plan.start < one.date <= plan.end]
    if during:
        listed = ", ".join(f"{one.id} ({in_words(one.date)})" for one in during)
        yield (
            f"Written down while the window was under way: {escape_markdown(listed)}. Some of the "
            "data were in by then."
        )
    for question in QUESTIONS:
        first = [o.id for o in plan.analyses if o.question == question and o.rank == "primary"]
        if len(first) > 1:
            listed = escape_markdown(", ".join(first))
            yield f"The plan names more than one primary analysis for {question}: {listed}."


def _planned_table(told: Sequence[Told], plan: AnalysisPlan) -> str:
    rows = []
    for one in plan.analyses:
        chapters = {f.chapter: f.title for f in told if f.plan == one.id}
        links = ", ".join(f"{{doc}}`{title} </{chapter}>`" for chapter, title in chapters.items())
        what = f"**{escape_markdown(one.id)}** {escape_markdown(one.outcome)}"
        what += f". *Method:* {escape_markdown(one.model)}"
        ranked = f"{one.rank}, written down on {in_words(one.date)}"
        rows.append((what, ranked, links or "**not reported**"))
    return _table(("Planned analysis", "Rank and date", "Reported in"), rows)


def _estimates(told: Sequence[Told], plan: AnalysisPlan) -> pd.DataFrame:
    """Each estimate of each finding once, with its family, and adjusted within it."""
    rows = {}
    for finding in told:
        planned = plan.binding(finding)
        family = _family(planned) if planned else "Exploratory"
        label = f"{planned.id if planned else finding.id}: "
        for estimate in finding.estimates:
            shown = (finding.plan, *(estimate[k] for k in ("text", "interval", "rests_on")))
            words = label + estimate["name"].replace("_", " ")
            added = {"family": family, "bound": planned is not None, "label": words}
            rows.setdefault(shown, estimate | added)
    if not rows:
        return pd.DataFrame(columns=["family"])
    return _adjusted(json.dumps(list(rows.values()))).copy()


@lru_cache(maxsize=1)  # drafts change the words around estimates more often than estimates
def _adjusted(rows: str) -> pd.DataFrame:
    from rr_helpers.stats import adjust_intervals  # a second to import, and needed only here

    table = pd.DataFrame(json.loads(rows))
    parts = [
        adjust_intervals(part, method="holm" if bound else "bh")
        for bound, part in table.groupby("bound", sort=False)
    ]
    return pd.concat(parts).sort_index()


def _family(planned: Planned) -> str:
    return planned.family or f"{planned.question} primary and secondary"


def _family_table(rows: pd.DataFrame, held: bool) -> str:
    """One family's estimates, alone and (where it was planned) together."""
    columns = ["Finding and number", "Alone", "With its family", "p, adjusted"]
    lines = [
        [escape_markdown(row.label), _alone(row), _together(row), _p_in_words(row.adjusted)]
        for row in rows.itertuples()
    ]
    kept = range(4) if held else (0, 1, 3)
    return _table([columns[k] for k in kept], [[line[k] for k in kept] for line in lines])


def _alone(row) -> str:
    if pd.isna(row.value):
        return escape_markdown(f"not shown ({row.rests_on})")
    return escape_markdown(f"{row.text} ({row.interval})" if row.interval else row.text)


def _together(row) -> str:
    if pd.isna(row.family_low):
        return "–"
    ends = (with_unit(end, row.unit) for end in (row.family_low, row.family_high))
    # As beside the estimate, where the words of the unit stand once.
    bare = (end.removesuffix(" percentage points").removesuffix(" days") for end in ends)
    return escape_markdown(" to ".join(bare))


def _p_in_words(p_value: float) -> str:
    if pd.isna(p_value):
        return "–"
    return "under 0.01" if p_value < 0.01 else f"{p_value:.2f}"


def _exploratory(told: Sequence[Told], plan: AnalysisPlan) -> list[str]:
    found = [finding for finding in told if plan.binding(finding) is None]
    if not found:
        return ["Every finding of this edition was planned."]
    return [
        "\n".join(
            f"- {escape_markdown(f.sentence)} *{escape_markdown(_label(f, plan))}.* "
            f"{{doc}}`{f.title} </{f.chapter}>`"
            for f in found
        )
    ]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
