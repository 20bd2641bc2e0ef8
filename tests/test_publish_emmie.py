"""The EMMIE cards are composed of what chapters tell; a number told twice is the same number."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rr_helpers.disclosure import protect
from rr_helpers.errors import UserError
from rr_helpers.publish.emmie import (
    DIMENSIONS,
    EXHIBIT,
    ToldTwice,
    compose_cards_page,
    read_synthesis,
    require_same_numbers,
)
from rr_helpers.publish.findings import QUESTIONS, collect_findings
from rr_helpers.report import Finding, Table
from rr_helpers.results import Estimate

COSTS = 'economics = { not_assessed = "Costs were not handed in." }\n'
REST = "".join(f'{name} = {{ not_assessed = "No." }}\n' for name in list(DIMENSIONS)[1:4])
CARD = '[[card]]\nquestion = "Q4"\neffect = { findings = ["Q4-safer"], says = "As told." }\n'
CARD += REST + COSTS


def mean(value, n=80):
    return Estimate(value=value, low=value - 0.4, high=value + 0.4, n=n, method="mean",
                    unit="change", of="young people")  # fmt: skip


def output_of(shown):
    data, metadata = shown._repr_mimebundle_()
    return new_code_cell("", outputs=[new_output("display_data", data=data, metadata=metadata)])


def notebooks(*, told=0.5, again=0.5, n=80):
    """A chapter that tells a finding, and a synthesis that shows the number again."""
    chapter = protect({"Home": mean(told, n)}, title="Change")
    finding = Finding(
        id="Q4-safer", question="Q4", sentence="Safety moved by {home}.", strength="limited",
        evidence="A survey.", limits="Few answered.", numbers={"home": chapter["Home"]},
    )  # fmt: skip
    other = Finding(
        id="Q4-other", question="Q4", sentence="Nobody was asked twice.", strength="limited",
        evidence="A survey.", limits="None.",
    )  # fmt: skip
    synthesis = Table(protect({"Safety at home": mean(again, n)}, title=EXHIBIT))
    return {
        "notebooks/q4": new_notebook(cells=[output_of(finding), output_of(other)]),
        "notebooks/synthesis": new_notebook(cells=[output_of(synthesis)]),
    }


def declared(folder, text):
    path = folder / "synthesis.toml"
    path.write_text(text, encoding="utf-8")
    return read_synthesis(path)


def test_a_card_tells_findings_as_chapters_do_and_what_was_not_assessed(tmp_path):
    cards, _ = declared(tmp_path, CARD)
    page = compose_cards_page(cards, collect_findings(notebooks()))
    card, rest = page.split("## Findings on no card")
    assert "Safety moved by +0.5" in card and "Limited: one source" in card
    assert card.count("### ") == 5 and card.index("### Effect") < card.index("### Economics")
    assert "*Not assessed:* Costs were not handed in." in card and "As told." in card
    assert "Nobody was asked twice." in rest and "Safety moved" not in rest


@pytest.mark.parametrize("part, found", [
    ("{}", "neither"),
    ('{ findings = ["Q4-safer"], not_assessed = "No." }', "both findings and not_assessed"),
    ('{ finding = ["Q4-safer"] }', "the unknown key 'finding'"),
    ('{ not_assessed = "Only 7 answered." }', "a number typed into"),
])  # fmt: skip
def test_a_dimension_has_either_findings_or_a_reason_without_numbers(tmp_path, part, found):
    with pytest.raises(UserError, match=re.escape(found)) as error:
        declared(tmp_path, CARD.replace(COSTS, f"economics = {part}\n"))
    assert str(error.value).startswith("book/synthesis.toml, card 'Q4', economics")


def test_a_card_without_one_of_the_five_is_refused(tmp_path):
    with pytest.raises(UserError, match="card 'Q4', economics: neither; expected ids"):
        declared(tmp_path, CARD.replace(COSTS, ""))


def test_a_finding_that_nobody_tells_stops_the_build(tmp_path):
    cards, _ = declared(tmp_path, CARD.replace("Q4-safer", "Q4-safest"))
    with pytest.raises(UserError, match="the finding 'Q4-safest'; expected one that a chapter"):
        compose_cards_page(cards, collect_findings(notebooks()))


SAME = ToldTwice(row="Safety at home", finding="Q4-safer", name="home")


def test_the_same_number_passes_and_another_stops_the_build():
    same, withheld, other = notebooks(), notebooks(n=4), notebooks(again=0.7)
    for books in (same, withheld):
        require_same_numbers([SAME], collect_findings(books), books)
    with pytest.raises(UserError) as error:
        require_same_numbers([SAME], collect_findings(other), other)
    said = str(error.value)
    assert said.startswith("book/synthesis.toml, [[number]]: 'Safety at home' is +0.7 (")
    assert "the number 'home' of finding 'Q4-safer', +0.5 (" in said


@pytest.mark.parametrize("change, missing", [
    ({"row": "Safety"}, "Safety"), ({"name": "school"}, "Q4-safer, school"),
    ({"finding": "Q4-x"}, "Q4-x, home"),
])  # fmt: skip
def test_a_number_that_is_not_there_stops_the_build(change, missing):
    books = notebooks()
    with pytest.raises(UserError, match=re.escape(f"no number '{missing}' in the chapters")):
        require_same_numbers(
            [ToldTwice(**{**vars(SAME), **change})], collect_findings(books), books
        )


def test_the_report_has_a_card_for_every_question_with_economics_not_assessed():
    from pathlib import Path

    cards, numbers = read_synthesis(Path(__file__).parents[1] / "book" / "synthesis.toml")
    assert [card.question for card in cards] == [q for q in QUESTIONS if q.startswith("Q")]
    assert all(card.parts["economics"].not_assessed for card in cards)
    assert len(numbers) >= 8
