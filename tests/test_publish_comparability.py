"""Years are compared by rate and never added: which share days, and what broke in between."""

import pandas as pd
import pytest

from rr_helpers.publish.comparability import comparability_markdown, months_of

WINDOWS = [
    ("Y1", "Year 1", "2018-09-01", "2019-06-30", "Ten months"),
    ("Y2", "Year 2", "2019-05-01", "2020-04-30", None),
    ("same", "The same *again*", "2019-05-01", "2020-04-30", None),
    ("Y3", "Year 3", "2020-05-01", "2020-06-30", None),
]
EVENTS = [
    ("2020-03-23", "Lockdown", "covid", "all series"),
    ("2020-01-01", "Intelligence moves", "data_break", "intelligence"),
]


def page(windows=WINDOWS, events=EVENTS, window="Y2"):
    held = pd.DataFrame(windows, columns=["window_id", "label", "start", "end", "note"])
    happened = pd.DataFrame(events, columns=["date", "label", "type", "affects"])
    return comparability_markdown(
        held.astype({"start": "datetime64[ns]", "end": "datetime64[ns]"}),
        happened.astype({"date": "datetime64[ns]"}),
        window=window,
    )


def test_each_window_is_told_with_its_days_months_and_note():
    assert "| Year 1. *Ten months* | 1 September 2018 to 30 June 2019 | 10 |" in page()
    assert "| **Year 2** (this edition) | 1 May 2019 to 30 April 2020 | 12 |" in page()
    assert "| The same \\*again\\* |" in page()
    assert "compared by rate, so many a month, and never added" in page()


def test_windows_that_share_days_are_told_with_the_days_and_others_are_not():
    assert "| Year 1 | Year 2 | 1 May 2019 to 30 June 2019 (2 months) |" in page()
    touching = [WINDOWS[0], ("Y2", "Year 2", "2019-06-01", "2020-04-30", None)]
    assert "1 June 2019 to 30 June 2019 (1 month) |" in page(windows=touching)
    assert "| Year 2 | The same \\*again\\* | the same days |" in page()
    assert "| Year 2 | Year 3 |" not in page() and "| Year 1 | Year 3 |" not in page()
    assert "No two windows share a day." in page(windows=[WINDOWS[0], WINDOWS[3]])


def test_a_break_says_which_windows_lie_on_either_side_of_it():
    line = "| Intelligence moves, 1 January 2020 | intelligence | Year 1 | Year 2; The same"
    assert line in page() and "| Year 3 |" in page()
    assert "| 23 March 2020 | Lockdown | all series |" in page()
    on_the_first_day = [("2020-05-01", "New form", "data_break", "outcomes")]
    assert "| none | Year 3 |" in page(events=on_the_first_day)
    assert "No break in recording is on record." in page(events=EVENTS[:1])


@pytest.mark.parametrize(
    "start, end, months",
    [
        ("2018-09-01", "2019-06-30", "10"),
        ("2020-02-01", "2020-02-29", "1"),
        ("2019-12-01", "2020-01-31", "2"),
        # By hand: 45 days of 30.4375.
        ("2021-01-01", "2021-02-14", "1.5"),
    ],
)
def test_months_are_whole_where_the_window_is_and_else_to_one_decimal(start, end, months):
    assert months_of(pd.Timestamp(start), pd.Timestamp(end)) == months
