"""borough_year.xlsx: series by borough, from published statistics and from monthly returns."""

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.schema.columns import Table, coded, date, text, whole

BOOK = "borough_year.xlsx"

PUBLISHED = {
    "gangs": "Assessments with the factor 'gangs'",
    "cse": "Assessments with the factor 'child sexual exploitation'",
    "missing": "Assessments with the factor 'missing'",
    "trafficking": "Assessments with the factor 'trafficking'",
    "population_under_18": "Residents under 18",
}

LICENCES = {
    "OGL": "Open Government Licence",
    "invented": "none: invented for testing",
}

borough_year = Table(
    name="borough_year",
    workbook=BOOK,
    row="one published figure for one borough in one year to 31 March",
    key=("borough_code", "year", "series"),
    optional=True,
    columns={
        "borough_code": coded("Borough", BOROUGHS, required=True, missing=(), role="identifier"),
        "year": whole("Year to 31 March", 2010, 2040, required=True),
        "series": coded("Published series", PUBLISHED, required=True, missing=()),
        "value": whole("Figure as published; blank where there is a mark", 0, 500_000, missing=()),
        "mark": coded(
            "Mark in place of a figure",
            {"c": "Suppressed by the publisher", "x": "Not available"},
            missing=(),
        ),
        "source": text("Publication it comes from", required=True, role="measure"),
        "licence": coded(
            "Licence under which it may be shown", LICENCES, required=True, missing=()
        ),
    },
)

borough_month = Table(
    name="borough_month",
    workbook=BOOK,
    row="one borough in one month",
    key=("borough_code", "month"),
    optional=True,
    columns={
        "borough_code": coded("Borough", BOROUGHS, required=True, missing=()),
        "month": date("First day of the month", required=True, role="measure"),
        "rr_referrals": whole("Referrals for intervention", 0, 1000, unit="referrals"),
        "rr_intelligence": whole("Referrals of intelligence", 0, 1000, unit="referrals"),
        "courses": whole("Courses held", 0, 100, unit="courses"),
        "delegates": whole("Delegates trained", 0, 2000, unit="delegates"),
        "vcs_panel_attendances": whole(
            "Attendances of the voluntary sector at panels", 0, 500, unit="attendances"
        ),
        "covid_stage": coded(
            "Stage of the pandemic",
            {
                "before": "Before",
                "lockdown": "Lockdown",
                "restrictions": "Restrictions",
                "after": "After",
            },
            missing=(),
        ),
    },
)

TABLES = (borough_year, borough_month)
