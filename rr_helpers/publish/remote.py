"""What a worker of a cluster does: run one chapter, from paths, and answer without a row."""

import json
import logging
import platform
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.chapters import Chapter, run_chapter
from rr_helpers.publish.forking import KERNEL_MODULES, LINUX, WarmParent
from rr_helpers.publish.homeless import make_do_without_home
from rr_helpers.publish.record import digest_file
from rr_helpers.publish.sources import this_program

# As it was when the worker imported it: kernels are forked from what is in memory.
PACKAGE = this_program()
_PARENTS: dict[tuple[str, ...], WarmParent] = {}
_starting = threading.Lock()


def run_there(asked: Mapping) -> dict:
    """Run the chapter that `cluster.Cluster` asked for; return {} where it is done.

    Else {"refused": parts of a message} where this worker differs from the builder, {"failed": the
    file that says why}, or {"broken": kind of error}: what an error says may hold a row, and stays
    in the study's folder.
    """
    if unlike := _unlike(asked):
        place = f"the worker on {socket.gethostname()}"
        return {"refused": {"place": place, **unlike}}
    chapter = Chapter(asked["name"], Path(asked["source"]), Path(asked["target"]))
    private = chapter.target.parent / "failed"
    try:
        parent = _warm_parent(tuple(asked["modules"]))
        run_chapter(chapter, asked["parameters"], failed=private, warm=parent)
    except UserError as error:
        return {"failed": str(_told(error, private / f"{chapter.target.stem}.json"))}
    except Exception as error:
        logging.getLogger(__name__).exception("chapter %s", chapter.name)
        return {"broken": type(error).__name__}
    return {}


def _unlike(asked: Mapping) -> dict[str, str]:
    """What is wrong with this worker, as parts of a message; {} where it is like the builder."""
    again = "Start the workers again with the same folder of the project and the same environment"
    if asked["python"] != platform.python_version():
        found, expected = f"Python {platform.python_version()}", f"Python {asked['python']}"
        return {"found": found, "expected": expected, "cure": again}
    if asked["package"] != PACKAGE:
        found, expected = "another version of rr_helpers", "the version that this build runs"
        return {"found": found, "expected": expected, "cure": again}
    for name, digest in asked["files"].items():
        path = Path(name)
        if not path.is_file() or digest_file(path) != digest:
            found = "with another content" if path.is_file() else "that is not there"
            return {
                "found": f"the file {name} {found}",
                "expected": "the folders of the study and of the project at the same path "
                "on every machine",
                "cure": "Mount the shared folder there, or build without --cluster",
            }
    return {}


def _warm_parent(modules: tuple[str, ...]) -> WarmParent | None:
    """The parent of this worker's kernels, which ends with the worker."""
    make_do_without_home()
    if not LINUX:
        return None
    with _starting:
        if modules not in _PARENTS:
            _PARENTS[modules] = WarmParent([*KERNEL_MODULES, *modules])
        return _PARENTS[modules]


def _told(error: UserError, file: Path) -> Path:
    kept = getattr(error, "kept", None)
    told = {
        "kept": str(kept) if kept else None,
        "cell": getattr(error, "cell", None),
        "found": error.found,
        "expected": error.expected,
        "cure": error.cure,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told), encoding="utf-8")
    return file
