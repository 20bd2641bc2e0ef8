"""The register of quotations: verbatim, cleared by two reviewers, names replaced in brackets."""

import hashlib
import re

import pandas as pd

from rr_helpers.study.synthetic.bank_records import BRACKETS, NAMES
from rr_helpers.study.synthetic.chance import finish, generator, later
from rr_helpers.study.synthetic.codebook import CONTRARY
from rr_helpers.study.synthetic.documents import FIRST_CODER, Document

# code and direction, in the order in which chapters show them under their questions.
WANTED = (
    ("Knowing whom to call", "supports"),
    ("The eighteenth birthday", "supports"),
    ("Feels safer with people", "supports"),
    ("A trusted adult", "supports"),
    ("A welfare voice at the table", "supports"),
    ("Seeing a child who is harmed", "supports"),
    ("Practice changed", "supports"),
    ("Challenge changes the decision", "supports"),
    ("Feels no safer outside", "supports"),
    ("Direct links", "contrary"),
    ("Challenge changes the decision", "contrary"),
    ("Place made safer", "contrary"),
    ("Someone came", "contrary"),
    ("A welfare voice at the table", "contrary"),
    ("Practice changed", "contrary"),
    ("Feels safer with people", "contrary"),
    ("Knowing whom to call", "contrary"),
    ("Seeing a child who is harmed", "contrary"),
    ("A trusted adult", "contrary"),
    ("Place made safer", "supports"),
    ("Treated as older", "supports"),
    ("Harmed by the response", "supports"),
)
YOUNG_PEOPLE_FIRST = {"A trusted adult", "Feels no safer outside", "Feels safer with people",
                      "Harmed by the response"}  # fmt: skip
ROLES = {
    "rr_staff": "rr_worker",
    "statutory": "statutory_partner",
    "voluntary": "voluntary_partner",
    "delegates": "training_delegate",
    "young_people": "young_person",
}
# A description must fit so many people who take part, or nobody is quoted under it.
SMALLEST_GROUP, SMALLEST_GROUP_OF_CHILDREN = 6, 12
BEGINNING = 16
_INVENTED = {name: BRACKETS[kind] for kind, names in NAMES.items() for name in names}
_NAME = re.compile("|".join(map(re.escape, sorted(_INVENTED, key=len, reverse=True))))
# What a reviewer would not let through unchanged: figures, initials, slips of the pen, words that
# may be part of a name, a bracket that goes on as a word.
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|once|twice"
_NUMBERS += "|twenty|thirty|forty|fifty|sixty|hundred"
_SLIPS = "i|im|dont|didnt|thats|ok|nod|cross|sergeant"
_ROUGH = re.compile(rf"\d|R&R|\]['\w]|\b(?:{_NUMBERS}|{_SLIPS})\b|(?<!^)(?<![.?!] )\b(?!I\b)[A-Z]")


def make_quotations(seed: int, documents: list[Document], register, consent) -> pd.DataFrame:
    """Return the reviewed quotations, each from another document whose speaker may be quoted.

    A wanted quotation that no document offers is left out (a very small study has few).
    """
    rng = generator(seed, "quotation")
    offers = _offers(documents, register, consent)
    rows, used, said = [], set(), set()
    for code, direction in WANTED:
        fitting = offers[offers["codes"].map(lambda codes, code=code: code in codes).astype(bool)]
        fitting = fitting[(fitting["direction"] == direction) & ~fitting["source_name"].isin(used)]
        # The banks' sentences recur with small changes: their beginnings tell them apart.
        fitting = fitting[~fitting["text_final"].str[:BEGINNING].isin(said)]
        young = fitting[fitting["role_label"] == "young_person"]
        if code in YOUNG_PEOPLE_FIRST and len(young):
            fitting = young
        if len(fitting):
            chosen = fitting.iloc[int(rng.integers(len(fitting)))]
            used.add(chosen["source_name"])
            said.add(chosen["text_final"][:BEGINNING])
            rows.append({**chosen, "code_label": code})
    table = pd.DataFrame(rows, columns=[*offers.columns, "code_label"]).drop(columns="codes")
    text = table["text_final"]
    return finish(
        "quotation",
        table.assign(
            quotation_id=[f"QU-{n:02d}" for n in range(1, len(table) + 1)],
            text_sha256=[hashlib.sha256(words.encode()).hexdigest() for words in text],
            reviewer_1="AB",
            reviewer_2="GH",
            reviewed_date=later(table.pop("date"), rng.integers(30, 90, len(table))),
        ),
    )


def _offers(documents, register, consent) -> pd.DataFrame:
    there = consent[(consent["consent_participate"] == "yes") & consent["withdrawn_date"].isna()]
    agreed = there[there["consent_quote"] == "yes"]
    sources = register[register["participant_id"].isin(there["subject_id"])]
    people = sources.groupby("stakeholder")["participant_id"].nunique()
    large = [
        group
        for group in people.index.intersection(list(ROLES))
        if people[group]
        >= (SMALLEST_GROUP_OF_CHILDREN if group == "young_people" else SMALLEST_GROUP)
    ]
    sources = sources[sources["stakeholder"].isin(large)].set_index("source_name")
    sources = sources[sources["participant_id"].isin(agreed["subject_id"])]
    stakeholder, date = sources["stakeholder"].to_dict(), sources["date"].to_dict()
    rows = [
        {
            "source_name": document.name,
            "direction": "contrary" if CONTRARY in codes else "supports",
            "text_final": words,
            "role_label": ROLES[stakeholder[document.name]],
            "date": date[document.name],
            "codes": codes,
        }
        for document in documents
        if document.name in stakeholder
        for words, codes in _passages(document)
    ]
    columns = ("source_name", "direction", "text_final", "role_label", "date", "codes")
    return pd.DataFrame(rows, columns=columns)


def _passages(document: Document):
    spans: dict[tuple[int, int], list[str]] = {}
    for coding in document.codings:
        if coding.coder == FIRST_CODER:
            spans.setdefault((coding.start, coding.end), []).append(coding.code)
    for (start, end), codes in spans.items():
        words = _NAME.sub(lambda match: _INVENTED[match[0]], document.text[start:end])
        if words.isascii() and not _ROUGH.search(words):
            yield words, tuple(codes)


def is_verbatim(text_final: str, source: str) -> bool:
    """True where the words are the source's, apart from words replaced in [brackets]."""
    pieces = re.split(r"\[[^\]]*\]", text_final)
    return re.search(r"[\w .’'-]{1,60}?".join(map(re.escape, pieces)), source) is not None


__all__ = ["is_verbatim", "make_quotations"]
