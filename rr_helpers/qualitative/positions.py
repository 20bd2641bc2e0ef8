"""How a file counts characters: found from the evidence in the file, never assumed.

The REFI-QDA standard (1.5, section 10.2) says code points; NVivo for Windows counts UTF-16 units,
Taguette's database UTF-8 bytes, and some exporters count a line end of two characters as one. One
emoji early in a transcript then shifts every later quotation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rr_helpers.qualitative.position_evidence import (
    READINGS,
    SHORTEST_QUOTATION,
    Reading,
    Span,
    gather,
)

# Word edges arise by chance about one time in three, so five edges that fit one reading and not
# the other leave a chance of about one in two hundred; one quotation found whole leaves none.
# Both margins, and the share, are taken over the selections on which two readings differ.
MARGIN_EDGES, MARGIN_QUOTATIONS, MARGIN_SHARE = 5, 1, 0.10
# What `write_qdpx` writes as a project's origin: the one file whose counting need not be found.
OWN_ORIGIN = "rr_helpers (positions in code points, end exclusive)"
OWN_READING = Reading("code points", 2, inclusive=False)


@dataclass(frozen=True)
class Settlement:
    """What `settle` returns: the row for `positions`, and per span start, end and verified.

    start and end are code points of the text, end exclusive, -1 where no span can be given.
    verified is True, False or None; `faults` says what is wrong with the span, or is empty.
    """

    row: dict
    start: np.ndarray
    end: np.ndarray
    verified: list[bool | None]
    faults: list[str]


def settle(
    spans: Sequence[Span], texts: Mapping[str, str], *, file: str, origin: str = ""
) -> Settlement:
    """Find how a file counts positions, and turn its spans into code points of the texts.

    Every reading (unit, line end, end) is scored on the quotations that the file itself gives,
    where it gives them, and otherwise on how many ends of selections fall on edges of words. A
    reading wins by at least one quotation or five edges, and a tenth of what could differ. Where
    none wins the verdict is 'undetermined', and only the spans on which all readings still in
    question agree are given: no quotation is shifted silently. A file of `OWN_ORIGIN` says how it
    counts; its quotations are still checked.

    Checked on an NVivo 12.6 project: UTF-16, CRLF=2, end exclusive, 598 of 606 edges, next 309.
    """
    if not spans:
        empty = np.zeros(0, dtype=np.int64)
        row = {"file": file, "evidence": "none", "verdict": "no positions"}
        return Settlement(row, empty, empty, [], [])
    evidence = gather(spans, texts)
    if origin == OWN_ORIGIN:
        row = {"file": file, **_describe(OWN_READING), "evidence": "stated", "verdict": "stated"}
        nothing_doubtful = np.zeros(len(spans), dtype=bool)
        own = READINGS.index(OWN_READING)
        return _settlement(row, spans, evidence, own, nothing_doubtful, by_quotation=True)
    quoted = np.array([len(span.quotation) >= SHORTEST_QUOTATION for span in spans], dtype=bool)
    exact = (evidence.match == 2) & quoted
    by_quotation = bool(quoted.any() and exact.sum(axis=1).max() * 2 >= quoted.sum())
    points = exact if by_quotation else evidence.edges
    scores = points.sum(axis=1)
    best = int(np.argmax(scores))
    differs = (evidence.start != evidence.start[best]) | (evidence.end != evidence.end[best])
    could_differ = (differs & quoted).sum(axis=1) if by_quotation else 2 * differs.sum(axis=1)
    least = MARGIN_QUOTATIONS if by_quotation else MARGIN_EDGES
    close = scores[best] - scores < np.maximum(least, MARGIN_SHARE * could_differ)
    rivals = close & differs.any(axis=1)
    row = {
        "file": file,
        **_describe(READINGS[best]),
        "alike": int((~differs.any(axis=1)).sum()) - 1,
        "evidence": "quotations" if by_quotation else "word edges",
        "of": int(quoted.sum()) if by_quotation else 2 * len(spans),
        "score": int(scores[best]),
        **_runner_up(scores, differs),
        "verdict": "undetermined" if rivals.any() else "settled",
    }
    return _settlement(row, spans, evidence, best, differs[rivals].any(axis=0), by_quotation)


def _describe(reading: Reading) -> dict:
    return {"unit": reading.unit, "newline": f"CRLF={reading.crlf}", "end": reading.end}


def _runner_up(scores: np.ndarray, differs: np.ndarray) -> dict:
    others = np.flatnonzero(differs.any(axis=1))
    if not len(others):
        return {}
    second = int(others[np.argmax(scores[others])])
    return {"runner_up": str(READINGS[second]), "runner_up_score": int(scores[second])}


def _settlement(row, spans, evidence, best, doubtful, by_quotation) -> Settlement:
    start, end = evidence.start[best].copy(), evidence.end[best].copy()
    verified: list[bool | None] = []
    faults: list[str] = []
    for number, span in enumerate(spans):
        fault, sure = "", None
        match = evidence.match[best, number]
        if match == 2 or (match and not doubtful[number]):
            sure = True
        elif start[number] < 0:
            fault, sure = "position outside the source", False
        elif doubtful[number]:
            fault, sure = "position undetermined", False
            start[number] = end[number] = -1
        elif by_quotation and span.quotation:
            fault, sure = "quotation is not at its place", False
        elif (
            row["verdict"] == "settled"
            and evidence.edges[best, number] == 2
            and start[number] < end[number]
        ):
            sure = True
        verified.append(sure)
        faults.append(fault)
    return Settlement(row, start, end, verified, faults)
