"""Rules about people: consent, withdrawal, quotations, and personal details in free text."""

import hashlib
import re
from collections.abc import Iterator, Mapping

import pandas as pd

from rr_helpers.study.breach import Breach, frames_of
from rr_helpers.study.reading import Reading

Readings = Mapping[str, Reading]

PERSONAL_DETAILS = {
    "a telephone number": re.compile(
        r"(?<![\d-])(?:\+44[\s()-]*0?[\s()-]*|0)(?:\d[\s()-]*){9,10}(?!\d)"
    ),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE),
    "a ten-digit number like an NHS number": re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b"),
}
_SHORT_NUMBER = re.compile(r"^\d{1,4}$")
_TWO_NAMES = re.compile(r"^[A-Z][a-z'’-]+ [A-Z][a-z'’-]+$")
# The records in which one document speaks of several people.
GROUP_RECORDS = {"ccr_person": ("ccr_id", "person_id"), "panel_case": ("panel_id", "yp_id")}


def quotation_digest(text_final: str) -> str:
    """Return the SHA-256 of a quotation's final words, as the register holds it (64 hex digits)."""
    return hashlib.sha256(text_final.encode("utf-8")).hexdigest()


def find_sources_without_person(readings: Readings) -> Iterator[Breach]:
    """A coded document is one person's, or a meeting's."""
    if "coded_source" not in readings:
        return
    source = readings["coded_source"].frame
    empty = (source["subject_type"] != "meeting") & source["participant_id"].isna()
    for index in source.index[empty & source["subject_type"].notna()]:
        yield Breach(
            table="coded_source",
            index=index,
            column="participant_id",
            found="participant_id is empty, though the document is one person's",
            expected="the person's code, so that consent can be checked",
            cure="Enter the code, or set subject_type to meeting if no one person speaks in it",
        )


def find_other_kinds_of_person(readings: Readings) -> Iterator[Breach]:
    """The consent register and the register of sources agree on what kind of person it is."""
    frames = frames_of(readings, "coded_source", "consent")
    if frames is None:
        return
    source, consent = frames
    kinds = consent.drop_duplicates("subject_id").set_index("subject_id")["subject_type"]
    registered = source["participant_id"].map(kinds)
    differs = registered.notna() & (registered != source["subject_type"])
    for index in source.index[differs & (source["subject_type"] != "meeting")]:
        yield Breach(
            table="coded_source",
            index=index,
            column="subject_type",
            found=f"subject_type is {source.at[index, 'subject_type']}, but consent.xlsx says "
            f"{registered[index]}",
            expected="the same kind of person in both",
            cure="Correct whichever is wrong, or the participant_id",
        )


def find_people_without_consent(readings: Readings) -> Iterator[Breach]:
    """Whoever a consented table is about has a row in consent.xlsx."""
    if "consent" not in readings:
        return
    registered = set(readings["consent"].frame["subject_id"].dropna())
    for name, reading in readings.items():
        table = reading.table
        if not table.consent:
            continue
        people = reading.frame[table.subject]
        if name == "coded_source":
            people = people[reading.frame["subject_type"] != "meeting"]
        unknown = people[~people.isin(registered)]
        for index in unknown.drop_duplicates().index:
            rows = int((people == people[index]).sum()) or int(people.isna().sum())
            yield _no_consent(name, index, table.subject, pd.isna(people[index]), rows)


def _no_consent(table, index, column, blank, rows) -> Breach:
    who = f"{column} is empty, so consent cannot be checked" if blank else "no consent is recorded"
    return Breach(
        table=table,
        index=index,
        column=column,
        found=f"{who} ({rows} {'row' if rows == 1 else 'rows'} of this sheet)",
        expected="a row in consent.xlsx for each person",
        cure="Enter the consent that was given (an unlinked answer gets a code of its own there); "
        "until then the rows are left out",
    )


def find_incomplete_withdrawals(readings: Readings) -> Iterator[Breach]:
    """A withdrawal has a day and a scope; without both, nobody knows what must go."""
    if "consent" not in readings:
        return
    consent = readings["consent"].frame
    for given, needed in (
        ("withdrawn_date", "withdrawal_scope"),
        ("withdrawal_scope", "withdrawn_date"),
        ("actioned_date", "withdrawn_date"),
    ):
        for index in consent.index[consent[given].notna() & consent[needed].isna()]:
            yield Breach(
                table="consent",
                index=index,
                column=needed,
                found=f"{given} is filled in but {needed} is empty",
                expected="both the day and the scope of a withdrawal",
                cure=f"Fill in {needed}; ask the person who took the withdrawal",
            )


