"""What is true in the synthetic study: published figures it follows, and effects planted in it.

Each planted effect has a name, the place where it lives, its value, and the scale of the value, so
that a test can ask whether an analysis recovers it.
"""

from collections.abc import Mapping

import pandas as pd

from rr_helpers.study.synthetic import (
    case_contexts,
    episodes,
    file_reviews,
    panel_business,
    panels,
    places,
    referrals,
    responses,
    survey,
    ties,
    training,
    young_networks,
)

MARKER = "rr_helpers synthetic study, format 1"

# Published about the pilot: London.gov.uk press releases of 19 September 2019 and 30 September
# 2020; East London Advertiser; minutes of Barking and Dagenham's overview committee. The shares
# marked 'assumed' are this project's own, for want of a published figure.
CALIBRATION = {
    "referrals_Y1_SA": 568,
    "accepted_Y1_SA": 243,
    "referrals_2020_21": 593,
    "accepted_share_2020_21": 0.41,
    "engaged_share_of_accepted": 0.62,
    "reduced_or_ceased_share_reported_before_April_2020": 0.60,
    "reduced_or_ceased_share_reported_2020_21": 0.88,
    "male_share_of_referred": 0.83,
    "aged_15_to_18_share_of_referred": 0.70,
    "aged_11_to_14_share_of_referred (assumed)": 0.12,
    "aged_19_to_25_share_of_referred (assumed)": 0.18,
    "referral_sources (assumed)": referrals.SOURCES,
    "first_response_median_days_under_18 (assumed)": responses.RESPONSE_MEDIAN_DAYS,
    "borough_need_log_sd": places.NEED_LOG_SD,
}


def make_truth(seed, scale, *, tables, hidden: pd.DataFrame, asked) -> dict:
    """Return the truth of one study as plain values, ready for JSON."""
    consent = tables["consent"]
    withdrawn = consent.groupby(["subject_type", "withdrawal_scope"]).size()
    refused = consent[consent["consent_participate"] == "no"].groupby("subject_type").size()
    return {
        "synthetic_study": MARKER,
        "about": "Invented data. No row is about a person. Only names of boroughs are real.",
        "seed": seed,
        "scale": scale,
        "calibration": CALIBRATION,
        "planted": _planted(hidden, asked),
        "busy_borough_without_context_change": places.BUSY_BOROUGH,
        "recording_breaks": {
            "intelligence_moves_to_police": str(referrals.RECORDING_BREAK.date()),
            "new_closure_form": str(referrals.PANDEMIC.date()),
        },
        "withdrawn": {f"{kind}, {scope}": int(n) for (kind, scope), n in withdrawn.items()},
        "not_taking_part": {kind: int(n) for kind, n in refused.items()},
        "files_not_to_be_linked": int((consent["consent_link_files"] == "no").sum()),
        "rows": {name: len(frame) for name, frame in tables.items()},
    }


def _planted(hidden: pd.DataFrame, asked: survey.Survey) -> dict:
    engaged = hidden[hidden["engaged"]]
    before = engaged["received_date"] < referrals.PANDEMIC
    gain = survey.GAIN_SD * float(asked.asked_gain[asked.answered].mean())
    return {
        **_network(),
        **_training(),
        **_safeguarding(engaged, before, hidden),
        **_safety(gain),
    }


def _effect(table, columns, value, scale, note="") -> dict:
    effect = {"table": table, "columns": columns, "value": value, "scale": scale}
    return effect | ({"note": note} if note else {})


def _network() -> dict:
    return {
        "voluntary_sector_attends_panels_more": _effect(
            "panel_attendance", ["attended"], panels.VCS_LOGIT_STEP,
            "change in log-odds of attending per half-year, organisations of VCS_RR and VCS_other"),
        "direct_ties_form": _effect(
            "directed_tie", ["from_org_id", "to_org_id", "period_start"],
            list(ties.DIRECT_TIE_CHANCE),
            "chance of a direct information tie in each half-year, two members of one panel"),
        "coordinators_broker_less": _effect(
            "directed_tie", ["from_org_id", "to_org_id", "period_start"], "falls",
            "betweenness of RR_coordination organisations from half-year to half-year"),
        "actions_reach_contexts_more": _effect(
            "panel_action", ["level"], list(panel_business.LEVEL_2_SHARE),
            "share of actions at level 2, first and last half-year"),
        "networks_have_a_lead": _effect(
            "yp_network", ["lead_professional"], young_networks.LEAD_SHARE,
            "share of identified networks on which somebody leads"),
    }  # fmt: skip


