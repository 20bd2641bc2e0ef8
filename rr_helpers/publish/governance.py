"""What became of the evaluation: recommendations, decisions, what moved since the last briefing.

Texts come from the columns that the schema keeps for the public ("in words that the report may
show") and from no other; owners are told by their group, never by name.
"""

import pandas as pd

from rr_helpers.disclosure import SafeTable, public_wording
from rr_helpers.publish.edition import Edition
from rr_helpers.publish.populations.frames import SECTOR_GROUPS
from rr_helpers.publish.populations.governance import actions_by
from rr_helpers.study import in_window

OVERDUE = "Open, past its day"
SOURCE = "Minutes and action logs of the boards"
# Group of sectors -> who that is in the column of a recommendation's owner.
OWNERS = {"Justice and others": "Funder, justice or university"}


def recommendations(edition: Edition) -> SafeTable:
    """Return what boards agreed in the window: owner, due month and status at the window's end."""
    window = edition.window
    actions = _public_actions(edition)
    actions = actions[actions["agreed"] >= window.start]
    overdue = actions["status"].eq("open") & actions["due_date"].lt(window.end)
    status = _labels(edition, actions, "status").mask(overdue, OVERDUE)
    columns = {
        "Recommendation": actions["wording_public"],
        "Question": _labels(edition, actions, "question"),
        "Owner": _owners(edition, actions),
        "Due": actions["due_date"],
        "How it stands": status,
    }
    return public_wording(
        pd.DataFrame(columns),
        title="Recommendations agreed in the window",
        source=SOURCE,
        of="recommendations",
    )


def decisions(edition: Edition) -> SafeTable:
    """Return what briefings of the window asked for, of whom, and what was decided."""
    given = in_window(edition.rows("briefing"), "date", edition.window)
    given = given.dropna(subset=["requested_public"])
    columns = {
        "Decision asked for": given["requested_public"],
        "Of": given["audience"].map(edition.labels("briefing", "audience")),
        "When": given["date"],
        "What was decided": given["taken_public"],
        "To come back to": given["follow_up_date"],
    }
    return public_wording(
        pd.DataFrame(columns),
        title="Decisions asked for in the window's briefings",
        source="Record of briefings",
        of="decisions",
    )


def since_last_briefing(edition: Edition) -> SafeTable:
    """Return the recommendations that were agreed or closed since the window's last briefing.

    Without a briefing by the end of the window, since the window began.
    """
    given = edition.rows("briefing")["date"]
    given = given[given <= edition.window.end]
    since = edition.window.start if given.empty else given.max()
    actions = _public_actions(edition)
    new = actions["agreed"] > since
    closed = actions["closed_date"].gt(since) & actions["status"].ne("open")
    actions = actions.assign(moved=_labels(edition, actions, "status").where(closed, "Agreed"))
    actions = actions[new | closed].sort_values("moved", kind="stable")
    columns = {
        "Recommendation": actions["wording_public"],
        "What changed": actions["moved"],
        "Owner": _owners(edition, actions),
    }
    return public_wording(
        pd.DataFrame(columns),
        title=f"What changed since the last briefing, in {since:%B %Y}",
        source=SOURCE,
        of="recommendations",
    )


def asked_before(edition: Edition, audience: str) -> SafeTable:
    """Return what the window's briefings asked of one audience (a code of the schema's)."""
    given = in_window(edition.rows("briefing"), "date", edition.window)
    given = given[given["audience"].eq(audience)].dropna(subset=["requested_public"])
    columns = {
        "Decision asked for": given["requested_public"],
        "When": given["date"],
        "What was decided": given["taken_public"],
    }
    return public_wording(
        pd.DataFrame(columns),
        title="Asked of the board before",
        source="Record of briefings",
        of="decisions",
    )


def past_their_day(edition: Edition, board: str) -> SafeTable:
    """Return what one kind of board agreed and nobody has finished though its day has passed.

    board: a code of the column `type` of meetings. The longest overdue come first; one wording
    stands once.
    """
    actions = _public_actions(edition)
    kinds = edition.rows("meeting").set_index("meeting_id")["type"]
    late = actions["status"].eq("open") & actions["due_date"].lt(edition.window.end)
    actions = actions[late & actions["meeting_id"].map(kinds).eq(board)]
    actions = actions.sort_values("due_date", kind="stable").drop_duplicates("wording_public")
    columns = {
        "Recommendation": actions["wording_public"],
        "Owner": _owners(edition, actions),
        "Due": actions["due_date"],
    }
    return public_wording(
        pd.DataFrame(columns),
        title="Agreed by the board and past its day",
        source=SOURCE,
        of="recommendations",
    )


def _public_actions(edition: Edition) -> pd.DataFrame:
    actions = actions_by(edition.study, edition.window.end)
    return actions.dropna(subset=["wording_public"]).sort_values("agreed", kind="stable")


def _owners(edition: Edition, actions: pd.DataFrame) -> pd.Series:
    sectors = edition.rows("organisation").set_index("org_id")["sector"]
    return actions["owner_org_id"].map(sectors).map(SECTOR_GROUPS).replace(OWNERS)


def _labels(edition: Edition, actions: pd.DataFrame, column: str) -> pd.Series:
    return actions[column].map(edition.labels("meeting_action", column))
