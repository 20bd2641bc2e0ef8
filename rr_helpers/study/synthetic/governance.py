"""Boards: meetings, who came, actions, and briefings with what was asked and decided."""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import QUESTIONS
from rr_helpers.study.synthetic.chance import finish, generator, identifiers, later, pick, sprinkle
from rr_helpers.study.synthetic.places import LAST_DAY, LEADS

STRATEGIC_MONTHS, OPERATIONAL_MONTHS = (9, 12, 3, 6), (8, 10, 1, 2, 5)
MEMBERS = (
    "FUND-MOPAC", "POL-MPS", "POL-BTP", "RR-PROV-A", "RR-PROV-B", "RR-PROV-C", "RR-PICTURE",
    "RR-COORD-N", "RR-COORD-E", "RR-COORD-S", "RR-COORD-W", "UNI-EVAL", "PROB-LON",
    *(f"CSC-{code[-2:]}" for code in LEADS),
)  # fmt: skip
AGENDAS = (
    "Actions from last time; referrals and waiting list; evaluation update",
    "Actions from last time; information sharing; training dates",
    "Actions from last time; risk register; case learning; evaluation update",
)
TOPICS = {
    "Q1": ("Agree who calls whom when a case crosses a border",
           "Invite the voluntary sector to every panel",
           "Let partners bring items to the agenda of a panel"),
    "Q2": ("Offer a follow-up session three months after the course",
           "Run the course where referrals are fewer than expected",
           "Keep places on each course for schools and colleges"),
    "Q3": ("Write down when a referral may wait and who decides",
           "Review the hand-over to adult services at eighteen",
           "Tell referrers why a referral was not accepted"),
    "Q4": ("Ask young people about the places where they feel unsafe",
           "Report safety by context at the next board",
           "Let young people answer without a worker in the room"),
}  # fmt: skip
FOR_THE_PUBLIC = 0.75  # the share of actions that the report may show
BRIEFINGS = (
    ("Attendance of the voluntary sector is rising; coordination still carries most links",
     "Keep a seat for the voluntary sector at every panel", "Agreed"),
    ("Confidence rises after the course and part of it fades within three months",
     "Fund a follow-up session", "Agreed for one year"),
    ("Waits are longer for those over eighteen",
     "Name a lead for adults in each borough", "Deferred to the next meeting"),
    ("Young people feel safer with people, not in places",
     "Make places part of every plan", "Agreed in principle"),
)  # fmt: skip


def make_governance(seed: int) -> dict[str, pd.DataFrame]:
    """Return three years of boards: four strategic and five operational a year, and briefings."""
    rng = generator(seed, "meeting")
    rows = sorted(
        (_day(year, month, rng), kind)
        for year in (2018, 2019, 2020)
        for kind, months in (("strategic", STRATEGIC_MONTHS), ("operational", OPERATIONAL_MONTHS))
        for month in months
    )
    n = len(rows)
    meeting = finish(
        "meeting",
        {
            "meeting_id": identifiers(rng, "ME", n),
            "type": [kind for _, kind in rows],
            "date": [date for date, _ in rows],
            "chair_org_id": np.where(
                np.array([kind for _, kind in rows]) == "strategic", "FUND-MOPAC", "CSC-05"
            ),
            "agenda_items": np.array(AGENDAS, object)[np.arange(n) % len(AGENDAS)],
        },
    )
    return {
        "meeting": meeting,
        "meeting_attendance": _attendance(seed, meeting),
        "meeting_action": _actions(seed, meeting),
        "briefing": _briefings(seed, meeting),
    }


def _day(pilot_year: int, month: int, rng) -> pd.Timestamp:
    start = pd.Timestamp(year=pilot_year + (month < 7), month=month, day=1)
    date = start + pd.Timedelta(days=int(rng.integers(7, 24)))
    return date - pd.Timedelta(days=max(0, date.dayofweek - 4))


def _attendance(seed, meeting) -> pd.DataFrame:
    rng = generator(seed, "meeting_attendance")
    n = len(meeting) * len(MEMBERS)
    chance = {"present": 0.68, "sent_deputy": 0.12, "apologies": 0.14, "absent": 0.06}
    org = np.tile(np.array(MEMBERS, object), len(meeting))
    attended = pick(rng, chance, n)
    attended[org == np.repeat(meeting["chair_org_id"].to_numpy(), len(MEMBERS))] = "present"
    return finish(
        "meeting_attendance",
        {
            "meeting_id": np.repeat(meeting["meeting_id"].to_numpy(), len(MEMBERS)),
            "org_id": org,
            "attended": attended,
        },
    )


def _actions(seed, meeting) -> pd.DataFrame:
    rng = generator(seed, "meeting_action")
    row = np.repeat(np.arange(len(meeting)), rng.integers(2, 5, len(meeting)))
    n = len(row)
    question = pick(rng, dict.fromkeys(QUESTIONS, 1.0), n)
    date = meeting["date"].to_numpy()[row]
    due = later(date, rng.choice([42, 84], n))
    closed = later(due, np.rint(rng.normal(5, 25, n)))
    closed = closed.where(closed > pd.DatetimeIndex(date), due)
    status = pick(rng, {"done": 0.74, "open": 0.16, "dropped": 0.10}, n)
    status = np.where((status != "open") & (closed > LAST_DAY), "open", status)
    topic = [TOPICS[q][i] for q, i in zip(question, rng.integers(0, 3, n), strict=True)]
    return finish(
        "meeting_action",
        {
            "action_id": identifiers(rng, "MA", n),
            "meeting_id": meeting["meeting_id"].to_numpy()[row],
            "owner_org_id": np.array(MEMBERS, object)[rng.integers(0, len(MEMBERS), n)],
            "topic": topic,
            "wording_public": np.where(rng.random(n) < FOR_THE_PUBLIC, topic, None),
            "question": sprinkle(rng, question, {"NR": 0.04}),
            "due_date": due,
            "closed_date": closed.where(status != "open"),
            "status": status,
        },
    )


def _briefings(seed, meeting) -> pd.DataFrame:
    rng = generator(seed, "briefing")
    boards = meeting[meeting["type"] == "strategic"].iloc[1::2].reset_index(drop=True)
    n = len(boards)
    text = [BRIEFINGS[i % len(BRIEFINGS)] for i in range(n)]
    return finish(
        "briefing",
        {
            "briefing_id": identifiers(rng, "BR", n),
            "date": boards["date"],
            "audience": ["strategic", "mopac", "operational"] * (n // 3),
            "key_messages": [row[0] for row in text],
            "decision_requested": [row[1] for row in text],
            "requested_public": [row[1] for row in text],
            "decision_taken": [row[2] for row in text],
            "taken_public": [row[2] for row in text],
            "follow_up_date": boards["date"] + pd.Timedelta(days=90),
        },
    )
