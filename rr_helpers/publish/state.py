"""What the pipeline remembers between runs: by content, as it goes, and never half-written."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from rr_helpers.publish.doit_engine import JsonDB
from rr_helpers.publish.record import digest_file


class Digests:
    """What files hold, by content: touching one changes nothing.

    Each file is read once in a run, before the first step that depends on it: what changes while a
    step runs is found by the next run. folders: those that the files lie in. known: digests of
    files that were read just now.
    """

    def __init__(self, folders: Iterable[Path], known: Mapping[Path, str]):
        self._folders, self._known = list(folders), known
        self._told: dict[Path, str] = {}

    def over(self, files: Iterable[Path]) -> dict:
        """Return the folders and one digest over the names and the contents of files in them."""
        told = "\0".join(sorted({self._tell(path) for path in files}))
        digest = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
        return {"folders": list(map(str, self._folders)), "digest": digest}

    def _tell(self, path: Path) -> str:
        if path not in self._told:
            digest = self._known.get(path) or (digest_file(path) if path.is_file() else "none")
            self._told[path] = f"{self._name(path)}\0{digest}"
        return self._told[path]

    def _name(self, path: Path) -> str:
        for number, folder in enumerate(self._folders):
            if path.is_relative_to(folder):
                return f"{number}/{path.relative_to(folder).as_posix()}"
        return path.as_posix()


class KeptAsItGoes(JsonDB):
    """doit's own state file, written after every step rather than at the end of the run.

    A run that is killed is not forgotten. A file that cannot be read is begun anew.
    """

    def _load(self) -> dict:
        try:
            state = json.loads(Path(self.name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def set(self, task_id, dependency, value) -> None:
        super().set(task_id, dependency, value)
        if dependency == "deps:":  # the last that doit sets of a step
            self.dump()

    def remove(self, task_id) -> None:
        super().remove(task_id)
        self.dump()

    def dump(self) -> None:
        """Write the state aside, then move it into place."""
        aside = Path(f"{self.name}.{os.getpid()}.part")
        try:
            aside.write_text(self.codec.encode(self._db), encoding="utf-8")
            os.replace(aside, self.name)
        finally:
            with suppress(OSError):
                aside.unlink()
