"""A borough's edition: its column of the released counts beside London's, and nothing else.

A borough's rows are few, so no estimate is made of them and no quotation shown: the briefing tells
the counts of the one release that the report on London is made of, protected together with it.
"""

from dataclasses import dataclass

from rr_helpers.disclosure import Release, SafeTable, read_catalogue
from rr_helpers.errors import UserError
from rr_helpers.publish.catalogue import catalogue_file
from rr_helpers.publish.scope import LONDON
from rr_helpers.study import Window
from rr_helpers.study.schema.codes import BOROUGHS

SECTION = "boroughs"  # of notebooks/catalogue.toml
WHOLE = "London"


@dataclass(frozen=True)
class BoroughEdition:
    """One borough's edition as its chapter sees it: released counts, no rows."""

    window: Window
    scope: str
    release: Release

    def __repr__(self) -> str:
        return f"BoroughEdition({self.window.label}, {self.borough})"

    @property
    def borough(self) -> str:
        """The name of the borough."""
        return BOROUGHS[self.scope]

    def counts(self, table_id: str) -> SafeTable:
        """Return the borough's released counts beside London's, by a line of [boroughs]."""
        catalogue = read_catalogue(catalogue_file())
        shown = [name for name, table in catalogue.items() if table.question == SECTION]
        if table_id not in shown:
            raise UserError(
                place=f"the edition of {self.borough}",
                found=f"the table '{table_id}'",
                expected=f"one of the section [{SECTION}] of notebooks/catalogue.toml: "
                f"{', '.join(shown)}",
                cure="A borough's briefing shows counts protected by borough only; add a line "
                "there, two variables at most, one of them the borough",
            )
        return self.release[table_id].beside(self.borough, whole=WHOLE)


def require_scope(scope: str) -> None:
    """Raise UserError unless the scope is London or the code of a borough."""
    if scope != LONDON and scope not in BOROUGHS:
        named = [code for code, name in BOROUGHS.items() if name.casefold() == scope.casefold()]
        raise UserError(
            place="scope",
            found=f"'{scope}'",
            expected=f"'{LONDON}', or the code of a borough such as E09000003 (Barnet)",
            cure=f"Did you mean '{named[0]}'?" if named else "See the legend of reference.xlsx",
        )


def edition_title(scope: str) -> str:
    """Return the title of a borough's edition."""
    return f"Rescue and Response in {BOROUGHS[scope]}: briefing"
