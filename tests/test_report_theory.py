"""The theory table and the drawing of ties between sectors."""

import pandas as pd
import pytest
from lxml import etree, html
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from released_samples import SECRET, change
from test_report_tables import as_output

from rr_helpers.disclosure import check_output, protect, protect_release
from rr_helpers.disclosure.catalogue import CountTable
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.report import NOT_OBSERVABLE, Chart, TheoryTable
from rr_helpers.report.sector_network import draw_sector_network
from rr_helpers.report.theme import settings

SECTORS = ("R&R team", "Voluntary sector", "Children's services", "Education and health",
           "Other council services", "Other sectors")  # fmt: skip
THEN, NOW = "2018 Jul to Dec", "2021 Jan to Mar"


def ties_of(sectors=SECTORS, *, growth=3):
    pairs = [f"{a} – {b}" for n, a in enumerate(sectors) for b in sectors[n:]]
    rows = [
        (pair, half)
        for half, times in ((THEN, 1), (NOW, growth))
        for number, pair in enumerate(pairs)
        for _ in range(10 * (times if "R&R" not in pair else 1) + number % 3)
    ]
    frame = pd.DataFrame(rows, columns=["sectors", "half_year"])
    order = {"sectors": pairs, "half_year": [THEN, NOW]}
    for name, labels in order.items():
        frame[name] = pd.Categorical(frame[name], categories=labels, ordered=True)
    frame.attrs["of"] = "pairs of organisations with a direct tie"
    table = CountTable(id="ties", question="q", population="ties", title="Direct ties",
                       rows="sectors", columns="half_year")  # fmt: skip
    return protect_release({"ties": frame}, {"ties": table}, secret=SECRET)["ties"]


TIES = ties_of()
DRAWN = Chart.network(TIES, centre="R&R team", periods=(THEN, NOW))


def drawing(ties=TIES):
    with settings():
        return draw_sector_network(ties, centre="R&R team", periods=(THEN, NOW))


def test_the_description_of_the_drawing_is_made_of_the_released_counts():
    ours = [row for row in TIES.row_labels if row.startswith("R&R team") and row.count("R&R") == 1]
    between = [
        row for row in TIES.row_labels if "R&R" not in row and len(set(row.split(" – "))) > 1
    ]
    for period in (THEN, NOW):
        for rows in (ours, between):
            assert f"{sum(TIES.count(row, period) for row in rows):,}" in DRAWN.alt
    assert THEN in DRAWN.alt and NOW in DRAWN.alt
    assert etree.fromstring(DRAWN.svg).findtext("{*}desc") == DRAWN.alt


def test_the_drawing_has_the_table_beneath_it_and_may_be_published():
    cells = html.fragment_fromstring(DRAWN.html).xpath("//details//tbody/tr/th")
    labels = [label.replace("'", "’") for label in TIES.row_labels]
    assert [cell.text for cell in cells][: len(labels)] == labels
    assert check_output(as_output(DRAWN)) is None


@pytest.mark.parametrize("number", [3, 4, 5, 6])
def test_no_words_of_the_drawing_overlap_or_leave_it(number):
    figure = drawing(ties_of(SECTORS[:number]))
    renderer, page = FigureCanvasAgg(figure).get_renderer(), figure.bbox
    boxes = [t.get_window_extent(renderer) for t in figure.findobj(Text) if t.get_text().strip()]
    assert len(boxes) > 2 * number
    for place, box in enumerate(boxes):
        assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1
        assert box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1
        assert not any(box.padded(-0.5).overlaps(other.padded(-0.5)) for other in boxes[:place])


def test_sectors_stand_in_the_same_places_whatever_their_ties():
    def circles(figure):
        return [patch.center for patch in figure.axes[0].patches]

    before, after = circles(drawing()), circles(drawing(ties_of(growth=1)))
    assert before == after
    half = len(before) // 2
    moved = {(round(a[0] - b[0], 6), round(a[1] - b[1], 6))
             for a, b in zip(before[:half], before[half:], strict=True)}  # fmt: skip
    assert len(moved) == 1


def test_the_same_ties_give_the_same_bytes():
    again = Chart.network(TIES, centre="R&R team", periods=(THEN, NOW))
    assert again.html == DRAWN.html


def test_only_released_ties_between_sectors_are_drawn():
    with pytest.raises(DisclosureError, match="Chart.network"):
        Chart.network(pd.DataFrame({"a": [41]}), centre="R&R team", periods=(THEN, NOW))
    with pytest.raises(UserError, match="no ties between 'Police' and others"):
        Chart.network(TIES, centre="Police", periods=(THEN, NOW))
    with pytest.raises(UserError, match="no column '2017'"):
        Chart.network(TIES, centre="R&R team", periods=("2017", NOW))
    estimates = protect({"Confidence": change()}, title="Change")
    with pytest.raises(UserError, match="rows that name two sectors"):
        Chart.network(estimates, centre="R&R team", periods=(THEN, NOW))


CHANGE = protect({"Ratings": change()}, title="Change")["Ratings"]


def row(**changes):
    kept = {"expects": "More of it", "seen": "It moved by {change}.", "numbers": {"change": CHANGE},
            "fits": "supports", "strength": "moderate", "plan": "Q1-S4"}  # fmt: skip
    return {"TN1. Seeing a pattern": kept | changes}


def words(table):
    return " ".join(html.fragment_fromstring(table.html).text_content().split())


def test_a_row_says_what_was_expected_what_was_seen_and_how_sure():
    table = TheoryTable(row(), title="The theory")
    for part in (
        "More of it",
        str(CHANGE),
        "Fits the theory",
        "Moderate",
        "Planned analysis Q1-S4",
    ):
        assert part in words(table)
    assert check_output(as_output(table)) is None


def test_numbers_that_are_silent_are_never_called_sure():
    said = words(TheoryTable(row(fits="silent", strength="strong"), title="The theory"))
    assert "Silent, or too few to say" in said and "Insufficient" in said and "Strong" not in said


def test_what_cannot_be_observed_says_so_and_brings_no_number():
    unseen = row(strength=NOT_OBSERVABLE, numbers={}, seen="No sheet records it.", fits="silent")
    said = words(TheoryTable(unseen, title="The theory"))
    assert "Not observable in this study" in said and "Planned" not in said
    with pytest.raises(UserError, match="words that say which record is missing"):
        TheoryTable(row(strength=NOT_OBSERVABLE), title="The theory")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"fits": "proves"}, "'proves'"),
        ({"strength": "certain"}, "'certain'"),
        ({"expects": "41 more"}, "a number typed into"),
        ({"seen": "It moved by 41."}, "a number typed into|names without a number|unused"),
        ({"odd": 1}, "exactly expects, seen"),
    ],
)
def test_a_faulty_row_is_refused_by_name(changes, match):
    with pytest.raises(UserError, match=match) as refused:
        TheoryTable(row(**changes), title="The theory")
    assert "TN1. Seeing a pattern" in str(refused.value)


def test_a_number_that_was_not_cleared_is_refused():
    with pytest.raises(DisclosureError, match="SafeEstimate"):
        TheoryTable(row(numbers={"change": 0.4}), title="The theory")
