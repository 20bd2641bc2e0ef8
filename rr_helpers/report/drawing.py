"""The drawings behind `Chart`: each takes labels and series of safe numbers, returns a figure.

A series is (name, values, texts): a value is None where it may not be shown, and then its text is
the mark. Row labels stand above their marks, so that long ones read on a phone.
"""

import string

from matplotlib.ticker import MaxNLocator

from rr_helpers.report.theme import (
    DASHES,
    GRID,
    MARKERS,
    MUTED,
    NO_ANSWER,
    PALETTE,
    SIZE,
    TEXT,
    WIDTH,
    new_axes,
    text_on,
    text_width,
    wrap,
)

_LINE = 1.3 * SIZE


def draw_bars(labels, series):
    """Horizontal bars; several series stand under one another in each row."""
    places, axes, figure = _rows(labels, len(series), [name for name, *_ in series])
    largest = max([value for _, values, _ in series for value in values if value] or [1])
    widest = max(text_width(text) for *_, texts in series for text in texts)
    axes.set_xlim(0, largest * WIDTH / (WIDTH - widest - 20))
    colours = _series_colours([name for name, *_ in series])
    for number, (_, values, texts) in enumerate(series):
        for place, value, text in zip(places, values, texts, strict=True):
            height = place + number * _LINE
            axes.barh(height, value or 0, height=0.8 * _LINE, color=colours[number])
            axes.annotate(
                text, (value or 0, height), (4, 0), textcoords="offset points", va="center"
            )
    axes.axvline(0, color=MUTED, linewidth=1)
    return figure


def draw_stacked(labels, series):
    """Bars that add up to 100%, with the share written in each part that has the room."""
    places, axes, figure = _rows(labels, 1, [name for name, *_ in series], bar=1.6)
    axes.set_xlim(0, 100)
    start = [0.0] * len(labels)
    # Whole percentages may add up to 99 or 101; the drawing always fills its bar.
    sums = [sum(values[row] or 0 for _, values, _ in series) for row in range(len(labels))]
    colours = _series_colours([name for name, *_ in series])
    for number, (_, values, texts) in enumerate(series):
        for row, (place, value, text) in enumerate(zip(places, values, texts, strict=True)):
            if value is None:
                axes.text(1, place, text, va="center") if number == 0 else None
                continue
            value = 100 * value / (sums[row] or 100)
            axes.barh(
                place, value, left=start[row], height=1.4 * _LINE, color=colours[number],
                edgecolor="white", linewidth=1,
            )  # fmt: skip
            if value * WIDTH / 100 > text_width(text) + 6:
                middle = start[row] + value / 2
                colour = text_on(colours[number])
                axes.text(middle, place, text, color=colour, ha="center", va="center")
            start[row] += value
    return figure


def draw_dumbbell(labels, before, now, *, unit: str):
    """A hollow point before and a full one now in each row, joined by a line."""
    names = [before[0], now[0]]
    places, axes, figure = _rows(labels, 1, names, hollow=(0,), axis=True)
    values = [v for series in (before, now) for v in series[1] if v is not None]
    top = 100 if unit == "%" else max(values or [1])
    axes.set_xlim(-0.1 * top, 1.1 * top)
    axes.grid(True, axis="x")
    for row, place in enumerate(places):
        old, new = before[1][row], now[1][row]
        if old is None or new is None:
            axes.text(0, place, f"{before[2][row]} / {now[2][row]}", va="center")
            continue
        axes.plot([old, new], [place, place], color=MUTED, linewidth=2, zorder=2)
        axes.plot(old, place, "o", color=PALETTE[0], markerfacecolor="white", markersize=9)
        axes.plot(new, place, "o", color=PALETTE[0], markersize=9)
        ends = {old: (before[2][row], old <= new), new: (now[2][row], new < old)}
        for value, (text, on_left) in ends.items():
            axes.annotate(
                text, (value, place), (-8 if on_left else 8, 0), textcoords="offset points",
                ha="right" if on_left else "left", va="center",
            )  # fmt: skip
    _number_axis(axes, unit)
    return figure


