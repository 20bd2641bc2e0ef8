"""Words and months that their owners wrote down for the public: the log of boards."""

import re

import pandas as pd

from rr_helpers.disclosure.figures import _GATE, ReleasedFigure
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import DisclosureError

KIND = "public wording"
RULE = "Words that were written down for the public; what is not for the public is left out."
FIT = "words without figures, addresses and names"
MEND = "Write it in general words, or leave the cell for the public blank"
_FIGURE = re.compile(r"\S*[\d@]\S*")
# A capital within a sentence is taken for a name; abbreviations are not, and these are the pilot's.
_NAME = re.compile(r"(?<=[\w,;:)’'-] )(?!(?:London|Rescue|Response)\b)[A-Z][a-z]\w*")


def public_wording(
    frame: pd.DataFrame, *, title: str, source: str, of: str, note: str = ""
) -> SafeTable:
    """Return a table of words as a SafeTable: its first column heads the rows.

    frame: columns of words, named as readers see them, and of dates, which are shown by month. A
    cell without words is shown as ``[z]``. Words with a digit, an ``@`` or, within a sentence, a
    capital that may be a name raise DisclosureError: counts come from the release, and a
    recommendation needs nobody's name, telephone number or address. The schema says which columns
    are for the public; nothing else may be handed in.
    """
    columns = {name: _cells(frame[name], title) for name in frame.columns}
    first, *others = columns
    grid = pd.DataFrame(
        {name: [_figure(cell) for cell in columns[name]] for name in others},
        index=pd.Index(columns[first], name=first),
        dtype=object,
    )
    return SafeTable(
        grid=grid,
        kind=KIND,
        title=title,
        row_name=first,
        of=of,
        note=note,
        source=source,
        rules=(RULE,),
        gate=_GATE,
    )


def unfit_for_public(text: str) -> str:
    """Return the first part of a text that `public_wording` would refuse; else ``""``."""
    found = _FIGURE.search(text) or _NAME.search(text)
    return found[0] if found else ""


def _cells(column: pd.Series, title: str) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return ["[z]" if pd.isna(day) else f"{day:%B %Y}" for day in column]
    return ["[z]" if pd.isna(text) else _checked(str(text), title) for text in column]


def _checked(text: str, title: str) -> str:
    found = unfit_for_public(text)
    if found:
        raise DisclosureError(
            place=f"public wording, '{title}'",
            found=f"'{found}' in '{text}'",
            expected=FIT,
            cure=MEND,
        )
    return " ".join(text.split())


def _figure(text: str) -> ReleasedFigure:
    return ReleasedFigure(text=text, value=None, gate=_GATE)
