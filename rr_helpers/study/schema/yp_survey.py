"""yp_survey.xlsx: who was invited to the young people's survey, and what they answered.

Licensed scales: answers are handed in by the number of the item. Wording and conversion tables are
no part of this project; what scoring needs is read from a licensed file at run time, which each
study keeps in its folder ``licensed/``.
"""

from rr_helpers.study.schema.codes import SAFETY_CONTEXTS
from rr_helpers.study.schema.columns import (
    SAID_BY_PERSON,
    Table,
    coded,
    date,
    identifier,
    text,
    whole,
    yes_no,
)

BOOK = "yp_survey.xlsx"

RELATIONAL_ITEMS = {
    "trust_someone": "There is someone I trust",
    "worker_stands_by": "My worker stands by me",
    "family_supported": "My family gets support",
}
PSYCHOLOGICAL_ITEMS = {
    "in_control": "I feel in control of my life",
    "hopeful": "I feel hopeful",
    "worry_threats": "I worry about threats",
}
SERVICE_ITEMS = {
    "understood": "I was understood",
    "listened": "I was listened to",
    "choices_explained": "My choices were explained",
    "would_recommend": "I would recommend the support",
}

yp_invited = Table(
    name="yp_invited",
    workbook=BOOK,
    row="one young person who could have been asked",
    key=("yp_id", "invited_date"),
    subject="yp_id",
    subject_type="young_person",
    dated="invited_date",
    columns={
        "yp_id": identifier("Young person"),
        "invited_date": date("Day of the invitation, or of the decision not to ask", required=True),
        "route": coded(
            "How they were asked",
            {"worker": "By their worker", "phone": "Telephone", "link": "Link sent"},
        ),
        "outcome": coded(
            "What came of it",
            {
                "completed": "Completed",
                "declined": "Declined",
                "not_safe_to_ask": "Not safe to ask",
                "no_contact": "No contact",
                "closed": "Closed before asked",
            },
            required=True,
            missing=(),
        ),
        "engagement_level": coded(
            "Engagement with support",
            {
                "none": "None",
                "attempted": "Attempted",
                "partial": "Partial",
                "sustained": "Sustained",
            },
        ),
        "sex": coded("Sex as recorded", {"M": "Male", "F": "Female", "other": "Other"}),
        "age": whole("Age when invited", 10, 26, unit="years", role="quasi-identifier"),
    },
)

yp_survey = Table(
    name="yp_survey",
    workbook=BOOK,
    row="one completed survey",
    key=("response_id",),
    subject="yp_id",
    subject_type="young_person",
    consent="participate",
    dated="date",
    columns={
        "response_id": identifier("Response", unique=True),
        "yp_id": identifier("Young person; blank where the answer is not linked", required=False),
        "wave": coded(
            "When in the support",
            {"early": "Early", "mid": "Middle", "exit": "Exit"},
            required=True,
            missing=(),
        ),
        "date": date("Day it was answered", required=True),
        "mode": coded(
            "How",
            {"self": "Alone", "worker_assisted": "With a worker's help", "phone": "Telephone"},
            missing=("NR",),
        ),
        "worker_present": yes_no("A worker was present", missing=("NR",)),
        "provider_org_id": identifier("Provider", refers="organisation.org_id", required=False),
        "months_in_support": whole("Months in support", 0, 60, unit="months"),
        **{
            f"safe_{time}_{key}": whole(
                f"{label}: how safe {'now' if time == 'now' else 'before R&R'}, "
                "very unsafe (1) to very safe (5)",
                1,
                5,
                unit="points",
                missing=SAID_BY_PERSON,
            )
            for time in ("before", "now")
            for key, label in SAFETY_CONTEXTS.items()
        },
        **{
            key: whole(
                f"{label}, not at all (1) to fully (5)", 1, 5, unit="points", missing=SAID_BY_PERSON
            )
            for key, label in {**RELATIONAL_ITEMS, **PSYCHOLOGICAL_ITEMS, **SERVICE_ITEMS}.items()
        },
        "text_better": text("In their own words: what is better"),
        "text_worse": text("In their own words: what is worse or the same"),
        "text_change": text("In their own words: what should change"),
    },
)

scale_answer = Table(
    name="scale_answer",
    workbook=BOOK,
    row="one answer to one item of a licensed scale, by the item's number and never its wording",
    key=("response_id", "scale", "item"),
    optional=True,
    columns={
        "response_id": identifier("Response", refers="yp_survey.response_id"),
        "scale": text("Short name of the scale, as its licensed file is called", required=True,
                      role="measure"),
        "item": whole("Number of the item", 1, 60, required=True),
        "response": whole("Answer, as given", 0, 10, unit="points", missing=SAID_BY_PERSON),
    },
)  # fmt: skip

TABLES = (yp_invited, yp_survey, scale_answer)
