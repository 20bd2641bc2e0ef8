import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from released_samples import change, release
from test_disclosure_rules import at_day
from test_report_tables import as_output

from rr_helpers.disclosure import check_output, protect, published_statistics
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.report import Chart
from rr_helpers.report.drawing import _series_colours
from rr_helpers.report.theme import NO_ANSWER, PALETTE
from rr_helpers.results import Estimate

ALT = "Most referrals were of young men in every age group"
RELEASE = release()
ESTIMATES = protect({"Confidence": change(), "Vignettes": change(n=4)}, title="Change")
CURVES = protect(
    pd.DataFrame(
        {
            g: [at_day(10 * i + k, n=600) for i in (1, 2, 3)]
            for k, g in enumerate(("Boys", "Girls"))
        },
        index=["7 days", "14 days", "28 days"],
    ),
    title="Response by day",
)
SAFE_BEFORE = RELEASE["safe_now"]


def every_kind():
    return {
        "bars": Chart.bars(RELEASE["sex_by_age"], alt=ALT),
        "one bar": Chart.bars(RELEASE["age"], alt=ALT, sort=True),
        "percentages": Chart.bars(RELEASE["sex_by_age"].percent(), alt=ALT),
        "stacked": Chart.stacked(SAFE_BEFORE, alt=ALT),
        "lines": Chart.lines(RELEASE["sex_by_age"], alt=ALT, breaks={"Male": "Recording changed"}),
        "dumbbell": Chart.dumbbell(SAFE_BEFORE, SAFE_BEFORE, column="Safe", alt=ALT),
        "intervals": Chart.intervals(ESTIMATES, alt=ALT, reference=0),
        "intervals by group": Chart.intervals(CURVES, alt=ALT),
        "steps": Chart.steps(CURVES, alt=ALT),
    }


CHARTS = every_kind()


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_is_an_image_with_title_and_message_for_those_who_cannot_see_it(kind):
    tree = html.fragment_fromstring(CHARTS[kind].html)
    svg = tree.find(".//svg")
    named = [svg.xpath(f"//*[@id='{name}']")[0] for name in svg.get("aria-labelledby").split()]
    assert svg.get("role") == "img" and [e.tag for e in named] == ["title", "desc"]
    assert named[0].text == CHARTS[kind].title and named[1].text == ALT
    assert tree.findtext("figcaption") == CHARTS[kind].title


@pytest.mark.parametrize("kind", CHARTS)
def test_the_numbers_stand_in_a_table_beneath(kind):
    tree = html.fragment_fromstring(CHARTS[kind].html)
    details = tree.find("details")
    assert details.findtext("summary").startswith("Show the numbers")
    assert details.find(".//table/caption").text
    assert tree.findall("div[@class='rr-notes']/p")


@pytest.mark.parametrize("kind", CHARTS)
def test_the_drawing_is_clean_and_its_identifiers_its_own(kind):
    svg = CHARTS[kind].svg
    etree.fromstring(svg)
    assert not re.search(
        r"<!--|<metadata|<style|style=|<script|DejaVu|xlink:|https?://(?!www\.w3)", svg
    )
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) and all(name.startswith("rr-") for name in ids)
    used = re.findall(r"url\(#([^)]+)\)", svg) + re.findall(r'href="#([^"]+)"', svg)
    assert used and set(used) <= set(ids)
    root = etree.fromstring(svg)
    assert root.get("width") == "100%" and root.get("height") is None and root.get("viewBox")


def test_charts_on_one_page_share_no_identifier():
    ids = [set(re.findall(r'\bid="([^"]+)"', chart.svg)) for chart in CHARTS.values()]
    assert len(set.union(*ids)) == sum(map(len, ids))


@pytest.mark.parametrize("kind", CHARTS)
def test_no_letter_is_smaller_on_a_phone_than_eleven_pixels(kind):
    root = etree.fromstring(CHARTS[kind].svg)
    assert float(root.get("viewBox").split()[2]) <= 358  # a 390-pixel phone with its margins
    texts = [t for t in root.iter("{http://www.w3.org/2000/svg}text") if (t.text or "").strip()]
    sizes = [text.get("font-size").removesuffix("px") for text in texts]
    assert sizes and all(float(size) >= 11 for size in sizes)


