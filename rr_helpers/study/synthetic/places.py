"""Where the synthetic study takes place: boroughs and organisations.

Only the names and codes of boroughs are real. Populations, need and everything else are invented.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic.chance import finish, generator, yes

FIRST_DAY, LAST_DAY = pd.Timestamp("2018-07-01"), pd.Timestamp("2021-06-30")
MONTHS = pd.date_range(FIRST_DAY, LAST_DAY, freq="MS")
HALF_YEARS = pd.DatetimeIndex([*MONTHS[::6]])

NEED_LOG_SD = 0.59
PROPENSITY_LOG_SD = 0.5
LEADS = ("E09000005", "E09000019", "E09000023", "E09000030")
INTERVIEW_SITES = ("E09000019", "E09000023", "E09000030")
CASE_REVIEW_SITES = (*LEADS, "E09000008", "E09000009", "E09000010", "E09000025")
PANEL_SITES = (*INTERVIEW_SITES, "E09000005", "E09000010", "E09000025")
BUSY_BOROUGH = "E09000010"
BUSY_BOROUGH_FACTOR = 2.0

SUB_REGIONS = {
    "north": (3, 7, 10, 12, 14, 19),
    "east": (1, 2, 16, 25, 26, 30, 31),
    "south": (4, 6, 8, 11, 21, 22, 23, 24, 27, 28, 29, 32),
    "west": (5, 9, 13, 15, 17, 18, 20, 33),
}
INNER = (1, 7, 12, 13, 14, 19, 20, 22, 23, 25, 28, 30, 32, 33)

BOROUGH_TEAMS = {"LA_CSC": "Children's social care", "LA_YOS": "Youth offending service"}
PANEL_TEAMS = {
    "LA_EH": "Early help",
    "LA_housing": "Housing",
    "LA_community_safety": "Community safety",
    "CAMHS": "Child and adolescent mental health",
    "health": "Community health",
}
PAN_LONDON = (
    ("RR-PROV-A", "R&R provider A", "VCS_RR"),
    ("RR-PROV-B", "R&R provider B (young women)", "VCS_RR"),
    ("RR-PROV-C", "R&R provider C", "VCS_RR"),
    ("RR-PICTURE", "R&R analysts", "RR_analyst"),
    ("POL-MPS", "Metropolitan Police", "police_MPS"),
    ("POL-COUNTY-1", "A county police force in the east", "police_other"),
    ("POL-COUNTY-2", "A county police force in the south", "police_other"),
    ("POL-BTP", "British Transport Police", "BTP"),
    ("PROB-LON", "Probation, London", "probation"),
    ("PRIS-YOI", "Young offender institutions", "prison"),
    ("HLTH-LON", "Hospital youth services", "health"),
    ("MISS-RHI", "Return-home interview provider", "VCS_other"),
    ("FUND-MOPAC", "MOPAC", "MOPAC"),
    ("UNI-EVAL", "The evaluators", "university"),
)


@dataclass(frozen=True)
class Places:
    """The boroughs and organisations, and the invented pull of each borough on referrals."""

    borough: pd.DataFrame
    organisation: pd.DataFrame
    pull: np.ndarray
    need: np.ndarray

    def organisations(self, *, sectors=None, borough=None) -> np.ndarray:
        """Return the org_ids of some sectors, of one borough, or both."""
        table = self.organisation
        keep = np.ones(len(table), bool)
        if sectors is not None:
            keep &= table["sector"].isin(sectors).to_numpy()
        if borough is not None:
            keep &= (table["borough_code"] == borough).to_numpy()
        return table["org_id"].to_numpy()[keep]

    def sector_of(self) -> dict[str, str]:
        """Return the sector of every organisation."""
        return dict(zip(self.organisation["org_id"], self.organisation["sector"], strict=True))


def make_places(seed: int) -> Places:
    """Return boroughs with invented populations, need and propensity to refer."""
    rng = generator(seed, "borough")
    numbers = np.arange(1, 34)
    population = np.round(rng.uniform(30_000, 92_000, 33), -2)
    population[0] = 700
    need = np.exp(NEED_LOG_SD * rng.standard_normal(33))
    pull = population * need * np.exp(PROPENSITY_LOG_SD * rng.standard_normal(33))
    codes = list(BOROUGHS)
    # Held to a high but believable share, so that the busy borough is busy under every seed.
    busy = codes.index(BUSY_BOROUGH)
    pull[busy] = BUSY_BOROUGH_FACTOR * pull.sum() / 33
    borough = finish(
        "borough",
        {
            "borough_code": codes,
            "inner_outer": np.where(np.isin(numbers, INNER), "inner", "outer"),
            "sub_region": [_sub_region(number) for number in numbers],
            "is_lead": yes([code in LEADS for code in codes]),
            "is_interview_site": yes([code in INTERVIEW_SITES for code in codes]),
            "is_case_review_site": yes([code in CASE_REVIEW_SITES for code in codes]),
            "population_under_18": population,
        },
    )
    return Places(borough, _organisations(), pull / pull.sum(), need)


def _sub_region(number: int) -> str:
    return next(name for name, members in SUB_REGIONS.items() if number in members)


def _organisations() -> pd.DataFrame:
    rows = [(*row, None) for row in PAN_LONDON]
    rows += [
        (f"RR-COORD-{region[0].upper()}", f"R&R coordination, {region.title()}", "RR_coordination",
         None)
        for region in SUB_REGIONS
    ]  # fmt: skip
    for code, name in BOROUGHS.items():
        teams = BOROUGH_TEAMS | (PANEL_TEAMS if code in PANEL_SITES else {})
        rows += [
            (f"{sector.removeprefix('LA_')[:4].upper()}-{code[-2:]}", f"{label}, {name}", sector,
             code)
            for sector, label in teams.items()
        ]  # fmt: skip
        rows.append((f"EDUC-{code[-2:]}", f"Schools and colleges, {name}", "education", code))
        if code in PANEL_SITES:
            rows += [
                (f"VCS{n}-{code[-2:]}", f"Voluntary organisation {n}, {name}", "VCS_other", code)
                for n in (1, 2, 3)
            ]
    return finish(
        "organisation",
        dict(
            zip(
                ("org_id", "org_name_public", "sector", "borough_code"),
                zip(*rows, strict=True),
                strict=True,
            )
        ),
    )
