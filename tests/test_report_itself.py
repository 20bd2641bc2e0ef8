"""The report itself: run again, built again, and refused where it must be."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest
from conftest import WINDOW

from rr_helpers import cli
from rr_helpers.errors import UserError
from rr_helpers.publish.build import build_edition
from rr_helpers.publish.contents import chapter_names
from rr_helpers.publish.plan import plan_edition, project_folder
from rr_helpers.publish.record import digest_files


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
    assert len(chapters) == len(chapter_names(project_folder() / "book"))
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


def test_the_same_study_in_another_folder_gives_the_same_site_byte_for_byte(edition, tmp_path):
    study = tmp_path / "elsewhere" / "study"
    shutil.copytree(edition.study, study, ignore=shutil.ignore_patterns(".rr"))
    out = tmp_path / "report"
    assert cli.main(["build", str(study), "--window", WINDOW, "--out", str(out)]) == 0
    assert digest_files(out / "site") == digest_files(edition.folder / "site")


def test_the_report_passes_its_own_check_with_the_identifiers_of_the_study(edition, capsys):
    assert cli.main(["check", str(edition.folder), "--study", str(edition.study)]) == 0
    assert "0 problems" in capsys.readouterr().out


def test_rows_left_on_show_stop_the_build_and_leave_the_last_site_alone(edition, tmp_path):
    plan = plan_edition(edition.study, window=WINDOW, say=lambda text: None)
    project = tmp_path / "project"
    for part in ("book", "notebooks"):
        shutil.copytree(plan.project / part, project / part)
    shutil.copy(plan.project / "requirements.lock", project)
    chapter = project / "notebooks" / "q4_safety" / "safety.ipynb"
    notebook = nbformat.read(chapter, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("survey.head(3)"))
    nbformat.write(notebook, chapter)
    before = digest_files(edition.folder / "site")
    with pytest.raises(UserError) as refused:
        build_edition(replace(plan, project=project), edition.folder, say=lambda text: None)
    said = str(refused.value)
    assert f"notebooks/q4_safety/safety.ipynb, cell {len(notebook.cells)}" in said
    assert "a table of rows" in said
    assert "Show it with Table(…)" in said
    assert not any(row in said for row in plan.identifiers)
    assert digest_files(edition.folder / "site") == before
