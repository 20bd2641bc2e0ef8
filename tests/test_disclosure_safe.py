import copy
import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from released_samples import release

from rr_helpers.disclosure import (
    ClearedQuotation,
    ReleasedCount,
    ReleasedFigure,
    SafeEstimate,
    SafeTable,
    percentage,
    protect,
)
from rr_helpers.disclosure.figures import _GATE
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.results import Estimate


def released(number):
    return ReleasedCount(number, gate=_GATE)


HAND_MADE = {
    "count": lambda: ReleasedCount(3),
    "percentage": lambda: ReleasedFigure(text="3%", value=3),
    "table": lambda: SafeTable(grid=pd.DataFrame(), kind="counts", title="T", row_name="r"),
    "quotation": lambda: ClearedQuotation(text="t", role_label="r", quotation_id="1"),
    "estimate": lambda: SafeEstimate(
        value=1, low=None, high=None, unit="", text="1", interval="", rests_on=""
    ),
    "changed table": lambda: dataclasses.replace(release()["age"], title="Exactly 41 children"),
    "another key": lambda: ReleasedCount(3, gate=object()),
}


@pytest.mark.parametrize("what", HAND_MADE)
def test_nothing_safe_can_be_made_by_hand(what):
    with pytest.raises(DisclosureError, match="made by hand.*Take it from the release"):
        HAND_MADE[what]()


