"""The one-page briefing of a board, composed from findings, the team's words and the boards' log.

What stands on it: the main messages as what they mean, how sure we are of each, what changed since
last time, three decisions that are asked, what we cannot say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rr_helpers.publish.board_papers import BoardPapers
from rr_helpers.publish.findings import SYNTHETIC, Told, escape_markdown
from rr_helpers.publish.since_last import Moved, compare
from rr_helpers.publish.team_words import BOARDS, MOST, fill

# In which order the questions concern a board: practice first, or whether it works.
EMPHASIS = {
    "operational": ("Q3", "Q1", "Q2", "Q4"),
    "strategic": ("Q4", "Q1", "Q3", "Q2"),
}
MESSAGES = 4  # where the team has written none
LISTED = 3  # of what moved since last time, a kind
_AGREED, _USE = "Agreed", "notebooks/use/use"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a briefing: the finding, and what it means in the team's words, if written."""

    finding: Told
    means: str = ""


def page_name(board: str) -> str:
    """Return the name of a board's briefing in the contents."""
    return f"briefing_{board}"


def compose_briefing(
    board: str,
    told: Sequence[Told],
    papers: BoardPapers,
    *,
    reporting: str,
    synthetic: bool,
    primary: Iterable[str] = (),
    listed: Iterable[str] = (),
) -> str:
    """Return the briefing of a board (a key of `BOARDS`) as Markdown.

    reporting: window and scope in words. primary: ids of the findings that answer a planned primary
    analysis; without the team's words they are the messages. listed: the pages of the edition, to
    which alone may be pointed.
    """
    by_id = {finding.id: finding for finding in told}
    messages = choose_messages(board, told, papers, primary)
    parts = [f"# Briefing for {BOARDS[board]}", standfirst(reporting)]
    parts += [banner()] if synthetic else []
    parts += ["## Main messages", *map(_message, messages)]
    parts += ["## What changed since last time", *what_changed(messages, papers, listed)]
    parts += ["## Decisions we ask for", *decisions_asked(board, papers, by_id)]
    parts += ["## What we cannot say", *_cannot_say(board, papers, messages, by_id)]
    return "\n\n".join(parts) + "\n"


def standfirst(reporting: str) -> str:
    """Return the line under the title: the window and the scope."""
    return f"```{{div}} rr-standfirst\n{escape_markdown(reporting)}\n```"


def banner() -> str:
    """Return the banner of an edition of invented data."""
    return f"```{{div}} rr-banner\n**{escape_markdown(SYNTHETIC)}**\n```"


def short_title(finding: Told) -> str:
    """Return the title of a finding's chapter up to its colon."""
    return finding.title.partition(":")[0]


def choose_messages(
    board: str, told: Sequence[Told], papers: BoardPapers, primary: Iterable[str]
) -> list[Message]:
    """Return a board's messages: the team's, then one for each question that they leave out.

    Where the team's words hold no more, the finding stands by itself.
    """
    by_id = {finding.id: finding for finding in told}
    chosen = [
        Message(finding=by_id[one.findings[0]], means=means or "")
        for one in papers.words
        if one.kind == "message" and board in one.boards
        for means in [fill(one, by_id)]
    ]
    covered = {message.finding.question for message in chosen}
    for question in EMPHASIS[board]:
        found = [finding for finding in told if finding.question == question]
        found.sort(key=lambda finding: finding.id not in set(primary))
        if found and question not in covered and len(chosen) < MESSAGES:
            chosen.append(Message(finding=found[0]))
    return chosen


def _message(message: Message) -> str:
    finding = message.finding
    lines = [f"**{escape_markdown(message.means or finding.sentence)}**"]
    if message.means:
        lines.append(escape_markdown(finding.sentence))
    sure = f"*How sure:* {escape_markdown(finding.strength)}."
    lines.append(f"{sure} Chapter: {{doc}}`{short_title(finding)} </{finding.chapter}>`")
    return "```{div} rr-headline rr-message\n" + "\n\n".join(lines) + "\n```"


def what_changed(
    messages: Sequence[Message], papers: BoardPapers, listed: Iterable[str]
) -> Iterator[str]:
    """Yield Markdown: the messages' findings then and now, and what boards did since."""
    if papers.before is None:
        yield "There is no record of an earlier edition, so no finding can be set beside its own."
    else:
        yield from _then_and_now([message.finding for message in messages], papers.before)
    yield from _moved(papers, listed)


def _then_and_now(findings: Sequence[Told], before) -> Iterator[str]:
    moved = compare(findings, before)
    lines = [f"- {escape_markdown(_beside(one))}: **{one.verdict}**" for one in moved]
    new = [short_title(finding) for finding in findings if finding.id not in before.findings]
    lines += [f"- {escape_markdown(title)}: a finding that is new" for title in new]
    day = escape_markdown(f"{before.label}, published on {before.released_on}")
    shares = " The two windows share days, so some people are in both." * before.shares_days
    yield f"Beside the edition before ({day}):{shares}\n\n" + "\n".join(lines)


def _beside(one: Moved) -> str:
    number = f"{short_title(one.finding)}, {_plain(one.name)}"
    return f"{number}: {one.then} then, {one.now} now"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _moved(papers: BoardPapers, listed: Iterable[str]) -> Iterator[str]:
    if papers.moved.empty:
        yield "No recommendation was agreed or closed since the last briefing."
        return
    since = papers.moved_title.removeprefix("What changed since ")
    parts = []
    for kind, rows in papers.moved.groupby("What changed", sort=False):
        wordings = list(dict.fromkeys(rows["Recommendation"]))
        more = " and others" if len(wordings) > LISTED else ""
        said = "Newly agreed" if kind == _AGREED else kind
        parts.append(f"*{said}:* {escape_markdown('; '.join(wordings[:LISTED]))}{more}.")
    where = f" All are in the chapter {{doc}}`Use </{_USE}>`." if _USE in set(listed) else ""
    yield f"Recommendations since {escape_markdown(since)}. {' '.join(parts)}{where}"


def decisions_asked(board: str, papers: BoardPapers, told: Mapping[str, Told]) -> list[str]:
    """Return Markdown: up to three decisions, the team's first, then what the log leaves open."""
    asked = [
        escape_markdown(words)
        for one in papers.words
        if one.kind == "decision" and board in one.boards and (words := fill(one, told))
    ]
    for _, row in papers.asked.get(board, papers.moved.head(0)).iterrows():
        if row["What was decided"] == "[z]":
            asked.append(escape_markdown(f"Answer what was asked: {row['Decision asked for']}"))
    for _, row in papers.overdue.get(board, papers.moved.head(0)).iterrows():
        asked.append(
            escape_markdown(
                f"Finish, give a new day, or drop: {_lower(row['Recommendation'])} "
                f"({_lower(row['Owner'])}; was due in {row['Due']})"
            )
        )
    if not asked:
        return ["No decision is asked for: nothing that this board agreed is past its day."]
    kept = asked[: MOST["decision"]]
    return ["\n".join(f"{number}. {words}" for number, words in enumerate(kept, start=1))]


def _lower(text: str) -> str:
    """The text as it stands within a sentence; abbreviations keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _cannot_say(board: str, papers: BoardPapers, messages, told) -> list[str]:
    said = [
        words
        for one in papers.words
        if one.kind == "cannot_say" and board in one.boards and (words := fill(one, told))
    ]
    limits = [message.finding.limits[0] for message in messages if message.finding.limits]
    said = list(dict.fromkeys([*said, *limits]))
    return ["\n".join(f"- {escape_markdown(text)}" for text in said[: MOST["cannot_say"]])]