def find_group_records(readings: Readings) -> Iterator[Breach]:
    """A document about several people cannot be cut by machine when one of them withdraws."""
    frames = frames_of(readings, "coded_source", "consent")
    if frames is None:
        return
    source, consent = frames
    gone = set(consent.loc[consent["withdrawn_date"].notna(), "subject_id"])
    for table, (record, person) in GROUP_RECORDS.items():
        if table not in readings:
            continue
        frame = readings[table].frame
        affected = set(frame.loc[frame[person].isin(gone), record])
        for index in source.index[source["record_id"].isin(affected)]:
            yield Breach(
                table="coded_source",
                index=index,
                column="source_name",
                found="the document is about several people, one of whom has withdrawn",
                expected="a document without that person",
                cure="Take the person's passages out of the document and the coding, by hand",
            )


def find_single_reviewers(readings: Readings) -> Iterator[Breach]:
    """Two different people clear a quotation."""
    if "quotation" not in readings:
        return
    quotation = readings["quotation"].frame
    one, two = (quotation[name].str.casefold() for name in ("reviewer_1", "reviewer_2"))
    for index in quotation.index[one.notna() & (one == two)]:
        yield Breach(
            table="quotation",
            index=index,
            column="reviewer_2",
            found="both reviewers are the same person",
            expected="two different reviewers",
            cure="Have a second person review the quotation",
        )


def find_changed_quotations(readings: Readings) -> Iterator[Breach]:
    """The words are those that the second reviewer saw."""
    if "quotation" not in readings:
        return
    quotation = readings["quotation"].frame.dropna(subset=["text_final", "text_sha256"])
    now = quotation["text_final"].map(quotation_digest)
    for index in quotation.index[now != quotation["text_sha256"]]:
        yield Breach(
            table="quotation",
            index=index,
            column="text_final",
            found="the words are not those that were reviewed (their SHA-256 differs)",
            expected="the words as they stood at the second review",
            cure="Put the reviewed words back, or have them reviewed anew and enter the new digest",
        )


def find_unconsented_quotations(readings: Readings) -> Iterator[Breach]:
    """A quotation is used only where its speaker agreed to be quoted."""
    frames = frames_of(readings, "quotation", "coded_source", "consent")
    if frames is None:
        return
    quotation, source, consent = frames
    speakers = source.drop_duplicates("source_name").set_index("source_name")["participant_id"]
    agreed = set(consent.loc[consent["consent_quote"] == "yes", "subject_id"])
    for index in quotation.index[~quotation["source_name"].map(speakers).isin(agreed)]:
        yield Breach(
            table="quotation",
            index=index,
            column="source_name",
            found="nobody is recorded who agreed that this document may be quoted",
            expected="consent_quote is yes for the person who speaks",
            cure="Take the quotation out, or correct consent.xlsx; it is not shown until then",
        )


def find_personal_details(readings: Readings) -> Iterator[Breach]:
    """Free text holds no telephone numbers or the like; the place is told, never the text."""
    for name, reading in readings.items():
        for column in reading.table.columns:
            if reading.table.column(column)["type"] == "text":
                yield from _details_in(reading.frame[column].dropna(), name)


def _details_in(texts: pd.Series, table: str) -> Iterator[Breach]:
    for index, text in texts.items():
        for what, pattern in PERSONAL_DETAILS.items():
            if pattern.search(text):
                yield Breach(
                    table=table,
                    index=index,
                    column=texts.name,
                    found=f"{texts.name} seems to hold {what}",
                    expected="text without personal details",
                    cure="Take it out of the workbook, unless it is something else",
                )
                break


def find_names_for_codes(readings: Readings) -> Iterator[Breach]:
    """People are named by codes; something like a first and a last name is a slip."""
    for name, reading in readings.items():
        column = reading.table.subject
        if column is None:
            continue
        people = reading.frame[column].dropna()
        for index in people.index[people.map(lambda code: bool(_TWO_NAMES.match(code)))]:
            yield Breach(
                table=name,
                index=index,
                column=column,
                found=f"{column} looks like a person's name",
                expected="a code without names",
                cure="Replace the name by the person's code in every workbook",
            )


def count_short_numbers(readings: Readings) -> Iterator[Breach]:
    """A code that is a short number cannot be told from a count when pages are searched for it."""
    for name, reading in readings.items():
        column = reading.table.subject
        if column is None:
            continue
        short = reading.frame[column].dropna().map(lambda code: bool(_SHORT_NUMBER.match(code)))
        if short.any():
            yield Breach(
                table=name,
                found=f"{int(short.sum())} codes in {column} are short numbers",
                expected="codes that cannot be taken for a count, such as YP0012",
                cure="Put letters before the number, in every workbook; until then published pages "
                "cannot be searched for these codes",
            )
