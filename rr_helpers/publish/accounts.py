"""The pages in which the book accounts for itself: reporting standards, assumptions, revisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rr_helpers.publish import logs, standards
from rr_helpers.publish.pointers import index_book


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What the book declares about itself; revisions: the page, ready."""

    standards: tuple[standards.Standard, ...]
    assumptions: tuple[logs.Assumption, ...]
    revisions: str


def read_accounts(book: Path) -> Accounts:
    """Return what the files of the folder `book` declare; UserError where one is at fault."""
    return Accounts(
        standards=standards.read_standards(book / standards.FILE),
        assumptions=logs.read_assumptions(book / logs.ASSUMPTIONS_FILE),
        revisions=logs.revisions_markdown(book / logs.REVISIONS_FILE),
    )


def compose_accounts(
    accounts: Accounts, notebooks: Mapping[str, object], pages: Mapping[str, str]
) -> dict[str, str]:
    """Return the three pages as Markdown by name.

    notebooks: the executed chapters; pages: the Markdown of every other page, both by name. Raises
    UserError where one points to a place that the book does not have.
    """
    pages = {**pages, logs.REVISIONS: accounts.revisions}
    index = index_book(notebooks, pages)
    logs.require_assumptions_placed(accounts.assumptions, index)
    assumed = logs.compose_assumptions_page(accounts.assumptions, index)
    index = index_book(notebooks, {**pages, logs.ASSUMPTIONS: assumed})
    standards.require_standards_met(accounts.standards, index)
    return {
        logs.REVISIONS: accounts.revisions,
        logs.ASSUMPTIONS: assumed,
        standards.PAGE: standards.compose_standards_page(accounts.standards, index),
    }
