"""Chapters run on a dask cluster: workers read the study in the shared folder, by its path.

What goes through the scheduler is paths, digests and the names of parameters; executed chapters,
and what stopped a chapter, are written beside the study and read from there. A chapter whose worker
dies is given to another; workers may join at any time. See docs/cluster.md.
"""

import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.chapters import Chapter, ChapterFailed
from rr_helpers.publish.pipeline import ROOT
from rr_helpers.publish.record import digest_file
from rr_helpers.publish.remote import PACKAGE, run_there
from rr_helpers.publish.sources import all_imports

ANSWERS_WITHIN = 10  # seconds, for the scheduler
JOINS_WITHIN = 120  # seconds, for the first worker: a queue may have to start it


class Cluster:
    """Workers of the scheduler at `address` (``tcp://host:8786``); close it when done.

    UserError where no scheduler answers, or no worker joins it.
    """

    side_by_side = 64  # chapters handed over at a time; how many run is the workers' matter

    def __init__(self, address: str):
        self._client, self._modules = _connect(address), []
        self._address = address

    def prepare(self, notebooks: Iterable[Path]) -> None:
        """Remember what the notebooks import: each worker imports it once, for its kernels."""
        self._modules = all_imports(notebooks)

    def prepared(self) -> None:
        """Workers prepare themselves."""

    def run(self, chapter: Chapter, parameters: Mapping, *, failed: Path) -> None:
        """Run one chapter on some worker; errors as `chapters.run_chapter`.

        The notebook of a chapter that stopped is kept in the study's private folder, not in
        `failed`, which workers need not see.
        """
        from distributed import CancelledError, KilledWorker

        asked = {
            "name": chapter.name,
            "source": str(chapter.source.resolve()),
            "target": str(chapter.target.resolve()),
            "parameters": {name: str(value) for name, value in parameters.items()},
            "modules": self._modules,
            "files": _digests([*map(Path, _files_of(parameters)), chapter.source]),
            "package": PACKAGE,
            "python": platform.python_version(),
        }
        try:
            answer = self._client.submit(run_there, asked, pure=False).result()
        except KilledWorker as error:
            raise ChapterFailed(
                chapter.name,
                found="workers that ended one after another while they ran it",
                expected="a worker with memory enough for the chapter",
                cure="Give the workers more memory, or build without --cluster",
            ) from error
        except (CancelledError, OSError) as error:
            raise _no_scheduler(self._address, "a scheduler that went away") from error
        except ImportError as error:
            raise UserError(
                place=f"a worker of {self._address}",
                found="no package rr_helpers",
                expected="the environment that this build runs in",
                cure="Start the workers with the same Python environment",
            ) from error
        if not chapter.target.is_file() or answer:
            raise _error(chapter, answer)

    def close(self) -> str:
        """Leave the cluster; its workers stay."""
        self._client.close()
        return ""


def _connect(address: str):
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError(
            place="--cluster",
            found="no package 'distributed' in this environment",
            expected="the environment of requirements.lock",
            cure="Install it with 'pip install --requirement requirements.lock'",
        ) from error
    try:
        client = Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _no_scheduler(address, "no scheduler that answers") from error
    try:
        client.wait_for_workers(1, timeout=JOINS_WITHIN)
    except TimeoutError as error:
        client.close()
        raise UserError(
            place=f"--cluster {address}",
            found="a scheduler without workers",
            expected=f"a worker within {JOINS_WITHIN} s",
            cure=f"Start workers with 'dask worker {address}', see docs/cluster.md",
        ) from error
    return client


def _no_scheduler(address: str, found: str) -> UserError:
    return UserError(
        place=f"--cluster {address}",
        found=found,
        expected="the address of a running dask scheduler, such as tcp://node1:8786",
        cure="Start one with 'dask scheduler' and give the address that it prints",
    )


def _files_of(parameters: Mapping) -> list[str]:
    release = [parameters["release"]] if parameters.get("release") else []
    return [
        str(Path(parameters["study"]) / "study.json"),
        *release,
        str(ROOT / "requirements.lock"),
    ]


def _digests(files: Iterable[Path]) -> dict[str, str]:
    return {str(path.resolve()): digest_file(path) for path in files if path.is_file()}


def _error(chapter: Chapter, answer: Mapping) -> UserError:
    """The error that a worker's answer stands for."""
    if "refused" in answer:
        return UserError(**answer["refused"])
    if "failed" in answer:
        told = json.loads(Path(answer["failed"]).read_text(encoding="utf-8"))
        kept = told.pop("kept")
        return ChapterFailed(chapter.name, kept=kept and Path(kept), **told)
    return ChapterFailed(
        chapter.name,
        found=f"a fault of the worker ({answer.get('broken', 'nothing was written')})",
        expected="a chapter that runs from top to bottom",
        cure="The worker's own log says more; build without --cluster to see it here",
    )
