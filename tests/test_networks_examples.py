"""The page of examples in docs/networks.md: each one runs and gives what it says."""

import doctest
from pathlib import Path

from rr_helpers import networks

PAGE = Path(__file__).parents[1] / "docs" / "networks.md"


def test_every_example_on_the_page_gives_what_it_says():
    text = PAGE.read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    report = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
    assert len(example.examples) > 35


def test_every_public_function_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in networks.__all__ if f"networks.{name}(" not in text] == []
