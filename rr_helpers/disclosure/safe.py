"""What may be shown: values that have passed the gate. Only this room can make them.

A `SafeTable` is a grid of figures; every figure (`ReleasedCount`, `ReleasedFigure`,
`SafeEstimate`) is itself safe to print in a sentence. Arithmetic on released counts gives released
counts, because whatever a reader could compute for themselves is no new disclosure.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, replace

import pandas as pd

from rr_helpers.errors import DisclosureError, UserError

ALL = "All"
KINDS = ("counts", "estimates", "published statistics")
MARKS = {
    "[c]": "confidential: too few to show",
    "[x]": "not available, or cannot be estimated",
    "[z]": "not applicable",
    "[u]": "low reliability: the number it is a share of is under 20",
    "[low]": "rounds to zero, but is not zero",
    "[b]": "break in the series",
    "[p]": "provisional",
    "[r]": "revised",
}
# A released count may differ from the truth by up to 4, so a share of fewer than 20 says little.
SMALLEST_BASE_OF_A_PERCENTAGE = 20

_LONGEST_NOUN_IN_A_MARGIN = 20

_GATE = object()


def _require_gate(gate: object, what: str) -> None:
    if gate is not _GATE:
        raise DisclosureError(
            found=f"a {what} was about to be made by hand",
            expected="one made by rr_helpers.disclosure, which checks that it may be shown",
            cure="Take it from the release (release['table_id']), or use disclosure.protect, "
            "published_statistics or clear_quotation",
        )


class ReleasedCount(int):
    """A count after protection; prints and calculates like the whole number it is."""

    released = True

    def __new__(cls, value: int, *, preview: bool = False, gate: object = None):
        _require_gate(gate, cls.__name__)
        count = super().__new__(cls, value)
        count.preview = preview
        return count

    def __add__(self, other):
        return self._combine(int.__add__, other)

    def __sub__(self, other):
        return self._combine(int.__sub__, other)

    def _combine(self, operation, other):
        result = operation(self, other)
        if result is NotImplemented or not isinstance(other, ReleasedCount):
            return result
        return ReleasedCount(result, preview=self.preview or other.preview, gate=_GATE)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    @property
    def value(self) -> int:
        """The count as a plain whole number."""
        return int(self)

    @property
    def text(self) -> str:
        """The count as it is shown, with thousands separated."""
        return f"{int(self):,}".replace("-", "−")


@dataclass(frozen=True, kw_only=True)
class ReleasedFigure:
    """A number computed from released counts, or published before; `str()` gives its text.

    value: the number, or None where only a mark such as ``[u]`` may be shown.
    base: for a percentage, the released count that it is a share of; None otherwise.
    """

    text: str
    value: float | None
    base: ReleasedCount | None = None
    preview: bool = False
    gate: InitVar[object] = None

    def __post_init__(self, gate):
        _require_gate(gate, type(self).__name__)

    def __str__(self) -> str:
        return self.text if self.value is not None else _not_shown(self.text)


@dataclass(frozen=True, kw_only=True)
class SafeEstimate:
    """An estimate that passed the rules of `disclosure.rules`, rounded as it may be shown.

    `str()` gives the words for a sentence: value, interval, what it rests on. value, low and high
    are rounded; all are None where only `mark` may be shown.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    text: str
    interval: str
    rests_on: str
    mark: str = ""
    reason: str = ""
    method: str = ""
    level: float = 0.95
    preview: bool = False
    gate: InitVar[object] = None

    def __post_init__(self, gate):
        _require_gate(gate, type(self).__name__)

    def __str__(self) -> str:
        if self.value is None:
            return f"not shown ({self.mark} {self.reason})"
        # All in brackets, so that a sentence can go on after it.
        interval = f"{self.level:.0%} CI {self.interval}; " if self.interval else ""
        return f"{self.text} ({interval}{self.rests_on})"


