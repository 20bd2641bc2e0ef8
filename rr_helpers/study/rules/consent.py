"""Who the rows are about: consent, withdrawal, and the documents of several people."""

from collections.abc import Iterator

import pandas as pd

from rr_helpers.study.breach import Breach, Readings, frames_of

# The records in which one document speaks of several people.
GROUP_RECORDS = {"ccr_person": ("ccr_id", "person_id"), "panel_case": ("panel_id", "yp_id")}


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
