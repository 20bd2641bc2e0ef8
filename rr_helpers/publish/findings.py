"""The year's findings, gathered from the executed chapters, and the front page made of them."""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from rr_helpers.errors import UserError
from rr_helpers.report.findings import STRENGTHS

QUESTIONS = {
    "Q1": "Q1. The team around the network",
    "Q2": "Q2. Training: breaking the cycle",
    "Q3": "Q3. The safeguarding response, its barriers and enablers",
    "Q4": "Q4. Safety and feelings of safety",
    "HF": "Harm and fairness",
    "DQ": "The quality of the evidence",
}
ON_THE_FRONT = 2  # findings a question: a phone shows that many without a long way to the next
SYNTHETIC = "Synthetic data: invented for testing; says nothing about real young people."

DRAFT = "Draft: pages to work on, without the files for paper. Not to be handed out."


@dataclass(frozen=True, kw_only=True)
class Told:
    """One finding as a chapter tells it, and the `chapter` and `title` it comes from.

    evidence, limits: one string for each. strength: in words. numbers: by name, as its sentence
    shows them. estimates: those of them that are estimates (see `report.Finding.as_data`).
    """

    id: str
    question: str
    sentence: str
    evidence: tuple[str, ...]
    strength: str
    limits: tuple[str, ...]
    chapter: str
    title: str
    plan: str | None = None
    estimates: tuple[Mapping, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)


def collect_findings(notebooks: Mapping[str, object]) -> list[Told]:
    """Return the findings of executed `notebooks` (by chapter name), in the chapters' order.

    A finding is an output whose clearance record (``metadata["rr"]``) carries one. Two findings
    with one id raise UserError.
    """
    told, seen = [], {}
    for chapter, notebook in notebooks.items():
        for finding in _findings_of(notebook):
            if finding["id"] in seen:
                raise UserError(
                    place=f"{chapter}.ipynb",
                    found=f"a second finding with the id '{finding['id']}'",
                    expected=f"an id of its own; the first is in {seen[finding['id']]}.ipynb",
                    cure="Give one of the two another id",
                )
            seen[finding["id"]] = chapter
            told.append(
                Told(
                    id=finding["id"],
                    question=finding["question"],
                    sentence=finding["sentence"],
                    evidence=_listed(finding["evidence"]),
                    strength=STRENGTHS.get(finding["strength"], finding["strength"]),
                    limits=_listed(finding["limits"]),
                    chapter=chapter,
                    title=chapter_title(notebook, chapter),
                    plan=finding.get("plan"),
                    estimates=tuple(finding.get("estimates", ())),
                    numbers=finding.get("numbers", {}),
                )
            )
    return told


def chapter_title(notebook, name: str) -> str:
    """Return the first heading of a chapter; its file's name where it has none."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^#\s+(.+?)\s*$", prose, re.MULTILINE)
    return heading[1] if heading else posixpath.basename(name)


def compose_front_page(
    findings: Sequence[Told],
    *,
    title: str,
    reporting: str,
    synthetic: bool,
    draft: bool = False,
    introduction: str = "",
    labels: Mapping[str, str] = MappingProxyType({}),
    means: Mapping[str, str] = MappingProxyType({}),
    about: str = "",
) -> str:
    """Return the front page as Markdown: the first findings of each question, and its chapters.

    reporting: the reporting window and scope in words, under the title. introduction: a paragraph
    of Markdown before the findings; about: a section after them. With `synthetic` a banner says
    that the data are invented, with `draft` another, that the pages are no edition. For each
    finding, by its id: labels, whether it was planned; means, what it means in the team's words,
    which then lead, with the finding under them.
    """
    parts = [f"# {escape_markdown(title)}"]
    if reporting:
        parts.append(f"```{{div}} rr-standfirst\n{escape_markdown(reporting)}\n```")
    if synthetic:
        parts.append(f"```{{div}} rr-banner\n**{escape_markdown(SYNTHETIC)}**\n```")
    if draft:
        parts.append(f"```{{div}} rr-banner\n**{DRAFT}**\n```")
    if introduction:
        parts.append(introduction.strip())
    for question in dict.fromkeys([*QUESTIONS, *(finding.question for finding in findings)]):
        told = [finding for finding in findings if finding.question == question]
        if told:
            parts.append(_section(question, told, labels, means))
    if not findings:
        parts.append("## Findings\n\nThe chapters of this edition state no findings.")
    if about:
        parts.append(about.strip())
    return "\n\n".join(parts) + "\n"


def leading(findings: Iterable[Told], most: int) -> list[Told]:
    """Return the findings that are told first: planned analyses come before exploratory ones."""
    return sorted(findings, key=lambda finding: finding.plan is None)[:most]


def escape_markdown(text: str) -> str:
    """Return `text` so that Markdown shows it as it stands."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~&])", r"\\\1", " ".join(text.split()))


def _findings_of(notebook) -> Iterable[Mapping]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            finding = output.get("metadata", {}).get("rr", {}).get("finding")
            if finding:
                yield finding


def _listed(value) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _section(question: str, told: Sequence[Told], labels: Mapping, means: Mapping) -> str:
    heading = escape_markdown(QUESTIONS.get(question, question))
    first = leading(told, ON_THE_FRONT)
    shown = [_told(one, labels.get(one.id, ""), means.get(one.id, "")) for one in first]
    more = "Every finding, and what it rests on:" if len(told) > len(first) else "Read on:"
    return "\n\n".join([f"## {heading}", *shown, more, _links(told)])


def _told(finding: Told, label: str, means: str) -> str:
    lines = [f"**{escape_markdown(means or finding.sentence)}**"]
    if means:
        lines.append(escape_markdown(finding.sentence))
    limits = " ".join(
        text if text.endswith((".", "?", "!")) else f"{text}." for text in finding.limits
    )
    for what, said in (("How sure", finding.strength), ("Limits", limits), ("Plan", label)):
        if said:
            lines.append(f"*{what}:* {escape_markdown(said)}")
    return "```{div} rr-headline\n" + "\n\n".join(lines) + "\n```"


def _links(told: Sequence[Told]) -> str:
    chapters = dict.fromkeys((finding.chapter, finding.title) for finding in told)
    return "\n".join(f"- {{doc}}`{title} </{chapter}>`" for chapter, title in chapters)
