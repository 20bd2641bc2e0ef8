"""file_reviews.xlsx: reviews of voluntary-sector and statutory case files."""

from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.schema.columns import Table, coded, date, identifier, text, whole, yes_no

SECTIONS = {
    "referral": "referral",
    "assessment": "assessment",
    "plan": "plan",
    "recording": "recording",
    "closure": "closure",
}

file_review = Table(
    name="file_review",
    workbook="file_reviews.xlsx",
    row="one reading of one case file by one reviewer; a second reviewer's reading is a second row",
    key=("file_id", "reviewer"),
    subject="yp_id",
    subject_type="young_person",
    consent="link_files",
    dated="reviewed_date",
    columns={
        "file_id": identifier("Case file"),
        "yp_id": identifier("Young person"),
        "file_type": coded(
            "Whose file",
            {"VCS": "Voluntary sector", "statutory": "Statutory"},
            required=True,
            missing=(),
        ),
        "pair_id": identifier("Links the two files of one young person", required=False),
        "reviewer": identifier("Reviewer, by initials or code"),
        "is_second_review": yes_no("This is the second, independent reading", missing=()),
        "reviewed_date": date("Day of the reading", required=True, role="measure"),
        "period_start": date("First day the file covers"),
        "period_end": date("Last day the file covers"),
        "entries": whole("Entries in the file", 0, 5000, unit="entries"),
        **{
            f"complete_{key}": whole(f"Completeness of the {label}", 0, 3, unit="points")
            for key, label in SECTIONS.items()
        },
        **{
            f"recorded_{key}": whole(f"{label}: how well recorded", 0, 3, unit="points")
            for key, label in CONTEXTS.items()
        },
        **{f"assessed_{key}": yes_no(f"{label}: assessed") for key, label in CONTEXTS.items()},
        **{f"planned_{key}": yes_no(f"{label}: in the plan") for key, label in CONTEXTS.items()},
        "voice_of_young_person": whole("The young person's voice in the file", 0, 3, unit="points"),
        "parents_as_partners": whole("Parents treated as partners", 0, 3, unit="points"),
        "exploitation_named_date": date("Day the file first names exploitation"),
        "language": coded(
            "Language of the file",
            {"welfare": "Welfare", "mixed": "Mixed", "criminal": "Criminal"},
        ),
        "information_shared_with": text("Organisations information was shared with, by org_id"),
        "safety_change_physical": whole("Change in physical safety", -2, 2, unit="points"),
        "safety_change_relational": whole("Change in relational safety", -2, 2, unit="points"),
        "safety_change_psychological": whole(
            "Change in psychological safety", -2, 2, unit="points"
        ),
        "barriers": coded(
            "Barriers the file shows",
            {
                "capacity": "Capacity and waiting",
                "thresholds": "Thresholds",
                "data_sharing": "Sharing of information",
                "turnover": "Turnover of workers",
                "criminalisation": "Criminalising response",
                "age_18": "The eighteenth birthday",
                "funding": "Short funding",
            },
            multiple=True,
        ),
        "enablers": coded(
            "Enablers the file shows",
            {
                "trusted_adult": "A trusted adult",
                "coordination": "Coordination",
                "timely_sharing": "Timely sharing of information",
                "practical_help": "Practical help",
                "challenge": "Challenge and advocacy",
            },
            multiple=True,
        ),
    },
)

TABLES = (file_review,)