def _not_shown(mark: str) -> str:
    return f"not shown ({mark} {MARKS.get(mark, '')})"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SafeTable:
    """A table that may be shown. Made by `disclosure` only; charts and tables take nothing else.

    id: its name in the catalogue, or ``""``; kind: one of `KINDS`; of: what is counted, in the
    plural; rules: plain sentences on how it was protected; suppressed: how many cells are shown as
    a mark for confidentiality; preview: True where it may be looked at but not published.
    Rows and columns may hold the margin ``"All"``.
    """

    grid: pd.DataFrame
    kind: str
    title: str
    row_name: str
    id: str = ""
    population: str = ""
    of: str = "units"
    note: str = ""
    source: str = ""
    rules: tuple[str, ...] = ()
    suppressed: int = 0
    preview: bool = False
    share_of: str = ""
    additive_rows: bool = True
    gate: InitVar[object] = None

    def __post_init__(self, gate):
        _require_gate(gate, type(self).__name__)
        object.__setattr__(self, "grid", self.grid.copy())

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self) -> str:
        preview = ", preview only" if self.preview else ""
        return f"<SafeTable {self.id or self.title!r}: {self.kind} of {self.of}{preview}>"

    @property
    def row_labels(self) -> list[str]:
        """The row labels without the margin."""
        return [label for label in self.grid.index if label != ALL]

    @property
    def column_labels(self) -> list[str]:
        """The column labels without the margin; just the margin where there is nothing else."""
        return [label for label in self.grid.columns if label != ALL] or list(self.grid.columns)

    @property
    def frame(self) -> pd.DataFrame:
        """A new table of texts as shown: index of row labels, named columns, margins in words."""
        if self.kind == "estimates" and list(self.grid.columns) == [ALL]:
            return _list_estimates(self.grid[ALL], self.row_name)
        shown = self.grid.map(show_figure)
        shown.index = pd.Index(
            [self._margin_words("column") if i == ALL else i for i in shown.index],
            name=self.row_name,
        )
        shown.columns = [self._margin_words("row") if c == ALL else c for c in shown.columns]
        return shown

    def _margin_words(self, share_of: str) -> str:
        # A long noun would crowd the table; the line of the denominator names it anyway.
        short = len(self.of) <= _LONGEST_NOUN_IN_A_MARGIN
        everyone = f"All {self.of}" if short else ALL
        if self.share_of == share_of:
            return f"{everyone} (100%)"
        if share_of == "column":
            return everyone
        if len(self.grid.columns) > 1:
            return ALL
        return _capital(self.of) if short else "Number"

    @property
    def digest(self) -> str:
        """SHA-256 of what the table shows: kind, title, labels and texts."""
        shown = self.frame
        content = [self.kind, self.title, list(shown.columns), list(shown.index)]
        content.append(shown.to_numpy().tolist())
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def value(self, row: str, column: str = ALL):
        """Return the figure in one cell; it may be printed in a sentence."""
        if column == ALL and ALL not in self.grid.columns and len(self.grid.columns) == 1:
            column = self.grid.columns[0]
        self._require_label(row, list(self.grid.index), "row")
        self._require_label(column, list(self.grid.columns), "column")
        return self.grid.at[row, column]

    def __getitem__(self, label):
        return self.value(*label) if isinstance(label, tuple) else self.value(label)

    def count(self, row: str, column: str = ALL) -> ReleasedCount:
        """Return one released count; percentages and estimates are refused (use `value`)."""
        figure = self.value(row, column)
        if not isinstance(figure, ReleasedCount):
            self._refuse(f"cell {row!r}, {column!r} holds no count", "a count", "Use .value(...)")
        return figure

    @property
    def total(self) -> ReleasedCount:
        """The released number of units that the whole table is about."""
        if self.kind != "counts":
            self._refuse(f"a table of {self.kind} has no total", "counts", "Use .value(...)")
        if ALL in self.grid.index:
            return self.count(ALL)
        return self.count(self.grid.index[0])

    def percent(self, of: str = "column") -> "SafeTable":
        """Return whole percentages of released counts, with the counts they are shares of.

        of: ``"column"`` (each column adds to 100), ``"row"`` or ``"total"``. A share of fewer than
        20 is shown as ``[u]``, a share of none as ``[z]``. Raises UserError where the table has no
        such denominator (a battery of items has no column totals).
        """
        if self.kind != "counts" or self.share_of:
            self._refuse("percentages were asked of a table without counts", "counts", "Check it")
        if of not in ("column", "row", "total"):
            self._refuse(f"percent(of={of!r})", "'column', 'row' or 'total'", "Choose one of them")
        margins = {"column": ALL in self.grid.index, "row": ALL in self.grid.columns}
        if not margins.get(of, True):
            self._refuse(f"no {of} totals to take shares of", "a table with them", "Use of='row'")
        share = pd.DataFrame(index=self.grid.index, columns=self.grid.columns, dtype=object)
        for row in share.index:
            for column in share.columns:
                share.at[row, column] = self._share(row, column, of)
        whole = f"each {of}" if of != "total" else f"all {self.of}"
        return self._with(grid=share, share_of=of, title=f"{self.title} (per cent of {whole})")

    def _share(self, row: str, column: str, of: str):
        count = self.grid.at[row, column]
        if (of == "column" and row == ALL) or (of == "row" and column == ALL):
            return count
        if of == "column":
            return percentage(count, self.grid.at[ALL, column])
        return percentage(count, self.grid.at[row, ALL] if of == "row" else self.total)

    def pick(self, *, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None):
        """Return the table with only these rows and columns, in this order; margins are kept."""
        return self._with(grid=self.grid.loc[self._chosen(rows, 0), self._chosen(columns, 1)])

    def rows(self, labels: Sequence[str]) -> "SafeTable":
        """Return the table with only these rows, in this order; the margin is kept."""
        return self.pick(rows=labels)

    def largest(self, number: int, *, column: str = ALL) -> "SafeTable":
        """Return the table with the rows largest in a column, largest first; the margin is kept.

        Rows that may not be shown come last; rows as large as one another keep their order.
        """
        figures = {row: self.value(row, column).value for row in self.row_labels}
        ranked = sorted(figures, key=lambda row: -(figures[row] or 0))
        return self.rows(ranked[:number])

    def _chosen(self, labels, axis: int) -> list[str]:
        present = list(self.grid.axes[axis])
        if labels is None:
            return present
        for label in labels:
            self._require_label(label, present, ("row", "column")[axis])
        return [label for label in labels if label != ALL] + [ALL] * (ALL in present)

    def combine(
        self,
        *,
        columns: Mapping[str, Sequence[str]] | None = None,
        rows: Mapping[str, Sequence[str]] | None = None,
    ) -> "SafeTable":
        """Return the table with some columns (or rows) added up under a new label.

        The new label stands where the first of its parts stood. Rows of a battery or of a
        multiple-response table are refused: one person may be in several of them.
        """
        if self.kind != "counts" or self.share_of:
            self._refuse("only counts can be added up", "a table of counts", "Combine first")
        if rows and not self.additive_rows:
            self._refuse("one person may be in several rows", "exclusive rows", "Combine columns")
        grid = self._add_up(self.grid, columns or {}, "column")
        return self._with(grid=self._add_up(grid.T, rows or {}, "row").T)

    def _add_up(self, grid: pd.DataFrame, parts: Mapping, which: str) -> pd.DataFrame:
        for label, members in parts.items():
            for member in members:
                self._require_label(member, list(grid.columns), which)
            place = min(grid.columns.get_loc(member) for member in members)
            sums = [_sum_counts(line) for line in grid[list(members)].to_numpy()]
            total = pd.Series(sums, index=grid.index, dtype=object)
            grid = grid.drop(columns=list(members))
            grid.insert(min(place, len(grid.columns)), label, total)
        return grid

    def _with(self, **changes) -> "SafeTable":
        return replace(self, gate=_GATE, **changes)

    def _require_label(self, label, present: list, which: str) -> None:
        if label not in present:
            listed = ", ".join(repr(each) for each in present)
            self._refuse(f"no {which} {label!r}", f"one of {listed}", "Correct the label")

    def _refuse(self, found: str, expected: str, cure: str):
        raise UserError(
            place=f"table {self.id or self.title!r}", found=found, expected=expected, cure=cure
        )


