"""Practice: delegates of courses and what they did next, seats at panels, case files."""

from functools import partial

import pandas as pd

from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import count_of, half_year, sector_group, yes_no
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values
from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.schema.training import REACTION_ITEMS, WAVES

CAME = ("present", "sent_deputy")
REACTIONS = {1: "Disagree", 2: "Disagree", 3: "In between", 4: "Agree", 5: "Agree"}
NO_ANSWER = "No answer"


def delegates(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a delegate of a course held in the window: sector, and when they answered."""
    courses = in_window(study["course"], "date", study.window(window_id))["course_id"]
    frame = study["delegate"]
    frame = frame[frame["course_id"].isin(courses)]
    answered = study["delegate_item"].dropna(subset=["response"])
    regions = study["borough"].set_index("borough_code")["sub_region"]
    columns = {
        "sector": sector_group(frame["sector"]),
        "sub_region": label_values(
            frame["borough_code"].map(regions), table="borough", column="sub_region"
        ),
        "prior_training": label_values(
            frame["prior_training"], table="delegate", column="prior_training"
        ),
    }
    for wave, label in WAVES.items():
        who = set(answered.loc[answered["wave"] == wave, "delegate_id"])
        columns[f"answered: {label}"] = yes_no(frame["delegate_id"].isin(who))
    for item, label in REACTION_ITEMS.items():
        said = answered[answered["item"] == item].groupby("delegate_id")["response"].last()
        columns[f"reaction: {label}"] = categories(
            frame["delegate_id"].map(said).map(REACTIONS),
            list(dict.fromkeys(REACTIONS.values())),
            missing=NO_ANSWER,
        )
    return count_of("delegates", pd.DataFrame(columns, index=frame.index))


def delegates_interviewed(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row an interview with a delegate, up to the window's end: what they did since."""
    frame = study["interview"]
    frame = frame[frame["kind"].eq("delegate") & (frame["date"] <= study.window(window_id).end)]
    made = frame["referrals_made_after"]
    referred = pd.Series(None, index=frame.index, dtype=object)
    referred[made.eq(0)], referred[made.gt(0)] = "None", "One or more"
    columns = {
        "used": label_values(
            frame["used_in_practice"], table="interview", column="used_in_practice"
        ),
        "referred": categories(referred, ["None", "One or more"]),
    }
    return count_of(
        "interviews with delegates since the pilot began", pd.DataFrame(columns, index=frame.index)
    )


def panel_places(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row an organisation invited to a panel, from the start to the end of the window."""
    end = study.window(window_id).end
    panels = study["panel"].set_index("panel_id")
    panels = panels[panels["date"] <= end]
    frame = study["panel_attendance"]
    frame = frame[frame["panel_id"].isin(panels.index) & frame["attended"].ne("not_invited")]
    halves = frame["panel_id"].map(panels["date"]).map(partial(half_year, until=end))
    columns = {
        "half_year": categories(halves, sorted(halves.unique()), missing=None),
        "sector": sector_group(
            frame["org_id"].map(study["organisation"].set_index("org_id")["sector"])
        ),
        "came: Present or a deputy": yes_no(frame["attended"].isin(CAME)),
    }
    return count_of("places at panels", pd.DataFrame(columns, index=frame.index))


def case_files(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a case file read in the window (first readings): contexts in plan, language."""
    frame = in_window(study["file_review"], "reviewed_date", study.window(window_id))
    frame = frame[frame["is_second_review"] != "yes"]
    columns = {
        "file_type": label_values(frame["file_type"], table="file_review", column="file_type"),
        "language": label_values(frame["language"], table="file_review", column="language"),
        **{
            f"planned: {label}": label_values(
                frame[f"planned_{key}"], table="file_review", column=f"planned_{key}"
            )
            for key, label in CONTEXTS.items()
        },
    }
    return count_of("case files", pd.DataFrame(columns, index=frame.index))
