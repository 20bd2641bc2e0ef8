import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_examples import cell
from lattice_examples import numbered_cross as cross
from released_samples import SECRET, catalogue, count_table, ordered, referrals

from rr_helpers.disclosure import Audit, preview, protect_release, write_audit
from rr_helpers.disclosure.attack import Attack
from rr_helpers.disclosure.audit import NARROWED, OUTSIDER, RECOVERED, SAFE, WITNESS
from rr_helpers.disclosure.claims import list_claims, read_claims, tell_insider
from rr_helpers.disclosure.readers import attack_counts, examine_values
from rr_helpers.disclosure.rounding import FURTHER, FURTHER_WITH_ZEROS, STRICT, Rounding
from rr_helpers.disclosure.steer import round_safely
from rr_helpers.disclosure.tabulation import list_faces, tabulate
from rr_helpers.errors import DisclosureError

KEY = b"a key of the tests"
ANY = (0, np.inf)


def named(name):
    return cell(cell=name)


def interval(bounds, sums, target, *, whole=False):
    ledger = list_claims(bounds, sums)
    return Attack(ledger, whole=whole).interval(ledger.place[target])


def lattice(frame, tables):
    faces = [face for table in tables.values() for face in list_faces(table, frame)]
    return tabulate(frame, faces, {"borough": "sub_region"})


def shown_as(values, relaxation=STRICT):
    return Rounding(values, relaxation, 5)


# What a reader knows


@pytest.mark.parametrize(
    ("relaxation", "released", "bounds"),
    [
        (STRICT, 0, (0, 4)),
        (STRICT, 5, (1, 9)),
        (STRICT, 20, (16, 24)),
        (FURTHER, 0, (0, 9)),
        (FURTHER, 5, (1, 14)),  # a true zero is shown as zero, so what is not shown so is none
        (FURTHER_WITH_ZEROS, 5, (0, 14)),
    ],
)
def test_the_legend_bounds_every_count_by_what_the_rounding_may_have_done(
    relaxation, released, bounds
):
    ledger = read_claims(shown_as({cell(): released}, relaxation), [])
    assert (ledger.low[0], ledger.high[0]) == bounds


def test_the_bounds_are_no_narrower_than_what_can_be_rounded_to_a_value():
    # Every true count whose neighbouring multiple is the value shown, and no other.
    for released in (0, 5, 10, 35):
        ledger = read_claims(shown_as({cell(): released}), [])
        possible = [n for n in range(60) if n == released or (n % 5 and abs(n - released) < 5)]
        assert (possible[0], possible[-1]) == (ledger.low[0], ledger.high[0])


# Known answers


def test_two_exact_tables_of_all_and_of_male_give_away_the_one_woman():
    # OpenSAFELY documentation, docs/outputs/sdc.md: aged 21 to 30, 8 of 20 have heart disease, and
    # 7 of 19 men. No count is below 7, and yet the one woman of that age is known to have it.
    published = {"all": 20, "all ill": 8, "men": 19, "men ill": 7}
    bounds = {named(name): (count, count) for name, count in published.items()}
    bounds |= {named("women"): ANY, named("women ill"): ANY}
    sums = [(named("all"), (named("men"), named("women")))]
    sums += [(named("all ill"), (named("men ill"), named("women ill")))]
    assert interval(bounds, sums, named("women")) == (1, 1)
    assert interval(bounds, sums, named("women ill")) == (1, 1)


def test_two_rounded_tables_of_all_and_of_male_do_not():
    frame = referrals(31)
    frame["sex"] = ordered(["Female", *["Male"] * 30], ["Female", "Male"])
    tables = {
        "all": count_table("all", rows="age"),
        "male": count_table("male", rows="age", where={"sex": "Male"}),
    }
    release = protect_release({"referrals": frame}, tables, secret=SECRET)
    assert not release.audit.failures
    assert any(target.cell == "sex = Female" for target in release.audit.targets)


# sdcTools/UserSupport issue 136, sdcTable tests/testthat/test-linked-tables.R: eight cells, grouped
# one way in the first table and another way in the second; counts up to 3 are hidden.
LINKED = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
FIRST, SECOND = ("ABIJ", "KLMN"), ("LM", "ABIJKN")


