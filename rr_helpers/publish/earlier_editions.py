"""Editions published before: kept with the study, read again by every later release.

    releases/eval_Y1-2019-06-01-3f2a91c04b7d.json    in the study folder, HIGHLY SENSITIVE

Each file holds what one release told and what was true then. Without it a later release cannot be
protected against being read beside the earlier one, so the folder moves on with the study.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pandas as pd

from rr_helpers.disclosure import EarlierRelease, Release, SameCategories, SamePeople, Together
from rr_helpers.errors import DisclosureError
from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations import POPULATIONS
from rr_helpers.publish.populations.frames import half_year, quarter_name, year_name
from rr_helpers.study import Study

RELEASES = "releases"  # inside the study folder
# Which populations are of a window, which are told from the start of the pilot, and by what, and
# which are of everybody on record. What is no count of people (cells, warnings, actions of boards)
# is not compared.
OF_A_WINDOW = (
    "referrals",
    "survey_invited",
    "survey_responses",
    "delegates",
    "case_files",
    "reachable_moments",
    "young_networks",
    "network_members",
    "review_contexts",
    "responses",
    "coded_sources",
)
FROM_THE_START = {
    "referrals_by_quarter": "quarter",
    "referrals_by_year": "year",
    "panel_places": "half_year",
    "sector_ties": "half_year",
    "panel_cases": "half_year",
    "panel_actions": "half_year",
    "board_places": "half_year",
}
OF_EVERYBODY = ("consents",)
_FORMAT = 1
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class EarlierEdition:
    """A release that was published: its days, its window, and its counts.

    released_on: the day of publication. digest: of everything it told.
    """

    window_id: str
    start: pd.Timestamp
    end: pd.Timestamp
    released_on: str
    digest: str
    release: EarlierRelease


def write_evidence(release: Release, path: Path, *, window) -> None:
    """Write what a later release must know of this one to a private file, whole or not at all."""
    content = {
        "format": _FORMAT,
        "private": "Holds true counts. Keep with the study; never publish.",
        "window": window.window_id,
        "start": f"{window.start:%Y-%m-%d}",
        "end": f"{window.end:%Y-%m-%d}",
        "release": release.digest,
        "tables": release.tables,
        "groups": [_describe(together) for together in release.evidence],
    }
    _write(path, content)


def keep_evidence(evidence: Path, study_folder: Path, *, released_on: str) -> Path:
    """Keep the evidence of a release in the study folder, as published on a day; return the file.

    The same release, published for London and for boroughs, is kept once, with its first day.
    """
    content = _read(evidence)
    folder = study_folder / RELEASES
    folder.mkdir(exist_ok=True)
    kept = sorted(folder.glob(f"{content['window']}-*-{content['release'][:12]}.json"))
    if kept:
        return kept[0]
    path = folder / f"{content['window']}-{released_on}-{content['release'][:12]}.json"
    _write(path, {**content, "released_on": released_on})
    return path


def read_earlier(study_folder: Path) -> list[EarlierEdition]:
    """Return the releases published before, the oldest first; empty where none is on record.

    Raises DisclosureError where a file was changed or cannot be read: what it told cannot be
    reckoned with, so nothing may be released.
    """
    found = [_read_edition(path) for path in sorted((study_folder / RELEASES).glob("*.json"))]
    return sorted(found, key=lambda edition: (edition.released_on, edition.digest))


def tie_editions(
    study: Study,
    coded: CodedEvidence,
    window_id: str,
    earlier: Sequence[EarlierEdition],
    published: Iterable[str],
) -> list[SamePeople | SameCategories]:
    """Return which people of the earlier releases are counted again in the populations `published`.

    Windows that share days are cut into the stretches that lie in each of them whole, and the units
    of each stretch are counted as the study holds them today.
    """
    if not earlier:
        return []
    window, ties = study.window(window_id), []
    periods = _cut(window, earlier)
    for name in published:
        if name in FROM_THE_START:
            ends = {edition.release.name: edition.end for edition in earlier}
            grown = {each: _grown(name, end, window.end) for each, end in ends.items()}
            ties.append(SameCategories(population=name, variable=FROM_THE_START[name], grown=grown))
        elif name in OF_EVERYBODY:
            whole = {edition.release.name: ("everybody",) for edition in earlier}
            ties.append(
                SamePeople(population=name, periods={}, earlier=whole, present=("everybody",))
            )
        elif name in OF_A_WINDOW and periods.earlier:
            frames = _count_periods(study, coded, name, periods)
            ties.append(
                SamePeople(
                    population=name,
                    periods=frames,
                    earlier=periods.earlier,
                    present=periods.present,
                )
            )
    return ties


def changed_tables(release: Release, earlier: Iterable[EarlierEdition], window) -> dict[str, list]:
    """Return, by earlier release of the same days, the tables whose released counts have changed.

    A table that is published no more, or was not then, is not named.
    """
    return {
        edition.release.name: [
            name
            for name, table in edition.release.tables.items()
            if name in release and table["counts"] != release.tables[name]["counts"]
        ]
        for edition in earlier
        if (edition.start, edition.end) == (window.start, window.end)
    }


@dataclass(frozen=True)
class _Periods:
    days: Mapping[str, tuple[pd.Timestamp, pd.Timestamp]]
    earlier: Mapping[str, tuple[str, ...]]
    present: tuple[str, ...]


def _cut(window, earlier: Sequence[EarlierEdition]) -> _Periods:
    spans = {edition.release.name: (edition.start, edition.end) for edition in earlier}
    spans[""] = (window.start, window.end)
    overlapping = nx.Graph()
    overlapping.add_nodes_from(spans)
    for one, (start, end) in spans.items():
        for other, (begin, until) in spans.items():
            if start <= until and begin <= end:
                overlapping.add_edge(one, other)
    together = {name: spans[name] for name in nx.node_connected_component(overlapping, "")}
    cuts = {day for start, end in together.values() for day in (start, end + _DAY)}
    stretches = [(first, last - _DAY) for first, last in pairwise(sorted(cuts))]
    days = {f"{first:%Y-%m-%d} to {last:%Y-%m-%d}": (first, last) for first, last in stretches}
    made_of = {
        name: tuple(p for p, (first, last) in days.items() if start <= first and last <= end)
        for name, (start, end) in together.items()
    }
    present = made_of.pop("")
    return _Periods(days, made_of, present)


def _count_periods(study: Study, coded: CodedEvidence, name: str, periods: _Periods) -> dict:
    """Return the population of each stretch of days, as if it were a reporting window."""
    if all(made_of == periods.present for made_of in periods.earlier.values()):
        return {}  # the same days: the present counts are all that is needed
    rows = [
        {"window_id": period, "label": period, "start": first, "end": last}
        for period, (first, last) in periods.days.items()
    ]
    cut = replace(study, tables={**study.tables, "window": pd.DataFrame(rows).assign(note=None)})
    return {period: POPULATIONS[name](cut, coded, period) for period in periods.days}


def _grown(population: str, end: pd.Timestamp, now: pd.Timestamp) -> dict[str, str]:
    """The category in which one of two windows ends, as it was called and as it is called today."""
    last = min(end, now)
    if FROM_THE_START[population] == "half_year":
        then, today = half_year(last, until=end), half_year(last, until=now)
        return {} if end == now else {then: today}
    period = last.to_period("Y-MAR" if FROM_THE_START[population] == "year" else "Q")
    whole = last == period.end_time.normalize()
    name = year_name(last) if FROM_THE_START[population] == "year" else quarter_name(period)
    return {} if whole or end == now else {name: name}


def _describe(together: Together) -> dict:
    cells = list(together.counts)
    place = {cell: number for number, cell in enumerate(cells)}
    return {
        "populations": list(together.populations),
        "base": together.base,
        "relaxation": together.relaxation,
        "not_nested": [place[cell] for cell in together.not_nested],
        "cells": [[sorted(cell), together.counts[cell], together.released[cell]] for cell in cells],
        "sums": [[place[whole], [place[part] for part in parts]] for whole, parts in together.sums],
    }


def _restore(group: Mapping) -> Together:
    cells = [frozenset(map(tuple, pairs)) for pairs, _, _ in group["cells"]]
    return Together(
        populations=tuple(group["populations"]),
        counts=dict(zip(cells, (true for _, true, _ in group["cells"]), strict=True)),
        released=dict(zip(cells, (told for _, _, told in group["cells"]), strict=True)),
        sums=tuple(
            (cells[whole], tuple(cells[part] for part in parts)) for whole, parts in group["sums"]
        ),
        base=group["base"],
        relaxation=group["relaxation"],
        not_nested=tuple(cells[number] for number in group.get("not_nested", ())),
    )


def _read_edition(path: Path) -> EarlierEdition:
    content = _read(path)
    name = f"the release of {content['window']} on {content['released_on']}"
    return EarlierEdition(
        window_id=content["window"],
        start=pd.Timestamp(content["start"]),
        end=pd.Timestamp(content["end"]),
        released_on=content["released_on"],
        digest=content["release"],
        release=EarlierRelease(
            name=f"{name} ({content['release'][:6]})",
            groups=tuple(map(_restore, content["groups"])),
            tables=content["tables"],
        ),
    )


def _read(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        digest = content.pop("digest")
        sound = digest == _digest(content) and content["format"] == _FORMAT
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        sound = False
    if not sound:
        raise DisclosureError(
            place=f"{path.parent.name}/{path.name}",
            found="not the file that was kept when the release was published",
            expected="the evidence of an earlier release, unchanged",
            cure="Restore it from a backup: what was published before is part of every attack",
        )
    return content


def _write(path: Path, content: Mapping) -> None:
    sealed = {**content, "digest": _digest(content)}
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    aside.write_text(json.dumps(sealed, ensure_ascii=False), encoding="utf-8")
    os.replace(aside, path)


def _digest(content: Mapping) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
