"""Charts on a page: drawn from SafeTables only, described in words, with the table beneath."""

from collections.abc import Mapping, Sequence

from rr_helpers.disclosure.figures import ReleasedCount, SafeEstimate, show_figure
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import UserError
from rr_helpers.report.drawing import (
    draw_bars,
    draw_dumbbell,
    draw_intervals,
    draw_lines,
    draw_stacked,
)
from rr_helpers.report.flow import draw_flow, flow_message, flow_steps
from rr_helpers.report.markup import bundle, escape, notes_html, table_html
from rr_helpers.report.sector_network import draw_sector_network, network_message
from rr_helpers.report.sentences import fill_sentence, require_text, safe_numbers
from rr_helpers.report.tables import refuse_unprotected
from rr_helpers.report.theme import NO_BREAK, PALETTE, settings, write_svg

_NO_MESSAGE = ("chart", "bar chart", "line chart", "graph", "figure", "image", "plot", "a chart")


class Chart:
    """A chart with its description, notes and the table it is drawn from.

    Made by `bars`, `stacked`, `lines`, `dumbbell`, `intervals`, `steps`, `flow` or `network`. All
    take alt (compulsory: a sentence or two with the message, for those who cannot see it; numbers
    go in as ``{name}``, from `numbers`), title (the table's unless given) and note. A DataFrame is
    refused with DisclosureError, an empty or meaningless description with UserError.
    """

    def __init__(
        self, draw, tables: Sequence[SafeTable], *, alt, title=None, note="", numbers=None
    ):
        for table in tables:
            if not isinstance(table, SafeTable):
                refuse_unprotected(table, "Chart")
        self.title = title or tables[0].title
        place = f"Chart '{self.title}'"
        self.title = fill_sentence(self.title, {}, place=place) if title else self.title
        self.alt = _describe(alt, numbers, self.title, tables, place)
        used = numbers if note and numbers else None
        note = fill_sentence(note, _named_in(note, used), place=place, tables=tables)
        with settings():
            self.svg = write_svg(draw(), title=self.title, alt=self.alt)
        self._cleared = [*tables, *safe_numbers(numbers)]
        views = "".join(table_html(table, label="Data of the chart") for table in tables)
        self.html = (
            f'<figure class="rr-figure"><figcaption>{escape(self.title)}</figcaption>'
            f'<div class="rr-chart">{self.svg}</div>'
            f'<details class="rr-data"><summary>Show the numbers: {escape(self.title)}</summary>'
            f"{views}</details>{notes_html(*tables, note=note)}</figure>"
        )

    def __repr__(self) -> str:
        return f"<Chart '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Chart", self.title, self.html, cleared=self._cleared)

    @classmethod
    def bars(cls, safe: SafeTable, *, alt: str, sort: bool = False, **options) -> "Chart":
        """Horizontal bars of counts, percentages or published figures, a colour a column.

        sort: largest first by the first column; otherwise the table's own order.
        """

        def draw():
            series = _series(safe)
            order = range(len(safe.row_labels))
            if sort:
                order = sorted(order, key=lambda i: -(series[0][1][i] or 0))
            ordered = [(n, [v[i] for i in order], [t[i] for i in order]) for n, v, t in series]
            return draw_bars([safe.row_labels[i] for i in order], ordered)

        return cls(draw, [safe], alt=alt, **options)

    @classmethod
    def stacked(cls, safe: SafeTable, *, alt: str, **options) -> "Chart":
        """Bars of 100% by row; counts are turned into row percentages first."""
        shown = _as_percentages(safe)
        return cls(
            lambda: draw_stacked(shown.row_labels, _series(shown)), [shown], alt=alt, **options
        )

    @classmethod
    def lines(
        cls, safe: SafeTable, *, alt: str, breaks: Mapping[str, str] | None = None, **options
    ) -> "Chart":
        """Lines over the rows in their order, one for each column.

        breaks: row label -> what changed there in how the series was recorded; drawn and named.
        """
        for label, text in (breaks or {}).items():
            _require_row(safe, label)
            fill_sentence(text, {}, place=f"Chart '{safe.title}', breaks", tables=[safe])

        def draw():
            unit = "%" if safe.share_of else ""
            return draw_lines(safe.row_labels, _series(safe), unit=unit, breaks=breaks)

        return cls(draw, [safe], alt=alt, **options)

    @classmethod
    def dumbbell(
        cls,
        before: SafeTable,
        now: SafeTable,
        *,
        column: str,
        alt: str,
        names: tuple[str, str] = ("Before", "Now"),
        **options,
    ) -> "Chart":
        """One column of two tables with the same rows, before and now; counts become row shares."""
        for table in (before, now):
            if not isinstance(table, SafeTable):
                refuse_unprotected(table, "Chart.dumbbell")
        before, now = _as_percentages(before), _as_percentages(now)
        if before.row_labels != now.row_labels:
            raise UserError(
                place=f"Chart '{before.title}'",
                found=f"rows {before.row_labels} and {now.row_labels}",
                expected="the same rows before and now",
                cure="Pick the same rows from both: table.rows([...])",
            )

        def draw():
            pair = [
                _one_series(table, column, n) for table, n in zip((before, now), names, strict=True)
            ]
            return draw_dumbbell(before.row_labels, *pair, unit="%")

        return cls(draw, [before, now], alt=alt, **options)

    @classmethod
    def intervals(
        cls, safe: SafeTable, *, alt: str, reference: float | None = None, **options
    ) -> "Chart":
        """Estimates with their intervals; reference: where no difference would lie (0 or 1)."""
        if reference not in (None, 0, 1):
            raise UserError(
                place=f"Chart '{getattr(safe, 'title', '')}'",
                found=f"reference={reference!r}",
                expected="0 (differences), 1 (ratios) or None",
                cure="Choose one of them",
            )

        def draw():
            _require_estimates(safe)
            series = _estimates(safe)
            if len(series) == 1:
                # The numbers stand beside the label, so not in the drawing as well.
                labels = [f"{r}: {_beside(safe, r)}" for r in safe.row_labels]
                series = [(name, estimates, [""] * len(texts)) for name, estimates, texts in series]
            else:
                labels = safe.row_labels
            return draw_intervals(labels, series, unit=_unit(safe), reference=reference)

        return cls(draw, [safe], alt=alt, **options)

    @classmethod
    def steps(cls, safe: SafeTable, *, alt: str, **options) -> "Chart":
        """Step curves of time-to-event estimates: rows are times ("14 days"), columns groups."""

        def draw():
            _require_estimates(safe)
            series = [
                (name, [e.value for e in estimates], texts)
                for name, estimates, texts in _estimates(safe)
            ]
            bands = [_band(estimates) for _, estimates, _ in _estimates(safe)]
            return draw_lines(safe.row_labels, series, unit=_unit(safe), steps=True, bands=bands)

        return cls(draw, [safe], alt=alt, **options)

    @classmethod
    def flow(
        cls, safe: SafeTable, *, steps: Sequence[str], left: Mapping[str, str], **options
    ) -> "Chart":
        """A flow diagram of counts, one box a step; the description is made of the data.

        steps: rows of the table in their order, each a part of the one before. left: step -> what
        those are who did not come to it, in words: {"Accepted": "not accepted"}.
        """
        if not isinstance(safe, SafeTable):
            refuse_unprotected(safe, "Chart.flow")
        for label, words in left.items():
            fill_sentence(words, {}, place=f"Chart '{safe.title}', left, {label}")
        found = flow_steps(safe, steps=steps, left=left)
        alt, numbers = flow_message(found)
        return cls(lambda: draw_flow(found), [safe], alt=alt, numbers=numbers, **options)

    @classmethod
    def network(
        cls, safe: SafeTable, *, centre: str, periods: tuple[str, str], **options
    ) -> "Chart":
        """Ties between sectors in two periods, drawn alike; the description is made of the data.

        safe: counts by pair of sectors (rows "A – B") and period (columns). centre: the sector
        whose ties stand out, such as "R&R team". A number in a circle counts ties within a sector.
        """
        if not isinstance(safe, SafeTable):
            refuse_unprotected(safe, "Chart.network")
        alt, numbers = network_message(safe, centre=centre, periods=periods)
        return cls(
            lambda: draw_sector_network(safe, centre=centre, periods=periods),
            [safe], alt=alt, numbers=numbers, **options,
        )  # fmt: skip


