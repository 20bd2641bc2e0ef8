"""How fast coded material is written, read and counted, how the time grows, and beside others.

Run ``python benchmarks/qualitative.py [--most SEGMENTS] [--other PYTHON] [--files FOLDER]``. Sizes
go from 1,000 segments to 100,000 in steps of ten; a growth of 10 is linear. Each figure is the best
of three runs (one at the largest size), in seconds of processor time: all of these readers use one
processor, and other work on the machine does not count. The projects are made up and written to a
temporary folder; what is kept is ``benchmarks/results/qualitative.csv``.

--other: the interpreter of an environment in which other permissive readers of .qdpx are installed
(pyrefiqda, pyqdpx, qdpxlib; all MIT). They are no dependencies of this project. Each opens the same
file in the same run, in a process of its own that is started before the clock; one that is absent
or cannot open the file is listed with the reason. They give the markup as objects; this project's
reader also finds out how the file counts, and takes and checks each quotation.
--files: a folder with real .qdpx files (such as shared/data/qda) to read besides.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import tempfile
import time
import uuid
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

from rr_helpers.qualitative import (
    CodedMaterial,
    co_occurrence,
    code_matrix,
    quotation_shares,
    read_coded,
    write_qdpx,
)
from rr_helpers.qualitative.draft import Draft

SIZES = (1_000, 10_000, 100_000)
SEGMENTS_OF_A_SOURCE, CODES = 100, 40
RESULTS = Path(__file__).parent / "results" / "qualitative.csv"
COLUMNS = ("step", "file", "segments", "seconds", "segments_per_second", "growth", "note")
# How each other reader opens a project and where its selections are; run by its own interpreter.
OTHERS = {
    "pyrefiqda": """
import pyrefiqda
def read(path):
    project = pyrefiqda.RefiProject.load(path, extract_dir=folder)
    return sum(len(source.plain_text_selection) for source in project.sources.text_source)
""",
    "pyqdpx": """
import pyqdpx
def read(path):
    sources = pyqdpx.QDPX(path).get_project().sources
    return sum(len(source.selections) for source in sources.values())
""",
    "qdpxlib": """
import qdpxlib
def read(path):
    return len(qdpxlib.QDPXFile(path).codings)
""",
}
TIMED = """
import json, os, sys, tempfile, time
from importlib.metadata import version
path, name, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
folder = tempfile.mkdtemp()
os.chdir(folder)
best, found = float("inf"), None
for _ in range(times):
    began = time.process_time()
    found = read(path)
    best = min(best, time.process_time() - began)
