"""The executed chapters, run again from top to bottom: every output must come out the same."""

import os
import shutil
import subprocess
import sys

import nbformat


def run_nbval(folder):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "--rootdir"]
        + [str(folder), "-p", "no:cacheprovider", "-W", "default", str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "NO_COLOR": "1"},
    )


def test_every_output_of_every_chapter_comes_out_the_same_when_run_again(edition, tmp_path):
    # A copy, so that nothing that a test run leaves behind lands in the edition.
    copied = shutil.copytree(edition.folder / "chapters", tmp_path / "chapters")
    chapters = sorted(copied.rglob("*.ipynb"))
    assert len(chapters) == 5
    result = run_nbval(copied)
    assert result.returncode == 0, result.stdout[-6000:]
    cells = sum(
        cell.cell_type == "code"
        for path in chapters
        for cell in nbformat.read(path, as_version=4).cells
    )
    assert f"{cells} passed" in result.stdout


def test_an_output_that_was_tampered_with_is_caught(edition, tmp_path):
    source = edition.folder / "chapters" / "notebooks" / "data_quality" / "quality.ipynb"
    notebook = nbformat.read(source, as_version=4)
    shown = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    shown[0]["data"]["text/html"] += "<p>added afterwards</p>"
    nbformat.write(notebook, tmp_path / "quality.ipynb")
    result = run_nbval(tmp_path)
    assert result.returncode == 1, result.stdout[-3000:]
    assert "1 failed" in result.stdout
