"""Reporting windows: both ends belong to them, and they are never added together."""

import pandas as pd
import pytest
from study_examples import day, study_frames

from rr_helpers.errors import UserError
from rr_helpers.study import Window, in_window
from rr_helpers.study.windows import find_window

FIRST = Window(
    window_id="Y1", label="First", start=day("2018-09-01"), end=day("2019-06-30"), note=""
)
SECOND = Window(
    window_id="Y2", label="Second", start=day("2019-05-01"), end=day("2020-04-30"), note=""
)


def dates(*texts) -> pd.DataFrame:
    return pd.DataFrame({"received_date": pd.to_datetime(list(texts))})


def test_first_and_last_day_belong_to_a_window_and_undated_rows_to_none():
    frame = dates("2018-08-31", "2018-09-01", "2019-06-30", "2019-07-01", None)
    assert list(in_window(frame, "received_date", FIRST).index) == [1, 2]


def test_a_row_in_two_windows_is_in_both_and_adding_them_would_count_it_twice():
    # Published years overlap: year 1 is Sep 2018 to Jun 2019, year 2 is May 2019 to Apr 2020.
    frame = dates("2019-04-30", "2019-05-15", "2019-07-01")
    first, second = (in_window(frame, "received_date", w) for w in (FIRST, SECOND))
    assert len(first) + len(second) == len(frame) + 1


def test_windows_of_unlike_length_have_their_length_in_months():
    assert FIRST.months == pytest.approx(10, abs=0.05)
    assert SECOND.months == pytest.approx(12, abs=0.05)


def test_an_unknown_window_lists_the_windows_there_are():
    with pytest.raises(UserError) as caught:
        find_window(study_frames()["window"], "eval_y1")
    assert str(caught.value) == (
        "reference.xlsx, sheet 'window': there is no window 'eval_y1'; expected one of eval_Y1, "
        "eval_Y2. Did you mean eval_Y1?"
    )
