"""Codes counted by source, group and participant; codes together; saturation."""

import numpy as np
import pandas as pd
import pytest
from test_qualitative_written_projects import (
    BARRIER,
    PACE,
    SECOND,
    TRUST,
    coding,
    project,
    selection,
    text_source,
    write_qdpx,
)

from rr_helpers.qualitative import (
    co_occurrence,
    code_matrix,
    read_coded,
    saturation,
    source_codes,
)
from rr_helpers.qualitative.attributes import join_attributes
from rr_helpers.qualitative.co_occurring import c_coefficient
from rr_helpers.qualitative.counting import codings_with_paths

TEXT = "alpha beta gamma delta epsilon zeta eta theta"


def span(word, *codings):
    start = TEXT.index(word)
    return selection(start, start + len(word), *codings, name=word)


@pytest.fixture
def material(tmp_path):
    sources = text_source(
        "A",
        span("alpha beta", coding(TRUST), coding(PACE)),
        span("alpha beta", coding(TRUST, SECOND)),
        span("beta gamma", coding(BARRIER)),
        span("theta"),
    )
    sources += text_source("B", span("gamma delta", coding(TRUST)), coding(BARRIER))
    sources += text_source("C", span("epsilon", coding(TRUST), coding(PACE)))
    sources += text_source("D")
    path = write_qdpx(tmp_path / "p.qdpx", project(sources=sources), dict.fromkeys("ABCD", TEXT))
    sheet = pd.DataFrame({"name": ["A", "B", "C"], "Role": ["Staff", "Staff", "Partner"]})
    return read_coded(path, attributes=sheet)


def cells(matrix):
    columns = ["n_sources", "n_segments", "of_sources"]
    return {(r.code, r.group): tuple(getattr(r, c) for c in columns) for r in matrix.itertuples()}


def test_every_code_and_group_has_a_row_with_its_denominator(material):
    matrix = code_matrix(material, by="Role")
    assert list(matrix.columns) == [
        "code", "group", "n_sources", "n_participants", "n_segments", "of_sources"
    ]  # fmt: skip
    assert cells(matrix) == {
        ("Mechanism/Trusted adult", "Partner"): (1, 1, 1),
        ("Mechanism/Trusted adult", "Staff"): (2, 3, 2),
        ("Mechanism/Trusted adult", "not stated"): (0, 0, 1),
        ("Mechanism/Time∕pace", "Partner"): (1, 1, 1),
        ("Mechanism/Time∕pace", "Staff"): (1, 1, 2),
        ("Mechanism/Time∕pace", "not stated"): (0, 0, 1),
        ("Barrier", "Partner"): (0, 0, 1),
        ("Barrier", "Staff"): (2, 2, 2),
        ("Barrier", "not stated"): (0, 0, 1),
    }


def test_rolling_up_is_asked_for_and_counts_a_span_once_for_its_parent(material):
    direct = cells(code_matrix(material))
    rolled = cells(code_matrix(material, roll_up=True))
    assert ("Mechanism", "all") not in direct
    # Trust and pace on one span by one coder are one; the second coder's coding is another.
    assert rolled["Mechanism", "all"] == (3, 4, 4)
    assert rolled["Mechanism/Trusted adult", "all"] == direct["Mechanism/Trusted adult", "all"]


def test_rolling_up_to_some_codes_gives_their_part_of_rolling_up_to_all(material):
    whole = codings_with_paths(material, roll_up=True)
    for codes in (["Mechanism"], ["Mechanism/Trusted adult", "Barrier"], []):
        part = whole[whole["code"].isin(codes)].reset_index(drop=True)
        found = codings_with_paths(material, codes, roll_up=True)
        pd.testing.assert_frame_equal(found, part)


def test_people_are_counted_only_where_every_source_is_known_to_be_one(material):
    whose = {"A": "p1", "B": "p1", "C": "p2"}
    matrix = code_matrix(material, codes=["Mechanism/Trusted adult"], participants=whose)
    assert matrix["n_participants"].tolist() == [2] and matrix["n_sources"].tolist() == [3]
    del whose["C"]
    matrix = code_matrix(material, codes=["Mechanism/Trusted adult"], participants=whose)
    assert matrix["n_participants"].isna().all()
    assert code_matrix(material)["n_participants"].isna().all()


def test_a_source_with_two_values_counts_in_both_groups(material):
    both = pd.DataFrame({"name": ["A"], "Role": ["Partner"]})
    material = join_attributes(material, both)
    sizes = code_matrix(material, by="Role").groupby("group")["of_sources"].first()
    assert sizes.to_dict() == {"Partner": 2, "Staff": 2, "not stated": 1}
    assert "two values of one attribute" in set(material.issues["kind"])


@pytest.mark.parametrize(
    "options, message",
    [
        ({"by": "Borough"}, "no source has the attribute 'Borough'; attributes here: Role"),
        ({"codes": ["Trust"]}, r"not in the codebook: \['Trust'\]"),
    ],
)
def test_an_unknown_attribute_or_code_is_refused(material, options, message):
    with pytest.raises(ValueError, match=message):
        code_matrix(material, **options)


