"""Charts of coded material: similarity, framework, time, codebook rounds, and whose words count."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_qualitative_written_projects import (
    BARRIER,
    CODES,
    PACE,
    SECOND,
    TRUST,
    coding,
    guid_of,
    project,
    selection,
    text_source,
    write_qdpx,
)

from rr_helpers.errors import UserError
from rr_helpers.qualitative import (
    code_timeline,
    codebook_changes,
    codebook_drift,
    framework_matrix,
    quotation_shares,
    read_codebook,
    read_coded,
    similarity,
    source_codes,
)

TEXT = "She came weekly. It was slow. He trusted her."
TRUSTED, SLOW, WEEKLY = (30, 45), (17, 29), (0, 16)


def quoted(place, *codings):
    return selection(*place, *codings, name=TEXT[slice(*place)])


@pytest.fixture
def material(tmp_path):
    """Three sources of two people in two waves, and one source without a wave."""
    inside = {
        "INT01": [
            quoted(TRUSTED, coding(TRUST), coding(TRUST, SECOND)),
            quoted(SLOW, coding(PACE)),
        ],
        "INT02": [quoted(TRUSTED, coding(TRUST)), quoted(WEEKLY, coding(TRUST))],
        "INT03": [quoted(TRUSTED, coding(TRUST)), selection(0, 3, coding(BARRIER), name="It was")],
        "INT04": [],
    }
    sources = "".join(text_source(name, *spans) for name, spans in inside.items())
    rest = f"""<Cases><Case guid="{guid_of("k")}" name="Borough A">
      <SourceRef targetGUID="{guid_of("INT01")}"/><SourceRef targetGUID="{guid_of("INT02")}"/>
      </Case></Cases>"""
    xml = project(sources=sources, rest=rest)
    path = write_qdpx(tmp_path / "p.qdpx", xml, dict.fromkeys(inside, TEXT))
    waves = pd.DataFrame({"source": ["INT01", "INT02", "INT03"], "wave": ["2", "1", "2"]})
    return read_coded(path, attributes=waves)


PEOPLE = {"INT01": "P1", "INT02": "P1", "INT03": "P2", "INT04": "P3"}


def four_fold(a, b, c, d):
    rows = [[1, 1]] * a + [[1, 0]] * b + [[0, 1]] * c + [[0, 0]] * d
    return pd.DataFrame(rows, dtype=bool).T


# MAXQDA's four measures on a four-field table of 6, 2, 1 and 11, worked by hand.
@pytest.mark.parametrize(
    "measure, expected",
    [
        ("simple", 17 / 20),
        ("jaccard", 6 / 9),
        ("kuckartz_raediker_zeta", 23 / 26),
        ("russel_rao", 6 / 20),
    ],
)
def test_similarity_gives_the_worked_values(measure, expected):
    row = similarity(four_fold(6, 2, 1, 11), measure).iloc[0]
    assert row[["both", "first_only", "second_only", "neither"]].tolist() == [6, 2, 1, 11]
    assert row["similarity"] == pytest.approx(expected)
    assert round(expected, 4) in (0.85, 0.6667, 0.8846, 0.30)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=2, max_size=5))
def test_similarity_is_between_0_and_1_and_1_for_the_same_codes(rows):
    for measure in ("simple", "jaccard", "kuckartz_raediker_zeta", "russel_rao"):
        table = similarity(pd.DataFrame(rows), measure)
        assert len(table) == len(rows) * (len(rows) - 1) // 2
        assert table["similarity"].dropna().between(0, 1).all()
        alike = table["first_only"].eq(0) & table["second_only"].eq(0)
        if measure != "russel_rao":
            assert table.loc[alike, "similarity"].dropna().eq(1).all()


def test_jaccard_of_two_empty_sources_is_missing_not_one_and_a_wrong_measure_is_refused():
    assert similarity(four_fold(0, 0, 0, 3))["similarity"].isna().all()
    with pytest.raises(ValueError, match="measure is one of simple, jaccard"):
        similarity(four_fold(1, 1, 1, 1), "cosine")


def test_codes_can_be_compared_by_turning_the_table(material):
    table = similarity(source_codes(material).T, "jaccard").set_index(["first", "second"])
    pair = table.loc[("Mechanism/Trusted adult", "Mechanism/Time∕pace")]
    assert (pair["both"], pair["first_only"]) == (1, 2) and pair["similarity"] == 1 / 3


def test_a_framework_matrix_has_every_cell_with_its_text_and_segment_ids(material):
    matrix = framework_matrix(material, codes=["Mechanism", "Barrier"], participants=PEOPLE)
    assert len(matrix) == 4 * 2
    cells = matrix.set_index(["case", "category"])
    cell = cells.loc[("INT01", "Mechanism")]
    # Two coders on the same words are one passage; the child's passages count for the parent.
    assert cell["text"] == "He trusted her.\nIt was slow." and cell["n_segments"] == 2
    ids = dict(zip(material.segments["segment_id"], material.segments["text"], strict=True))
    assert [ids[each] for each in cell["segment_ids"]] == cell["text"].split("\n")
    empty = cells.loc[("INT04", "Barrier")]
    assert (empty["text"], empty["segment_ids"], empty["n_sources"]) == ("", (), 0)
    assert cells.loc[("INT03", "Barrier"), "n_unverified"] == 1


def test_a_framework_matrix_by_case_or_attribute_pools_sources_and_counts_people(material):
    by_case = framework_matrix(material, "case", ["Mechanism"], participants=PEOPLE)
    assert by_case[["case", "n_sources", "n_participants"]].values.tolist() == [["Borough A", 2, 1]]
    by_wave = framework_matrix(material, "wave", ["Mechanism"]).set_index("case")
    assert by_wave["n_sources"].to_dict() == {"2": 2, "1": 1, "not stated": 0}
    assert by_wave["n_participants"].isna().all()


def test_summaries_stand_in_their_cells_and_none_goes_astray(material):
    written = {("INT01", "Barrier"): "Nothing stood in the way."}
    cells = framework_matrix(material, summaries=written).set_index(["case", "category"])
    assert cells.loc[("INT01", "Barrier"), "summary"] == "Nothing stood in the way."
    with pytest.raises(UserError, match=r"1 summaries of cells that do not exist.*'INT99'"):
        framework_matrix(material, summaries={("INT99", "Barrier"): "x"})


def test_a_timeline_runs_in_order_with_shares_of_those_asked(material):
    line = code_timeline(material, "wave", ["Mechanism/Trusted adult", "Barrier"])
    assert line["period"].tolist() == ["1", "2", "not stated"] * 2
    assert line["code"].tolist()[:3] == ["Mechanism/Trusted adult"] * 3
    assert line["share_of_sources"].tolist() == [1, 1, 0, 0, 0.5, 0]
    turned = code_timeline(material, "wave", ["Barrier"], order=["2", "1"])
    assert turned["period"].tolist() == ["2", "1", "not stated"]
    with pytest.raises(ValueError, match="order leaves out periods that occur: 1"):
        code_timeline(material, "wave", order=["2"])


def codebook(*paths, definitions=None):
    definitions = definitions or {}
    return pd.DataFrame({"path": paths, "definition": [definitions.get(p) for p in paths]})


def test_codebook_changes_tell_moved_merged_removed_added_and_redefined():
    before = codebook("A/Trust", "B/trust ", "C", "D", "E", definitions={"E": "old"})
    after = codebook("X/Trust", "C", "F", "E", definitions={"E": "new"})
    changes = codebook_changes(before, after)
    assert changes.astype(object).where(changes.notna(), None).values.tolist() == [
        ["moved", "A/Trust", "X/Trust"],
        ["merged", "B/trust ", "X/Trust"],
        ["removed", "D", None],
        ["added", "F", None],
        ["redefined", "E", "E"],
    ]


PATHS = st.lists(st.sampled_from(["A", "A/x", "B/x", "B/X", "C/y", "y", "D"]), unique=True)


@settings(max_examples=80, deadline=None)
@given(st.lists(PATHS, min_size=2, max_size=5))
def test_the_counts_of_every_round_add_up(rounds):
    named = {f"round {n}": codebook(*paths) for n, paths in enumerate(rounds)}
    drift = codebook_drift(named)
    for before, after in zip(drift[:-1].itertuples(), drift[1:].itertuples(), strict=True):
        assert before.n_codes + after.added - after.removed - after.merged == after.n_codes
    assert drift.loc[0, ["added", "removed", "merged", "moved", "redefined"]].isna().all()


def test_drift_takes_projects_and_codebooks_and_needs_two(tmp_path, material):
    path = tmp_path / "later.qde"
    path.write_text(project(codes=CODES.replace("Barrier", "Obstacle")), encoding="utf-8")
    drift = codebook_drift({"first": material, "second": read_codebook(path)})
    assert drift[["n_codes", "added", "removed"]].iloc[1].tolist() == [4, 1, 1]
    with pytest.raises(ValueError, match="drift needs two rounds"):
        codebook_drift({"first": material})


def test_one_voice_that_carries_a_theme_is_seen(material):
    shares = quotation_shares(material, ["Mechanism"], participants=PEOPLE)
    assert shares["participant"].tolist() == ["P1", "P2"]
    assert shares["n_segments"].tolist() == [4, 1] and shares["share"].tolist() == [0.8, 0.2]
    assert shares["carries_theme"].tolist() == [True, False]
    # Sources are taken for voices only where nobody says whose they are.
    by_source = quotation_shares(material, ["Mechanism"])
    assert by_source["n_voices"].tolist() == [3, 3, 3] and not by_source["carries_theme"].any()
    assert quotation_shares(material, ["Barrier"])["carries_theme"].tolist() == [True]


def test_quotation_shares_can_be_those_of_the_quotations_chosen(material):
    chosen = material.segments.loc[material.segments["source"].ne("INT02"), "segment_id"]
    shares = quotation_shares(
        material, ["Mechanism"], participants=PEOPLE, segment_ids=chosen, most=0.7
    )
    assert shares["n_segments"].tolist() == [2, 1] and not shares["carries_theme"].any()
    with pytest.raises(ValueError, match="1 segment ids are not in this material"):
        quotation_shares(material, segment_ids=["x"])
    with pytest.raises(ValueError, match="most is a share above 0"):
        quotation_shares(material, most=0)