def _describe(alt, numbers, title: str, tables, place: str) -> str:
    alt = require_text(alt, "alternative text (alt)", place=place)
    words = alt.rstrip(".").lower()
    if words in _NO_MESSAGE or words == title.lower() or len(alt.split()) < 4:
        raise UserError(
            place=place,
            found=f"the alternative text '{alt}'",
            expected="a sentence that says what the chart shows",
            cure="Write its message, as to someone on the telephone",
        )
    return fill_sentence(alt, _named_in(alt, numbers), place=f"{place}, alt", tables=tables)


def _named_in(text: str, numbers) -> dict:
    # The numbers serve alt and note together; each takes those that it names.
    return {name: value for name, value in (numbers or {}).items() if f"{{{name}}}" in text}


def _series(safe: SafeTable) -> list[tuple[str, list, list]]:
    columns = safe.column_labels
    if len(columns) > len(PALETTE):
        raise UserError(
            place=f"Chart '{safe.title}'",
            found=f"{len(columns)} columns",
            expected=f"at most {len(PALETTE)}, so that readers can tell them apart",
            cure="Pick columns: table.pick(columns=[...])",
        )
    return [_one_series(safe, column, column) for column in columns]


def _one_series(safe: SafeTable, column: str, name: str) -> tuple[str, list, list]:
    figures = [safe.value(row, column) for row in safe.row_labels]
    return name, [_number(f) for f in figures], [show_figure(f) for f in figures]


