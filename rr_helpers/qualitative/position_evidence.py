"""What a selection looks like under every way of counting characters: its text and its edges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

UNITS = ("code points", "UTF-16", "UTF-8 bytes")
SHORTEST_QUOTATION = 8


@dataclass(frozen=True)
class Reading:
    """One way of counting: the unit, CRLF as two or one, end exclusive or inclusive."""

    unit: str
    crlf: int
    inclusive: bool

    @property
    def end(self) -> str:
        return "inclusive" if self.inclusive else "exclusive"

    def __str__(self) -> str:
        return f"{self.unit}, CRLF={self.crlf}, end {self.end}"


READINGS = tuple(
    Reading(unit, crlf, inclusive)
    for inclusive in (False, True)
    for unit in UNITS
    for crlf in (2, 1)
)


@dataclass(frozen=True)
class Span:
    """A selection as the file states it: a text, two raw positions, and the quotation if given."""

    text_id: str
    start: int
    end: int
    quotation: str = ""


@dataclass(frozen=True)
class Evidence:
    """Arrays of reading by span: start, end, match of the quotation, ends on word edges (0-2).

    The match is as `match_of` returns it; a match of 1 leaves it open where the quotation ends.
    """

    start: np.ndarray
    end: np.ndarray
    match: np.ndarray
    edges: np.ndarray


def gather(spans: Sequence[Span], texts: Mapping[str, str]) -> Evidence:
    """Return what each span looks like under each of `READINGS`."""
    shape = (len(READINGS), len(spans))
    start, end = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    match, edges = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for text_id, numbers in _numbers_by_text(spans).items():
        text, chosen = texts[text_id], [spans[number] for number in numbers]
        raw = np.array([(span.start, span.end) for span in chosen], dtype=np.int64)
        word, space = _characters(text)
        done: dict[tuple, tuple] = {}
        for place, reading in enumerate(READINGS):
            # Plain ASCII without CRLF reads alike in every unit: work it out once.
            unit = "code points" if text.isascii() else reading.unit
            crlf = reading.crlf if "\r\n" in text else 2
            key = (unit, crlf, reading.inclusive)
            if key not in done:
                offsets = unit_offsets(text, unit, crlf)
                low, high = to_code_points(offsets, raw, inclusive=reading.inclusive)
                done[key] = (
                    low,
                    high,
                    _matches(chosen, text, low, high),
                    _edges(word, space, low, high),
                )
            start[place, numbers], end[place, numbers] = done[key][:2]
            match[place, numbers], edges[place, numbers] = done[key][2:]
    return Evidence(start, end, match, edges)


def _numbers_by_text(spans: Sequence[Span]) -> dict[str, np.ndarray]:
    groups: dict[str, list[int]] = {}
    for number, span in enumerate(spans):
        groups.setdefault(span.text_id, []).append(number)
    return {text_id: np.array(numbers) for text_id, numbers in groups.items()}


def _points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def unit_offsets(text: str, unit: str, crlf: int) -> np.ndarray:
    """Return the position of each code point, and of the end, in the unit: n + 1 numbers."""
    points = _points(text)
    widths = np.ones(len(points), dtype=np.int64)
    if unit == "UTF-16":
        widths += points > 0xFFFF
    elif unit == "UTF-8 bytes":
        for limit in (0x7F, 0x7FF, 0xFFFF):
            widths += points > limit
    elif unit != "code points":
        raise ValueError(f"unit is one of {UNITS}, not {unit!r}")
    if crlf == 1:
        widths[:-1][(points[:-1] == 13) & (points[1:] == 10)] = 0
    return np.concatenate([[0], np.cumsum(widths)])


def to_code_points(offsets: np.ndarray, raw: np.ndarray, *, inclusive: bool):
    """Turn raw start and end columns into code points; -1 where outside or inside a character."""
    last = offsets[-1]
    clipped = np.clip(raw, 0, last)
    low = np.searchsorted(offsets, clipped[:, 0], "left")
    side = "right" if inclusive else "left"
    high = np.minimum(np.searchsorted(offsets, clipped[:, 1], side), len(offsets) - 1)
    good = (raw[:, 0] >= 0) & (raw[:, 0] <= raw[:, 1]) & (offsets[low] == raw[:, 0])
    good &= raw[:, 1] < last if inclusive else (raw[:, 1] <= last) & (offsets[high] == raw[:, 1])
    return np.where(good, low, -1), np.where(good, high, -1)


def _matches(spans, text, start, end) -> list[int]:
    matches = []
    for span, low, high in zip(spans, start.tolist(), end.tolist(), strict=True):
        # Far more text than the quotation can only match one that was cut, by its beginning.
        enough = low + 4 * len(span.quotation) + 200
        found = text[low : min(high, enough)] if low >= 0 and span.quotation else ""
        matches.append(match_of(span.quotation, found) if found else 0)
    return matches


def match_of(quotation: str, text: str) -> int:
    """Return 2 where the quotation is the text, 1 where it leaves the ends open, 0 otherwise.

    White space inside counts as one space, since XML attributes keep no line ends. The ends are
    open where white space around them differs, or where an ellipsis says that it was cut, as
    ATLAS.ti does.
    """
    if quotation == text:
        return 2
    words, found = quotation.split(), text.split()
    if words == found and words:
        around = quotation[0].isspace() == text[0].isspace()
        return 2 if around and quotation[-1].isspace() == text[-1].isspace() else 1
    if quotation.endswith(("…", "...")):
        start = " ".join(words).rstrip(".…").rstrip()
        return int(len(start) >= SHORTEST_QUOTATION and " ".join(found).startswith(start))
    return 0


def _edges(word, space, start, end) -> np.ndarray:
    """Count per span the ends (0, 1 or 2) that fall on edges of words.

    A start does where no letter or digit comes before and no space follows; an end where no space
    comes before and no letter or digit follows. Spans without a place count 0.
    """
    on_edge = (~word[start] & ~space[start + 1]).astype(np.int64) + (~space[end] & ~word[end + 1])
    return np.where(start >= 0, on_edge, 0)


def _characters(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which characters are letters or digits, and which spaces, padded at both ends."""
    distinct, which = np.unique(_points(text), return_inverse=True)
    word, space = np.zeros(len(which) + 2, dtype=bool), np.zeros(len(which) + 2, dtype=bool)
    if len(which):
        word[1:-1] = np.array([chr(point).isalnum() for point in distinct], dtype=bool)[which]
        space[1:-1] = np.array([chr(point).isspace() for point in distinct], dtype=bool)[which]
    return word, space
