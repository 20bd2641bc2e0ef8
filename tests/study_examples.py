"""A tiny study without faults, which the tests of the study room write and then damage."""

from pathlib import Path

import pandas as pd

from rr_helpers.results import quotation_digest
from rr_helpers.study import write_workbook
from rr_helpers.study.schema import TABLES, WORKBOOKS
from rr_helpers.study.schema.codes import CONTEXTS

ISLINGTON, HACKNEY = "E09000019", "E09000012"
QUOTED = "They came and they [listened]."


def rows(table: str, *records: dict) -> pd.DataFrame:
    """Return a frame of a table from records; columns that no record names are blank."""
    return pd.DataFrame(list(records)).reindex(columns=list(TABLES[table].columns))


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def consent_row(subject_id: str, subject_type: str, **changes) -> dict:
    return {
        "subject_id": subject_id,
        "subject_type": subject_type,
        "consent_participate": "yes",
        "consent_quote": "yes",
        "consent_link_files": "yes",
        "consent_date": day("2019-01-10"),
        **changes,
    }


def study_frames() -> dict[str, pd.DataFrame]:
    """Return the tables of a small study that has no error."""
    return {**_reference(), **_referrals(), **_interviews(), **_observations(), **_answers()}


def _reference() -> dict[str, pd.DataFrame]:
    people = [consent_row(f"YP-{n:03d}", "young_person") for n in (1, 2, 3)]
    people += [consent_row(f"PR-{n:03d}", "practitioner") for n in (1, 2)]
    people += [consent_row(f"DE-{n:03d}", "delegate") for n in (1, 2)]
    return {
        "borough": rows(
            "borough",
            {"borough_code": ISLINGTON, "inner_outer": "inner", "sub_region": "north"},
            {"borough_code": HACKNEY, "inner_outer": "inner", "sub_region": "north"},
        ),
        "organisation": rows(
            "organisation",
            {"org_id": "ORG-01", "org_name_public": "A provider", "sector": "VCS_RR"},
            {"org_id": "ORG-02", "org_name_public": "A council", "sector": "LA_CSC"},
        ),
        "window": rows(
            "window",
            {
                "window_id": "eval_Y1",
                "label": "First year",
                "start": day("2018-09-01"),
                "end": day("2019-08-31"),
            },
            {
                "window_id": "eval_Y2",
                "label": "Second year",
                "start": day("2019-09-01"),
                "end": day("2020-08-31"),
            },
        ),
        "event": rows(
            "event",
            {"date": day("2020-03-23"), "label": "First lockdown", "type": "covid"},
        ),
        "analysis_plan": rows(
            "analysis_plan",
            {
                "plan_id": "P1",
                "date": day("2019-01-01"),
                "question": "Q2",
                "outcome": "Confidence",
                "model": "Paired dominance",
                "rank": "primary",
            },
        ),
        "consent": rows("consent", *people),
    }


def _referrals() -> dict[str, pd.DataFrame]:
    def referral(number, yp, received, **more):
        return {
            "referral_id": f"REF-{number:03d}",
            "yp_id": yp,
            "received_date": day(received),
            "referral_type": "intervention",
            "referral_source": "csc",
            "referrer_org_id": "ORG-02",
            "residence_borough": ISLINGTON,
            "referring_borough": ISLINGTON,
            "age_at_referral": 15,
            "sex": "M",
            **more,
        }

    accepted = {"decision": "accepted", "provider_org_id": "ORG-01"}
    return {
        "referral": rows(
            "referral",
            referral(1, "YP-001", "2019-02-01", **accepted, triage_date=day("2019-02-03")),
            referral(2, "YP-002", "2019-03-01", **accepted, indicators="missing; debt"),
            referral(3, "YP-003", "2019-10-01", decision="not_eligible", missing_90d=2),
            referral(4, "YP-001", "2020-01-01", decision="duplicate", repeat_of="REF-001"),
        ),
        "episode": rows(
            "episode",
            {
                "episode_id": "EP-001",
                "referral_id": "REF-001",
                "allocated_date": day("2019-02-10"),
                "first_meaningful_contact": day("2019-02-20"),
                "engagement_level": "sustained",
                "n_sessions": 12,
                "hours": 20.5,
                "rescue": "yes",
                "rescue_force": "Norfolk",
                "closed_date": day("2019-08-01"),
            },
            {"episode_id": "EP-002", "referral_id": "REF-002", "rescue": "no"},
        ),
        "safeguarding_response": rows(
            "safeguarding_response",
            {
                "resp_id": "RESP-001",
                "yp_id": "YP-001",
                "referral_id": "REF-001",
                "resp_type": "strategy",
                "level": "1",
                "started_date": day("2019-02-12"),
            },
        ),
    }


