"""Evidence put together: configurations, triangulation, and joint displays that are checked."""

from dataclasses import dataclass, replace
from itertools import product

import pandas as pd
import pytest
from test_qualitative_written_projects import (
    SECOND,
    coding,
    project,
    selection,
    text_source,
    write_qdpx,
)

from rr_helpers.errors import UserError
from rr_helpers.qualitative import (
    configurations,
    contrary_codings,
    converge,
    effective_voices,
    joint_display,
    read_coded,
    stack_projects,
    triangulate,
)
from rr_helpers.report.joint import _KEYS, INTEGRATION
from rr_helpers.results import Estimate

PATHS = ["Context", "Mechanism", "Mechanism/Trust", "Outcome", "Against"]
CONTEXT, MECHANISM, TRUST, OUTCOME, AGAINST = (
    f"c0000000-0000-0000-0000-00000000000{n}" for n in range(5)
)
CODES = f"""<Code guid="{CONTEXT}" name="Context" isCodable="true"/>
<Code guid="{MECHANISM}" name="Mechanism" isCodable="true">
<Code guid="{TRUST}" name="Trust" isCodable="true"/></Code>
<Code guid="{OUTCOME}" name="Outcome" isCodable="true"/>
<Code guid="{AGAINST}" name="Against" isCodable="true"/>"""
TEXT = "They lived far out. She trusted him, and felt safe. It did not last."
FAR, TRUSTED, SAFE, LAST = (0, 19), (20, 35), (41, 50), (52, 68)


def quoted(place, *codes, **options):
    inside = [coding(code, **options) for code in codes]
    return selection(*place, *inside, name=TEXT[slice(*place)])


@pytest.fixture
def material(tmp_path):
    """S1 supports; S2 supports and refutes; S3 refutes; S4 has no context; S5 nothing."""
    inside = {
        "S1": [quoted(FAR, CONTEXT), quoted(TRUSTED, TRUST), quoted(SAFE, OUTCOME)],
        "S2": [
            quoted(FAR, CONTEXT),
            quoted(TRUSTED, MECHANISM),
            quoted(TRUSTED, MECHANISM, coder=SECOND),
            quoted(SAFE, OUTCOME),
            quoted(LAST, OUTCOME, AGAINST),
        ],
        # The marker in a selection of its own, as QualCoder writes it.
        "S3": [quoted(FAR, CONTEXT), quoted(LAST, TRUST), quoted(LAST, AGAINST, coder=SECOND)],
        "S4": [quoted(TRUSTED, TRUST), quoted(SAFE, OUTCOME)],
        "S5": [],
    }
    sources = "".join(text_source(name, *spans) for name, spans in inside.items())
    xml = project(sources=sources, codes=CODES)
    return read_coded(write_qdpx(tmp_path / "p.qdpx", xml, dict.fromkeys(inside, TEXT)))


DECLARED = pd.DataFrame(
    {
        "configuration": ["Distance and trust", "Trust anywhere"],
        "context": ["Context", None],
        "mechanism": ["Mechanism", "Mechanism"],
        "outcome": ["Outcome", "Outcome"],
    }
)
BOROUGHS = {"S1": "North", "S2": "North", "S3": "South", "S4": "South"}
PEOPLE = {"S1": "P1", "S2": "P1", "S3": "P2", "S4": "P3", "S5": "P4"}


def counted(material, **options):
    found = configurations(material, DECLARED, marker="Against", **options)
    return found.set_index(["configuration", "borough"])


