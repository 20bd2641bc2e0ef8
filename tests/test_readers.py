"""Ten questions that a board member would ask, each with the place in the briefing that answers it.

A reader has a minute: each answer stands under a heading that says what it is, on one page.
"""

import re

import pytest
from lxml import html
from pypdf import PdfReader

BOARDS = ("operational", "strategic")
# The question, the heading under which it is answered, and what the answer must look like.
QUESTIONS = {
    "What did you find out?": ("Main messages", r"\w{3}.*\."),
    "What should we take from it?": ("Main messages", r"^[A-Z][^.]+\."),
    "How big is it?": ("Main messages", r"\d+% \(95% CI|\(95% CI [+−]?\d"),
    "How sure are you?": ("Main messages", r"How sure: (Strong|Moderate|Limited|Insufficient)"),
    "Of how many people or bodies is that?": ("Main messages", r"about \d+ \w+|; \d+ \w+"),
    "Where can I see the evidence?": ("Main messages", r"Chapter: \w+"),
    "Did it get better since last year, and how sure are you?": (
        "What changed since last time",
        r"no record of an earlier edition|clearly (higher|lower)|no clear change",
    ),
    "What became of what we agreed?": (
        "What changed since last time",
        r"Recommendations since|No recommendation was agreed or closed",
    ),
    "What do you want from us?": ("Decisions we ask for", r"\w{4,}"),
    "What can you not tell us?": ("What we cannot say", r"\w{4,}"),
}


@pytest.fixture(scope="module", params=BOARDS)
def briefing(request, edition):
    page = edition.folder / "site" / f"briefing_{request.param}.html"
    return html.fromstring(page.read_bytes())


def under(page, heading: str) -> str:
    (section,) = page.xpath("//section[h2[normalize-space() = $heading]]", heading=heading)
    return " ".join(section.text_content().split()).removeprefix(heading).strip()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_briefing_answers_what_a_board_member_asks(briefing, question):
    heading, answer = QUESTIONS[question]
    assert re.search(answer, under(briefing, heading)), question


def test_three_decisions_are_asked_of_each_board(briefing):
    assert len(briefing.xpath("//section[h2 = 'Decisions we ask for']//ol/li")) == 3


def test_a_briefing_is_read_in_a_few_minutes_and_has_one_page_on_paper(briefing, edition):
    words = len(re.findall(r"\w+", briefing.xpath("//article")[0].text_content()))
    assert words < 650
    for board in BOARDS:
        paper = edition.folder / "site" / "downloads" / f"briefing-{board}.pdf"
        assert len(PdfReader(paper).pages) == 1
    summary = edition.folder / "site" / "downloads" / "summary.pdf"
    assert len(PdfReader(summary).pages) <= 3
