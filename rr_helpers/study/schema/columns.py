"""The words of the schema: a table, and the kinds of column a table may have.

A column says its type, allowed values with their labels, unit, role, whether it must be filled in,
and what it means. Templates, messages, the data dictionary and validation are all made from this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandera.pandas as pa

ROLES = ("identifier", "quasi-identifier", "measure", "free text")

MISSING_CODES = {
    "NK": "not known",
    "NR": "not recorded",
    "NA": "not applicable",
    "PNTS": "prefer not to say",
}
RECORDED_BY_STAFF = ("NK", "NR", "NA")
SAID_BY_PERSON = ("NR", "NA", "PNTS")

YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True, kw_only=True)
class Table:
    """One sheet of the study: its columns and what one row is.

    key: the columns that together name a row once.
    subject, subject_type: the column that names the person a row is about, and what kind of person
        the consent register calls them; None where rows are not about a person.
    consent: the consent that must have been given for a row to be used: ``"participate"``,
        ``"link_files"``, or None for records held under public task (a withdrawal still counts).
    dated: the column that dates a row, by which a withdrawal 'from now on' is applied.
    optional: True where a study may do without the sheet.
    """

    name: str
    workbook: str
    row: str
    key: tuple[str, ...]
    columns: Mapping[str, pa.Column]
    subject: str | None = None
    subject_type: str | None = None
    consent: str | None = None
    dated: str | None = None
    optional: bool = False

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The pandera schema that a clean table satisfies."""
        return pa.DataFrameSchema(
            dict(self.columns),
            name=self.name,
            description=self.row,
            unique=list(self.key),
            strict=True,
            ordered=False,
        )

    def __reduce__(self):
        # Checks hold functions, which do not travel; every process has the schema's tables.
        return _table_named, (self.name,)

    def column(self, name: str) -> Mapping:
        """What the schema says of one column: type, role, values, missing, unit, meaning …"""
        column = self.columns[name]
        return {**column.metadata, "meaning": column.description, "required": not column.nullable}


def _table_named(name: str) -> Table:
    from rr_helpers.study.schema import TABLES  # which is made of this module's tables

    return TABLES[name]


def _column(kind, meaning, *, dtype, role, required, checks=(), unique=False, **more) -> pa.Column:
    if role not in ROLES:
        raise ValueError(f"role {role!r} is not one of {', '.join(ROLES)}")
    return pa.Column(
        dtype,
        checks=list(checks),
        nullable=not required,
        unique=unique,
        description=meaning,
        metadata={"type": kind, "role": role, "missing": (), "unit": "", **more},
    )


def identifier(
    meaning: str,
    *,
    refers: str = "",
    required: bool = True,
    unique: bool = False,
    pattern: str = "",
) -> pa.Column:
    """A pseudonymous key; `refers` names the table and column it must be found in."""
    checks = [pa.Check.str_matches(pattern)] if pattern else []
    return _column(
        "identifier",
        meaning,
        dtype=object,
        role="identifier",
        required=required,
        unique=unique,
        checks=checks,
        refers=refers,
        pattern=pattern,
    )


def coded(
    meaning: str,
    values: Mapping[str, str],
    *,
    missing: tuple[str, ...] = RECORDED_BY_STAFF,
    role: str = "measure",
    required: bool = False,
    multiple: bool = False,
) -> pa.Column:
    """One of a fixed list of values (several, joined by ``; ``, where `multiple`)."""
    allowed = [*values, *missing]
    if multiple:
        check = pa.Check(
            lambda series: series.str.split("; ").map(lambda parts: set(parts) <= set(allowed)),
            name="isin",
            ignore_na=True,
        )
    else:
        check = pa.Check.isin(allowed, ignore_na=True)
    return _column(
        "coded",
        meaning,
        dtype=object,
        role=role,
        required=required,
        checks=[check],
        values=dict(values),
        missing=tuple(missing),
        multiple=multiple,
    )


def yes_no(meaning: str, **options) -> pa.Column:
    """Yes or no."""
    return coded(meaning, YES_NO, **options)


def date(
    meaning: str,
    *,
    required: bool = False,
    missing: tuple[str, ...] = RECORDED_BY_STAFF,
    role: str = "quasi-identifier",
) -> pa.Column:
    """A calendar date, without a time of day."""
    return _column(
        "date",
        meaning,
        dtype="datetime64[ns]",
        role=role,
        required=required,
        missing=() if required else tuple(missing),
        unit="date",
    )


def whole(
    meaning: str,
    low: int,
    high: int,
    *,
    unit: str = "",
    required: bool = False,
    missing: tuple[str, ...] = RECORDED_BY_STAFF,
    role: str = "measure",
) -> pa.Column:
    """A whole number from `low` to `high`."""
    return _number(meaning, low, high, unit, required, missing, role, whole=True)


def number(
    meaning: str,
    low: float,
    high: float,
    *,
    unit: str = "",
    required: bool = False,
    missing: tuple[str, ...] = RECORDED_BY_STAFF,
    role: str = "measure",
) -> pa.Column:
    """A number from `low` to `high`, decimals allowed."""
    return _number(meaning, low, high, unit, required, missing, role, whole=False)


def _number(meaning, low, high, unit, required, missing, role, *, whole) -> pa.Column:
    checks = [pa.Check.in_range(low, high, ignore_na=True)]
    if whole:
        checks.append(pa.Check(lambda s: s == s.round(), name="whole", ignore_na=True))
    return _column(
        "whole number" if whole else "number",
        meaning,
        dtype=float,
        role=role,
        required=required,
        checks=checks,
        low=low,
        high=high,
        unit=unit,
        missing=() if required else tuple(missing),
    )


def text(meaning: str, *, required: bool = False, role: str = "free text") -> pa.Column:
    """Free text; never shown on a page unless it passes the quotations' gate."""
    return _column("text", meaning, dtype=object, role=role, required=required)
