import pytest
from lxml import html
from released_samples import register_entry, release
from test_report_tables import as_output

from rr_helpers.disclosure import check_output, clear_quotation, protect
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.report import Finding, JointDisplay
from rr_helpers.results import Estimate

TABLE = release()["sex_by_age"]
SHARE = TABLE.percent().value("Male")


def finding(**changes):
    parts = {
        "id": "f1",
        "question": "Q3",
        "sentence": "{share} of {all} referrals were of young men.",
        "numbers": {"share": SHARE, "all": TABLE.total},
        "evidence": [TABLE, "Interviews with workers"],
        "strength": "moderate",
        "limits": ["One year only", "Sex as recorded"],
    }
    return Finding(**(parts | changes))


def test_a_finding_reads_as_one_sentence_with_its_numbers_in_place():
    sentence = f"{SHARE} of {TABLE.total} referrals were of young men."
    assert finding().sentence == sentence
    tree = html.fragment_fromstring(finding().html)
    assert tree.findtext("p") == sentence
    assert [d.text for d in tree.findall(".//dd")] == [
        "Moderate: good evidence, with some gaps",
        "Table of sex_by_age",
        "Interviews with workers",
        "One year only",
        "Sex as recorded",
        "Exploratory: not in the plan",
    ]
    assert "Planned analysis P2.1" in finding(plan="P2.1").html


def test_the_front_page_gets_the_finding_as_plain_data_under_the_stamp():
    output = as_output(finding())
    assert check_output(output) is None
    carried = output["metadata"]["rr"]["finding"]
    assert carried == finding().as_data()
    assert carried["numbers"] == {"share": str(SHARE), "all": str(TABLE.total)}
    carried["sentence"] = "Half of 41 children"
    assert check_output(output)


def test_a_finding_carries_its_estimates_as_shown_and_nothing_finer():
    exact = Estimate(value=0.35444, low=0.10444, high=0.60444, n=63, clusters=6, unit="change",
                     method="paired dominance, t", details={"up": 31})  # fmt: skip
    few = Estimate(value=0.5, low=0.1, high=0.9, n=7, unit="change", method="paired dominance, t")
    safe = protect({"Home": exact, "Street": few}, title="Change", clusters_of="boroughs")
    carried = finding(
        sentence="{home} at home, {street} in the street, of {all}",
        numbers={"home": safe["Home"], "street": safe["Street"], "all": TABLE.total},
    ).as_data()["estimates"]
    shown = safe["Home"]
    names = ("value", "low", "high", "level", "unit", "text", "interval", "rests_on")
    expected = {"name": "home", "clusters": 6} | {name: getattr(shown, name) for name in names}
    assert carried[0] == expected
    assert shown.rests_on == "about 65 units in 6 boroughs"
    assert [carried[1][name] for name in ("value", "low", "high", "text")] == [None] * 3 + ["[c]"]
    assert len(carried) == 2 and "0.354" not in str(carried) and "31" not in str(carried)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sentence": "41 of {all} referrals, {share}"}, "a number typed into"),
        ({"limits": "Only 3 answered"}, "limits: a number typed into"),
        ({"evidence": "12 interviews"}, "evidence: a number typed into"),
        ({"sentence": "{share} of referrals"}, "numbers unused"),
        ({"sentence": " "}, "no sentence"),
        ({"strength": "certain"}, "strength 'certain'; expected one of strong, moderate, limited"),
        ({"design": "quasi"}, "design 'quasi'"),
        ({"id": "1 <b>"}, "id '1 <b>'"),
        ({"limits": ""}, "no limits"),
        ({"evidence": ""}, "no evidence"),
        ({"plan": "a plan of 41"}, "plan 'a plan of 41'"),
    ],
)
def test_a_finding_that_breaks_a_rule_is_refused(changes, message):
    with pytest.raises(UserError, match="Finding") as error:
        finding(**changes)
    assert message in str(error.value)


@pytest.mark.parametrize("number", [41, 62.0, None])
def test_numbers_that_did_not_come_through_the_gate_are_refused(number):
    with pytest.raises(DisclosureError, match="a released count or percentage, or a SafeEst"):
        finding(numbers={"share": number, "all": TABLE.total})


CAUSAL = [
    "caused", "led to", "resulted in", "had an impact on", "the effect of", "due to", "because of",
    "as a result of", "Thanks to",
]  # fmt: skip


