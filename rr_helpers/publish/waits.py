"""How soon a safeguarding response came: rows and estimates, SENSITIVE until protected."""

from collections.abc import Sequence

import pandas as pd

from rr_helpers.publish.edition import Edition
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats import cox, cumulative_incidence, kaplan_meier

OF = "referrals for intervention"
RESPONSE, WAITING = "response", "waiting"


def waits_in_window(edition: Edition) -> pd.DataFrame:
    """Return the window's referrals for intervention without duplicates, and how long they waited.

    Columns of the sheet 'referral'; days and event (see `response_times`); age, sex and part of
    London in words, blank where it is not known or of another kind.
    """
    frame = edition.waits_for_response()
    frame = frame[frame["in_window"] & frame["decision"].ne("duplicate")]
    boroughs = edition.rows("borough").set_index("borough_code")["inner_outer"]
    age = frame["age_at_referral"]
    return frame.assign(
        age=age.lt(18).map({True: "Under 18", False: "18 to 25"}).where(age.le(25)),
        sex=frame["sex"].map({"M": "Male", "F": "Female"}),
        part=frame["residence_borough"]
        .map(boroughs)
        .map({"inner": "Inner London", "outer": "Outer London"}),
    )


def responses_within(
    waits: pd.DataFrame, days: Sequence[int], *, by: str = "", event: str = RESPONSE
) -> pd.DataFrame:
    """Return the share whose wait ended in `event` by each day: rows days, columns groups.

    by: a column of `waits`; without it there is one column. Aalen-Johansen: a wait that ended
    another way is not counted as waiting. Boroughs are the clusters.
    """
    groups = dict(list(waits.groupby(by))) if by else {"All": waits}
    order = sorted(groups, key=lambda name: -len(groups[name]))
    return pd.DataFrame(
        {name: _within(groups[name], days, event) for name in order},
        index=[f"{day} days" for day in days],
    )


def _within(rows: pd.DataFrame, days: Sequence[int], event: str) -> list[Estimate]:
    shared = {"n": len(rows), "of": OF, "unit": "%", "events": 0}
    if not rows["event"].eq(event).any():
        reason = "no wait ended that way"
        return [not_estimable(reason, method="Aalen-Johansen", **shared)] * len(days)
    kinds = rows["event"].map({WAITING: 0, event: 1}).fillna(2).astype(int)
    found = cumulative_incidence(
        rows["days"], kinds, at=days, clusters=rows["residence_borough"], of=OF
    )
    return [found[day] for day in days]


def without_response(waits: pd.DataFrame, day: int) -> Estimate:
    """Return the share without a response by a day, had nothing else ended the wait.

    Kaplan-Meier, with waits that ended another way as no longer followed: it supposes that they
    would have been answered like the others.
    """
    happened, boroughs = waits["event"].eq(RESPONSE), waits["residence_borough"]
    return kaplan_meier(waits["days"], happened, at=[day], clusters=boroughs, of=OF)[day]


def response_hazards(waits: pd.DataFrame) -> dict[str, Estimate]:
    """Return how soon a response came by age, sex and part of London, each at the same of the rest.

    Hazard ratios of Cox's model for the response; above one means sooner. Boroughs are clusters.
    """
    terms = {
        "From eighteen on, against under eighteen": ("age", "18 to 25"),
        "Female, against male": ("sex", "Female"),
        "Outer London, against inner": ("part", "Outer London"),
    }
    rows = waits.dropna(subset=["age", "sex", "part"])
    frame = pd.DataFrame(
        {column: rows[column].eq(value).astype(int) for column, value in terms.values()}
    ).assign(
        days=rows["days"] + 0.5,  # a response on the day of referral is one all the same
        came=rows["event"].eq(RESPONSE),
        borough=rows["residence_borough"],
    )
    found = cox(frame, "days ~ age + sex + part", event="came", clusters="borough", of=OF)
    return {label: found[column] for label, (column, _) in terms.items()}
