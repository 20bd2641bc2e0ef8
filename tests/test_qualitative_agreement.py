"""Agreement coefficients against published worked examples, and against an independent program."""

import warnings
from functools import partial

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_qualitative_written_projects import (
    FIRST,
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
    agreement,
    agreement_by_code,
    character_counts,
    code_estimates,
    coded_unitising_alpha,
    disagreements,
    presence_counts,
    presence_estimates,
    presence_units,
    read_coded,
)
from rr_helpers.qualitative.unitising import (
    expected_disagreement,
    observed_disagreement,
    sections_of,
    squared_distance,
)

GAP = np.nan
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, part C: 4 observers, 12 units.
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
        [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
    ]
).T
# The example data of the article on Krippendorff's alpha in Wikipedia: 3 coders, 15 units.
FIFTEEN = np.array(
    [
        [GAP, GAP, GAP, GAP, GAP, 3, 4, 1, 2, 1, 1, 3, 3, GAP, 3],
        [1, GAP, 2, 1, 3, 3, 4, 3, GAP, GAP, GAP, GAP, GAP, GAP, GAP],
        [GAP, GAP, 2, 1, 3, 4, 4, GAP, 2, 1, 1, 3, 3, GAP, 4],
    ]
).T


def four_cells(both, first, second, neither):
    """Units for two coders from the counts of a two by two table."""
    return [[1, 1]] * both + [[1, 0]] * first + [[0, 1]] * second + [[0, 0]] * neither


def letters(*coders):
    return np.array([list(coder) for coder in coders]).T