def _interviews() -> dict[str, pd.DataFrame]:
    def source(name, method, person, kind, stakeholder, record):
        return {
            "source_name": name,
            "method": method,
            "participant_id": person,
            "subject_type": kind,
            "stakeholder": stakeholder,
            "date": day("2019-05-01"),
            "record_id": record,
        }

    def interview(number, person, kind):
        return {
            "interview_id": f"INT-{number:03d}",
            "participant_id": person,
            "kind": kind,
            "date": day("2019-05-01"),
            "duration_min": 45,
        }

    return {
        "interview": rows(
            "interview", interview(1, "PR-001", "staff"), interview(2, "PR-002", "partner")
        ),
        "coded_source": rows(
            "coded_source",
            source("Int_1", "interview_staff", "PR-001", "practitioner", "rr_staff", "INT-001"),
            source("Int_2", "interview_partner", "PR-002", "practitioner", "statutory", "INT-002"),
            source("File_1", "file_vcs", "YP-001", "young_person", "records", "FILE-001"),
            source("Panel_1", "panel_observation", None, "meeting", "records", "PAN-001"),
        ),
        "code": rows("code", {"code_label": "brokerage", "type": "mechanism"}),
        "configuration": rows(
            "configuration", {"cmo_id": "TN2", "question": "Q1", "mechanism_code": "brokerage"}
        ),
        "quotation": rows(
            "quotation",
            {
                "quotation_id": "QUO-001",
                "source_name": "Int_1",
                "code_label": "brokerage",
                "direction": "supports",
                "text_final": QUOTED,
                "text_sha256": quotation_digest(QUOTED),
                "role_label": "rr_worker",
                "reviewer_1": "RA",
                "reviewer_2": "RB",
                "reviewed_date": day("2020-06-01"),
            },
        ),
    }


