import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_examples import (
    cell,
    cross,
    cross_matrix,
    handbook_example,
    linked_tables,
    read_margins,
    reference_file,
    sdctable_problem,
)
from scipy.optimize import linprog

from rr_helpers.disclosure import feasible_intervals
from rr_helpers.errors import UserError


def inner(names):
    return [cell(r=r, c=c) for r, c in names]


def areas(names):
    return [cell(area=name) for name in names]


def test_the_handbook_example_is_bounded_as_published():
    counts, sums = handbook_example()
    hidden = inner(["00", "01", "10", "11"])
    found = feasible_intervals(counts, sums, suppressed=hidden)
    # Handbook on SDC, 2nd ed. (2024), chapter 4, example 3: x11 in [3, 6]; the others follow.
    assert [found[c] for c in hidden] == [(3, 6), (1, 4), (0, 3), (0, 3)]


def test_two_gaps_in_every_line_do_not_protect_a_cell():
    counts, sums = sdctable_problem()
    hidden = inner(["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"])
    w_b = cell(r="w", c="b")
    # sdcTable, test problem: w|b is exactly 47, and [0, 141] once x|b is suppressed too.
    assert feasible_intervals(counts, sums, suppressed=hidden)[w_b] == (47, 47)
    hidden += inner(["xb"])
    assert feasible_intervals(counts, sums, suppressed=hidden)[w_b] == (0, 141)


def test_tables_safe_by_themselves_give_a_cell_away_together():
    counts, sums = linked_tables()
    first = [s for s in sums if s[0] in (cell(group="county-1"), cell(group="county-2"))]
    second = [s for s in sums if s[0] in (cell(group="BIG"), cell(group="small"))]
    K, hidden = cell(area="K"), areas("ABKLM")
    # sdcTools/UserSupport issue 136.
    assert feasible_intervals(counts, first, suppressed=hidden)[K] == (0, 9)
    assert feasible_intervals(counts, second, suppressed=hidden)[K] == (0, 7)
    assert feasible_intervals(counts, sums, suppressed=hidden)[K] == (3, 3)
    assert feasible_intervals(counts, sums, suppressed=areas("ABKLMN"))[K] == (0, 10)


@pytest.mark.parametrize("integer", [False, True])
def test_every_interval_equals_the_independent_audit(integer):
    rows = reference_file("tauargus_opt_audit_N1500.csv")
    cells, counts, sums = read_margins(rows, ("Borough", "Age", "Gender"), "freq")
    audit = {
        c: (float(row["audit_min"]), float(row["audit_max"]))
        for c, row in zip(cells, rows, strict=True)
        if row["audit_min"]
    }
    found = feasible_intervals(counts, sums, suppressed=audit, integer=integer)
    assert len(audit) == 266 and found == audit


def independent(counts, sums, hidden):
    """The same question put to another solver, over all cells at once."""
    cells = list(counts)
    matrix = np.zeros((len(sums), len(cells)))
    for row, (whole, parts) in enumerate(sums):
        matrix[row, cells.index(whole)] += 1
        for part in parts:
            matrix[row, cells.index(part)] -= 1
    bounds = [(0, None) if c in hidden else (counts[c],) * 2 for c in cells]
    found = {}
    for c in hidden:
        cost = np.zeros(len(cells))
        cost[cells.index(c)] = 1
        ends = [linprog(s * cost, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=bounds)
                for s in (1, -1)]  # fmt: skip
        assert ends[0].status == 0 and ends[1].status in (0, 3)  # 3: unbounded
        found[c] = (ends[0].fun, -ends[1].fun if ends[1].status == 0 else math.inf)
    return found


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=3),
    st.data(),
)
@settings(max_examples=25, deadline=None)
def test_another_solver_finds_the_same_intervals(matrix, data):
    counts, sums = cross_matrix(matrix)
    names = sorted(counts, key=sorted)
    hidden = data.draw(st.lists(st.sampled_from(names), unique=True))
    found = feasible_intervals(counts, sums, suppressed=hidden)
    for c, (low, high) in independent(counts, sums, hidden).items():
        assert found[c].low == pytest.approx(low, abs=1e-5)
        assert found[c].high == pytest.approx(high, abs=1e-5)