def test_configurations_count_support_and_refutation_by_source_and_borough(material):
    found = counted(material, boroughs=BOROUGHS, participants=PEOPLE)
    assert found.index.get_level_values("borough").unique().tolist() == [
        "all",
        "North",
        "South",
        "not stated",
    ]
    row = found.loc[("Distance and trust", "all")]
    assert (row["n_sources_supporting"], row["n_sources_refuting"]) == (2, 2)
    # S1: trust, safe; S2: trust of two coders once, safe. Against: S2 and S3, "It did not last".
    assert (row["n_segments_supporting"], row["n_segments_refuting"]) == (4, 2)
    assert (row["n_sources_both"], row["of_sources"]) == (1, 5)
    assert (row["n_participants_supporting"], row["n_participants_refuting"]) == (1, 2)
    north, south = (found.loc[("Distance and trust", b)] for b in ("North", "South"))
    assert (north["n_sources_supporting"], north["n_sources_refuting"]) == (2, 1)
    assert (south["n_sources_supporting"], south["n_sources_refuting"]) == (0, 1)
    texts = material.segments.set_index("segment_id")["text"]
    assert texts[list(south["segments_refuting"])].tolist() == ["It did not last."]


def test_a_context_left_empty_is_any_context(material):
    row = counted(material).loc[("Trust anywhere", "all")]
    assert row["n_sources_supporting"] == 3 and pd.isna(row["n_participants_supporting"])


def test_a_passage_is_contrary_whether_or_not_the_marker_shares_its_selection(material):
    marked = material.codings[contrary_codings(material, ["Against"])]
    assert marked[["source", "code"]].values.tolist() == [
        ["S2", "Outcome"],
        ["S3", "Mechanism/Trust"],
    ]


def test_an_unknown_code_or_column_of_a_configuration_is_named(material):
    wrong = DECLARED.assign(mechanism="Mechanism; Hope")
    with pytest.raises(UserError, match="configurations, 'Distance and trust', mechanism: 'Hope'"):
        configurations(material, wrong, marker="Against")
    with pytest.raises(UserError, match="configurations, marker: 'Contra'; expected a path"):
        configurations(material, DECLARED, marker="Contra")
    with pytest.raises(UserError, match="no column outcome; expected the columns"):
        configurations(material, DECLARED.drop(columns="outcome"), marker="Against")
    with pytest.raises(UserError, match="mechanism: ''; expected a path"):
        configurations(material, DECLARED.assign(mechanism=None), marker="Against")


# Farmer et al. (2006): agreement on both, partial on one, silence by coverage, dissonance on none.
@pytest.mark.parametrize(
    "covers, meaning, examples, expected",
    [
        (True, True, True, "agreement"),
        (True, True, False, "partial"),
        (True, False, True, "partial"),
        (True, False, False, "dissonance"),
        *[(False, *rest, "silence") for rest in product((True, False), repeat=2)],
    ],
)
def test_the_convergence_codes_are_those_of_the_protocol(covers, meaning, examples, expected):
    assert converge(covers, meaning, examples) == expected


def said(*rows):
    columns = ["finding", "method", "covers", "direction", "examples"]
    return pd.DataFrame(rows, columns=columns)


EIGHT = said(
    ("F1", "interviews", True, "supports", "home visits; texts"),
    ("F1", "case files", True, "supports", "Home visits"),
    ("F1", "panels", False, None, None),
    ("F2", "interviews", True, "supports", "home visits"),
    ("F2", "case files", True, "supports", "texts"),
    ("F3", "interviews", True, "supports", None),
    ("F3", "case files", True, "contradicts", None),
    ("F4", "interviews", True, "mixed", None),
    ("F4", "case files", True, "supports", None),
    ("F5", "interviews", True, "supports", None),
    ("F5", "case files", False, None, None),
)


def test_proposals_follow_from_coverage_direction_and_examples():
    found = triangulate(EIGHT).set_index("finding")
    assert found["proposal"].to_dict() == {
        "F1": "agreement",
        "F2": "partial",
        "F3": "dissonance",
        "F4": "partial",
        "F5": "silence",
    }
    assert found.loc["F1", ["n_methods", "n_covering", "silent"]].tolist() == [3, 2, "panels"]
    assert found.loc["F3", "contradicting"] == "case files"
    assert found["call"].isna().all() and found["departs"].isna().all()
    assert pd.isna(found.loc["F5", "meaning_agrees"])


