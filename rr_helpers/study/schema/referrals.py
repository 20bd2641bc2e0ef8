"""referrals.xlsx: referrals, episodes of support, safeguarding responses."""

from rr_helpers.study.schema.codes import (
    BOROUGHS,
    DFE_SOURCES,
    ETHNICITY,
    INDICATORS,
    REFERRAL_SOURCES,
    SEX,
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

BOOK = "referrals.xlsx"

referral = Table(
    name="referral",
    workbook=BOOK,
    row="one referral; a young person may be referred more than once",
    key=("referral_id",),
    subject="yp_id",
    subject_type="young_person",
    dated="received_date",
    columns={
        "referral_id": identifier("Referral", unique=True),
        "yp_id": identifier("Young person"),
        "received_date": date("Day the referral was received", required=True),
        "referral_type": coded(
            "What was asked for",
            {
                "intervention": "Intervention",
                "intelligence": "Intelligence only",
                "consultation": "Consultation",
            },
            required=True,
            missing=(),
        ),
        "referrer_org_id": identifier(
            "Organisation that referred", refers="organisation.org_id", required=False
        ),
        "referral_source": coded("Kind of referrer", REFERRAL_SOURCES),
        "dfe_source_code": coded("The referrer in the DfE's code set", DFE_SOURCES),
        "residence_borough": coded("Borough of residence", BOROUGHS, role="quasi-identifier"),
        "referring_borough": coded("Borough that referred", BOROUGHS, role="quasi-identifier"),
        "found_location_force": text("Police force area where the young person was found"),
        "age_at_referral": whole(
            "Age when referred", 0, 99, unit="years", required=True, role="quasi-identifier"
        ),
        "sex": coded("Sex as recorded", SEX, required=True, role="quasi-identifier"),
        "gender_identity": text("Gender identity, where told", role="quasi-identifier"),
        "ethnicity_18": coded("Ethnic group, DfE codes", ETHNICITY, role="quasi-identifier"),
        "disability": yes_no("Disability recorded", role="quasi-identifier"),
        "legal_status": coded(
            "Status with children's social care",
            {
                "none": "None",
                "CIN": "Child in need",
                "CP": "Child protection plan",
                "LAC": "Looked after",
                "care_leaver": "Care leaver",
                "adult": "Adult",
            },
            role="quasi-identifier",
        ),
        "eet_status": coded(
            "Education, employment or training",
            {"full_time": "Full time", "part_time": "Part time", "none": "None"},
        ),
        "criteria_met": coded(
            "Criteria for eligibility that were met",
            {
                "1": "Known or suspected involvement in a county line",
                "2": "Known or suspected association or coercion",
                "3": "Sexual exploitation, violence or control in that setting",
                "4": "Missing episodes suspected to be linked",
            },
            multiple=True,
        ),
        "indicators": coded("Signs of exploitation recorded", INDICATORS, multiple=True),
        "risk_level": coded(
            "Involvement known or suspected", {"suspected": "Suspected", "known": "Known"}
        ),
        "missing_90d": whole("Missing episodes in the 90 days before", 0, 90, unit="episodes"),
        "nrm_status": coded(
            "National Referral Mechanism",
            {
                "not_considered": "Not considered",
                "considered_no": "Considered, not referred",
                "referred": "Referred",
                "positive_RG": "Positive, reasonable grounds",
                "positive_CG": "Positive, conclusive grounds",
                "negative": "Negative",
            },
        ),
        "triage_date": date("Day of triage"),
        "decision": coded(
            "Decision on the referral",
            {
                "accepted": "Accepted",
                "not_eligible": "Not eligible",
                "other_support_in_place": "Other support in place",
                "intelligence_only": "Intelligence only",
                "waiting_list": "Waiting list",
                "declined_by_yp": "Declined by the young person",
                "duplicate": "Duplicate",
            },
        ),
        "decision_date": date("Day of the decision"),
        "provider_org_id": identifier(
            "Provider that took the referral", refers="organisation.org_id", required=False
        ),
        "repeat_of": identifier(
            "Earlier referral of the same young person",
            refers="referral.referral_id",
            required=False,
        ),
    },
)

ACTIVITY = {
    "none": "None",
    "suspected": "Suspected",
    "occasional": "Occasional",
    "regular": "Regular",
    "controlled": "Controlled by others",
}

episode = Table(
    name="episode",
    workbook=BOOK,
    row="one episode of support that followed an accepted referral",
    key=("episode_id",),
    columns={
        "episode_id": identifier("Episode", unique=True),
        "referral_id": identifier("Referral it followed", refers="referral.referral_id"),
        "allocated_date": date("Day a worker was allocated"),
        "first_contact_attempt": date("Day of the first attempt at contact"),
        "first_meaningful_contact": date("Day of the first meaningful contact"),
        "engagement_level": coded(
            "Engagement",
            {
                "none": "None",
                "attempted": "Attempted",
                "partial": "Partial",
                "sustained": "Sustained",
            },
        ),
        "n_sessions": whole("Sessions held", 0, 500, unit="sessions"),
        "hours": number("Hours of direct work", 0, 2000, unit="hours"),
        "rescue": yes_no("The young person was collected from elsewhere"),
        "rescue_date": date("Day of the rescue"),
        "rescue_force": text("Police force area of the rescue"),
        "hours_to_collect": number("Hours until collected", 0, 240, unit="hours"),
        "closed_date": date("Day the episode closed; blank while open", missing=()),
        "closure_reason": coded(
            "Why it closed",
            {
                "completed": "Completed",
                "disengaged": "Disengaged",
                "custody": "Custody",
                "moved": "Moved away",
                "turned_25": "Turned 25",
                "transferred": "Transferred",
                "died": "Died",
                "open": "Still open",
            },
        ),
        "cl_activity_start": coded("County-lines activity at the start", ACTIVITY),
        "cl_activity_close": coded("County-lines activity at closure", ACTIVITY),
        "outcome_reported": coded(
            "Change in county-lines activity as reported",
            {
                "ceased": "Ceased",
                "reduced": "Reduced",
                "same": "Unchanged",
                "increased": "Increased",
            },
        ),
        "outcome_source": coded(
            "Who reported the outcome",
            {
                "worker": "Worker",
                "yp": "Young person",
                "file": "Case file",
                "police": "Police",
            },
        ),
        "eet_close": coded(
            "Education, employment or training at closure",
            {"full_time": "Full time", "part_time": "Part time", "none": "None"},
        ),
        "missing_90d_close": whole("Missing episodes in the last 90 days", 0, 90, unit="episodes"),
        "accommodation_close": coded(
            "Accommodation at closure", {"safe": "Safe", "unsafe": "Unsafe", "none": "None"}
        ),
        "safety_physical": whole("Physical safety, rated by the worker", 0, 10, unit="points"),
        "safety_relational": whole("Relational safety, rated by the worker", 0, 10, unit="points"),
        "safety_psychological": whole(
            "Psychological safety, rated by the worker", 0, 10, unit="points"
        ),
    },
)

safeguarding_response = Table(
    name="safeguarding_response",
    workbook=BOOK,
    row="one safeguarding response, or 'none' where the file shows there was none",
    key=("resp_id",),
    subject="yp_id",
    subject_type="young_person",
    dated="started_date",
    columns={
        "resp_id": identifier("Response", unique=True),
        "yp_id": identifier("Young person"),
        "referral_id": identifier("Referral it followed", refers="referral.referral_id"),
        "resp_type": coded(
            "Kind of response",
            {
                "mash_decision": "Decision at the front door",
                "assessment": "Assessment",
                "strategy": "Strategy discussion",
                "s47": "Section 47 enquiry",
                "cin": "Child in need plan",
                "cp_conference": "Child protection conference",
                "cp_plan": "Child protection plan",
                "lac": "Looked after",
                "maps_panel": "Panel",
                "context_plan": "Plan for a context",
                "peer_assessment": "Peer-group assessment",
                "nrm": "National Referral Mechanism",
                "adult_safeguarding": "Adult safeguarding",
                "relocation": "Relocation",
                "disruption": "Disruption",
                "none": "None",
            },
            required=True,
            missing=(),
        ),
        "level": coded(
            "Level of the response",
            {"1": "Level 1: individual or family", "2": "Level 2: the context itself"},
        ),
        "requested_date": date("Day it was asked for"),
        "started_date": date("Day it started"),
        "completed_date": date("Day it was completed"),
        "lead_org_id": identifier(
            "Organisation that led it", refers="organisation.org_id", required=False
        ),
        "ended_without": coded(
            "What ended the wait where no response came",
            {
                "closed": "Referral closed",
                "turned_18": "Turned 18",
                "moved": "Moved away",
                "custody": "Custody",
            },
        ),
        "ended_date": date("Day the wait ended without a response"),
    },
)

TABLES = (referral, episode, safeguarding_response)
