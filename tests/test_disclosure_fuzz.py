"""Whatever is handed in: a protected table comes out, or an error in words; nothing else.

Derandomised and short; RR_SLOW=1 tries many more.
"""

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rr_helpers.disclosure import (
    CountTable,
    as_readers_know,
    preview,
    protect,
    protect_release,
    read_catalogue,
    suppress,
)
from rr_helpers.errors import UserError
from rr_helpers.results import Estimate

SLOW = os.environ.get("RR_SLOW") == "1"
SECRET = b"a secret of the tests, long enough"


def some(number: int) -> settings:
    return settings(
        max_examples=number * 25 if SLOW else number,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


strange = st.sampled_from(
    [
        "",
        " ",
        "All",
        "all",
        "Yes",
        "No",
        "nan",
        "a\tb",
        "<b>",
        "é🙂",
        "\u202e",
        "x" * 300,
        "1",
        "-1",
    ]
)
labels = st.lists(st.one_of(strange, st.text(max_size=6)), min_size=1, max_size=4, unique=True)


@st.composite
def populations(draw) -> pd.DataFrame:
    """Ordered categories mostly, and whatever else a frame may hold."""
    rows = draw(st.sampled_from([0, 1, 2, 3, 7, 40, 300]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    frame = {}
    for name in draw(st.sampled_from([["sex", "age", "borough"], ["sex", "age"], ["sex"]])):
        categories = draw(labels)
        values = rng.choice(np.array(categories, dtype=object), rows, p=_skewed(rng, categories))
        kind = draw(st.sampled_from(["ordered"] * 20 + ["unordered", "text", "numbers", "missing"]))
        column = pd.Categorical(values, categories=categories, ordered=kind != "unordered")
        if kind == "missing" and rows:
            column = pd.Categorical([None, *values[1:]], categories=categories, ordered=True)
        frame[name] = {"text": values, "numbers": rng.normal(size=rows)}.get(kind, column)
    frame = pd.DataFrame(frame)
    twice = draw(st.sampled_from([False] * 20 + [True]))
    return pd.concat([frame, frame[["sex"]]], axis="columns") if twice else frame


def _skewed(rng, categories) -> np.ndarray:
    share = rng.dirichlet(np.full(len(categories), 0.5))
    return share / share.sum()


def _shape(**parts):
    return st.fixed_dictionaries(parts)


variable = st.sampled_from(["sex", "sex", "age", "borough", "none of these"])
shapes = st.one_of(
    _shape(rows=st.just("sex")),
    _shape(rows=st.just("sex"), columns=st.sampled_from(["age", "borough"])),
    _shape(rows=variable, columns=variable),
    _shape(rows=st.just("sex"), where=st.dictionaries(st.just("age"), strange, max_size=1)),
    _shape(items=st.sampled_from(["sex", "barrier"]), response=st.sampled_from(["Yes", "maybe"])),
    st.just({}),
)


def require_protected(table) -> None:
    """Every count is a multiple of five: none of 1 to 4 is shown as it was counted."""
    counts = [int(cell) for line in table.grid.to_numpy() for cell in line]
    assert all(count >= 0 and count % 5 == 0 for count in counts)
    assert str(table.frame.shape) and table.digest
    try:
        shown = as_readers_know(table)
    except UserError:
        return
    for line in shown.grid.to_numpy():
        assert not any(cell.value is not None and 1 <= cell.value <= 7 for cell in line)


@some(60)
@given(populations(), shapes)
def test_a_preview_is_protected_or_refused_in_words(frame, shape):
    try:
        table = preview(frame, **shape)
    except UserError:
        return
    require_protected(table)


@some(40)
@given(populations(), st.lists(shapes, min_size=1, max_size=4))
def test_a_release_is_protected_or_refused_in_words(frame, wanted):
    try:
        tables = {
            f"t{n}": CountTable(id=f"t{n}", question="q1", population="people", title="T", **shape)
            for n, shape in enumerate(wanted)
        }
        release = protect_release(
            {"people": frame}, tables, secret=SECRET, hierarchies={"borough": "sub_region"}
        )
    except UserError:
        return
    for name in release:
        require_protected(release[name])


wrong = st.sampled_from([-1, 1.5, float("nan"), float("inf"), None, "5", True])
numbers = st.integers(0, 60) | st.sampled_from([0, 1, 4, 5, 10**6])


@some(60)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), numbers, max_size=8)
    | st.dictionaries(st.sampled_from("abcdefgh"), numbers | wrong, max_size=8),
    st.sampled_from(["optimal", "heuristic"]),
    st.sampled_from(["hidden", "hidden", "hidden", "eligible"]),
    st.sampled_from([5, 5, 5, 6, 10, 4, 0, True, 5.5, None]),
    st.booleans(),
)
def test_suppression_hides_every_small_count_or_refuses_in_words(
    parts, method, zeros, threshold, with_total
):
    counts = {((("v", name),)): count for name, count in parts.items()}
    sums = []
    if with_total:
        try:
            counts[()] = sum(parts.values())
        except TypeError:
            counts[()] = 0
        sums = [((), tuple(cell for cell in counts if cell))]
    try:
        found = suppress(counts, sums, method=method, zeros=zeros, threshold=threshold)
    except UserError:
        return
    assert threshold >= 5
    assert not any(0 < count < threshold for count in found.shown.values())
    assert 0 not in found.shown.values()
    assert set(found.shown) | set(found.suppressed) == set(counts)


