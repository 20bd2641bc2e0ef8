"""Referrals: who was referred, how far they came, how long a response took."""

import pandas as pd

from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import (
    age_group,
    count_of,
    quarter_name,
    year_name,
    yes_no,
)
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values

STAGES = (
    "Referred",
    "Referred for intervention",
    "Accepted",
    "Engaged",
    "Outcome known",
    "Activity reduced or ceased",
)
# The same ladder by year, with what makes its last step: who told the outcome, and of whom.
YEARLY_STAGES = (
    "Referred for intervention",
    "Accepted",
    "Engaged",
    "Engaged, support ended",
    "Outcome known",
    "Outcome told by the worker",
    "Activity reduced or ceased",
)
OUTCOMES = ("Reduced or ceased", "Unchanged or increased", "Not known", "Support goes on")
NOT_ACCEPTED = "Not accepted"
ENGAGED = ("partial", "sustained")
IMPROVED = ("ceased", "reduced")
KNOWN_OUTCOMES = (*IMPROVED, "same", "increased")
# The five groups of the census, from the DfE's codes; refused and not yet obtained are not known.
ETHNIC_GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "O": "Other"}
CODED_APART = {"CHNE": "Asian", "REFU": None, "NOBT": None}
RESPONSE_BANDS = {
    "Within 14 days": (0, 14),
    "15 to 28 days": (15, 28),
    "29 to 90 days": (29, 90),
    "After 90 days": (91, 10_000),
}
ENDED_OTHERWISE, NO_RESPONSE = "None: the wait ended another way", "None recorded so far"


