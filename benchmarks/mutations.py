"""Damage real exports in every way met in practice, and record what the reader makes of them.

Run ``python benchmarks/mutations.py FOLDER [--files 10000] [--seed 2020] [--memory 2048]``, with
FOLDER holding real exports (such as shared/data/qda), which are only read. Everything happens in
one process under a cap on its memory, and each file under a bound on its time, where the system has
them. A file may be read, with what is doubtful counted in `issues`, or refused with a UserError in
words; anything else is a failure, and ends the run with code 1 once every failure is listed.
The figures go to ``benchmarks/results/mutations.csv``.
"""

import argparse
import csv
import io
import os
import platform
import re
import signal
import sqlite3
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter, defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

from rr_helpers.errors import UserError
from rr_helpers.qualitative import CodedMaterial, read_codebook, read_coded

RESULTS = Path(__file__).parent / "results" / "mutations.csv"
KINDS = {".qdpx", ".qde", ".qdc", ".sqlite", ".sqlite3", ".xlsx", ".csv", ".html"}
MOST_SECONDS = 20
PAGE = 4096
# Texts that editors, spreadsheets and careless scripts leave where a number or a name should be.
ODD = ["", "0", "-1", "1e999", "99999999999999999999", "é🙂", "\u202e", "=1+1", "NaN", "x" * 2_000]
SLIPS = ["../../out.txt", "/etc/out.txt", "C:\\out.txt", "sources/../../out.txt", "a/" * 400 + "b"]


def flip_bits(data: bytes, draw) -> bytes:
    changed = bytearray(data)
    for place in draw.integers(len(data), size=int(draw.integers(1, 9))):
        changed[place] ^= 1 << int(draw.integers(8))
    return bytes(changed)


def truncate(data: bytes, draw) -> bytes:
    return data[: draw.integers(len(data))]


def splice(data: bytes, draw) -> bytes:
    """Drop, double or overwrite one stretch."""
    start = int(draw.integers(len(data)))
    end = min(len(data), start + int(10 ** draw.uniform(0, 3.5)))
    middle = [b"", data[start:end] * 2, draw.bytes(end - start)][draw.integers(3)]
    return data[:start] + middle + data[end:]


def edit_zip(data: bytes, draw) -> bytes:
    """Damage an archive's directory: members renamed, lost, doubled, leaving, mislabelled."""
    members = read_members(data)
    name = sorted(members)[draw.integers(len(members))]
    choice = draw.integers(5)
    if choice == 0:
        members[str(draw.choice(SLIPS))] = members.pop(name)
    elif choice == 1:
        del members[name]
    elif choice == 2:
        return write_members(list(members.items()) + [(name, members[name])] * 3)
    elif choice == 3:
        members[name] = b"\0" * 30_000_000
    else:  # sizes, offsets and checksums in the headers
        changed = bytearray(write_members(list(members.items())))
        marks = [m.start() for m in re.finditer(b"PK\x01\x02|PK\x03\x04|PK\x05\x06", changed)]
        for start in draw.choice(marks, size=min(3, len(marks))):
            place = min(start + 4 + int(draw.integers(26)), len(changed) - 1)
            changed[place] = draw.integers(256)
        return bytes(changed)
    return write_members(list(members.items()))


def edit_inside(data: bytes, draw) -> bytes:
    """Damage what members hold, so that the damage passes the archive's checksums."""
    members = read_members(data)
    wanted = [name for name in sorted(members) if members[name]]
    xml = [name for name in wanted if name.lower().endswith((".qde", ".xml"))]
    name = str(draw.choice(xml if xml and draw.random() < 0.7 else wanted))
    ways = [flip_bits, truncate, splice] + [edit_xml] * 3 * (name in xml)
    members[name] = ways[draw.integers(len(ways))](members[name], draw)
    return write_members(list(members.items()))


