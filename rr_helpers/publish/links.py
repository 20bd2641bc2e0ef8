"""Which populations overlap: the release protects and attacks them as one."""

import pandas as pd

from rr_helpers.disclosure.linked import AT_MOST, EQUAL, Link
from rr_helpers.publish.populations.frames import quarter_name
from rr_helpers.study import Study


def release_links(study: Study, window_id: str) -> list[Link]:
    """Return what a reader knows of the counts of a window: its quarters are its referrals.

    Quarters that lie in the window whole add up to its referrals where they fill it, and to a part
    of them otherwise, kind by kind; a window without a whole quarter has no link.
    """
    window = study.window(window_id)
    quarters = pd.period_range(window.start, window.end, freq="Q")
    inside = [
        quarter
        for quarter in quarters
        if quarter.start_time >= window.start and quarter.end_time.normalize() <= window.end
    ]
    # Accepted is told twice of the same people, as a decision and as a step of the ladder.
    links = [
        Link(
            left=("referrals", [{"decision": "Accepted"}]),
            right=("referrals", [{"reached: Accepted": "Yes"}]),
        )
    ]
    received = study["referral"]["received_date"].dt.to_period("Q")
    named = [quarter_name(quarter) for quarter in inside if (received == quarter).any()]
    if not named:
        return links
    return [
        *links,
        Link(
            left=("referrals_by_quarter", [{"quarter": name} for name in named]),
            right=("referrals", [{}]),
            relation=EQUAL if len(inside) == len(quarters) else AT_MOST,
            by="type",
        ),
    ]
