"""The coded projects of a study after the consent gate, read once and kept beside the study's rows.

Reading a project takes most of the time that a chapter waits for coded evidence. What is kept holds
nothing of a source that the gate leaves out but the hashes of its words, by which published files
are searched for them, and is used only for the same files, the same allowed sources and reviewed
quotations, and the same program.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from functools import reduce
from operator import or_
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rr_helpers.errors import UserError
from rr_helpers.processes import each_in_processes, usable_cores
from rr_helpers.publish import leaks
from rr_helpers.publish.leaks import NO_RUNS, WordRuns, word_runs
from rr_helpers.publish.record import digest_file, digest_files
from rr_helpers.qualitative import CodedMaterial, read_coded
from rr_helpers.qualitative.keeping import load_material, save_material
from rr_helpers.study import Study

PACKAGE = Path(__file__).parents[1]
NAMED = "coded-"
WORTH_A_PROCESS = 3_000_000  # bytes; fewer are read before another process has begun
REVIEWED = ("quotation", "text_final")  # the column of what a reviewer has allowed
_RECORD, _RUNS = "projects.json", "runs.npy"


class GatedProjects(NamedTuple):
    """Coded projects with the allowed sources alone.

    projects: one of each file. left_out: how many sources were left out. issues: what could not be
    read as it should be, as (kind, how often), of left out sources too.
    """

    projects: list[CodedMaterial]
    left_out: int
    issues: list[tuple[str, int]]


def gated_projects(study: Study, store: Path | None) -> GatedProjects:
    """Return the coded projects of a study, as they were kept in `store` or else read now.

    store: the folder of the validated study, which is private; None keeps nothing. Errors as
    `read_coded`.
    """
    if kept := _kept(study, store):
        with suppress(OSError, ValueError, KeyError):  # not kept yet, or not whole
            return _load(kept)
    return _read(study, kept)[0]


def keep_projects(study: Study, store: Path) -> None:
    """Read the coded projects and keep them in `store`, so that neither release nor chapter waits.

    What is wrong with one of them is told by whoever needs it.
    """
    with suppress(UserError):
        gated_projects(study, store)


def coded_runs(study: Study, store: Path | None) -> WordRuns:
    """Return the runs of eight words of all sources, those that the gate leaves out included.

    They are hashed, for the search of what is published; see `word_runs`. store: as for
    `gated_projects`.
    """
    if kept := _kept(study, store):
        with suppress(OSError, ValueError):
            return WordRuns(np.load(kept / _RUNS, allow_pickle=False))
    return _read(study, kept)[1]


def reviewed_words(study: Study) -> list[str]:
    """Return the quotations that a reviewer has allowed to be published, as they stand there."""
    table, column = REVIEWED
    return study.tables[table][column].dropna().tolist()


def _kept(study: Study, store: Path | None) -> Path | None:
    keeps = store is not None and study.coded_files
    return store / f"{NAMED}{_key(study)}" if keeps else None


def _read(study: Study, kept: Path | None) -> tuple[GatedProjects, WordRuns]:
    """Read all projects, and keep them where there is a place to."""
    files, given = study.coded_files, (set(study.allowed_sources), reviewed_words(study))
    sizes = [sum(part.stat().st_size for part in _parts(path)) for path in files]
    processes = usable_cores() if sum(sizes) > WORTH_A_PROCESS else 1
    found = each_in_processes(_read_one, given, files, sizes=sizes, processes=processes)
    for each in found:
        if isinstance(each, UserError):
            raise each
    read = GatedProjects(
        projects=[each.project for each in found],
        left_out=sum(each.left_out for each in found),
        issues=sorted(sum((each.issues for each in found), Counter()).items()),
    )
    runs = reduce(or_, (each.runs for each in found), NO_RUNS)
    if kept:
        with suppress(OSError, ValueError):  # a folder that cannot be written, or a broken text
            _keep(read, runs, kept)
    return read, runs


class _Read(NamedTuple):
    """What one file holds: the allowed sources, how many others, issues, and words of all."""

    project: CodedMaterial
    left_out: int
    issues: Counter
    runs: WordRuns


def _read_one(given: tuple[set[str], list[str]], path: Path) -> _Read | UserError:
    allowed, reviewed = given
    try:
        project = read_coded(path)
    except UserError as error:  # the first in the order of the files is told
        return error
    return _Read(
        project=project.keep_sources(allowed),
        left_out=len(set(project.sources["name"]) - allowed),
        issues=Counter(project.issues.groupby("kind")["count"].sum().astype(int).to_dict()),
        runs=word_runs(filter(None, project.texts.values()), reviewed=reviewed),
    )


def _parts(path: Path) -> list[Path]:
    """The files of a coded project: QualCoder's are folders."""
    return [part for part in [path, *sorted(path.rglob("*"))] if part.is_file()]


def _key(study: Study) -> str:
    """What decides about the projects: files, allowed sources, and the modules that read them."""
    modules = [Path(__file__), Path(leaks.__file__), *(PACKAGE / "qualitative").rglob("*.py")]
    files = [
        (path.relative_to(top.parent).as_posix(), digest_file(path))
        for top in study.coded_files
        for path in _parts(top)
    ]
    sources = sorted(study.allowed_sources), reviewed_words(study)
    decides = digest_files(PACKAGE, modules), files, sources
    return hashlib.sha256(repr(decides).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _load(folder: Path) -> GatedProjects:
    record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    return GatedProjects(
        projects=[load_material(folder / str(number)) for number in range(record["projects"])],
        left_out=record["left_out"],
        issues=[(kind, count) for kind, count in record["issues"]],
    )


def _keep(read: GatedProjects, runs: WordRuns, folder: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for number, project in enumerate(read.projects):
            save_material(project, aside / str(number))
        record = {**read._asdict(), "projects": len(read.projects)}
        np.save(aside / _RUNS, runs.hashes)
        (aside / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        # Of others, and what was not whole. Who reads there meanwhile reads the projects instead.
        _delete(folder.parent.glob(f"{NAMED}*"))
        os.replace(aside, folder)  # not where another chapter was first: its folder is the same
    finally:
        _delete([aside])


def _delete(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
