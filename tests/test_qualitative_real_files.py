"""Real exports, read where they lie; every count is the one stated in their README or anchors.

They are not part of the project: the tests look for ``shared/data/qda`` beside the repository, or
under the folder named by RR_SHARED_DATA, and skip where it is absent.
"""

import json
import os
from pathlib import Path

import pytest

from rr_helpers.qualitative import (
    agreement,
    agreement_by_code,
    character_counts,
    code_matrix,
    double_coded_sources,
    presence_counts,
    presence_units,
    read_codebook,
    read_coded,
)

BESIDE = Path(__file__).parents[1].parent / "shared" / "data"
FILES = Path(os.environ.get("RR_SHARED_DATA", BESIDE)) / "qda"
pytestmark = pytest.mark.skipif(
    not FILES.is_dir(), reason=f"real exports are not here ({FILES}); set RR_SHARED_DATA"
)
CODERS = ("AB", "CD")


@pytest.fixture(scope="module")
def qualcoder():
    return read_coded(FILES / "qualcoder4_synthetic_rr_lf.qdpx")


@pytest.fixture(scope="module")
def qualcoder_database():
    return read_coded(FILES / "qualcoder4_synthetic_rr.sqlite")


@pytest.fixture(scope="module")
def anchors():
    return json.loads((FILES / "anchors_qualcoder4_synthetic_rr.json").read_text("utf-8"))


@pytest.fixture(params=["qualcoder", "qualcoder_database"])
def either_qualcoder(request):
    return request.getfixturevalue(request.param)


def test_qualcoder_project_and_database_hold_what_the_readme_says(either_qualcoder):
    material = either_qualcoder
    assert len(material.sources) == 48 and material.sources["has_text"].all()
    assert len(material.codes) == 15 and material.codes["codable"].sum() == 12
    assert len(material.segments) == len(material.codings) == 271
    assert len(material.coders) == 2 and len(material.memos) == 2
    assert material.cases["case"].nunique() == 8
    assert material.attributes["name"].nunique() == 6
    # Values as the file holds them; a case's value stands once for each of its sources.
    assert len(material.attributes.drop_duplicates(["origin", "holder", "name"])) == 168


def test_qualcoder_positions_are_code_points_and_every_quotation_is_at_its_place(either_qualcoder):
    row = either_qualcoder.positions.iloc[0]
    assert (row["unit"], row["end"], row["verdict"]) == ("code points", "exclusive", "settled")
    assert (row["score"], row["of"]) == (271, 271)
    # Brief, section 0, point 2: UTF-16 gets 203 of 271.
    assert (row["runner_up"], row["runner_up_score"]) == ("UTF-16, CRLF=2, end exclusive", 203)
    assert either_qualcoder.segments["verified"].all()


def test_qualcoder_codings_by_coder_and_code_are_the_anchors(either_qualcoder, anchors):
    segments = either_qualcoder.segments
    assert segments["coder"].value_counts().to_dict() == anchors["codings_by_coder"]
    by_code = segments[segments["coder"] == "AB"]["code"].str.split("/").str[-1].value_counts()
    assert by_code.to_dict() == anchors["codings_by_code_AB"]


def test_qualcoder_sources_of_each_kind_are_the_anchors(either_qualcoder, anchors):
    matrix = code_matrix(either_qualcoder, by="Source type")
    sizes = matrix.groupby("group")["of_sources"].first().to_dict()
    assert sizes == anchors["sources_by_type"]
    assert matrix["n_segments"].sum() == 271


def test_qualcoder_case_links_are_found_although_its_export_breaks_them(qualcoder, anchors):
    linked = qualcoder.cases.groupby("case")["source_id"].nunique().to_dict()
    assert linked == {case: each["n_sources_linked"] for case, each in anchors["cases"].items()}
    kinds = qualcoder.issues.groupby("kind")["count"].sum()
    assert kinds["case link found by the text of its file"] == 40
    assert kinds["source without a case"] == 8
    values = qualcoder.attributes[qualcoder.attributes["origin"] == "case"]
    for case, expected in anchors["cases"].items():
        found = values[values["holder"] == case].groupby("name")["value"].agg(set).to_dict()
        expected = {name: {value} for name, value in expected.items() if name != "n_sources_linked"}
        assert found == expected


