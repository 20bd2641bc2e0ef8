"""case_reviews.xlsx: contextual case reviews in boroughs.

The items are this project's own, written in the spirit of the four domains of Contextual
Safeguarding; they are not the official tools.
"""

from rr_helpers.study.schema.codes import BOROUGHS, CONTEXTS, ETHNICITY
from rr_helpers.study.schema.columns import Table, coded, date, identifier, text, whole, yes_no

BOOK = "case_reviews.xlsx"

DOMAIN_ITEMS = {
    "D1_contexts_identified": "Contexts identified",
    "D1_contexts_assessed": "Contexts assessed",
    "D1_plan_targets_context": "The plan targets a context",
    "D1_conditions_named": "Social conditions named",
    "D1_peers_as_resource": "Peers treated as a source of safety",
    "D2_welfare_route": "Child protection or child in need route used",
    "D2_harm_named": "Exploitation named as harm",
    "D2_language": "Language does not criminalise",
    "D2_nrm_considered": "National Referral Mechanism considered",
    "D2_support_balanced": "Disruption balanced with support",
    "D3_reach_involved": "People with reach into the context involved",
    "D3_vcs_in_decisions": "Voluntary sector has a voice in decisions",
    "D3_cross_borough": "Link across boroughs made",
    "D3_information_shared": "Information shared lawfully and in time",
    "D3_people_involved": "Young people, families and community involved",
    "D4_goal_set": "Goal set for the context",
    "D4_baseline": "Baseline recorded",
    "D4_change_measured": "Change measured in the context",
    "D4_benefit_beyond": "Benefit to other young people",
    "D4_plan_changed": "Review changed the plan",
}

ROLES_OF_RR = {
    "none": "None",
    "consult": "Consultation",
    "intervention": "Intervention",
    "rescue": "Rescue",
    "analyst": "Analyst's picture",
    "training": "Training",
    "panel": "Panel",
}

# The four parts of a contribution claim, as the report may show them.
IN_PUBLIC = {
    "claim": "The claim",
    "rival": "What else could explain it",
    "for": "Evidence for the claim",
    "against": "Evidence against the claim",
}

ccr_case = Table(
    name="ccr_case",
    workbook=BOOK,
    row="one contextual case review",
    key=("ccr_id",),
    columns={
        "ccr_id": identifier("Case review", unique=True),
        "borough_code": coded("Borough", BOROUGHS, required=True, missing=()),
        "review_date": date("Day of the review", required=True, role="measure"),
        "reviewer_1": identifier("First reviewer, by initials or code"),
        "reviewer_2": identifier("Second reviewer", required=False),
        "case_type": coded(
            "What the case is",
            {"individual": "An individual", "peer_group": "A peer group", "location": "A place"},
            required=True,
            missing=(),
        ),
        "n_young_people": whole("Young people in the case", 0, 200, unit="people"),
        "n_adults_of_concern": whole("Adults of concern in the case", 0, 200, unit="people"),
        "period_start": date("First day the review covers"),
        "period_end": date("Last day the review covers"),
        "n_files": whole("Files read", 0, 100, unit="files"),
        "n_interviews": whole("Interviews held", 0, 100, unit="interviews"),
        "meeting_held": yes_no("A review meeting was held"),
        "rr_role": coded("What R&R did in the case", ROLES_OF_RR, multiple=True),
        "completeness": whole("Completeness of the evidence", 0, 3, unit="points"),
        "contribution_claim": text("What R&R is thought to have contributed"),
        "contribution_rating": whole(
            "Contribution: none, possible, likely, strong", 0, 3, unit="points"
        ),
        "rival_explanation": text("What else could explain it"),
        "evidence_for": text("Evidence for the claim"),
        "evidence_against": text("Evidence against the claim"),
        **{
            f"{key}_public": text(
                f"{what} in words that the report may show, without names and numbers; blank where "
                "it is not for the public",
                role="measure",
            )
            for key, what in IN_PUBLIC.items()
        },
    },
)

