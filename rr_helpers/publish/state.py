"""What the pipeline remembers between runs: by content, as it goes, and never half-written."""

import json
import os
from contextlib import suppress
from pathlib import Path

from doit.dependency import FileChangedChecker, JsonDB

from rr_helpers.publish.record import digest_file


class ByContent(FileChangedChecker):
    """A file has changed where its content has; touching it changes nothing.

    Each file is read once in a run, before the steps that depend on it: what changes while a step
    runs is found by the next run.
    """

    def __init__(self):
        self._seen: dict[str, str] = {}

    def check_modified(self, file_path, file_stat, state) -> bool:
        return self._digest(file_path) != state

    def get_state(self, dep, current_state) -> str:
        return self._digest(dep)

    def _digest(self, path: str) -> str:
        if path not in self._seen:
            self._seen[path] = digest_file(Path(path))
        return self._seen[path]


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
