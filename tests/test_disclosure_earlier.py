"""Releases made one after another: what was told before is part of the attack."""

from dataclasses import replace

import pytest
from released_samples import SECRET, ordered, referrals

from rr_helpers.disclosure import CountTable, protect_release
from rr_helpers.disclosure.audit import NARROWED, SAFE
from rr_helpers.disclosure.earlier import (
    EarlierRelease,
    SameCategories,
    SamePeople,
    Together,
    look_back,
)
from rr_helpers.disclosure.readers import attack_counts
from rr_helpers.disclosure.rounding import STRICT, Rounding

PEOPLE = ("everybody",)


def table(name, **shape):
    return CountTable(id=name, question="q", population="p", title=name, **shape)


TABLES = {"ages": table("ages", rows="age", columns="sex"), "areas": table("areas", rows="borough")}
SAME = SamePeople(population="p", periods={}, earlier={"then": PEOPLE}, present=PEOPLE)


def release(frame, **options):
    return protect_release({"p": frame}, TABLES, secret=options.pop("secret", SECRET), **options)


def told(made, name="then"):
    return EarlierRelease(name=name, groups=made.evidence, tables=made.tables)


def values(made):
    return {name: table["counts"] for name, table in made.tables.items()}


def cell(**pairs):
    return frozenset(pairs.items()) | {("population", "p")}


def one_count(true, shown, *, base=5):
    return Together(
        populations=("p",),
        counts={cell(): true},
        sums=(),
        released={cell(): shown},
        base=base,
        relaxation=STRICT,
    )


def attacked(true, shown, *, then_true, then_shown):
    """Attack one count that was released before as well."""
    earlier = EarlierRelease(name="then", groups=(one_count(then_true, then_shown),))
    background = look_back({cell(): true}, ["p"], [earlier], [SAME], {})
    rounding = Rounding({cell(): shown}, STRICT, 5)
    return attack_counts({cell(): true}, [], rounding, population="p", background=background)


def test_the_same_people_are_released_as_they_were_whatever_the_secret():
    frame = referrals()
    first = release(frame)
    apart = release(frame, secret=b"another secret of the study")
    again = release(
        frame, secret=b"another secret of the study", earlier=[told(first)], ties=[SAME]
    )
    assert values(apart) != values(first)
    assert values(again) == values(first)
    assert again.audit.earlier == ("then",)


def test_two_roundings_of_one_count_are_read_together():
    # 5 shown now is 1 to 9, 0 shown then 0 to 4: together 1 to 4, each of which stays possible.
    assert [t.verdict for t in attacked(4, 5, then_true=4, then_shown=0)] == [SAFE, SAFE]
    # 10 shown now is 6 to 14, so with six more than then it was 0 to 8, of the 1 to 9 told then.
    targets = attacked(9, 10, then_true=3, then_shown=5)
    assert {t.verdict for t in targets} == {SAFE}
    # With four more it was 2 to 10, of the 0 to 4 told then: three values are left.
    targets = attacked(8, 10, then_true=4, then_shown=0)
    found = [t for t in targets if "release = then" in t.cell and "left out" not in t.cell]
    assert [(t.low, t.high, t.verdict) for t in found] == [(2, 4, NARROWED)]


def test_of_a_count_that_changed_as_many_values_are_left_as_are_small():
    # Shown as 0 then and now, with one left out since: 0 to 3, which no rounding could help.
    targets = attacked(2, 0, then_true=3, then_shown=0)
    assert {t.verdict for t in targets} == {SAFE}
    assert (0, 3) in {(t.low, t.high) for t in targets}


def test_that_someone_withdrew_stays_deniable():
    # From 10 to 0 somebody must have been left out; from 10 to 5 perhaps nobody was.
    changes = [t for t in attacked(4, 0, then_true=6, then_shown=10) if "left out" in t.cell]
    assert [(t.verdict, t.low) for t in changes] == [(NARROWED, 2)]
    changes = [t for t in attacked(5, 5, then_true=6, then_shown=10) if "left out" in t.cell]
    assert [t.verdict for t in changes] == [SAFE]


