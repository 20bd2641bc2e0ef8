import pytest
from hypothesis import given
from hypothesis import strategies as st
from released_samples import change, release

from rr_helpers.disclosure import protect
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.report.sentences import fill_sentence, refuse_typed_numbers


def test_safe_numbers_are_put_in_as_they_are_shown():
    table = release(4000)["sex_by_age"]
    estimate = protect({"x": change()}, title="T")["x"]
    text = fill_sentence(
        "{share} of {all} referrals; {gain}",
        {"share": table.percent().value("Male"), "all": table.total, "gain": estimate},
        place="p",
    )
    assert text == f"{table.percent().value('Male')} of {table.total:,} referrals; {estimate}"
    assert "," in table.total.text and table.total.text in text


@pytest.mark.parametrize("number", [41, 41.5, "41", "41 children", None, [41], "four1"])
def test_a_number_from_elsewhere_is_refused(number):
    with pytest.raises((DisclosureError, UserError)):
        fill_sentence("{n} children", {"n": number}, place="p")


@pytest.mark.parametrize(
    "text", ["41 children", "half (½)", "x² grew", "٤١ children", "in 2021", "Q5", "D9", "③"]
)
def test_a_digit_typed_in_any_script_is_refused(text):
    with pytest.raises(UserError, match="a number typed into"):
        fill_sentence(text, {}, place="p")


@pytest.mark.parametrize(
    "text", ["Q3 asks", "a 95% CI", "under-18s and 18 to 25s", "level 1 and 2", "TN7 held", "D4"]
)
def test_names_that_hold_digits_may_be_typed(text):
    assert fill_sentence(text, {}, place="p") == text


def test_words_may_be_put_in_and_labels_of_the_evidence_may_hold_digits():
    table = release()["age"]
    numbers = {"group": "15 to 17", "what": "referrals"}
    said = fill_sentence("{group}: most {what}", numbers, place="p", tables=[table])
    assert said == "15 to 17: most referrals"
    with pytest.raises(UserError, match="a number typed into '15 to 17'"):
        fill_sentence("{group}", {"group": "15 to 17"}, place="p")


@pytest.mark.parametrize(
    ("template", "numbers", "message"),
    [
        ("{n} of {m}", {"n": "some"}, r"names without a number: \['m'\]"),
        ("none", {"n": "some"}, r"numbers unused: \['n'\]"),
        ("{n:>9}", {"n": "some"}, "plain names such as {referred}"),
        ("{n.real}", {"n": "some"}, "plain names"),
        ("{0}", {"0": "some"}, "plain names|a number typed"),
        ("{n", {"n": "some"}, "expected {name}"),
    ],
)
def test_templates_hold_plain_names_each_with_its_number(template, numbers, message):
    with pytest.raises(UserError, match=message):
        fill_sentence(template, numbers, place="p")


@given(st.text(max_size=60))
def test_no_text_with_a_digit_gets_through(text):
    try:
        refuse_typed_numbers(text, place="p")
    except UserError:
        return
    from rr_helpers.report.sentences import NAMES_WITH_DIGITS

    assert not any(c.isnumeric() for c in NAMES_WITH_DIGITS.sub("", text))
