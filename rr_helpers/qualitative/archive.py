"""Opening files that others made, safely: whole files and zips, bounded in size and in number.

Nothing is ever extracted to disk, and no member is read beyond its cap.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from rr_helpers.errors import UserError

MEGABYTE = 1024 * 1024
MOST_MEMBERS = 100_000  # a national programme has some forty thousand documents
LARGEST_MEMBER = 256 * MEGABYTE
LARGEST_TOTAL = 1024 * MEGABYTE
LARGEST_FILE = 4096 * MEGABYTE  # projects with video are large; only what is needed is read
# Text compresses some ten to twenty times; a bomb a thousand times.
STEEPEST_RATIO, RATIO_FROM = 200, 4 * MEGABYTE


def read_bytes(path: Path, *, limit: int = LARGEST_MEMBER) -> bytes:
    """Return a file's bytes; UserError where it is missing, a folder, or larger than the limit."""
    if not path.is_file():
        raise UserError(
            place=str(path),
            found="no such file",
            expected="a coded project, a codebook or a spreadsheet of coded segments",
            cure="Check the name and the folder",
        )
    if path.stat().st_size > limit:
        raise too_large(path.name, f"{path.stat().st_size / MEGABYTE:.0f} MB", limit)
    return path.read_bytes()


def too_large(place: str, found: str, limit: int) -> UserError:
    """Return the error for something beyond its cap."""
    return UserError(
        place=place,
        found=found,
        expected=f"at most {limit / MEGABYTE:.0f} MB",
        cure="If the file is really yours, export it again in smaller parts",
    )


class Archive:
    """A zip opened for reading members in memory, by base name, within caps."""

    def __init__(self, path: Path):
        self.place, self.read_so_far = path.name, 0
        self.unsafe: list[str] = []
        if path.stat().st_size > LARGEST_FILE:
            raise too_large(path.name, "a very large file", LARGEST_FILE)
        self._zip = self._guard(lambda: zipfile.ZipFile(path))
        self.members = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(self.members) > MOST_MEMBERS:
            self._zip.close()
            raise UserError(
                place=self.place,
                found=f"{len(self.members):,} members",
                expected=f"at most {MOST_MEMBERS:,}",
                cure="Export the project again; this is not a project file",
            )
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for info in self.members:
            if _leaves(info.filename):
                self.unsafe.append(info.filename)
            else:
                self._by_name.setdefault(base_name(info.filename), info)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zip.close()

    def names(self, ending: str = "") -> list[str]:
        """Return base names, lower case, that end so."""
        return [name for name in self._by_name if name.endswith(ending)]

    def read(self, name: str) -> bytes | None:
        """Return a member by base name whatever its case, or None where there is none."""
        info = self._by_name.get(base_name(name))
        return None if info is None else self._bounded(info)

    def _bounded(self, info: zipfile.ZipInfo) -> bytes:
        name = base_name(info.filename)
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > RATIO_FROM and ratio > STEEPEST_RATIO:
            raise UserError(
                place=f"{self.place}, {name}",
                found=f"a member that unpacks to {ratio:.0f} times its size",
                expected=f"at most {STEEPEST_RATIO} times",
                cure="Do not open it; ask who sent it for a fresh export",
            )
        room = min(LARGEST_MEMBER, LARGEST_TOTAL - self.read_so_far)
        data = self._guard(lambda: self._read_member(info, room + 1))
        if len(data) > room:
            raise too_large(f"{self.place}, {name}", "a member that goes on", room)
        self.read_so_far += len(data)
        return data

    def check_members(self, *, forbidden: tuple[bytes, ...]) -> None:
        """Read every XML member within the caps; UserError where one holds what is forbidden."""
        for info in self.members:
            if not info.filename.casefold().endswith((".xml", ".rels")):
                continue
            data = self._bounded(info)
            if any(mark in data.replace(b"\0", b"") for mark in forbidden):
                raise doctype_fault(f"{self.place}, {base_name(info.filename)}")

    def _read_member(self, info, limit: int) -> bytes:
        with self._zip.open(info) as stream:
            return stream.read(limit)

    def _guard(self, action: Callable):
        try:
            return action()
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,  # zipfile's word for a compression it does not know
            RuntimeError,
            OSError,
            ValueError,
            LookupError,
        ) as fault:
            raise UserError(
                place=self.place,
                found=f"a zip that cannot be read ({type(fault).__name__})",
                expected="a whole, unencrypted zip file",
                cure="Copy the file again, or export the project again",
            ) from fault


def base_name(name: str) -> str:
    """Return the last part of a path or ``internal://`` address, lower case."""
    return re.split(r"[/\\]", name)[-1].casefold()


def _leaves(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in name


def doctype_fault(place: str) -> UserError:
    """Return the error for a document that declares entities or a DTD."""
    return UserError(
        place=place,
        found="a DOCTYPE",
        expected="a file without one, as every exporter writes it",
        cure="Do not open it; ask who sent it for a fresh export",
    )
