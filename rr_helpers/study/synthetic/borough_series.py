"""Series by borough: monthly returns counted from the other tables, and invented yearly figures."""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic.chance import finish, generator
from rr_helpers.study.synthetic.panels import VOLUNTARY
from rr_helpers.study.synthetic.places import MONTHS, Places

YEARS = (2018, 2019, 2020, 2021, 2022)
LONDON_LEVEL = {
    "gangs": (3100, 3600, 4100, 3500, 3100),
    "cse": (3100, 2900, 2900, 2650, 2700),
    "missing": (2900, 3050, 3150, 2600, 2700),
    "trafficking": (460, 570, 690, 670, 550),
}
YEAR_LOG_SD, DISPERSION = 0.25, 0.15
NOT_AVAILABLE_BOROUGH, NOT_AVAILABLE_YEARS = "E09000012", (2021, 2022)
SOURCE = "Synthetic: invented"


def make_borough_year(seed: int, places: Places) -> pd.DataFrame:
    """Return invented yearly figures; 1 to 5 is marked c, one borough is marked x for two years."""
    rng = generator(seed, "borough_year")
    population = places.borough["population_under_18"].to_numpy()
    share = population * places.need
    share = share / share.sum()
    frames = []
    for series, levels in LONDON_LEVEL.items():
        drift = np.exp(YEAR_LOG_SD * rng.standard_normal((33, len(YEARS))).cumsum(axis=1) / 2)
        mean = share[:, None] * np.array(levels) * drift
        value = rng.poisson(mean * rng.gamma(1 / DISPERSION, DISPERSION, mean.shape))
        frames.append(_long(series, value.astype(float)))
    growth = population[:, None] * (1 + 0.004 * np.arange(-1, 4))
    frames.append(_long("population_under_18", np.rint(growth)))
    table = pd.concat(frames, ignore_index=True)
    counted = table["series"] != "population_under_18"
    small = counted & table["value"].between(1, 5)
    absent = counted & (table["borough_code"] == NOT_AVAILABLE_BOROUGH)
    absent &= table["year"].isin(NOT_AVAILABLE_YEARS)
    table["mark"] = np.select([absent, small], ["x", "c"], default=None)
    table["value"] = table["value"].where(~(absent | small))
    return finish("borough_year", table.assign(source=SOURCE, licence="invented"))


def _long(series: str, values: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(values, index=list(BOROUGHS), columns=list(YEARS))
    frame = frame.rename_axis("borough_code").reset_index()
    return frame.melt(id_vars="borough_code", var_name="year").assign(series=series)


def make_borough_month(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the monthly returns of every borough, counted from the tables of the study."""
    index = pd.MultiIndex.from_product([list(BOROUGHS), MONTHS], names=["borough_code", "month"])
    referral = tables["referral"]
    course = tables["course"]
    delegate = tables["delegate"].merge(course[["course_id", "borough_host", "date"]])
    sector = tables["organisation"].set_index("org_id")["sector"]
    seat = tables["panel_attendance"]
    seat = seat[seat["org_id"].map(sector).isin(VOLUNTARY)]
    seat = seat[seat["attended"].isin(["present", "sent_deputy"])]
    seat = seat.merge(tables["panel"][["panel_id", "borough_code", "date"]])

    def by_month(borough, date):
        keys = [borough.rename("borough_code"), _month(date).rename("month")]
        return borough.groupby(keys).size().reindex(index, fill_value=0)

    def referrals(kind):
        rows = referral[referral["referral_type"] == kind]
        return by_month(rows["referring_borough"], rows["received_date"])

    frame = pd.DataFrame(
        {
            "rr_referrals": referrals("intervention"),
            "rr_intelligence": referrals("intelligence"),
            "courses": by_month(course["borough_host"], course["date"]),
            "delegates": by_month(delegate["borough_host"], delegate["date"]),
            "vcs_panel_attendances": by_month(seat["borough_code"], seat["date"]),
        }
    ).reset_index()
    return finish("borough_month", frame.assign(covid_stage=_stage(frame["month"])))


def _month(dates: pd.Series) -> pd.Series:
    return dates.dt.to_period("M").dt.to_timestamp()


def _stage(month: pd.Series) -> np.ndarray:
    lockdown = month.isin(pd.to_datetime(["2020-04-01", "2020-05-01", "2020-11-01", "2021-01-01",
                                          "2021-02-01", "2021-03-01"]))  # fmt: skip
    return np.select(
        [month < "2020-04-01", lockdown, month < "2021-07-01"],
        ["before", "lockdown", "restrictions"],
        default="after",
    )
