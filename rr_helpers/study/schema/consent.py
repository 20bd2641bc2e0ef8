"""consent.xlsx: who agreed to what, and who has withdrawn."""

from rr_helpers.study.schema.columns import Table, coded, date, identifier, yes_no

consent = Table(
    name="consent",
    workbook="consent.xlsx",
    row="one person's consent",
    key=("subject_id",),
    columns={
        "subject_id": identifier("The person: a yp_id, participant_id or delegate_id", unique=True),
        "subject_type": coded(
            "Kind of person",
            {
                "young_person": "Young person",
                "practitioner": "Practitioner",
                "delegate": "Training delegate",
            },
            required=True,
            missing=(),
        ),
        "consent_participate": yes_no("Agreed to take part", required=True, missing=()),
        "consent_quote": yes_no("Agreed to be quoted", required=True, missing=()),
        "consent_link_files": yes_no("Agreed that files may be read and linked", missing=("NA",)),
        "consent_archive": yes_no("Agreed that data may be archived", missing=("NA",)),
        "consent_date": date("Day of consent", required=True),
        "withdrawn_date": date("Day of withdrawal; blank where there is none", missing=()),
        "withdrawal_scope": coded(
            "What the withdrawal covers",
            {
                "all": "Everything, past and future",
                "future": "Everything from the day of withdrawal on",
                "quotes": "Quotations only",
            },
            missing=(),
        ),
        "actioned_date": date("Day the withdrawal was carried out", missing=()),
    },
)

TABLES = (consent,)