def _training() -> dict:
    change = training.CONFIDENCE_CHANGE
    return {
        "confidence_rises_after_the_course": _effect(
            "delegate_item", ["response"], change["post"], "points of 1 to 5, post minus pre"),
        "confidence_decays_by_three_months": _effect(
            "delegate_item", ["response"], change["followup_3m"],
            "points of 1 to 5, followup_3m minus pre, among all delegates",
            "Those who gained more answer more often, so the answers show more than this."),
        "looking_back_lowers_the_start": _effect(
            "delegate_item", ["response"], change["retro_pre"],
            "points of 1 to 5, retro_pre minus pre (response shift)"),
        "vignette_score_rises": _effect(
            "delegate_test", ["vignette_recognise", "vignette_contextualise", "vignette_refer",
                              "vignette_non_criminalising"],
            round(training.VIGNETTE_SHARE["post"] - training.VIGNETTE_SHARE["pre"], 3),
            "change in the share of vignette items right, post minus pre"),
        "delegates_of_one_course_are_alike": _effect(
            "delegate_item", ["response"],
            round(training.COURSE_SD**2 / (training.COURSE_SD**2 + training.DELEGATE_SD**2
                                           + training.ANSWER_SD**2), 3),
            "intraclass correlation of one answer by course, before rounding"),
        "borough_refers_more_after_its_first_course": _effect(
            "borough_month", ["rr_referrals"], referrals.COURSE_RATE_RATIO,
            "rate ratio of a borough's monthly referrals from the lag on",
            f"Lag: {referrals.COURSE_LAG_MONTHS} months after the month of the first course; "
            "holds for referrals of every type."),
    }  # fmt: skip


def _safeguarding(engaged, before, hidden) -> dict:
    return {
        "response_is_slower_for_18_to_25": _effect(
            "safeguarding_response", ["started_date"], responses.RESPONSE_RATIO_18_TO_25,
            "ratio of median days from referral to first response, 18 to 25 against under 18"),
        "some_never_have_a_response": _effect(
            "safeguarding_response", ["resp_type"], responses.NEVER_SHARE,
            "share of referrals that no wait would bring to a response"),
        "outcome_definition_changed_not_outcomes": _effect(
            "episode", ["outcome_reported"],
            [round(float(engaged.loc[before, "better"].mean()), 3),
             round(float(engaged.loc[~before, "better"].mean()), 3)],
            "true share of engaged who reduced or ceased, referred before and from April 2020",
            "The shares reported are about 0.60 and 0.88: the new closure form counts more as "
            "reduced and leaves more endings without an outcome."),
        "not_engaged_do_worse": _effect(
            "episode", ["engagement_level", "outcome_reported"],
            [round(float(engaged["better"].mean()), 3),
             round(float(hidden.loc[~hidden["engaged"], "better"].mean()), 3)],
            "true share who reduced or ceased, engaged and not engaged",
            "Outcomes of the not engaged are mostly missing, and bad outcomes more often."),
        "rescue_goes_with_engagement": _effect(
            "episode", ["rescue", "engagement_level"], episodes.RESCUE_LOG_ODDS,
            "log-odds of engagement given a rescue"),
        "busy_borough_shows_no_context_change": _effect(
            "ccr_context", ["change_12m"],
            [case_contexts.CONTEXT_CHANGE, case_contexts.CONTEXT_CHANGE_BUSY_BOROUGH],
            "mean change in a context over 12 months, other boroughs and the busy borough",
            f"The busy borough is {places.BUSY_BOROUGH}."),
        "voluntary_files_carry_the_voice_more": _effect(
            "file_review", ["voice_of_young_person"], file_reviews.VOICE_VCS_MORE,
            "points of 0 to 3, voluntary-sector minus statutory files"),
    }  # fmt: skip


def _safety(gain: float) -> dict:
    columns = {key: [f"safe_before_{key}", f"safe_now_{key}"] for key in survey.GAIN}
    note = (
        f"Those who gained more answered more often: the answers show about {gain:+.2f} more, "
        "a little less near the ends of the scale."
    )
    gains = {
        f"safety_gain_{key}": _effect(
            "yp_survey", columns[key], value,
            "points of 1 to 5, now minus before, mean of all who engaged and could be asked", note)
        for key, value in survey.GAIN.items()
    }  # fmt: skip
    return gains | {
        "worker_in_the_room_lifts_answers": _effect(
            "yp_survey", ["worker_present", *survey.LIFTED_BY_WORKER], survey.WORKER_PRESENT_LIFT,
            "points on the latent answer about the support, worker present minus not",
            "Rounding and the upper end of the scale shrink it in the answers."),
    }  # fmt: skip


def is_truth_of_synthetic_study(content: Mapping) -> bool:
    """True where the content of a truth.json says that the folder is a synthetic study."""
    return isinstance(content, Mapping) and content.get("synthetic_study") == MARKER
