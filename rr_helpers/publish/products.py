"""What steps made, by content: a product that was changed since is made again."""

import hashlib
from pathlib import Path

from rr_helpers.publish.place import PARTS
from rr_helpers.publish.record import digest_file, digest_files


def recorded(file: Path) -> dict | None:
    """Return where a file lies and its digest; None where there is none."""
    return {"file": str(file), "digest": digest_file(file)} if file.is_file() else None


def edition_digest(out: Path) -> str | None:
    """Return one digest over every file of the edition in `out`; None where there is none."""
    if not (out / "record.json").is_file():
        return None
    parts = [path for part in PARTS for path in (out / part, *(out / part).rglob("*"))]
    told = digest_files(out, [path for path in parts if path.is_file()])
    return hashlib.sha256(repr(told).encode()).hexdigest()
