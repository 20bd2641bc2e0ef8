import pandas as pd
import pytest
from released_samples import change

from rr_helpers.disclosure import protect
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.results import Estimate, not_estimable


def share(value=62.1, **rest):
    shared = {"n": 65, "unit": "%", "of": "young people", "method": "Wilson", "basis": "released"}
    return Estimate(value=value, low=value - 11, high=value + 10, **(shared | rest))


def at_day(value=41.2, **rest):
    shared = {"n": 310, "events": 120, "unit": "%", "of": "young people"}
    shared |= {"method": "Aalen-Johansen", "low": value - 5, "high": value + 5}
    return Estimate(value=value, **(shared | rest))


def one(estimate, **options):
    return protect({"x": estimate}, title="T", **options)["x"]


def test_an_estimate_reads_as_a_sentence_needs_it():
    shown = one(change(n=66, clusters=12), clusters_of="courses")
    assert str(shown) == "+0.4 (95% CI +0.2 to +0.6; about 65 delegates in 12 courses)"
    assert str(one(share())) == "62% (95% CI 51% to 72%; 65 young people)"


def test_the_exact_number_of_people_is_never_shown():
    table = protect({str(n): change(n=n) for n in range(10, 60)}, title="T")
    for n in range(10, 60):
        assert str(table[str(n)]).endswith(f"; about {5 * round(n / 5)} delegates)")


@pytest.mark.parametrize(
    ("estimate", "reason"),
    [
        (change(n=9), "fewer than 10 delegates"),
        (at_day(events=9), "fewer than 10 events"),
        (change(clusters=2), "fewer than 3 clusters"),
        (change(n=18, details={"parameters": 9}), "fewer than 10 residual degrees of freedom"),
        (change(n=89, details={"parameters": 9}), "fewer than 10 delegates for each term of the"),
        (change(n=99, method="logistic regression"), "fewer than 10 delegates for each term of"),
        (change(n=18, method="Cox, Efron"), "fewer than 10 residual degrees of freedom"),
        (change(n=500, details={"parameters": 2, "smallest_group": 9}), "fewer than 10 delegates "),
        (change(n=99, unit="days", method="90th percentile"), "fewer than 10 delegates beyond it"),
        (change(n=39, unit="days", method="lower quartile"), "fewer than 10 delegates beyond it"),
        (at_day(n=59), "too few young people on one side"),
    ],
)
def test_too_few_to_show_is_marked_confidential_and_counted(estimate, reason):
    table = protect({"small": estimate, "large": change()}, title="T")
    assert str(table["small"]).startswith(f"not shown ([c] {reason}")
    assert table["small"].value is None and table["small"].low is None
    assert table.suppressed == 1
    assert table.frame.loc["small"].tolist()[:2] == ["[c]", "[c]"]


def test_just_enough_is_shown():
    assert one(change(n=10)).value == 0
    assert one(at_day(events=10)).value is not None
    assert one(change(clusters=3)).value is not None
    assert one(change(n=90, details={"parameters": 9})).value is not None


@pytest.mark.parametrize(
    "estimate",
    [
        share(basis="rows"),
        share(basis="rows", count=41),
        share(basis="rows", unit="percentage points", method="Newcombe"),
        share(basis="rows", unit="% of young people"),
        share(basis="rows", unit="", value=0.62, method="proportion, jackknife"),
        change(count=41),
        at_day(count=41),
    ],
)
def test_a_share_computed_from_records_is_refused_since_it_gives_counts_back(estimate):
    with pytest.raises(DisclosureError, match="exact percentages give counts back"):
        one(estimate)


def test_a_share_of_the_paths_of_a_network_counts_no_one_and_is_shown():
    shown = one(share(62.4, n=31, basis="rows", unit="% of paths", method="betweenness"))
    assert (shown.value, shown.text) == (62, "62%")
    assert one(share(n=9, basis="rows", unit="% of paths", method="betweenness")).mark == "[c]"


@pytest.mark.parametrize(
    "method", ["maximum", "min", "largest wait", "interquartile range", "longest stay", "oldest"]
)
def test_a_maximum_or_minimum_is_refused(method):
    with pytest.raises(DisclosureError, match="a maximum or minimum is one person's value"):
        one(change(method=method))


def test_a_share_of_fewer_than_twenty_is_marked_unreliable():
    assert one(share(n=15)).mark == "[u]"


def test_what_cannot_be_estimated_says_why_without_giving_numbers_away():
    plain = not_estimable("everyone gave the same answer", n=40, method="m", of="delegates")
    telling = not_estimable("only 3 delegates answered", n=40, method="m", of="delegates")
    spelt = not_estimable("only three delegates answered", n=40, method="m", of="delegates")
    assert str(one(plain)) == "not shown ([x] everyone gave the same answer)"
    for estimate in (telling, spelt):
        assert str(one(estimate)) == "not shown ([x] not estimable from these data)"
    assert protect({"x": plain}, title="T").suppressed == 0