def draw_intervals(labels, series, *, unit: str, reference: float | None):
    """A point with its interval in each row, the numbers written beside the label.

    Here a series is (name, estimates, texts).
    """
    places, axes, figure = _rows(
        labels, len(series), [name for name, *_ in series] if len(series) > 1 else [], axis=True
    )
    ends = [reference] if reference is not None else []
    for number, (_, estimates, texts) in enumerate(series):
        for place, estimate, text in zip(places, estimates, texts, strict=True):
            height = place + number * _LINE
            if estimate.value is None:
                _write_at_left(axes, text, height)
                continue
            low = estimate.value if estimate.low is None else estimate.low
            high = estimate.value if estimate.high is None else estimate.high
            ends += [low, high]
            axes.plot([low, high], [height, height], color=PALETTE[number], linewidth=2)
            axes.plot(estimate.value, height, MARKERS[number], color=PALETTE[number], markersize=7)
    if reference is not None:
        axes.axvline(reference, color=TEXT, linewidth=1, zorder=0)
    low, high = min(ends or [0]), max(ends or [1])
    space = 0.06 * (high - low) or 1
    axes.set_xlim(low - space, high + space)
    axes.grid(True, axis="x")
    _number_axis(axes, unit)
    return figure


def draw_lines(labels, series, *, unit: str, breaks=None, steps: bool = False, bands=None):
    """Lines (or steps) over the labels, each named at its end.

    breaks: label -> words; marked by letters, which are spelt out above the drawing.
    """
    names = [wrap(name, 90) for name, *_ in series]
    right = 20 + max(text_width(name) for name in names) if len(series) > 1 else 10
    marked = [(label, string.ascii_uppercase[n]) for n, label in enumerate(breaks or {})]
    notes = [wrap(f"{letter}  {breaks[label]}", WIDTH - 20) for label, letter in marked]
    lines = sum(note.count("\n") + 1 for note in notes)
    figure, axes = new_axes(
        230 + _LINE * (lines + bool(lines)),
        left=44,
        right=right,
        top=10 + _LINE * (lines + bool(lines)),
        bottom=44,
    )
    across = _positions(labels) if steps else list(range(len(labels)))
    for number, (_, values, _) in enumerate(series):
        style = {"color": PALETTE[number], "linewidth": 2, "linestyle": DASHES[number]}
        shown = [float("nan") if value is None else value for value in values]
        if steps:
            axes.step(across, shown, where="post", **style)
        else:
            axes.plot(across, shown, marker=MARKERS[number], markersize=5, **style)
        if bands and bands[number]:
            low, high = zip(*bands[number], strict=True)
            step = "post" if steps else None
            axes.fill_between(across, low, high, color=PALETTE[number], alpha=0.15, step=step, lw=0)
    tops = [v for _, values, _ in series for v in values if v is not None]
    axes.set_ylim(0, 1.08 * max(tops or [1]) or 1)
    if len(series) > 1:
        _name_ends(axes, across, series, names)
    _mark_breaks(axes, {letter: across[labels.index(label)] for label, letter in marked}, notes)
    _label_times(axes, labels, across)
    axes.grid(True, axis="y")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}{'%' if unit == '%' else ''}")
    return figure


