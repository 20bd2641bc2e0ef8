"""The tables of coded material: their columns, their types, and the id of a coding."""

import hashlib
from collections.abc import Mapping

import pandas as pd

TEXT, WHOLE, TRUTH = "string", "Int64", "boolean"

COLUMNS = {
    "sources": {
        "source_id": TEXT,
        "name": TEXT,
        "kind": TEXT,
        "characters": WHOLE,
        "has_text": TRUTH,
        "description": TEXT,
    },
    "codes": {
        "code_id": TEXT,
        "name": TEXT,
        "path": TEXT,
        "parent_id": TEXT,
        "definition": TEXT,
        "codable": TRUTH,
    },
    "segments": {
        "segment_id": TEXT,
        "selection_id": TEXT,
        "source_id": TEXT,
        "source": TEXT,
        "start": WHOLE,
        "end": WHOLE,
        "place": TEXT,
        "text": TEXT,
        "code_id": TEXT,
        "code": TEXT,
        "coder": TEXT,
        "kind": TEXT,
        "verified": TRUTH,
        "memo": TEXT,
    },
    "coders": {"coder_id": TEXT, "name": TEXT},
    "cases": {"case_id": TEXT, "case": TEXT, "source_id": TEXT, "description": TEXT},
    "attributes": {
        "source_id": TEXT,
        "source": TEXT,
        "name": TEXT,
        "value": TEXT,
        "origin": TEXT,
        "holder": TEXT,
    },
    "memos": {
        "memo_id": TEXT,
        "name": TEXT,
        "text": TEXT,
        "coder": TEXT,
        "about": TEXT,
        "about_id": TEXT,
        "source_id": TEXT,
    },
    "sets": {"set_id": TEXT, "set": TEXT, "member_kind": TEXT, "member_id": TEXT},
    "links": {
        "link_id": TEXT,
        "name": TEXT,
        "origin_id": TEXT,
        "target_id": TEXT,
        "direction": TEXT,
    },
    "issues": {"kind": TEXT, "where": TEXT, "detail": TEXT, "count": WHOLE, "source_id": TEXT},
    "positions": {
        "file": TEXT,
        "unit": TEXT,
        "newline": TEXT,
        "end": TEXT,
        "alike": WHOLE,
        "evidence": TEXT,
        "of": WHOLE,
        "score": WHOLE,
        "runner_up": TEXT,
        "runner_up_score": WHOLE,
        "verdict": TEXT,
    },
}


def make_table(name: str, rows: list[Mapping]) -> pd.DataFrame:
    """Return one of the tables of `COLUMNS` from rows; columns not given are missing."""
    columns = COLUMNS[name]
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(columns)


def segment_id(*, source: str, place: str, code: str | None, coder: str | None) -> str:
    """Return 16 hexadecimal digits that stand for one coding in every export of the project.

    It depends on the source's name, the place in it, the code's path and the coder's name only:
    exporters give new GUIDs at each export. It serves tracing inside the team; it hides nothing.
    """
    parts = "\x1f".join([source, place, code or "", coder or ""])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]
