"""The page 'How we know the numbers are right' tells what the committed results say."""

import re
import shutil

import pandas as pd
import pytest

from rr_helpers.publish.findings import escape_markdown
from rr_helpers.publish.validation import DATA, FILES, NAMES, TITLE, validation_markdown


@pytest.fixture(scope="module")
def page() -> str:
    return validation_markdown()


@pytest.fixture
def results(tmp_path):
    for name in FILES:
        shutil.copy(DATA / f"{name}.csv", tmp_path)
    return tmp_path


def section(page: str, title: str) -> str:
    return page.split(f"## {title}")[1].split("\n## ")[0]


def test_it_opens_with_what_was_done_in_plain_words(page):
    opening = page.removeprefix(f"# {TITLE}").strip()
    assert opening.startswith("We worked out ")
    assert not re.search(r"coverage|Monte Carlo|jackknife|simulat", opening.split("\n\n")[0])


def test_every_marked_method_is_told_with_its_reason(page):
    coverage = pd.read_csv(DATA / "coverage.csv").dropna(subset=["marked"])
    told = section(page, "Marked")
    assert len(coverage)
    for row in coverage.itertuples():
        assert f"{NAMES[row.function]} ({escape_markdown(row.variant)})" in told
        assert escape_markdown(row.marked) in told


def test_a_new_mark_shows_on_the_page(results):
    coverage = pd.read_csv(results / "coverage.csv")
    place = coverage.index[coverage["function"].eq("proportion")][0]
    coverage["marked"] = coverage["marked"].astype(object)
    coverage.loc[place, "marked"] = "Wide of the mark"
    coverage.to_csv(results / "coverage.csv", index=False)
    assert "Wide of the mark" in section(validation_markdown(results), "Marked")


def test_every_method_and_every_planned_estimate_has_its_row(page):
    table = section(page, "How often")
    assert [name for name in NAMES.values() if f"| {name} (" not in table] == []
    for row in pd.read_csv(DATA / "recovery.csv").itertuples():
        assert f"{row.plan}: {escape_markdown(row.estimate)}" in section(page, "What was planted")


def test_a_number_out_of_tolerance_is_told_and_not_counted_as_the_same(results):
    rows = pd.read_csv(results / "reproduced.csv")
    rows.loc[0, "ours"] += 1
    rows.to_csv(results / "reproduced.csv", index=False)
    assert f"Not within its tolerance: {rows['title'][0]}" in validation_markdown(results)
    assert "all of them came out the same" not in validation_markdown(results)


def test_without_results_the_page_says_that_nothing_was_run(tmp_path):
    assert validation_markdown(tmp_path) == (
        f"# {TITLE}\n\nThe validation has not been run: `make validation` runs it.\n"
    )