def test_the_analysts_call_stands_beside_the_proposal_with_its_reason():
    calls = {
        "F2": ("agreement", "Both examples are contact between visits"),
        "F3": ("dissonance", "As proposed"),
    }
    found = triangulate(EIGHT, calls).set_index("finding")
    assert found.loc["F2", ["proposal", "call", "departs"]].tolist() == [
        "partial",
        "agreement",
        True,
    ]
    assert found.loc["F2", "reason"].startswith("Both examples")
    assert not found.loc["F3", "departs"] and pd.isna(found.loc["F1", "departs"])


def test_a_triangulation_that_cannot_be_read_is_refused_with_the_finding_named():
    cases = [
        (EIGHT, {"F1": ("agreement", " ")}, "'F1': a call without a reason"),
        (EIGHT, {"F1": ("yes", "so")}, "'F1': the call 'yes'; expected one of agreement"),
        (EIGHT, {"F9": ("partial", "so")}, "'F9': a call on no finding"),
        (said(("F", "a", True, None, None)), None, "'a' covers it with the direction ''"),
        (said(("F", "a", False, "mixed", None)), None, "'a' does not cover it and has"),
        (said(("F", "a", "maybe", None, None)), None, "covers is 'maybe'"),
        (said(*[("F", "a", False, None, None)] * 2), None, "the method 'a' twice"),
        (EIGHT.drop(columns="method"), None, "no column method"),
    ]
    for table, calls, message in cases:
        with pytest.raises(UserError, match=message):
            triangulate(table, calls)


@dataclass(frozen=True)
class Quotation:
    text: str


def share(count):
    return Estimate(value=count / 5, n=5, count=count, method="share")


def segment(material, source, code):
    rows = material.segments[material.segments["source"].eq(source)]
    return rows.loc[rows["code"].eq(code), "segment_id"].iloc[0]


@pytest.fixture
def row(material):
    return {
        "theme": "A trusted adult",
        "quantitative": share(2),
        "qualitative": "Told in most interviews",
        "exemplar": Quotation("She trusted [the worker]"),
        "contrary": Quotation("It did not last."),
        "integration": "partial",
        "proposal": "agreement",
        "reason": "Few said so",
        "confidence": "low",
        "inference": "Trust is made, and can be lost",
        "codes": ["Mechanism"],
        "recompute": {"quantitative": lambda: share(2)},
        "segments": {
            "exemplar": segment(material, "S1", "Mechanism/Trust"),
            "contrary": segment(material, "S3", "Mechanism/Trust"),
        },
    }


def test_a_joint_display_that_holds_gives_the_rows_the_report_takes(material, row):
    (shown,) = joint_display([row], material, marker="Against")
    assert tuple(shown) == _KEYS
    assert shown["integration"] in INTEGRATION
    assert shown["exemplar"] is row["exemplar"] and shown["quantitative"] is row["quantitative"]


def refused(material, row, message, **changes):
    with pytest.raises(UserError, match=message):
        joint_display([row | changes], material, marker="Against")


def test_a_number_that_comes_out_otherwise_stops_the_display(material, row):
    stale = {"quantitative": lambda: share(3)}
    refused(material, row, "A trusted adult', quantitative: .*when computed again", recompute=stale)
    refused(material, row, "a number that nothing computes again", recompute={})


def test_a_quotation_must_stand_in_its_segment_word_for_word(material, row):
    wrong = "words that are not in the segment as they stand"
    for words in ("She trusted her", "trusted She", "he trusted", "[…]", "", "She trust"):
        refused(material, row, wrong, exemplar=Quotation(words))
    joint_display([row | {"exemplar": "She\n trusted […]"}], material, marker="Against")


def test_a_quotation_from_a_segment_that_is_not_verified_is_refused(material, row):
    doubtful = replace(material, segments=material.segments.assign(verified=False))
    refused(doubtful, row, "a segment that could not be verified in its source")
    changed = {key: text.replace("trusted", "Trusted") for key, text in material.texts.items()}
    refused(replace(material, texts=changed), row, "could not be verified in its source")


