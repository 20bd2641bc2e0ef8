"""Official statistics that others have already published, and so protected."""

import math
from numbers import Integral, Real

import pandas as pd

from rr_helpers.disclosure.figures import _GATE, MARKS, ReleasedFigure
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import DisclosureError

LICENCES = (
    "Open Government Licence",
    "Open Government Licence v3.0",
    "CC BY 4.0",
    "Parliamentary Licence",
    "none: invented for testing",
)


def published_statistics(
    frame: pd.DataFrame,
    *,
    title: str,
    source: str,
    licence: str,
    note: str = "",
    of: str = "units",
    row_name: str = "",
    decimals: int = 1,
) -> SafeTable:
    """Return figures from an official publication as a SafeTable.

    frame: labels in the index, numbers in the columns; the marks c, x, z, k, low, u, b, p, r of
    official statistics (with or without brackets) are kept, an empty cell becomes ``[x]``. source
    must name publisher and publication, licence be one under which figures may be reused: study
    records have neither, and have no way round the release.
    """
    if not isinstance(frame, pd.DataFrame):
        _refuse(title, f"a {type(frame).__name__}", "a DataFrame", "Pass the table")
    if len(str(source).split()) < 2:
        _refuse(title, f"source {source!r}", "publisher and publication", "Name them")
    if licence not in LICENCES:
        _refuse(title, f"licence {licence!r}", f"one of {', '.join(LICENCES)}", "Name the licence")
    if frame.index.duplicated().any() or frame.columns.duplicated().any():
        _refuse(title, "a label twice", "each label once", "Label rows and columns apart")
    grid = frame.astype(object).map(lambda cell: _keep(cell, title, decimals))
    grid.index, grid.columns = grid.index.map(str), grid.columns.map(str)
    return SafeTable(
        grid=grid,
        kind="published statistics",
        title=title,
        row_name=row_name or str(frame.index.name or "Area").replace("_", " ").capitalize(),
        of=of,
        note=note,
        source=f"{source} ({licence})",
        rules=("Figures published before by the source named; its own marks are kept.",),
        suppressed=int(grid.map(lambda figure: figure.text == "[c]").to_numpy().sum()),
        gate=_GATE,
    )


def _keep(cell, title: str, decimals: int) -> ReleasedFigure:
    if isinstance(cell, str):
        mark = f"[{cell.strip('[] ').lower()}]"
        mark = "[low]" if mark == "[k]" else mark
        if mark not in MARKS:
            _refuse(title, f"text {cell!r}", f"a number, or one of {', '.join(MARKS)}", "Clean it")
        return ReleasedFigure(text=mark, value=None, gate=_GATE)
    if cell is None or (isinstance(cell, Real) and math.isnan(cell)):
        return ReleasedFigure(text="[x]", value=None, gate=_GATE)
    if isinstance(cell, bool) or not isinstance(cell, Real):
        _refuse(title, f"a {type(cell).__name__}", "a number or a mark", "Clean it")
    whole = isinstance(cell, Integral) or float(cell).is_integer()
    text = f"{int(cell):,}" if whole else f"{float(cell):,.{decimals}f}"
    value = int(cell) if whole else round(float(cell), decimals)
    return ReleasedFigure(text=text.replace("-", "−"), value=value, gate=_GATE)


def _refuse(title: str, found: str, expected: str, cure: str):
    place = f"published statistics, '{title}'"
    raise DisclosureError(place=place, found=found, expected=expected, cure=cure)
