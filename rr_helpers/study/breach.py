"""Where a rule across rows is broken."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rr_helpers.study.reading import Reading

Readings = Mapping[str, Reading]


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One place that breaks a rule; `index` is None where the rule is about the whole table."""

    table: str
    found: str
    expected: str
    cure: str
    index: int | None = None
    column: str = ""


def frames_of(readings: Readings, *names: str) -> list[pd.DataFrame] | None:
    """Return the frames of the named tables, or None where one of them was not handed in."""
    if any(name not in readings for name in names):
        return None
    return [readings[name].frame for name in names]
