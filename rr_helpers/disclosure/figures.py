"""Figures that may be shown: values that passed the gate, which only this room can make.

Each is safe to print in a sentence. Arithmetic on released counts gives released counts, because
whatever a reader could compute for themselves is no new disclosure.
"""

from dataclasses import InitVar, dataclass

from rr_helpers.errors import DisclosureError

ALL = "All"
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
    clusters: int | None = None
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
