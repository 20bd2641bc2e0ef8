"""The page of examples in docs/statistics.md: each one runs and gives what it says."""

import doctest
from pathlib import Path

from rr_helpers import stats

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"


def test_every_example_on_the_page_gives_what_it_says():
    text = PAGE.read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    report = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
    assert len(example.examples) > 50


def test_every_public_function_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in stats.__all__ if f"stats.{name}(" not in text] == []
