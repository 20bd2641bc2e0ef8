"""The walls of the house: what may import what, and what the notebooks may hold."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = sorted((PROJECT / "notebooks").rglob("*.ipynb"))
MOST_LINES_OF_CODE = 120


def test_rooms_import_one_another_in_one_direction_only():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kept, 0 broken" in done.stdout


def test_there_is_a_chapter_for_each_question():
    folders = {notebook.parent.name for notebook in NOTEBOOKS}
    assert folders >= {"q1_network", "q2_training", "q3_barriers", "q4_safety"}


def _cells(notebook: Path, kind: str) -> list[dict]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_is_stored_without_outputs(notebook):
    for cell in _cells(notebook, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_has_one_parameters_cell_with_the_four_parameters(notebook):
    tagged = [
        cell
        for cell in _cells(notebook, "code")
        if "parameters" in cell["metadata"].get("tags", [])
    ]
    assert len(tagged) == 1
    assigned = [
        target.id
        for node in ast.parse("".join(tagged[0]["source"])).body
        for target in node.targets
    ]
    assert assigned == ["study", "window", "scope", "release"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_composes_and_defines_nothing(notebook):
    source = "\n".join("".join(cell["source"]) for cell in _cells(notebook, "code"))
    defined = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)
    ]
    assert defined == []
    code = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    assert len(code) <= MOST_LINES_OF_CODE


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_opens_with_findings_and_ends_with_limits(notebook):
    headings = [
        line
        for cell in _cells(notebook, "markdown")
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("## ")
    ]
    assert headings[0] == "## What we found"
    assert headings[-1] == "## What limits this"
