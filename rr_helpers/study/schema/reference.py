"""reference.xlsx: boroughs, organisations, reporting windows, events, the analysis plan."""

from rr_helpers.study.schema.borough_series import LICENCES
from rr_helpers.study.schema.codes import (
    BOROUGHS,
    QUESTIONS,
    SAFETY_CONTEXTS,
    SECTORS,
    SUB_REGIONS,
)
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

BOOK = "reference.xlsx"

borough = Table(
    name="borough",
    workbook=BOOK,
    row="one London borough",
    key=("borough_code",),
    columns={
        "borough_code": coded(
            "Borough, by its official code", BOROUGHS, required=True, missing=(), role="identifier"
        ),
        "inner_outer": coded(
            "Inner or outer London", {"inner": "Inner London", "outer": "Outer London"}, missing=()
        ),
        "sub_region": coded(
            "The pilot's sub-region",
            SUB_REGIONS,
            required=True,
            missing=(),
            role="quasi-identifier",
        ),
        "is_lead": yes_no("One of the boroughs that lead the pilot", missing=()),
        "is_interview_site": yes_no(
            "One of the boroughs where partners are interviewed", missing=()
        ),
        "is_case_review_site": yes_no(
            "One of the boroughs with contextual case reviews", missing=()
        ),
        "population_under_18": whole("Residents under 18", 0, 200_000, unit="people", missing=()),
    },
)

organisation = Table(
    name="organisation",
    workbook=BOOK,
    row="one organisation that takes part in the network",
    key=("org_id",),
    columns={
        "org_id": identifier("Organisation", unique=True),
        "org_name_public": text(
            "Name as it may be used in public", required=True, role="identifier"
        ),
        "sector": coded("Sector", SECTORS, required=True, missing=()),
        "borough_code": coded(
            "Borough it serves; blank where it serves all of London",
            BOROUGHS,
            missing=(),
            role="quasi-identifier",
        ),
    },
)

window = Table(
    name="window",
    workbook=BOOK,
    row="one reporting window; windows may overlap and are never added together",
    key=("window_id",),
    columns={
        "window_id": identifier("Window", unique=True),
        "label": text("Name for readers", required=True, role="measure"),
        "start": date("First day", required=True, role="measure"),
        "end": date("Last day", required=True, role="measure"),
        "note": text("Anything a reader should know of it", role="measure"),
    },
)

event = Table(
    name="event",
    workbook=BOOK,
    row="one event that time charts must mark",
    key=("date", "label"),
    columns={
        "date": date("Day it took effect", required=True, role="measure"),
        "label": text("Name for readers", required=True, role="measure"),
        "type": coded(
            "Kind of event",
            {
                "policy": "Policy",
                "covid": "Pandemic",
                "data_break": "Break in recording",
                "funding": "Funding",
                "training_rollout": "Roll-out of training",
            },
            required=True,
            missing=(),
        ),
        "affects": text("The series it affects", role="measure"),
    },
)

analysis_plan = Table(
    name="analysis_plan",
    workbook=BOOK,
    row="one planned analysis",
    key=("plan_id",),
    columns={
        "plan_id": identifier("Planned analysis", unique=True),
        "date": date("Day it was written down", required=True, role="measure"),
        "question": coded("Evaluation question", QUESTIONS, required=True, missing=()),
        "outcome": text("Outcome", required=True, role="measure"),
        "model": text("Method", required=True, role="measure"),
        "rank": coded(
            "Primary, secondary or exploratory",
            {"primary": "Primary", "secondary": "Secondary", "exploratory": "Exploratory"},
            required=True,
            missing=(),
        ),
        "family": text("Family within which results are adjusted", role="measure"),
    },
)

judgement = Table(
    name="judgement",
    workbook=BOOK,
    row="the team's judgement on one row of a joint display or of the triangulation, in one window",
    key=("display_id", "window_id"),
    optional=True,
    columns={
        "display_id": identifier(
            "Row of a joint display, by its theme; with -methods behind it, of the triangulation"
        ),
        "window_id": identifier("Window", refers="window.window_id"),
        "call": coded(
            "How numbers and words relate",
            {
                "agreement": "Agreement",
                "partial": "Partial agreement",
                "silence": "Silence: only one of them speaks",
                "dissonance": "Dissonance",
            },
            required=True,
            missing=(),
        ),
        "inference": text("What they say together, without numbers", required=True, role="measure"),
        "reason": text("Why the team judged so, without numbers", role="measure"),
        "confidence": coded(
            "How sure the team is of what it makes of both",
            {"high": "High", "moderate": "Moderate", "low": "Low", "very_low": "Very low"},
            missing=(),
        ),
        "judged_date": date("Day of the judgement", required=True, role="measure"),
    },
)

benchmark = Table(
    name="benchmark",
    workbook=BOOK,
    row="one figure of a published survey, to stand beside the young people's own",
    key=("context",),
    optional=True,
    columns={
        "context": coded("Where", SAFETY_CONTEXTS, required=True, missing=()),
        "share_safe": number("Share who feel safe, as published", 0, 100, unit="per cent"),
        "who": text("Who was asked, and when", required=True, role="measure"),
        "source": text("Publisher and publication", required=True, role="measure"),
        "licence": coded(
            "Licence under which it may be shown", LICENCES, required=True, missing=()
        ),
    },
)

TABLES = (borough, organisation, window, event, analysis_plan, judgement, benchmark)