def test_qualcoder_database_keeps_the_links_the_export_loses(qualcoder_database):
    linked = qualcoder_database.cases.groupby("case")["source_id"].nunique()
    assert linked.tolist() == [6] * 8 and qualcoder_database.issues.empty


def test_a_coding_has_one_id_in_qualcoders_export_and_in_its_database(
    qualcoder, qualcoder_database
):
    assert set(qualcoder.segments["segment_id"]) == set(qualcoder_database.segments["segment_id"])
    assert qualcoder.segments["segment_id"].nunique() == 271


def test_presence_agreement_of_two_coders_is_the_anchor(either_qualcoder, anchors):
    expected = anchors["presence_agreement_18_sources_x_12_codes"]
    assert len(double_coded_sources(either_qualcoder, CODERS)) == anchors["double_coded_sources"]
    units = presence_units(either_qualcoder, CODERS)
    pooled = agreement_by_code(presence_counts(units)).set_index("code").loc["all codes"]
    counts = pooled[["both", "first_only", "second_only", "neither"]].tolist()
    assert counts == [expected[key] for key in ("both", "AB_only", "CD_only", "neither")]
    assert agreement.cohen_kappa(units) == pytest.approx(expected["cohen_kappa"], abs=1e-12)
    assert agreement.gwet_ac1(units) == pytest.approx(expected["gwet_ac1"], abs=1e-12)
    assert agreement.percent(units) == pytest.approx(expected["percent"], abs=1e-12)
    assert pooled["kappa"] == pytest.approx(expected["cohen_kappa"], abs=1e-12)
    assert pooled["ac1"] == pytest.approx(expected["gwet_ac1"], abs=1e-12)


def test_character_agreement_by_code_is_the_anchor(qualcoder, anchors):
    table = agreement_by_code(character_counts(qualcoder, CODERS))
    table["name"] = table["code"].str.split("/").str[-1]
    table = table.set_index("name")
    for name, expected in anchors["character_level_by_code"].items():
        found = table.loc[name]
        counts = found[["both", "first_only", "second_only", "neither"]].tolist()
        assert counts == [expected[key] for key in ("both", "AB_only", "CD_only", "neither")]
        assert found["kappa"] == pytest.approx(expected["kappa"], abs=5e-7)
        assert found["percent"] == pytest.approx(expected["percent"], abs=5e-7)


def test_nvivo_counts_utf_16_and_598_of_606_edges_say_so():
    material = read_coded(FILES / "nvivo_win12.6_scrambled.qdpx")
    assert len(material.codes) == 152 and material.codes["definition"].notna().sum() == 82
    assert material.codes["path"].str.count("/").max() + 1 == 4
    assert len(material.sources) == 1 and len(material.segments) == 303
    assert material.segments["selection_id"].nunique() == 303
    text = next(iter(material.texts.values()))
    assert not text.startswith("\ufeff") and "\r\n" in text
    assert sum(ord(character) > 0xFFFF for character in text) == 189
    row = material.positions.iloc[0]
    assert (row["unit"], row["newline"], row["end"]) == ("UTF-16", "CRLF=2", "exclusive")
    assert (row["score"], row["of"], row["runner_up_score"]) == (598, 606, 309)
    assert row["verdict"] == "settled" and material.issues.empty
    for segment in material.segments.itertuples():
        assert text[segment.start : segment.end] == segment.text


def test_taguette_database_counts_utf_8_bytes_and_keeps_what_the_exports_lose():
    material = read_coded(FILES / "taguette_1.5.2/project.sqlite3")
    assert len(material.sources) == 4 and len(material.codes) == 8
    assert material.codes["definition"].notna().sum() == 7
    highlights = material.segments.groupby("selection_id")["code_id"].count()
    assert len(highlights) == 9
    assert highlights.value_counts().to_dict() == {1: 6, 2: 2, 0: 1}
    row = material.positions.iloc[0]
    assert (row["unit"], row["score"], row["of"]) == ("UTF-8 bytes", 9, 9)
    assert row["verdict"] == "settled" and material.segments["verified"].all()
    assert material.issues["kind"].tolist() == ["selection without a code"]
    assert set(material.segments["coder"]) == {"admin"}


