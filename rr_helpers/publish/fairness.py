"""Rows on who is accepted and who has a response, by sex and ethnic group: SENSITIVE.

What is estimated from them, and how, stands in the chapters.
"""

import pandas as pd

from rr_helpers.publish.populations.referrals import ethnic_group, response_times
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import NOT_KNOWN, label_values
from rr_helpers.study.schema.codes import SEX

LANGUAGE = {"welfare": 0, "mixed": 1, "criminal": 2}


def referred_for_intervention(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a referral for intervention received in the window whose borough is known.

    Columns: accepted (1 or 0), days and event as in `response_times`, age, borough, and sex and
    ethnic_group in words; where either is not known the row is kept and says so.
    """
    frame = in_window(study["referral"], "received_date", study.window(window_id))
    frame = frame[frame["referral_type"].eq("intervention")].dropna(subset=["residence_borough"])
    waits = response_times(study).reindex(frame["referral_id"])
    return pd.DataFrame(
        {
            "accepted": frame["decision"].eq("accepted").astype(int).to_numpy(),
            "days": waits["days"].to_numpy(),
            "event": pd.Categorical(waits["event"], ["response", "ended", "waiting"]),
            "age": frame["age_at_referral"].to_numpy(),
            "borough": frame["residence_borough"].to_numpy(),
            "sex": frame["sex"].map(SEX).fillna(NOT_KNOWN).to_numpy(),
            "ethnic_group": ethnic_group(frame["ethnicity_18"]).astype(str).to_numpy(),
        }
    )


def language_of_files(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a case file read up to the window's end (first readings): how it is written.

    Columns: person, file_type (in words), language (0 welfare, 1 mixed, 2 criminal).
    """
    frame = study["file_review"]
    frame = frame[frame["reviewed_date"] <= study.window(window_id).end]
    frame = frame[frame["is_second_review"] != "yes"].dropna(subset=["language"])
    return pd.DataFrame(
        {
            "person": frame["yp_id"],
            "file_type": label_values(
                frame["file_type"], table="file_review", column="file_type"
            ).astype(str),
            "language": frame["language"].map(LANGUAGE),
        }
    )
