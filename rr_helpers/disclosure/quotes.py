"""Quotations: only what the study's register holds, reviewed by two people and agreed to.

No automatic detector finds everything that could identify a speaker, so the decision is people's:
this gate makes sure that they took it, about exactly these words, and refuses what it can see.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass
from datetime import date

from rr_helpers.disclosure.figures import _GATE, _require_gate
from rr_helpers.disclosure.tripwire import find_flags, read_waivers
from rr_helpers.disclosure.vocabulary import is_usual
from rr_helpers.errors import DisclosureError
from rr_helpers.results import quotation_digest

# The only ways in which a speaker is described: never with borough, age or organisation beside it.
ROLE_LABELS = {
    "rr_worker": "R&R worker",
    "statutory_partner": "Statutory partner",
    "voluntary_partner": "Voluntary-sector partner",
    "training_delegate": "Training delegate",
    "young_person": "Young person",
    "parent_carer": "Parent or carer",
}
# How many people a description must fit. A quotation about children needs a group of ten or more
# (the practice that the disclosure brief, section 4, sets out after the UK Data Service).
SMALLEST_GROUP = 5
SMALLEST_GROUP_OF_CHILDREN = 10
_ABOUT_CHILDREN = ("young_person", "parent_carer")
LONGEST_QUOTATION = 600
_WAYS_TO_SAY_YES = (True, "yes")
_EDGES = " .,;:!?…'\"-()"
_BRACKET = re.compile(r"\[[^\[\]]*\]")
_BRACKET_TEXT = re.compile(r"\[(…|\.\.\.|[^\W\d_][^\W\d_]*(?:[ '’-][^\W\d_]+){0,5})\]")
_PATTERNS = {
    "a digit": re.compile(r"\d"),
    "initials": re.compile(r"\b[A-Za-z]\.\s?[A-Za-z]\b\.?"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}[0-9OI][0-9A-Z]?\s+[0-9OI][A-Z]{2}\b", re.IGNORECASE),
    "an e-mail address or account name": re.compile(r"@\w"),
    "a web address": re.compile(r"\bhttps?:|\bwww\.", re.IGNORECASE),
}


@dataclass(frozen=True, kw_only=True)
class ClearedQuotation:
    """Words that may be shown, and how their speaker is described. Made by `clear_quotation`.

    about: what the words are about, in wording for readers, or nothing; contrary: whether they go
    against it.
    """

    text: str
    role_label: str
    quotation_id: str
    about: str = ""
    contrary: bool = False
    language: str = "en-GB"
    rules: tuple[str, ...] = ()
    gate: InitVar[object] = None

    def __post_init__(self, gate):
        _require_gate(gate, type(self).__name__)

    @property
    def digest(self) -> str:
        """SHA-256 of the words shown."""
        return quotation_digest(self.text)


def clear_quotation(
    entry: Mapping,
    segment_text: str,
    people_with_role: int,
    *,
    names: Iterable[str] = (),
    smallest_group: int = SMALLEST_GROUP,
    about: str = "",
) -> ClearedQuotation:
    """Return a quotation that may be shown, or raise DisclosureError saying why it may not.

    entry: the register's line: quotation_id, text_final, text_sha256, role_label, consent_quote,
    reviewer_1, reviewer_2, reviewed_date; and waiver, where the tripwire flags a word:
    ``"nine: a usual wait, no date (AB)"``, by one of its reviewers (see `tripwire`). Names, digits
    and addresses cannot be waived. segment_text: what was said, to which the final words must be
    true apart from [bracketed] replacements. people_with_role: how many people in the study the
    role label fits. names: names and places of the study, none of which may occur, nor any part of
    a full name that is no usual word. smallest_group: may be raised, not lowered. about: the
    wording for readers of the code that the words illustrate, shown beside the speaker.
    """
    place = f"quotation {entry.get('quotation_id', '(no id)')}"
    text = _single_spaced(entry.get("text_final"))
    role = str(entry.get("role_label"))
    faults = [
        *_faults_of_review(entry, text),
        *_faults_of_speaker(role, people_with_role, smallest_group),
        *_faults_of_wording(text, segment_text),
        *_faults_of_identification(text, names),
        *_faults_of_words(text, entry),
    ]
    for found, expected, cure in faults:
        raise DisclosureError(place=place, found=found, expected=expected, cure=cure)
    return ClearedQuotation(
        text=text,
        role_label=ROLE_LABELS[role],
        quotation_id=str(entry.get("quotation_id", "")),
        about=about,
        contrary=entry.get("direction") == "contrary",
        language=str(entry.get("language") or "en-GB"),
        rules=(
            "Quotations are shown with the speaker's consent, after review by two people; "
            "[brackets] mark words replaced to protect identities.",
        ),
        gate=_GATE,
    )


def _faults_of_review(entry: Mapping, text: str):
    if entry.get("consent_quote") not in _WAYS_TO_SAY_YES:
        yield "no consent to be quoted", "consent_quote 'yes'", "Take the quotation out"
    if _filled(entry.get("withdrawn_date")):
        yield "consent withdrawn", "consent that stands", "Take the quotation out"
    if not text:
        yield "no words", "the final words", "Fill in text_final"
    reviewers = [str(entry.get(f"reviewer_{n}") or "").strip().casefold() for n in (1, 2)]
    if not all(_filled(reviewer) for reviewer in reviewers) or reviewers[0] == reviewers[1]:
        yield "not reviewed by two people", "two different reviewers", "Have it reviewed again"
    if not _is_date(entry.get("reviewed_date")):
        yield "no date of review", "the day of the second review", "Fill in reviewed_date"
    if str(entry.get("text_sha256") or "").lower() != quotation_digest(text):
        yield (
            "words other than those reviewed (the digest differs)",
            "the words that both reviewers saw",
            "Have it reviewed again, and enter the new digest",
        )


def _faults_of_speaker(role: str, people: int, smallest_group: int):
    if role not in ROLE_LABELS:
        yield f"role_label '{role}'", f"one of {', '.join(ROLE_LABELS)}", "Choose one of these"
        return
    floor = SMALLEST_GROUP_OF_CHILDREN if role in _ABOUT_CHILDREN else SMALLEST_GROUP
    if smallest_group < SMALLEST_GROUP:
        yield (
            f"smallest_group={smallest_group}",
            f"{SMALLEST_GROUP} or more: a run can tighten a rule, never loosen it",
            "Leave smallest_group out",
        )
    smallest = max(floor, smallest_group)
    if people < smallest:
        yield (
            f"fewer than {smallest} people described as '{ROLE_LABELS[role]}'",
            "a description that fits enough people",
            "Take the quotation out, or give it a wider role label",
        )


def _faults_of_wording(text: str, segment_text: str):
    if len(text) > LONGEST_QUOTATION:
        yield f"{len(text)} characters", f"at most {LONGEST_QUOTATION}", "Shorten it with […]"
    for bracket in _BRACKET.findall(text):
        if not _BRACKET_TEXT.fullmatch(bracket):
            yield f"{bracket}", "a few general words in brackets, or […]", "Replace it"
    # Words are compared; where a sentence was cut, its last mark may differ.
    pieces = [_plain(piece).strip(_EDGES) for piece in _BRACKET.split(text)]
    if not _occur_in_order([piece for piece in pieces if piece], _plain(segment_text)):
        yield (
            "words that are not in its source",
            "the speaker's own words, apart from [bracketed] replacements",
            "Correct the words, or the document it is said to come from",
        )


def _occur_in_order(pieces: list[str], said: str) -> bool:
    position = 0
    for piece in pieces:
        match = re.compile(rf"(?<!\w){re.escape(piece)}(?!\w)").search(said, position)
        if not match:
            return False
        position = match.end()
    return bool(pieces)


def _faults_of_identification(text: str, names: Iterable[str]):
    cure = "Replace it by a general word in [brackets] and have the quotation reviewed again"
    for what, pattern in _PATTERNS.items():
        if pattern.search(text):
            yield what, "nothing that could identify someone", cure
    spoken = f" {_words_only(text)} "
    for name in _name_parts(names):
        if name and f" {name} " in spoken:
            yield "a name or place of the study", "nothing that could identify someone", cure
            break


def _name_parts(names: Iterable[str]) -> Iterator[str]:
    """The names themselves, and each part of a full name that is no usual word."""
    for name in names:
        words = _words_only(name)
        yield words
        parts = words.split()
        if len(parts) > 1:
            yield from (part for part in parts if len(part) > 2 and not is_usual(part))


def _faults_of_words(text: str, entry: Mapping):
    try:
        waivers = read_waivers(entry.get("waiver"))
    except ValueError as error:
        yield str(error), "'word: the reason (reviewer)', parted by semicolons", "Correct waiver"
        return
    reviewers = {str(entry.get(f"reviewer_{n}") or "").strip().casefold() for n in (1, 2)}
    flags, used = list(find_flags(text)), set()
    for number, word, why in flags:
        if word.casefold() in waivers:
            used.add(word.casefold())
            continue
        # The word itself is not repeated: messages are read over shoulders and end in logs.
        yield (
            f"{why} (word {number})",
            "words of the vocabulary, or a waiver for this one by a reviewer",
            "Replace it by a general word in [brackets], or have it waived in the column waiver",
        )
    for word, (_, reviewer) in waivers.items():
        if reviewer.casefold() not in reviewers:
            yield "a waiver by someone else", "one of the two reviewers", "Have them decide"
        if word not in used:
            yield "a waiver for a word that needs none", "waivers for flagged words", "Take it out"


def _single_spaced(text) -> str:
    return unicodedata.normalize("NFC", " ".join(str(text).split())) if _filled(text) else ""


def _plain(text: str) -> str:
    plain = _single_spaced(text).translate(str.maketrans("‘’“”–—\u00ad", "''\"\"---"))
    return plain.casefold()


def _words_only(text: str) -> str:
    # Possessives lose their s, so that "Amina's" is found by "Amina".
    folded = unicodedata.normalize("NFKC", str(text)).casefold().replace("\u00ad", "")
    return " ".join(re.sub(r"['’]s\b", "", folded).translate(_PUNCTUATION).split())


_PUNCTUATION = {ord(mark): " " for mark in ".,;:!?()[]{}\"'’‘“”/\\-–—_*"}


def _filled(value) -> bool:
    return value is not None and value == value and str(value).strip().lower() not in ("", "nan")


def _is_date(value) -> bool:
    if isinstance(value, date):  # a pandas Timestamp is one; NaT is not equal to itself
        return value == value
    try:
        date.fromisoformat(str(value)[:10])
    except ValueError:
        return False
    return True
