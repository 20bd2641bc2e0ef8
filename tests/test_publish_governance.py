"""What boards decided: only words kept for the public, owners by group, status on the last day."""

from dataclasses import replace

import pandas as pd
import pytest

from rr_helpers.disclosure import public_wording
from rr_helpers.disclosure.stamp import check_output
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.publish.edition import Edition
from rr_helpers.publish.governance import decisions, recommendations, since_last_briefing
from rr_helpers.publish.populations import POPULATIONS
from rr_helpers.publish.populations.governance import actions_by
from rr_helpers.report import Table

WINDOW = "eval_Y3"  # 1 April 2020 to 31 March 2021


@pytest.fixture()
def edition(small_study):
    return Edition(small_study, WINDOW, "london")


def actions(edition, *rows):
    """The edition with these actions only, all agreed at a board of May 2020 unless said."""
    boards = pd.DataFrame({"meeting_id": ["M1", "M2"], "type": "strategic",
                           "date": pd.to_datetime(["2020-05-04", "2021-01-11"])})  # fmt: skip
    base = {"meeting_id": "M1", "owner_org_id": "RR-PROV-A", "topic": "Secret wording",
            "wording_public": "Public wording", "question": "Q1", "due_date": "2020-06-30",
            "closed_date": None, "status": "open"}  # fmt: skip
    made = pd.DataFrame([{"action_id": f"A{n}", **base, **row} for n, row in enumerate(rows)])
    made = made.astype({"due_date": "datetime64[ns]", "closed_date": "datetime64[ns]"})
    tables = {**edition.study.tables, "meeting": boards, "meeting_action": made}
    return replace(edition, study=replace(edition.study, tables=tables))


def shown(table):
    return [tuple(row) for row in table.frame.reset_index().to_numpy()]


def test_only_the_wording_for_the_public_is_shown_and_owners_are_told_by_their_group(edition):
    held = actions(edition, {}, {"wording_public": None, "topic": "Not for the public"})
    assert shown(recommendations(held)) == [
        ("Public wording", "Network", "Voluntary sector", "June 2020", "Open, past its day")
    ]
    html = Table(recommendations(held)).html
    for hidden in ("Secret", "Not for", "RR-PROV", "St Giles", "A0"):
        assert hidden not in html


def test_an_action_is_told_as_it_stood_on_the_last_day_of_the_window(edition):
    held = actions(
        edition,
        {"status": "done", "closed_date": "2021-03-31", "wording_public": "In time"},
        {"status": "done", "closed_date": "2021-04-01", "due_date": "2021-05-01",
         "wording_public": "Too late"},
        {"meeting_id": "M2", "due_date": None, "question": None, "wording_public": "New"},
    )  # fmt: skip
    assert [row[0::4] for row in shown(recommendations(held))] == [
        ("In time", "Done"), ("Too late", "Open"), ("New", "Open"),
    ]  # fmt: skip
    assert shown(recommendations(held))[2][1:4] == ("[z]", "Voluntary sector", "[z]")
    window = held.window
    assert list(actions_by(held.study, window.end)["status"]) == ["done", "open", "open"]
    assert len(actions_by(held.study, pd.Timestamp("2020-12-31"))) == 2


def test_what_changed_is_what_was_agreed_or_closed_after_the_last_briefing(edition):
    given = edition.study["briefing"]["date"]
    assert given[given <= edition.window.end].max().year == 2020
    held = actions(
        edition,
        {"wording_public": "Old and open"},
        {"wording_public": "Closed", "status": "dropped", "closed_date": "2021-02-01"},
        {"wording_public": "Closed before", "status": "done", "closed_date": "2020-06-01"},
        {"wording_public": "Fresh", "meeting_id": "M2"},
    )
    table = since_last_briefing(held)
    assert table.title == "What changed since the last briefing, in December 2020"
    assert [row[:2] for row in shown(table)] == [("Fresh", "Agreed"), ("Closed", "Dropped")]


def test_decisions_are_those_of_the_window_in_words_for_the_public(edition):
    briefings = edition.study["briefing"]
    briefings = briefings.assign(requested_public=briefings["requested_public"].where(
        briefings["date"] < "2020-12-01"))  # fmt: skip
    tables = {**edition.study.tables, "briefing": briefings}
    held = replace(edition, study=replace(edition.study, tables=tables))
    (row,) = shown(decisions(held))
    assert row[2] == "June 2020" and row[1] == "Strategic board"


def test_words_for_the_public_hold_no_figures_no_addresses_and_no_names():
    for text, found in (
        ("Call 07700 900123", "07700"),
        ("Ask jo@example.org", "jo@example.org"),
        ("The mother of Kayleigh is called back", "Kayleigh"),
    ):
        with pytest.raises(DisclosureError) as error:
            public_wording(pd.DataFrame({"What": [text]}), title="T", source="Minutes", of="rows")
        said = str(error.value)
        assert said.startswith(
            f"public wording, 'T': '{found}' in '{text}'; expected words without"
        )
        assert said.endswith("Write it in general words, or leave the cell for the public blank.")


def test_words_for_the_public_pass_the_gate_and_are_no_counts():
    table = public_wording(
        pd.DataFrame({"What": ["London asks the MPS"], "When": pd.to_datetime(["2021-03-09"])}),
        title="T", source="Minutes", of="rows",
    )  # fmt: skip
    data, metadata = Table(table)._repr_mimebundle_()
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    assert check_output(output) is None
    assert "March 2021" in data["text/html"] and "9 March" not in data["text/html"]
    assert 'class="rr-text"' in data["text/html"] and "Source: Minutes." in data["text/html"]
    with pytest.raises(UserError, match="counts"):
        table.percent()


def test_places_at_boards_are_counted_up_to_the_end_of_the_window(edition):
    study = edition.study
    frame = POPULATIONS["board_places"](study, None, WINDOW)
    held = study["meeting"].set_index("meeting_id")["date"]
    days = study["meeting_attendance"]["meeting_id"].map(held)
    assert len(frame) == (days <= edition.window.end).sum() > 0
    assert frame["half_year"].cat.categories[-1] == "2021 Jan to Mar"
    deputies = study["meeting_attendance"]["attended"].isin(["present", "sent_deputy"])
    came = frame["came: Present or a deputy"].eq("Yes").sum()
    assert came == (deputies & (days <= edition.window.end)).sum()


def test_actions_are_counted_as_they_stood(edition):
    held = actions(
        edition,
        {"status": "done", "closed_date": "2021-04-01"},
        {"status": "dropped", "closed_date": "2020-07-01", "wording_public": None},
    )
    frame = POPULATIONS["board_actions"](held.study, None, WINDOW)
    assert list(frame["status"]) == ["Open", "Dropped"]
    assert list(frame["owner"]) == ["Voluntary sector"] * 2
