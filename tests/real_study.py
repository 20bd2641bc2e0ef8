"""A study folder whose coded material and borough series are real exports, for the tests.

The coded part is QualCoder's own export; the borough series are the Department for Education's
figures. Both are read where they lie and written into a temporary folder, never into the project.
"""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rr_helpers.qualitative import read_coded
from rr_helpers.study.synthetic import SyntheticStudy, make_study, write_study

PROJECT = Path(__file__).parents[1]
QUALCODER = "data/qda/qualcoder4_synthetic_rr_lf.qdpx"
DFE = "data/dfe_london_2018_2022.csv"
SOURCE_DFE = "Department for Education, characteristics of children in need"
# Kinds of source in the export, as its file names tell them, in the words of the register.
KINDS = {
    "Interview_staff": ("interview_staff", "practitioner", "rr_staff"),
    "Interview_partner": ("interview_partner", "practitioner", "statutory"),
    "Interview_training": ("interview_delegate", "delegate", "delegates"),
    "Case_case": ("file_vcs", "young_person", "records"),
    "Panel_panel": ("panel_observation", "meeting", "records"),
    "Contextual_case": ("case_review", "meeting", "records"),
}


def shared_folder() -> Path:
    """Return the folder of shared data; skip, saying why, where it is absent."""
    folder = Path(os.environ.get("RR_SHARED_DATA", PROJECT.parent / "shared"))
    for name in (QUALCODER, DFE):
        if not (folder / name).is_file():
            pytest.skip(f"the shared data are not on this machine: no {folder / name}")
    return folder


def write_real_study(folder: Path, *, sources: list[str], shared: Path, scale: float = 0.3) -> None:
    """Write a synthetic study with the real coded project and the real borough series in it."""
    study = make_study(scale=scale)
    tables = dict(study.tables)
    register = _register(sources)
    people = register.dropna(subset=["participant_id"])
    tables["coded_source"] = register
    tables["consent"] = pd.concat([tables["consent"], _consents(people)], ignore_index=True)
    tables["borough_year"] = dfe_borough_year(shared / DFE)
    tables["code"] = _codes(read_coded(shared / QUALCODER).codes)
    for name in ("configuration", "quotation", "judgement"):
        tables[name] = study.tables[name].iloc[:0]
    write_study(SyntheticStudy(**{**vars(study), "tables": tables}), folder)
    for path in (folder / "qualitative").iterdir():
        path.unlink()
    shutil.copy(shared / QUALCODER, folder / "qualitative")


def _codes(codes: pd.DataFrame) -> pd.DataFrame:
    codes = codes[codes["codable"].astype(bool)]
    kinds = codes["path"].str.split("/").str[0].str.lower()
    return pd.DataFrame({"code_label": codes["name"], "type": kinds, "label_public": codes["name"]})


def _register(sources: list[str]) -> pd.DataFrame:
    rows = []
    for number, name in enumerate(sorted(sources), start=1):
        kind = next(kind for kind in KINDS if kind in name)
        method, subject, stakeholder = KINDS[kind]
        person = np.nan if subject == "meeting" else f"QC-{number:03d}"
        rows.append((name, method, person, subject, stakeholder, pd.Timestamp(2020, 10, 1)))
    columns = ["source_name", "method", "participant_id", "subject_type", "stakeholder", "date"]
    return pd.DataFrame(rows, columns=columns)


def _consents(people: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject_id": people["participant_id"],
            "subject_type": people["subject_type"],
            "consent_participate": "yes",
            "consent_quote": "no",
            "consent_link_files": "yes",
            "consent_date": pd.Timestamp(2020, 9, 1),
        }
    )


def dfe_borough_year(path: Path) -> pd.DataFrame:
    """Turn the published wide table into the long sheet `borough_year`, marks kept."""
    wide = pd.read_csv(path, dtype=str)
    years = {f"gangs{year}": 2000 + year for year in range(18, 23)}
    long = wide.melt("new_la_code", list(years), "column", "shown")
    marked = long["shown"].isin(["c", "x"])
    return pd.DataFrame(
        {
            "borough_code": long["new_la_code"],
            "year": long["column"].map(years),
            "series": "gangs",
            "value": pd.to_numeric(long["shown"].mask(marked)),
            "mark": long["shown"].where(marked),
            "source": SOURCE_DFE,
            "licence": "OGL",
        }
    )
