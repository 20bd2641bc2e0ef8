"""The record of an edition: what it was made of and what came out, without any time stamp."""

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from rr_helpers.errors import UserError

FORMAT = 1


def digest_file(path: Path) -> str:
    """Return the SHA-256 digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_files(folder: Path, files: Iterable[Path] | None = None) -> dict[str, str]:
    """Return the digest of every file under `folder`, or of `files`, by path from `folder`.

    Paths are written with forward slashes and sorted, the same on every system.
    """
    files = (path for path in folder.rglob("*") if path.is_file()) if files is None else files
    named = {Path(path).relative_to(folder).as_posix(): Path(path) for path in files}
    return {name: digest_file(named[name]) for name in sorted(named)}


def package_versions(lock: Path) -> dict[str, str]:
    """Return the installed version of each package pinned in `lock`, ``"not installed"`` for none.

    Packages pinned for another system or another Python are not installed, and rightly so.
    """
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: _installed(name) for name in sorted(names)}


def write_record(
    path: Path,
    *,
    inputs: Mapping[str, str],
    lock: Path,
    seed: int | None,
    options: Mapping,
    window: str,
    scope: str,
    site: Mapping[str, str],
    findings: Sequence[Mapping] = (),
    handover: Path | None = None,
) -> dict:
    """Write the record of an edition to `path` as JSON and return it.

    inputs, site: digests by path, from `digest_files`. lock: the file of pinned versions. findings:
    as readers see them, for the next edition to be set beside (see `since_last`). handover: the
    zip, whose digest is recorded where there is one.
    """
    record = {
        "format": FORMAT,
        "window": window,
        "scope": scope,
        "seed": seed,
        "options": dict(options),
        "python": platform.python_version(),
        "packages": package_versions(lock),
        "inputs": dict(inputs),
        "site": dict(site),
        "findings": list(findings),
        "handover": digest_file(handover) if handover and handover.is_file() else None,
    }
    aside = path.with_name(path.name + ".part")
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
    aside.write_text(text + "\n", encoding="utf-8", newline="\n")
    os.replace(aside, path)
    return record


def read_record(path: Path) -> dict:
    """Return the record at `path`; UserError where there is none or it cannot be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            place=str(path),
            found="no readable record of an edition",
            expected="the file that 'rr build' writes beside the site",
            cure="Build the edition again",
        ) from error
    if record.get("format") != FORMAT:
        raise UserError(
            place=str(path),
            found=f"a record of format {record.get('format')}",
            expected=f"format {FORMAT}",
            cure="Build the edition again with this version of rr",
        )
    return record


@cache
def _installed(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # not where nothing is recorded

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
