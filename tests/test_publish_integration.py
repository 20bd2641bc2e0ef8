"""Numbers and words put together in an edition: every row declared, checked, and judged."""

from dataclasses import replace
from html import escape

import pandas as pd
import pytest

from rr_helpers.disclosure import protect
from rr_helpers.errors import UserError
from rr_helpers.publish import (
    Number,
    agreement_by_label,
    coder_agreement,
    interview_saturation,
    joint_rows,
    open_edition,
    triangulation_rows,
)
from rr_helpers.publish.coded_evidence import read_evidence
from rr_helpers.publish.edition import catalogue_file
from rr_helpers.publish.integration import METHODS, NO_CODES, voices_in_words, words_say
from rr_helpers.publish.links import evidence_links
from rr_helpers.publish.populations import POPULATIONS
from rr_helpers.qualitative import is_verbatim
from rr_helpers.report import JointDisplay, TriangulationMatrix
from rr_helpers.results import Estimate
from rr_helpers.study.schema import TABLES

WINDOW = "eval_Y3"
TRUE = Estimate(value=0.5, low=0.2, high=0.8, n=60, unit="change", method="mean", of="people")


@pytest.fixture(scope="module")
def edition(small_study_folder):
    return open_edition(small_study_folder, window=WINDOW)


def safe(estimate=TRUE):
    return protect({"it": estimate}, title="A number")["it"]


def number(**changes):
    return Number(**{"shown": safe(), "again": TRUE, "above": 0} | changes)


def edited(edition, table, frame):
    study = replace(edition.study, tables={**edition.study.tables, table: frame})
    again = replace(edition, study=study)
    vars(again)["release"] = edition.release
    return again


def test_every_theme_of_the_study_makes_a_row_that_the_report_takes(edition):
    themes = list(edition.study["theme"]["theme_id"])
    rows = joint_rows(edition, dict.fromkeys(themes, number()))
    shown = JointDisplay(rows, title="All themes").html
    assert len(rows) == len(themes) == 8
    for label in edition.study["theme"]["label_public"]:
        assert label in shown
    assert shown.count("Against it, in their words") == 9  # the heading, and once a row
    assert shown.count("Computed from the evidence") == 8


def test_quotations_of_a_row_stand_word_for_word_in_a_passage_of_the_theme_on_the_right_side(
    edition,
):
    (row,) = joint_rows(edition, {"Q1-broker": number()})
    codings = edition.coded.material.codings
    theme = edition.coded.themes.set_index("theme_id").loc["Q1-broker"]
    texts = codings.loc[codings["code"].isin(theme["paths"]), "text"]
    for key in ("exemplar", "contrary"):
        if not isinstance(row[key], str):
            assert any(is_verbatim(row[key].text, text) for text in texts)


def test_a_number_that_is_out_of_date_stops_the_row(edition):
    later = replace(TRUE, value=0.6)
    with pytest.raises(UserError, match="directly', quantitative: .*when computed again"):
        joint_rows(edition, {"Q1-broker": number(again=later)})


def test_a_release_that_is_not_of_this_study_stops_the_row(edition):
    fewer = edition.study["coded_source"].assign(date=pd.Timestamp(2010, 1, 1))
    with pytest.raises(UserError, match="qualitative: .*when computed again"):
        joint_rows(edited(edition, "coded_source", fewer), {"Q4-home": number()})


def test_a_theme_without_codes_says_so_and_shows_no_quotation(edition):
    none = edition.study["theme"].iloc[:0]
    (row,) = joint_rows(edited(edition, "theme", none), {"Q1-broker": number()})
    assert row["theme"] == "Q1-broker" and row["qualitative"] == NO_CODES
    assert row["exemplar"] == row["contrary"] == "none found"
    assert row["proposal"] == "silence"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"above": 0}, "supports"),
        ({"below": 0}, "contradicts"),
        ({"below": 1}, "supports"),
        ({"above": 0.5}, "mixed"),
        ({"above": None}, "silent"),
        ({"above": safe(replace(TRUE, value=-1.0, low=-1.1, high=-0.9))}, "supports"),
        ({"above": safe()}, "mixed"),
        ({"shown": safe(replace(TRUE, n=3))}, "silent"),
        ({"shown": safe(replace(TRUE, low=None, high=None))}, "silent"),
    ],
)
def test_a_number_speaks_only_where_its_interval_lies_on_one_side_of_the_claim(limits, said):
    limits = {"above": None} | limits if "below" in limits else limits
    assert number(**limits).direction == said