def percentage(count: ReleasedCount, base: ReleasedCount) -> ReleasedFigure:
    """Return the whole percentage that one released count is of another.

    Shown as ``[z]`` where the base is zero and as ``[u]`` where it is under 20.
    """
    for figure in (count, base):
        if not isinstance(figure, ReleasedCount):
            raise DisclosureError(
                found=f"a percentage of {type(figure).__name__} values",
                expected="released counts, since exact percentages give counts back",
                cure="Take both counts from the release",
            )
    preview = count.preview or base.preview
    value = None if base < SMALLEST_BASE_OF_A_PERCENTAGE else _whole_percentage(count, base)
    text = f"{value}%" if value is not None else ("[u]" if base else "[z]")
    return ReleasedFigure(text=text, value=value, base=base, preview=preview, gate=_GATE)


def _whole_percentage(count: int, base: int) -> int:
    # Halves go up, in whole-number arithmetic, as readers expect.
    return (200 * int(count) + int(base)) // (2 * int(base))


def _sum_counts(counts) -> ReleasedCount:
    first, *rest = counts
    for count in rest:
        first = first + count
    return first


def show_figure(figure) -> str:
    """Return a figure as a table cell shows it."""
    if isinstance(figure, SafeEstimate):
        if figure.value is None:
            return figure.mark
        return f"{figure.text} ({figure.interval})" if figure.interval else figure.text
    if not isinstance(figure, ReleasedCount | ReleasedFigure):
        raise DisclosureError(
            found="a number put into a released table by hand",
            expected="the table as it was handed out",
            cure="Take it from the release again",
        )
    return figure.text


def _list_estimates(estimates: pd.Series, row_name: str) -> pd.DataFrame:
    levels = sorted({f"{estimate.level:.0%} CI" for estimate in estimates})
    rows = [
        (estimate.mark, estimate.mark, estimate.rests_on)
        if estimate.value is None
        else (estimate.text, estimate.interval or "[z]", estimate.rests_on)
        for estimate in estimates
    ]
    columns = ["Estimate", " or ".join(levels), "Rests on"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(estimates.index, name=row_name))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
