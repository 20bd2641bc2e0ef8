"""interviews.xlsx: the registers of interviews, of coded sources, of codes and of quotations."""

from rr_helpers.study.schema.codes import BOROUGHS, METHODS, QUESTIONS, ROLE_BANDS
from rr_helpers.study.schema.columns import (
    Table,
    coded,
    date,
    identifier,
    text,
    whole,
    yes_no,
)

BOOK = "interviews.xlsx"

interview = Table(
    name="interview",
    workbook=BOOK,
    row="one interview with staff, a partner or a training delegate",
    key=("interview_id",),
    subject="participant_id",
    subject_type="practitioner",
    consent="participate",
    dated="date",
    columns={
        "interview_id": identifier("Interview", unique=True),
        "participant_id": identifier("Person interviewed"),
        "kind": coded(
            "Who was interviewed",
            {"staff": "R&R staff", "partner": "Partner", "delegate": "Training delegate"},
            required=True,
            missing=(),
        ),
        "date": date("Day of the interview", required=True),
        "mode": coded("How", {"in_person": "In person", "phone": "Telephone", "video": "Video"}),
        "duration_min": whole("Length", 1, 400, unit="minutes"),
        "wave": whole("Wave of interviews", 1, 10),
        "interviewer": identifier("Interviewer, by initials or code", required=False),
        "org_id": identifier("Organisation", refers="organisation.org_id", required=False),
        "role_band": coded("Role", ROLE_BANDS),
        "borough_code": coded("Borough", BOROUGHS, role="quasi-identifier"),
        "guide_version": text("Version of the interview guide", role="measure"),
        "used_in_practice": yes_no("Delegates: has used the training in practice"),
        "referrals_made_after": whole(
            "Delegates: referrals made since the course", 0, 100, unit="referrals"
        ),
        "new_codes": whole("New codes that this interview added", 0, 200, unit="codes"),
    },
)

coded_source = Table(
    name="coded_source",
    workbook=BOOK,
    row="one document in the coded material; a document not listed here is not used",
    key=("source_name",),
    subject="participant_id",
    dated="date",
    consent="participate",
    columns={
        "source_name": identifier("Name of the document in the coding software", unique=True),
        "method": coded("Method that produced it", METHODS, required=True, missing=()),
        "participant_id": identifier(
            "Person who speaks in it, or whom the file is about; blank for meetings",
            required=False,
        ),
        "subject_type": coded(
            "Kind of person",
            {
                "young_person": "Young person",
                "practitioner": "Practitioner",
                "delegate": "Training delegate",
                "meeting": "A meeting, not one person",
            },
            required=True,
            missing=(),
        ),
        "stakeholder": coded(
            "Group whose view it is",
            {
                "rr_staff": "R&R staff",
                "statutory": "Statutory partners",
                "voluntary": "Voluntary-sector partners",
                "delegates": "Training delegates",
                "young_people": "Young people",
                "records": "Files, panels and reviews",
            },
            required=True,
            missing=(),
        ),
        "date": date("Day of the event it records"),
        "borough_code": coded("Borough", BOROUGHS, role="quasi-identifier"),
        "record_id": identifier(
            "The interview_id, file_id, panel_id, ccr_id or response_id it belongs to",
            required=False,
        ),
    },
)

code = Table(
    name="code",
    workbook=BOOK,
    row="one code of the codebook and what it is evidence for",
    key=("code_label",),
    optional=True,
    columns={
        "code_label": identifier("The code's name in the coding software", unique=True),
        "type": coded(
            "What the code marks",
            {
                "context": "Context",
                "mechanism": "Mechanism",
                "outcome": "Outcome",
                "barrier": "Barrier",
                "enabler": "Enabler",
                "process": "Process",
                "harm": "Harm done by services or by the support itself",
            },
            required=True,
            missing=(),
        ),
        "questions": coded("Questions it speaks to", QUESTIONS, multiple=True, missing=()),
        "domain": coded(
            "Domain of Contextual Safeguarding",
            {
                "D1": "Target the context",
                "D2": "Welfare lens",
                "D3": "Partnership with reach",
                "D4": "Measure contextually",
            },
        ),
        "marks_contrary": yes_no(
            "Given beside a mechanism, outcome or enabler that the passage speaks against",
            missing=(),
        ),
        "definition": text("When the code applies", role="measure"),
        "label_public": text(
            "Wording for readers; the name of a code without it is not shown", role="measure"
        ),
    },
)

configuration = Table(
    name="configuration",
    workbook=BOOK,
    row="one context-mechanism-outcome configuration that the team proposes",
    key=("cmo_id",),
    optional=True,
    columns={
        "cmo_id": identifier("Configuration", unique=True),
        "question": coded("Evaluation question", QUESTIONS, required=True, missing=()),
        "context_code": identifier("Code of the context", required=False),
        "mechanism_code": identifier("Code of the mechanism"),
        "outcome_code": identifier("Code of the outcome", required=False),
        "statement": text("The configuration in a sentence", role="measure"),
        "strength": coded(
            "The team's judgement",
            {"weak": "Weak", "moderate": "Moderate", "strong": "Strong"},
        ),
    },
)

theme = Table(
    name="theme",
    workbook=BOOK,
    row="one theme of the joint displays, declared with the codes that are evidence for it",
    key=("theme_id",),
    optional=True,
    columns={
        "theme_id": identifier(
            "Theme, as the chapters and the sheet 'judgement' name it", unique=True
        ),
        "question": coded("Evaluation question", QUESTIONS, required=True, missing=()),
        "label_public": text("The claim in words for readers", required=True, role="measure"),
        "codes": text(
            "Codes that speak to it, as the coding software names them, separated by ;",
            required=True,
            role="measure",
        ),
    },
)

quotation = Table(
    name="quotation",
    workbook=BOOK,
    row="one quotation that has been reviewed for publication",
    key=("quotation_id",),
    optional=True,
    columns={
        "quotation_id": identifier("Quotation", unique=True),
        "source_name": identifier("Document it comes from", refers="coded_source.source_name"),
        "code_label": identifier("Code it illustrates"),
        "direction": coded(
            "Supports the code's finding or speaks against it",
            {"supports": "Supports", "contrary": "Contrary"},
            required=True,
            missing=(),
        ),
        "text_final": text("Exact words, [brackets] where words are replaced", required=True),
        "text_sha256": identifier(
            "SHA-256 of the final words, set at the second review", pattern=r"^[0-9a-f]{64}$"
        ),
        "role_label": coded(
            "How the speaker is described",
            {
                "rr_worker": "R&R worker",
                "statutory_partner": "Statutory partner",
                "voluntary_partner": "Voluntary-sector partner",
                "training_delegate": "Training delegate",
                "young_person": "Young person",
            },
            required=True,
            missing=(),
        ),
        "reviewer_1": identifier("First reviewer, by initials or code"),
        "reviewer_2": identifier("Second reviewer, another person"),
        "reviewed_date": date("Day of the second review", required=True, role="measure"),
        "waiver": text("Words let through, and why", role="measure"),
    },
)

TABLES = (interview, coded_source, code, configuration, theme, quotation)
