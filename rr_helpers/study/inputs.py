"""The files of a study folder: which workbook is which, the coded material, their digests."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from rr_helpers.errors import Fault
from rr_helpers.study.schema import WORKBOOKS
from rr_helpers.study.suggest import closest

QUALITATIVE = "qualitative"
LICENSED = "licensed"
OURS = (".marked.xlsx", "faults.xlsx")
SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".csv", ".ods", ".numbers")


def find_workbooks(folder: Path) -> tuple[dict[str, Path], list[Fault]]:
    """Return the paths of the study's workbooks by name, and faults for missing and unknown files.

    A name may differ in case. Where no workbook is found at all, one fault says so.
    """
    if not folder.is_dir():
        return {}, [_no_folder(folder)]
    files = {path.name.casefold(): path for path in _spreadsheets(folder)}
    found = {name: files.pop(name.casefold()) for name in WORKBOOKS if name.casefold() in files}
    if not found:
        return {}, [_no_workbooks(folder, [path.name for path in files.values()])]
    others = [path.name for path in files.values()]
    missing = [
        _missing_workbook(name, others)
        for name, tables in WORKBOOKS.items()
        if name not in found and not all(table.optional for table in tables)
    ]
    return found, missing + [_unknown_file(name) for name in others]


def coded_files(folder: Path) -> tuple[Path, ...]:
    """Return what lies in the folder's ``qualitative/``: files, and QualCoder's project folders."""
    inside = folder / QUALITATIVE
    if not inside.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(inside.iterdir())
        if not _is_left_over(path) and (path.is_file() or path.suffix == ".qda")
    )


def licensed_files(folder: Path) -> list[Path]:
    """Return what the study keeps to score licensed scales by, ``licensed/*.toml``, by name."""
    return sorted((folder / LICENSED).glob("*.toml"))


def input_digests(folder: Path, workbooks: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of every input file by its path in the folder, sorted by path."""
    coded = [
        path
        for top in coded_files(folder)
        for path in ([top] if top.is_file() else top.rglob("*"))
        if path.is_file()
    ]
    files = [*workbooks.values(), *coded, *licensed_files(folder)]
    paths = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: _digest(paths[name]) for name in sorted(paths)}


def digest_of(digests: Mapping[str, str]) -> str:
    """Return one SHA-256 over the digests and names of all input files."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_left_over(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.lower() == "thumbs.db"


def _spreadsheets(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.name.lower().endswith(SPREADSHEETS)
        and not path.name.lower().endswith(OURS)
        and not _is_left_over(path)
    ]


def _no_folder(folder: Path) -> Fault:
    near = []
    if folder.parent.is_dir():
        near = [path.name for path in folder.parent.iterdir() if path.is_dir()]
    close = closest(folder.name, near)
    is_file = folder.is_file()
    return Fault(
        kind="no study folder",
        found=f"'{folder}' is {'a file' if is_file else 'not there'}",
        expected="the folder that holds the study's workbooks",
        cure=f"Did you mean '{folder.parent / close}'?"
        if close and not is_file
        else "Give the path of the folder, not of a file in it",
    )


def _no_workbooks(folder: Path, others: list[str]) -> Fault:
    near = [folder.parent, *(path for path in sorted(folder.iterdir()) if path.is_dir())]
    holds = [path for path in near if any((path / name).is_file() for name in WORKBOOKS)]
    lies = f"; there are {', '.join(others[:5])}" if others else ""
    return Fault(
        kind="no workbooks",
        found=f"no workbooks of the study were found in '{folder}'{lies}",
        expected=f"{', '.join(list(WORKBOOKS)[:3])} and the others",
        cure=f"Did you mean '{holds[0]}'?"
        if holds
        else "Give the folder that holds them, or start with 'rr templates'",
    )


def _missing_workbook(name: str, others: list[str]) -> Fault:
    same = [other for other in others if Path(other).stem.casefold() == Path(name).stem]
    near = closest(Path(name).stem, [Path(other).stem for other in others])
    if same:
        cure = f"Open '{same[0]}' in Excel and save it as '{name}' (Excel Workbook, .xlsx)"
    elif near:
        cure = f"Did you change a file name? '{near}' looks like it: call it '{name}'"
    else:
        cure = f"Put '{name}' into the folder; 'rr templates' writes an empty one"
    return Fault(
        kind="missing workbook",
        workbook=name,
        found="the workbook is missing",
        expected=f"a workbook with the sheets {', '.join(t.name for t in WORKBOOKS[name])}",
        cure=cure,
    )


def _unknown_file(name: str) -> Fault:
    return Fault(
        kind="unknown file",
        workbook=name,
        found="the file is not one of the study's workbooks",
        expected=f"only {', '.join(WORKBOOKS)}",
        cure="It was not read. Rename it if it is one of them, or move it elsewhere",
        severity="warning",
    )
