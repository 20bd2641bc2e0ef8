"""What is done again, and what is not: the pipeline judges by content and forgets nothing."""

import io
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from types import SimpleNamespace

import pytest
from doit.reporter import ZeroReporter
from trial_builds import (
    NETWORK,
    SAFETY,
    STEPS,
    at,
    bring_up_to_date,
    build_lightly,
    lightly,
    put,
    write_trial,
)

from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.publish import forking
from rr_helpers.publish.pipeline import ROOT, run
from rr_helpers.publish.record import digest_files
from rr_helpers.publish.sources import files_behind, imported_modules, notebook_code, read_package
from rr_helpers.publish.state import Digests


@pytest.fixture(scope="module", autouse=True)
def no_kernels():
    with pytest.MonkeyPatch.context() as patch:
        lightly(patch)
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory, no_kernels):
    made = write_trial(tmp_path_factory.mktemp("pipeline"))
    assert bring_up_to_date(made) == STEPS
    return made


@pytest.fixture
def made(first, tmp_path):
    """A copy of the finished trial; copying changes every file's time, and nothing else."""
    shutil.copytree(first.project.parent, tmp_path, dirs_exist_ok=True)
    moved = at(tmp_path)
    text = moved.state.read_text()
    moved.state.write_text(text.replace(str(first.project.parent), str(tmp_path)))
    return moved


def test_where_nothing_changed_nothing_is_done_and_the_study_is_not_read(made):
    before = digest_files(made.out)
    assert bring_up_to_date(made) == []
    assert made.plans == [] and digest_files(made.out) == before


def test_touching_every_file_changes_nothing(made):
    for path in made.project.parent.rglob("*"):
        os.utime(path)
    assert bring_up_to_date(made) == []


def test_an_edit_with_an_older_time_is_seen(made):
    put(made.project, SAFETY, "1 + 1;")
    os.utime(made.project / f"{SAFETY}.ipynb", (1, 1))
    assert f"chapter:{SAFETY}" in bring_up_to_date(made)


def test_a_file_that_was_renamed_and_one_that_is_gone_are_seen(made):
    pages = made.project / "book" / "pages"
    (pages / "methods.md").rename(pages / "method.md")
    assert bring_up_to_date(made) == ["book"]
    (pages / "method.md").unlink()
    assert bring_up_to_date(made) == ["book"]


def test_the_same_files_in_another_folder_are_other_files(tmp_path):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("the same")
    here, there = (
        Digests([tmp_path / name], known={}).over([tmp_path / name / "a.txt"])
        for name in ("here", "there")
    )
    assert here["digest"] == there["digest"] and here != there


def test_each_file_is_read_once_in_a_run_and_as_it_was_then(tmp_path):
    page, known = tmp_path / "page.md", tmp_path / "known.py"
    page.write_text("first")
    digests = Digests([tmp_path], known={known: "0" * 64})
    before = digests.over([page, known])
    page.write_text("second")
    assert digests.over([known, page, page]) == before
    assert Digests([tmp_path], known={known: "0" * 64}).over([page, known]) != before
    assert Digests([tmp_path], known={known: "1" * 64}).over([page, known]) != before