@pytest.mark.parametrize(
    "level, expected",
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_alpha_with_gaps_is_krippendorffs(level, expected):
    assert agreement.krippendorff_alpha(FOUR, level) == pytest.approx(expected, abs=5e-7)


def test_alpha_of_the_smaller_examples():
    # Krippendorff (2011), parts A and B; the latter two from the article in Wikipedia.
    binary = letters("0100000010", "1110010000")
    assert agreement.krippendorff_alpha(binary) == pytest.approx(0.095238, abs=5e-7)
    assert agreement.percent(binary) == pytest.approx(0.60)
    nominal = letters("aabbdcccedda", "babbbccceddd")
    assert agreement.krippendorff_alpha(nominal) == pytest.approx(0.691964, abs=5e-7)
    assert agreement.krippendorff_alpha(FIFTEEN) == pytest.approx(0.691358, abs=5e-7)
    assert agreement.krippendorff_alpha(FIFTEEN, "interval") == pytest.approx(0.810845, abs=5e-7)


def test_coefficients_with_gaps_are_those_of_irrcac():
    # irrCAC, data set raw.4raters, which is the table of Krippendorff (2011).
    assert agreement.gwet_ac1(FOUR) == pytest.approx(0.77544, abs=5e-6)
    assert agreement.fleiss_kappa(FOUR) == pytest.approx(0.76117, abs=5e-6)
    assert agreement.conger_kappa(FOUR) == pytest.approx(0.76207, abs=5e-6)
    assert agreement.brennan_prediger(FOUR) == pytest.approx(0.77273, abs=5e-6)


def test_congers_kappa_of_two_coders_is_cohens():
    units = four_cells(40, 9, 6, 45)
    assert agreement.conger_kappa(units) == pytest.approx(agreement.cohen_kappa(units))


@pytest.mark.parametrize(
    "cells, percent, kappa, ac1",
    [
        ((40, 9, 6, 45), 0.85, 0.6995, 0.7007),  # Feinstein and Cicchetti (1990)
        ((80, 10, 5, 5), 0.85, 0.3182, 0.8080),  # Feinstein and Cicchetti (1990)
        ((118, 5, 2, 0), 0.944, -0.0234, 0.9408),  # Gwet (2002)
        ((20, 5, 10, 15), 0.70, 0.40, None),  # article on Cohen's kappa in Wikipedia
        ((50, 100, 50, 800), 0.85, 0.318182, None),  # NVivo help, 150 characters split 100 + 50
        ((50, 75, 75, 800), 0.85, 0.314286, None),  # NVivo help, split evenly
    ],
)
def test_the_paradoxes_of_kappa_are_reproduced(cells, percent, kappa, ac1):
    units = four_cells(*cells)
    assert agreement.percent(units) == pytest.approx(percent, abs=5e-4)
    assert agreement.cohen_kappa(units) == pytest.approx(kappa, abs=5e-5)
    if ac1 is not None:
        assert agreement.gwet_ac1(units) == pytest.approx(ac1, abs=5e-5)


def test_fleiss_kappa_of_ten_units_and_fourteen_coders():
    # Layout of Fleiss (1971) in the article in Wikipedia: how many coders chose each category.
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    units = [np.repeat(range(5), row) for row in counts]
    assert agreement.fleiss_kappa(units) == pytest.approx(0.209931, abs=5e-7)


@pytest.mark.parametrize("codes, expected", [(2, 0.8666), (3, 0.8999), (5, 0.9166), (10, 0.9259)])
def test_brennan_prediger_is_maxqdas_kappa(codes, expected):
    # MAXQDA's formula: observed 0.9333, chance 1 / number of codes.
    units = [[0, 0]] * 14 + [[0, 1]]
    found = agreement.brennan_prediger(units, categories=range(codes))
    assert found == pytest.approx(expected, abs=1e-4)


def test_what_the_data_leave_undefined_is_not_a_number():
    same = [[1, 1]] * 5
    for coefficient in (agreement.cohen_kappa, agreement.fleiss_kappa, agreement.gwet_ac1,
                        agreement.krippendorff_alpha):  # fmt: skip
        assert np.isnan(coefficient(same))
    assert agreement.percent(same) == 1
    assert agreement.gwet_ac1(same, categories=[0, 1]) == 1
    assert np.isnan(agreement.percent([[1, None], [None, 1]]))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: agreement.cohen_kappa(FOUR), "compares two coders, not 4"),
        (lambda: agreement.percent([[1], [2]]), "at least two coders"),
        (lambda: agreement.krippendorff_alpha(FOUR, "word"), "level is one of nominal"),
        (lambda: agreement.krippendorff_alpha([["a", "b"]] * 3, "ratio"), "needs numbers"),
        (lambda: agreement.gwet_ac1(FOUR, categories=[1, 2]), "beyond the categories"),
    ],
)
def test_what_cannot_be_asked_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, 5.0, GAP]), min_size=3, max_size=3),
        min_size=2,
        max_size=12,
    ),
    st.sampled_from(agreement.LEVELS),
)
def test_alpha_is_that_of_an_independent_program(rows, level):
    units = np.array(rows)
    pairable = units[(~np.isnan(units)).sum(axis=1) >= 2]
    if len(np.unique(pairable[~np.isnan(pairable)])) < 2:
        assert np.isnan(agreement.krippendorff_alpha(units, level))
        return
    expected = krippendorff.alpha(reliability_data=pairable.T, level_of_measurement=level)
    assert agreement.krippendorff_alpha(units, level) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from([0, 1, 2, GAP]), min_size=3, max_size=3),
                  st.integers(1, 4)),
        min_size=2, max_size=8,
    )
)  # fmt: skip
def test_a_unit_that_occurs_several_times_counts_as_often(rows):
    units, occurs = [row for row, _ in rows], [times for _, times in rows]
    written_out = [row for row, times in rows for _ in range(times)]
    for coefficient in (
        agreement.percent,
        agreement.gwet_ac1,
        partial(agreement.gwet_ac2, categories=[0, 1, 2]),
        agreement.krippendorff_alpha,
        partial(agreement.krippendorff_alpha, level="ordinal"),
    ):
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            found = coefficient(np.array(units), occurs=occurs)
            expected = coefficient(np.array(written_out))
        assert found == pytest.approx(expected, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), min_size=2, max_size=15), st.randoms())
