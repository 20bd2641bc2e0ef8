"""The accessibility statement says what was tested, what was not, and what falls short."""

from browser_checks import CHECKS

from rr_helpers.publish.accessibility import accessibility_markdown, read_results


def test_the_statement_gives_every_check_with_the_number_of_its_pages_and_problems():
    text, results = accessibility_markdown(), read_results()
    assert list(results["check"]) == list(CHECKS)
    for row in results.itertuples():
        assert CHECKS[row.check][0] == row.words
        assert f"| {row.words} | {row.pages} | {row.problems} |" in text


def test_the_statement_says_what_was_not_tested_and_what_falls_short():
    text = accessibility_markdown()
    order = [
        "## What was tested",
        "## What was not tested",
        "## What falls short",
        "## Other forms",
    ]
    assert sorted(order, key=text.index) == order
