"""On a cluster of real processes: the bytes of this machine, whatever dies, and no row sent."""

import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest
from local_cluster import scheduling, working
from trial_builds import NETWORK, SAFETY, STEPS, bring_up_to_date, put, write_trial

from rr_helpers.errors import UserError
from rr_helpers.publish import cluster, remote
from rr_helpers.publish.chapters import Chapter, ChapterFailed
from rr_helpers.publish.here import Here
from rr_helpers.publish.record import digest_files

ROWS = "what a young person said"
WAITS = """
import pathlib, time
pathlib.Path("started").touch()
for _ in range(3000):
    if pathlib.Path("go").exists():
        break
    time.sleep(0.05)
else:
    raise TimeoutError("nobody said go")
"""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    with scheduling(tmp_path_factory.mktemp("scheduler")) as address:
        yield address


@pytest.fixture(scope="module")
def workers(scheduler, tmp_path_factory):
    place = tmp_path_factory.mktemp("workers")
    with working(scheduler, place) as started:
        yield started


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    made = write_trial(tmp_path)
    (made.study / ".rr" / "store" / "study.json").write_text("{}")
    return made


def kill_the_worker_of(folder: Path, workers: list[subprocess.Popen]) -> None:
    """Once a kernel runs in `folder`, kill the worker that it belongs to; then let kernels go."""
    while not (folder / "started").exists():
        time.sleep(0.05)
    for worker in workers:
        family = psutil.Process(worker.pid).children(recursive=True)
        if str(folder) in map(_place, family):
            worker.kill()
            worker.wait()
            psutil.wait_procs(family, timeout=30)
            break
    (folder / "go").touch()


def _place(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:  # it ended in the meantime
        return ""


def test_a_cluster_that_loses_a_worker_builds_the_same_bytes_as_this_machine(
    made, scheduler, workers
):
    put(made.project, SAFETY, WAITS)
    folder = made.project / Path(SAFETY).parent
    killer = threading.Thread(target=kill_the_worker_of, args=(folder, workers), daemon=True)
    killer.start()
    assert bring_up_to_date(made, chapters=cluster.Cluster(scheduler)) == STEPS
    killer.join(timeout=60)
    assert [worker.poll() is None for worker in workers].count(False) == 1
    there = digest_files(made.out)
    made.out, made.state = made.out.with_name("here"), made.state.with_name("here.json")
    assert bring_up_to_date(made, chapters=Here()) == STEPS
    assert digest_files(made.out) == there and len(there) > 10


def test_a_failing_chapter_is_told_as_here_and_what_it_says_stays_beside_the_study(
    made, scheduler, workers
):
    put(made.project, NETWORK, f"raise ValueError({ROWS!r})")
    put(made.project, SAFETY)
    sent = []

    class Overheard(cluster.Cluster):
        def __init__(self, address):
            super().__init__(address)
            submit = self._client.submit
            self._client.submit = lambda *asked, **how: _Heard(submit(*asked, **how), asked, sent)

    with pytest.raises(ChapterFailed, match=f"{NETWORK}.ipynb, cell .*ValueError: {ROWS}") as told:
        bring_up_to_date(made, chapters=Overheard(scheduler))
    assert told.value.kept.is_relative_to(made.study) and told.value.kept.is_file()
    assert len(sent) == 4 and ROWS not in repr(sent)


class _Heard:
    def __init__(self, future, asked, sent):
        self._future, self._sent = future, sent
        sent.append(asked)

    def result(self):
        self._sent.append(answer := self._future.result())
        return answer


@pytest.mark.parametrize(
    "change, said",
    [
        ({"files": {"/not/there/study.json": "0"}}, "the file /not/there/study.json that is not"),
        ({"python": "2.7"}, "expected Python 2.7"),
        ({"package": "another"}, "another version of rr_helpers"),
    ],
)
def test_a_worker_that_differs_from_the_builder_refuses(tmp_path, change, said):
    asked = {
        "python": remote.platform.python_version(), "package": remote.PACKAGE, "files": {},
        "name": NETWORK, "source": "-", "target": str(tmp_path / "x.ipynb"), "parameters": {},
        "modules": [], **change,
    }  # fmt: skip
    answer = remote.run_there(asked)
    with pytest.raises(UserError, match=said) as told:
        raise cluster._error(Chapter(NETWORK, Path("-"), Path("-")), answer)
    assert "the worker on " in str(told.value) and told.value.cure


def test_a_worker_that_cannot_see_the_study_is_told_once(made, scheduler, workers, monkeypatch):
    monkeypatch.setattr(cluster, "_digests", lambda files: {"/not/there": "0"})
    with pytest.raises(UserError) as told:
        bring_up_to_date(made, chapters=cluster.Cluster(scheduler))
    assert str(told.value).count("the file /not/there that is not there; expected the folders") == 1


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    with pytest.raises(UserError) as told:
        cluster.Cluster("tcp://127.0.0.1:9")
    assert str(told.value) == (
        "--cluster tcp://127.0.0.1:9: no scheduler that answers; expected the address of a running "
        "dask scheduler, such as tcp://node1:8786. Start one with 'dask scheduler' and give the "
        "address that it prints."
    )
    with pytest.raises(UserError, match="no scheduler that answers"):
        cluster.Cluster("node1, please")


def test_a_scheduler_that_no_worker_joins_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "JOINS_WITHIN", 0.2)
    with scheduling(tmp_path) as alone:
        with pytest.raises(UserError, match="a scheduler without workers; expected a worker with"):
            cluster.Cluster(alone)
