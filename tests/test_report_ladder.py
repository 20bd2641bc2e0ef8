"""Flow diagrams and the ladder of contribution: what they draw, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from released_samples import SECRET, ordered

from rr_helpers.disclosure import CountTable, protect_release
from rr_helpers.disclosure.stamp import check_output
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.report import RUNGS, Chart, ContributionLadder
from rr_helpers.report.ladder import rung_of

STEPS = ["Referred", "Accepted", "Engaged"]


@pytest.fixture(scope="module")
def funnel():
    """600 referred, 240 accepted, 150 engaged."""
    reached = [600, 240, 150]
    frame = pd.DataFrame(
        {
            f"reached: {step}": ordered(np.where(np.arange(600) < n, "Yes", "No"), ["Yes", "No"])
            for step, n in zip(STEPS, reached, strict=True)
        }
    )
    frame.attrs["of"] = "referrals"
    table = CountTable(id="funnel", question="q3", population="referrals", title="The funnel",
                       items="reached", response="Yes")  # fmt: skip
    return protect_release({"referrals": frame}, {"funnel": table}, secret=SECRET)["funnel"]


def passes(shown):
    data, metadata = shown._repr_mimebundle_()
    return check_output({"output_type": "display_data", "data": data, "metadata": metadata})


def test_a_flow_tells_every_step_and_who_left_and_passes_the_gate(funnel):
    chart = Chart.flow(funnel, steps=STEPS, left={"Accepted": "not accepted"})
    assert chart.alt == "From step to step, referred: 600; accepted: 240; engaged: 150."
    for words in ("360 not", "90 did not", "Referred", "600", "150"):
        assert words in chart.svg
    assert "<table" in chart.html and passes(chart) is None


@pytest.mark.parametrize("steps, left, found", [
    (["Referred", "Helped"], {}, "no row 'Helped'"),
    (STEPS, {"Helped": "not helped"}, "no row 'Helped'"),
    (["Engaged", "Referred"], {}, "more at 'Referred' than before it"),
    (STEPS, {"Accepted": "7 not accepted"}, "a number typed into"),
])  # fmt: skip
def test_a_flow_that_widens_or_names_no_row_or_holds_a_number_is_refused(
    funnel, steps, left, found
):
    with pytest.raises(UserError, match=found):
        Chart.flow(funnel, steps=steps, left=left)


def test_a_flow_is_drawn_from_what_was_cleared_only():
    with pytest.raises(DisclosureError):
        Chart.flow(pd.DataFrame({"n": [1]}), steps=STEPS, left={})


WORDS = ("Staff", "Partners", "Files", "Young people")


def says(numbers, *words):
    return dict(zip(WORDS, words, strict=True)) | {"Numbers": numbers}


@pytest.mark.parametrize("numbers, words, rung", [
    ("supports", ("silent", "mixed", "silent", "silent"), "claimed"),
    ("silent", ("supports", "supports", "supports", "supports"), "told"),
    ("contradicts", ("supports", "silent", "silent", "silent"), "told"),
    ("supports", ("supports", "supports", "silent", "silent"), "counted"),
    ("supports", ("supports", "supports", "supports", "contradicts"), "counted"),
    ("supports", ("supports", "supports", "supports", "mixed"), "borne_out"),
])  # fmt: skip
def test_a_claim_stands_on_the_rung_that_all_its_evidence_bears(numbers, words, rung):
    assert rung_of(says(numbers, *words), numbers="Numbers") == rung


def test_no_claim_stands_on_the_highest_rung_whatever_the_evidence():
    best = says("supports", *["supports"] * 4)
    assert rung_of(best, numbers="Numbers") != list(RUNGS)[-1]


def ladder(funnel, **changes):
    row = {"theme": "Coordinators hand over", "confidence": "moderate",
           "says": says("mixed", "supports", "contradicts", "silent", "mixed")}  # fmt: skip
    return ContributionLadder([row | changes], title="Claims", numbers="Numbers",
                              evidence=[funnel])  # fmt: skip


def test_what_holds_a_claim_back_is_as_visible_as_what_bears_it(funnel):
    shown = ladder(funnel)
    for words in ("Told (rung two of five)", "Speak for it: Staff.", "Speak against it: Partners.",
                  "could go either way: Young people; Numbers.", "too few to say: Files.",
                  "Other explanations are not ruled out", "Moderate."):  # fmt: skip
        assert words in shown.html
    assert passes(shown) is None


def test_a_ladder_without_numbers_or_of_what_was_not_cleared_is_refused(funnel):
    with pytest.raises(UserError, match="no 'Numbers' among Staff"):
        ladder(funnel, says={"Staff": "supports"})
    with pytest.raises(DisclosureError):
        ladder(pd.DataFrame({"n": [1]}))