def test_the_order_of_units_and_coders_makes_no_difference(rows, random):
    shuffled = [random.sample(row, 3) for row in random.sample(rows, len(rows))]
    for coefficient in (agreement.percent, agreement.fleiss_kappa, agreement.gwet_ac1):
        one, other = coefficient(rows), coefficient(shuffled)
        assert one == pytest.approx(other) or np.isnan(one) and np.isnan(other)


TEXT = "alpha beta gamma delta epsilon zeta eta theta"


@pytest.fixture
def material(tmp_path):
    def span(word, *codings):
        start = TEXT.index(word)
        return selection(start, start + len(word), *codings, name=word)

    sources = text_source(
        "A", span("alpha beta", coding(TRUST, FIRST)), span("beta gamma", coding(TRUST, SECOND))
    )
    sources += text_source(
        "B", span("delta", coding(TRUST, FIRST)), span("theta", coding(TRUST, SECOND))
    )
    sources += text_source("C", span("delta", coding(PACE, FIRST)))
    path = write_qdpx(tmp_path / "p.qdpx", project(sources=sources), dict.fromkeys("ABC", TEXT))
    return read_coded(path)


CODERS = ("First coder", "Second coder")
TRUSTED, PACED, BAR = "Mechanism/Trusted adult", "Mechanism/Time∕pace", "Barrier"


def test_presence_is_judged_in_sources_that_both_coded_unless_told_otherwise(material):
    units = presence_units(material, CODERS)
    assert units.loc[("A", TRUSTED)].tolist() == [1, 1]
    assert set(units.index.get_level_values("source")) == {"A", "B"} and len(units) == 6
    whole = presence_units(material, CODERS, sources=["A", "B", "C"])
    assert whole.loc[("C", PACED)].tolist() == [1, 0]
    counts = agreement_by_code(presence_counts(whole)).set_index("code")
    assert counts.loc[PACED, ["both", "first_only", "second_only", "neither"]].tolist() == [
        0,
        1,
        0,
        2,
    ]
    assert counts.loc["all codes", "n_sources"] == 3


def test_characters_are_counted_from_the_spans(material):
    counts = character_counts(material, CODERS, codes=[TRUSTED]).set_index("source")
    # "alpha beta" and "beta gamma" share "beta": 4 of 10 characters each.
    assert counts.loc["A", ["both", "first_only", "second_only"]].tolist() == [4, 6, 6]
    assert counts.loc["A", "neither"] == len(TEXT) - 16
    assert counts.loc["B", ["both", "first_only", "second_only"]].tolist() == [0, 5, 5]
    table = agreement_by_code(counts.reset_index()).set_index("code")
    assert table.loc[TRUSTED, "percent_coded"] == pytest.approx(4 / 26)


def test_the_list_to_talk_about_holds_what_the_other_did_not_touch(material):
    table = disagreements(material, CODERS)
    assert table[["source", "coder", "text"]].to_numpy().tolist() == [
        ["B", "First coder", "delta"],
        ["B", "Second coder", "theta"],
    ]
    assert table["other_used_code_here"].tolist() == [True, True]


def test_coders_who_are_not_two_of_the_project_are_refused(material):
    with pytest.raises(ValueError, match="1 of the coders named coded nothing here"):
        presence_units(material, ("First coder", "Nobody"))
    with pytest.raises(ValueError, match="two different coders"):
        presence_units(material, ("First coder", "First coder"))


def units_in_sources(agree, n_sources=8, codes=6):
    draw = np.random.default_rng(3)
    first = draw.integers(2, size=n_sources * codes)
    second = np.where(draw.random(len(first)) < agree, first, 1 - first)
    index = pd.MultiIndex.from_product([range(n_sources), range(codes)], names=["source", "code"])
    return pd.DataFrame({"a": first, "b": second}, index=index)


