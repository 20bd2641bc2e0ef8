"""Panels: which were held, who came and who spoke.

The voluntary sector comes more often from half-year to half-year.
"""

import numpy as np
import pandas as pd

from rr_helpers.study.synthetic.chance import (
    count,
    finish,
    generator,
    identifiers,
    later,
    pick,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.panel_business import make_actions, make_cases, make_ratings
from rr_helpers.study.synthetic.places import (
    HALF_YEARS,
    INTERVIEW_SITES,
    PANEL_SITES,
    SUB_REGIONS,
    Places,
)

PANELS_A_HALF_YEAR = {True: 2, False: 1}
VCS_LOGIT_START, VCS_LOGIT_STEP = -0.75, 0.30
STATUTORY_ATTENDANCE, COORDINATOR_ATTENDANCE = 0.78, 0.85
PANEL_SD = 0.3
PAN_LONDON_MEMBERS = (
    "POL-MPS", "PROB-LON", "RR-PROV-A", "RR-PROV-B", "RR-PROV-C", "RR-PICTURE", "MISS-RHI",
)  # fmt: skip
VOLUNTARY = ("VCS_RR", "VCS_other")
TURNS = {"LA_CSC": 26, "police_MPS": 17, "LA_YOS": 12, "education": 9}


def make_panels(seed: int, scale: float, places: Places, referrals: pd.DataFrame) -> dict:
    """Return the five panel tables, panels of six boroughs over six half-years.

    Panels of the interview boroughs are observed (turns, ratings); of the others only minutes
    were read, so what is spoken is blank there.
    """
    panel, half = _panels(seed, scale)
    attendance = _attendance(seed, panel, half, places)
    return {
        "panel": panel,
        "panel_attendance": attendance,
        "panel_case": make_cases(seed, panel, half, referrals),
        "panel_action": make_actions(seed, panel, half, attendance),
        "panel_rating": make_ratings(seed, panel, half),
    }


def _panels(seed, scale) -> tuple[pd.DataFrame, np.ndarray]:
    rng = generator(seed, "panel")
    cells = [
        (borough, half)
        for half in range(len(HALF_YEARS))
        for borough in PANEL_SITES
        for _ in range(count(PANELS_A_HALF_YEAR[borough in INTERVIEW_SITES], scale))
    ]
    borough = np.array([cell[0] for cell in cells], object)
    half = np.array([cell[1] for cell in cells])
    n = len(cells)
    date = later(HALF_YEARS[half], rng.integers(3, 175, n))
    date = later(date, np.where(date.dayofweek >= 5, date.dayofweek - 7, 0))
    kind = dict(zip(PANEL_SITES, ("MACE", "EFR", "MARP", "MACE", "MACE", "EFR"), strict=True))
    table = {
        "panel_id": identifiers(rng, "PA", n),
        "borough_code": borough,
        "panel_type": [kind[code] for code in borough],
        "date": date,
        "mode": np.where(date >= "2020-04-01", "video", "in_person"),
        "minutes": np.clip(np.rint(rng.normal(105, 22, n)), 40, 200),
        "chair_org_id": [f"CSC-{code[-2:]}" for code in borough],
        "n_cases": np.clip(rng.poisson(6, n), 2, 14),
        "observed": yes(np.isin(borough, INTERVIEW_SITES)),
    }
    return finish("panel", table), half


def panel_members(borough: str, places: Places) -> list[str]:
    """Return the organisations that sit on a borough's panel."""
    number = int(borough[-2:])
    region = next(name for name, members in SUB_REGIONS.items() if number in members)
    coordinator = f"RR-COORD-{region[0].upper()}"
    return [*places.organisations(borough=borough), *PAN_LONDON_MEMBERS, coordinator]


def _attendance(seed, panel, half, places) -> pd.DataFrame:
    rng = generator(seed, "panel_attendance")
    members = {code: panel_members(code, places) for code in PANEL_SITES}
    row = np.repeat(np.arange(len(panel)), [len(members[c]) for c in panel["borough_code"]])
    org = np.array([o for c in panel["borough_code"] for o in members[c]], object)
    sectors = places.sector_of()
    sector = np.array([sectors[o] for o in org], object)
    n = len(row)
    voluntary = np.isin(sector, VOLUNTARY)
    logit = np.select(
        [voluntary, np.isin(sector, ["RR_coordination", "LA_CSC"])],
        [VCS_LOGIT_START + VCS_LOGIT_STEP * half[row], _logit(COORDINATOR_ATTENDANCE)],
        _logit(STATUTORY_ATTENDANCE),
    )
    logit = logit + PANEL_SD * rng.standard_normal(len(panel))[row]
    logit[org == panel["chair_org_id"].to_numpy()[row]] = 30.0
    came = rng.random(n) < 1 / (1 + np.exp(-logit))
    absent = np.where(
        voluntary,
        pick(rng, {"apologies": 0.25, "absent": 0.30, "not_invited": 0.45}, n),
        pick(rng, {"apologies": 0.6, "absent": 0.35, "not_invited": 0.05}, n),
    )
    attended = np.where(came, pick(rng, {"present": 0.88, "sent_deputy": 0.12}, n), absent)
    role = np.where(
        sector == "RR_coordination",
        "coordinator",
        np.where(sector == "RR_analyst", "analyst",
                 pick(rng, {"frontline": 0.34, "manager": 0.56, "strategic": 0.10}, n)),
    )  # fmt: skip
    seen = came & (panel["observed"] == "yes").to_numpy()[row]
    usual = np.array([TURNS.get(s, 5) for s in sector], float) + 0.9 * half[row] * voluntary
    turns = rng.poisson(usual * np.exp(0.3 * rng.standard_normal(n)))
    spoken = np.round(turns * rng.uniform(0.25, 0.55, n), 1)
    table = {
        "panel_id": panel["panel_id"].to_numpy()[row],
        "org_id": org,
        "role_band": np.where(came, sprinkle(rng, role, {"NR": 0.02}), "NA"),
        "attended": attended,
        "n_turns": np.where(seen, turns, np.nan),
        "minutes_spoken": np.where(seen, spoken, np.nan),
    }
    return finish("panel_attendance", table)


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