@pytest.mark.parametrize(
    ("groups", "hidden", "expected"),
    [
        (FIRST, "ABKLM", {"A": (0, 4), "K": (0, 9), "L": (0, 9), "M": (0, 9)}),
        (SECOND, "ABKLM", {"A": (0, 7), "K": (0, 7), "L": (0, 6), "M": (0, 6)}),
        (FIRST + SECOND, "ABKLM", {"A": (0, 4), "K": (3, 3), "L": (0, 6), "M": (0, 6)}),
        (FIRST + SECOND, "ABKLMN", {"A": (0, 4), "K": (0, 10), "L": (0, 6), "M": (0, 6)}),
    ],
    ids=["first alone", "second alone", "both", "both, with N hidden"],
)
def test_two_linked_tables_safe_alone_together_give_away_a_cell(groups, hidden, expected):
    bounds = {named(n): ANY if n in hidden else (v, v) for n, v in LINKED.items()}
    totals = {group: sum(LINKED[name] for name in group) for group in groups}
    bounds |= {named(group): (total, total) for group, total in totals.items()}
    sums = [(named(group), tuple(named(name) for name in group)) for group in groups]
    for name, ends in expected.items():
        assert interval(bounds, sums, named(name)) == pytest.approx(ends)


def test_the_handbooks_third_example_gives_its_intervals():
    # Handbook on SDC, 2nd ed. (2024), chapter 4, example 3 (Geurts 1992, table 10): two columns,
    # row totals 7, 3, 6 and column totals 9, 7; of the hidden cells x11 lies from 3 to 6. The
    # hidden counts put in here are one of the ways to fill the table; the others follow by sums.
    counts, sums = cross([[6, 1], [0, 3], [3, 3]])
    hidden = {cell(r=r, c=c) for r in (0, 1) for c in (0, 1)}
    bounds = {name: ANY if name in hidden else (n, n) for name, n in counts.items()}
    assert interval(bounds, sums, cell(r=0, c=0)) == (3, 6)
    assert interval(bounds, sums, cell(r=0, c=1)) == (1, 4)
    assert interval(bounds, sums, cell(r=1, c=0)) == (0, 3)


def test_a_count_that_nothing_bounds_may_be_anything():
    assert interval({named("hidden"): ANY}, [], named("hidden")) == (0, np.inf)


def test_claims_that_contradict_one_another_are_not_taken_for_safe():
    ledger = list_claims({named("a"): (1, 1), named("b"): (2, 2)}, [(named("a"), (named("b"),))])
    with pytest.raises(
        DisclosureError, match="a programme without an answer.*Nothing was released"
    ):
        Attack(ledger).interval(0)


# The interval is the true one


SMALL_TABLES = st.tuples(
    st.integers(1, 2), st.integers(1, 2), st.lists(st.integers(0, 7), min_size=4, max_size=4)
).map(lambda drawn: [drawn[2][r * 2 : r * 2 + drawn[1]] for r in range(drawn[0])])


def enumerate_tables(ledger, matrix):
    """All tables of whole numbers that agree with the ledger, by trying every one."""
    place, inner = ledger.place, [(r, c) for r in range(len(matrix)) for c in range(len(matrix[0]))]
    ranges = [
        range(int(ledger.low[n]), int(ledger.high[n]) + 1)
        for n in (place[cell(r=r, c=c)] for r, c in inner)
    ]
    for values in itertools.product(*ranges):
        trial = [[0] * len(matrix[0]) for _ in matrix]
        for (r, c), value in zip(inner, values, strict=True):
            trial[r][c] = value
        counts, _ = cross(trial)
        point = np.array([counts[name] for name in ledger.cells])
        if (point >= ledger.low).all() and (point <= ledger.high).all():
            yield point


@given(SMALL_TABLES, st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_interval_is_that_of_all_tables_that_agree_with_the_release(matrix, whole):
    counts, sums = cross(matrix)
    rounding, _ = round_safely(counts, sums, base=5, key=KEY, population="tables")
    ledger = read_claims(rounding, sums)
    points = np.array(list(enumerate_tables(ledger, matrix)))
    attack = Attack(ledger, whole=whole)
    for number in range(len(ledger.cells)):
        expected = (points[:, number].min(), points[:, number].max())
        assert attack.interval(number) == pytest.approx(expected)


@given(SMALL_TABLES)
@settings(max_examples=10, deadline=None)
def test_an_insiders_interval_is_that_of_all_tables_that_agree_with_its_row(matrix):
    counts, sums = cross(matrix)
    rounding, _ = round_safely(counts, sums, base=5, key=KEY, population="tables")
    ledger, _, _ = tell_insider(read_claims(rounding, sums), counts, "r", 0)
    plain = [n for n, name in enumerate(ledger.cells) if name in counts]
    told = list_claims({ledger.cells[n]: (ledger.low[n], ledger.high[n]) for n in plain}, sums)
    points = np.array(list(enumerate_tables(told, matrix)))
    for number, name in enumerate(told.cells):
        expected = (points[:, number].min(), points[:, number].max())
        assert Attack(ledger).interval(ledger.place[name]) == pytest.approx(expected)


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=2, max_size=5
        )
    )
)
@settings(max_examples=25, deadline=None)
def test_no_released_table_narrows_a_small_count_for_an_outsider(matrix):
    counts, sums = cross(matrix)
    rounding, targets = round_safely(counts, sums, base=5, key=KEY, population="tables")
    assert all(target.verdict == SAFE and target.reader == OUTSIDER for target in targets)
    values = examine_values(counts, sums, rounding, population="tables")
    assert all(target.verdict == SAFE for target in values) and len(values) == len(targets)


