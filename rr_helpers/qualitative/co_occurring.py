"""Codes that occur together: on the same words, on overlapping words, or in the same source."""

from collections.abc import Collection, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from rr_helpers.qualitative.counting import code_paths, codings_with_paths
from rr_helpers.qualitative.material import CodedMaterial

UNITS = ("segment", "overlap", "source")
# ATLAS.ti flags a pair where one code is more than five times as frequent as the other.
UNEQUAL = 5


def co_occurrence(
    material: CodedMaterial,
    unit: str = "segment",
    codes: Collection[str] | None = None,
    *,
    roll_up: bool = False,
    participants: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Count how often pairs of codes occur together.

    unit: ``"segment"``, the very same span or place; ``"overlap"``, spans of text that share a
        character; ``"source"``, the same source. Two coders' same coding counts once.
    participants: source name to participant id, as for `code_matrix`.

    Returns one row per pair of codes that meet at least once: code_a, code_b, n_a, n_b, n_both
    (in the unit), c_coefficient, unequal (one code more than five times as frequent, where c says
    little), n_sources, n_participants, jaccard (over sources, whatever the unit). The c-coefficient
    is ATLAS.ti's n12 / (n1 + n2 - n12); with overlapping quotations it can exceed 1, or be
    undefined, then missing. Jaccard cannot exceed 1. ValueError for another unit.
    """
    if unit not in UNITS:
        raise ValueError(f"unit is one of {', '.join(UNITS)}, not {unit!r}")
    codings = codings_with_paths(material, codes, roll_up=roll_up)
    codings = codings.drop_duplicates(
        ["source_id", "start", "end", "place", "kind", "code", "text"]
    )
    sources = {code: set(rows["source"]) for code, rows in codings.groupby("code")}
    paths = [path for path in code_paths(material, roll_up=roll_up) if path in sources]
    counts, together = _UNIT_COUNTS[unit](codings)
    people = dict(participants or {})
    rows = []
    for first, second in combinations(paths, 2):
        both = together.get((first, second), 0) + together.get((second, first), 0)
        if not both:
            continue
        shared, either = sources[first] & sources[second], sources[first] | sources[second]
        n_first, n_second = counts[first], counts[second]
        rows.append(
            {
                "code_a": first,
                "code_b": second,
                "n_a": n_first,
                "n_b": n_second,
                "n_both": both,
                "c_coefficient": c_coefficient(n_first, n_second, both),
                "unequal": max(n_first, n_second) > UNEQUAL * min(n_first, n_second),
                "n_sources": len(shared),
                "n_participants": _participants(shared, people),
                "jaccard": len(shared) / len(either),
            }
        )
    columns = ["code_a", "code_b", "n_a", "n_b", "n_both", "c_coefficient", "unequal"]
    table = pd.DataFrame(rows, columns=[*columns, "n_sources", "n_participants", "jaccard"])
    return table.astype({"n_participants": "Int64", "c_coefficient": "Float64"})


def c_coefficient(first: int, second: int, both: int) -> float | None:
    """Return n12 / (n1 + n2 - n12), or None where undefined. ATLAS.ti: 100, 10 and 5 give 0.048."""
    below = first + second - both
    return both / below if below > 0 else None


def _participants(sources: set[str], people: dict) -> int | None:
    known = {people.get(source) for source in sources}
    return len(known) if people and None not in known else None


def _by_segment(codings: pd.DataFrame) -> tuple[dict, dict]:
    place = ["source_id", "kind", "start", "end", "place"]
    without_place = codings["start"].isna() & codings["place"].isna()
    # Neither span nor place: the selection itself, or the quotation, tells units apart.
    text = codings["text"].where(without_place & codings["kind"].ne("source"))
    keyed = codings.assign(text_key=text).drop_duplicates([*place, "text_key", "code"])
    return _pairs(keyed, [*place, "text_key"])


def _by_source(codings: pd.DataFrame) -> tuple[dict, dict]:
    return _pairs(codings.drop_duplicates(["source_id", "code"]), ["source_id"])


def _pairs(units: pd.DataFrame, key: list[str]) -> tuple[dict, dict]:
    together: dict[tuple, int] = {}
    for _, group in units.groupby(key, dropna=False, sort=False):
        for pair in combinations(group["code"], 2):
            together[pair] = together.get(pair, 0) + 1
    return units["code"].value_counts().to_dict(), together


def _by_overlap(codings: pd.DataFrame) -> tuple[dict, dict]:
    spans = codings[codings["start"].notna()].drop_duplicates(["source_id", "start", "end", "code"])
    together: dict[tuple, int] = {}
    for _, group in spans.groupby("source_id", sort=False):
        start = group["start"].to_numpy(dtype=int)
        end, code = group["end"].to_numpy(dtype=int), group["code"].to_numpy()
        order = np.argsort(start, kind="stable")
        start, end, code = start[order], end[order], code[order]
        # Spans are sorted by start: those that a span overlaps begin before it ends.
        for number, last in enumerate(np.searchsorted(start, end, "left")):
            for other in range(number + 1, last):
                if code[other] != code[number]:
                    pair = (code[number], code[other])
                    together[pair] = together.get(pair, 0) + 1
    counts = spans["code"].value_counts().to_dict()
    return {code: counts.get(code, 0) for code in codings["code"].unique()}, together


_UNIT_COUNTS = {"segment": _by_segment, "overlap": _by_overlap, "source": _by_source}
