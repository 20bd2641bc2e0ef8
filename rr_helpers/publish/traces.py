"""Rows from which the traces of the programme theory are read: SENSITIVE.

What is estimated from them, and how, stands in the chapters.
"""

import pandas as pd

from rr_helpers.publish.populations.referrals import ENGAGED, response_times
from rr_helpers.study import Study

A_YEAR = 365.25


def panel_ratings(study: Study, window_id: str) -> pd.DataFrame:
    """Return the observers' mean rating of each item at each panel, up to the window's end.

    Columns: item (its label), rating, borough_code, years (since the first panel observed),
    visits (the borough and quarter, within which panels resemble one another).
    """
    panels = study["panel"][["panel_id", "date", "borough_code"]]
    frame = study["panel_rating"].dropna(subset=["rating"]).merge(panels, on="panel_id")
    frame = frame[frame["date"] <= study.window(window_id).end]
    frame = frame.astype({"rating": float})
    frame = frame.groupby([*panels, "item"], as_index=False)["rating"].mean()
    frame["years"] = (frame["date"] - frame["date"].min()).dt.days / A_YEAR
    frame["visits"] = frame["borough_code"] + " " + frame["date"].dt.to_period("Q").astype(str)
    return frame.drop(columns=["panel_id", "date"])


def waits_for_response(study: Study, window_id: str) -> pd.DataFrame:
    """Return the referrals for intervention up to the window's end, with how long they waited.

    Columns of the sheet 'referral', days and event as in `response_times`, and consulted (a
    consultation on the same young person came before), away (found outside London), in_window.
    """
    window, frame = study.window(window_id), study["referral"]
    asked = frame[frame["referral_type"].eq("consultation")].groupby("yp_id")["received_date"].min()
    frame = frame[
        frame["referral_type"].eq("intervention") & (frame["received_date"] <= window.end)
    ]
    frame = frame.join(response_times(study), on="referral_id")
    return frame.assign(
        consulted=frame["yp_id"].map(asked) < frame["received_date"],
        away=frame["found_location_force"].notna(),
        in_window=frame["received_date"] >= window.start,
    )


def engagement(study: Study, window_id: str) -> pd.DataFrame:
    """Return the episodes that followed a referral up to the window's end.

    Columns: engaged and rescued (noughts and ones), residence_borough. Without those whose borough
    is not known.
    """
    referrals = study["referral"]
    referrals = referrals[referrals["received_date"] <= study.window(window_id).end]
    frame = study["episode"].merge(
        referrals[["referral_id", "residence_borough"]], on="referral_id"
    )
    frame = frame.dropna(subset=["residence_borough"])
    return frame[["residence_borough"]].assign(
        engaged=frame["engagement_level"].isin(ENGAGED).astype(int),
        rescued=frame["rescue"].eq("yes").astype(int),
    )
