"""The pages in which the book accounts for itself: reporting standards, assumptions, revisions.

Beside them the cards that sort its findings, and the check of numbers that are told twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rr_helpers.publish import emmie, logs, standards
from rr_helpers.publish.findings import collect_findings
from rr_helpers.publish.pointers import index_book


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What the book declares about itself; revisions: the page, ready.

    cards, told_twice: see `emmie`.
    """

    standards: tuple[standards.Standard, ...]
    assumptions: tuple[logs.Assumption, ...]
    revisions: str
    cards: tuple[emmie.Card, ...] = ()
    told_twice: tuple[emmie.ToldTwice, ...] = ()


def read_accounts(book: Path) -> Accounts:
    """Return what the files of the folder `book` declare; UserError where one is at fault."""
    cards, told_twice = emmie.read_synthesis(book / emmie.FILE)
    return Accounts(
        standards=standards.read_standards(book / standards.FILE),
        assumptions=logs.read_assumptions(book / logs.ASSUMPTIONS_FILE),
        revisions=logs.revisions_markdown(book / logs.REVISIONS_FILE),
        cards=cards,
        told_twice=told_twice,
    )


def compose_accounts(
    accounts: Accounts, notebooks: Mapping[str, object], pages: Mapping[str, str]
) -> dict[str, str]:
    """Return the pages as Markdown by name.

    notebooks: the executed chapters; pages: the Markdown of every other page, both by name. Raises
    UserError where one points to a place that the book does not have, or where the synthesis shows
    another number than a chapter.
    """
    told = collect_findings(notebooks)
    emmie.require_same_numbers(accounts.told_twice, told, notebooks)
    made = {emmie.PAGE: emmie.compose_cards_page(accounts.cards, told)} if accounts.cards else {}
    pages = {**pages, **made, logs.REVISIONS: accounts.revisions}
    index = index_book(notebooks, pages)
    logs.require_assumptions_placed(accounts.assumptions, index)
    assumed = logs.compose_assumptions_page(accounts.assumptions, index)
    index = index_book(notebooks, {**pages, logs.ASSUMPTIONS: assumed})
    standards.require_standards_met(accounts.standards, index)
    return made | {
        logs.REVISIONS: accounts.revisions,
        logs.ASSUMPTIONS: assumed,
        standards.PAGE: standards.compose_standards_page(accounts.standards, index),
    }