print(json.dumps({"seconds": best, "found": found, "version": version(name)}))
"""
SENTENCE = "The worker came every week 🙂, and it took months before anything changed. "


def make_material(segments: int) -> CodedMaterial:
    """Return made-up material: a hundred codings of forty codes in every source."""
    draft, draw = Draft("benchmark"), np.random.default_rng(2020)
    draft.add("coders", coder_id=new_id("coder"), name="Coder")
    codes = [new_id(f"code {number}") for number in range(CODES)]
    for number, code_id in enumerate(codes):
        draft.add_code([f"Code {number}"], code_id=code_id, name=f"Code {number}", codable=True)
    text = SENTENCE * 200
    for source in range(segments // SEGMENTS_OF_A_SOURCE):
        source_id = new_id(f"source {source}")
        draft.add("sources", source_id=source_id, name=f"INT{source:05}", kind="text")
        draft.add_text(source_id, text)
        starts = draw.choice(len(text) - 200, SEGMENTS_OF_A_SOURCE, replace=False)
        for start, length in zip(starts, draw.integers(20, 200, len(starts)), strict=True):
            row = draft.add(
                "segments",
                selection_id=new_id(f"{source} {start}"),
                source_id=source_id,
                kind="text",
                code_id=codes[draw.integers(CODES)],
                coder="Coder",
            )
            end = int(start + length)
            draft.add_span(source_id, int(start), end, text[start:end], [row])
    return draft.finish()


def new_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def best_time(action, times: int) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        action()
        best = min(best, time.process_time() - began)
    return best


def measure(segments: int, folder: Path) -> dict[str, float]:
    """Return seconds for each step on material of so many segments."""
    material, path = make_material(segments), folder / f"{segments}.qdpx"
    write_qdpx(material, path, coder_names=True)
    again = read_coded(path)
    if set(again.segments["segment_id"]) != set(material.segments["segment_id"]):
        raise SystemExit("what was written does not read as it was: the figures mean nothing")
    steps = {
        "write_qdpx": lambda: write_qdpx(material, path, coder_names=True),
        "read_coded": lambda: read_coded(path),
        "code_matrix": lambda: code_matrix(material),
        "co_occurrence (overlap)": lambda: co_occurrence(material, "overlap"),
        "quotation_shares": lambda: quotation_shares(material),
    }
    times = 3 if segments < SIZES[-1] else 1
    return {name: best_time(action, times) for name, action in steps.items()}


def read_with_others(python: str, path: Path, segments: int) -> list[dict]:
    """Return a row for each other reader: how fast it opens the file, or why it does not."""
    rows = []
    times = "3" if segments < SIZES[-1] else "1"
    for name, code in OTHERS.items():
        start = {"step": f"read by {name}", "file": path.name, "segments": segments}
        command = [python, "-c", code + TIMED, str(path.resolve()), name, times]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            rows.append(start | {"note": f"not measured: {type(error).__name__}"})
            continue
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["stopped"])[-1]
            rows.append(start | {"note": f"cannot open it: {last[:120]}"})
            continue
        said = json.loads(done.stdout.strip().splitlines()[-1])
        note = f"{name} {said['version']} found {said['found']} selections"
        rows.append(timed(start, said["seconds"]) | {"note": note})
    return rows


def timed(row: dict, seconds: float) -> dict:
    per_second = round(row["segments"] / seconds)
    return row | {"seconds": round(seconds, 4), "segments_per_second": per_second}


def measure_real(folder: Path, other: str | None) -> list[dict]:
    """Return rows for the real projects of a folder, read by this project and by the others."""
    rows = []
    for path in sorted(folder.rglob("*.qdpx")):
        segments = len(read_coded(path).segments)
        start = {"step": "read_coded", "file": path.name, "segments": segments}
        rows.append(timed(start, best_time(lambda path=path: read_coded(path), 3)))
        rows += read_with_others(other, path, segments) if other else []
    return rows


def measure_growth(most: int, other: str | None, folder: Path) -> list[dict]:
    rows, before = [], {}
    for size in [each for each in SIZES if each <= most]:
        seconds = measure(size, folder)
        path = folder / f"{size}.qdpx"
        found = [timed({"step": n, "file": path.name, "segments": size}, s)
                 for n, s in seconds.items()]  # fmt: skip
        found += read_with_others(other, path, size) if other else []
        for row in found:
            if "seconds" in row and row["step"] in before:
                row["growth"] = round(row["seconds"] / before[row["step"]], 1)
        before = {row["step"]: row["seconds"] for row in found if "seconds" in row}
        rows += found
    return rows


def write_results(rows: list[dict]) -> None:
    about = {
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("pandas", "numpy", "lxml")},
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
    }
    RESULTS.parent.mkdir(exist_ok=True)
    aside = RESULTS.with_suffix(".part")
    with aside.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [*COLUMNS, *about], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | about for row in rows)
    os.replace(aside, RESULTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--other", help="interpreter with other readers installed")
    parser.add_argument("--files", type=Path, help="folder with real .qdpx files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure_growth(options.most, options.other, Path(folder))
    rows += measure_real(options.files, options.other) if options.files else []
    for row in rows:
        print("  ".join(f"{row.get(name, '')!s:>{width}}" for name, width in
                        zip(COLUMNS, (24, 34, 8, 9, 9, 6, 1), strict=True)))  # fmt: skip
    if not options.other:
        print("other readers: absent; name an interpreter that has them with --other")
    write_results(rows)


if __name__ == "__main__":
    main()