def test_source_codes_has_a_row_for_every_source_and_a_column_for_every_code(material):
    table = source_codes(material)
    assert table.index.tolist() == ["A", "B", "C", "D"] and table.index.name == "source"
    assert table.dtypes.eq(bool).all()
    assert table.sum().to_dict() == {
        "Mechanism/Trusted adult": 3,
        "Mechanism/Time∕pace": 2,
        "Barrier": 2,
    }
    assert source_codes(material, roll_up=True)["Mechanism"].tolist() == [True, True, True, False]


def pairs(table):
    return {(r.code_a, r.code_b): (r.n_a, r.n_b, r.n_both) for r in table.itertuples()}


def test_codes_together_are_counted_in_the_unit_asked_for(material):
    trust, pace, barrier = "Mechanism/Trusted adult", "Mechanism/Time∕pace", "Barrier"
    assert pairs(co_occurrence(material, "segment")) == {(trust, pace): (3, 2, 2)}
    assert pairs(co_occurrence(material, "overlap")) == {
        (trust, pace): (3, 2, 2),
        (trust, barrier): (3, 1, 1),
        (pace, barrier): (2, 1, 1),
    }
    assert pairs(co_occurrence(material, "source")) == {
        (trust, pace): (3, 2, 2),
        (trust, barrier): (3, 2, 2),
        (pace, barrier): (2, 2, 1),
    }
    row = co_occurrence(material, "overlap", participants={"A": "p", "B": "p", "C": "q"}).iloc[1]
    assert (row["n_sources"], row["n_participants"]) == (2, 1)
    assert row["jaccard"] == pytest.approx(2 / 3)


def test_the_unit_is_one_of_three(material):
    with pytest.raises(ValueError, match="unit is one of segment, overlap, source, not 'page'"):
        co_occurrence(material, "page")


def test_c_coefficient_is_that_of_the_atlas_ti_manual():
    # ATLAS.ti manual, co-occurrence tools: 5/(100+10-5), and one quotation holding three others.
    assert c_coefficient(100, 10, 5) == pytest.approx(0.047619, abs=5e-7)
    assert c_coefficient(1, 3, 3) == 3
    assert c_coefficient(1, 1, 2) is None


# Worked by hand with the formula of Guest, Namey and Chen (2020); brief, section 4.
NEW_CODES = [10, 6, 3, 1, 2, 0, 1, 0, 0, 0]


def presence(new_codes):
    table = np.zeros((len(new_codes), sum(new_codes)), dtype=bool)
    ends = np.cumsum(new_codes)
    for number, end in enumerate(ends):
        table[number, end - new_codes[number] : end] = True
    return pd.DataFrame(table)


def test_saturation_gives_the_worked_case():
    result = saturation(presence(NEW_CODES), base=4, run=2, threshold=0.05, orders=50)
    assert result.base_codes == 20 and result.n_codes == 23
    assert result.runs["ratio"].tolist() == pytest.approx([0.10, 0.05, 0.05, 0, 0])
    assert result.runs[["first", "last"]].to_numpy().tolist() == [
        [5, 6],
        [6, 7],
        [7, 8],
        [8, 9],
        [9, 10],
    ]
    assert result.reached == "5+2"
    assert saturation(presence(NEW_CODES), threshold=0, orders=50).reached == "7+2"


def test_saturation_depends_on_the_order_and_the_result_says_how_much():
    result = saturation(presence(NEW_CODES), orders=200)
    again = saturation(presence(NEW_CODES), orders=200)
    assert (result.low, result.median, result.high) == (again.low, again.median, again.high)
    assert result.low < result.high and 0 < result.reached_share <= 1
    assert str(result).startswith("reached at 5+2; over 200 random orders")


def test_saturation_as_estimates_keeps_the_order_given_and_the_range_of_orders():
    found = saturation(presence(NEW_CODES), orders=50)
    given, any_order = found.estimates(of="interviews").values()
    assert (given.value, given.n, given.of) == (5.0, 10, "interviews")
    assert (any_order.value, any_order.low, any_order.high) == (
        found.median, found.low, found.high,
    )  # fmt: skip
    never = saturation(presence([3] * 8), orders=20).estimates()
    reasons = {estimate.reason for estimate in never.values()}
    assert reasons == {"new codes kept coming until the end"}


def test_saturation_that_never_comes_is_not_reached():
    result = saturation(presence([3] * 8), orders=20)
    assert result.reached is None and result.reached_share == 0 and result.median is None
    assert str(result) == "not reached within 8 sources"


@pytest.mark.parametrize(
    "new_codes, options, message",
    [
        ([3, 2, 1], {}, "3 sources; base 4 and run 2 need 6"),
        ([0, 0, 0, 0, 1, 1], {}, "no code in the base set"),
        ([1] * 9, {"base": 0}, "base and run are at least 1"),
    ],
)
def test_saturation_says_when_it_cannot_be_told(new_codes, options, message):
    with pytest.raises(ValueError, match=message):
        saturation(presence(new_codes), **options)