def _number(figure) -> float | None:
    return int(figure) if isinstance(figure, ReleasedCount) else figure.value


def _as_percentages(safe: SafeTable) -> SafeTable:
    is_counts = isinstance(safe, SafeTable) and safe.kind == "counts" and not safe.share_of
    return safe.percent(of="row") if is_counts else safe


def _estimates(safe: SafeTable) -> list[tuple[str, list[SafeEstimate], list[str]]]:
    return [
        (column, [safe.value(r, column) for r in safe.row_labels],
         [show_figure(safe.value(r, column)) for r in safe.row_labels])
        for column in safe.column_labels
    ]  # fmt: skip


def _beside(safe: SafeTable, row: str) -> str:
    # An estimate and its interval stay on one line.
    return show_figure(safe.value(row, safe.column_labels[0])).replace(" ", NO_BREAK)


def _band(estimates: list[SafeEstimate]) -> list[tuple[float, float]]:
    gap = (float("nan"), float("nan"))
    return [(e.low, e.high) if e.low is not None and e.high is not None else gap for e in estimates]


def _unit(safe: SafeTable) -> str:
    units = {figure.unit for line in safe.grid.to_numpy() for figure in line}
    unit = units.pop() if len(units) == 1 else ""
    return unit


def _require_estimates(safe: SafeTable) -> None:
    if safe.kind != "estimates":
        raise UserError(
            place=f"Chart '{safe.title}'",
            found=f"a table of {safe.kind}",
            expected="a table of estimates, from disclosure.protect",
            cure="Use Chart.bars or Chart.lines for counts",
        )


def _require_row(safe: SafeTable, label: str) -> None:
    if label not in safe.row_labels:
        raise UserError(
            place=f"Chart '{safe.title}', breaks",
            found=f"no row '{label}'",
            expected=f"one of {', '.join(safe.row_labels)}",
            cure="Correct the label",
        )
