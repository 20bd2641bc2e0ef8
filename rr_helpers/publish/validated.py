"""The validated copy of a study folder: read once, kept beside the rows as long as nothing changes.

STUDY/.rr/<digest>/     tables as Parquet, coded projects after the consent gate
"""

import hashlib
import os
import shutil
from pathlib import Path

from rr_helpers.processes import usable_cores
from rr_helpers.publish.gated_projects import keep_projects
from rr_helpers.publish.record import digest_files
from rr_helpers.study import read_study, save_study
from rr_helpers.study.inputs import find_workbooks, input_digests

STORE = ".rr"  # inside the study folder: rows never lie anywhere else


def prepare_study(folder: Path) -> Path:
    """Return where the validated copy of a study folder lies, made now where anything changed.

    The copy lies in ``.rr/`` in the study folder, where the rows already are, under a name made
    from the content of every input and of the code that reads them; coded projects lie in it as the
    consent gate leaves them. Raises StudyFaults.
    """
    store = study_store(folder)
    if store.is_dir():
        return store
    study = read_study(folder, processes=usable_cores())
    store.parent.mkdir(parents=True, exist_ok=True)
    aside = store.with_name(f"{store.name}.{os.getpid()}.part")
    try:
        save_study(study, aside)
        keep_projects(study, aside)
        aside.rename(store)
    except OSError:  # another was first: its copy is the same, and it may have deleted this one
        shutil.rmtree(aside, ignore_errors=True)
        if not store.is_dir():
            raise
    _delete_older(store)
    return store


def _delete_older(store: Path) -> None:
    # A copy made before someone withdrew still holds their rows; it may not outlive the change.
    for other in store.parent.iterdir():
        if other != store and other.is_dir():
            shutil.rmtree(other, ignore_errors=True)


def study_store(folder: Path) -> Path:
    """Where the validated copy of a study folder lies, or would lie."""
    if folder.parent.name == STORE:
        return folder
    workbooks, _ = find_workbooks(folder)
    package = Path(__file__).parents[1] / "study"
    code = digest_files(package, package.rglob("*.py"))
    key = hashlib.sha256(repr((input_digests(folder, workbooks), code)).encode()).hexdigest()
    return folder / STORE / key[:16]
