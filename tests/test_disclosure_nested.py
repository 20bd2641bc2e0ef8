"""Steps that nest stay nested when they are rounded, and the attack knows that they do."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_examples import cell
from released_samples import SECRET, ordered

from rr_helpers.disclosure import (
    CountTable,
    EarlierRelease,
    SamePeople,
    Together,
    protect_release,
    read_catalogue,
    write_audit,
)
from rr_helpers.disclosure.attack import Attack
from rr_helpers.disclosure.claims import list_claims
from rr_helpers.disclosure.nested import Nesting, add_steps_between, find_nestings, list_nested
from rr_helpers.disclosure.readers import attack_counts
from rr_helpers.disclosure.rounding import STRICT, Rounding, round_counts
from rr_helpers.errors import UserError

KEY = b"the key of the tests"
STEPS = ("Referred", "Accepted", "Engaged", "Better off")
SEXES, AREAS = ("Female", "Male", "Not known"), ("A", "B", "C", "D", "E")
ENGAGED = Nesting("p", ("reached: Engaged", "Yes"), ("reached: Accepted", "Yes"))
SAME = SamePeople(population="p", periods={}, earlier={"then": ("all",)}, present=("all",))


def ladder(rows: int, seed: int, *, steps=STEPS) -> pd.DataFrame:
    """People, how far each came, and two groupings of them."""
    rng = np.random.default_rng(seed)
    few = [0.1 / (len(steps) - 1)] * (len(steps) - 1)
    came = rng.choice(len(steps) + 1, rows, p=[0.3, *few, 0.6])
    return pd.DataFrame(
        {
            "sex": ordered(rng.choice(SEXES, rows, p=[0.3, 0.63, 0.07]), SEXES),
            "borough": ordered(rng.choice(AREAS, rows), AREAS),
            **{f"reached: {step}": ordered(np.where(came > number, "Yes", "No"), ["Yes", "No"])
               for number, step in enumerate(steps)},
        }
    )  # fmt: skip


def table(name, columns, **shape) -> CountTable:
    shape = {"items": "reached", "response": "Yes", "nested": True} | shape
    return CountTable(id=name, question="q", population="p", title=name, columns=columns, **shape)


TABLES = {name: table(name, name) for name in ("sex", "borough")}


def release(frame, **options):
    return protect_release({"p": frame}, TABLES, secret=SECRET, **options)


def require_nested(made, steps=STEPS):
    for name in TABLES:
        for group in (*made[name].column_labels, "All"):
            shown = [int(made[name].count(step, group)) for step in steps]
            assert shown == sorted(shown, reverse=True), (name, group)


@given(st.integers(0, 120), st.integers(0, 10_000))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_a_later_step_is_never_shown_as_larger_and_all_adds_up(rows, seed):
    frame = ladder(rows, seed)
    made = release(frame)
    require_nested(made)
    base = made.evidence[0].base  # 10 where a handful of people cannot be protected otherwise
    for name, counted in TABLES.items():
        groups = made[name].column_labels
        for step in STEPS:
            reached = frame[f"reached: {step}"].eq("Yes")
            assert sum(int(made[name].count(step, g)) for g in groups) == made[name].count(step)
            for group in groups:
                true = (reached & frame[counted.columns].eq(group)).sum()
                assert abs(int(made[name].count(step, group)) - true) < base
    assert not made.audit.failures and not made.audit.not_nested


@given(
    st.lists(st.lists(st.integers(0, 23), min_size=4, max_size=4), min_size=1, max_size=6),
    st.sampled_from([5, 10]),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_one_ladder_is_rounded_to_neighbouring_multiples_whatever_it_holds(groups, base):
    # Groups by the last step taken are a two-way table; steps are sums of its rows that nest: a
    # network, which always has such a rounding (Cox and Ernst 1982, Controlled rounding).
    counts, sums, nested = {}, [], []
    for step in range(4):
        for group, sizes in enumerate(groups):
            counts[cell(step=step, group=group)] = sum(sizes[step:])
            if step:
                nested.append((cell(step=step, group=group), cell(step=step - 1, group=group)))
        counts[cell(step=step)] = sum(sum(sizes[step:]) for sizes in groups)
        sums.append((cell(step=step), tuple(cell(step=step, group=g) for g in range(len(groups)))))
    rounding = round_counts(counts, sums, base=base, key=KEY, nested=nested)
    assert rounding.relaxation == STRICT and not rounding.not_nested
    assert all(rounding.released[part] <= rounding.released[whole] for part, whole in nested)


def test_without_the_rule_the_ladder_would_not_stay_nested():
    # Otherwise what is tested above would hold of itself.
    loose = {name: table(name, name, nested=False) for name in TABLES}
    wrong = 0
    for seed in range(10):
        made = protect_release({"p": ladder(60, seed)}, loose, secret=SECRET)
        for name in TABLES:
            for group in made[name].column_labels:
                shown = [int(made[name].count(step, group)) for step in STEPS]
                wrong += shown != sorted(shown, reverse=True)
    assert wrong > 10


def test_steps_that_branch_are_part_of_what_they_are_part_of_and_no_more():
    frame = ladder(200, 1)
    flags = frame["reached: Engaged"].eq("Yes") & (np.arange(200) % 2 == 0)
    frame.insert(5, "reached: Told of", ordered(np.where(flags, "Yes", "No"), ["Yes", "No"]))
    found = find_nestings(TABLES.values(), frame, "p")
    steps = [(nesting.part[0], nesting.whole[0]) for nesting in found]
    step = "reached: {}".format
    assert steps == [
        (step("Accepted"), step("Referred")),
        (step("Engaged"), step("Accepted")),
        (step("Told of"), step("Engaged")),
        (step("Better off"), step("Engaged")),
    ]
    loose = [table("sex", "sex", nested=False)]
    assert find_nestings(loose, frame, "p") == []


def test_one_unit_that_skipped_a_step_takes_the_rule_away():
    frame = ladder(200, 1)
    left = frame["reached: Referred"].eq("Yes") & frame["reached: Accepted"].eq("No")
    frame.loc[left.idxmax(), "reached: Engaged"] = "Yes"
    found = {n.part[0]: n.whole[0] for n in find_nestings(TABLES.values(), frame, "p")}
    assert found["reached: Engaged"] == "reached: Referred"


def engaged(shown, **pairs):
    return frozenset({("reached: " + shown, "Yes"), ("population", "p")}) | frozenset(pairs.items())


def test_the_attack_knows_that_nobody_engages_without_being_accepted():
    accepted, part = engaged("Accepted"), engaged("Engaged")
    ledger = list_claims({accepted: (0, 4), part: (1, 9)}, [])
    assert Attack(ledger).interval(ledger.place[part]) == (1, 9)
    stepped, true = add_steps_between(ledger, {accepted: 4, part: 2}, [ENGAGED])
    for known in (accepted, part):
        assert Attack(stepped).interval(stepped.place[known]) == (1, 4)
    assert sorted(true.values()) == [2, 2, 4]


def test_those_who_took_a_step_and_not_the_next_are_a_small_count_of_their_own():
    counts = {engaged("Accepted"): 6, engaged("Engaged"): 4}
    rounding = Rounding({engaged("Accepted"): 5, engaged("Engaged"): 5}, STRICT, 5)
    found = attack_counts(counts, [], rounding, population="p", nestings=[ENGAGED])
    assert [("and not" in target.cell) for target in found] == [False, True]
    assert all(target.verdict == "safe" for target in found)


def test_of_those_between_two_steps_an_insider_learns_only_the_others():
    frame = ladder(90, 3)
    made = release(frame, thorough=True)
    told = {(t.reader, t.cell) for t in made.audit.targets if "and not" in t.cell}
    assert any("insider" in reader and "besides" in of for reader, of in told)
    assert not made.audit.failures


@pytest.mark.parametrize(
    ("preferred", "expected", "larger"),
    [
        ({"Accepted": 0, "Engaged": 5}, (0, 5), True),  # both were told: neither is taken back
        ({"Accepted": 0}, (0, 0), False),  # one was told: the other gives way
        ({"Engaged": 5}, (5, 5), False),
        ({"Accepted": 10, "Engaged": 5}, (5, 5), False),  # no neighbour of the count as it is now
    ],
)
def test_a_value_told_before_goes_before_the_order_of_steps(preferred, expected, larger):
    accepted, part = engaged("Accepted"), engaged("Engaged")
    rounding = round_counts(
        {accepted: 3, part: 2}, [], base=5, key=KEY, nested=[(part, accepted)],
        preferred={engaged(step): value for step, value in preferred.items()})  # fmt: skip
    assert (rounding.released[accepted], rounding.released[part]) == expected
    assert rounding.not_nested == ((part,) if larger else ())


def test_values_told_before_that_force_a_step_by_their_sums_are_kept_too():
    # Of the girls, both steps follow from what was told of all and of the boys: 0 and 5.
    counts, preferred, nested, sums = {}, {}, [], []
    for step, (girls, boys), (told_all, told_boys) in (
        ("Accepted", (3, 8), (10, 10)),
        ("Engaged", (3, 7), (10, 5)),
    ):
        parts = engaged(step, sex="Female"), engaged(step, sex="Male")
        counts |= {parts[0]: girls, parts[1]: boys, engaged(step): girls + boys}
        preferred |= {engaged(step): told_all, parts[1]: told_boys}
        sums.append((engaged(step), parts))
    nested = list_nested(counts, [ENGAGED])
    assert len(nested) == 3
    rounding = round_counts(counts, sums, base=5, key=KEY, nested=nested, preferred=preferred)
    assert all(rounding.released[of] == value for of, value in preferred.items())
    assert rounding.not_nested == (engaged("Engaged", sex="Female"),)


def test_what_stays_larger_is_said_under_the_table_and_in_the_evidence(tmp_path):
    frame = ladder(40, 1, steps=("Accepted", "Engaged")).assign(
        **{"reached: Accepted": ordered(["Yes"] * 3 + ["No"] * 37, ["Yes", "No"]),
           "reached: Engaged": ordered(["Yes"] * 2 + ["No"] * 38, ["Yes", "No"])})  # fmt: skip
    tables = {"steps": table("steps", None)}
    first = protect_release({"p": frame}, tables, secret=SECRET)
    assert not first.audit.not_nested
    told = {engaged("Accepted"): 0, engaged("Engaged"): 5}
    counts = {engaged("Accepted"): 3, engaged("Engaged"): 2}
    was = Together(
        populations=("p",), counts=counts, sums=(), released=told, base=5, relaxation=STRICT
    )
    earlier = [EarlierRelease(name="then", groups=(was,))]
    made = protect_release({"p": frame}, tables, secret=SECRET, earlier=earlier, ties=[SAME])
    assert (made["steps"].count("Accepted"), made["steps"].count("Engaged")) == (0, 5)
    assert any("larger than the one it is part of" in rule for rule in made.rules["p"])
    [larger] = made.audit.not_nested
    assert larger in str(made.audit)
    assert made.evidence[0].not_nested == (engaged("Engaged"),)
    write_audit(made.audit, tmp_path / "audit.json")
    assert json.loads((tmp_path / "audit.json").read_text())["not_nested"] == [larger]


def test_the_steps_of_an_earlier_release_are_known_to_nest_too():
    # Told 0 (0 to 4) of those accepted and 5 (1 to 9) of those engaged: 1 to 4 is left of both.
    then = {of | {("release", "then")}: count for of, count in
            {engaged("Accepted"): 4, engaged("Engaged"): 3}.items()}  # fmt: skip
    accepted, part = then
    stepped, true = add_steps_between(
        list_claims({accepted: (0, 4), part: (1, 9)}, []), then, [ENGAGED]
    )
    assert Attack(stepped).interval(stepped.place[accepted]) == (1, 4)
    assert sorted(true.values()) == [1, 3, 4]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rows = 'sex', nested = true", "nested without response"),
        ("items = 'reached', response = 'Yes', nested = 'yes'", "nested is 'yes'; expected true"),
    ],
)
def test_a_nested_table_that_has_no_steps_is_refused(tmp_path, line, message):
    path = tmp_path / "catalogue.toml"
    path.write_text(f"[q]\na = {{ title = 'T', population = 'p', {line} }}", encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_catalogue(path)