def test_intervals_draw_whole_sources_and_are_the_same_every_time():
    units = units_in_sources(0.85)
    one, again = (presence_estimates(units, replicates=99)["kappa"] for _ in range(2))
    assert one == again
    assert one.low < one.value < one.high and (one.n, one.clusters) == (48, 8)
    assert one.method == "cohen kappa, bootstrap clustered by source"


def test_the_interval_is_wider_when_disagreement_comes_in_whole_sources():
    spread, lumped = units_in_sources(1.0, 20), units_in_sources(1.0, 20)
    spread.iloc[::6, 1] = 1 - spread.iloc[::6, 0]  # one unit in each of 20 sources
    lumped.iloc[:20, 1] = 1 - lumped.iloc[:20, 0]  # the same number, in four sources
    widths = [
        (each.high - each.low)
        for units in (spread, lumped)
        for each in [presence_estimates(units, replicates=199)["percent"]]
    ]
    assert widths[1] > widths[0] + 0.05


def test_too_few_sources_give_no_interval_and_no_variation_gives_no_number():
    few = presence_estimates(units_in_sources(0.8, 4), replicates=20)["kappa"]
    assert few.estimable and few.low is None
    same = units_in_sources(1.0) * 0
    none = presence_estimates(same, replicates=20)["kappa"]
    assert not none.estimable and none.reason == "every coder always gave the same answer"


# Krippendorff (2004), Content Analysis, p. 254: a continuum from 150 to 450, two coders.
BOOK = {
    "c": [[(225, 70), (370, 30)], [(220, 80), (355, 20), (400, 20)]],
    "k": [[(180, 60), (300, 50)], [(180, 60), (300, 50)]],
}


def test_unitising_alpha_is_that_of_the_book():
    sections = [sections_of(units, 150, 300) for units in BOOK["c"]]
    assert observed_disagreement(sections, 300) == pytest.approx(0.0144, abs=5e-5)
    assert expected_disagreement(sections, 300) == pytest.approx(0.0532, abs=5e-5)
    one = agreement.unitising_alpha({"c": BOOK["c"]}, begin=150, length=300)
    assert one == pytest.approx(0.7286, abs=5e-5)
    assert agreement.unitising_alpha({"k": BOOK["k"]}, begin=150, length=300) == 1
    both = agreement.unitising_alpha(BOOK, begin=150, length=300)
    assert both == pytest.approx(0.858665, abs=5e-7)


@pytest.mark.parametrize(
    "other, distance", [((6, 4), 2), ((7, 2), 8), ((6, 2), 10), ((5, 2), 16), ((4, 2), 26)]
)
def test_the_distance_of_two_units_is_that_of_the_book(other, distance):
    assert squared_distance((5, 6, 1), (*other, 1)) == distance
    assert squared_distance((*other, 1), (5, 6, 1)) == distance


def test_only_sections_that_meet_are_compared_and_that_is_enough():
    draw = np.random.default_rng(4)
    coders = []
    for _ in range(3):
        cuts = np.sort(draw.choice(500, size=20, replace=False))
        coders.append([(int(a), int(b - a)) for a, b in zip(cuts[::2], cuts[1::2], strict=True)])
    sections = [sections_of(units, 0, 500) for units in coders]
    every = sum(
        squared_distance(one, other)
        for i in range(3)
        for j in range(3)
        if i != j
        for one in sections[i].tolist()
        for other in sections[j].tolist()
    )
    assert observed_disagreement(sections, 500) == pytest.approx(every / (6 * 500**2))


@pytest.mark.parametrize("units", [[(0, 5), (4, 3)], [(8, 5)], [(-1, 2)], [(3, 0)]])
def test_units_that_overlap_or_leave_the_continuum_are_refused(units):
    with pytest.raises(ValueError, match="overlaps another or leaves the continuum"):
        agreement.unitising_alpha({"c": [units, []]}, begin=0, length=10)


