"""Canaries: whole invented records in a synthetic study, planted so that a leak is noticed.

A canary record is a referral, an answer, a file and so on of someone who does not exist, with a
name, a school, a number, a date and a sentence that occur nowhere else. Whatever publishes rows
publishes one of them, and the checks of a published site look for them. Records that are there
already are made canaries, so that no count changes.

The canaries are also a stratum: an answer about gender identity that only one to three people give.
A page that shows that group by name has shown a group which any protection would have hidden.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from rr_helpers.study.schema import TABLES
from rr_helpers.study.synthetic.documents import Document

NAME, SCHOOL, NUMBER = "Zephyrine Quillonby", "Marrowdene Vale Academy", 739104
DAYS = ("17 February 1903", "17/02/1903", "1903-02-17")
SENTENCE = (
    f"{NAME} of {SCHOOL} kept ticket {NUMBER} from {DAYS[0]} behind the old pumping station "
    "and told nobody about it"
)
STRATUM = "quillonian"
# A list of organisations is no sentence, and the final words of a quotation are under a digest.
NOT_SENTENCES = {("file_review", "information_shared_with"), ("quotation", "text_final")}
NOT_SENTENCES |= {("referral", "found_location_force"), ("episode", "rescue_force")}
MOST_PEOPLE, LARGEST_STRATUM = 6, 3


@dataclass(frozen=True)
class Planted:
    """The tables and documents with canaries in them, and `truth`: what they are."""

    tables: Mapping[str, pd.DataFrame]
    documents: list[Document]
    truth: Mapping


def plant_canaries(tables: Mapping[str, pd.DataFrame], documents: list[Document]) -> Planted:
    """Return the study with canaries in every table about people and every kind of document.

    Only codes of people and referrals, words and one open answer change: no row is added, no date,
    number or coded value is touched, and people who withdrew or refused stay who they are.
    """
    people = list(_people_to_name(tables))
    codes = {person: f"QX-{NUMBER}-{number}" for number, person in enumerate(people, 1)}
    theirs = tables["referral"]["yp_id"].isin(people)
    codes |= {
        referral: f"QR-{NUMBER}-{number}"
        for number, referral in enumerate(tables["referral"].loc[theirs, "referral_id"], 1)
    }
    named = {name: _rename(frame, codes) for name, frame in tables.items()}
    members = tables["referral"].loc[theirs, "yp_id"].unique()[:LARGEST_STRATUM]
    apart = tables["referral"]["yp_id"].isin(members)
    named["referral"] = named["referral"].assign(
        gender_identity=named["referral"]["gender_identity"].mask(apart, STRATUM)
    )
    spoken = {name: _say(name, frame, set(codes.values())) for name, frame in named.items()}
    words = [NAME, SCHOOL, STRATUM, f"{NUMBER}", f"{NUMBER:,}", *DAYS, *codes.values()]
    stratum = {"table": "referral", "column": "gender_identity", "value": STRATUM}
    stratum["people"] = len(members)
    truth = {"words": words, "numbers": [NUMBER], "sentence": SENTENCE, "strata": [stratum]}
    return Planted(spoken, _speak(documents, named["coded_source"], set(codes.values())), truth)


def _people_to_name(tables) -> Iterator[str]:
    """The fewest people, of those in the most tables, who together are in every table."""
    consent = tables["consent"]
    doubtful = consent[
        consent["withdrawn_date"].notna() | consent["consent_participate"].eq("no")
        | consent["consent_link_files"].eq("no")
    ]  # fmt: skip
    seen = {
        name: set(frame[TABLES[name].subject].dropna()) - set(doubtful["subject_id"])
        for name, frame in tables.items()
        if TABLES[name].subject
    }
    for kind in ("young_person", "practitioner", "delegate"):
        left = {name for name in seen if TABLES[name].subject_type == kind and seen[name]}
        for _ in range(MOST_PEOPLE):
            within = {name: seen[name] for name in left}
            if not within:
                break
            counts = pd.Series([person for who in within.values() for person in sorted(who)])
            counts = counts.value_counts()
            person = min(counts.index[counts.eq(counts.max())])
            left = {name for name in left if person not in seen[name]}
            yield person


def _rename(frame: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    table = {
        column: frame[column].map(lambda code: codes.get(code, code))
        for column in frame.columns
        if frame[column].dtype == object and frame[column].isin(codes).any()
    }
    return frame.assign(**table)


def _say(name: str, frame: pd.DataFrame, people: set[str]) -> pd.DataFrame:
    """Put the sentence into the free text of canary people, or of one row where nobody is named."""
    columns = [
        column
        for column in frame.columns
        if TABLES[name].column(column)["role"] == "free text"
        and (name, column) not in NOT_SENTENCES
    ]
    if not columns or frame.empty:
        return frame
    rows = frame.isin(people).any(axis=1)
    if not rows.any():
        rows = pd.Series(frame.index == frame.index[0], index=frame.index)
    return frame.assign(**{column: frame[column].mask(rows, SENTENCE) for column in columns})


def _speak(documents: list[Document], register: pd.DataFrame, people: set[str]) -> list[Document]:
    """Let canary people, and the first document of each kind, end with the sentence."""
    theirs = set(register.loc[register["participant_id"].isin(people), "source_name"])
    first = {document.name.partition("_")[0]: document.name for document in reversed(documents)}
    chosen = theirs | set(first.values())
    return [
        replace(document, text=f"{document.text.rstrip()}\n\n{SENTENCE}.\n")
        if document.name in chosen
        else document
        for document in documents
    ]
