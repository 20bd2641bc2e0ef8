import os
import sys
import threading

import nbformat
import pytest
import trial_project as trial

from rr_helpers.errors import UserError
from rr_helpers.publish import kernels
from rr_helpers.publish.chapters import (
    Chapter,
    ChapterFailed,
    numbered_cells,
    parameter_names,
    require_parameters,
    run_chapter,
)


def chapter(folder, made, name="notebooks/q1_network/network"):
    source = folder / f"{name}.ipynb"
    source.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, source)
    return Chapter(name, source, folder / "out" / f"{name}.ipynb")


def run(folder, made, **parameters):
    target = run_chapter(chapter(folder, made), parameters, failed=folder / "failed")
    return nbformat.read(target, as_version=4)


def printed(notebook) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs).strip()


@pytest.fixture(scope="module")
def failure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("failing") / "a folder with spaces"
    made = trial.notebook("#md Some text.", "\nshare = 1 / 0\nprint('never')", "print('later')")
    with pytest.raises(ChapterFailed) as caught:
        run(folder, made, window="eval_Y3")
    return caught.value, folder


def test_a_failing_cell_is_named_by_its_number_in_jupyterlab_and_its_first_line(failure):
    error, _ = failure
    # Title, parameters, helper and a text cell come before it; papermill's own cell does not count.
    assert error.cell == 5
    assert str(error).startswith(
        "notebooks/q1_network/network.ipynb, cell 5 (counting every cell from 1): the cell "
        "starting 'share = 1 / 0' stopped with ZeroDivisionError: division by zero; expected a "
        "chapter that runs from top to bottom. Open "
    )


def test_a_failed_chapter_is_kept_with_its_error_and_leaves_no_output(failure):
    error, folder = failure
    kept = nbformat.read(error.kept, as_version=4)
    assert error.kept == folder / "failed" / "network.ipynb"
    assert any(
        o.get("ename") == "ZeroDivisionError" for c in kept.cells for o in c.get("outputs", [])
    )
    assert list((folder / "out").rglob("*.ipynb")) == []


def test_a_chapter_runs_with_the_editions_parameters_in_its_own_folder(tmp_path):
    made = trial.notebook("import os\nprint(window, os.getcwd())")
    here = os.getcwd()
    notebook = run(tmp_path, made, window="eval_Y3")
    folder = (tmp_path / "notebooks" / "q1_network").resolve()
    assert printed(notebook) == f"eval_Y3 {folder}"
    assert os.getcwd() == here


def test_a_chapter_runs_in_this_interpreter_with_one_thread_for_each_library(tmp_path):
    notebook = run(
        tmp_path,
        trial.notebook("import os, sys\nprint(sys.executable, os.environ['OMP_NUM_THREADS'])"),
        window="eval_Y3",
    )
    assert printed(notebook) == f"{sys.executable} 1"


def test_a_kernel_that_the_user_installed_cannot_slip_in(tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    spec.joinpath("kernel.json").write_text('{"argv": ["false"], "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert printed(run(tmp_path, trial.notebook("print('ran')"), window="eval_Y3")) == "ran"


def test_what_chapters_show_travels_encrypted_between_processes(tmp_path):
    made = trial.notebook(
        "import json\nfrom ipykernel.connect import get_connection_file\n"
        "print('curve_secretkey' in json.load(open(get_connection_file())))"
    )
    assert printed(run(tmp_path, made, window="eval_Y3")) == "True"


def test_two_runs_give_the_same_bytes(tmp_path):
    made = trial.notebook(trial.show_finding(), "print(sorted({'a', 'b'}), hash('a'))")
    for cell in made.cells:
        cell.pop("id")  # notebooks of format 4.4 have none, and get random ones when read
    made.nbformat_minor = 4
    texts = []
    for name in ("first", "second"):
        one = chapter(tmp_path, made)
        one = Chapter(one.name, one.source, tmp_path / name / "network.ipynb")
        texts.append(
            run_chapter(one, {"window": "eval_Y3"}, failed=tmp_path / "failed").read_text()
        )
    assert texts[0] == texts[1]
    assert "papermill" not in texts[0]


def test_the_parameters_never_reach_a_reader(tmp_path):
    notebook = run(tmp_path, trial.notebook(), window="eval_Y3")
    tagged = [cell for cell in notebook.cells if "remove-cell" in cell.metadata.get("tags", [])]
    assert [cell.source.splitlines()[0] for cell in tagged] == ['study = "study"', "# Parameters"]
    assert tagged[1]["id"] == "injected-parameters"


def test_an_unknown_parameter_stops_before_anything_runs(tmp_path):
    with pytest.raises(UserError) as caught:
        run(tmp_path, trial.notebook("print(borough)"), window="eval_Y3", borough="E09000012")
    assert str(caught.value) == (
        "notebooks/q1_network/network.ipynb: no parameter named borough in its parameters cell; "
        "expected a cell tagged 'parameters' that sets borough, window. "
        "Add the line 'borough = …' to that cell."
    )
    assert not (tmp_path / "out").exists()


def test_a_notebook_without_parameters_cell_is_refused(tmp_path):
    with pytest.raises(UserError, match="no parameter named window in its parameters cell"):
        run(tmp_path, trial.notebook(parameters=None), window="eval_Y3")


def test_a_chapter_without_notebook_is_named(tmp_path):
    missing = Chapter("notebooks/q9/none", tmp_path / "none.ipynb", tmp_path / "out.ipynb")
    with pytest.raises(UserError, match="the chapter 'notebooks/q9/none', for which there is no"):
        require_parameters(missing, {})


def test_only_assigned_names_are_parameters():
    assert parameter_names(trial.notebook(parameters="a = b  # c = 1\nd: str = ''")) == {"a", "d"}
    assert parameter_names(trial.notebook(parameters="a = ")) == set()


def test_a_chapter_whose_process_dies_says_so(tmp_path):
    with pytest.raises(ChapterFailed) as caught:
        run(tmp_path, trial.notebook("import os, signal\nos._exit(1)"), window="eval_Y3")
    assert "network.ipynb: its Python process stopped (" in str(caught.value)


def test_a_chapter_whose_process_does_not_begin_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "ARGUMENTS", ["-c", "raise SystemExit(3)", "{connection_file}"])
    with pytest.raises(ChapterFailed, match="stopped .it ended before it had begun."):
        run(tmp_path, trial.notebook("1 + 1"), window="eval_Y3")
    assert not list(tmp_path.rglob("*.part.ipynb"))


def test_no_thread_and_no_part_of_a_notebook_is_left_behind(tmp_path):
    before = threading.active_count()
    run(tmp_path, trial.notebook("2 + 2"), window="eval_Y3")
    assert threading.active_count() <= before + 1
    assert [path.name for path in (tmp_path / "out").rglob("*.ipynb")] == ["network.ipynb"]


def test_cells_are_numbered_as_in_the_source():
    made = trial.notebook("first", "second")
    injected = nbformat.v4.new_code_cell("x", metadata={"tags": ["injected-parameters"]})
    made.cells.insert(2, injected)
    assert [number for number, _ in numbered_cells(made)] == [1, 2, 2, 3, 4, 5]
