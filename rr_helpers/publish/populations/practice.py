"""Practice: delegates of courses, seats at panels, case files."""

from functools import partial

import pandas as pd

from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import count_of, half_year, sector_group, yes_no
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values
from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.schema.training import WAVES

CAME = ("present", "sent_deputy")


def delegates(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a delegate of a course held in the window: sector, and when they answered."""
    courses = in_window(study["course"], "date", study.window(window_id))["course_id"]
    frame = study["delegate"]
    frame = frame[frame["course_id"].isin(courses)]
    answered = study["delegate_item"].dropna(subset=["response"])
    columns = {
        "sector": sector_group(frame["sector"]),
        "prior_training": label_values(
            frame["prior_training"], table="delegate", column="prior_training"
        ),
    }
    for wave, label in WAVES.items():
        who = set(answered.loc[answered["wave"] == wave, "delegate_id"])
        columns[f"answered: {label}"] = yes_no(frame["delegate_id"].isin(who))
    return count_of("delegates", pd.DataFrame(columns, index=frame.index))


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
