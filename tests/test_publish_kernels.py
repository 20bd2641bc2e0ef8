"""Warm kernels: nothing passes from chapter to chapter, and no one can tell them from cold ones."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
import trial_project as trial

from rr_helpers.publish import kernels
from rr_helpers.publish.chapters import Chapter, ChapterFailed, run_chapter
from rr_helpers.publish.forking import KERNEL_MODULES, WarmParent
from rr_helpers.publish.here import Here

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="kernels are forked on Linux only; elsewhere they start cold"
)
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot")
# What a chapter may change: each piece of state that another chapter could notice.
CHANGE = """
import builtins, os, random, sys, numpy, pandas, matplotlib
builtins.left_behind = 1
random.seed(1); numpy.random.seed(1)
matplotlib.rcParams["axes.facecolor"] = "red"
pandas.set_option("display.max_rows", 3)
os.environ["LEFT_BEHIND"] = "1"
os.chdir("/")
sys.path.insert(0, "/left-behind")
"""
TELL = """
import builtins, os, random, sys, numpy, pandas, matplotlib
print([hasattr(builtins, "left_behind"), matplotlib.rcParams["axes.facecolor"],
       pandas.get_option("display.max_rows"), "LEFT_BEHIND" in os.environ,
       os.path.basename(os.getcwd()), "/left-behind" in sys.path])
