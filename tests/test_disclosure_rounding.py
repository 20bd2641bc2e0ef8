import csv
import hashlib
import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_examples import cell
from lattice_examples import numbered_cross as cross

from rr_helpers.disclosure.rounding import FURTHER, STRICT, label_cell, round_counts
from rr_helpers.errors import DisclosureError, UserError

SHARED = Path(os.environ.get("RR_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
KEY = hashlib.sha256(b"tests").digest()


def deviation(rounding, counts):
    return sum(abs(rounding.released[c] - counts[c]) for c in counts)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 60), min_size=width, max_size=width), min_size=1, max_size=6
        )
    ),
    st.sampled_from([5, 10]),
)
@settings(max_examples=60, deadline=None)
def test_every_two_way_table_is_rounded_additively_to_neighbouring_multiples(matrix, base):
    counts, sums = cross(matrix)
    rounding = round_counts(counts, sums, base=base, key=KEY)
    # A two-way table always has a zero-restricted controlled rounding (Cox 1987, JASA 82: 520).
    assert rounding.relaxation == STRICT
    for name, true in counts.items():
        shown = rounding.released[name]
        assert shown % base == 0 and abs(shown - true) < base and shown >= 0
        assert shown == true or true % base  # a multiple, and so zero, stays as it is
    for whole, parts in sums:
        assert rounding.released[whole] == sum(rounding.released[part] for part in parts)


def test_a_count_of_zero_stays_zero_and_one_person_becomes_zero_or_five():
    counts, sums = cross([[0, 0], [0, 0]])
    assert set(round_counts(counts, sums, base=5, key=KEY).released.values()) == {0}
    counts, sums = cross([[1, 0], [0, 0]])
    assert set(round_counts(counts, sums, base=5, key=KEY).released.values()) <= {0, 5}


def test_nothing_to_round_is_no_error():
    assert round_counts({}, [], base=5, key=KEY).released == {}


def test_a_million_is_rounded_like_any_other_count():
    counts, sums = cross([[10**6 + 1, 3], [2, 10**6 + 4]])
    rounding = round_counts(counts, sums, base=5, key=KEY)
    assert abs(rounding.released[cell()] - counts[cell()]) < 5


@pytest.mark.parametrize("wrong", [-1, 2.5, float("nan"), True])
def test_what_is_no_count_is_refused_by_name(wrong):
    with pytest.raises(UserError, match=r"count of r = 0.*expected a whole number from 0 up"):
        round_counts({cell(r=0): wrong}, [], base=5, key=KEY)


def test_the_same_secret_gives_the_same_answer_and_another_secret_another():
    matrix = [[(7 * r + 3 * c) % 11 for c in range(6)] for r in range(12)]
    counts, sums = cross(matrix)
    first = round_counts(counts, sums, base=5, key=KEY)
    assert round_counts(counts, sums, base=5, key=KEY).released == first.released
    again = dict(reversed(counts.items()))
    assert round_counts(again, sums[::-1], base=5, key=KEY).released == first.released
    assert round_counts(counts, sums, base=5, key=b"another").released != first.released


def test_a_count_standing_alone_is_rounded_without_bias():
    # Unbiased random rounding: up with probability remainder / base, so that every count within
    # a base of what is shown stays possible. 400 keys; binomial standard error 0.025.
    for true in range(1, 5):
        ups = [
            round_counts({cell(): true}, [], base=5, key=bytes([a, b])).released[cell()] == 5
            for a, b in itertools.product(range(20), repeat=2)
        ]
        assert sum(ups) / len(ups) == pytest.approx(true / 5, abs=0.1)


def triangle(value):
    # Each pair of x, y, z adds up to 10, a multiple of 10: x up means y down, z up, x down.
    names = [frozenset({("corner", n)}) for n in "xyz"]
    pairs = list(itertools.combinations(names, 2))
    wholes = [frozenset({("side", n)}) for n in range(3)]
    counts = dict.fromkeys(names, value) | dict.fromkeys(wholes, 2 * value)
    return counts, list(zip(wholes, pairs, strict=True))


def test_where_neighbouring_multiples_cannot_add_up_the_relaxation_is_stated():
    counts, sums = triangle(5)
    rounding = round_counts(counts, sums, base=10, key=KEY)
    assert rounding.relaxation == FURTHER and rounding.reach == 19
    for whole, parts in sums:
        assert rounding.released[whole] == sum(rounding.released[part] for part in parts)
    assert all(abs(rounding.released[c] - counts[c]) < 20 for c in counts)


def test_where_no_rounding_exists_nothing_is_released():
    # 5 = 0 + 0 cannot be kept by any multiples, however far they move within the relaxation.
    counts = {cell(r=0): 100, cell(r=1): 0}
    with pytest.raises(DisclosureError, match="no rounding keeps all the sums"):
        round_counts(counts, [(cell(r=0), (cell(r=1),))], base=5, key=KEY)


def test_cells_are_named_in_words():
    assert label_cell(cell(sex="Female", borough="Barnet")) == "borough = Barnet, sex = Female"
    assert label_cell(cell()) == "all"


def synthetic_33_by_4_by_3():
    path = SHARED / "disclosure" / "synthetic_33x4x3_N1519.csv"
    if not path.exists():
        pytest.skip(f"reference data not here: {path}")
    with path.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    names = ("borough", "age", "gender")
    counts = {
        frozenset((v, line[v]) for v in names if line[v] != "Total"): int(line["count"])
        for line in lines
    }
    values = {v: sorted({line[v] for line in lines} - {"Total"}) for v in names}
    sums = [
        (whole, tuple(whole | {(v, value)} for value in values[v]))
        for whole in counts
        for v in names
        if v not in dict(whole)
    ]
    return counts, sums


def test_a_borough_by_age_by_gender_table_of_1519_children_is_rounded_strictly():
    counts, sums = synthetic_33_by_4_by_3()
    # 680 cells and 326 equations, as the disclosure brief (section 2) counts them.
    assert (len(counts), len(sums), counts[cell()]) == (680, 326, 1519)
    rounding = round_counts(counts, sums, base=5, key=KEY)
    assert rounding.relaxation == STRICT
    # The nearest multiples, which do not add up, deviate by 610 in all; unbiased random rounding
    # by a third more on average. Adding up costs little on top.
    nearest = sum(min(n % 5, -n % 5) for n in counts.values())
    assert nearest == 610 and nearest <= deviation(rounding, counts) < 1.4 * nearest
