"""What several test files share: the report itself, built once from the synthetic study."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

WINDOW = "eval_Y3"


def pytest_configure():
    """Let the kernels of trial notebooks import what lies beside the tests."""
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)


def pytest_collection_modifyitems(items):
    """Begin with the file that takes longest, so that no process waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_site.py")


@pytest.fixture(scope="session")
def edition(tmp_path_factory):
    """The report of the synthetic study, as `make report` builds it: `study`, `folder`.

    Built once for all the processes that pytest runs tests in: no test may change it.
    """
    from rr_helpers.cli import main

    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "edition"
    study, folder, made = place / "study", place / "report", place / "made"
    with FileLock(f"{place}.lock"):
        if not made.exists():
            assert main(["synthesise", str(study)]) == 0
            assert main(["build", str(study), "--window", WINDOW, "--out", str(folder)]) == 0
            made.touch()
    return SimpleNamespace(study=study, folder=folder)


@pytest.fixture(scope="session")
def small_study_folder(tmp_path_factory):
    """A small synthetic study, as workbooks: seed 11, scale 0.2."""
    from rr_helpers.study.synthetic import make_study, write_study

    folder = tmp_path_factory.mktemp("small") / "study"
    write_study(make_study(seed=11, scale=0.2), folder)
    return folder


@pytest.fixture(scope="session")
def small_study(small_study_folder):
    """The same, read back."""
    from rr_helpers.study import read_study

    return read_study(small_study_folder)


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium; without one the test is skipped, or fails in CI."""
    named = os.environ.get("RR_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser")
    found = found or shutil.which("google-chrome")
    if found and Path(found).is_file():
        return found
    reason = "no Chromium found; install one, or name it in RR_CHROMIUM, to test the site in it"
    if os.environ.get("RR_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)
