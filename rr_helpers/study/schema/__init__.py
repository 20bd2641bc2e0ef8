"""The schema: every table the evaluators hand in, in the order in which workbooks list them."""

from rr_helpers.study.schema import (
    borough_series,
    case_reviews,
    consent,
    file_reviews,
    governance,
    interviews,
    panels,
    reference,
    referrals,
    training,
    yp_networks,
    yp_survey,
)
from rr_helpers.study.schema.columns import MISSING_CODES, Table

TABLES: dict[str, Table] = {
    table.name: table
    for module in (
        reference,
        consent,
        referrals,
        interviews,
        file_reviews,
        panels,
        training,
        yp_survey,
        case_reviews,
        yp_networks,
        governance,
        borough_series,
    )
    for table in module.TABLES
}

WORKBOOKS: dict[str, tuple[Table, ...]] = {
    workbook: tuple(table for table in TABLES.values() if table.workbook == workbook)
    for workbook in dict.fromkeys(table.workbook for table in TABLES.values())
}

__all__ = ["MISSING_CODES", "TABLES", "WORKBOOKS", "Table"]
