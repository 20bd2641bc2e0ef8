"""How a file counts characters is found from its evidence, and a quotation is never shifted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rr_helpers.qualitative.position_evidence import (
    READINGS,
    Span,
    match_of,
    to_code_points,
    unit_offsets,
)
from rr_helpers.qualitative.positions import settle

# Emoji (two UTF-16 units, four bytes), accents (two bytes), a dash (three bytes) and CRLF.
TEXT = (
    "I: How did it begin? 🙂\r\nShe said — naïve, perhaps — that trust comes first.\r\n"
    "Then the worker left 👍🏽 and the young person waited.\r\nNobody called her café back.\r\n"
    "In the end they came, every week, until it held."
)
WORDS = [
    (start, start + len(word))
    for word in (
        "did it",
        "trust comes first",
        "worker left",
        "young person",
        "Nobody",
        "called her",
        "café",
        "the end",
        "every week",
        "until it",
        "held",
    )
    for start in [TEXT.index(word)]
]


def written(reading, spans=WORDS, text=TEXT, names=False):
    """Write code points as a tool with this way of counting would."""
    offsets = unit_offsets(text, reading.unit, reading.crlf)
    return [
        Span("t", int(offsets[a]), int(offsets[b]) - reading.inclusive, text[a:b] if names else "")
        for a, b in spans
    ]


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_each_way_of_counting_is_recognised_from_the_quotations_in_the_file(reading):
    settled = settle(written(reading, names=True), {"t": TEXT}, file="f")
    assert [TEXT[a:b] for a, b in zip(settled.start, settled.end, strict=True)] == [
        TEXT[a:b] for a, b in WORDS
    ]
    row = settled.row
    assert (row["unit"], row["end"]) == (reading.unit, reading.end)
    assert row["newline"] == f"CRLF={reading.crlf}"
    assert (row["evidence"], row["verdict"], row["score"]) == ("quotations", "settled", row["of"])
    assert settled.verified == [True] * len(WORDS)


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_each_way_of_counting_is_recognised_from_word_edges_alone(reading):
    settled = settle(written(reading), {"t": TEXT}, file="f")
    row = settled.row
    assert (row["unit"], row["end"]) == (reading.unit, reading.end)
    assert (row["evidence"], row["verdict"]) == ("word edges", "settled")
    assert row["runner_up_score"] < row["score"] == row["of"] == 22
    assert [TEXT[a:b] for a, b in zip(settled.start, settled.end, strict=True)] == [
        TEXT[a:b] for a, b in WORDS
    ]


def test_too_little_evidence_is_undetermined_and_no_quotation_is_given():
    utf_16 = READINGS[2]
    settled = settle(written(utf_16, WORDS[:1]), {"t": TEXT}, file="f")
    assert settled.row["verdict"] == "undetermined"
    assert settled.start.tolist() == [-1] and settled.verified == [False]
    assert settled.faults == ["position undetermined"]


def test_where_readings_differ_elsewhere_the_spans_they_agree_on_are_given():
    # Six selections settle that the end is exclusive; only one stands behind the emoji, too little
    # to tell code points from UTF-16.
    plain = "One two three four five six seven eight nine ten"
    text = plain + " 🙂 eleven twelve"
    words = [(plain.index(word), plain.index(word) + len(word)) for word in plain.split()[:6]]
    late = (text.index("eleven"), text.index("eleven") + 6)
    settled = settle(written(READINGS[2], [*words, late], text=text), {"t": text}, file="f")
    assert settled.row["verdict"] == "undetermined"
    assert [text[a:b] for a, b in zip(settled.start[:6], settled.end[:6], strict=True)] == (
        plain.split()[:6]
    )
    assert settled.start[6] == -1 and settled.faults[6] == "position undetermined"
    assert settled.faults[:6] == [""] * 6


def test_a_quotation_that_stands_elsewhere_is_marked_and_not_moved():
    spans = written(READINGS[0], names=True)
    spans[0] = Span("t", spans[0].start + 1, spans[0].end + 1, spans[0].quotation)
    settled = settle(spans, {"t": TEXT}, file="f")
    assert settled.faults[0] == "quotation is not at its place"
    assert settled.verified == [False, *[True] * 10]
    assert settled.start[0] == WORDS[0][0] + 1
    assert settled.row["verdict"] == "settled"


def test_positions_outside_the_text_and_inside_a_character_have_no_place():
    offsets = unit_offsets("a🙂b", "UTF-16", 2)
    raw = np.array([[0, 1], [1, 3], [2, 4], [0, 2], [-1, 2], [3, 9], [3, 2]])
    low, high = to_code_points(offsets, raw, inclusive=False)
    assert low.tolist() == [0, 1, -1, -1, -1, -1, -1]
    assert high.tolist() == [1, 2, -1, -1, -1, -1, -1]


def test_names_that_are_no_quotations_are_not_taken_for_evidence():
    spans = [
        Span(s.text_id, s.start, s.end, f"line:{n} of it")
        for n, s in enumerate(written(READINGS[0]))
    ]
    settled = settle(spans, {"t": TEXT}, file="f")
    assert settled.row["evidence"] == "word edges"
    assert settled.verified == [True] * len(spans)


def test_a_file_without_selections_has_no_positions_to_settle():
    settled = settle([], {}, file="f")
    assert settled.row["verdict"] == "no positions" and "unit" not in settled.row


@pytest.mark.parametrize(
    "quotation, text, match",
    [
        ("one two", "one two", 2),
        ("one two", "one\r\n two", 2),
        ("one two", "one two ", 1),
        ("\none two", "one two", 1),
        ("The worker left and …", "The worker left and nobody came", 1),
        ("The...", "The worker left", 0),
        ("one two", "one twos", 0),
        (" ", "x", 0),
    ],
)
def test_white_space_and_a_marked_cut_are_the_only_liberties(quotation, text, match):
    assert match_of(quotation, text) == match


def test_quotations_cut_short_are_checked_but_word_edges_say_where_they_end():
    cut = [
        Span(s.text_id, s.start, s.end, s.quotation[:9] + "…")
        for s in written(READINGS[2], names=True)
    ]
    settled = settle(cut, {"t": TEXT}, file="f")
    assert (settled.row["evidence"], settled.row["verdict"]) == ("word edges", "settled")
    assert settled.verified == [True] * len(cut)
    few = settle(cut[1:3], {"t": TEXT}, file="f")
    assert few.row["verdict"] == "undetermined" and few.start.tolist() == [-1, -1]


def test_a_space_after_every_quotation_does_not_blur_where_it_ends():
    text = "one two three four five"
    words = [(text.index(word), text.index(word) + len(word)) for word in ("two three", "one two")]
    for reading in (READINGS[0], READINGS[6]):
        settled = settle(written(reading, words, text, names=True), {"t": text}, file="f")
        assert (settled.row["end"], settled.row["verdict"]) == (reading.end, "settled")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="unit is one of"):
        unit_offsets("a", "words", 2)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(alphabet="ab é—🙂\r\n.", max_size=60),
    reading=st.sampled_from(READINGS),
    data=st.data(),
)
def test_every_span_survives_every_way_of_counting(text, reading, data):
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    offsets = unit_offsets(text, reading.unit, reading.crlf)
    raw = np.array([[offsets[start], offsets[end] - reading.inclusive]])
    low, high = to_code_points(offsets, raw, inclusive=reading.inclusive)
    quotation = text[start:end].replace("\r\n", "\n") if reading.crlf == 1 else text[start:end]
    found = text[low[0] : high[0]]
    if reading.inclusive and raw[0, 0] > raw[0, 1]:
        return  # nothing but half of a line end: an inclusive count cannot express it
    assert (found.replace("\r\n", "\n") if reading.crlf == 1 else found).strip("\r") == (
        quotation.strip("\r")
    )


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=40),
    spans=st.lists(
        st.tuples(st.integers(-5, 10**15), st.integers(-5, 80), st.text(max_size=12)), max_size=8
    ),
)
def test_no_span_that_is_given_lies_outside_its_text(text, spans):
    settled = settle([Span("t", a, b, name) for a, b, name in spans], {"t": text}, file="f")
    for start, end in zip(settled.start, settled.end, strict=True):
        assert start == end == -1 or 0 <= start <= end <= len(text)