def test_finding_out_that_nothing_has_changed_needs_no_large_library():
    code = (
        "import sys; from pathlib import Path; from rr_helpers import cli\n"
        "from rr_helpers.publish import from_study, steps, watch\n"
        "found = from_study.edition_inputs(Path('none'), window='w', scope='london')\n"
        "assert len(found.chapters) > 10\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, 'doit.doit_cmd' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"doit", "rr_helpers", "False"} <= loaded
    assert not loaded & {"numpy", "pandas", "yaml", "sphinx_external_toc", "lxml", "nbformat"}


def test_editing_one_chapter_runs_that_chapter_and_the_pages(made):
    put(made.project, SAFETY, "2 + 2;")
    assert bring_up_to_date(made) == [f"chapter:{SAFETY}", "book"]
    # The release is read as it was made, not made again.
    assert made.plans == [made.study / ".rr" / "store" / "release.json"]


def test_editing_a_module_runs_what_imports_it(made):
    module = made.project / "rr_helpers" / "errors.py"
    module.write_text(module.read_text() + "\n# a remark\n")
    done = bring_up_to_date(made)
    assert f"chapter:{NETWORK}" in done and f"chapter:{SAFETY}" not in done


def test_editing_a_page_of_the_book_runs_no_chapter(made):
    page = made.project / "book" / "pages" / "glossary.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    assert bring_up_to_date(made) == ["book"]


def test_other_pinned_versions_run_everything(made):
    with (made.project / "requirements.lock").open("a") as lock:
        lock.write("another==1\n")
    assert bring_up_to_date(made) == STEPS


def test_a_changed_study_with_another_release_runs_everything(made):
    (made.study / "consent.xlsx").write_text("withdrawn")
    assert bring_up_to_date(made) == STEPS
    assert made.plans == [None]


def test_a_release_that_was_changed_since_is_made_again(made):
    (made.study / ".rr" / "store" / "release.json").write_text("tampered")
    assert bring_up_to_date(made) == ["study"]
    assert made.plans == [None]


@pytest.mark.parametrize("changed", ["site/index.html", f"chapters/{SAFETY}.ipynb", "record.json"])
def test_an_edition_that_was_changed_since_is_published_again(made, changed):
    good = digest_files(made.out)
    with (made.out / changed).open("a") as file:
        file.write("tampered")
    assert bring_up_to_date(made) == ["book"]
    assert digest_files(made.out) == good


def test_an_executed_chapter_that_was_changed_since_is_run_again(made):
    (kept,) = (made.study / ".rr").rglob("safety.ipynb")
    kept.write_text("tampered")
    assert f"chapter:{SAFETY}" in bring_up_to_date(made)


def test_a_failing_chapter_does_not_stop_the_others_and_is_all_that_runs_next_time(made):
    good = digest_files(made.out)
    put(made.project, NETWORK, "1 / 0")
    put(made.project, SAFETY, "4 + 4;")
    with pytest.raises(UserError) as caught:
        bring_up_to_date(made)
    assert f"{NETWORK}.ipynb, cell 5" in str(caught.value)
    assert f"rr build study --out out --only {NETWORK}" in str(caught.value)
    kept = {name: digest for name, digest in digest_files(made.out).items() if "failed" not in name}
    assert kept == good
    put(made.project, NETWORK, "5 + 5;")
    assert bring_up_to_date(made) == [f"chapter:{NETWORK}", "book"]


def test_several_failing_chapters_are_told_together(made):
    put(made.project, NETWORK, "1 / 0")
    put(made.project, SAFETY, "[][0]")
    with pytest.raises(UserError, match="2 chapters stopped(.|\n)*ZeroDivision(.|\n)*IndexError"):
        bring_up_to_date(made)


def test_what_fails_the_checks_is_not_published(made, monkeypatch):
    def refuse(plan, executed, building, **where):
        build_lightly(plan, executed, building, **where)
        raise DisclosureError(place="the site", found="a leak", expected="none", cure="Mend it")

    good = digest_files(made.out)
    put(made.project, SAFETY, "7 + 7;")
    monkeypatch.setattr("rr_helpers.publish.build.build_site", refuse)
    with pytest.raises(DisclosureError, match="^the site: a leak; expected none. Mend it.$"):
        bring_up_to_date(made)
    assert digest_files(made.out) == good
    monkeypatch.setattr("rr_helpers.publish.build.build_site", build_lightly)
    assert bring_up_to_date(made) == ["book"]


def test_only_the_chapter_asked_for_is_run_and_nothing_is_published(made):
    good = digest_files(made.out)
    put(made.project, NETWORK, "6 + 6;")
    put(made.project, SAFETY, "6 + 6;")
    assert bring_up_to_date(made, only=[NETWORK]) == [f"chapter:{NETWORK}"]
    assert digest_files(made.out) == good


def test_a_state_file_that_cannot_be_read_is_begun_anew(made):
    made.state.write_text('{"chapter:')
    assert bring_up_to_date(made) == STEPS


def test_the_state_holds_digests_and_names_of_files_and_no_content(made):
    text = made.state.read_text()
    assert set(json.loads(text)) == set(STEPS)


def test_the_chapters_of_the_report_depend_on_what_they_import():
    package = read_package(ROOT)
    behind = {
        path.stem: {file.relative_to(ROOT).as_posix() for file in
                    files_behind(notebook_code(path), package)}
        for path in (ROOT / "notebooks").rglob("*.ipynb")
    }  # fmt: skip
    assert "rr_helpers/stats/proportions.py" in behind["training"]
    assert "rr_helpers/publish/governance.py" in behind["use"]
    assert "rr_helpers/publish/governance.py" not in behind["training"]
    assert "rr_helpers/stats/proportions.py" not in behind["quality"]
    for files in behind.values():
        assert {"rr_helpers/publish/edition.py", "rr_helpers/errors.py"} <= files
        assert not {"rr_helpers/publish/book.py", "rr_helpers/cli.py"} & files


@pytest.mark.parametrize(
    "code, files",
    [
        ("import rr_helpers.a", {"__init__", "a", "b"}),
        ("import os, rr_helpers.b as b", {"__init__", "b"}),
        ("from rr_helpers import (\n    b,  # why\n    c as d,\n)", {"__init__", "b", "c"}),
        ("if 1:\n    from rr_helpers.c import x", {"__init__", "c"}),
        ("from rr_helpers.late import one", {"__init__", "late/__init__", "late/first", "b"}),
        ("from pandas import b", set()),
        ('text = """\nimport rr_helpers.a"""; from rr_helpers import c', {"__init__", "a", "b"}),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_imports_are_followed_however_they_are_written(tmp_path, code, files, ending):
    folder = tmp_path / "rr_helpers"
    (folder / "late").mkdir(parents=True)
    for name, text in {
        "__init__": "", "a": "def f():\n    from rr_helpers.b import g", "b": "", "c": "",
        "late/__init__": '_HOMES = {\n    "first": ("one", "other"),\n    "second": ("two",),\n}\n',
        "late/first": "import rr_helpers.b", "late/second": "import rr_helpers.c",
    }.items():  # fmt: skip
        (folder / f"{name}.py").write_text(text, newline=ending)
    found = files_behind(code, read_package(tmp_path))
    assert {path.relative_to(folder).with_suffix("").as_posix() for path in found} == files


def test_what_is_loaded_beforehand_is_what_a_chapter_imports_first():
    code = "import numpy as np\nfrom rr_helpers.stats import (\n    mean,\n    share,\n)\n"
    code += "def f():\n    import secret"
    assert imported_modules(code) == ["numpy:", "rr_helpers.stats:mean,share"]


@pytest.mark.skipif(not forking.LINUX, reason="kernels are forked on Linux only")
def test_a_build_whose_kernels_could_not_be_forked_says_so_and_why(made, monkeypatch):
    put(made.project, SAFETY, "2;")
    stopped = SimpleNamespace(trouble="it ended", close=lambda: None)
    monkeypatch.setattr(forking, "WarmParent", lambda modules, **_: stopped)
    said = []
    bring_up_to_date(made, warm=True, say=said.append)
    assert "Kernels started afresh, which is slower: it ended" in said


@pytest.mark.parametrize("workers", [1, 2])
def test_the_chapters_that_took_longest_begin_first(tmp_path, workers):
    begun = []
    first = {"name": "study", "actions": [lambda: True]}
    names = [f"chapter:{letter}" for letter in "abcdef"]
    chapters = [
        {"name": n, "actions": [partial(begun.append, n)], "task_dep": ["study"]} for n in names
    ]
    steps = [first, *chapters, {"name": "book", "actions": [lambda: True], "task_dep": names}]
    before = {"chapter:c": 9.0, "chapter:a": 5.0, "chapter:f": 1.0}
    run(steps, state=tmp_path / "state.json", reporter=ZeroReporter(io.StringIO(), {}),
        workers=workers, before=before)  # fmt: skip
    assert begun[:3] == ["chapter:c", "chapter:a", "chapter:f"] and len(begun) == 6
