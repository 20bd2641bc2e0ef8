import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from released_samples import register_entry

from rr_helpers.disclosure import clear_quotation
from rr_helpers.errors import DisclosureError
from rr_helpers.results import quotation_digest

SAID = "Well, you know. They sat with me and they listened. Then Marlon took me to Elm Road."
FINAL = "They sat with me and they listened."


def clear(text=FINAL, *, said=SAID, people=12, names=(), **changes):
    options = (
        {"smallest_group": changes.pop("smallest_group")} if "smallest_group" in changes else {}
    )
    entry = register_entry(text, **changes)
    return clear_quotation(entry, said, people, names=names, **options)


def test_a_reviewed_quotation_with_consent_is_cleared():
    quotation = clear(names=["Marlon", "Elm Road"])
    assert (quotation.text, quotation.role_label) == (FINAL, "R&R worker")
    assert quotation.digest == quotation_digest(FINAL)
    assert "review by two people" in quotation.rules[0]


@pytest.mark.parametrize(
    "final",
    [
        "Then [a worker] took me to [a street].",
        "They sat with me […] Then [a worker] took me",
        "“They sat with me and they listened.”".strip("“”"),
        "they  sat with me\nand they listened",
    ],
)
def test_bracketed_replacements_and_spacing_leave_a_quotation_true(final):
    assert clear(final).text == " ".join(final.split())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"consent_quote": "no"}, "no consent to be quoted"),
        ({"consent_quote": None}, "no consent to be quoted"),
        ({"consent_quote": "not known"}, "no consent to be quoted"),
        ({"withdrawn_date": "2021-06-01"}, "consent withdrawn"),
        ({"reviewer_2": "AB"}, "not reviewed by two people"),
        ({"reviewer_2": " ab "}, "not reviewed by two people"),
        ({"reviewer_1": ""}, "not reviewed by two people"),
        ({"reviewer_1": float("nan")}, "not reviewed by two people"),
        ({"reviewed_date": "soon"}, "no date of review"),
        ({"reviewed_date": pd.NaT}, "no date of review"),
        ({"text_sha256": "0" * 64}, "words other than those reviewed"),
        ({"text_sha256": None}, "words other than those reviewed"),
        ({"role_label": "15-year-old from Brent"}, "role_label '15-year-old from Brent'"),
        ({"people": 4}, "fewer than 5 people described as 'R&R worker'"),
        ({"people": 9, "role_label": "young_person"}, "fewer than 10 people described as 'Young"),
        ({"people": 12, "smallest_group": 20}, "fewer than 20 people"),
        ({"smallest_group": 2}, "a run can tighten a rule, never loosen it"),
        ({"text": ""}, "no words"),
        ({"text": "They sat with us and they listened."}, "words that are not in its source"),
        ({"text": "they listened. They sat with me"}, "words that are not in its source"),
        ({"text": "hey sat with me"}, "words that are not in its source"),
        ({"text": "[…]"}, "words that are not in its source"),
        ({"text": "They sat [with 3 others] and they listened."}, "a few general words in brack"),
        ({"text": "with me " * 80, "said": "with me " * 80}, "at most 600"),
    ],
)  # fmt: skip
def test_a_quotation_that_falls_short_is_refused_with_the_reason(changes, message):
    with pytest.raises(DisclosureError, match="quotation QU07") as error:
        clear(**changes)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("I was 14 when it began", "a digit"),
        ("she lives in n1 9gu now", "a digit"),
        ("write to me@example", "an e-mail address"),
        ("it is on www.example", "a web address"),
        ("then Marlon came round", "a name or place of the study"),
        ("then marlon's mum came", "a name or place of the study"),
        ("we met on elm-road again", "a name or place of the study"),
        ("we met on Elm\u00a0Road again", "a name or place of the study"),
        ("and Destiny told us", "a word with a capital inside a sentence"),
        ("and I told Mr Okoro", "a word with a capital inside a sentence"),
    ],
)
def test_words_that_could_identify_someone_are_refused(text, message):
    with pytest.raises(DisclosureError, match=message) as error:
        clear(text, said=text, names=["Marlon", "Elm Road", "  "])
    assert "marlon" not in str(error.value).lower()


@pytest.mark.parametrize("text", ["and I said I'm fine", "so R&R rang us", "near London, I think"])
def test_usual_capitals_are_no_names(text):
    assert clear(text, said=text).text == text


@given(st.text(min_size=1, max_size=80))
def test_no_text_crosses_the_gate_unless_it_is_in_the_source(text):
    try:
        quotation = clear(text, said=SAID)
    except DisclosureError:
        return
    assert quotation.text.casefold().split()[0] in SAID.casefold() or "[" in quotation.text


@given(st.text(alphabet="abc [.*+?(\\", min_size=1, max_size=60))
def test_hard_texts_never_end_in_another_error(text):
    try:
        clear(text, said=text)
    except DisclosureError:
        pass


@pytest.mark.parametrize(
    ("waiver", "message"),
    [
        (None, "a number in words (word 3)"),
        ("nine", "a waiver that is not 'word: the reason (reviewer)'"),
        ("nine: a usual wait (XY)", "a waiver by someone else"),
        ("nine: a usual wait (AB); days: no name (AB)", "a waiver for a word that needs none"),
    ],
)
def test_a_flagged_word_needs_a_waiver_of_its_own_by_a_reviewer(waiver, message):
    text = "I waited nine days for them"
    with pytest.raises(DisclosureError) as error:
        clear(text, said=text, waiver=waiver)
    assert message in str(error.value) and "nine days" not in str(error.value)
    assert clear(text, said=text, waiver="Nine: a usual wait, no date (ab)").text == text


def test_a_name_cannot_be_waived_nor_its_first_part_alone():
    text = "then zephyrine came round"
    with pytest.raises(DisclosureError, match="a name or place of the study"):
        clear(text, said=text, names=["Zephyrine Quillonby"], waiver="zephyrine: no name (AB)")
