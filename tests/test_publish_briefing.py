"""Briefings and summary: composed of findings, the team's words, the boards' log, last time."""

import json

import pandas as pd
import pytest
from test_publish_team_words import estimate, read, told

from rr_helpers.publish.board_papers import BoardPapers, gather_papers
from rr_helpers.publish.briefing import compose_briefing
from rr_helpers.publish.edition import Edition
from rr_helpers.publish.since_last import (
    EarlierFindings,
    compare,
    keep_record,
    read_edition_before,
    recorded_findings,
)
from rr_helpers.publish.summary import compose_summary

Q1 = told(id="ties", question="Q1", sentence="Ties grew to 7.", estimates=(estimate(0.4, 0.6),))
Q3 = told(id="late", question="Q3", sentence="Waits were 5 days.")
Q4 = told()
FINDINGS = [Q1, Q3, Q4]
LATE = pd.DataFrame(
    {"Recommendation": ["Keep a seat", "Ask again", "Name a lead", "Write it down"],
     "Owner": "Police", "Due": "May 2020"}
)  # fmt: skip


def briefing(board="operational", papers=None, **changes):
    known = {"reporting": "Year 3", "synthetic": False, **changes}
    return compose_briefing(board, FINDINGS, papers or BoardPapers(), **known)


def before(**changes):
    settings = {"label": "Year 2", "released_on": "2020-10-01", "shares_days": False,
                "findings": {"ties": {"estimates": [estimate(0.1, 0.2)]}}}  # fmt: skip
    return EarlierFindings(**{**settings, **changes})


def test_each_board_has_the_questions_in_the_order_of_what_concerns_it():
    practice, works = briefing("operational"), briefing("strategic")
    assert practice.index("Waits were") < practice.index("Ties grew") < practice.index("About half")
    assert works.index("About half") < works.index("Ties grew") < works.index("Waits were")
    assert practice.startswith("# Briefing for the operational board\n")


def test_every_message_says_how_sure_and_where_it_is_shown():
    text = briefing()
    assert text.count("*How sure:*") == 3
    assert "Chapter: {doc}`Safety </notebooks/q4>`" in text
    assert "- Half did not answer" in text[text.index("## What we cannot say") :]


def test_the_teams_words_lead_and_the_finding_stands_under_them(tmp_path):
    words = read(tmp_path, '[[message]]\nfinding = "safer"\nmeans = "Keep on: {share}."\n'
                 '[[cannot_say]]\nsays = "Why"\nboards = "strategic"\n')  # fmt: skip
    text = briefing(papers=BoardPapers(words=words))
    assert "**Keep on: 52% (95% CI 40% to 64%).**\n\nAbout half of those asked" in text
    assert text.index("Keep on") < text.index("Waits were")
    assert "- Why" not in text
    assert "- Why" in briefing("strategic", BoardPapers(words=words))


def test_three_decisions_are_asked_the_teams_first_then_what_is_past_its_day(tmp_path):
    words = read(tmp_path, '[[decision]]\nask = "Fund the course"\n')
    papers = BoardPapers(words=words, overdue={"operational": LATE})
    asked = [
        line
        for line in briefing(papers=papers).splitlines()
        if line[:2] in ("1.", "2.", "3.", "4.")
    ]
    assert asked == [
        "1. Fund the course",
        "2. Finish, give a new day, or drop: keep a seat (police; was due in May 2020)",
        "3. Finish, give a new day, or drop: ask again (police; was due in May 2020)",
    ]
    assert "No decision is asked for" in briefing("strategic", BoardPapers(overdue={}))


def test_without_a_record_of_an_earlier_edition_the_briefing_says_so():
    assert "There is no record of an earlier edition" in briefing()


def test_what_changed_is_told_by_whether_the_ranges_overlap():
    text = briefing(papers=BoardPapers(before=before()))
    assert "Network" not in text
    told_of = "- Safety, share: 0.5 (0.1 to 0.2) then, 0.5 (0.4 to 0.6) now"
    assert f"{told_of}: **clearly higher**" in text
    assert "- Safety: a finding that is new" in text
    verdicts = {}
    for low, high in ((0.1, 0.2), (0.3, 0.5), (0.7, 0.9), (None, None)):
        was = before(findings={"ties": {"estimates": [estimate(low, high)]}})
        (moved,) = compare(FINDINGS, was)
        verdicts[low] = moved.verdict
    assert verdicts == {
        0.1: "clearly higher",
        0.3: "no clear change, since the ranges overlap",
        0.7: "clearly lower",
        None: "cannot be compared",
    }
    assert "share days" in briefing(papers=BoardPapers(before=before(shares_days=True)))


def test_the_edition_before_is_the_latest_published_one_of_an_earlier_window(tmp_path):
    windows = pd.DataFrame(
        {"window_id": ["Y1", "Y2", "Y3"], "label": ["One", "Two", "Three"],
         "start": pd.to_datetime(["2018-07-01", "2019-07-01", "2020-04-01"]),
         "end": pd.to_datetime(["2019-06-30", "2020-06-30", "2021-03-31"])}
    )  # fmt: skip
    edition, study = tmp_path / "edition", tmp_path / "study"
    edition.mkdir()
    for window, day in (("Y1", "2019-10-01"), ("Y2", "2020-10-01"), ("Y3", "2021-06-01")):
        record = {"format": 1, "window": window, "scope": "london",
                  "findings": recorded_findings(FINDINGS)}  # fmt: skip
        (edition / "record.json").write_text(json.dumps(record), encoding="utf-8")
        kept = keep_record(edition, study, released_on=day)
        assert kept.read_bytes() == (edition / "record.json").read_bytes()
    found = read_edition_before(study, windows, window="Y3", scope="london")
    assert (found.label, found.released_on, found.shares_days) == ("Two", "2020-10-01", True)
    assert found.findings["ties"]["sentence"] == "Ties grew to 7."
    assert read_edition_before(study, windows, window="Y1", scope="london") is None
    assert read_edition_before(study, windows, window="Y3", scope="E09000014") is None


def test_the_summary_has_every_question_with_its_findings_and_both_boards_decisions():
    papers = BoardPapers(overdue={"operational": LATE, "strategic": LATE})
    text = compose_summary(FINDINGS, papers, {}, reporting="Year 3", synthetic=True)
    assert text.index("## Q1.") < text.index("## Q3.") < text.index("## Q4.")
    assert "- Ties grew to 7. *limited.*" in text.replace("Limited", "limited")
    assert text.count("1. Finish, give a new day") == 2
    assert "Synthetic data" in text


@pytest.mark.parametrize("board", ["operational", "strategic"])
def test_only_what_a_board_itself_agreed_and_is_open_past_its_day_is_asked_of_it(
    small_study, board
):
    edition = Edition(small_study, "eval_Y3", "london")
    overdue = gather_papers(edition, small_study.folder).overdue[board]
    actions, meetings = edition.rows("meeting_action"), edition.rows("meeting")
    mine = meetings.loc[meetings["type"].eq(board), "meeting_id"]
    allowed = actions[actions["meeting_id"].isin(mine)]["wording_public"].dropna()
    assert set(overdue["Recommendation"]) <= set(allowed)
    assert not overdue["Recommendation"].duplicated().any()


def test_the_synthetic_studys_words_are_read(small_study):
    edition = Edition(small_study, "eval_Y3", "london")
    assert len(gather_papers(edition, small_study.folder).words) > 5