def _around(value, low, high, **rest) -> Estimate:
    ends = {"low": None if low is None else value - low, "high": None if low is None else high}
    if ends["high"] is not None:
        ends["high"] += value
    return Estimate(value=value, **ends, **rest)


real = st.floats(-1e6, 1e6, allow_nan=False) | st.floats(-2, 2) | st.floats(0, 100)
wide = st.floats(0, 50) | st.floats(0, 1)
estimates = st.builds(
    _around,
    value=real,
    low=st.none() | wide,
    high=wide,
    n=st.sampled_from([0, 1, 9, 10, 11, 50, 10**6, -5]),
    unit=st.sampled_from(["", "%", "percentage points", "days", "ratio", "change", "furlongs"]),
    of=st.sampled_from(["young people", "organisations", ""]),
    method=st.sampled_from(["mean, t", "Wilson", "maximum", "Cox", "median", "90th percentile"]),
    events=st.sampled_from([None, 0, 9, 10, 60]),
    clusters=st.sampled_from([None, 0, 2, 3, 30]),
    count=st.sampled_from([None, 3]),
    level=st.sampled_from([0.9, 0.95, 0.5, 0.999]),
    basis=st.sampled_from(["rows", "released"]),
)


@some(120)
@given(st.dictionaries(st.one_of(strange, st.text(max_size=5)), estimates, max_size=4))
def test_an_estimate_is_rounded_or_withheld_or_refused_in_words(given_estimates):
    try:
        table = protect(given_estimates, title="T")
    except UserError:
        return
    for label, estimate in given_estimates.items():
        shown = table[label]
        if estimate.n < 10 or (estimate.events is not None and estimate.events < 10):
            assert shown.value is None and shown.low is None and shown.high is None
        if shown.low is not None and shown.high is not None and estimate.basis == "rows":
            assert shown.low <= shown.value <= shown.high
        assert str(shown) and table.frame is not None


@some(60)
@given(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "[q1]\na = {title = 'T', population = 'p', rows = 'sex'}",
                "[q1]\na = {title = 1}",
                "[q1]\na = 3",
                "q1 = 3",
                "[q1]\na = {title='T', population='p', rows=['a','b']}",
                "[q1]\na = {title='T', population='p', rows='a', where=3}",
                "[q1]\na = {title='T', population='p', items='a', columns='b'}",
                "[q1]\na = {title='T', population='p', rows='borough', columns='a', where={b='1'}}",
                "[[q1]]\na = 1",
                "\x00",
            ]
        ),
    )
)
def test_a_catalogue_is_read_or_refused_in_words(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    try:
        assert isinstance(read_catalogue(path), dict)
    except UserError as error:
        assert "catalogue.toml" in str(error)


@pytest.mark.parametrize("rows", [1_000_000 if SLOW else 100_000])
def test_a_very_large_population_is_protected_too(rows):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(
                np.r_[rng.integers(0, 2, rows - 1), 2], ["a", "b", "c"], ordered=True
            )
            for name in ("sex", "age")
        }
    )
    table = preview(frame, rows="sex", columns="age")
    require_protected(table)
    assert abs(int(table.total) - rows) <= 4
