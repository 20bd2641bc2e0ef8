"""The table that may be shown: a grid of figures, each of which passed the gate."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, replace

import pandas as pd

from rr_helpers.disclosure.figures import (
    _GATE,
    ALL,
    ReleasedCount,
    _require_gate,
    percentage,
    show_figure,
)
from rr_helpers.errors import UserError

KINDS = ("counts", "estimates", "published statistics", "public wording")
_LONGEST_NOUN_IN_A_MARGIN = 20
_ROWS_TO_FOLD = 4


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SafeTable:
    """A table that may be shown. Made by `disclosure` only; charts and tables take nothing else.

    id: its name in the catalogue, or ``""``; kind: one of `KINDS`; of: what is counted, in the
    plural; rules: plain sentences on how it was protected; suppressed: how many cells are shown as
    a mark for confidentiality; preview: True where it may be looked at but not published; whole:
    what the last column is called where it is not just all of them.
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
    whole: str = ""
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
            return self.whole or ALL
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

    def beside(self, column: str, *, whole: str) -> "SafeTable":
        """Return one column beside the margin, which is then called `whole`."""
        return replace(self.pick(columns=[column]), whole=whole, gate=_GATE)

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


def _sum_counts(counts) -> ReleasedCount:
    first, *rest = counts
    if not all(isinstance(count, ReleasedCount) for count in counts):
        raise UserError(
            place="combine",
            found="a mark such as [c] among the counts",
            expected="counts only",
            cure="Combine first, then put the marks on (as_readers_know)",
        )
    for count in rest:
        first = first + count
    return first


def _list_estimates(estimates: pd.Series, row_name: str) -> pd.DataFrame:
    levels = sorted({f"{estimate.level:.0%} CI" for estimate in estimates})
    columns = ["Estimate", " or ".join(levels), "Rests on"]
    rows = {
        label: (estimate.mark, estimate.mark, estimate.rests_on)
        if estimate.value is None
        else (estimate.text, estimate.interval or "[z]", estimate.rests_on)
        for label, estimate in estimates.items()
    }
    withheld = {}
    for label, row in rows.items():
        if estimates[label].value is None:
            withheld.setdefault(row, []).append(label)
    # Many rows that say no more than one: told once, in an order that says nothing of their values.
    for row, labels in withheld.items():
        if len(labels) >= _ROWS_TO_FOLD:
            rows = {label: told for label, told in rows.items() if label not in labels}
            rows["; ".join(sorted(labels))] = row
    index = pd.Index(rows, name=row_name)
    return pd.DataFrame(list(rows.values()), columns=columns, index=index)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