def test_a_table_handed_out_cannot_be_changed():
    table = release()["age"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.title = "Exactly 41 children"
    shown = table.frame
    shown.iloc[0, 0] = "41"
    assert table.frame.iloc[0, 0] != "41"
    assert copy.deepcopy(table) is table and copy.copy(table.total) is table.total


def test_a_number_put_into_a_table_by_hand_is_not_shown():
    table = release()["age"]
    table.grid.iloc[0, 0] = 41
    with pytest.raises(DisclosureError, match="a number put into a released table"):
        _ = table.frame


def test_a_released_count_prints_and_counts_like_its_number():
    count = released(1250)
    assert f"{count}" == "1250" and count == 1250 and count.text == "1,250" and count.released
    assert isinstance(count - released(50), ReleasedCount) and count - released(50) == 1200
    assert isinstance(count + released(50), ReleasedCount)
    assert (released(0) - released(5)).text == "−5"


def test_arithmetic_with_a_number_from_elsewhere_is_released_no_more():
    assert not isinstance(released(10) + 1, ReleasedCount)
    assert not isinstance(1 + released(10), ReleasedCount)
    assert not isinstance(released(10) * 2, ReleasedCount)


def test_what_is_computed_from_a_preview_stays_a_preview():
    shown = ReleasedCount(50, preview=True, gate=_GATE)
    assert (shown - released(5)).preview and (released(5) + shown).preview
    assert percentage(released(5), shown).preview


def test_percentages_come_from_released_counts_and_keep_their_denominators():
    counts = release()["sex_by_age"]
    shares = counts.percent()
    for column in (*counts.column_labels, "All"):
        base = counts.count("All", column)
        assert shares.count("All", column) == base
        share = shares.value("Male", column)
        assert abs(share.value - 100 * counts.count("Male", column) / base) <= 0.5
        assert share.base == base and str(share) == f"{share.value}%"
    assert list(shares.frame.index)[-1] == "All referrals (100%)"
    assert shares.title.endswith("(per cent of each column)")
    assert shares.rules == counts.rules and shares.suppressed == 0


def test_row_and_total_percentages_have_the_denominators_they_say():
    counts = release()["sex_by_age"]
    by_row = counts.percent(of="row")
    assert list(by_row.frame.columns)[-1] == "All referrals (100%)"
    assert by_row.value("Male", "Under 15").base == counts.count("Male")
    assert counts.percent(of="total").value("Male", "Under 15").base == counts.total


def test_a_battery_has_no_column_percentages():
    with pytest.raises(UserError, match="no column totals"):
        release()["safe_now"].percent(of="column")
    table = release()["safe_now"]
    assert table.percent(of="row").value("Online", "Safe").base == table.total
    with pytest.raises(UserError, match="'column', 'row' or 'total'"):
        release()["safe_now"].percent(of="rows")


def test_a_share_of_fewer_than_twenty_is_marked_and_a_share_of_none_is_not_applicable():
    assert percentage(released(10), released(15)).text == "[u]"
    assert percentage(released(0), released(0)).text == "[z]"
    said = str(percentage(released(10), released(15)))
    assert said == "not shown ([u] low reliability: the number it is a share of is under 20)"
    assert percentage(released(10), released(20)).text == "50%"


@given(st.integers(0, 4000), st.integers(4, 4000))
def test_a_percentage_is_the_nearest_whole_number_halves_up(part, base):
    part, base = 5 * min(part, base), 5 * base
    share = percentage(released(part), released(base)).value
    assert abs(share * base - 100 * part) * 2 <= base
    assert share <= 100


@pytest.mark.parametrize("number", [41, 41.0, "41"])
def test_a_percentage_of_a_number_from_elsewhere_is_refused(number):
    with pytest.raises(DisclosureError, match="exact percentages give counts back"):
        percentage(number, released(50))


def test_rows_and_columns_are_picked_in_the_order_asked_and_margins_stay():
    table = release()["sex_by_age"]
    picked = table.pick(rows=["Male", "Female"], columns=["18 to 25"])
    assert picked.row_labels == ["Male", "Female"] and picked.column_labels == ["18 to 25"]
    assert picked.total == table.total and "All" in picked.grid.columns
    assert table.rows(["Male"]).percent().value("Male") == table.percent().value("Male")
    with pytest.raises(UserError, match="no row 'Man'; expected one of 'Female', 'Male'"):
        table.rows(["Man"])


def test_the_largest_rows_are_picked_by_the_column_asked():
    table = release()["borough_by_sex"]
    for column in ("Female", "All"):
        top = table.largest(3, column=column)
        counts = [table.count(row, column) for row in table.row_labels]
        assert [top.count(row, column) for row in top.row_labels] == sorted(counts)[:-4:-1]
        assert top.total == table.total
    assert table.largest(99).row_labels != table.row_labels


def test_columns_added_up_are_sums_of_what_is_shown():
    table = release()["safe_now"]
    merged = table.combine(columns={"Not safe": ["In between", "Unsafe"]})
    assert merged.column_labels == ["Safe", "Not safe", "No answer"]
    for item in table.row_labels:
        parts = table.count(item, "In between") + table.count(item, "Unsafe")
        assert merged.count(item, "Not safe") == parts
        assert sum(merged.count(item, c) for c in merged.column_labels) == merged.total


def test_rows_are_added_up_only_where_no_one_is_in_two_of_them():
    merged = release()["age"].combine(rows={"Under 18": ["Under 15", "15 to 17"]})
    assert merged.row_labels == ["Under 18", "18 to 25"]
    assert merged.count("Under 18") + merged.count("18 to 25") == merged.total
    for name in ("safe_now", "barriers"):
        with pytest.raises(UserError, match="one person may be in several rows"):
            labels = release()[name].row_labels
            release()[name].combine(rows={"Any": labels[:2]})
    with pytest.raises(UserError, match="only counts can be added up"):
        release()["age"].percent().combine(rows={"Under 18": ["Under 15", "15 to 17"]})


def test_a_count_asked_of_percentages_or_of_a_wrong_label_is_refused():
    with pytest.raises(UserError, match="holds no count"):
        release()["age"].percent().count("Under 15")
    with pytest.raises(UserError, match="no column 'Sex'"):
        release()["sex_by_age"].count("Male", "Sex")


def test_the_digest_changes_with_what_is_shown():
    table = release()["sex_by_age"]
    assert table.digest == release()["sex_by_age"].digest
    assert table.digest != table.rows(["Male"]).digest != table.percent().digest


def test_the_repr_shows_no_numbers():
    assert repr(release()["age"]) == "<SafeTable 'age': counts of referrals>"


def test_rows_withheld_for_one_reason_are_told_once_in_the_order_of_the_alphabet():
    few = {name: Estimate(value=0.5, n=4, of="people", method="mean, t") for name in "DBCA"}
    enough = Estimate(value=0.5, low=0.4, high=0.6, n=400, of="people", method="mean, t")
    table = protect({**few, "E": enough}, title="T", row_name="Code")
    assert list(table.frame.index) == ["E", "A; B; C; D"]
    assert list(table.frame["Estimate"]) == [table["E"].text, "[c]"]
    assert table["B"].value is None and table.row_labels == [*"DBCA", "E"]
    three = protect({name: few[name] for name in "DBC"}, title="T", row_name="Code")
    assert list(three.frame.index) == [*"DBC"]
