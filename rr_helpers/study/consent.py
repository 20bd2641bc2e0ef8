"""The consent gate: what people did not agree to, or have withdrawn, never reaches the Study.

Where the register leaves a doubt the gate closes: no consent row, no scope, no day, no date on a
row, all count against use. What it did is told in counts only.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rr_helpers.study.schema import TABLES
from rr_helpers.study.schema.columns import Table

Frames = dict[str, pd.DataFrame]

ALL = "withdrawn: everything"
FUTURE = "withdrawn: from the day of withdrawal on"
NO_CONSENT = "no consent given or recorded"
REFERRED = "refers to a row that was left out"
NO_QUOTING = "may not be quoted"
NAMED_IN_TEXT = "free text named a withdrawn person"
# What a coded document shows of a file needs the consent for files.
FILE_METHODS = ("file_vcs", "file_statutory")
# Records that a coded document may stand for, though `record_id` refers to no single table.
DOCUMENT_RECORDS = ("interview", "file_review", "panel", "ccr_case", "yp_survey")


@dataclass(frozen=True)
class Gated:
    """What is left after the gate.

    log: counts by table and reason (columns ``table``, ``reason``, ``count``); never a name.
    allowed_sources: names of the coded documents that may be analysed.
    quotable_sources: names of those whose speaker may be quoted.
    """

    frames: Frames
    log: pd.DataFrame
    allowed_sources: frozenset[str]
    quotable_sources: frozenset[str]


def apply_consent(frames: Mapping[str, pd.DataFrame]) -> Gated:
    """Return the tables without the rows that consent does not cover, and what was left out."""
    kept, log = dict(frames), Counter()
    consent = kept["consent"]
    gone, leaving = _withdrawn(consent, "all"), _leaving_days(consent)
    inherited = {name: _people(name, frames) for name in frames}
    for name in frames:
        table, people = TABLES[name], inherited[name]
        _leave(kept, log, name, people.isin(gone) | _names_anyone(frames[name], table, gone), ALL)
        _leave(kept, log, name, _after_withdrawal(frames[name], table, people.map(leaving)), FUTURE)
        _leave(kept, log, name, _without_consent(frames[name], table, people, consent), NO_CONSENT)
    _leave_referring(kept, log, frames)
    sources = kept.get("coded_source", _NO_SOURCES)
    quotable = _quotable(sources, consent)
    if "quotation" in kept:
        _leave(kept, log, "quotation", ~kept["quotation"]["source_name"].isin(quotable), NO_QUOTING)
    _empty_texts_naming(kept, log, gone)
    return Gated(
        frames=kept,
        log=_as_table(log),
        allowed_sources=frozenset(sources["source_name"]),
        quotable_sources=quotable,
    )


_NO_SOURCES = pd.DataFrame(columns=["source_name", "participant_id"], dtype=object)


def _withdrawn(consent: pd.DataFrame, scope: str) -> frozenset[str]:
    """Who has withdrawn within `scope`; a withdrawal without day or scope counts as everything."""
    touched = consent[["withdrawn_date", "withdrawal_scope", "actioned_date"]].notna().any(axis=1)
    complete = consent["withdrawn_date"].notna() & consent["withdrawal_scope"].notna()
    if scope == "all":
        chosen = touched & ~(complete & consent["withdrawal_scope"].isin(["future", "quotes"]))
    else:
        chosen = complete & (consent["withdrawal_scope"] == scope)
    return frozenset(consent.loc[chosen, "subject_id"])


def _people(name: str, frames: Mapping[str, pd.DataFrame]) -> pd.Series:
    """The person each row is about: its own, or that of the row it refers to (an episode's)."""
    table, frame = TABLES[name], frames[name]
    if name == "consent":
        return frame["subject_id"]
    if table.subject:
        return frame[table.subject]
    for column in table.columns:
        target = table.column(column).get("refers", "").partition(".")
        owner = TABLES.get(target[0])
        if owner and owner.subject and owner.name in frames:
            other = frames[owner.name].drop_duplicates(target[2]).set_index(target[2])
            return frame[column].map(other[owner.subject])
    return pd.Series(None, index=frame.index, dtype=object)


def _names_anyone(frame: pd.DataFrame, table: Table, people: frozenset[str]) -> pd.Series:
    identifiers = [n for n in table.columns if table.column(n)["type"] == "identifier"]
    return frame[identifiers].isin(people).any(axis=1)


def _leaving_days(consent: pd.DataFrame) -> pd.Series:
    """The day from which each person who withdrew 'from now on' is gone, by person."""
    leaving = consent[consent["subject_id"].isin(_withdrawn(consent, "future"))]
    return leaving.set_index("subject_id")["withdrawn_date"]


def _after_withdrawal(frame: pd.DataFrame, table: Table, since: pd.Series) -> pd.Series:
    if table.name == "consent":
        return pd.Series(False, index=frame.index)
    if table.dated is None:
        return since.notna()
    return since.notna() & ~(frame[table.dated] < since)


def _without_consent(frame, table, people, consent) -> pd.Series:
    if not table.consent:
        return pd.Series(False, index=frame.index)
    agreed = consent.loc[consent[f"consent_{table.consent}"] == "yes", "subject_id"]
    lacking = ~people.isin(agreed)
    if table.name == "coded_source":
        linked = people.isin(consent.loc[consent["consent_link_files"] == "yes", "subject_id"])
        lacking |= frame["method"].isin(FILE_METHODS) & ~linked
        # A meeting is nobody's in particular; a meeting that names a person is that person's.
        lacking &= ~((frame["subject_type"] == "meeting") & people.isna())
    return lacking


def _leave(kept: Frames, log: Counter, name: str, rows: pd.Series, reason: str) -> None:
    rows = rows.reindex(kept[name].index, fill_value=False).astype(bool)
    if rows.any():
        log[name, reason] += int(rows.sum())
        kept[name] = kept[name][~rows]


def _leave_referring(kept: Frames, log: Counter, before: Mapping[str, pd.DataFrame]) -> None:
    # A row that goes may itself be referred to, so this repeats until nothing more goes.
    while True:
        count = sum(map(len, kept.values()))
        for name in kept:
            for column, targets in _targets(name):
                lost = _lost_keys(targets, kept, before)
                _leave(kept, log, name, kept[name][column].isin(lost), REFERRED)
        if sum(map(len, kept.values())) == count:
            return


def _targets(name: str) -> list[tuple[str, list[tuple[str, str]]]]:
    table = TABLES[name]
    found = []
    for column in table.columns:
        refers = table.column(column).get("refers")
        if refers:
            found.append((column, [tuple(refers.split("."))]))
    if name == "coded_source":
        found.append(("record_id", [(t, TABLES[t].key[0]) for t in DOCUMENT_RECORDS]))
    return found


def _lost_keys(targets, kept, before) -> set[str]:
    lost, left = set(), set()
    for table, key in targets:
        if table in kept:
            lost |= set(before[table][key].dropna())
            left |= set(kept[table][key].dropna())
    return lost - left


def _quotable(sources: pd.DataFrame, consent: pd.DataFrame) -> frozenset[str]:
    # Publishing comes after any withdrawal, whatever its scope: none may be quoted.
    withdrawn = consent[["withdrawn_date", "withdrawal_scope", "actioned_date"]].notna().any(axis=1)
    agreed = consent.loc[(consent["consent_quote"] == "yes") & ~withdrawn, "subject_id"]
    return frozenset(sources.loc[sources["participant_id"].isin(agreed), "source_name"])


def _empty_texts_naming(kept: Frames, log: Counter, people: frozenset[str]) -> None:
    if not people:
        return
    codes = "|".join(re.escape(code) for code in sorted(people, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{codes})(?!\w)", re.IGNORECASE)
    for name, frame in kept.items():
        columns = {n: TABLES[name].column(n) for n in frame.columns}
        for column, about in columns.items():
            if about["role"] != "free text":
                continue
            named = kept[name][column].map(lambda text: bool(pattern.search(str(text))))
            if about["required"]:
                _leave(kept, log, name, named, NAMED_IN_TEXT)
            elif named.any():
                log[name, NAMED_IN_TEXT] += int(named.sum())
                kept[name] = kept[name].assign(**{column: kept[name][column].mask(named)})


def _as_table(log: Counter) -> pd.DataFrame:
    rows = [(table, reason, count) for (table, reason), count in sorted(log.items()) if count]
    return pd.DataFrame(rows, columns=["table", "reason", "count"])