def referrals(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a referral received in the window: who, from where, how far it went."""
    frame = in_window(study["referral"], "received_date", study.window(window_id))
    return count_of("referrals", _referral_columns(study, frame))


def referrals_by_quarter(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a referral received from the start of the pilot to the end of the window."""
    frame = study["referral"]
    frame = frame[frame["received_date"] <= study.window(window_id).end]
    quarter = frame["received_date"].dt.to_period("Q")
    order = [quarter_name(period) for period in sorted(quarter.dropna().unique())]
    columns = {
        "quarter": categories(quarter.map(quarter_name), order, missing=None),
        "type": label_values(frame["referral_type"], table="referral", column="referral_type"),
    }
    return count_of("referrals since the pilot began", pd.DataFrame(columns, index=frame.index))


def referrals_by_year(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a referral since the pilot began, by year to 31 March: how far it came."""
    frame = study["referral"]
    frame = frame[frame["received_date"] <= study.window(window_id).end]
    year, reached = frame["received_date"].map(year_name), _reached(study, frame)
    columns = {
        "year": categories(year, sorted(year.unique()), missing=None),
        **{f"reached: {stage}": yes_no(reached[stage]) for stage in YEARLY_STAGES},
    }
    return count_of("referrals since the pilot began", pd.DataFrame(columns, index=frame.index))


def responses(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a safeguarding response that began in the window: its kind, level, and whose it is.

    A referral may have several.
    """
    frame = in_window(study["safeguarding_response"], "started_date", study.window(window_id))
    frame = frame[frame["resp_type"].ne("none")]
    ages = study["referral"].set_index("referral_id")["age_at_referral"]
    table = "safeguarding_response"
    kind = label_values(frame["resp_type"], table=table, column="resp_type")
    columns = {
        "kind": kind.cat.remove_categories(["None"]),
        "level": label_values(frame["level"], table=table, column="level"),
        "age_group": age_group(frame["referral_id"].map(ages)),
    }
    return count_of("safeguarding responses", pd.DataFrame(columns, index=frame.index))


def _reached(study: Study, frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Which referrals reached each step of the ladders."""
    episodes = study["episode"].drop_duplicates("referral_id").set_index("referral_id")
    engagement, outcome, source = (
        frame["referral_id"].map(episodes[name])
        for name in ("engagement_level", "outcome_reported", "outcome_source")
    )
    accepted = frame["decision"].eq("accepted")
    engaged = accepted & engagement.isin(ENGAGED)
    known = engaged & outcome.isin(KNOWN_OUTCOMES)
    return {
        "Referred": pd.Series(True, index=frame.index),
        "Referred for intervention": frame["referral_type"].eq("intervention"),
        "Accepted": accepted,
        "Engaged": engaged,
        "Engaged, support ended": engaged
        & frame["referral_id"].map(episodes["closed_date"]).notna(),
        "Outcome known": known,
        "Outcome told by the worker": known & source.eq("worker"),
        "Activity reduced or ceased": engaged & outcome.isin(IMPROVED),
    }


def _outcome(study: Study, frame: pd.DataFrame, engaged: pd.Series) -> dict[str, pd.Series]:
    """What came of the support, and whether the young person engaged with it."""
    episodes = study["episode"].drop_duplicates("referral_id").set_index("referral_id")
    reported = frame["referral_id"].map(episodes["outcome_reported"])
    accepted = frame["decision"].eq("accepted")
    outcome = pd.Series(OUTCOMES[2], index=frame.index, dtype=object)
    outcome[reported.isin(IMPROVED)] = OUTCOMES[0]
    outcome[reported.isin(set(KNOWN_OUTCOMES) - set(IMPROVED))] = OUTCOMES[1]
    outcome[reported.eq("NA")] = OUTCOMES[3]
    outcome[~accepted] = NOT_ACCEPTED
    engagement = engaged.map({True: "Engaged", False: "Not engaged"})
    engagement[~accepted] = NOT_ACCEPTED
    return {
        "outcome": categories(outcome, [*OUTCOMES, NOT_ACCEPTED], missing=None),
        "engagement": categories(
            engagement, ["Engaged", "Not engaged", NOT_ACCEPTED], missing=None
        ),
    }


def _referral_columns(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    reached = _reached(study, frame)
    boroughs = study["borough"].set_index("borough_code")
    region = frame["residence_borough"].map(boroughs["sub_region"])
    columns = {
        "sex": label_values(frame["sex"], table="referral", column="sex"),
        "age_group": age_group(frame["age_at_referral"]),
        "ethnic_group": ethnic_group(frame["ethnicity_18"]),
        "source": label_values(
            frame["referral_source"], table="referral", column="referral_source"
        ),
        "type": label_values(frame["referral_type"], table="referral", column="referral_type"),
        "decision": label_values(frame["decision"], table="referral", column="decision"),
        "borough": label_values(
            frame["residence_borough"], table="referral", column="residence_borough"
        ),
        "sub_region": label_values(region, table="borough", column="sub_region"),
        "inner_outer": label_values(
            frame["residence_borough"].map(boroughs["inner_outer"]),
            table="borough",
            column="inner_outer",
        ),
        "response": _response_band(study, frame),
        **_outcome(study, frame, reached["Engaged"]),
        **{f"reached: {stage}": yes_no(reached[stage]) for stage in STAGES},
    }
    return pd.DataFrame(columns, index=frame.index)


def ethnic_group(codes: pd.Series) -> pd.Series:
    """Merge the DfE's ethnic codes into the five groups of the census; the rest is not known."""
    groups = codes.str[0].map(ETHNIC_GROUPS).where(~codes.isin(list(CODED_APART)))
    return categories(
        groups.fillna(codes.map(CODED_APART)), list(dict.fromkeys(ETHNIC_GROUPS.values()))
    )


def _response_band(study: Study, frame: pd.DataFrame) -> pd.Series:
    waits = response_times(study).reindex(frame["referral_id"])
    band = pd.Series(NO_RESPONSE, index=frame.index, dtype=object)
    days, event = waits["days"].to_numpy(), waits["event"].to_numpy()
    for name, (low, high) in RESPONSE_BANDS.items():
        band[(event == "response") & (days >= low) & (days <= high)] = name
    band[event == "ended"] = ENDED_OTHERWISE
    return categories(band, [*RESPONSE_BANDS, ENDED_OTHERWISE, NO_RESPONSE], missing=None)


def response_times(study: Study) -> pd.DataFrame:
    """Return days from referral to the first safeguarding response, one row a referral.

    Columns: days (from the day of referral), event (``response``, ``ended`` where the wait ended
    another way, ``waiting`` where neither had happened by the last day on record), indexed by
    referral_id. A response dated before the referral counts as day 0.
    """
    received = study["referral"].set_index("referral_id")["received_date"]
    responses = study["safeguarding_response"]
    started = (
        responses[responses["resp_type"] != "none"].groupby("referral_id")["started_date"].min()
    )
    ended = responses.groupby("referral_id")["ended_date"].min()
    last_day = max(received.max(), responses["started_date"].max(), responses["ended_date"].max())
    frame = pd.DataFrame({"received": received, "started": started, "ended": ended}).loc[
        received.index
    ]
    event = pd.Series("waiting", index=frame.index).mask(frame["ended"].notna(), "ended")
    event = event.mask(frame["started"].notna(), "response")
    until = frame["started"].fillna(frame["ended"]).fillna(last_day)
    days = (until - frame["received"]).dt.days.clip(lower=0)
    return pd.DataFrame({"days": days, "event": event})