# Failures


def test_a_true_count_outside_its_claim_stops_the_release():
    rounding = shown_as({cell(): 5})
    with pytest.raises(DisclosureError, match="true count of all is not where the legend puts it"):
        attack_counts({cell(): 10}, [], rounding, population="t")


def test_a_narrowed_count_is_named_with_the_claims_used():
    # All shown as 5 are at most 9, and b shown as 10 is at least 6: at most 3 are left for a.
    counts = {named("all"): 9, named("a"): 3, named("b"): 6}
    sums = [(named("all"), (named("a"), named("b")))]
    rounding = shown_as({named("all"): 5, named("a"): 0, named("b"): 10})
    [target] = attack_counts(counts, sums, rounding, population="tables")
    assert (target.low, target.high, target.verdict) == (0, 3, NARROWED)
    assert {bound.words for bound in target.claims} == {
        "cell = all shown as 5",
        "cell = b shown as 10",
    }
    with pytest.raises(DisclosureError) as error:
        Audit((target,)).require_safe()
    text = str(error.value)
    assert (
        "population 'tables', cell = a: an outsider can work out that the true count lies" in text
    )
    assert "from 0 to 3, from: cell = " in text
    assert "expected every value from 1 to 4 to stay possible" in text
    assert "give the tables of population 'tables' fewer categories" in text


def test_a_recovered_count_is_called_so():
    counts = {named("all"): 9, named("a"): 1, named("b"): 8}
    sums = [(named("all"), (named("a"), named("b")))]
    rounding = shown_as({named("all"): 5, named("a"): 5, named("b"): 12})
    [target] = attack_counts(counts, sums, rounding, population="tables")
    assert target.verdict == RECOVERED and (target.low, target.high) == (1, 1)
    assert "the true count is 1, from:" in str(target)
    assert Audit((target,)).recovered == (target,)
    assert "Recovered exactly: 1. Narrowed below the values 1 to 4: 1." in str(Audit((target,)))


def test_the_margin_less_one_cell_is_a_target():
    counts, sums = cross([[1, 2, 20]])
    rounding, _ = round_safely(counts, sums, base=5, key=KEY, population="tables")
    cells = {target.cell for target in attack_counts(counts, sums, rounding, population="tables")}
    assert "all but = c = 2" in cells


def test_another_rounding_is_tried_before_anything_is_refused():
    # An area that knows its own 11 of 12 learns from a whole shown as 10 (at most 14) that at most
    # 3 are left, but from one shown as 15 nothing: whatever the draw, a safe one must be found.
    for first, second in itertools.product(range(6, 15), range(1, 5)):
        counts, sums = cross([[first], [second]])
        for key in (b"one", b"two", b"three"):
            insiders = [("r", 0), ("r", 1)]
            _, targets = round_safely(
                counts, sums, base=5, key=key, population="tables", insiders=insiders
            )
            assert all(target.verdict == SAFE for target in targets)


def test_an_insider_narrows_what_an_outsider_cannot_and_is_kept_from_it():
    # 12 in all shown as 10, that is at most 14: whoever knows 11 of them knows the rest is 1 to 3.
    counts, sums = cross([[11], [1]])
    rounding = shown_as({name: {12: 10, 11: 10, 1: 0}[count] for name, count in counts.items()})
    outside = attack_counts(counts, sums, rounding, population="t")
    inside = attack_counts(counts, sums, rounding, population="t", insiders=[("r", 0)])
    assert all(target.verdict == SAFE for target in outside)
    failed = [target for target in inside if target.verdict == NARROWED]
    assert {target.reader for target in failed} == {"an insider of r = 0"}
    assert all((target.low, target.high) == (0, 3) for target in failed)
    assert any("known to the insider" in bound.words for t in failed for bound in t.claims)


def test_what_holds_an_insiders_own_people_is_not_what_it_learns():
    counts, sums = cross([[2], [30]])
    ledger, true, own = tell_insider(
        read_claims(shown_as(dict.fromkeys(counts, 0)), sums), counts, "r", 0
    )
    assert {cell(r=0), cell(r=0, c=0), cell(), cell(c=0)} == own
    assert sorted(true[name] for name in ledger.cells if name not in counts) == [30, 30]


# The release