def test_values_are_rounded_as_their_unit_is_shown():
    shown = one(change(0.4249, n=600))
    assert (shown.text, shown.value) == ("+0.42", 0.42)
    days = Estimate(value=13.6, low=9.4, high=21.5, n=200, unit="days", of="referrals",
                    events=40, method="restricted mean to 90, Greenwood")  # fmt: skip
    assert one(days).text == "14 days" and (one(days).low, one(days).high) == (9, 22)
    assert one(change(-0.004, low=-0.1, high=0.1, n=600)).text == "0.00"


def test_a_median_is_never_one_persons_own_value():
    waits = {"n": 200, "unit": "days", "of": "referrals", "method": "median, order statistics"}
    for value in range(1, 60):
        shown = one(Estimate(value=value, low=value - 1, high=value + 1, **waits))
        assert shown.value % 5 == 0 and shown.low % 5 == 0 and shown.high % 5 == 0


def days(n, **rest):
    return Estimate(value=20, low=18, high=22, n=n, unit="days", of="referrals", method="mean, t",
                    **rest)  # fmt: skip


def test_a_mean_of_amounts_is_refused_without_the_amounts_behind_it():
    with pytest.raises(DisclosureError, match="one large amount may be most of it"):
        one(days(12))
    with pytest.raises(DisclosureError, match="without the 12 amounts"):
        one(days(12), contributions={"x": [20.0] * 11})
    with pytest.raises(UserError, match="contributions of 'y'"):
        one(days(12), contributions={"y": [20.0] * 12})


@pytest.mark.parametrize(
    ("amounts", "reason"),
    [
        ([20.0] * 12, ""),
        ([1.0] * 10 + [500.0, 400.0], "two amounts make up most of it"),
        ([1.0] * 11 + [400.0], "two amounts make up most of it"),
        ([0.0] * 12, ""),
        ([float("nan")] * 12, "an amount behind it is not known"),
    ],
)
def test_an_amount_that_is_most_of_a_sum_is_not_given_away_by_its_mean(amounts, reason):
    shown = one(days(12), contributions={"x": amounts})
    assert (shown.mark, shown.reason) == (("[c]", reason) if reason else ("", ""))


def test_a_day_of_a_curve_with_too_few_events_since_the_day_before_is_withheld():
    curve = {"14": at_day(20, events=60), "28": at_day(22, events=66), "90": at_day(30, events=90)}
    table = protect(curve, title="T")
    assert [table[day].mark for day in curve] == ["", "[c]", ""]
    assert table["28"].reason == "fewer than 10 events since the day before it"
    assert table.suppressed == 1


@pytest.mark.parametrize("rule", ["threshold", "events"])
@pytest.mark.parametrize("value", [9, 0, -1, True, 10.5, None])
def test_a_run_can_tighten_a_rule_and_never_loosen_it(rule, value):
    assert one(at_day(events=14), **{rule: 500}).mark == "[c]"
    with pytest.raises(UserError, match="a run can tighten a rule, never loosen it"):
        one(change(), **{rule: value})


@pytest.mark.parametrize("thing", [41, 0.62, "62%", None])
def test_numbers_without_their_n_are_refused(thing):
    with pytest.raises(DisclosureError, match="Estimates, which carry the n"):
        protect({"x": thing}, title="T")
    with pytest.raises(DisclosureError, match="Estimates, which carry the n"):
        protect(pd.DataFrame({"a": [change(), thing]}), title="T")


def test_a_grid_of_estimates_keeps_rows_and_columns():
    grid = pd.DataFrame(
        {"Under 18": [at_day(20), at_day(40)], "18 to 25": [at_day(10, n=20), at_day(30)]},
        index=["14 days", "28 days"],
    )
    table = protect(grid, title="T", row_name="Day")
    assert table.frame.columns.tolist() == ["Under 18", "18 to 25"]
    assert table.frame.loc["14 days"].tolist() == ["20% (12% to 28%)", "[c]"]
    assert table.frame.index.name == "Day" and table.suppressed == 1
    assert table["28 days", "18 to 25"].value == 30


def test_the_rules_applied_are_said_in_plain_sentences():
    rules = protect({"x": at_day()}, title="T", threshold=15).rules
    assert rules[0].startswith("Estimates resting on fewer than 15 units are not shown")
    assert any("Times to an event need 10 events" in rule for rule in rules)


def test_no_estimates_or_a_label_twice_is_refused():
    with pytest.raises(UserError, match="no estimates"):
        protect({}, title="T")
    with pytest.raises(UserError, match="a label twice"):
        protect(pd.DataFrame({"a": [change(), change()]}, index=["x", "x"]), title="T")