@pytest.mark.parametrize("kind", CHARTS)
def test_every_label_stays_inside_the_drawing(kind):
    root = etree.fromstring(CHARTS[kind].svg)
    width, height = map(float, root.get("viewBox").split()[2:])
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        places = re.findall(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
        for x, y in [*places, (text.get("x", 0), text.get("y", 0))]:
            assert -1 <= float(x) <= width + 1 and -1 <= float(y) <= height + 1


@pytest.mark.parametrize("low", [-0.5, -0.48, 0.0])
def test_a_number_at_the_end_of_the_axis_is_not_cut_off(low):
    ends = Estimate(value=low + 0.4, low=low, high=low + 0.8, n=400, of="people", unit="change",
                    method="mean change, t")  # fmt: skip
    chart = Chart.intervals(protect({"A": ends}, title="T"), alt="What was found lies here.")
    for text in etree.fromstring(chart.svg).iter("{http://www.w3.org/2000/svg}text"):
        if text.get("text-anchor") == "middle":
            half = 0.3 * 11 * len(text.text)
            (x,) = re.findall(r"translate\(([-\d.]+) ", text.get("transform", "")) or [
                text.get("x")
            ]
            assert half <= float(x) <= 358 - half


def test_an_interval_stays_on_one_line_of_its_label():
    found = Estimate(value=0.1, low=0.02, high=0.18, n=4000, of="people", unit="change",
                     method="mean change, t")  # fmt: skip
    label = "Psychological safety, as the worker rates it when support has ended"
    chart = Chart.intervals(protect({label: found}, title="T"), alt="What was found lies here.")
    texts = "".join(etree.fromstring(chart.svg).itertext())
    shown = protect({label: found}, title="T")[label]
    assert f"{shown.text} ({shown.interval})" in texts


def test_those_who_gave_no_answer_are_grey_in_bars_and_legend():
    grey = _series_colours(["Agree", "Does not apply or no answer", "Not known"])
    assert grey[0] == PALETTE[0] and set(grey[1:]) == {NO_ANSWER}


def test_the_same_chart_has_the_same_bytes():
    again = every_kind()
    assert all(again[kind].html == CHARTS[kind].html for kind in CHARTS)


def test_charts_are_stamped_and_may_be_published():
    for chart in CHARTS.values():
        assert check_output(as_output(chart)) is None
    assert as_output(CHARTS["intervals"])["metadata"]["rr"]["suppressed"] == 1


def test_the_numbers_drawn_are_those_of_the_table():
    svg = etree.fromstring(CHARTS["bars"].svg)
    texts = {t.text for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    table = RELEASE["sex_by_age"]
    shown = {table.count(r, c).text for r in table.row_labels for c in table.column_labels}
    numbers = {t for t in texts if t and t.strip().isdigit()}
    assert numbers == shown


def test_breaks_are_marked_by_letters_and_spelt_out_however_long():
    breaks = {"Female": "Recording of " + "long " * 30, "Male": "Another way of asking"}
    svg = etree.fromstring(Chart.lines(RELEASE["sex_by_age"], alt=ALT, breaks=breaks).svg)
    texts = [t.text for t in svg.iter("{http://www.w3.org/2000/svg}text") if t.text]
    spans = [t.text for t in svg.iter("{http://www.w3.org/2000/svg}tspan") if t.text]
    assert {"A", "B", "B  Another way of asking"} <= {*texts, *spans}
    assert max(map(len, [*texts, *spans])) < 60


def test_what_is_withheld_is_drawn_as_its_mark():
    assert ": [c]" in CHARTS["intervals"].svg
    small = published_statistics(
        pd.DataFrame({"2021": [5, "c"]}, index=["A", "B"]),
        title="T", source="A publisher", licence="CC BY 4.0",
    )  # fmt: skip
    assert ">[c]<" in Chart.bars(small, alt=ALT).svg


def test_sorting_puts_the_largest_first():
    table = RELEASE["age"]
    order = sorted(table.row_labels, key=lambda row: -table.count(row))
    svg = CHARTS["one bar"].svg
    places = [svg.index(f">{row}<") for row in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "make", [Chart.bars, Chart.stacked, Chart.lines, Chart.intervals, Chart.steps]
)
@pytest.mark.parametrize("thing", [pd.DataFrame({"a": [41]}), [41], None])
def test_only_safe_tables_are_drawn(make, thing):
    with pytest.raises(DisclosureError, match="add the table to notebooks/catalogue.toml"):
        make(thing, alt=ALT)


def test_a_dumbbell_of_rows_is_refused():
    with pytest.raises(DisclosureError, match="Chart.dumbbell"):
        Chart.dumbbell(pd.DataFrame(), SAFE_BEFORE, column="Safe", alt=ALT)
    with pytest.raises(UserError, match="the same rows before and now"):
        Chart.dumbbell(SAFE_BEFORE, SAFE_BEFORE.rows(["Online"]), column="Safe", alt=ALT)


@pytest.mark.parametrize(
    "alt", ["", "  ", None, "Bar chart", "chart.", "Table of age", "Referrals by age"]
)
def test_an_alternative_text_without_a_message_is_refused(alt):
    with pytest.raises(UserError, match="alternative text"):
        Chart.bars(RELEASE["age"], alt=alt)


def test_numbers_in_the_alternative_text_come_from_what_is_safe():
    total = RELEASE["age"].total
    chart = Chart.bars(RELEASE["age"], alt="Of {n} referrals most were older", numbers={"n": total})
    assert chart.alt == f"Of {total} referrals most were older"
    with pytest.raises(UserError, match="a number typed into"):
        Chart.bars(RELEASE["age"], alt="Of 598 referrals most were older")
    with pytest.raises(DisclosureError):
        Chart.bars(RELEASE["age"], alt="Of {n} referrals most were older", numbers={"n": 598})


def test_title_note_and_breaks_hold_no_typed_numbers():
    for options in ({"title": "All 598"}, {"note": "598 in all"}):
        with pytest.raises(UserError, match="a number typed into"):
            Chart.bars(RELEASE["age"], alt=ALT, **options)
    with pytest.raises(UserError, match="a number typed into"):
        Chart.lines(RELEASE["age"], alt=ALT, breaks={"Under 15": "598 left"})
    with pytest.raises(UserError, match="no row 'Over 15'"):
        Chart.lines(RELEASE["age"], alt=ALT, breaks={"Over 15": "Recording changed"})


def test_more_series_than_a_reader_can_tell_apart_are_refused():
    table = RELEASE["borough_by_sex"].percent()
    flipped = published_statistics(
        pd.DataFrame({f"Area {n}": [1] for n in range(7)}, index=["x"]),
        title="T", source="A publisher", licence="CC BY 4.0",
    )  # fmt: skip
    assert Chart.bars(table, alt=ALT)
    with pytest.raises(UserError, match="7 columns; expected at most 6"):
        Chart.bars(flipped, alt=ALT)


def test_intervals_and_steps_take_estimates_only():
    for make in (Chart.intervals, Chart.steps):
        with pytest.raises(UserError, match="expected a table of estimates"):
            make(RELEASE["age"], alt=ALT)
    with pytest.raises(UserError, match="reference=41"):
        Chart.intervals(ESTIMATES, alt=ALT, reference=41)


@given(st.text(min_size=1, max_size=40), st.sampled_from(["$x$", "<b>", "&", '"', "]]>", "\\"]))
@settings(max_examples=20, deadline=None)
def test_labels_are_text_in_the_drawing_whatever_they_hold(label, hard):
    safe = published_statistics(
        pd.DataFrame({"2021": [5]}, index=[f"{label} {hard}"]),
        title="T", source="A publisher", licence="CC BY 4.0",
    )  # fmt: skip
    chart = Chart.bars(safe, alt=ALT)
    root = etree.fromstring(chart.svg)
    assert "<b>" not in chart.html
    shown = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(hard in (text or "") for text in shown)