def test_a_release_is_attacked_by_an_outsider_and_by_every_area():
    audit = protect_release({"referrals": referrals()}, catalogue(), secret=SECRET).audit
    readers = {target.reader for target in audit.targets}
    assert {OUTSIDER, "an insider of sub_region = North", "an insider of borough = Borough A"} <= (
        readers
    )
    assert not audit.failures and str(audit).endswith(
        "Recovered exactly: 0. Narrowed below the values 1 to 4: 0."
    )


def test_where_no_rounding_to_5_is_safe_a_coarser_one_is_taken_and_said():
    # 8 people in 12 boroughs by sex: an area knows too large a part of them.
    for seed in range(4):
        frame = referrals(8, seed)
        release = protect_release({"referrals": frame}, catalogue(), secret=SECRET)
        assert not release.audit.failures
        base = int(release.rules["referrals"][0].split("multiples of ")[1].split()[0])
        assert all(
            int(count) % base == 0
            for name in release
            for count in release[name].grid.to_numpy().ravel()
        )


def test_where_one_area_is_everybody_the_release_is_refused():
    frame = referrals(1)
    with pytest.raises(DisclosureError, match="small counts are not protected.*an insider of"):
        protect_release({"referrals": frame}, catalogue(), secret=SECRET)


def test_a_preview_is_attacked_too():
    assert preview(referrals(), rows="sex", columns="age").preview


def test_witnesses_and_integer_programmes_prove_every_value_of_every_small_count():
    tables = catalogue()
    release = protect_release({"referrals": referrals()}, tables, secret=SECRET, thorough=True)
    assert not release.audit.failures
    assert all((target.low, target.high) == (1, 4) for target in release.audit.targets)
    quick = protect_release({"referrals": referrals()}, tables, secret=SECRET)
    assert all(quick[name].digest == release[name].digest for name in tables)


def test_a_witness_is_a_set_of_rows_that_gives_the_same_release():
    from rr_helpers.disclosure.witness import _Walk

    frame, tables = referrals(150), catalogue("sex_by_age", "borough_by_sex", "sub_region_by_sex")
    counts, sums = lattice(frame, tables)
    rounding, _ = round_safely(counts, sums, base=5, key=KEY, population="referrals")
    ledger = read_claims(rounding, sums)
    walk = _Walk(frame, ledger, {"borough": "sub_region"}, 1)
    moved = sum(walk.step(None, False) for _ in range(2000))
    assert moved > 100
    recounted = np.zeros(len(ledger.cells), dtype=int)
    for row in walk.rows:
        person = dict(zip(walk.variables, row, strict=True))
        for number, name in enumerate(ledger.cells):
            recounted[number] += all(person[v] == walk.codes[v][c] for v, c in name)
    assert (recounted == walk.state).all()
    assert (recounted >= ledger.low).all() and (recounted <= ledger.high).all()
    nests = {(row[walk.together[0][0]], row[walk.together[0][1]]) for row in walk.rows}
    assert len(nests) == len({fine for fine, _ in nests})


def test_witnesses_prove_most_small_counts_of_a_plain_table():
    frame, tables = referrals(150), catalogue("sex_by_age")
    counts, sums = lattice(frame, tables)
    rounding, _ = round_safely(counts, sums, base=5, key=KEY, population="referrals")
    targets = examine_values(counts, sums, rounding, population="referrals", frame=frame)
    assert targets and sum(t.tier == WITNESS for t in targets) > len(targets) / 2


def test_the_evidence_is_written_whole_and_without_true_counts(tmp_path):
    audit = protect_release({"referrals": referrals(150)}, catalogue(), secret=SECRET).audit
    write_audit(audit, tmp_path / "audit.json")
    content = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert (
        content["safe"] and content["required"] == [1, 4] and "never publish" in content["private"]
    )
    assert len(content["targets"]) == len(audit.targets)
    expected = {"population", "cell", "reader", "low", "high", "tier", "verdict", "claims"}
    assert all(set(target) == expected for target in content["targets"])
    assert not list(tmp_path.glob("*.part"))


def test_the_release_file_holds_nothing_of_the_audit(tmp_path):
    release = protect_release({"referrals": referrals()}, catalogue(), secret=SECRET)
    release.to_json(tmp_path / "release.json")
    assert "insider" not in (tmp_path / "release.json").read_text(encoding="utf-8")


def test_every_small_count_of_a_33_by_4_by_3_table_is_attacked_and_holds():
    rng = np.random.default_rng(5)
    frame = referrals(1519, seed=5)
    letters = [f"B{n:02d}" for n in range(33)]
    frame["place"] = ordered(np.array(letters)[rng.integers(0, 33, 1519)], letters)
    counts, sums = tabulate(frame, [("age", "place", "sex")], {})
    rounding, _ = round_safely(counts, sums, base=5, key=KEY, population="referrals")
    targets = attack_counts(counts, sums, rounding, population="referrals")
    assert len(targets) > 200 and not [t for t in targets if t.verdict != SAFE]