def _rows(labels, bars: int, names, *, bar: float = 1.0, hollow=(), axis: bool = False):
    """Lay out rows from the top down; return the height of each row's first bar, in points."""
    wrapped = [wrap(label, WIDTH - (28 if axis else 12)) for label in labels]
    legend = _lay_out_legend(names)
    top = 8 + _LINE * (max((line for line, *_ in legend), default=-1) + 1)
    # A number at the very end of the axis needs room beside the drawing.
    side = 14 if axis else 6
    places, height = [], 0.0
    for text in wrapped:
        height += _LINE * (text.count("\n") + 1)
        places.append(height + 0.5 * bar * _LINE)
        height += _LINE * (bars * bar + 0.6)
    bottom = 34 if axis else 6
    figure, axes = new_axes(height + top + bottom, left=side, right=side, top=top, bottom=bottom)
    axes.set_ylim(height, 0)
    for text, place in zip(wrapped, places, strict=True):
        axes.text(
            0, place - 0.6 * bar * _LINE, text, va="bottom", transform=axes.get_yaxis_transform(),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    _draw_legend(axes, legend, names, hollow)
    return places, axes, figure


def _lay_out_legend(names):
    """Return (line, points from the left) for each name; none where there is only one."""
    placed, line, across = [], 0, 0.0
    for name in names if len(names) > 1 else ():
        width = 28 + text_width(name)
        if across and across + width > WIDTH - 12:
            line, across = line + 1, 0.0
        placed.append((line, across))
        across += width
    return placed


def _series_colours(names) -> list[str]:
    """Return a colour for each series: the palette's, and grey for those who gave no answer."""
    silent = ("no answer", "not known")
    return [
        NO_ANSWER if name.lower().endswith(silent) else PALETTE[number]
        for number, name in enumerate(names)
    ]


def _draw_legend(axes, legend, names, hollow) -> None:
    for number, (line, across) in enumerate(legend):
        colour = PALETTE[0] if hollow else _series_colours(names)[number]
        place = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
        lines = max(line for line, _ in legend) - line
        above = 4 + _LINE * lines
        axes.annotate(names[number], (0, 1), (across + 14, above), **place)
        face = "white" if number in hollow else colour
        axes.annotate(
            " ", (0, 1), (across + 3, above + 3), **place, fontsize=5,
            bbox={"boxstyle": "circle,pad=0.5" if hollow else "square,pad=0.4",
                  "facecolor": face, "edgecolor": colour, "linewidth": 1.5},
        )  # fmt: skip


def _write_at_left(axes, text: str, height: float) -> None:
    axes.text(0.01, height, text, va="center", transform=axes.get_yaxis_transform())


def _number_axis(axes, unit: str) -> None:
    """Draw the axis of numbers under a chart, named by its unit."""
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.spines["bottom"].set_visible(True)
    axes.tick_params(axis="x", length=3)
    axes.grid(True, axis="x", color=GRID)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}".replace("-", "−"))
    if unit:
        # What a title calls 'minus' or 'against' is no change over time, yet both are differences.
        axes.set_xlabel({"%": "per cent", "change": "difference"}.get(unit, unit))


def _positions(labels) -> list[float]:
    """Return the number that each label starts with, such as 14 for '14 days'; else 0, 1, 2 …"""
    try:
        return [float(str(label).split()[0]) for label in labels]
    except ValueError:
        return list(range(len(labels)))


def _name_ends(axes, across, series, names) -> None:
    ends = []
    for number, (_, values, _) in enumerate(series):
        last = next((i for i in range(len(values) - 1, -1, -1) if values[i] is not None), None)
        if last is not None:
            ends.append([values[last], number])
    bottom, top = axes.get_ylim()
    points = (top - bottom) / 176  # how much of the scale one point of the page is
    below = float("-inf")
    for value, number in sorted(ends):
        half = 0.5 * _LINE * (names[number].count("\n") + 1) * points
        place = max(value, below + half)
        below = place + half
        axes.annotate(
            names[number], (1, place), (12, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", color=TEXT, annotation_clip=False,
        )  # fmt: skip
        axes.plot(
            [1.02], [place], MARKERS[number], color=PALETTE[number], markersize=5, clip_on=False,
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip


def _mark_breaks(axes, places, notes) -> None:
    for letter, place in places.items():
        axes.axvline(place, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            letter, (place, 1), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center",
        )  # fmt: skip
    above = 6 + _LINE
    for note in reversed(notes):
        axes.annotate(
            note, (0, 1), (-38, above), xycoords="axes fraction", textcoords="offset points",
            color=MUTED,
        )  # fmt: skip
        above += _LINE * (note.count("\n") + 1)


def _label_times(axes, labels, across) -> None:
    every = max(1, -(-len(labels) // 5))
    chosen = range(0, len(labels), every)
    axes.set_xticks([across[i] for i in chosen], [wrap(labels[i], 60) for i in chosen])