def test_unitising_alpha_of_coded_material_joins_texts_end_to_end(material):
    size = len(TEXT)
    delta, theta = TEXT.index("delta") + size, TEXT.index("theta") + size
    units = {"trust": [[(0, 10), (delta, 5)], [(6, 10), (theta, 5)]]}
    expected = agreement.unitising_alpha(units, begin=0, length=2 * size)
    found = coded_unitising_alpha(material, CODERS, codes=[TRUSTED])
    assert found == pytest.approx(expected) and found < 1


# AC2 of the four coders by twelve units, computed with irrCAC 0.4.4 (Gwet 2014, ch. 3 and 5).
@pytest.mark.parametrize(
    "weights, expected",
    [("linear", 0.85873914), ("quadratic", 0.91400072), ("ordinal", 0.89893977)],
)
def test_ac2_gives_the_values_of_an_independent_program(weights, expected):
    assert agreement.gwet_ac2(FOUR, weights) == pytest.approx(expected, abs=5e-8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(st.integers(1, 2), min_size=3, max_size=3), min_size=2, max_size=9))
def test_with_two_answers_there_are_no_near_misses_and_ac2_is_ac1(rows):
    for weights in ("linear", "quadratic", "ordinal"):
        ac1 = agreement.gwet_ac1(rows, categories=[1, 2])
        ac2 = agreement.gwet_ac2(rows, weights, categories=[1, 2])
        assert ac2 == pytest.approx(ac1)


def test_ac2_refuses_unknown_weights_and_answers_that_are_no_numbers():
    with pytest.raises(ValueError, match="weights is one of linear, quadratic, ordinal, not 'x'"):
        agreement.gwet_ac2(FOUR, "x")
    with pytest.raises(ValueError, match="AC2 needs answers that are numbers"):
        agreement.gwet_ac2([["a", "b"], ["a", "a"]])
    assert np.isnan(agreement.gwet_ac2([[1, 1], [1, 1]]))


def counts_of(cells):
    columns = ["code", "source", "both", "first_only", "second_only", "neither"]
    return pd.DataFrame([("a", f"s{n}", *row) for n, row in enumerate(cells)], columns=columns)


def test_intervals_per_code_draw_whole_sources_and_hold_the_pooled_value():
    # Sources of very unlike length: the interval must be that of drawing sources, not characters.
    draw = np.random.default_rng(4)
    cells = draw.integers(0, 60, size=(12, 4)) * draw.integers(1, 30, size=(12, 1))
    counts = counts_of(cells)
    for measure in ("percent", "percent_coded", "kappa", "ac1"):
        found = code_estimates(counts, measure)["a"]
        assert found.value == pytest.approx(agreement_by_code(counts).loc[0, measure])
        assert found.low < found.value < found.high and found.n == 12 == found.clusters
    by_hand = []
    for picks in np.random.default_rng(5).integers(12, size=(2000, 12)):
        both, first, second, neither = cells[picks].sum(axis=0)
        n = both + first + second + neither
        one, two = (both + first) / n, (both + second) / n
        chance = one * two + (1 - one) * (1 - two)
        by_hand.append(((both + neither) / n - chance) / (1 - chance))
    low, high = np.quantile(by_hand, [0.025, 0.975])
    found = code_estimates(counts, "kappa", replicates=4000)["a"]
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)


def test_few_sources_give_no_interval_and_an_unused_code_no_number():
    few = code_estimates(counts_of([[3, 1, 1, 5]] * 4))["a"]
    assert few.value is not None and few.low is None
    unused = code_estimates(counts_of([[0, 0, 0, 9]] * 6), "kappa")["a"]
    assert str(unused) == "not estimable: nobody, or everybody, used the code throughout"
    with pytest.raises(ValueError, match="measure is one of percent, percent_coded, kappa, ac1"):
        code_estimates(counts_of([[1, 1, 1, 1]]), "alpha")
