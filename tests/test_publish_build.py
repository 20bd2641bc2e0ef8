import os
import shutil
import subprocess
import sys

import nbformat
import pytest
import trial_project as trial

from rr_helpers.cli import main
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.publish.build import build_edition, digest_sources
from rr_helpers.publish.check import check_edition
from rr_helpers.publish.findings import SYNTHETIC
from rr_helpers.publish.place import clear_left_over, move_into_place
from rr_helpers.publish.record import digest_files, read_record


def quiet(*_):
    pass


def put(project, name, notebook):
    nbformat.write(notebook, project / "notebooks" / f"{name}.ipynb")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A trial edition: its project, its folder, and what was said while it was built."""
    folder = tmp_path_factory.mktemp("trial")
    project = trial.write_project(folder / "project")
    said = []
    build_edition(trial.plan(project), folder / "out", say=said.append)
    return project, folder / "out", said


@pytest.fixture
def edition(built, tmp_path):
    """A copy of the trial edition that a test may break: project and folder."""
    project, out, _ = built
    shutil.copytree(project, tmp_path / "project")
    shutil.copytree(out, tmp_path / "out")
    return tmp_path / "project", tmp_path / "out"


def refuse(project, out, error=UserError, **changes) -> str:
    """Build, expect to be refused, and make sure that the last good edition is untouched."""
    before = digest_files(out, [p for p in out.rglob("*") if p.is_file()])
    with pytest.raises(error) as caught:
        build_edition(trial.plan(project, **changes), out, say=quiet)
    after = digest_files(out, [p for p in out.rglob("*") if p.is_file()])
    assert {k: v for k, v in after.items() if not k.startswith("failed/")} == before
    assert not list(out.glob(".building-*"))
    return str(caught.value)


def test_an_edition_has_its_site_its_chapters_and_its_record_and_nothing_else(built):
    _, out, _ = built
    parts = ["chapters", "handover.zip", "record.json", "site"]
    assert sorted(path.name for path in out.iterdir()) == parts
    assert sorted(p.name for p in (out / "chapters").rglob("*.ipynb")) == [
        "network.ipynb",
        "safety.ipynb",
    ]


def test_the_front_page_tells_the_findings_and_that_the_study_is_invented(built):
    _, out, _ = built
    text = (out / "site" / "index.html").read_text(encoding="utf-8")
    assert "About half of those asked felt safer." in text
    assert SYNTHETIC in text
    assert "Evaluation year 3, London" in text


def test_a_build_and_a_check_warn_of_a_zip_too_heavy_to_mail(edition, monkeypatch, capsys):
    project, out = edition
    monkeypatch.setattr("rr_helpers.publish.handover.MOST_BYTES", 1_000)
    said = []
    build_edition(trial.plan(project), out, say=said.append)
    assert said[-1].startswith("Warning: handover.zip weighs 0.")
    assert main(["check", str(out)]) == 0
    assert f"{said[-1]}\n0 problems in {out}" in capsys.readouterr().out


def test_the_build_says_how_far_it_is(built):
    _, _, said = built
    assert {line.split(":")[0].strip() for line in said[:2]} == {
        "notebooks/q1_network/network",
        "notebooks/q4_safety/safety",
    }
    assert [line.rpartition(", ")[2] for line in said[:2]] == ["1 left", "0 left"]
    assert said[2] == "Checking every output, then building the pages"


def test_the_record_holds_inputs_versions_and_the_digest_of_every_file(built):
    project, out, _ = built
    record = read_record(out / "record.json")
    assert record["site"] == digest_files(out / "site")
    assert record["inputs"] == digest_sources(project)
    assert {"requirements.lock", "book/_toc.yml", "notebooks/q4_safety/safety.ipynb"} <= set(
        record["inputs"]
    )
    assert record["packages"]["papermill"] and record["seed"] == 7


def test_neither_site_nor_record_names_a_folder_or_a_time_of_this_machine(built):
    project, out, _ = built
    for path in [out / "record.json", *(p for p in (out / "site").rglob("*") if p.is_file())]:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert str(project.parent) not in text and os.path.expanduser("~") + os.sep not in text


def test_two_builds_from_the_same_inputs_give_the_same_bytes(built, tmp_path):
    project, out, _ = built
    (tmp_path / "elsewhere" / "failed").mkdir(parents=True)  # as a build that failed leaves it
    build_edition(trial.plan(project), tmp_path / "elsewhere", say=quiet)
    assert digest_files(tmp_path / "elsewhere") == digest_files(out)


def test_a_built_edition_passes_its_own_check(built):
    _, out, _ = built
    assert check_edition(out, identifiers=["YP0001"], names=["Zephyrine Quill"]) == []


def test_a_raw_table_left_on_show_stops_the_build_and_is_named(edition):
    project, out = edition
    put(
        project,
        "q4_safety/safety",
        trial.notebook("import pandas as pd", "pd.DataFrame({'yp_id': ['YP0001']})"),
    )
    message = refuse(project, out, DisclosureError)
    assert "notebooks/q4_safety/safety.ipynb, cell 5: a table of rows (an unprotected" in message
    assert "YP0001" not in message


def test_a_failing_chapter_is_kept_for_inspection_outside_the_site(edition):
    project, out = edition
    put(project, "q1_network/network", trial.notebook("missing"))
    message = refuse(project, out)
    assert "notebooks/q1_network/network.ipynb, cell 4 (counting every cell from 1)" in message
    assert "'missing' stopped with NameError" in message
    assert str(out / "failed" / "network.ipynb") in message
    assert (out / "failed" / "network.ipynb").is_file()


def test_all_failing_chapters_are_told_at_once(edition):
    project, out = edition
    put(project, "q1_network/network", trial.notebook("1 / 0"))
    put(project, "q4_safety/safety", trial.notebook("[][0]"))
    message = refuse(project, out)
    assert "2 chapters stopped" in message
    assert "ZeroDivisionError" in message and "IndexError" in message


def test_an_identifier_in_a_cleared_output_still_stops_the_build(edition):
    project, out = edition
    message = refuse(project, out, DisclosureError, identifiers=["half"])
    assert "index.html: the identifier 'half' of the study" in message


def test_what_a_killed_build_left_is_cleared_and_the_last_good_edition_put_back(edition):
    project, out = edition
    good = digest_files(out)
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                             capture_output=True, text=True)  # fmt: skip
    left = out / f".building-{process.stdout.strip()}"
    (left / "previous").mkdir(parents=True)
    # Killed between taking the old site away and putting the new one in its place.
    os.replace(out / "site", left / "previous" / "site")
    clear_left_over(out)
    assert digest_files(out) == good


def test_two_builds_into_one_folder_do_not_meet(edition):
    project, out = edition
    running = out / f".building-{os.getppid()}"
    running.mkdir()
    with pytest.raises(UserError, match=f"another build at work \\(process {os.getppid()}\\)"):
        build_edition(trial.plan(project), out, say=quiet)
    assert running.is_dir()


@pytest.mark.parametrize("stays_in_use", [False, True])
def test_an_edition_that_cannot_be_replaced_is_not_lost(edition, monkeypatch, stays_in_use):
    _, out = edition
    good, replace, refused = digest_files(out), os.replace, []
    building = out / f".building-{os.getpid()}"
    shutil.copytree(out / "site", building / "site")

    def replace_unless_in_use(source, target):
        if str(target) == str(out / "site") and (stays_in_use or not refused):
            refused.append(target)
            raise PermissionError(13, "in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", replace_unless_in_use)
    with pytest.raises(UserError, match="a file that cannot be replaced .in use."):
        move_into_place(building, out)
    monkeypatch.undo()
    if stays_in_use:
        assert not (out / "site").exists()
    clear_left_over(out)
    assert digest_files(out) == good


def test_a_folder_left_by_a_process_whose_number_another_has_now_is_cleared(edition):
    _, out = edition
    left = out / f".building-{os.getppid()}"
    left.mkdir()
    os.utime(left, (0, 0))  # made before the process of that number began
    clear_left_over(out)
    assert not left.exists()
