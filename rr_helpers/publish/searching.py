"""Search the files of a site, several at a time, and none again in which nothing was found.

What may be taken as found clean: a file of the same name and bytes, searched for the same things by
the same program. Where any of these differs, and whenever 'rr check' is asked, it is searched.
"""

from pathlib import Path

from rr_helpers.errors import Fault
from rr_helpers.processes import each_in_processes, usable_cores
from rr_helpers.publish.file_faults import Search
from rr_helpers.publish.remembered import Remembered, digest

WORTH_A_PROCESS = 1_000_000  # bytes; fewer are searched before another process has begun


def search_site(search: Search, site: Path, *, remembered: Path | None = None) -> list[Fault]:
    """Return everything wrong with the files under `site`, one by one, in the order of their names.

    remembered: the file, private to the study, that tells which files were found clean; it is
    brought up to date. None searches all of them.
    """
    files = sorted(path for path in site.rglob("*") if path.is_file())
    sought = (sorted(search.kinds.items()), search.numbers, search.sought.runs.digest)
    clean, digests = Remembered(remembered, sought), {path: _digest(site, path) for path in files}
    left = [path for path in files if digests[path] not in clean]
    found = dict(zip(left, _faults_of_each(search, site, left), strict=True))
    clean.replace({digests[path]: None for path in files if not found.get(path)})
    return [fault for path in left for fault in found[path]]


def _faults_of_each(search: Search, site: Path, files: list[Path]) -> list[list[Fault]]:
    """The faults of each file, in the order of `files`."""
    sizes = [path.stat().st_size for path in files]
    processes = usable_cores() if sum(sizes) > WORTH_A_PROCESS else 1
    return each_in_processes(_faults, (search, site), files, sizes=sizes, processes=processes)


def _faults(given: tuple[Search, Path], path: Path) -> list[Fault]:
    search, site = given
    return search.faults_of(site, path)


def _digest(site: Path, path: Path) -> str:
    return digest(path.relative_to(site).as_posix().encode(), path.read_bytes())
