"""Krippendorff's alpha for coders who both cut the text into units and name them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np


def unitising_alpha(
    units_by_category: Mapping[str, Sequence[Iterable[tuple[int, int]]]],
    *,
    begin: int,
    length: int,
) -> float:
    """Return alpha for unitising over all categories; NaN where nobody marked anything.

    units_by_category: for each category one list of (start, length) per coder, in the same order
        of coders; a coder's units of one category do not overlap.
    begin, length: of the whole continuum, in the same units.

    Krippendorff (2004), Content Analysis, 2nd edition, pp. 251-256. The book's example gives 0.7286
    for its first category and, without its rounding on the way, 0.858665 over both. ValueError
    where a unit lies outside the continuum or overlaps another of the same coder and category.
    """
    observed = expected = 0.0
    for category, coders in units_by_category.items():
        if len(coders) < 2:
            raise ValueError(f"{category!r} has {len(coders)} coders; unitising needs two or more")
        sections = [sections_of(units, begin, length) for units in coders]
        observed += observed_disagreement(sections, length)
        expected += expected_disagreement(sections, length)
    return 1 - observed / expected if expected else float("nan")


def sections_of(units: Iterable[tuple[int, int]], begin: int, length: int) -> np.ndarray:
    """Return the continuum cut into units and gaps: rows of start, length, 1 for a unit or 0."""
    rows, position = [], begin
    for start, size in sorted(units):
        if start < position or start + size > begin + length or size < 1:
            raise ValueError(f"unit ({start}, {size}) overlaps another or leaves the continuum")
        if start > position:
            rows.append((position, start - position, 0))
        rows.append((start, size, 1))
        position = start + size
    if position < begin + length:
        rows.append((position, begin + length - position, 0))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def squared_distance(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how far two sections differ: (5, 6) and (6, 4) by 2, and (5, 6) and (4, 2) by 26."""
    (start, size, is_unit), (other_start, other_size, other_is_unit) = one, other
    apart = start - other_start
    if is_unit and other_is_unit and -size < apart < other_size:
        return apart**2 + (apart + size - other_size) ** 2
    if is_unit and not other_is_unit and 0 <= apart <= other_size - size:
        return size**2
    if other_is_unit and not is_unit and 0 <= -apart <= size - other_size:
        return other_size**2
    return 0


def observed_disagreement(sections: Sequence[np.ndarray], length: int) -> float:
    """Return the mean squared distance between coders' sections, as a share of length squared."""
    total = sum(
        squared_distance(one, other)
        for first in range(len(sections))
        for second in range(first)
        for one, other in _meeting(sections[first].tolist(), sections[second].tolist())
    )
    pairs = len(sections) * (len(sections) - 1) / 2
    return total / (pairs * length**2)


def _meeting(first: list, second: list) -> Iterator[tuple]:
    """Yield the pairs of sections that share a place: others are at no distance."""
    here = there = 0
    while here < len(first) and there < len(second):
        one, other = first[here], second[there]
        yield one, other
        one_end, other_end = one[0] + one[1], other[0] + other[1]
        here, there = here + (one_end <= other_end), there + (other_end <= one_end)


def expected_disagreement(sections: Sequence[np.ndarray], length: int) -> float:
    """Return the disagreement expected if the units fell anywhere, as a share of length squared."""
    every = np.concatenate(sections)
    units = every[every[:, 2] == 1, 1].astype(float)
    gaps = np.sort(every[every[:, 2] == 0, 1]).astype(float)
    if not len(units):
        return 0.0
    # For each unit: the places it could take in gaps at least as long as itself.
    first = np.searchsorted(gaps, units)
    sums = np.concatenate([[0.0], np.cumsum(gaps)])
    places = sums[-1] - sums[first] + (len(gaps) - first) * (1 - units)
    above = (len(units) - 1) / 3 * (2 * units**3 - 3 * units**2 + units) + units**2 * places
    continuum = len(sections) * length
    below = continuum * (continuum - 1) - (units * (units - 1)).sum()
    return float(2 / length * above.sum() / below)
