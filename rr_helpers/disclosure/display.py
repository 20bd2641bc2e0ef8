"""The display that readers of health statistics know, on top of released counts."""

import pandas as pd

from rr_helpers.disclosure.figures import _GATE, ReleasedCount, ReleasedFigure
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import UserError

LARGEST_MARKED = 7


def as_readers_know(table: SafeTable) -> SafeTable:
    """Return a table of counts with 1 to 7 shown as ``[c]``; zero and the rest stay as released.

    The rule of NHS Digital (Disclosure control methodology for Hospital Episode Statistics, 2018)
    and of OpenSAFELY (Statistical disclosure control, 2026): 1 to 7 not shown, the rest to the
    nearest 5. Applied to exact counts that rule can be undone in large tables; here it is applied
    to released counts, which are multiples of 5 or more already, so that the table says less than
    the released one and never more. Take percentages before, from the released table.

    Raises UserError for a table of anything else, or about so few units that nothing is left.
    """
    if not isinstance(table, SafeTable) or table.kind != "counts" or table.share_of:
        _refuse(
            getattr(table, "id", ""),
            "not a table of released counts",
            "one from the release",
            "Give it release['table_id'], before .percent()",
        )
    if 1 <= table.total <= LARGEST_MARKED:
        _refuse(
            table.id,
            f"a table about {LARGEST_MARKED} {table.of} or fewer",
            "a table of which something may be shown",
            "Leave the table out",
        )
    # Cell by cell: DataFrame.map would turn released counts into bare numbers.
    lines = [[_mark(figure) for figure in line] for line in table.grid.to_numpy()]
    axes = {"index": table.grid.index, "columns": table.grid.columns}
    marked = sum(figure.value is None for line in lines for figure in line)
    rule = f"Rounded counts of 1 to {LARGEST_MARKED} are shown as [c]."
    rules = table.rules if rule in table.rules else (*table.rules, rule)
    return table._with(
        grid=pd.DataFrame(lines, dtype=object, **axes), rules=rules, suppressed=marked
    )


def show_count(count: int | None, *, preview: bool = False) -> ReleasedCount | ReleasedFigure:
    """Return a protected count as it is shown: the count, or ``[c]`` for None (suppressed).

    For what left `suppress` or the rounding only, in `release` and nowhere else.
    """
    if count is None:
        return ReleasedFigure(text="[c]", value=None, preview=preview, gate=_GATE)
    return ReleasedCount(count, preview=preview, gate=_GATE)


def _mark(figure: ReleasedCount | ReleasedFigure) -> ReleasedCount | ReleasedFigure:
    if isinstance(figure, ReleasedCount) and 1 <= figure <= LARGEST_MARKED:
        return show_count(None, preview=figure.preview)
    return figure


def _refuse(name: str, found: str, expected: str, cure: str):
    place = f"table '{name}'" if name else "as_readers_know"
    raise UserError(place=place, found=found, expected=expected, cure=cure)