def test_a_release_after_a_withdrawal_is_safe_beside_the_one_before():
    frame = referrals()
    first = release(frame)
    for left_out in range(0, 60, 7):
        fewer = frame.drop(index=left_out).reset_index(drop=True)
        second = release(fewer, earlier=[told(first)], ties=[SAME])
        assert not second.audit.failures
        changes = [t for t in second.audit.targets if "left out since" in t.cell]
        assert changes and all(t.verdict == SAFE for t in changes)


def test_those_added_to_an_open_quarter_are_a_count_of_their_own():
    quarters = {"q": ordered(["1", "2"], ["1", "2"])}
    first = frame_of_quarters([30, 12], quarters)
    second = frame_of_quarters([30, 15, 20], quarters)
    tables = {"quarters": table("quarters", rows="q")}
    made = protect_release({"p": first}, tables, secret=SECRET)
    tie = SameCategories(population="p", variable="q", grown={"then": {"2": "2"}})
    again = protect_release({"p": second}, tables, secret=SECRET, earlier=[told(made)], ties=[tie])
    assert again["quarters"].count("1") == made["quarters"].count("1")
    rest = [target for target in again.audit.targets if "since then = added" in target.cell]
    assert rest and all(target.verdict == SAFE for target in rest)


def frame_of_quarters(sizes, _):
    labels = [str(n + 1) for n, size in enumerate(sizes) for _ in range(size)]
    frame = referrals(len(labels))[["sex"]]
    frame["q"] = ordered(labels, [str(n + 1) for n in range(len(sizes))])
    return frame


def test_windows_that_share_days_are_attacked_by_the_stretches_they_share():
    frame = referrals(90)
    early, shared, late = (
        frame.iloc[a:b].reset_index(drop=True) for a, b in ((0, 40), (40, 70), (70, 90))
    )
    then = frame.iloc[0:70].reset_index(drop=True)
    now = frame.iloc[40:90].reset_index(drop=True)
    first = release(then)
    tie = SamePeople(
        population="p",
        periods={"early": early, "shared": shared, "late": late},
        earlier={"then": ("early", "shared")},
        present=("shared", "late"),
    )
    second = release(now, earlier=[told(first)], ties=[tie])
    cells = {target.cell for target in second.audit.targets}
    assert not second.audit.failures
    assert any("period = shared" in name for name in cells)
    assert any("release = then" in name for name in cells)


def test_an_insider_brings_what_is_known_of_the_earlier_release_too():
    frame = referrals()
    hierarchies = {"borough": "sub_region"}
    first = release(frame, hierarchies=hierarchies)
    second = release(frame, hierarchies=hierarchies, earlier=[told(first)], ties=[SAME])
    inside = [t for t in second.audit.targets if "insider of borough" in t.reader]
    assert any("release = then" in target.cell for target in inside)
    assert not second.audit.failures


def test_a_release_about_other_people_changes_nothing():
    frame = referrals()
    other = replace(SAME, population="others")
    plain = release(frame)
    assert values(release(frame, earlier=[told(plain)], ties=[other])) == values(plain)


@pytest.mark.parametrize("shown", [0, 5])
def test_a_preferred_value_is_taken_where_it_is_a_neighbour(shown):
    from rr_helpers.disclosure.rounding import round_counts

    for key in (b"one", b"two", b"three"):
        made = round_counts({cell(): 3}, [], base=5, key=key, preferred={cell(): shown})
        assert made.released[cell()] == shown
        far = round_counts({cell(): 3}, [], base=5, key=key, preferred={cell(): 20})
        assert far.released[cell()] in (0, 5)


def test_a_release_after_a_withdrawal_can_be_proved_value_by_value():
    frame = referrals(120)
    first = release(frame)
    fewer = frame.drop(index=5).reset_index(drop=True)
    second = release(fewer, earlier=[told(first)], ties=[SAME], thorough=True)
    assert not second.audit.failures
    assert any(target.tier == "integer programme" for target in second.audit.targets)
