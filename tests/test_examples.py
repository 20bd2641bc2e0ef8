"""The pages of examples in docs/: each example runs and gives what it says."""

import doctest
from pathlib import Path

import pytest

from rr_helpers import networks, stats

DOCS = Path(__file__).parents[1] / "docs"
PAGES = [("statistics.md", stats, 50), ("networks.md", networks, 35)]


@pytest.mark.parametrize(("name", "room", "fewest"), PAGES)
def test_every_example_on_a_page_gives_what_it_says(name, room, fewest):
    text = (DOCS / name).read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {}, name, str(DOCS / name), 0)
    report = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
    assert len(example.examples) > fewest


@pytest.mark.parametrize(("name", "room", "fewest"), PAGES)
def test_every_public_function_is_on_the_page_of_its_room(name, room, fewest):
    text, short = (DOCS / name).read_text(encoding="utf-8"), room.__name__.rpartition(".")[2]
    assert [each for each in room.__all__ if f"{short}.{each}(" not in text] == []
