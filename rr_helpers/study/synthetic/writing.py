"""Writing a synthetic study as a study folder: workbooks, coded project, truth."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.study.schema import WORKBOOKS
from rr_helpers.study.synthetic.documents import Document
from rr_helpers.study.synthetic.making import SyntheticStudy
from rr_helpers.study.synthetic.qdpx import qdpx_bytes
from rr_helpers.study.synthetic.team_words import FOLDER, TEXT, WINDOW
from rr_helpers.study.synthetic.truth import is_truth_of_synthetic_study
from rr_helpers.study.templates import write_workbook

TRUTH, PROJECT_FOLDER, PROJECT = "truth.json", "qualitative", "interviews"
DOCUMENTS = 5_000  # of one coded project: programs for coding, and our reader, refuse far larger
# What reading and building keep inside a study folder; it goes with the study it was made from.
STORE = ".rr"
LARGEST_TRUTH, MOST_ROWS = 1_000_000, 1_048_575


def write_study(study: SyntheticStudy, folder: str | Path) -> Path:
    """Write the study into `folder`, all of it or nothing, and return the folder.

    An earlier synthetic study there is replaced. Raises UserError where the folder holds anything
    else: data that people handed in are never overwritten.
    """
    folder = Path(folder).absolute()
    _refuse_other_content(folder)
    _refuse_too_many_rows(study)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        new = aside / "new"
        _write_into(new, study)
        _put_in_place(new, folder, aside / "old")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _write_into(folder: Path, study: SyntheticStudy) -> None:
    (folder / PROJECT_FOLDER).mkdir(parents=True)
    for workbook, tables in WORKBOOKS.items():
        frames = {table.name: _with_codes(study, table.name) for table in tables}
        write_workbook(folder / workbook, frames)
    for name, documents in _projects(study.documents):
        project = qdpx_bytes(documents, seed=study.truth["seed"])
        (folder / PROJECT_FOLDER / name).write_bytes(project)
    (folder / FOLDER).mkdir()
    (folder / FOLDER / f"{WINDOW}.toml").write_text(TEXT, encoding="utf-8", newline="\n")
    truth = json.dumps(study.truth, indent=2, ensure_ascii=False) + "\n"
    (folder / TRUTH).write_text(truth, encoding="utf-8", newline="\n")


def _projects(documents: Sequence[Document]) -> Iterator[tuple[str, Sequence[Document]]]:
    """Names of coded projects, and what each holds: a large study is coded in several."""
    for number, start in enumerate(range(0, max(len(documents), 1), DOCUMENTS), start=1):
        name = f"{PROJECT}-{number}" if number > 1 else PROJECT
        yield f"{name}.qdpx", documents[start : start + DOCUMENTS]


def _with_codes(study: SyntheticStudy, name: str) -> pd.DataFrame:
    frame, codes = study.tables[name], study.missing.get(name)
    if codes is None:
        return frame
    coded = [column for column in codes if codes[column].notna().any()]
    return frame.assign(
        **{
            column: frame[column].astype(object).where(codes[column].isna(), codes[column])
            for column in coded
        }
    )


def _put_in_place(new: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        os.replace(folder, old)
    try:
        os.replace(new, folder)
    except OSError:
        if old.exists():
            os.replace(old, folder)
        raise


def _refuse_too_many_rows(study: SyntheticStudy) -> None:
    name = max(study.tables, key=lambda name: len(study.tables[name]))
    if len(study.tables[name]) > MOST_ROWS:
        raise UserError(
            place=f"scale {study.truth['scale']:g}",
            found=f"the table '{name}' has {len(study.tables[name]):,} rows",
            expected=f"at most {MOST_ROWS:,}, which is all that a sheet of a workbook holds",
            cure="Choose a smaller scale to write; a larger one can be made, not written",
        )


def _refuse_other_content(folder: Path) -> None:
    if folder.is_file():
        raise UserError(
            place=str(folder),
            found="this is a file",
            expected="a folder, which may be new",
            cure="Name another folder",
        )
    if not folder.exists() or not any(folder.iterdir()):
        return
    foreign = sorted(name for name in _files_in(folder) if not _is_own(name))
    if foreign or not _is_synthetic(folder):
        what = f"'{foreign[0]}'" if foreign else f"workbooks without a synthetic study's {TRUTH}"
        raise UserError(
            place=str(folder),
            found=f"the folder holds {what}",
            expected="an empty folder, or an earlier synthetic study and nothing else",
            cure="Name another folder; nothing was written here",
        )


def _files_in(folder: Path):
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if inside.parts[0] != STORE and (path.is_symlink() or not path.is_dir()):
            yield inside.as_posix()


def _is_own(name: str) -> bool:
    if re.fullmatch(rf"{PROJECT_FOLDER}/{PROJECT}(-\d+)?\.qdpx", name):
        return True
    return name in {*WORKBOOKS, TRUTH, f"{FOLDER}/{WINDOW}.toml"}


def _is_synthetic(folder: Path) -> bool:
    try:
        if (folder / TRUTH).stat().st_size > LARGEST_TRUTH:
            return False
        return is_truth_of_synthetic_study(json.loads((folder / TRUTH).read_text("utf-8")))
    except (OSError, ValueError):
        return False
