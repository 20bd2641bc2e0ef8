"""Single cells: every way people write a value gives the same clean value, or a named problem."""

from datetime import date, datetime, time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rr_helpers.study.cells import EXCEL_ERRORS, reader
from rr_helpers.study.schema import TABLES
from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.suggest import did_you_mean
from rr_helpers.study.unreadable import MissingCode, Unreadable


def read(table: str, column: str, value: object):
    return reader(TABLES[table].column(column))(value)


def problem(table: str, column: str, value: object) -> tuple[str, str]:
    with pytest.raises(Unreadable) as caught:
        read(table, column, value)
    return caught.value.kind, caught.value.cure


@pytest.mark.parametrize("blank", [None, "", "  ", "\u00a0", "\n", "\u200b"])
@pytest.mark.parametrize(
    "place", [("referral", "sex"), ("referral", "triage_date"), ("episode", "hours")]
)
def test_an_empty_cell_and_one_of_spaces_are_both_blank(place, blank):
    assert read(*place, blank) is np.nan


@pytest.mark.parametrize(
    "typed",
    ["E09000019", "islington ", "ISLINGTON", "\u00a0Islington", "e09000019", "Is\u200blington"],
)
def test_a_borough_may_be_written_by_code_or_name_in_any_case(typed):
    assert read("referral", "residence_borough", typed) == "E09000019"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Hammersmith & Fulham", "E09000013"),
        ("kingston-upon-thames", "E09000021"),
        ("City of  London", "E09000001"),
    ],
)
def test_hyphens_ampersands_and_doubled_spaces_make_no_difference(typed, code):
    assert read("referral", "residence_borough", typed) == code


def test_a_misspelt_borough_gets_a_suggestion():
    assert problem("referral", "residence_borough", "Hackny") == (
        "value not allowed",
        "Did you mean Hackney?",
    )


def test_nothing_is_suggested_where_nothing_is_close():
    assert did_you_mean("Birmingham City", BOROUGHS.values()) == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (True, "yes"),
        (False, "no"),
        ("TRUE", "yes"),
        ("Y", "yes"),
        ("n", "no"),
        (1, "yes"),
        (0, "no"),
    ],
)
def test_yes_and_no_may_be_ticked_or_typed(typed, code):
    assert read("episode", "rescue", typed) == code


def test_a_tick_is_not_a_number_or_another_code():
    assert problem("episode", "n_sessions", True)[0] == "not a number"
    assert problem("referral", "sex", True)[0] == "value not allowed"
    # True equals 1 in Python: one must not be remembered as the other.
    level = reader(TABLES["safeguarding_response"].column("level"))
    assert level(1) == "1"
    with pytest.raises(Unreadable):
        level(True)


@pytest.mark.parametrize("typed", [1, 1.0, "1", " 1 "])
def test_a_code_that_is_a_number_is_kept_as_its_code(typed):
    assert read("safeguarding_response", "level", typed) == "1"


@pytest.mark.parametrize(
    "typed",
    ["debt; missing", "missing;debt;", "Debt , missing", "debt\nMISSING", "missing; missing; debt"],
)
def test_several_values_may_be_parted_by_semicolons_commas_or_lines(typed):
    assert read("referral", "indicators", typed) == "missing; debt"


def test_a_label_that_holds_a_comma_is_one_value():
    typed = "More than one phone, or many calls, Debt"
    assert read("referral", "indicators", typed) == "phones; debt"


def test_a_missing_code_cannot_stand_beside_values():
    assert problem("referral", "indicators", "NK; debt") == (
        "missing code beside values",
        "Take out NK, or the values beside it",
    )


@pytest.mark.parametrize(
    ("typed", "code"), [("NK", "NK"), (" nk", "NK"), ("not known", "NK"), ("Not recorded", "NR")]
)
def test_missing_codes_stay_distinct_and_may_be_written_out(typed, code):
    assert read("referral", "sex", typed) == code
    assert read("referral", "triage_date", typed) == MissingCode(code)
    assert read("referral", "missing_90d", typed) == MissingCode(code)


def test_a_missing_code_that_the_column_does_not_use_is_refused():
    assert problem("delegate_item", "response", "NK") == (
        "value not allowed",
        "NK is not used in this column; leave the cell blank",
    )
    assert problem("referral", "age_at_referral", "nk")[1] == (
        "NK is not used in this column; enter the value itself"
    )


@pytest.mark.parametrize("typed", ["n/a", "?", "unknown", "-"])
def test_homemade_marks_for_missing_are_not_guessed_at(typed):
    assert problem("delegate_item", "response", typed)[0] == "not a number"


