"""How fast coded material is written, read and counted, and how the time grows with its size.

Run ``python benchmarks/qualitative.py [most segments]``. Sizes go from 1,000 segments to 100,000 in
steps of ten; a growth of 10 is linear. Each figure is the best of three runs (one at the largest
size). Nothing is kept: the projects are made up and written to a temporary folder.
"""

import os
import platform
import sys
import tempfile
import time
import uuid
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
        began = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - began)
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


def main(most: int = SIZES[-1]) -> None:
    packages = ", ".join(f"{name} {version(name)}" for name in ("pandas", "numpy", "lxml"))
    print(f"Python {platform.python_version()}, {packages}")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors")
    print(f"{'step':26}{'segments':>10}{'seconds':>10}{'per second':>12}{'growth':>8}")
    before: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in [each for each in SIZES if each <= most]:
            seconds = measure(size, Path(folder))
            for name, taken in seconds.items():
                growth = f"{taken / before[name]:8.1f}" if name in before else f"{'':8}"
                print(f"{name:26}{size:>10,}{taken:>10.3f}{size / taken:>12,.0f}{growth}")
            before = seconds


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