def test_a_quotation_of_another_theme_or_the_wrong_side_is_refused(material, row):
    ids = row["segments"]
    other = segment(material, "S1", "Outcome")
    refused(material, row, "segment is not coded to the theme", segments=ids | {"exemplar": other})
    refused(material, row, "segment is not coded to the theme", segments={})
    turned = {"exemplar": ids["contrary"], "contrary": ids["exemplar"]}
    refused(material, row, "a passage marked as speaking against the theme", segments=turned)
    only = ids | {"contrary": ids["exemplar"]}
    refused(material, row, "contrary: a passage not marked as speaking against", segments=only)


def test_none_found_is_believed_only_where_there_is_none(material, row):
    refused(material, row, "'none found', but 1 codings .* speak against it", contrary="none found")
    calm = row | {"codes": ["Context"], "contrary": "none found", "exemplar": "They lived far out."}
    calm["segments"] = {"exemplar": segment(material, "S1", "Context")}
    (shown,) = joint_display([calm], material, marker="Against")
    assert shown["contrary"] == "none found"
    refused(material, calm, "'none found', but 3 codings .* speak for it", exemplar="none found")


def test_none_that_may_be_quoted_is_believed_only_where_there_is_one(material, row):
    words = "none that may be quoted"
    (shown,) = joint_display([row | {"contrary": words}], material, marker="Against")
    assert shown["contrary"] == words
    refused(material, row | {"codes": ["Context"]}, "but no coding of the theme speak against it",
            contrary=words, exemplar=words)  # fmt: skip


def test_a_marker_says_nothing_of_a_code_that_it_cannot_refute(material, row):
    options = {"marker": "Against", "refutable": ["Outcome"]}
    with pytest.raises(UserError, match="contrary: a passage not marked as speaking against"):
        joint_display([row], material, **options)
    (shown,) = joint_display([row | {"contrary": "none found"}], material, **options)
    assert shown["contrary"] == "none found"


def test_without_a_marker_nothing_speaks_against(material, row):
    (shown,) = joint_display([row | {"contrary": "none found"}], material, marker=())
    assert shown["contrary"] == "none found"


def test_projects_put_together_count_each_coding_once_and_keep_unlike_texts_apart(material):
    twice = stack_projects([material, material])
    assert twice.tables()["segments"].equals(material.segments)
    assert dict(twice.texts) == dict(material.texts)
    source = material.sources["source_id"].iloc[0]
    other = replace(material, texts=dict(material.texts) | {source: "Another text."})
    apart = stack_projects([material, other])
    assert len(apart.sources) == len(material.sources) + 1
    assert apart.texts[source] != apart.texts[f"{source} (2)"]
    assert stack_projects([]).codings.empty


def test_effective_voices_are_those_worked_by_hand(material):
    # Trust and below outside marked passages: S1 1, S2 1 (two coders, one passage), S4 1.
    even = effective_voices(material, ["Mechanism"], marker=["Against"])
    assert (even.value, even.n) == (pytest.approx(3.0), 3)
    # S1 and S2 of one person: shares 2/3 and 1/3, so 1 / (4/9 + 1/9) = 1.8.
    same = {"S1": "P1", "S2": "P1"}
    two = effective_voices(material, ["Mechanism"], participants=same, marker=["Against"])
    assert (two.value, two.n) == (pytest.approx(1.8), 2)
    # With the marked passage of S3: four voices of one passage each.
    assert effective_voices(material, ["Mechanism"]).value == pytest.approx(4.0)
    assert not effective_voices(material.keep_sources(["S5"]), ["Mechanism"]).estimable


def test_a_display_that_is_not_declared_whole_is_refused(material, row):
    refused(material, row, "missing or unknown: colour", colour="red")
    refused(material, row, "'maybe'; expected one of agreement", integration="maybe")
    refused(material, row, "codes: 'Hope'; expected a path", codes=["Hope"])
    refused(material, row, "codes: ''; expected a path", codes=[])
    with pytest.raises(UserError, match="marker: 'Contra'"):
        joint_display([row], material, marker="Contra")
