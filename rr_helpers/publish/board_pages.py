"""The pages that boards open first, and the doors to them on the front page."""

from collections.abc import Iterable, Mapping, Sequence

from rr_helpers.publish.briefing import compose_briefing, page_name
from rr_helpers.publish.documents import links
from rr_helpers.publish.findings import Told
from rr_helpers.publish.summary import PAGE as SUMMARY
from rr_helpers.publish.summary import compose_summary
from rr_helpers.publish.team_words import BOARDS


def compose_board_pages(
    plan, told: Sequence[Told], notebooks: Mapping[str, object], listed: Iterable[str]
) -> dict[str, str]:
    """Return the briefings and the summary as Markdown by name; none for a plan without papers.

    plan: a `Plan`. listed: the pages of the edition's contents.
    """
    if plan.papers is None:
        return {}
    known = {"reporting": plan.reporting, "synthetic": plan.synthetic, "listed": set(listed)}
    primary = _primary(plan, told)
    pages = {
        page_name(board): compose_briefing(board, told, plan.papers, primary=primary, **known)
        for board in BOARDS
    }
    return pages | {SUMMARY: compose_summary(told, plan.papers, notebooks, **known)}


def doors(listed: Iterable[str], notebooks: Mapping[str, object] | None) -> str:
    """Return Markdown for the front page: what to open first, and the files beside the pages.

    notebooks: the chapters, of whose tables a file is made; None where there are pages alone.
    """
    pages = [
        f"{{doc}}`Briefing for {words} </{page_name(board)}>`: one page"
        for board, words in BOARDS.items()
        if page_name(board) in listed
    ]
    pages += [f"{{doc}}`Summary </{SUMMARY}>`: three pages"] if SUMMARY in listed else []
    begin = ["## Where to begin", _list(pages)] if pages else []
    files = []
    if notebooks is not None:
        files = ["## On paper and in a spreadsheet", _list(links(listed, notebooks))]
    return "\n\n".join([*begin, *files])


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _primary(plan, told: Sequence[Told]) -> list[str]:
    planned = (
        {finding.id: plan.planned.binding(finding) for finding in told} if plan.planned else {}
    )
    return [name for name, one in planned.items() if one is not None and one.rank == "primary"]
