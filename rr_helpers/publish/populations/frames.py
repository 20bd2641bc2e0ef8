"""What populations share: how a unit is put into words."""

import calendar

import pandas as pd

from rr_helpers.study.labels import categories

YES, NO = "Yes", "No"
SECTOR_GROUPS = {
    "RR_coordination": "R&R team",
    "RR_analyst": "R&R team",
    "VCS_RR": "Voluntary sector",
    "VCS_other": "Voluntary sector",
    "LA_CSC": "Children's services",
    "LA_YOS": "Children's services",
    "LA_EH": "Children's services",
    "LA_ASC": "Other council services",
    "LA_housing": "Other council services",
    "LA_community_safety": "Other council services",
    "police_MPS": "Police",
    "police_other": "Police",
    "BTP": "Police",
    "education": "Education and health",
    "health": "Education and health",
    "CAMHS": "Education and health",
    "probation": "Justice and others",
    "prison": "Justice and others",
    "MOPAC": "Justice and others",
    "university": "Justice and others",
}


def yes_no(truth: pd.Series) -> pd.Series:
    words = truth.fillna(False).astype(bool).map({True: YES, False: NO})
    return pd.Series(pd.Categorical(words, categories=[YES, NO], ordered=True), index=truth.index)


def count_of(noun: str, frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    frame.attrs["of"] = noun
    return frame


def age_group(age: pd.Series) -> pd.Series:
    bands = pd.cut(
        age, [0, 14, 17, 25, 200], labels=["14 and under", "15 to 17", "18 to 25", "Over 25"]
    )
    return categories(bands.astype(object), ["14 and under", "15 to 17", "18 to 25", "Over 25"])


def sector_group(sector: pd.Series) -> pd.Series:
    """Merge the schema's sectors into the few groups that are large enough to publish."""
    return categories(sector.map(SECTOR_GROUPS), list(dict.fromkeys(SECTOR_GROUPS.values())))


def half_year(day: pd.Timestamp, *, until: pd.Timestamp) -> str:
    """Name the half-year of a day, sortable: ``2019 Jan to Jun``.

    A half-year that is cut off by `until`, the last day looked at, is named by the months it has.
    """
    first, last = ("Jan", 6) if day.month <= 6 else ("Jul", 12)
    cut = until.year == day.year and first == ("Jan" if until.month <= 6 else "Jul")
    return f"{day.year} {first} to {calendar.month_abbr[until.month if cut else last]}"


def quarter_name(period: pd.Period) -> str:
    months = {1: "Jan to Mar", 2: "Apr to Jun", 3: "Jul to Sep", 4: "Oct to Dec"}
    return f"{period.year} {months[period.quarter]}"


def year_name(day: pd.Timestamp) -> str:
    """Name the year to 31 March that a day lies in: ``2020-21``."""
    first = day.year - (day.month < 4)
    return f"{first}-{(first + 1) % 100:02d}"