"""
DRAW = "import random, numpy\nprint(random.random(), numpy.random.random())"


def run(folder: Path, *cells: str, warm=None, name="network"):
    source = folder / "notebooks" / f"{name}.ipynb"
    source.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(trial.notebook(*cells), source)
    chapter = Chapter(f"notebooks/{name}", source, folder / f"{name}.out.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # changes from test to test
        return run_chapter(chapter, {"window": "eval_Y3"}, failed=folder / "failed", warm=warm)


def printed(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "".join(o.get("text", "") for c in cells for o in c.get("outputs", [])).strip()


@pytest.fixture(scope="module")
def warm():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)
        parent = WarmParent([*KERNEL_MODULES, *LIBRARIES])
    yield parent
    parent.close()
    assert not psutil.pid_exists(parent.pid)


@pytest.fixture
def forks(warm):
    """How many kernels the parent forked since the test began."""
    before = warm.forks
    return lambda: warm.forks - before


def children(parent) -> list[int]:
    return [child.pid for child in psutil.Process(parent.pid).children()]


def test_a_warm_kernel_is_a_fork_of_the_parent_and_is_gone_afterwards(warm, tmp_path):
    told = printed(run(tmp_path, "import os\nprint(os.getppid(), os.getpid())", warm=warm))
    parent, kernel = map(int, told.split())
    assert parent == warm.pid and warm.trouble == ""
    assert not psutil.pid_exists(kernel) and children(warm) == []


def test_nothing_that_a_chapter_changes_reaches_the_next(warm, forks, tmp_path):
    before = printed(run(tmp_path, TELL, warm=warm))
    run(tmp_path, CHANGE, warm=warm, name="careless")
    assert printed(run(tmp_path, TELL, warm=warm)) == before
    assert forks() == 3
    assert before == "[False, 'white', 60, False, 'notebooks', False]"


def test_no_two_chapters_draw_the_same_random_numbers(warm, forks, tmp_path):
    first, second = (printed(run(tmp_path, DRAW, warm=warm)) for _ in range(2))
    assert forks() == 2
    assert not set(first.split()) & set(second.split())


def test_warm_and_cold_chapters_have_the_same_bytes_figures_and_warnings_included(
    warm, forks, tmp_path
):
    cells = [
        "import sys, warnings, matplotlib.pyplot as plt, pandas as pd",
        "plt.plot([1, 2], [3, 1]); plt.title('Lines')",
        "fig, ax = plt.subplots()\nax.bar(['a', 'b'], [2, 1])\nprint(plt.get_backend())",
        "pd.DataFrame({'n': [1, 2]})",
        "warnings.warn('told')\nprint(sys.argv[0], sys.path, hash('a'), warnings.filters)",
        "import os\nprint(sorted(each for each in os.environ.items() if each[0][:3] != 'JPY'))",
        "class Named: pass\nprint(__name__, Named.__module__)",
    ]
    texts = []
    for parent in (warm, None):
        lines = run(tmp_path, *cells, warm=parent).read_text(encoding="utf-8").splitlines()
        # Python's own name for the file of a cell holds the number of the process.
        texts.append([line for line in lines if "ipykernel_" not in line])
    assert forks() == 1
    assert texts[0] == texts[1]
    assert sum("image/png" in line for line in texts[0]) == 2


def test_a_crashed_kernel_is_told_and_the_parent_goes_on(warm, forks, tmp_path):
    with pytest.raises(ChapterFailed, match="its Python process stopped"):
        run(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", warm=warm)
    assert printed(run(tmp_path, "print('on')", warm=warm)) == "on"
    assert forks() == 2
    assert children(warm) == []


@pytest.mark.parametrize(
    "code, trouble",
    [
        ("import not_there", "trial_library: No module named 'not_there'"),
        ("import warnings; warnings.warn('old library')", "old library"),
        (
            "from threading import Event, Thread; Thread(target=Event().wait, daemon=True).start()",
            "threads beside the main one: python",
        ),
    ],
)
def test_where_a_fork_would_not_be_as_good_the_kernel_starts_cold(
    tmp_path, monkeypatch, code, trouble
):
    (tmp_path / "trial_library.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    with WarmParent(["trial_library"]) as parent:
        told = printed(run(tmp_path, "import os\nprint(os.getppid())", warm=parent))
        assert int(told) == os.getpid()
        assert parent.trouble.startswith(trouble)


def test_a_parent_that_was_killed_leaves_cold_kernels(tmp_path):
    with WarmParent([]) as parent:
        assert parent.start(["-m", "this"], parent.environment, str(tmp_path)).wait() == 0
        os.kill(parent.pid, signal.SIGKILL)
        told = printed(run(tmp_path, "import os\nprint(os.getppid())", warm=parent))
        assert int(told) == os.getpid()


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_library_sets_in_the_builder_reaches_no_kernel(tmp_path, monkeypatch, killed):
    with WarmParent([]) as parent:
        monkeypatch.setenv("SET_BY_A_LIBRARY", "yes")  # as pandera does when it is imported
        if killed:
            os.kill(parent.pid, signal.SIGKILL)
        told = printed(run(tmp_path, "import os\nprint(os.environ.get('SET_BY_A_LIBRARY'))",
                           warm=parent))  # fmt: skip
        assert told == "None"
        assert parent.forks == int(not killed)


def test_what_a_library_sets_in_the_parent_reaches_no_kernel(tmp_path, monkeypatch):
    (tmp_path / "trial_library.py").write_text("import os\nos.environ['SET_BY_A_LIBRARY'] = 'yes'")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    with WarmParent([*KERNEL_MODULES, "trial_library"]) as parent:
        told = printed(run(tmp_path, "import os\nprint(os.environ.get('SET_BY_A_LIBRARY'))",
                           warm=parent))  # fmt: skip
        assert (told, parent.forks) == ("None", 1)


def test_a_parent_says_nothing_on_the_screen_of_who_builds(capfd):
    with WarmParent(KERNEL_MODULES) as parent:
        assert parent.ready()
    assert capfd.readouterr() == ("", "")


def test_the_kernels_talk_through_files_that_are_gone_afterwards(warm, forks, tmp_path):
    code = "import json\nfrom ipykernel.connect import get_connection_file\n"
    code += "told = json.load(open(get_connection_file()))\nprint(told['transport'], told['ip'])"
    transport, place = printed(run(tmp_path, code, warm=warm)).split()
    assert transport == "ipc" and forks() == 1
    assert not list(Path(place).parent.glob(f"{Path(place).name}*"))


@pytest.mark.parametrize("usable, transport", [(True, "ipc"), (False, "tcp")])
def test_a_machine_on_which_nobody_has_run_jupyter_yet_builds(
    tmp_path, tmp_path_factory, monkeypatch, usable, transport
):
    short = tmp_path_factory.mktemp("h")  # a socket's path may not be long
    (short / "file").write_text("")
    home = short / ("new" if usable else "file") / "jupyter" / "runtime"
    monkeypatch.setattr(kernels, "jupyter_runtime_dir", lambda: str(home))
    assert kernels.kernel_manager(None)().transport == transport
    assert printed(run(tmp_path, "print('built')")) == "built"


@pytest.mark.parametrize("warm", [True, False])
def test_where_home_cannot_be_written_no_library_complains_in_a_chapter(
    tmp_path, monkeypatch, warm
):
    for name in ("MPLCONFIGDIR", "IPYTHONDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "set, so that it is put back")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/proc/none")
    source = tmp_path / "notebooks" / "network.ipynb"
    source.parent.mkdir()
    nbformat.write(trial.notebook("import matplotlib.pyplot", "print('drawn')"), source)
    here, chapter = Here(warm=warm), Chapter("notebooks/network", source, tmp_path / "out.ipynb")
    here.prepare([source])
    here.run(chapter, {"window": "eval_Y3"}, failed=tmp_path / "failed")
    assert here.close() == ""
    assert printed(chapter.target) == "drawn"


def test_outside_linux_kernels_talk_over_the_loopback_address(monkeypatch):
    monkeypatch.setattr(kernels, "LINUX", False)
    manager = kernels.kernel_manager(None)()
    assert manager.transport == "tcp" and manager.ip == "127.0.0.1"


def test_when_the_builder_is_killed_its_parent_and_kernels_end_too(tmp_path):
    builder = tmp_path / "builder.py"
    builder.write_text(
        "import sys\nfrom pathlib import Path\nfrom test_publish_kernels import run\n"
        "from rr_helpers.publish.forking import WarmParent\n"
        "with WarmParent([]) as warm:\n"
        f'    run(Path({str(tmp_path)!r}), \'import os, time\\nopen("up", "w")\\n'
        "time.sleep(60)', warm=warm)\n"
    )
    process = subprocess.Popen([sys.executable, builder])
    while not (tmp_path / "notebooks" / "up").exists():
        assert process.poll() is None
        time.sleep(0.05)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) == 2
    process.kill()
    process.wait()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