def test_a_number_has_one_claim():
    with pytest.raises(UserError, match="both above and below"):
        number(below=1)


def test_words_go_one_way_where_at_most_a_quarter_go_the_other(edition):
    five = next(
        count for count in edition.counts("themes").grid.to_numpy().ravel() if count.value == 5
    )
    none, fifteen, twenty = five - five, five + five + five, five + five + five + five
    assert words_say(none, none) == "silent"
    assert words_say(five, none) == words_say(fifteen, five) == "supports"
    assert words_say(none, five) == words_say(five, twenty) == "contradicts"
    assert words_say(five, five) == "mixed"


def test_how_evenly_passages_are_spread_is_told_from_the_protected_figure_only():
    def said(value, n=40):
        voices = Estimate(value=value, n=n, method="inverse Simpson index", of="voices")
        return voices_in_words(safe(voices))

    # The square of the largest share is at most 1/16, so the share at most a quarter.
    assert said(16.0).endswith("more than a quarter of the passages for it.")
    assert said(15.9).endswith("more than a third of the passages for it.")
    assert said(4.0).endswith("more than half of the passages for it.")
    assert said(3.9).startswith("A few voices may carry it")
    assert said(5.0, n=6).startswith("Too few voices")


def test_the_matrix_shows_every_method_and_the_call_beside_the_proposal(edition):
    themes = list(edition.study["theme"]["theme_id"])
    rows = triangulation_rows(edition, dict.fromkeys(themes, number()))
    assert all(list(row["says"]) == [*METHODS, "Numbers"] for row in rows)
    by_theme = dict(zip(themes, rows, strict=True))
    assert by_theme["Q1-voice"]["integration"] == "dissonance"
    assert by_theme["Q4-neighbourhood"]["integration"] == "open"
    shown = TriangulationMatrix(rows, title="Themes", evidence=[edition.counts("themes")]).html
    assert "Not judged yet" in shown and "Dissonance" in shown
    assert all(escape(method) in shown for method in METHODS)


def test_every_method_of_the_register_is_in_the_matrix_once():
    known = list(TABLES["coded_source"].column("method")["values"])
    assert sorted(sum(METHODS.values(), ())) == sorted(known)


def test_people_who_spoke_are_counted_once_and_records_are_not_people(small_study):
    coded = read_evidence(small_study)
    people = POPULATIONS["coded_speakers"](small_study, coded, WINDOW)
    window = small_study.window(WINDOW)
    sources = small_study["coded_source"]
    mine = sources["date"].between(window.start, window.end) & sources["stakeholder"].ne("records")
    mine &= sources["source_name"].isin(coded.source_codes.index)
    assert len(people) == sources.loc[mine, "participant_id"].nunique()


def test_a_theme_of_one_code_and_that_code_are_released_as_the_same_number(edition):
    themes, codes = edition.counts("themes"), edition.counts("mechanisms")
    label = "A welfare-led voice at the table"
    assert themes.count("A voluntary voice at the panel counts") == codes.count(label)


def test_nobody_speaks_for_a_theme_without_a_document_as_released(edition):
    for side in ("", "_against"):
        documents = edition.counts(f"themes{side}")
        people = edition.counts(f"theme_speakers{side}")
        for label in documents.row_labels:
            assert people.count(label).value <= documents.count(label).value


def test_links_name_only_what_the_catalogue_publishes(edition):
    from rr_helpers.disclosure import read_catalogue

    tables = read_catalogue(catalogue_file())
    without = [t for t in tables.values() if t.population != "coded_speakers"]
    names = {side[0] for link in evidence_links(edition.coded, without)
             for side in (link.left, link.right)}  # fmt: skip
    assert names == {"coded_sources", "coded_passages"}


def test_agreement_and_saturation_can_be_published_or_say_why_not(edition):
    agreed = protect(coder_agreement(edition), title="Agreement", clusters_of="documents")
    assert len(agreed.row_labels) == 5
    values = [estimate.value or 0.0 for estimate in agreement_by_label(edition).values()]
    assert values == sorted(values) and values
    found = interview_saturation(edition)
    assert all(estimate.estimable or estimate.reason for estimate in found.values())


def test_a_study_that_one_person_coded_has_no_agreement_and_says_so(edition):
    material = edition.coded.material
    segments = material.segments
    alone = replace(material, segments=segments[segments["coder"] == "AB"])
    single = replace(edition)
    vars(single)["coded"] = replace(edition.coded, material=alone)
    assert {estimate.reason for estimate in coder_agreement(single).values()} == {
        "no document was coded by two people"
    }
    assert agreement_by_label(single) == {}
