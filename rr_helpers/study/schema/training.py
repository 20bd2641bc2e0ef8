"""training.xlsx: courses, delegates, their ratings and their test scores."""

from rr_helpers.study.schema.codes import BOROUGHS, ROLE_BANDS, SECTORS
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

BOOK = "training.xlsx"

WAVES = {
    "pre": "Before the course",
    "post": "After the course",
    "retro_pre": "Before the course, looking back",
    "followup_3m": "Three months later",
}

DELEGATE_ITEMS = {
    "confident_recognise": "Confident to recognise exploitation",
    "confident_refer": "Confident to refer",
    "confident_context": "Confident to look beyond the family",
    "confident_language": "Confident to speak without criminalising",
}

# What delegates thought of the course, asked after it.
REACTION_ITEMS = {
    "useful": "The course was useful to my work",
    "recommend": "I would recommend the course",
}

VIGNETTE_ITEMS = {
    "recognise": "Recognises exploitation",
    "contextualise": "Looks at the context",
    "refer": "Knows the route to support",
    "non_criminalising": "Does not criminalise",
}

course = Table(
    name="course",
    workbook=BOOK,
    row="one course held",
    key=("course_id",),
    columns={
        "course_id": identifier("Course", unique=True),
        "title": text("Title", required=True, role="measure"),
        "date": date("Day it was held", required=True, role="measure"),
        "borough_host": coded("Borough that hosted it", BOROUGHS, missing=("NA",)),
        "provider_org_id": identifier("Provider", refers="organisation.org_id", required=False),
        "trainer": identifier("Trainer, by initials or code", required=False),
        "mode": coded("How", {"in_person": "In person", "video": "Video"}),
        "hours": number("Length", 0.5, 40, unit="hours"),
        "capacity": whole("Places", 1, 200, unit="places"),
    },
)

delegate = Table(
    name="delegate",
    workbook=BOOK,
    row="one delegate on one course",
    key=("delegate_id",),
    subject="delegate_id",
    subject_type="delegate",
    consent="participate",
    columns={
        "delegate_id": identifier("Delegate", unique=True),
        "course_id": identifier("Course", refers="course.course_id"),
        "org_id": identifier("Organisation", refers="organisation.org_id", required=False),
        "sector": coded("Sector", SECTORS),
        "borough_code": coded("Borough", BOROUGHS, role="quasi-identifier"),
        "role_band": coded("Role", ROLE_BANDS),
        "prior_training": yes_no("Had training on exploitation before"),
        "attended_full": yes_no("Stayed for the whole course"),
    },
)

delegate_item = Table(
    name="delegate_item",
    workbook=BOOK,
    row="one delegate's answer to one item at one time",
    key=("delegate_id", "wave", "item"),
    subject="delegate_id",
    subject_type="delegate",
    consent="participate",
    columns={
        "delegate_id": identifier("Delegate", refers="delegate.delegate_id"),
        "wave": coded("When", WAVES, required=True, missing=()),
        "item": coded("Item", {**DELEGATE_ITEMS, **REACTION_ITEMS}, required=True, missing=()),
        "response": whole(
            "Answer, not at all to fully", 1, 5, unit="points", missing=("NR", "PNTS")
        ),
    },
)

delegate_test = Table(
    name="delegate_test",
    workbook=BOOK,
    row="one delegate's vignette test at one time",
    key=("delegate_id", "wave"),
    subject="delegate_id",
    subject_type="delegate",
    consent="participate",
    columns={
        "delegate_id": identifier("Delegate", refers="delegate.delegate_id"),
        "wave": coded("When", WAVES, required=True, missing=()),
        "knowledge_right": whole("Knowledge items right", 0, 20, unit="items", missing=("NR",)),
        "knowledge_asked": whole("Knowledge items asked", 0, 20, unit="items", missing=("NR",)),
        **{
            f"vignette_{key}": whole(label, 0, 1, unit="points", missing=("NR",))
            for key, label in VIGNETTE_ITEMS.items()
        },
    },
)

TABLES = (course, delegate, delegate_item, delegate_test)