def _observations() -> dict[str, pd.DataFrame]:
    def reading(file_id, yp, kind, reviewer, second="no"):
        return {
            "file_id": file_id,
            "yp_id": yp,
            "file_type": kind,
            "pair_id": "PAIR-1",
            "reviewer": reviewer,
            "is_second_review": second,
            "reviewed_date": day("2020-02-01"),
            "safety_change_relational": -1,
        }

    weights = dict(zip(CONTEXTS, (10, 30, 20, 30, 10), strict=True))
    return {
        "file_review": rows(
            "file_review",
            reading("FILE-001", "YP-001", "VCS", "RA"),
            reading("FILE-001", "YP-001", "VCS", "RB", "yes"),
            reading("FILE-002", "YP-001", "statutory", "RA"),
        ),
        "panel": rows(
            "panel",
            {"panel_id": "PAN-001", "borough_code": ISLINGTON, "date": day("2019-06-01")},
        ),
        "panel_attendance": rows(
            "panel_attendance",
            {"panel_id": "PAN-001", "org_id": "ORG-01", "attended": "present", "n_turns": 4},
        ),
        "panel_case": rows(
            "panel_case",
            {"panel_id": "PAN-001", "case_seq": 1, "yp_id": "YP-002", "unit": "individual"},
            {"panel_id": "PAN-001", "case_seq": 2, "unit": "location"},
        ),
        "panel_action": rows(
            "panel_action",
            {"action_id": "ACT-1", "panel_id": "PAN-001", "owner_org_id": "ORG-01"},
        ),
        "panel_rating": rows(
            "panel_rating",
            {"panel_id": "PAN-001", "observer": "RA", "item": "challenge", "rating": 2},
        ),
        "ccr_case": rows(
            "ccr_case",
            {
                "ccr_id": "CCR-1",
                "borough_code": HACKNEY,
                "review_date": day("2020-05-01"),
                "reviewer_1": "RA",
                "case_type": "peer_group",
            },
        ),
        "ccr_person": rows(
            "ccr_person", {"ccr_id": "CCR-1", "person_id": "YP-003", "role": "harmed"}
        ),
        "ccr_event": rows("ccr_event", {"ccr_id": "CCR-1", "event_no": 1, "event_type": "missing"}),
        "ccr_context": rows(
            "ccr_context",
            *({"ccr_id": "CCR-1", "context": c, "weight": w} for c, w in weights.items()),
        ),
        "ccr_domain": rows(
            "ccr_domain",
            {"ccr_id": "CCR-1", "item": "D1_contexts_identified", "rater": "1", "rating": 2},
        ),
        "meeting": rows(
            "meeting", {"meeting_id": "MEE-1", "type": "strategic", "date": day("2019-09-01")}
        ),
        "meeting_attendance": rows(
            "meeting_attendance", {"meeting_id": "MEE-1", "org_id": "ORG-02", "attended": "present"}
        ),
        "meeting_action": rows(
            "meeting_action",
            {
                "action_id": "MAC-1",
                "meeting_id": "MEE-1",
                "owner_org_id": "ORG-02",
                "topic": "Share the analyst's picture",
            },
        ),
        "briefing": rows("briefing", {"briefing_id": "BRI-1", "date": day("2019-09-01")}),
    }


def _answers() -> dict[str, pd.DataFrame]:
    return {
        "course": rows(
            "course",
            {"course_id": "COU-1", "title": "Breaking the Cycle", "date": day("2019-04-01")},
        ),
        "delegate": rows(
            "delegate",
            {"delegate_id": "DE-001", "course_id": "COU-1", "org_id": "ORG-02"},
            {"delegate_id": "DE-002", "course_id": "COU-1"},
        ),
        "delegate_item": rows(
            "delegate_item",
            *(
                {"delegate_id": d, "wave": w, "item": "confident_refer", "response": r}
                for d, w, r in (
                    ("DE-001", "pre", 2),
                    ("DE-001", "post", "NR"),
                    ("DE-002", "pre", "PNTS"),
                    ("DE-002", "post", 4),
                )
            ),
        ),
        "delegate_test": rows(
            "delegate_test", {"delegate_id": "DE-001", "wave": "pre", "knowledge_right": 5}
        ),
        "yp_invited": rows(
            "yp_invited",
            {"yp_id": "YP-001", "invited_date": day("2019-07-01"), "outcome": "completed"},
            {"yp_id": "YP-002", "invited_date": day("2019-07-01"), "outcome": "declined"},
        ),
        "yp_survey": rows(
            "yp_survey",
            {
                "response_id": "RES-1",
                "yp_id": "YP-001",
                "wave": "exit",
                "date": day("2019-07-02"),
                "safe_now_home": 4,
                "safe_before_home": "PNTS",
                "text_better": "My worker came when I called.",
            },
        ),
    }


def write_study_folder(folder: Path, frames: dict[str, pd.DataFrame] | None = None) -> Path:
    """Write the workbooks of a study, with a folder for coded material, and return the folder."""
    frames = study_frames() if frames is None else frames
    folder.mkdir(parents=True, exist_ok=True)
    for workbook, tables in WORKBOOKS.items():
        if workbook != "borough_year.xlsx":
            names = {table.name for table in tables}
            write_workbook(folder / workbook, {n: f for n, f in frames.items() if n in names})
    (folder / "qualitative").mkdir(exist_ok=True)
    (folder / "qualitative" / "interviews.qdpx").write_bytes(b"stands for a coded project")
    return folder