def edit_xml(data: bytes, draw) -> bytes:
    """Keep XML mostly well formed and change what it says."""
    text = data.decode("utf-8", "replace")
    if draw.random() < 0.5:
        parts = text.split('"')
        for place in draw.integers(max(1, len(parts) // 2), size=6) * 2 + 1:
            other = parts[int(draw.integers(max(1, len(parts) // 2))) * 2 + 1 :][:1]
            parts[min(place, len(parts) - 1)] = str(draw.choice([*ODD[:-1], *other]))
        return '"'.join(parts).encode("utf-8", "replace")
    tags = [m.span() for m in re.finditer(r"<(?!\?)[^<>]*>", text)]
    start, end = tags[draw.integers(len(tags))]
    tag = text[start:end]
    middle = ["", tag * 2, "<x>" * 300, "<!DOCTYPE a [<!ENTITY b 'c'>]>" + tag, "&b;" + tag]
    return (text[:start] + middle[draw.integers(len(middle))] + text[end:]).encode("utf-8")


def edit_pages(data: bytes, draw) -> bytes:
    """Damage a database page by page, or its header."""
    changed, pages = bytearray(data), max(1, len(data) // PAGE)
    first, second = (int(page) * PAGE for page in draw.integers(pages, size=2))
    choice = draw.integers(4)
    if choice == 0:
        changed[first : first + PAGE] = draw.bytes(len(changed[first : first + PAGE]))
    elif choice == 1:
        changed[first : first + PAGE] = bytes(len(changed[first : first + PAGE]))
    elif choice == 2:
        held = changed[first : first + PAGE]
        changed[first : first + PAGE] = changed[second : second + PAGE]
        changed[second : second + PAGE] = held
    else:
        for place in draw.integers(16, 100, size=4):
            changed[place] = draw.integers(256)
    return bytes(changed)


def edit_rows(data: bytes, draw) -> bytes:
    """Change values, types and columns of a database by its own rules."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d"
        path.write_bytes(data)
        database = sqlite3.connect(path)
        listed = "select name from sqlite_master where type='table' and name not like 'sqlite_%'"
        tables = sorted(name for (name,) in database.execute(listed))
        table = tables[draw.integers(len(tables))]
        columns = [row[1] for row in database.execute(f'pragma table_info("{table}")')]
        column = columns[draw.integers(len(columns))]
        value = [None, -5, 2**62, "é🙂", b"\xff\0", 1e300][draw.integers(6)]
        try:
            if draw.random() < 0.15:
                database.execute(f'alter table "{table}" rename column "{column}" to "other"')
            elif draw.random() < 0.15:
                database.execute(f'delete from "{table}" where random() % 2')
            else:
                where = "where rowid in (select rowid from {t} order by rowid limit 3)"
                where = where.format(t=f'"{table}"')
                database.execute(f'update "{table}" set "{column}" = ? {where}', [value])
            database.commit()
        except sqlite3.Error:  # the database's own rules forbid this change: damage its bytes
            database.close()
            return edit_pages(data, draw)
        database.close()
        return path.read_bytes()


def edit_cells(data: bytes, draw) -> bytes:
    """Change cells and headers of a csv file or page."""
    text = data.decode("utf-8", "replace")
    pieces = re.split(r"([,;\t\n<>])", text)
    for place in draw.integers(len(pieces), size=int(draw.integers(1, 6))):
        pieces[place] = str(draw.choice([*ODD, '"', "\n\n", ",,,,"]))
    encoding = ["utf-8", "utf-16", "cp1252"][draw.integers(3)]
    return "".join(pieces).encode(encoding, "replace")


def read_members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return {name: old.read(name) for name in old.namelist() if not name.endswith("/")}


def write_members(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a member twice is meant
        for name, member in members:
            new.writestr(zipfile.ZipInfo(name), member, zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


BYTES = [flip_bits, truncate, splice]
WAYS = {
    ".qdpx": [*BYTES, edit_zip, edit_zip, edit_inside, edit_inside, edit_inside],
    ".xlsx": [*BYTES, edit_zip, edit_inside, edit_inside],
    ".qde": [*BYTES, edit_xml, edit_xml, edit_xml],
    ".qdc": [*BYTES, edit_xml, edit_xml, edit_xml],
    ".sqlite": [*BYTES, edit_pages, edit_pages, edit_rows, edit_rows],
    ".csv": [*BYTES, edit_cells, edit_cells],
    ".html": [*BYTES, edit_xml, edit_cells],
}
WAYS[".sqlite3"] = WAYS[".sqlite"]


def read_in_bounds(read, path: Path) -> tuple[str, int, object]:
    """Return what became of a file (read, refused, or a failure by name) and its issues."""
    try:
        found = read(path)
    except UserError as fault:
        whole = fault.found and fault.expected and fault.cure
        return ("refused" if whole else "refused without words"), 0, None
    except Exception as error:  # the very thing this benchmark is for
        return f"{type(error).__name__}: {error}"[:200], 0, None
    issues = len(found.issues) if isinstance(found, CodedMaterial) else 0
    return broken_promise(found) or "read", issues, found


def broken_promise(found) -> str | None:
    """Return the promise that material read from a damaged file breaks, if it breaks one."""
    if not isinstance(found, CodedMaterial):
        return None
    segments = found.segments
    if not segments["segment_id"].is_unique:
        return "two segments with one id"
    if not set(segments["source_id"]) <= set(found.sources["source_id"]):
        return "a segment without a source"
    placed = segments[segments["start"].notna()]
    for source, start, end, text in zip(
        placed["source_id"], placed["start"], placed["end"], placed["text"], strict=True
    ):
        if found.texts[source][start:end] != text:
            return "a quotation that is not at its place"
    return None


def limit_memory(megabytes: int) -> str:
    try:
        import resource
    except ImportError:
        return "none: this system has no such limit"
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, resource.RLIM_INFINITY))
    return f"{megabytes} MB"


def peak_megabytes() -> float:
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def bound_time(seconds: float) -> None:
    """Raise TimeoutError in `seconds`; no bound where the system has none, and 0 lifts it."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def raise_timeout(*_):
    raise TimeoutError(f"more than {MOST_SECONDS} s")


def run(folder: Path, files: int, seed: int) -> tuple[list[dict], Counter]:
    """Read `files` damaged copies; return a row per kind and way, and the failures by name."""
    originals = defaultdict(list)
    for path in sorted(path for path in folder.rglob("*") if path.suffix in KINDS):
        originals[path.suffix].append(path)
    kinds = sorted(originals)
    draw, rows, failures = np.random.default_rng(seed), defaultdict(Counter), Counter()
    slowest: dict = defaultdict(float)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, raise_timeout)
    with tempfile.TemporaryDirectory() as scratch:
        inside = Path(scratch) / "in"
        inside.mkdir()
        for number in range(files):
            alike = originals[kinds[number % len(kinds)]]
            original = alike[draw.integers(len(alike))]
            ways = WAYS[original.suffix]
            way = ways[draw.integers(len(ways))]
            path = inside / original.name
            path.write_bytes(way(original.read_bytes(), draw))
            read = read_codebook if number % 5 == 4 else read_coded
            key = (original.suffix, way.__name__)
            began = time.perf_counter()
            bound_time(MOST_SECONDS)
            outcome, issues, _ = read_in_bounds(read, path)
            bound_time(0)
            taken = time.perf_counter() - began
            slowest[key] = max(slowest[key], taken)
            if outcome not in ("read", "refused"):
                failures[f"{original.name}, {way.__name__}, file {number}: {outcome}"] += 1
                outcome = "failed"
            rows[key].update({"files": 1, outcome: 1, "issues": issues, "us": int(taken * 1e6)})
            path.unlink()
            if left := [p for p in Path(scratch).rglob("*") if p.is_file()]:
                failures[f"wrote {len(left)} files"] += 1
    table = [
        {
            "kind": kind,
            "damage": way,
            **{name: counts[name] for name in ("files", "read", "refused", "failed", "issues")},
            "seconds": round(counts["us"] / 1e6, 2),
            "slowest_seconds": round(slowest[kind, way], 3),
        }
        for (kind, way), counts in sorted(rows.items())
    ]
    return table, failures


def write_results(table: list[dict], about: dict) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    aside = RESULTS.with_suffix(".part")
    with aside.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [*table[0], *about], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | about for row in table)
    os.replace(aside, RESULTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--memory", type=int, default=2048, help="megabytes the process may take")
    options = parser.parse_args()
    cap, before = limit_memory(options.memory), peak_megabytes()
    table, failures = run(options.folder, options.files, options.seed)
    whole = {name: sum(row[name] for row in table) for name in list(table[0])[2:-1]}
    slowest = max(row["slowest_seconds"] for row in table)
    peak = peak_megabytes()
    whole["seconds"] = round(whole["seconds"], 2)
    total = {"kind": "all", "damage": "all", **whole, "slowest_seconds": slowest}
    for row in [*table, total]:
        print("  ".join(f"{value!s:>12}" for value in row.values()))
    print(f"cap on memory: {cap}; peak {peak:.0f} MB, {before:.0f} MB before the first file")
    for failure, times in failures.most_common():
        print(f"FAILED {times}: {failure}")
    about = {
        "date": date.today().isoformat(),
        "seed": options.seed,
        "memory_cap": cap,
        "peak_megabytes": round(peak),
        "python": platform.python_version(),
        "pandas": version("pandas"),
        "system": f"{platform.system()} {platform.machine()}",
    }
    if options.files >= 10_000:
        write_results([*table, total], about)
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