@pytest.mark.parametrize(
    "name", ["highlights_all.csv", "highlights_all.xlsx", "highlights_all.html"]
)
def test_taguette_highlights_are_the_same_in_every_export(name):
    database = read_coded(FILES / "taguette_1.5.2/project.sqlite3").codings
    material = read_coded(FILES / "taguette_1.5.2" / name)
    columns = ["source", "code", "text"]
    assert len(material.segments) == 10
    found, expected = (
        {tuple(row) for row in table[columns].to_numpy()} for table in (material.segments, database)
    )
    assert found == expected
    assert material.segments["verified"].isna().all()


def test_taguette_highlights_of_some_tags_are_read():
    material = read_coded(FILES / "taguette_1.5.2/highlights_barrier.csv")
    assert len(material.segments) == 3 and len(material.sources) == 2


@pytest.mark.parametrize("name, defined", [("qdc", 0), ("csv", 7), ("xlsx", 7)])
def test_taguette_codebooks_hold_eight_tags(name, defined):
    codes = read_codebook(FILES / f"taguette_1.5.2/codebook.{name}")
    assert len(codes) == 8 and codes["definition"].notna().sum() == defined
    assert "info_sharing/speed" in set(codes["path"]) and '"quoted", tag; odd' in set(codes["path"])


def test_transana_sample_of_the_specification_is_read():
    material = read_coded(FILES / "spec_A3_transana_ns0-10.qde")
    counts = {name: len(table) for name, table in material.tables().items()}
    assert {name: counts[name] for name in ("coders", "codes", "sources", "memos")} == {
        "coders": 63,
        "codes": 19,
        "sources": 16,
        "memos": 40,
    }
    assert set(material.sources["kind"]) == {"text", "picture", "video"}
    assert len(material.codings) == 66
    selections = material.segments[material.segments["kind"] != "source"]
    assert selections["selection_id"].nunique() == 25
    kinds = material.issues.groupby("kind")["count"].sum().to_dict()
    # Six documents and five transcripts: the specification's sample comes without its texts.
    assert kinds["source without its text"] == 11 and kinds["note without its text"] == 40


def test_codebooks_are_read_whatever_their_quirks():
    sample = read_codebook(FILES / "spec_A1_from_portableqda.qdc")
    assert len(sample) == 6 and not sample["code_id"].str.contains("[{}]").any()
    qualcoder = read_codebook(FILES / "qualcoder4_synthetic_rr.qdc")
    assert len(qualcoder) == 15 and "Mechanism/Trusted adult" in set(qualcoder["path"])


@pytest.mark.parametrize(
    "name, valid",
    [
        ("qualcoder4_synthetic_rr_lf.qdpx", True),
        ("nvivo_win12.6_scrambled.qdpx", True),
        ("qualcoder4_synthetic_rr.qdc", True),
        ("taguette_1.5.2/codebook.qdc", False),
        ("spec_A1_from_portableqda.qdc", False),
    ],
)
def test_the_official_schema_warns_and_never_stops(name, valid):
    material = read_coded(FILES / name, schemas=FILES / "schema")
    faults = material.issues["kind"].eq("not as the official schema says")
    assert faults.any() != valid and len(material.codes)


def test_maxqda_english_headers_are_read():
    material = read_coded(FILES / "maxqda24_shape_english_headers_invented.xlsx")
    assert material.segments["code"].tolist() == [
        "Mechanism/Trusted adult",
        "Barrier/Travel cost",
        "Mechanism/Timely information sharing",
    ]
    assert material.segments["place"].tolist()[1] == "paragraphs 4 to 5"
    assert material.segments["text"].tolist()[0] == "She kept turning up 🙂"
    assert material.sets["set"].tolist() == ["Interviews", "Panels"]
