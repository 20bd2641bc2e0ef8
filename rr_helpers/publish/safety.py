"""Rows on young people's safety, their own view beside others': SENSITIVE.

What is estimated from them, and how, stands in the chapters.
"""

import pandas as pd

from rr_helpers.study import SAFETY_CONTEXTS, Study, in_window
from rr_helpers.study.schema.yp_survey import PSYCHOLOGICAL_ITEMS, RELATIONAL_ITEMS, SERVICE_ITEMS

ENGAGED_FULLY = "sustained"
# A higher answer to these is worse; they are turned round before they are averaged.
TURNED_ROUND = ("worry_threats",)
ABOUT_THE_SUPPORT = ("worker_stands_by", *SERVICE_ITEMS)
LOWEST, HIGHEST, WORKERS_HIGHEST = 1, 5, 10
DIMENSIONS = {
    "physical": "Physical: in places and with others",
    "relational": "Relational: people who stand by me",
    "psychological": "Psychological: in control, hopeful, without threats",
}


def survey_answers(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a survey answered up to the window's end, so that few answers tell more.

    Columns: person, wave, worker_present (1 or 0, blank where not known), support (mean of what is
    said about the support, points of 1 to 5).
    """
    frame = study["yp_survey"]
    frame = frame[frame["date"] <= study.window(window_id).end]
    return pd.DataFrame(
        {
            "person": frame["yp_id"].fillna(frame["response_id"]),
            "wave": frame["wave"],
            "worker_present": frame["worker_present"].map({"yes": 1.0, "no": 0.0}),
            "support": frame[list(ABOUT_THE_SUPPORT)].mean(axis="columns"),
        }
    )


def asked_about_safety(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row everyone who could be asked in the window, with the change told if any.

    Columns: sustained (1 or 0), age and female (0.5 where not known), and change_… for each context
    (points of 1 to 5, now minus before; blank where not told). Answers that are not to be linked
    are blank here.
    """
    asked = in_window(study["yp_invited"], "invited_date", study.window(window_id))
    asked = asked.sort_values("invited_date", kind="stable")
    told = study["yp_survey"].dropna(subset=["yp_id"]).sort_values("date", kind="stable")
    linked = pd.merge_asof(
        asked, told, left_on="invited_date", right_on="date", by="yp_id", direction="forward"
    )
    done = linked["outcome"].eq("completed")
    columns = {
        "sustained": linked["engagement_level"].eq(ENGAGED_FULLY).astype(float),
        "female": linked["sex"].map({"F": 1.0, "M": 0.0}).fillna(0.5),
        "age": linked["age"].fillna(linked["age"].median()),
    }
    for key in SAFETY_CONTEXTS:
        change = linked[f"safe_now_{key}"] - linked[f"safe_before_{key}"]
        columns[f"change_{key}"] = change.where(done)
    return pd.DataFrame(columns)


def own_and_workers_ratings(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a survey and dimension, where the young person's worker rated it at closure.

    Columns: person, dimension (in words), own (mean of the items of the dimension), worker; both
    from 0 to 10. Surveys and closures up to the window's end.
    """
    end = study.window(window_id).end
    people = study["referral"].set_index("referral_id")["yp_id"]
    closed = study["episode"][study["episode"]["closed_date"] <= end]
    rated = [f"safety_{key}" for key in DIMENSIONS]
    closed = closed.assign(yp_id=closed["referral_id"].map(people)).sort_values("closed_date")
    closed = closed.dropna(subset=rated, how="all").drop_duplicates("yp_id", keep="last")
    survey = study["yp_survey"]
    survey = survey[survey["date"] <= end].merge(closed[["yp_id", *rated]], on="yp_id")
    turned = {name: LOWEST + HIGHEST - survey[name] for name in TURNED_ROUND}
    survey = survey.assign(**turned)
    items = {
        "physical": [f"safe_now_{key}" for key in SAFETY_CONTEXTS],
        "relational": list(RELATIONAL_ITEMS),
        "psychological": list(PSYCHOLOGICAL_ITEMS),
    }
    parts = []
    for key, label in DIMENSIONS.items():
        own = survey[items[key]].mean(axis="columns")
        own = (own - LOWEST) / (HIGHEST - LOWEST) * WORKERS_HIGHEST
        part = {"person": survey["yp_id"], "dimension": label, "own": own}
        parts.append(pd.DataFrame({**part, "worker": survey[f"safety_{key}"]}))
    return pd.concat(parts, ignore_index=True).dropna(subset=["own", "worker"])


def safety_in_files(study: Study, window_id: str) -> pd.DataFrame:
    """Return a row a case file read in the window and dimension: the change that it tells.

    Columns: person, dimension (in words), change (points of -2 to 2). First readings only.
    """
    frame = in_window(study["file_review"], "reviewed_date", study.window(window_id))
    frame = frame[frame["is_second_review"] != "yes"]
    parts = [
        pd.DataFrame(
            {
                "person": frame["yp_id"],
                "dimension": label,
                "change": frame[f"safety_change_{key}"],
            }
        )
        for key, label in DIMENSIONS.items()
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset=["change"])
