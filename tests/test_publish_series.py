"""Published series and the events that charts over time mark."""

from dataclasses import replace

import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.publish.series import (
    benchmark_of_safety,
    events_by_quarter,
    marks_in_words,
    series_by_sub_region,
    series_licence,
)


def with_table(study, name, frame):
    return replace(study, tables={**study.tables, name: frame})


@pytest.fixture
def figures():
    rows = [("E09000019", 2020, 100.0, None), ("E09000012", 2020, None, "x"),
            ("E09000023", 2020, 40.0, None), ("E09000019", 2021, 90.0, None),
            ("E09000012", 2021, 50.0, None), ("E09000023", 2021, None, "c")]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["borough_code", "year", "value", "mark"])
    return frame.assign(series="gangs", source="Publisher, publication", licence="OGL")


def test_a_marked_figure_is_in_no_sum(small_study, figures):
    sums = series_by_sub_region(with_table(small_study, "borough_year", figures), "gangs")
    assert sums.loc["North"].to_dict() == {"2020": 100, "2021": 140}
    assert sums.loc["South"].to_dict() == {"2020": 40, "2021": 0}
    assert sums.loc["London, sum of the figures shown"].to_dict() == {"2020": 140, "2021": 140}


def test_the_note_counts_the_boroughs_without_a_figure(small_study, figures):
    study = with_table(small_study, "borough_year", figures)
    assert marks_in_words(study, "gangs") == (
        "Boroughs without a figure, which are in no sum: 1 in 2020 (not available), "
        "1 in 2021 (suppressed by the publisher)."
    )


def test_a_study_without_the_series_has_no_table_of_it(small_study):
    empty = with_table(small_study, "borough_year", small_study["borough_year"].iloc[:0])
    assert series_by_sub_region(empty, "gangs").empty


def test_a_series_under_two_licences_is_refused(small_study, figures):
    figures.loc[0, "licence"] = "invented"
    with pytest.raises(UserError, match="one licence for a series"):
        series_licence(with_table(small_study, "borough_year", figures), "gangs")


def test_events_of_one_quarter_are_told_together_and_others_left_out(small_study):
    events = events_by_quarter(small_study, "eval_Y3", ("data_break", "covid"))
    assert list(events)[0] == "2020 Jan to Mar"
    assert "; " in events["2020 Jan to Mar"]
    assert not any("training" in label.lower() for label in events.values())


def test_a_benchmark_keeps_its_source_and_two_publications_are_not_mixed(small_study):
    frame = benchmark_of_safety(small_study)
    assert list(frame.index) == ["Home", "School, college or work", "Neighbourhood"]
    assert frame.attrs["licence"] == "none: invented for testing"
    rows = small_study["benchmark"]
    mixed = rows.assign(source=["Another publication", *rows["source"][1:]])
    none = rows.iloc[:0]
    for table, words in ((mixed, "2 publications"), (none, "")):
        study = replace(small_study, tables={**small_study.tables, "benchmark": table})
        if words:
            with pytest.raises(UserError, match=words):
                benchmark_of_safety(study)
        else:
            assert benchmark_of_safety(study).empty
