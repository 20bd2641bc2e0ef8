"""How many came from step to step, and how many left on the way: a flow diagram."""

from collections.abc import Mapping, Sequence

from matplotlib.patches import Rectangle

from rr_helpers.disclosure.figures import ALL, ReleasedCount
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import UserError
from rr_helpers.report.theme import MUTED, PALETTE, SIZE, WIDTH, new_axes, wrap

_LINE = 1.3 * SIZE
_BOX, _GAP, _EDGE = 0.56 * WIDTH, 3.2 * _LINE, 8.0


def flow_steps(
    safe: SafeTable, *, steps: Sequence[str], left: Mapping[str, str]
) -> list[tuple[str, ReleasedCount, str]]:
    """Return for each step its label, its released count, and in words who left on the way to it.

    steps: rows of the table, the first with everybody. left: step -> what those are who did not
    reach it, such as "not accepted". Raises UserError where a step holds more than the one before.
    """
    for step in (*steps, *left):
        if step not in safe.row_labels:
            _refuse(safe, f"no row '{step}'", f"one of {', '.join(safe.row_labels)}")
    counts = [safe.count(step, *_everybody(safe)) for step in steps]
    found = [(steps[0], counts[0], "")]
    for step, before, count in zip(steps[1:], counts, counts[1:], strict=False):
        gone = before - count
        if gone < 0:
            _refuse(safe, f"more at '{step}' than before it", "steps that narrow")
        found.append((step, count, f"{gone.text} {left.get(step, 'did not')}"))
    return found


def _everybody(safe: SafeTable) -> tuple[str, ...]:
    return (ALL,) if ALL in safe.grid.columns else ()


def flow_message(found) -> tuple[str, dict[str, ReleasedCount]]:
    """Return the description of the drawing, made from its data: a template and its numbers."""
    numbers = {f"n{'abcdefghij'[place]}": count for place, (_, count, _) in enumerate(found)}
    parts = [
        f"{label[:1].lower()}{label[1:]}: {{{name}}}"
        for name, (label, *_) in zip(numbers, found, strict=True)
    ]
    return "From step to step, " + "; ".join(parts) + ".", numbers


def draw_flow(found):
    """Draw a box for each step from the top down, and beside each arrow who left there."""
    labels = [wrap(label, _BOX - 2 * _EDGE) for label, *_ in found]
    heights = [_LINE * (label.count("\n") + 3.2) for label in labels]
    height = sum(heights) + _GAP * (len(found) - 1) + 6
    figure, axes = new_axes(height + 12)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - 12)
    axes.set_ylim(height, 0)
    top, middle = 2.0, 2 + _BOX / 2
    for number, ((_, count, gone), label, tall) in enumerate(
        zip(found, labels, heights, strict=True)
    ):
        if number:
            axes.annotate(
                "", (middle, top), (middle, top - _GAP),
                arrowprops={"arrowstyle": "-|>", "color": MUTED, "linewidth": 1.5},
            )  # fmt: skip
            words = wrap(gone, WIDTH - middle - 24)
            axes.text(middle + 14, top - _GAP / 2, words, va="center", linespacing=1.15)
        box = Rectangle((2, top), _BOX, tall, facecolor="white", edgecolor=PALETTE[0], linewidth=2)
        axes.add_patch(box)
        axes.text(middle, top + 0.45 * _LINE, label, ha="center", va="top", linespacing=1.15)
        axes.text(
            middle, top + tall - 0.45 * _LINE, count.text, ha="center", va="bottom",
            fontweight="bold",
        )  # fmt: skip
        top += tall + _GAP
    return figure


def _refuse(safe: SafeTable, found: str, expected: str) -> None:
    raise UserError(
        place=f"Chart '{safe.title}'", found=found, expected=expected, cure="Correct steps="
    )
