"""What a build found without fault, so that the next one need not look at it again.

Only the same bytes, looked at for the same things by the same program, count as looked at. It lies
with the rows of the study, and is never consulted by 'rr check'.
"""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from rr_helpers.publish.pipeline import ROOT
from rr_helpers.publish.record import digest_file
from rr_helpers.publish.sources import this_program


class Remembered:
    """What was found clean, by digest, each with what is still of use of it.

    file: private to the study; None remembers nothing. sought: whatever decides, besides the
    program, what is a fault; where it or any module of the program differs from when the file was
    written, or the file is broken, nothing is remembered.
    """

    def __init__(self, file: Path | None, *sought):
        self._file, self._by, self._clean = file, "", {}
        if file is not None:
            program = this_program(), digest_file(ROOT / "requirements.lock")
            self._by = digest(repr((program, platform.python_version(), sought)).encode())
            self._clean = _read(file, self._by)

    def __contains__(self, key: str) -> bool:
        return key in self._clean

    def __getitem__(self, key: str):
        return self._clean[key]

    def replace(self, clean: Mapping[str, object]) -> None:
        """Remember these, and nothing else; the values are written as JSON."""
        if self._file is not None:
            aside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            told = {"program": self._by, "clean": dict(sorted(clean.items()))}
            aside.write_text(json.dumps(told), encoding="utf-8")
            os.replace(aside, self._file)


def digest(*parts: bytes) -> str:
    """Return one digest over several parts, in their order and each for itself."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _read(file: Path, by: str) -> dict[str, object]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return dict(told["clean"].items()) if told["program"] == by else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
