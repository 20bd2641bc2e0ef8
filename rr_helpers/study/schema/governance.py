"""governance.xlsx: boards, briefings, who came, what was decided."""

from rr_helpers.study.schema.codes import QUESTIONS
from rr_helpers.study.schema.columns import Table, coded, date, identifier, text

BOOK = "governance.xlsx"

meeting = Table(
    name="meeting",
    workbook=BOOK,
    row="one board meeting",
    key=("meeting_id",),
    columns={
        "meeting_id": identifier("Meeting", unique=True),
        "type": coded(
            "Board",
            {
                "operational": "Operational board",
                "strategic": "Strategic board",
                "briefing": "Briefing",
            },
            required=True,
            missing=(),
        ),
        "date": date("Day it met", required=True, role="measure"),
        "chair_org_id": identifier(
            "Organisation in the chair", refers="organisation.org_id", required=False
        ),
        "agenda_items": text("Agenda", role="measure"),
    },
)

meeting_attendance = Table(
    name="meeting_attendance",
    workbook=BOOK,
    row="one organisation at one board meeting",
    key=("meeting_id", "org_id"),
    columns={
        "meeting_id": identifier("Meeting", refers="meeting.meeting_id"),
        "org_id": identifier("Organisation", refers="organisation.org_id"),
        "attended": coded(
            "Attendance",
            {
                "present": "Present",
                "sent_deputy": "Sent a deputy",
                "apologies": "Apologies",
                "absent": "Absent",
            },
            required=True,
            missing=(),
        ),
    },
)

meeting_action = Table(
    name="meeting_action",
    workbook=BOOK,
    row="one action agreed at a board",
    key=("action_id",),
    columns={
        "action_id": identifier("Action", unique=True),
        "meeting_id": identifier("Meeting", refers="meeting.meeting_id"),
        "owner_org_id": identifier("Organisation that owns it", refers="organisation.org_id"),
        "topic": text("What is to be done", required=True, role="measure"),
        "wording_public": text(
            "The same in words that the report may show, without names and numbers; blank where it "
            "is not for the public",
            role="measure",
        ),
        "question": coded("Evaluation question it follows from", QUESTIONS),
        "due_date": date("Day it is due", role="measure"),
        "closed_date": date("Day it was closed", role="measure"),
        "status": coded(
            "Status", {"open": "Open", "done": "Done", "dropped": "Dropped"}, missing=()
        ),
    },
)

briefing = Table(
    name="briefing",
    workbook=BOOK,
    row="one briefing given",
    key=("briefing_id",),
    columns={
        "briefing_id": identifier("Briefing", unique=True),
        "date": date("Day it was given", required=True, role="measure"),
        "audience": coded(
            "To whom",
            {
                "operational": "Operational board",
                "strategic": "Strategic board",
                "mopac": "MOPAC",
                "boroughs": "Boroughs",
            },
            missing=(),
        ),
        "key_messages": text("Main messages", role="measure"),
        "decision_requested": text("Decision asked for", role="measure"),
        "requested_public": text(
            "The same in words that the report may show, without names and numbers; blank where it "
            "is not for the public",
            role="measure",
        ),
        "decision_taken": text("Decision taken", role="measure"),
        "taken_public": text(
            "The same in words that the report may show, without names and numbers; blank where it "
            "is not for the public",
            role="measure",
        ),
        "follow_up_date": date("Day to come back to it", role="measure"),
    },
)

TABLES = (meeting, meeting_attendance, meeting_action, briefing)