@pytest.mark.parametrize("words", CAUSAL)
def test_causal_words_are_refused_unless_the_design_was_randomised(words):
    sentence = f"Training {words} more referrals"
    with pytest.raises(UserError, match="in the sentence; expected words that claim no more"):
        finding(sentence=sentence, numbers={})
    assert finding(sentence=sentence, numbers={}, design="randomised").sentence == sentence


@pytest.mark.parametrize(
    "sentence", ["Training was followed by more referrals", "Because they sat"]
)
def test_words_that_claim_no_cause_are_allowed(sentence):
    assert finding(sentence=sentence, numbers={}).sentence == sentence


QUOTE = clear_quotation(register_entry(), "They sat with me and they listened.", 9)


def row(**changes):
    parts = {
        "theme": "Being listened to",
        "quantitative": SHARE,
        "qualitative": release()["barriers"],
        "exemplar": QUOTE,
        "contrary": "none found",
        "integration": "partial",
        "proposal": "dissonance",
        "reason": "Few were asked",
        "confidence": "low",
        "inference": "Numbers and words point the same way for most",
    }
    return parts | changes


def test_a_joint_display_shows_call_in_letter_and_word_and_what_was_not_found():
    shown = JointDisplay([row(), row(quantitative=finding())], title="Q4 in one view")
    tree = html.fragment_fromstring(shown.html)
    cells = tree.findall(".//tbody/tr[1]/td")
    assert [cell.get("data-label") for cell in cells] == [
        "Numbers", "What was said", "For it, in their words", "Against it, in their words",
        "How far they agree", "What we make of it",
    ]  # fmt: skip
    assert cells[4].find("p").text_content() == "P Partial agreement"
    assert "Computed from the evidence: dissonance." in cells[4].text_content()
    assert "Confidence: low." in cells[5].text_content()
    assert cells[3].text_content() == "None found"
    barriers = release()["barriers"]
    assert f"Thresholds: {barriers.count('Thresholds')}" in cells[1].text_content()
    assert f"of {barriers.total} referrals" in cells[1].text_content()
    assert tree.findall(".//tbody/tr[2]/td")[0].text == finding().sentence
    assert check_output(as_output(shown)) is None
    rules = as_output(shown)["metadata"]["rr"]["rules"]
    assert set(QUOTE.rules) | set(TABLE.rules) <= set(rules)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"integration": "agree"}, "'agree'; expected one of agreement, partial, silence"),
        ({"proposal": "agree"}, "'agree'; expected one of agreement, partial, silence"),
        ({"reason": "41 said so"}, "a number typed into"),
        ({"confidence": "certain"}, "'certain'; expected one of high, moderate, low"),
        ({"quantitative": ("{n} of them", {"n": 41})}, "a int"),
        ({"inference": "41 of them agree"}, "a number typed into"),
        ({"theme": ""}, "no words"),
        ({"exemplar": "They listened"}, "a str; expected a SafeTable"),
        ({"exemplar": TABLE}, "expected a cleared quotation"),
        ({"contrary": None}, "a NoneType"),
        ({"quantitative": 62}, "a int"),
        ({"quantitative": "most"}, "a str"),
        ({"quantitative": QUOTE}, "Move it to exemplar"),
        ({"qualitative": "12 sources"}, "a number typed into"),
        ({"qualitative": release()["borough_by_sex"]}, "at most 6"),
        ({"extra": "x"}, "expected exactly theme, quantitative"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_by_number(changes, message):
    with pytest.raises(UserError, match="JointDisplay 'T', row 2") as error:
        JointDisplay([row(), row(**changes)], title="T")
    assert message in str(error.value)


def test_one_column_of_a_table_is_shown_against_its_own_number():
    women = release()["barriers"].pick(columns=["Female"])
    shown = html.fragment_fromstring(JointDisplay([row(qualitative=women)], title="T").html)
    said = shown.findall(".//tbody/tr/td")[1].text_content()
    assert f"Thresholds: {women.count('Thresholds', 'Female')}" in said
    assert f"of {women.count('All', 'Female')} referrals, Female" in said


def test_silence_in_one_kind_of_evidence_can_be_said_in_words():
    shown = JointDisplay([row(qualitative="Not spoken of", integration="silence")], title="T")
    assert "Silence: one kind of evidence only" in shown.html
