"""panels.xlsx: panels observed, who came, what was discussed, decided and how well."""

from rr_helpers.study.schema.codes import BOROUGHS, CONTEXTS, ROLE_BANDS
from rr_helpers.study.schema.columns import (
    Table,
    coded,
    date,
    identifier,
    number,
    text,
    whole,
    yes_no,
)

BOOK = "panels.xlsx"

PANEL_ITEMS = {
    "preparation": "Preparation",
    "welfare_lens": "Welfare lens",
    "language": "Language",
    "contexts": "Contexts considered",
    "vcs_voice": "Voice of the voluntary sector",
    "yp_voice": "Voice of the young person",
    "challenge": "Challenge",
    "information_gaps": "Gaps in information closed",
    "clear_actions": "Clear actions",
    "last_actions": "Last actions reviewed",
    "bias_named": "Adultification or bias named",
    "cross_border": "Work across borders",
    "rights_consent": "Rights and consent",
    "disruption_support": "Disruption balanced with support",
    "rr_input": "R&R's input used",
    "decision_recorded": "Decision recorded",
}

panel = Table(
    name="panel",
    workbook=BOOK,
    row="one panel meeting",
    key=("panel_id",),
    columns={
        "panel_id": identifier("Panel meeting", unique=True),
        "borough_code": coded("Borough", BOROUGHS, required=True, missing=()),
        "panel_type": coded(
            "Kind of panel",
            {
                "MACE": "Multi-agency child exploitation panel",
                "MARP": "Multi-agency risk panel",
                "EFR": "Extra-familial risk panel",
                "VARP": "Vulnerable adults' risk panel",
                "other": "Other",
            },
            missing=(),
        ),
        "date": date("Day of the meeting", required=True, role="measure"),
        "mode": coded("How it met", {"in_person": "In person", "video": "Video", "mixed": "Mixed"}),
        "minutes": whole("Length", 1, 600, unit="minutes"),
        "chair_org_id": identifier(
            "Organisation that chaired", refers="organisation.org_id", required=False
        ),
        "n_cases": whole("Cases discussed", 0, 100, unit="cases"),
        "observed": yes_no("The evaluators observed it", missing=()),
    },
)

panel_attendance = Table(
    name="panel_attendance",
    workbook=BOOK,
    row="one organisation at one panel meeting",
    key=("panel_id", "org_id"),
    columns={
        "panel_id": identifier("Panel meeting", refers="panel.panel_id"),
        "org_id": identifier("Organisation", refers="organisation.org_id"),
        "role_band": coded("Role of who came", ROLE_BANDS),
        "attended": coded(
            "Attendance",
            {
                "present": "Present",
                "sent_deputy": "Sent a deputy",
                "apologies": "Apologies",
                "absent": "Absent",
                "not_invited": "Not invited",
            },
            required=True,
            missing=(),
        ),
        "n_turns": whole("Times they spoke", 0, 500, unit="turns"),
        "minutes_spoken": number("Minutes they spoke", 0, 600, unit="minutes"),
    },
)

panel_case = Table(
    name="panel_case",
    workbook=BOOK,
    row="one case discussed at a panel",
    key=("panel_id", "case_seq"),
    subject="yp_id",
    subject_type="young_person",
    columns={
        "panel_id": identifier("Panel meeting", refers="panel.panel_id"),
        "case_seq": whole("Order within the meeting", 1, 100, required=True),
        "yp_id": identifier("Young person; blank for a group or a place", required=False),
        "unit": coded(
            "What the case was about",
            {"individual": "An individual", "peer_group": "A peer group", "location": "A place"},
            required=True,
            missing=(),
        ),
        "minutes": number("Time spent", 0, 240, unit="minutes"),
        **{f"discussed_{key}": yes_no(f"{label}: discussed") for key, label in CONTEXTS.items()},
        "focus_of_action": coded(
            "Whom the actions were about",
            {
                "child": "The child",
                "parents": "The parents",
                "peer": "Peers",
                "place": "A place",
                "adult_of_concern": "An adult of concern",
                "agency": "An agency",
            },
        ),
    },
)

panel_action = Table(
    name="panel_action",
    workbook=BOOK,
    row="one action agreed at a panel",
    key=("action_id",),
    columns={
        "action_id": identifier("Action", unique=True),
        "panel_id": identifier("Panel meeting", refers="panel.panel_id"),
        "owner_org_id": identifier("Organisation that owns it", refers="organisation.org_id"),
        "level": coded(
            "Level", {"1": "Level 1: individual or family", "2": "Level 2: the context itself"}
        ),
        "due_date": date("Day it is due", role="measure"),
        "done_date": date("Day it was done", role="measure"),
        "outcome": coded(
            "What became of it",
            {"done": "Done", "partly": "Partly done", "not_done": "Not done", "open": "Open"},
        ),
    },
)

panel_rating = Table(
    name="panel_rating",
    workbook=BOOK,
    row="one observer's rating of one item at one panel",
    key=("panel_id", "observer", "item"),
    columns={
        "panel_id": identifier("Panel meeting", refers="panel.panel_id"),
        "observer": identifier("Observer, by initials or code"),
        "item": coded("What was rated", PANEL_ITEMS, required=True, missing=()),
        "rating": whole("Rating, none to full", 0, 3, unit="points"),
        "note": text("What the rating rests on"),
    },
)

directed_tie = Table(
    name="directed_tie",
    workbook=BOOK,
    row="one tie from one organisation to another in one half-year",
    key=("from_org_id", "to_org_id", "period_start", "tie"),
    optional=True,
    columns={
        "from_org_id": identifier("Organisation the tie comes from", refers="organisation.org_id"),
        "to_org_id": identifier("Organisation it goes to", refers="organisation.org_id"),
        "period_start": date("First day of the half-year", required=True, role="measure"),
        "tie": coded(
            "Kind of tie",
            {
                "referral": "Referral",
                "information": "Information shared",
                "action": "Action owned on behalf of",
            },
            required=True,
            missing=(),
        ),
        "frequency": whole("How often, never to weekly", 0, 4, unit="points"),
        "trust": whole("Trust, none to full", 0, 4, unit="points"),
    },
)

TABLES = (panel, panel_attendance, panel_case, panel_action, panel_rating, directed_tie)
