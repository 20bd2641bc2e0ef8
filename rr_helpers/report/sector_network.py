"""Ties between sectors, drawn twice: who was tied to whom at first, and who is now.

The sectors stand on one ring in the order of the table, so the two drawings lie alike and what
differs between them is the ties. No organisation and no person is ever a point of the drawing.
"""

import math
from collections.abc import Mapping, Sequence

from matplotlib.patches import Circle

from rr_helpers.disclosure.figures import ReleasedCount
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import UserError
from rr_helpers.report.theme import PALETTE, SIZE, TEXT, WIDTH, new_axes, wrap

BETWEEN = " – "
_RADIUS, _NODE, _WIDEST = 82.0, 15.0, 13.0
_LINE = 1.3 * SIZE
_OURS, _THEIRS = PALETTE[0], PALETTE[3]


def network_message(
    safe: SafeTable, *, centre: str, periods: tuple[str, str]
) -> tuple[str, dict[str, object]]:
    """Return the description of the drawing, made from its data: a template and its numbers."""
    numbers = {"centre": centre, "first": periods[0], "latest": periods[1]}
    for when, period in zip(("then", "now"), periods, strict=True):
        ours, theirs = sums_of_ties(safe, centre=centre, period=period)
        numbers |= {f"ours_{when}": ours, f"theirs_{when}": theirs}
    template = (
        "In {first}, {ours_then} pairs of organisations had a tie between {centre} and another "
        "sector, and {theirs_then} had one between two other sectors; in {latest}, {ours_now} and "
        "{theirs_now}."
    )
    return template, numbers


def sums_of_ties(
    safe: SafeTable, *, centre: str, period: str
) -> tuple[ReleasedCount, ReleasedCount]:
    """Return the released counts of ties between the centre and others, and among the others.

    Ties within one sector are in neither.
    """
    sums = {True: [], False: []}
    for row in safe.row_labels:
        one, other = ends_of(row, safe.title)
        if one != other:
            sums[centre in (one, other)].append(safe.count(row, period))
    return tuple(_add(counts, safe, centre) for counts in (sums[True], sums[False]))


def ends_of(row: str, title: str) -> tuple[str, str]:
    """Return the two sectors that a row label names; UserError where it does not name two."""
    parts = row.split(BETWEEN)
    if len(parts) != 2:
        raise UserError(
            place=f"Chart '{title}'",
            found=f"the row '{row}'",
            expected=f"rows that name two sectors, such as 'Police{BETWEEN}Health'",
            cure="Give a table of ties between sectors, such as edition.counts('sector_ties')",
        )
    return parts[0], parts[1]


def _add(counts: Sequence[ReleasedCount], safe: SafeTable, centre: str) -> ReleasedCount:
    if not counts:
        raise UserError(
            place=f"Chart '{safe.title}'",
            found=f"no ties between '{centre}' and others, or none among the others",
            expected="a sector that the rows name, and two others at least",
            cure="Correct centre=",
        )
    total, *rest = counts
    for count in rest:
        total = total + count
    return total


def draw_sector_network(safe: SafeTable, *, centre: str, periods: tuple[str, str]):
    """Draw the two periods under one another; a line is as wide as there are ties."""
    rows = [ends_of(row, safe.title) for row in safe.row_labels]
    sectors = [centre, *dict.fromkeys(name for ends in rows for name in ends if name != centre)]
    places = {name: math.pi / 2 - 2 * math.pi * n / len(sectors) for n, name in enumerate(sectors)}
    counts = {
        period: {
            ends: safe.count(row, period) for ends, row in zip(rows, safe.row_labels, strict=True)
        }
        for period in periods
    }
    most = max([int(c) for ties in counts.values() for (a, b), c in ties.items() if a != b] or [1])
    block = 2 * _RADIUS + 2 * _NODE + 7.5 * _LINE
    figure, axes = new_axes(2 * block)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(6, WIDTH - 6)
    axes.set_ylim(2 * block - 12, 0)
    for number, period in enumerate(periods):
        top = number * block
        sums = sums_of_ties(safe, centre=centre, period=period)
        _head(axes, top, period, centre, sums)
        middle = (WIDTH / 2, top + 5.2 * _LINE + _NODE + _RADIUS)
        _draw_ring(axes, middle, places, counts[period], centre, most)
    return figure


def _head(axes, top: float, period: str, centre: str, sums) -> None:
    axes.text(6, top + 0.8 * _LINE, period, fontweight="bold", va="center")
    labels = (f"With {centre}: {sums[0].text}", f"Between the other sectors: {sums[1].text}")
    for number, (label, colour) in enumerate(zip(labels, (_OURS, _THEIRS), strict=True)):
        height = top + (1.9 + number) * _LINE
        axes.plot([6, 28], [height, height], color=colour, linewidth=6, solid_capstyle="butt")
        axes.text(34, height, label, va="center")


def _draw_ring(axes, middle, angles: Mapping, ties: Mapping, centre: str, most: int) -> None:
    at = {
        name: (middle[0] + _RADIUS * math.cos(a), middle[1] - _RADIUS * math.sin(a))
        for name, a in angles.items()
    }
    # The centre's lines last, so that they are not hidden where lines cross.
    for (one, other), count in sorted(ties.items(), key=lambda tie: centre in tie[0]):
        if one == other or not count:
            continue
        colour = _OURS if centre in (one, other) else _THEIRS
        across, down = zip(at[one], at[other], strict=True)
        width = max(_WIDEST * int(count) / most, 0.8)
        axes.plot(across, down, color=colour, linewidth=width, solid_capstyle="butt", zorder=1)
    for name, (x, y) in at.items():
        within = ties.get((name, name))
        edge = _OURS if name == centre else TEXT
        circle = Circle((x, y), _NODE, facecolor="white", edgecolor=edge, linewidth=2, zorder=2)
        axes.add_patch(circle)
        if within is not None:
            axes.text(x, y, within.text, ha="center", va="center", zorder=3)
        _name(axes, name, (x, y), middle)


def _name(axes, name: str, place: tuple[float, float], middle: tuple[float, float]) -> None:
    """Write a sector's name on the outer side of its point."""
    x, y = place
    side = x - middle[0]
    if abs(side) < 1:
        above = y < middle[1]
        edge = y - _NODE - 3 if above else y + _NODE + 3
        axes.text(x, edge, name, ha="center", va="bottom" if above else "top")
        return
    room = WIDTH / 2 - abs(side) - _NODE - 10
    start = x + math.copysign(_NODE + 4, side)
    axes.text(start, y, wrap(name, room), ha="left" if side > 0 else "right", va="center")