@pytest.mark.parametrize(
    ("typed", "value"),
    [(12, 12.0), ("12 ", 12.0), ("1,200", 1200.0), ("\u00a012", 12.0), (12.0, 12.0), ("+3", 3.0)],
)
def test_numbers_stored_as_text_are_numbers(typed, value):
    assert read("episode", "hours", typed) == value


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("12 hours", "not a number"),
        ("1,5", "not a number"),
        ("45%", "not a number"),
        ("1e3", "not a number"),
        ("nan", "not a number"),
        ("inf", "not a number"),
        (datetime(2020, 3, 4), "number turned into a date"),
    ],
)
def test_what_is_not_plainly_a_number_is_refused(typed, kind):
    assert problem("episode", "hours", typed)[0] == kind


def test_a_share_or_decimal_is_not_a_whole_number():
    assert problem("ccr_context", "weight", 0.45)[0] == "not a whole number"
    assert problem("episode", "n_sessions", "3.5")[0] == "not a whole number"
    assert problem("ccr_context", "weight", "45%")[1] == (
        "Enter the number without a sign for per cent"
    )


@pytest.mark.parametrize(
    "typed",
    [
        datetime(2020, 2, 1),
        datetime(2020, 2, 1, 14, 30),
        date(2020, 2, 1),
        "01/02/2020",
        "1/2/2020",
        " 01/02/2020 00:00:00",
        "01-02-2020",
        "1.2.2020",
        "2020-02-01",
        "2020-02-01T00:00:00",
        "2020-02-01 00:00:00",
        "1 Feb 2020",
        "1 February 2020",
        "01-Feb-2020",
        43862,
        43862.0,
        "43862",
    ],
)
def test_a_day_may_be_a_date_text_or_excels_day_number_and_the_day_comes_first(typed):
    # 43862 is Excel's number for 1 February 2020 (days since 30 December 1899).
    assert read("referral", "received_date", typed) == datetime(2020, 2, 1)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("31/02/2020", "no such day"),
        ("02/13/2020", "no such day"),
        ("01/02/20", "two-digit year"),
        ("1 Feb 20", "two-digit year"),
        ("soon", "not a date"),
        ("Feb 2020", "not a date"),
        (12, "not a date"),
        (True, "not a date"),
        (time(9, 30), "not a date"),
        ("01/02/0202", "impossible year"),
        (datetime(9999, 1, 1), "impossible year"),
        ("#N/A", "Excel error"),
    ],
)
def test_a_day_that_cannot_be_known_is_refused_and_never_guessed(typed, kind):
    assert problem("referral", "received_date", typed)[0] == kind


@pytest.mark.parametrize("error", sorted(EXCEL_ERRORS))
@pytest.mark.parametrize(
    "column", ["sex", "yp_id", "missing_90d", "triage_date", "gender_identity"]
)
def test_an_excel_error_is_never_a_value(error, column):
    assert problem("referral", column, error) == (
        "Excel error",
        "Mend the formula, or enter the value itself",
    )


@pytest.mark.parametrize(
    ("typed", "code"), [(101, "101"), (101.0, "101"), (" YP 1 ", "YP 1"), ("007", "007")]
)
def test_codes_keep_their_zeros_and_gain_no_decimals(typed, code):
    assert read("referral", "yp_id", typed) == code


def test_a_code_that_excel_made_a_date_of_is_refused():
    assert problem("referral", "yp_id", datetime(2020, 3, 1))[0] == "code turned into a date"


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1954, 11, 1), date(2099, 12, 31)))
def test_every_day_reads_back_the_same_from_every_way_of_writing_it(day):
    written = [
        datetime(day.year, day.month, day.day),
        f"{day.day}/{day.month}/{day.year}",
        day.isoformat(),
        (day - date(1899, 12, 30)).days,
        f"{day:%d %B %Y}",
    ]
    assert {read("referral", "triage_date", value) for value in written} == {written[0]}


CODED = [
    (table.name, name)
    for table in TABLES.values()
    for name in table.columns
    if table.column(name)["type"] == "coded"
]


@pytest.mark.parametrize(("table", "name"), CODED)
def test_every_code_and_label_of_the_schema_reads_as_its_own_code(table, name):
    column = TABLES[table].column(name)
    labels = list(column["values"].values())
    for code, label in column["values"].items():
        assert read(table, name, code) == code
        if labels.count(label) == 1 and label not in column["values"]:
            assert read(table, name, f" {label.upper()}\u00a0") == code
    for code in column["missing"]:
        assert read(table, name, code.lower()) == code


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.text(max_size=30),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.datetimes(),
        st.times(),
        st.timedeltas(),
    ),
    st.sampled_from(
        [
            ("referral", "received_date"),
            ("referral", "indicators"),
            ("referral", "sex"),
            ("referral", "yp_id"),
            ("episode", "hours"),
            ("episode", "n_sessions"),
            ("panel_rating", "note"),
        ]
    ),
)
def test_whatever_stands_in_a_cell_it_is_read_or_named_and_never_a_traceback(value, place):
    try:
        result = read(*place, value)
    except Unreadable as wrong:
        assert wrong.kind and wrong.cure
    else:
        assert isinstance(result, str | float | datetime | MissingCode)