ccr_person = Table(
    name="ccr_person",
    workbook=BOOK,
    row="one person in a case review",
    key=("ccr_id", "person_id"),
    subject="person_id",
    subject_type="young_person",
    columns={
        "ccr_id": identifier("Case review", refers="ccr_case.ccr_id"),
        "person_id": identifier("Person"),
        "role": coded(
            "Role in the case",
            {
                "harmed": "Harmed",
                "harmed_and_harming": "Harmed, and harming others",
                "peer": "Peer",
                "sibling": "Brother or sister",
                "parent_carer": "Parent or carer",
                "adult_of_concern": "Adult of concern",
                "trusted_adult": "Trusted adult",
            },
            required=True,
            missing=(),
        ),
        "age_band": coded(
            "Age band",
            {
                "under_11": "Under 11",
                "11_14": "11 to 14",
                "15_17": "15 to 17",
                "18_25": "18 to 25",
                "over_25": "Over 25",
            },
            role="quasi-identifier",
        ),
        "sex": coded(
            "Sex as recorded",
            {"M": "Male", "F": "Female", "other": "Other"},
            role="quasi-identifier",
        ),
        "ethnicity": coded("Ethnic group, DfE codes", ETHNICITY, role="quasi-identifier"),
        "known_to": coded(
            "Services that knew the person",
            {
                "CSC": "Children's social care",
                "YOS": "Youth offending service",
                "police": "Police",
                "VCS": "Voluntary sector",
                "none": "None",
            },
            multiple=True,
        ),
    },
)

ccr_event = Table(
    name="ccr_event",
    workbook=BOOK,
    row="one event in a case",
    key=("ccr_id", "event_no"),
    columns={
        "ccr_id": identifier("Case review", refers="ccr_case.ccr_id"),
        "event_no": whole("Order within the case", 1, 1000, required=True),
        "event_date": date("Day of the event"),
        "event_type": coded(
            "Kind of event",
            {
                "harm": "Harm",
                "missing": "Missing",
                "arrest": "Arrest",
                "school_exclusion": "School exclusion",
                "placement_move": "Move of placement",
                "referral": "Referral",
                "panel": "Panel",
                "strategy": "Strategy discussion",
                "s47": "Section 47 enquiry",
                "nrm": "National Referral Mechanism",
                "context_action": "Action in a context",
                "rr_contact": "Contact with R&R",
                "closure": "Closure",
            },
            required=True,
            missing=(),
        ),
        "context": coded(
            "Where",
            {**CONTEXTS, "transport": "Travel and transport", "trap_location": "Trap location"},
        ),
        "opportunity": coded(
            "Was a reachable moment used",
            {
                "none": "Not a reachable moment",
                "missed": "Missed",
                "partly": "Partly",
                "taken": "Taken",
            },
        ),
        "evidence_ref": text("Where the evidence lies"),
    },
)

ccr_context = Table(
    name="ccr_context",
    workbook=BOOK,
    row="one context of one case; weights add to 100 within the case",
    key=("ccr_id", "context"),
    columns={
        "ccr_id": identifier("Case review", refers="ccr_case.ccr_id"),
        "context": coded("Context", CONTEXTS, required=True, missing=()),
        "harm_level": whole("Harm in the context", 0, 3, unit="points"),
        "safety_level": whole("Safety in the context", 0, 3, unit="points"),
        "weight": whole("Weight of the context in the case", 0, 100, unit="per cent"),
        "rank": whole("Which must change first", 1, 5),
        "assessed": yes_no("The context was assessed"),
        "plan_target": yes_no("The plan targets the context"),
        "response_delivered": yes_no("A response in the context was delivered"),
        "owner_org_id": identifier(
            "Organisation with the capacity to make it safer",
            refers="organisation.org_id",
            required=False,
        ),
        "change_12m": whole("Change over twelve months", -2, 2, unit="points"),
        "evidence_strength": whole("One source, two sources, triangulated", 1, 3, unit="points"),
    },
)

ccr_domain = Table(
    name="ccr_domain",
    workbook=BOOK,
    row="one rater's rating of one item of one case",
    key=("ccr_id", "item", "rater"),
    columns={
        "ccr_id": identifier("Case review", refers="ccr_case.ccr_id"),
        "item": coded("Item", DOMAIN_ITEMS, required=True, missing=()),
        "rater": coded(
            "Who rated",
            {"1": "First rater", "2": "Second rater", "agreed": "Agreed"},
            required=True,
            missing=(),
        ),
        "rating": whole("Red, amber-red, amber-green, green", 0, 3, unit="points"),
        "confidence": whole("Confidence in the rating", 1, 3, unit="points"),
        "evidence_text_ref": text("Where the evidence lies"),
    },
)

TABLES = (ccr_case, ccr_person, ccr_event, ccr_context, ccr_domain)
