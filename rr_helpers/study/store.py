"""A Study kept as Parquet and JSON, so that each chapter need not read the workbooks again."""

import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from pyarrow.parquet import ParquetFile

from rr_helpers.errors import Fault, UserError
from rr_helpers.study.schema import TABLES
from rr_helpers.study.study import ReadWhenAsked, Study

FORMAT = 4
_RECORD = "study.json"
_OWNER_ONLY = 0o700


def save_study(study: Study, folder: str | Path) -> Path:
    """Write the study into `folder`, replacing an earlier one whole; return the folder.

    What is written is as sensitive as the study: it belongs outside any repository and site.
    Raises UserError where `folder` holds anything but a saved study.
    """
    folder = Path(folder)
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_parts(study, aside)
        os.chmod(aside, _OWNER_ONLY)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(aside, folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def load_study(folder: str | Path) -> Study:
    """Return a study that `save_study` wrote; raises UserError where there is none.

    Each table is read when it is first asked for: most chapters show released counts, and few rows.
    Where it is gone by then, since the study has changed, UserError says so.
    """
    folder = Path(folder)
    record = _read_record(folder)

    def table(name: str) -> pd.DataFrame:
        return _read_frame(folder / f"{name}.parquet")[list(TABLES[name].columns)]

    def missing(name: str) -> pd.DataFrame:
        return _read_frame(folder / f"{name}.missing.parquet").astype(object)

    def rows(name: str) -> pd.Series:
        return _read_frame(folder / f"{name}.rows.parquet")["row"].rename(None)

    return Study(
        folder=_from_here(folder, record["folder"]),
        tables=ReadWhenAsked(TABLES, table),
        missing=ReadWhenAsked(TABLES, missing),
        rows=ReadWhenAsked(TABLES, rows),
        consent_log=pd.DataFrame(record["consent_log"], columns=["table", "reason", "count"]),
        allowed_sources=frozenset(record["allowed_sources"]),
        quotable_sources=frozenset(record["quotable_sources"]),
        coded_files=tuple(_from_here(folder, path) for path in record["coded_files"]),
        faults=tuple(Fault(**fault) for fault in record["faults"]),
        withheld_codes=frozenset(record["withheld_codes"]),
        digest=record["digest"],
        input_digests=record["input_digests"],
    )


def _write_parts(study: Study, folder: Path) -> None:
    for name, frame in study.tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        study.missing[name].to_parquet(folder / f"{name}.missing.parquet")
        rows = study.rows[name].to_frame("row")  # not in the record, which every chapter reads
        rows.to_parquet(folder / f"{name}.rows.parquet", index=False)
    record = {
        "format": FORMAT,
        "folder": _seen_from(folder, study.folder),
        "consent_log": study.consent_log.values.tolist(),
        "allowed_sources": sorted(study.allowed_sources),
        "quotable_sources": sorted(study.quotable_sources),
        "coded_files": [_seen_from(folder, path) for path in study.coded_files],
        "faults": [asdict(fault) for fault in study.faults],
        "withheld_codes": sorted(study.withheld_codes),
        "digest": study.digest,
        "input_digests": dict(study.input_digests),
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (folder / _RECORD).write_text(text, encoding="utf-8")


def _seen_from(folder: Path, path: Path) -> str:
    # A copy inside the study moves with it: where it came from is told from where the copy lies.
    try:
        return os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:  # another drive
        return str(path.resolve())


def _from_here(folder: Path, path: str) -> Path:
    return Path(os.path.normpath(folder.resolve() / path))


def _read_record(folder: Path) -> dict:
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = {}
    if record.get("format") != FORMAT:
        raise UserError(
            place=str(folder),
            found="there is no saved study here that this version can load",
            expected="a folder written by save_study",
            cure="Read the study folder again with read_study, or run 'rr build' again",
        )
    return record


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _RECORD).exists():
        raise UserError(
            place=str(folder),
            found="the folder holds something else than a saved study",
            expected="a new or empty folder, or one written by save_study",
            cure="Name another folder; nothing was written",
        )


def _read_frame(path: Path) -> pd.DataFrame:
    # Types are as they were saved, but Parquet gives None where the study has NaN.
    try:
        with ParquetFile(path) as file:
            frame = file.read().to_pandas()
    except FileNotFoundError:
        raise UserError(
            place=str(path.parent),
            found=f"the table '{path.stem}' is gone: the study has changed since it was opened",
            expected="the study as it was when it was opened",
            cure="Open it again: in JupyterLab, restart the kernel and run all cells",
        ) from None
    return frame.where(frame.notna(), float("nan"))
