"""The populations whose counts are published: one row a unit, only categories, nobody's key.

Each function takes the gated study, the coded evidence and one reporting window, and returns a
frame of ordered categoricals in which missing is a category of its own, so that every table of
counts adds up to its population. `attrs["of"]` says what is counted.
"""

from rr_helpers.publish.populations.evidence import (
    cells,
    coded_passages,
    coded_sources,
    coded_speakers,
    consents,
    reading_issues,
    warnings,
)
from rr_helpers.publish.populations.governance import board_actions, board_places
from rr_helpers.publish.populations.network import (
    network_members,
    panel_actions,
    panel_cases,
    reachable_moments,
    review_contexts,
    sector_ties,
    young_networks,
)
from rr_helpers.publish.populations.practice import (
    case_files,
    delegates,
    delegates_interviewed,
    panel_places,
)
from rr_helpers.publish.populations.referrals import (
    referrals,
    referrals_by_quarter,
    referrals_by_year,
    responses,
)
from rr_helpers.publish.populations.survey import survey_invited, survey_responses

POPULATIONS = {
    function.__name__: function
    for function in (
        referrals,
        referrals_by_quarter,
        referrals_by_year,
        responses,
        survey_invited,
        survey_responses,
        delegates,
        delegates_interviewed,
        panel_places,
        sector_ties,
        panel_cases,
        panel_actions,
        reachable_moments,
        young_networks,
        network_members,
        review_contexts,
        board_places,
        board_actions,
        case_files,
        coded_sources,
        coded_speakers,
        coded_passages,
        cells,
        consents,
        reading_issues,
        warnings,
    )
}
