"""The young people's survey: who could have been asked, what they answered."""

import pandas as pd

from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import age_group, count_of
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values
from rr_helpers.study.schema.codes import SAFETY_CONTEXTS
from rr_helpers.study.schema.yp_survey import PSYCHOLOGICAL_ITEMS, RELATIONAL_ITEMS, SERVICE_ITEMS

SAFETY = {1: "Unsafe", 2: "Unsafe", 3: "In between", 4: "Safe", 5: "Safe"}
NO_ANSWER = "Does not apply or no answer"
SAID = {1: "Disagree", 2: "Disagree", 3: "In between", 4: "Agree", 5: "Agree"}
SAFETY_CHANGES = ("Safer", "The same", "Less safe")


def survey_invited(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a young person who could have been asked in the window: the frame of the survey."""
    frame = in_window(study["yp_invited"], "invited_date", study.window(window_id))
    table = "yp_invited"
    columns = {
        "outcome": label_values(frame["outcome"], table=table, column="outcome"),
        "sex": label_values(frame["sex"], table=table, column="sex"),
        "engagement": label_values(
            frame["engagement_level"], table=table, column="engagement_level"
        ),
        "age_group": age_group(frame["age"]),
    }
    return count_of(
        "young people who could have been asked", pd.DataFrame(columns, index=frame.index)
    )


def survey_responses(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a completed survey in the window: safety by context, before and now."""
    frame = in_window(study["yp_survey"], "date", study.window(window_id))
    columns = {
        "wave": label_values(frame["wave"], table="yp_survey", column="wave"),
        "worker_present": label_values(
            frame["worker_present"], table="yp_survey", column="worker_present"
        ),
    }
    for key, label in SAFETY_CONTEXTS.items():
        before, now = frame[f"safe_before_{key}"], frame[f"safe_now_{key}"]
        for time, rating in (("before", before), ("now", now)):
            columns[f"safe_{time}: {label}"] = categories(
                rating.map(SAFETY), list(dict.fromkeys(SAFETY.values())), missing=NO_ANSWER
            )
        columns[f"safety_change: {label}"] = categories(
            _direction(before, now), list(SAFETY_CHANGES), missing=NO_ANSWER
        )
    for key, label in {**RELATIONAL_ITEMS, **PSYCHOLOGICAL_ITEMS, **SERVICE_ITEMS}.items():
        columns[f"said: {label}"] = categories(
            frame[key].map(SAID), list(dict.fromkeys(SAID.values())), missing=NO_ANSWER
        )
    return count_of("survey answers", pd.DataFrame(columns, index=frame.index))


def _direction(before: pd.Series, now: pd.Series) -> pd.Series:
    direction = pd.Series(None, index=before.index, dtype=object)
    direction[now > before], direction[now == before], direction[now < before] = SAFETY_CHANGES
    return direction
