"""What changed since the edition before: its findings as it told them, beside those of today.

`rr check --released-on` keeps the record of a published edition with the study; it holds each
finding as readers saw it, so a comparison discloses nothing new.

    releases/records/eval_Y2-london-2020-10-01.json     in the study folder
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rr_helpers.publish.findings import Told
from rr_helpers.publish.record import read_record

RECORDS = Path("releases") / "records"  # inside the study folder
_KEPT = ("id", "question", "sentence", "strength", "estimates")


@dataclass(frozen=True, kw_only=True)
class EarlierFindings:
    """An edition published before: its window in words, its day, its findings by id.

    shares_days: whether its window and today's have days in common.
    """

    label: str
    released_on: str
    findings: Mapping[str, Mapping]
    shares_days: bool


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One estimate then and now, as shown, and what their intervals allow to be said of it."""

    finding: Told
    name: str
    then: str
    now: str
    verdict: str


def recorded_findings(told: Iterable[Told]) -> list[dict]:
    """Return the findings as the record of an edition keeps them."""
    return [
        {name: getattr(one, name) for name in _KEPT if name != "estimates"}
        | {"estimates": [dict(estimate) for estimate in one.estimates]}
        for one in told
    ]


def keep_record(edition_folder: Path, study_folder: Path, *, released_on: str) -> Path:
    """Keep the record of a published edition with its study, unchanged; return the file."""
    record = read_record(edition_folder / "record.json")
    folder = study_folder / RECORDS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record['window']}-{record['scope']}-{released_on}.json"
    shutil.copyfile(edition_folder / "record.json", path)
    return path


def read_edition_before(
    study_folder: Path, windows: pd.DataFrame, *, window: str, scope: str
) -> EarlierFindings | None:
    """Return the latest edition of an earlier window that was published; None without a record.

    windows: the sheet of reporting windows (`window_id`, `label`, `start`, `end`).
    """
    windows = windows.set_index("window_id")
    today, found = windows.loc[window], []
    for path in sorted((study_folder / RECORDS).glob(f"*-{scope}-*.json")):
        record = read_record(path)
        released_on = path.stem.rpartition(f"-{scope}-")[2]
        known = record["window"] in windows.index and record.get("findings")
        if known and windows.at[record["window"], "end"] < today["end"]:
            found.append((windows.at[record["window"], "end"], released_on, record))
    if not found:
        return None
    end, released_on, record = max(found, key=lambda each: each[:2])
    return EarlierFindings(
        label=windows.at[record["window"], "label"],
        released_on=released_on,
        findings={finding["id"]: finding for finding in record["findings"]},
        shares_days=bool(end >= today["start"]),
    )


def compare(told: Sequence[Told], before: EarlierFindings) -> list[Moved]:
    """Return each estimate that both editions give, in the order of today's findings."""
    return [
        Moved(
            finding=finding,
            name=now["name"],
            then=_shown(then),
            now=_shown(now),
            verdict=_verdict(then, now),
        )
        for finding in told
        if finding.id in before.findings
        for now in finding.estimates
        for then in before.findings[finding.id]["estimates"]
        if then["name"] == now["name"] and then["unit"] == now["unit"]
    ]


def _shown(estimate: Mapping) -> str:
    interval = f" ({estimate['interval']})" if estimate["interval"] else ""
    return f"{estimate['text']}{interval}"


def _verdict(then: Mapping, now: Mapping) -> str:
    if None in (then["low"], then["high"], now["low"], now["high"]):
        return "cannot be compared"
    if now["low"] > then["high"]:
        return "clearly higher"
    if now["high"] < then["low"]:
        return "clearly lower"
    return "no clear change, since the ranges overlap"
