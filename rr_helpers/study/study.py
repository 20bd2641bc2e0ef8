"""The Study: validated tables after the consent gate, and what goes with them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from rr_helpers.errors import Fault, UserError
from rr_helpers.study.schema import TABLES
from rr_helpers.study.suggest import did_you_mean
from rr_helpers.study.windows import Window, find_window

# Codes of places, calendars and codebooks: they are the words of the report, and name nobody.
PUBLIC_COLUMNS = {
    "borough_code",
    "window_id",
    "plan_id",
    "code_label",
    "context_code",
    "mechanism_code",
    "outcome_code",
    "cmo_id",
    "org_name_public",
    "text_sha256",
}
VOLUNTARY = ("VCS_RR", "VCS_other")
STAFF_COLUMNS = {"interviewer", "reviewer", "reviewer_1", "reviewer_2", "observer", "trainer"}


class ReadWhenAsked(Mapping):
    """Tables by name, each read once, by `read` (name -> table), when it is first asked for."""

    def __init__(self, names: Iterable[str], read: Callable[[str], object]):
        self._held, self._read = dict.fromkeys(names), read

    def __getitem__(self, name: str):
        if self._held[name] is None:
            self._held[name] = self._read(name)
        return self._held[name]

    def __contains__(self, name) -> bool:
        return name in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


@dataclass(frozen=True, repr=False, kw_only=True, eq=False)
class Study:
    """The validated tables of one study folder, after the consent gate. HIGHLY SENSITIVE.

    folder: where the study was read from.
    tables: every table of the schema by name, columns and dtypes as in the schema; a table that
        may be left out, and was, is empty. ``study["referral"]`` gives a copy.
    rows: for each table, the row of the workbook that each of its rows came from.
    consent_log: what the gate left out, in counts: columns ``table``, ``reason``, ``count``.
    allowed_sources: names of the coded documents that may be analysed; no other may.
    quotable_sources: names of those whose speaker may be quoted.
    faults: the warnings of validation.
    withheld_codes: codes of people, records and documents that the gate left out; kept for one use,
        to search published files for them.
    digest, input_digests: SHA-256 over all input files, and of each by its path in the folder.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    missing: Mapping[str, pd.DataFrame]
    rows: Mapping[str, pd.Series]
    consent_log: pd.DataFrame
    allowed_sources: frozenset[str]
    quotable_sources: frozenset[str]
    coded_files: tuple[Path, ...] = ()
    faults: tuple[Fault, ...] = ()
    withheld_codes: frozenset[str] = frozenset()
    digest: str = ""
    input_digests: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        for name in ("tables", "missing", "rows", "input_digests"):
            given = getattr(self, name)
            if not isinstance(given, ReadWhenAsked):
                object.__setattr__(self, name, MappingProxyType(dict(given)))

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[self._known(table)].copy()

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(frame):,}" for name, frame in self.tables.items())
        return f"<Study, rows in each table: {counts}>"

    def missing_codes(self, table: str) -> pd.DataFrame:
        """Return the missing code (NK, NR, NA, PNTS) behind each blank number or date, else NaN.

        One row for each row of the table; one column for each of its number and date columns.
        """
        return self.missing[self._known(table)].copy()

    def window(self, window_id: str) -> Window:
        """Return a reporting window; raises UserError that lists the windows if it is unknown."""
        return find_window(self.tables["window"], window_id)

    def may_quote(self, source_name: str) -> bool:
        """True where the document may be used, and its speaker agreed and has not withdrawn."""
        return source_name in self.quotable_sources

    def identifiers(self) -> frozenset[str]:
        """Return every code of a person, record, organisation or document in the study.

        None of them may stand in a published file, least of all those of people who withdrew, which
        are among them. Codes of boroughs, windows, plans and codebooks are left out, and so are the
        codes of staff (see `names`).
        """
        return self.withheld_codes | codes_in(self.tables)

    def names(self) -> frozenset[str]:
        """Return initials or codes of staff who interviewed, reviewed, observed or trained."""
        return _values(self.tables, lambda name: name in STAFF_COLUMNS)

    def organisation_names(self) -> frozenset[str]:
        """Return names of organisations of one borough, and of voluntary ones.

        They may answer for what is said of them, and a report that names one gives its people away:
        chapters speak of sectors. Bodies that are a sector by themselves, such as a police force
        for all of London, are not among them, nor are names that are words of the schema.
        """
        known = self["organisation"]
        apart = known["borough_code"].notna() | known["sector"].isin(VOLUNTARY)
        names = known.loc[apart, "org_name_public"]
        return frozenset(name for name in names if name.casefold() not in _schema_words())

    def _known(self, table: str) -> str:
        if table not in self.tables:
            raise UserError(
                found=f"the study has no table '{table}'",
                expected=f"one of {', '.join(self.tables)}",
                cure=did_you_mean(table, self.tables) or "Choose one of these",
            )
        return table


def codes_in(tables: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Return every code of a person, record, organisation or document in these tables."""
    return _values(tables, lambda name: name not in PUBLIC_COLUMNS | STAFF_COLUMNS)


@cache
def _schema_words() -> str:
    columns = [(table, name) for table in TABLES.values() for name in table.columns]
    coded = [table.column(name).get("values") or {} for table, name in columns]
    return "; ".join(label for values in coded for label in values.values()).casefold()


def _values(tables: Mapping[str, pd.DataFrame], wanted) -> frozenset[str]:
    found: set[str] = set()
    for table in tables:
        columns = TABLES[table].columns
        names = [
            n for n in columns if wanted(n) and TABLES[table].column(n)["role"] == "identifier"
        ]
        for name in names:  # a table that has none is not read for it
            found.update(tables[table][name].dropna().unique())
    return frozenset(found)
