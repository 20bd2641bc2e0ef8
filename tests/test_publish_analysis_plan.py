"""The plan binds: what was not planned is called exploratory, what is missing is said."""

import nbformat
import pandas as pd
import pytest
import trial_project as trial
from test_publish_findings import chapter

from rr_helpers.errors import UserError
from rr_helpers.publish.analysis_plan import (
    EXPLORATORY,
    about_plan,
    compose_plan_page,
    in_words,
    label_findings,
    read_plan,
    require_planned,
)
from rr_helpers.publish.build import build_edition
from rr_helpers.publish.check import check_edition
from rr_helpers.publish.findings import collect_findings

START, END = "2020-07-01", "2021-06-30"
CHAPTER = "notebooks/q4_safety/safety"
LINE = {"plan_id": "Q4-P1", "date": "2018-09-03", "question": "Q4", "rank": "primary",
        "outcome": "Safety at home", "model": "Paired dominance", "family": None}  # fmt: skip
HOME = {"name": "at_home", "value": 0.35, "low": 0.1, "high": 0.6, "level": 0.95, "unit": "change",
        "clusters": 6, "text": "+0.35", "interval": "+0.10 to +0.60",
        "rests_on": "about 65 young people in 6 boroughs"}  # fmt: skip
STREET = HOME | {"name": "street", "value": 0.2, "low": -0.05, "high": 0.45, "text": "+0.20",
                 "interval": "−0.05 to +0.45"}  # fmt: skip
HIDDEN = HOME | {"name": "online", "value": None, "low": None, "high": None, "text": "[c]",
                 "interval": "", "rests_on": "fewer than 10 young people"}  # fmt: skip


def plan(*lines):
    table = pd.DataFrame([LINE | line for line in lines or ({},)])
    return read_plan(table, start=START, end=END)


def told(*findings):
    return collect_findings({CHAPTER: chapter(*findings)})


def row(page: str, start: str) -> str:
    return next(line for line in page.splitlines() if line.startswith(f"| {start}"))


def test_a_finding_may_only_name_a_plan_that_was_written_down_for_its_question():
    found = told(trial.finding("safer", "Q4", plan="Q4-P1"))
    require_planned(found, plan())
    for line in ({"plan_id": "Q4-P2"}, {"question": "Q1"}):
        with pytest.raises(
            UserError, match="safety.ipynb, finding 'safer': the planned analysis 'Q4-P1'"
        ):
            require_planned(found, plan(line))


def test_a_finding_without_a_plan_is_let_through_and_called_exploratory():
    found = told(trial.finding())
    require_planned(found, plan())
    assert label_findings(found, plan()) == {"safer": EXPLORATORY}


def test_only_what_was_planned_in_time_and_not_as_exploratory_counts_as_planned():
    found = told(trial.finding(plan="Q4-P1"))
    assert label_findings(found, plan()) == {"safer": "Planned, primary analysis (Q4-P1)"}
    late = plan({"date": "2021-07-01"})
    assert label_findings(found, late)["safer"] == (
        "Exploratory: Q4-P1 was written down after the window had ended"
    )
    assert late.binding(found[0]) is None
    loose = plan({"rank": "exploratory"})
    assert label_findings(found, loose)["safer"] == "Exploratory, as planned (Q4-P1)"


def test_a_plan_written_late_is_told_with_its_date():
    page = compose_plan_page([], plan({"date": "2021-07-01"}, {"date": "2021-01-05"}))
    assert "after the window had ended on 30 June 2021" in page
    assert "Q4-P1 (1 July 2021)" in page
    assert "under way: Q4-P1 (5 January 2021). Some of the data were in by then." in page
    assert "under way" not in compose_plan_page([], plan())


def test_what_was_planned_and_not_reported_is_told_on_the_page_and_on_the_front_page():
    listed = plan(
        {}, {"plan_id": "Q4-S1", "rank": "secondary", "outcome": "Safety in the *street*"}
    )
    found = told(trial.finding(plan="Q4-P1"))
    missing = "Q4-S1: Safety in the \\*street\\* (secondary)"
    for text in (compose_plan_page(found, listed), about_plan(found, listed)):
        assert "Planned, and not reported in this edition" in text and missing in text
    assert "not reported" in row(compose_plan_page(found, listed), "**Q4-S1**")
    assert "1 of 2 analyses that were planned; 0 of the 1 findings" in about_plan(found, listed)
    assert "not reported" not in about_plan(found, plan())


