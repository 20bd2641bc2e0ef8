import nbformat
import pytest
import trial_project as trial
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rr_helpers.errors import UserError
from rr_helpers.publish.findings import (
    SYNTHETIC,
    chapter_title,
    collect_findings,
    compose_front_page,
    escape_markdown,
)
from rr_helpers.report.findings import STRENGTHS


def chapter(*findings, title="Safety"):
    outputs = [
        new_output(
            "display_data", data={"text/html": "<p></p>"}, metadata={"rr": {"finding": told}}
        )
        for told in findings
    ]
    return new_notebook(cells=[new_markdown_cell(f"# {title}"), new_code_cell(outputs=outputs)])


def front(*findings, **settings):
    told = collect_findings({"notebooks/q4_safety/safety": chapter(*findings)})
    defaults = {"title": "What we found", "reporting": "Year 3", "synthetic": False}
    return compose_front_page(told, **{**defaults, **settings})


def test_findings_come_in_the_order_of_the_chapters_with_their_source():
    told = collect_findings(
        {
            "notebooks/q1": chapter(trial.finding("b"), trial.finding("a"), title="Network"),
            "notebooks/q4": chapter(trial.finding("c")),
        }
    )
    assert [(one.id, one.chapter, one.title) for one in told] == [
        ("b", "notebooks/q1", "Network"),
        ("a", "notebooks/q1", "Network"),
        ("c", "notebooks/q4", "Safety"),
    ]


def test_outputs_that_are_no_findings_are_passed_over():
    notebook = chapter()
    notebook.cells[1].outputs = [new_output("stream", text="x")]
    assert collect_findings({"q": notebook}) == []


def test_two_findings_with_one_id_are_refused():
    with pytest.raises(UserError) as caught:
        collect_findings({"q1": chapter(trial.finding("x")), "q2": chapter(trial.finding("x"))})
    assert str(caught.value) == (
        "q2.ipynb: a second finding with the id 'x'; expected an id of its own; the first is in "
        "q1.ipynb. Give one of the two another id."
    )


def test_the_front_page_gives_each_finding_with_how_sure_and_limits_and_leads_to_its_chapter():
    text = front(trial.finding())
    assert text.startswith("# What we found\n")
    assert "## Q4. Safety and feelings of safety" in text
    assert "**About half of those asked felt safer.**" in text
    assert f"*How sure:* {STRENGTHS['limited']}" in text
    assert "*Limits:* Half did not answer. A worker was often present." in text
    assert "{doc}`Safety </notebooks/q4_safety/safety>`" in text


def test_on_the_front_page_what_a_finding_means_leads_and_the_finding_stands_under_it():
    finding = trial.finding()
    text = front(finding, means={finding["id"]: "Ask those who do not come."})
    assert "**Ask those who do not come.**\n\nAbout half of those asked felt safer." in text
    assert "Read on:\n\n- {doc}`Safety </notebooks/q4_safety/safety>`" in text


def test_questions_come_in_their_order_whatever_the_chapters_order():
    text = front(trial.finding("a", "Q4"), trial.finding("b", "Q1"), trial.finding("c", "Evidence"))
    assert text.index("## Q1.") < text.index("## Q4.") < text.index("## Evidence")


def test_a_synthetic_study_says_so_on_the_front_page_and_a_real_one_does_not():
    assert SYNTHETIC in front(trial.finding(), synthetic=True)
    assert SYNTHETIC not in front(trial.finding())


def test_a_year_without_findings_says_so():
    assert "state no findings" in front()


def test_a_findings_words_are_shown_as_they_stand():
    text = front(trial.finding(sentence="A *b* {c} [d](e) `f` <g> h_i_j"))
    assert r"**A \*b\* \{c\} \[d\](e) \`f\` \<g\> h\_i\_j**" in text
    assert escape_markdown("two\n\n  lines") == "two lines"


def test_the_title_of_a_chapter_is_its_first_heading():
    assert chapter_title(chapter(title="Safety of young people"), "x") == "Safety of young people"
    assert chapter_title(nbformat.v4.new_notebook(), "notebooks/q4/safety") == "safety"


def test_the_front_page_says_of_each_finding_whether_it_was_planned_and_ends_with_the_plan():
    text = front(trial.finding(), labels={"safer": "Planned, primary analysis"}, about="## About")
    assert "*Plan:* Planned, primary analysis" in text
    assert text.endswith("## About\n")
    assert "*Plan:*" not in front(trial.finding())
