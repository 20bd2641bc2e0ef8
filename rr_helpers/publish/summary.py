"""The three-page summary: each question's findings with one chart, voices, changes, decisions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lxml import html

from rr_helpers.publish.board_papers import BoardPapers
from rr_helpers.publish.briefing import (
    EMPHASIS,
    Message,
    banner,
    decisions_asked,
    short_title,
    standfirst,
    what_changed,
)
from rr_helpers.publish.findings import QUESTIONS, Told, escape_markdown, leading
from rr_helpers.publish.team_words import BOARDS, fill

PAGE = "summary"
MOST = 4  # findings a question: what three pages hold; the others are in the chapters
VOICES_CHAPTER, VOICE = "notebooks/q4_safety/safety", "Young person"


def compose_summary(
    told: Sequence[Told],
    papers: BoardPapers,
    notebooks: Mapping[str, object],
    *,
    reporting: str,
    synthetic: bool,
    listed: Iterable[str] = (),
) -> str:
    """Return the summary as Markdown. notebooks: the executed chapters, by name; their charts and
    quotations are shown as they were cleared. The rest as in `compose_briefing`."""
    by_id = {finding.id: finding for finding in told}
    parts = ["# Summary", standfirst(reporting), *([banner()] if synthetic else [])]
    for question in dict.fromkeys([*QUESTIONS, *(finding.question for finding in told)]):
        found = [finding for finding in told if finding.question == question]
        if found:
            parts += _question(question, leading(found, MOST), papers, by_id, notebooks)
    parts += _voices(notebooks)
    messages = [Message(finding=finding) for finding in told]
    parts += ["## What changed since last time", *what_changed(messages, papers, listed)]
    for board, words in BOARDS.items():
        parts += [f"## Decisions we ask of {words}", *decisions_asked(board, papers, by_id)]
    return "\n\n".join(parts) + "\n"


def stamped_outputs(notebook, kind: str) -> Iterator[str]:
    """Yield the HTML of a chapter's outputs of one kind ("Chart", "Table", …), in their order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("rr", {}).get("kind") == kind:
                yield "".join(output["data"]["text/html"])


def _question(question, found, papers, by_id, notebooks) -> Iterator[str]:
    yield f"## {escape_markdown(QUESTIONS.get(question, question))}"
    means = [
        words
        for one in papers.words
        if one.kind == "message" and by_id[one.findings[0]].question == question
        if (words := fill(one, by_id))
    ]
    for words in dict.fromkeys(means):
        yield f"**{escape_markdown(words)}**"
    yield "\n".join(
        f"- {escape_markdown(finding.sentence)} *{escape_markdown(_short(finding.strength))}.*"
        for finding in found
    )
    drawn = notebooks.get(found[0].chapter) if question in EMPHASIS["strategic"] else None
    for chart in _chart(drawn):
        yield f"```{{raw}} html\n{chart}\n```"
    limits = dict.fromkeys(limit for finding in found for limit in finding.limits[:1])
    yield f"*What limits this:* {escape_markdown(' '.join(map(_sentence, limits)))}"
    chapters = dict.fromkeys((finding.chapter, short_title(finding)) for finding in found)
    links = ", ".join(f"{{doc}}`{title} </{chapter}>`" for chapter, title in chapters)
    yield f"Read on: {links}"


def _chart(notebook) -> Iterator[str]:
    """The lowest chart of a chapter: one small picture a question is what three pages hold."""
    charts = list(stamped_outputs(notebook, "Chart")) if notebook is not None else []
    if charts:
        yield min(charts, key=_height)


def _height(chart: str) -> float:
    drawn = re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', chart)
    return float(drawn[1]) if drawn else 0.0


def _voices(notebooks: Mapping[str, object]) -> Iterator[str]:
    """A young person's words for, and another's against: the first of each that was cleared."""
    if VOICES_CHAPTER not in notebooks:
        return
    cards = [
        html.tostring(card, encoding="unicode", with_tail=False)
        for shown in stamped_outputs(notebooks[VOICES_CHAPTER], "Quotation")
        for card in html.fragment_fromstring(shown, create_parent="div").xpath(
            "(.//figure[starts-with(figcaption, $voice)])[1]", voice=VOICE
        )
    ]
    if cards:
        yield "## What young people said"
        yield "```{raw} html\n" + "\n".join(cards) + "\n```"


def _short(strength: str) -> str:
    return strength.partition(":")[0]


def _sentence(text: str) -> str:
    return text if re.search(r"[.?!]$", text) else f"{text}."
