"""The validation: its grid, its marks, its recovery, and what of it is committed."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rr_helpers import stats
from rr_helpers.publish.validation import DATA, NAMES, within
from rr_helpers.stats.sandwich import SMALL_SAMPLE
from rr_helpers.stats.time_series import METHODS

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
grid, marks, months, recovery, reproduced, scope, shares, trials = (
    importlib.import_module(f"benchmarks.validation.{name}")
    for name in
    ("grid", "marks", "months", "recovery", "reproduced", "scope", "shares", "trials")
)  # fmt: skip


@pytest.fixture(scope="module")
def coverage():
    return pd.read_csv(DATA / "coverage.csv")


@pytest.fixture(scope="module")
def recovered():
    return pd.read_csv(DATA / "recovery.csv")


@pytest.fixture(scope="module")
def printed():
    return pd.read_csv(DATA / "reproduced.csv")


def quiet(line: str) -> None:
    del line


# What is committed


def test_every_function_that_gives_an_interval_is_in_the_committed_grid(coverage):
    assert set(coverage["function"]) == set(stats.__all__) - set(scope.NOT_AN_INTERVAL)
    assert set(coverage["function"]) == set(NAMES)


def test_every_variant_of_a_method_is_in_the_committed_grid(coverage):
    variants = coverage.groupby("function")["variant"].agg(set)
    for function in ("linear", "logistic", "counts"):
        assert variants[function] == set(SMALL_SAMPLE)
    assert variants["interrupted_time_series"] == set(METHODS)


def test_the_committed_grid_is_that_of_the_current_designs(coverage):
    cells = coverage.drop_duplicates(["design", "clusters", "n", "months"])
    wanted = {
        (design.simulate.__name__, size["clusters"], size["n"], size["months"], design.runs)
        for design in grid.DESIGNS
        for size in (
            {"clusters": 0, "n": 0, "months": 0} | dict(zip(design.axes, numbers, strict=True))
            for numbers in design.sizes
        )
    }
    names = ["design", "clusters", "n", "months", "runs"]
    found = set(cells[names].fillna(0).itertuples(index=False, name=None))
    assert found == wanted


def test_the_committed_grid_has_the_sizes_of_the_study_its_seed_and_its_versions(coverage):
    assert set(coverage["clusters"].dropna()) == {3, 6, 8, 20, 32}
    assert set(coverage["months"].dropna()) == {12, 31, 48}
    assert {20, 240} <= set(coverage["n"].dropna())
    assert coverage["monte_carlo_error"].notna().equals(coverage["estimable"] > 0)
    for name in ("seed", "python", *grid.LIBRARIES):
        assert coverage[name].nunique() == 1


def test_a_range_beyond_its_bounds_is_marked_with_a_reason_and_no_other_is(coverage):
    for row in coverage.to_dict("records"):
        assert isinstance(row["marked"], str) == bool(marks.outside(row)), row
    assert not coverage["marked"].eq(marks.UNEXPLAINED).any()


def test_every_planned_estimate_is_sought_in_two_hundred_studies_or_more(recovered):
    sought = [(one.plan, one.title, one.row) for one in recovery.SOUGHT]
    assert sought == list(recovered[["plan", "estimate", "row"]].itertuples(index=False, name=None))
    assert recovered["estimable"].min() >= 200


def test_a_range_that_misses_what_was_planted_more_than_chance_allows_says_why(recovered):
    low = recovered["rate"] + 2 * recovered["monte_carlo_error"] < 95
    high = recovered["rate"] - 2 * recovered["monte_carlo_error"] > 95
    assert recovered.loc[low | high, "remark"].notna().all()


def test_every_published_number_is_reproduced_or_named(printed):
    apart = printed[~within(printed)]
    assert set(apart["quantity"]) <= {"uniform LOR GEE factor(trt)2"}
    assert not apart["against"].eq("computed with R").any()
    assert len(printed) > 300


def test_every_reference_case_of_the_room_is_among_the_published_numbers(printed):
    spec = importlib.util.spec_from_file_location("cases", ROOT / "tests/test_stats_reference.py")
    cases = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cases)
    assert set(printed["case"]) >= cases.TRIED


# The grid


@pytest.mark.parametrize("design", grid.DESIGNS, ids=lambda d: d.simulate.__name__)
def test_every_design_gives_intervals_around_its_truth(design):
    cell = grid.run_cell(design._replace(runs=1), design.sizes[len(design.sizes) // 2], seed=3)
    assert (cell["runs"] == 1).all()
    assert cell["estimable"].sum() > 0
    assert cell["function"].isin(stats.__all__).all()


def test_a_stopped_run_goes_on_and_gives_the_same(tmp_path):
    few = shares.independent_shares
    design = grid.Design(few, ("n",), ((20,), (40,)), 3)
    said, half = [], tmp_path / "half"
    grid.run_grid(half, seed=1, designs=(design._replace(sizes=((20,),)),), say=quiet)
    whole = grid.run_grid(half, seed=1, designs=(design,), say=said.append)
    assert said == ["2 of 2: independent_shares-40, 3 runs"]
    afresh = grid.run_grid(tmp_path / "afresh", seed=1, designs=(design,), say=quiet)
    pd.testing.assert_frame_equal(whole, afresh)


def test_a_change_of_a_method_makes_its_cells_anew(tmp_path, monkeypatch):
    design = grid.Design(shares.independent_shares, ("n",), ((20,),), 6)
    grid.run_grid(tmp_path, seed=1, designs=(design,), say=quiet)
    one = stats.proportion
    monkeypatch.setattr(stats, "proportion", lambda *counts: one(*counts, level=0.9))
    said = []
    grid.run_grid(tmp_path, seed=1, designs=(design,), say=said.append)
    assert len(said) == 1


def test_an_interval_that_is_too_narrow_is_found_and_marked():
    cell = marks.mark(grid.run_cell(grid.Design(months.rates, grid._MONTHS, (), 25), (31, 19), 5))
    level = cell[cell["setting"] == "level change, carried over 0.6"].set_index("variant")
    assert level.loc["ols", "coverage"] < 85 and "too narrow" in level.loc["ols", "marked"]
    assert level.loc["reml_ar1", "coverage"] > 85 and level.loc["reml_ar1", "marked"] == ""


def test_coverage_counts_what_holds_and_leaves_out_what_is_not_estimable():
    def simulate(draw, n):
        for k, found in enumerate(((0.0, 1.0), (2.0, 3.0), None)):
            yield trials.Trial("linear", "CR3", f"case {k}", found, 0.5, null=True)

    cell = grid.run_cell(grid.Design(simulate, ("n",), ((9,),), 4), (9,), seed=1)
    assert list(cell["coverage"])[:2] == [100, 0] and np.isnan(cell["coverage"][2])
    assert list(cell["type_1_error"])[:2] == [0, 100]
    assert list(cell["estimable"]) == [4, 4, 0]
    assert list(cell["median_width"])[:2] == [1, 1]


# Recovery


def test_the_chapters_find_what_was_planted_in_a_study():
    found = recovery.study_estimates(1002)
    assert len(found) == len(recovery.SOUGHT)
    known = found.dropna(subset=["truth"])
    held = (known["low"] <= known["truth"]) & (known["truth"] <= known["high"])
    assert held.sum() >= len(known) - 1
    # A range that held anything would hold 'no change' too.
    change = found.set_index(["title", "row"]).loc[(recovery.CONFIDENCE, "Before to after")]
    assert not change["low"] <= 0 <= change["high"]


def test_without_reference_data_published_results_are_left_as_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("RR_SHARED_DATA", str(tmp_path))
    said = []
    assert reproduced.reproduce(ROOT / "tests", say=said.append) is None
    assert "published results were not compared" in said[0]