def test_whole_people_can_be_narrower_than_fractions():
    # x + y, y + z and x + z are at most 1 each: as fractions they sum to 1.5, as people to 1.
    names = {n: cell(v=n) for n in ["x", "y", "z", "xy", "yz", "xz", "all", "a", "b", "c"]}
    values = {"x": 1, "y": 0, "z": 0, "xy": 1, "yz": 1, "xz": 1, "all": 1, "a": 0, "b": 1, "c": 0}
    counts = {names[n]: value for n, value in values.items()}
    parts = {"xy": "xya", "yz": "yzb", "xz": "xzc", "all": "xyz"}
    sums = [(names[whole], tuple(names[n] for n in p)) for whole, p in parts.items()]
    hidden = [names[n] for n in "xyzabc"] + [names["all"]]
    asked = {"suppressed": hidden}
    assert feasible_intervals(counts, sums, **asked)[names["all"]] == (0, 1.5)
    assert feasible_intervals(counts, sums, integer=True, **asked)[names["all"]] == (0, 1)


def test_a_reader_who_knows_that_zeros_are_printed_narrows_the_gaps():
    counts, sums = cross_matrix([[1, 5], [5, 1]])
    hidden = inner(["00", "01", "10", "11"])
    assert feasible_intervals(counts, sums, suppressed=hidden)[hidden[0]] == (0, 6)
    known = feasible_intervals(counts, sums, suppressed=hidden, lower=1, upper={hidden[1]: 5})
    assert known[hidden[0]] == (1, 5)


def test_a_count_that_nothing_bounds_has_no_upper_end():
    counts, sums = cross_matrix([[3]])
    found = feasible_intervals(counts, sums, suppressed=counts, integer=True)
    assert set(found.values()) == {(0, math.inf)}
    assert feasible_intervals({cell(): 3}, [], suppressed=[cell()], upper=9) == {cell(): (0, 9)}
    assert feasible_intervals(counts, sums, suppressed=[]) == {}
    assert feasible_intervals({}, [], suppressed=[]) == {}


def test_a_million_is_bounded_exactly():
    counts, sums = cross_matrix([[10**6, 2], [3, 10**6]])
    hidden = inner(["00", "01", "10", "11"])
    assert feasible_intervals(counts, sums, suppressed=hidden)[hidden[1]] == (0, 10**6 + 2)


@pytest.mark.parametrize("wrong", [-1, 2.5, float("nan"), float("inf"), None, True, "many"])
def test_what_is_no_count_is_refused_by_name(wrong):
    with pytest.raises(UserError, match=r"count of r = 0: .*expected a whole number from 0 up"):
        feasible_intervals({cell(r="0"): wrong}, [], suppressed=[])


def test_sums_that_do_not_hold_are_refused():
    counts, sums = cross_matrix([[4, 3], [2, 1]])
    with pytest.raises(UserError, match="sum of [cr] = 0: parts that do not add up"):
        feasible_intervals(counts | {cell(r="0", c="0"): 9}, sums, suppressed=[])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"suppressed": [cell(r="9")]}, "suppressed: no cell 'r = 9'"),
        ({"suppressed": [], "upper": {cell(r="9"): 1}}, "upper: no cell 'r = 9'"),
        ({"suppressed": [cell(r="0", c="0")], "lower": 5}, "lower bound of c = 0, r = 0: 5"),
        ({"suppressed": [cell(r="0", c="0")], "upper": 3}, "upper bound of c = 0, r = 0: 3"),
        ({"suppressed": [cell(r="0", c="0")], "upper": "no"}, "upper bound .*: no"),
    ],
)
def test_unknown_cells_and_untrue_bounds_are_refused(options, message):
    counts, sums = cross_matrix([[4, 3], [2, 1]])
    with pytest.raises(UserError, match=message):
        feasible_intervals(counts, sums, **options)


def test_sums_over_cells_that_were_not_counted_are_refused():
    with pytest.raises(UserError, match="sums: 'r = 9', which was not counted"):
        feasible_intervals({cell(): 1}, [(cell(), (cell(r="9"),))], suppressed=[])


def test_a_three_way_table_in_any_order_gives_the_same_intervals():
    labels = product("12", "123", "12")
    full = {cell(a=a, b=b, c=c): (3 * int(a) + 5 * int(b) + 2 * int(c)) % 7 for a, b, c in labels}
    counts, sums = cross(full)
    hidden = [c for c, n in counts.items() if n < 5]
    first = feasible_intervals(counts, sums, suppressed=hidden)
    turned = dict(reversed(counts.items()))
    again = feasible_intervals(turned, sums[::-1], suppressed=hidden[::-1])
    assert list(first.items()) == list(again.items())
