"""Killed at any moment, out of space, read-only, two at once: the last good edition stays."""

import errno
import os
import signal
import sys

import pytest
from trial_builds import NETWORK, SAFETY, at, bring_up_to_date, lightly, put, write_trial

from rr_helpers.errors import UserError
from rr_helpers.publish.place import clear_left_over
from rr_helpers.publish.record import digest_files

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to kill a copy of itself")


@pytest.fixture(autouse=True)
def no_kernels(monkeypatch):
    lightly(monkeypatch)


@pytest.fixture
def made(tmp_path):
    made = write_trial(tmp_path)
    bring_up_to_date(made)
    return made


def killed_at(made, moment: int, *, after: bool) -> bool:
    """Build in a fork that is killed just before or after its nth move of a file into place."""
    child = os.fork()
    if not child:
        replace, moves = os.replace, iter(range(1, 1000))

        def replace_or_die(source, target):
            now = next(moves) == moment
            if now and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            replace(source, target)
            if now:
                os.kill(os.getpid(), signal.SIGKILL)

        os.replace = replace_or_die
        try:
            bring_up_to_date(made)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@forks
@pytest.mark.parametrize("after", [False, True])
def test_a_build_killed_at_any_move_leaves_a_whole_edition_and_the_next_one_is_right(made, after):
    editions = [published(made)]
    moment, killed = 0, True
    while killed:
        moment += 1
        put(made.project, SAFETY, f"{moment};")
        put(made.project, NETWORK, f"{moment};")
        killed = killed_at(made, moment, after=after)
        present = published(made)
        bring_up_to_date(made)
        editions.append(published(made))
        assert present in editions[-2:]
        assert f"{moment};" in (made.out / "site" / "index.html").read_text()
        assert bring_up_to_date(made) == []
    # Two chapters, the record, the edition's three parts there and back, and doit's state.
    assert moment > 10


@forks
def test_what_was_finished_before_a_kill_is_not_done_again(made):
    put(made.project, SAFETY, "1;")
    put(made.project, NETWORK, "1;")
    # The state is written when a step begins to be out of date and when it is done; the record of
    # the edition comes after every chapter.
    moment = 1
    while killed_at(made, moment, after=True):
        done = bring_up_to_date(at(made.study.parent))
        if done == ["book"]:
            return
        moment += 1
        put(made.project, SAFETY, f"{moment};")
    pytest.fail("no kill left the chapters finished")


def published(made) -> dict[str, str]:
    clear_left_over(made.out)
    files = digest_files(made.out)
    return {name: digest for name, digest in files.items() if not name.startswith("failed/")}


@forks
def test_two_builds_at_once_do_not_meet(made):
    put(made.project, SAFETY, "1;")
    good = published(made)
    ready, go = os.pipe()
    child = os.fork()
    if not child:
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(
                    "rr_helpers.publish.build.build_site",
                    lambda *_, **kept: (os.write(go, b"1"), signal.pause()),
                )
                bring_up_to_date(made)
        finally:
            os._exit(0)
    os.read(ready, 1)
    with pytest.raises(UserError, match=f"another build at work .process {child}."):
        bring_up_to_date(made)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert published(made) == good
    assert bring_up_to_date(made) == ["book"]


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is of POSIX systems")
def test_a_full_disk_is_told_and_the_last_good_edition_stays(made):
    import resource

    good = published(made)
    put(made.project, SAFETY, "'much text' * 1;" + "#" * 200_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError) as caught:
            bring_up_to_date(made)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.errno == errno.EFBIG
    assert published(made) == good
    assert f"chapter:{SAFETY}" in bring_up_to_date(made)


def test_a_folder_that_cannot_be_written_is_told(made, monkeypatch):
    good = published(made)
    put(made.project, SAFETY, "1;")

    def refuse(path, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.mkdir", refuse)
        with pytest.raises(PermissionError):
            bring_up_to_date(made)
    assert published(made) == good
    assert f"chapter:{SAFETY}" in bring_up_to_date(made)
