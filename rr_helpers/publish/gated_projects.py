"""The coded projects of a study after the consent gate, read once and kept beside the study's rows.

Reading a project takes most of the time that a chapter waits for coded evidence. What is kept holds
nothing of a source that the gate leaves out, and is used only for the same files, the same allowed
sources and the same program.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from rr_helpers.errors import UserError
from rr_helpers.processes import each_in_processes, usable_cores
from rr_helpers.publish.record import digest_file, digest_files
from rr_helpers.qualitative import CodedMaterial, read_coded
from rr_helpers.qualitative.keeping import load_material, save_material
from rr_helpers.study import Study

PACKAGE = Path(__file__).parents[1]
NAMED = "coded-"
WORTH_A_PROCESS = 3_000_000  # bytes; fewer are read before another process has begun
_RECORD = "projects.json"


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
    if store is None or not study.coded_files:
        return _read(study)
    kept = store / f"{NAMED}{_key(study)}"
    with suppress(OSError, ValueError, KeyError):  # not kept yet, or not whole
        return _load(kept)
    read = _read(study)
    with suppress(OSError, ValueError):  # a folder that cannot be written, or a broken text
        _keep(read, kept)
    return read


def _read(study: Study) -> GatedProjects:
    sizes = [sum(part.stat().st_size for part in _parts(path)) for path in study.coded_files]
    processes = usable_cores() if sum(sizes) > WORTH_A_PROCESS else 1
    asked = {"sizes": sizes, "processes": processes}
    projects = each_in_processes(_read_one, None, study.coded_files, **asked)
    for project in projects:
        if isinstance(project, UserError):
            raise project
    allowed = set(study.allowed_sources)
    issues = Counter()
    for project in projects:
        issues.update(project.issues.groupby("kind")["count"].sum().astype(int).to_dict())
    return GatedProjects(
        projects=[project.keep_sources(allowed) for project in projects],
        left_out=sum(len(set(project.sources["name"]) - allowed) for project in projects),
        issues=sorted(issues.items()),
    )


def _read_one(given: None, path: Path) -> CodedMaterial | UserError:
    try:
        return read_coded(path)
    except UserError as error:  # the first in the order of the files is told
        return error


def _parts(path: Path) -> list[Path]:
    """The files of a coded project: QualCoder's are folders."""
    return [part for part in [path, *sorted(path.rglob("*"))] if part.is_file()]


def _key(study: Study) -> str:
    """What decides about the projects: files, allowed sources, and the modules that read them."""
    modules = [Path(__file__), *(PACKAGE / "qualitative").rglob("*.py")]
    files = [
        (path.relative_to(top.parent).as_posix(), digest_file(path))
        for top in study.coded_files
        for path in _parts(top)
    ]
    decides = digest_files(PACKAGE, modules), files, sorted(study.allowed_sources)
    return hashlib.sha256(repr(decides).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _load(folder: Path) -> GatedProjects:
    record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    return GatedProjects(
        projects=[load_material(folder / str(number)) for number in range(record["projects"])],
        left_out=record["left_out"],
        issues=[(kind, count) for kind, count in record["issues"]],
    )


def _keep(read: GatedProjects, folder: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for number, project in enumerate(read.projects):
            save_material(project, aside / str(number))
        record = {**read._asdict(), "projects": len(read.projects)}
        (aside / _RECORD).write_text(json.dumps(record), encoding="utf-8")
        # Of others, and what was not whole. Who reads there meanwhile reads the projects instead.
        _delete(folder.parent.glob(f"{NAMED}*"))
        os.replace(aside, folder)  # not where another chapter was first: its folder is the same
    finally:
        _delete([aside])


def _delete(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