def test_a_family_is_widened_to_hold_together_and_its_p_values_are_adjusted():
    first = trial.finding("home", plan="Q4-P1", estimates=[HOME])
    second = trial.finding("street", plan="Q4-S1", estimates=[STREET])
    listed = plan({}, {"plan_id": "Q4-S1", "rank": "secondary"})
    page = compose_plan_page(told(first, second), listed)
    assert "### Q4 primary and secondary" in page
    # By hand: t(5) is 2.571 at 95% and 3.163 at 97.5%, so a side of 0.25 becomes 0.308; Holm
    # doubles the smaller p, 2 P(t(5) > 0.35 / 0.0973) = 0.016, and leaves the other, 0.095.
    assert row(page, "Q4-P1: at home").endswith(
        "| +0.35 (+0.10 to +0.60) | +0.04 to +0.66 | 0.03 |"
    )
    assert row(page, "Q4-S1: street").endswith("| −0.11 to +0.51 | 0.09 |")


def test_an_estimate_told_twice_is_counted_once_and_one_withheld_stays_withheld():
    first = trial.finding("home", plan="Q4-P1", estimates=[HOME, HIDDEN])
    again = trial.finding("again", plan="Q4-P1", estimates=[HOME])
    page = compose_plan_page(told(first, again), plan())
    assert row(page, "Q4-P1: at home").endswith("| +0.10 to +0.60 | 0.02 |")
    assert row(page, "Q4-P1: online").endswith("| not shown (fewer than 10 young people) | – | – |")
    assert page.count("+0.35") == 1


def test_a_family_named_in_the_plan_crosses_questions():
    listed = plan({"family": "Safety"}, {"plan_id": "Q1-P1", "question": "Q1", "family": "Safety"})
    first = trial.finding("home", plan="Q4-P1", estimates=[HOME])
    second = trial.finding("ties", "Q1", plan="Q1-P1", estimates=[STREET])
    page = compose_plan_page(told(first, second), listed)
    assert page.count("### ") == 1 and "### Safety" in page


def test_exploratory_findings_are_listed_and_adjusted_apart():
    planned = trial.finding("home", plan="Q4-P1", estimates=[HOME])
    other = trial.finding("other", sentence="More *said* so.", estimates=[STREET])
    page = compose_plan_page(told(planned, other), plan())
    assert row(page, "Q4-P1: at home").endswith("| +0.10 to +0.60 | 0.02 |")
    assert row(page, "other: street").endswith("| +0.20 (−0.05 to +0.45) | 0.09 |")
    assert "- More \\*said\\* so. *Exploratory: not in the plan.* {doc}`Safety" in page
    assert "Every finding of this edition was planned." in compose_plan_page(told(planned), plan())


def test_two_primary_analyses_of_one_question_are_remarked_on():
    page = compose_plan_page([], plan({}, {"plan_id": "Q4-P2"}))
    assert "more than one primary analysis for Q4: Q4-P1, Q4-P2." in page


def test_dates_are_written_in_words():
    assert in_words(pd.Timestamp("2018-09-03")) == "3 September 2018"


def test_an_edition_with_a_plan_has_its_page_and_passes_the_gate(tmp_path):
    safety = trial.notebook(
        trial.show_finding(plan="Q4-P1", estimates=[HOME]), trial.show_finding(name="other")
    )
    project = trial.write_project(tmp_path / "project", safety=safety)
    toc = project / "book" / "_toc.yml"
    listed = trial.TOC.replace("      - file: pages/methods", "      - file: planned_analyses\n"
                               "      - file: pages/methods")  # fmt: skip
    toc.write_text(listed, encoding="utf-8")
    held = plan({}, {"plan_id": "Q4-S1", "outcome": "Safety in the street"})
    build_edition(trial.plan(project, planned=held), tmp_path / "out", say=lambda *_: None)
    assert check_edition(tmp_path / "out") == []
    page, front = (
        (tmp_path / "out" / "site" / f"{name}.html").read_text(encoding="utf-8")
        for name in ("planned_analyses", "index")
    )
    assert "+0.10 to +0.60" in page and "not reported" in page
    assert "Planned, primary analysis (Q4-P1)" in front and EXPLORATORY in front
    assert "Safety in the street" in front
    kept = nbformat.read(tmp_path / "out" / "chapters" / f"{CHAPTER}.ipynb", as_version=4)
    assert collect_findings({CHAPTER: kept})[0].estimates == (HOME,)
