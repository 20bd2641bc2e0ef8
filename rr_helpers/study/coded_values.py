"""Coded cells: codes, labels and their spellings become the schema's codes."""

import re
from collections.abc import Callable, Mapping

import numpy as np

from rr_helpers.study.schema import MISSING_CODES
from rr_helpers.study.schema.columns import YES_NO
from rr_helpers.study.suggest import loosen
from rr_helpers.study.unreadable import Unreadable, as_text, is_blank, not_allowed

YES_NO_WORDS = {"y": "yes", "n": "no", "true": "yes", "false": "no", "1": "yes", "0": "no"}
SEPARATORS = re.compile(r"[;,\n\r]+")


def coded_reader(column: Mapping) -> Callable[[object], object]:
    """Return the function that reads one cell of a coded column; it raises `Unreadable`."""
    spellings = _spellings(column)
    choices = [*column["values"].values(), *column["values"], *column["missing"]]

    def read_one(value):
        code = spellings.get(loosen(as_text(value)))
        if code is None:
            raise Unreadable(*not_allowed(as_text(value), column, choices))
        return code

    def read_several(value):
        if spellings.get(loosen(as_text(value))):
            return read_one(value)
        parts = [part for part in SEPARATORS.split(str(value)) if not is_blank(part)]
        codes = {read_one(part) for part in _join_labels(parts, spellings)}
        missing = codes & set(column["missing"])
        if missing and len(codes) > 1:
            raise Unreadable(
                "missing code beside values",
                f"Take out {sorted(missing)[0]}, or the values beside it",
            )
        order = [*column["values"], *column["missing"]]
        return "; ".join(sorted(codes, key=order.index)) if codes else np.nan

    return read_several if column["multiple"] else read_one


def _join_labels(parts: list[str], spellings: Mapping) -> list[str]:
    # A label may itself hold a comma ("School, college or work"): the longest known run wins.
    joined, start = [], 0
    while start < len(parts):
        end = len(parts)
        while end > start + 1 and loosen(",".join(parts[start:end])) not in spellings:
            end -= 1
        joined.append(",".join(parts[start:end]))
        start = end
    return joined


def _spellings(column: Mapping) -> dict[str, str]:
    found = {loosen(code): code for code in column["values"]}
    missing = set(column["missing"])
    labels = [*column["values"].items(), *((c, MISSING_CODES[c]) for c in missing)]
    by_label: dict[str, set] = {}
    for code, label in labels:
        by_label.setdefault(loosen(label), set()).add(code)
    found.update({loosen(code): code for code in missing if loosen(code) not in found})
    # A label that two codes share names neither of them.
    found.update(
        {k: min(codes) for k, codes in by_label.items() if len(codes) == 1 and k not in found}
    )
    if column["values"] == YES_NO:
        found.update({k: v for k, v in YES_NO_WORDS.items() if k not in found})
    return found
