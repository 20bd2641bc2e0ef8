"""How far a build is, told once a chapter in a log, and all the time on a terminal."""

import io
import json
from types import SimpleNamespace

import pytest
from trial_builds import NETWORK, SAFETY, at, bring_up_to_date, lightly, put, write_trial

from rr_helpers.cli import main
from rr_helpers.errors import UserError
from rr_helpers.publish import watch as watching
from rr_helpers.publish.from_study import build
from rr_helpers.publish.pipeline import Inputs
from rr_helpers.publish.progress import Progress


class Screen(io.StringIO):
    """What a terminal is shown."""

    def __init__(self, *, terminal: bool):
        super().__init__()
        self.isatty = lambda: terminal


def step(name):
    return SimpleNamespace(name=name)


def progress(tmp_path, *, terminal=False):
    said, screen = [], Screen(terminal=terminal)
    state = tmp_path / "state.json"
    took = {"chapter:a": 8.0, "chapter:b": 4.0}
    state.write_text(json.dumps({n: {"_values_:": {"seconds": s}} for n, s in took.items()}))
    made = Progress(said.append, state=state, screen=screen)
    made.initialize({"study": 1, "chapter:a": 1, "chapter:b": 1, "book": 1}, ["book"])
    return made, said, screen


def test_each_chapter_is_told_with_the_time_since_the_start_and_how_many_are_left(tmp_path):
    made, said, screen = progress(tmp_path)
    for name in ("study", "chapter:a", "chapter:b"):
        made.execute_task(step(name))
    made.add_success(step("study"))
    made.add_failure(step("chapter:b"), None)
    made.add_success(step("chapter:a"))
    made.add_failure(step("book"), None)  # it never began
    made.close()
    assert said == ["  b: stopped after 0 s, 1 left", "  a: run after 0 s, 0 left"]
    assert made.done == ["study", "chapter:a"] and screen.getvalue() == ""


def test_the_line_names_what_runs_and_forecasts_from_the_last_run(tmp_path):
    made, _, _ = progress(tmp_path)
    assert made.line() == ""
    made.execute_task(step("chapter:a"))
    assert made.line() == "a: 0 s, about 6 s left"
    made.skip_uptodate(step("chapter:b"))
    assert made.line() == "a: 0 s, about 8 s left"  # two cannot share one chapter
    made.close()


def test_on_a_terminal_the_line_is_shown_and_wiped(tmp_path, monkeypatch):
    monkeypatch.setattr("rr_helpers.publish.progress.EVERY", 0.01)
    made, _, screen = progress(tmp_path, terminal=True)
    made.execute_task(step("chapter:a"))
    while "a: 0 s" not in screen.getvalue():
        pass
    made.close()
    assert screen.getvalue().endswith("\r")


def test_a_state_file_that_is_none_gives_no_forecast(tmp_path):
    made = Progress(print, state=tmp_path / "none.json", screen=Screen(terminal=False))
    made.initialize({"chapter:a": 1}, ["book"])
    made.execute_task(step("chapter:a"))
    assert made.line() == "a: 0 s"


def test_a_chapter_that_is_none_is_told_with_those_there_are(tmp_path):
    with pytest.raises(UserError, match="--only: 'network'; expected one of notebooks/"):
        build(tmp_path, window="eval_Y3", scope="london", out=tmp_path / "out", only=["network"])
    assert not (tmp_path / "out").exists()


def test_the_command_says_when_nothing_has_changed(monkeypatch, capsys, tmp_path):
    told = []
    monkeypatch.setattr(
        "rr_helpers.publish.from_study.build", lambda *_, **given: told.append(given["only"]) or []
    )
    command = ["build", str(tmp_path), "--window", "eval_Y3", "--out", str(tmp_path)]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("Nothing has changed. To open the report: ")
    assert main([*command, "--only", "notebooks/a", "--only", "notebooks/b"]) == 0
    assert "Nothing was published" in capsys.readouterr().out
    assert told == [[], ["notebooks/a", "notebooks/b"]]


def test_watching_builds_after_each_save_and_tells_what_is_wrong(monkeypatch, tmp_path):
    lightly(monkeypatch)
    made, said = write_trial(tmp_path), []
    inputs = Inputs(project=made.project, chapters=(NETWORK, SAFETY), study=made.study, settings={})
    monkeypatch.setattr(watching, "edition_inputs", lambda *_, **__: inputs)
    monkeypatch.setattr(watching, "build", lambda *_, **__: bring_up_to_date(at(tmp_path)))
    saves = iter([("1 / 0",), ("1;", "2;"), ()])

    def save(_):
        cells = next(saves)
        if not cells:
            raise KeyboardInterrupt
        put(made.project, SAFETY, *cells)

    with pytest.raises(KeyboardInterrupt):
        watching.watch(
            made.study, window="eval_Y3", scope="london", out=made.out, say=said.append, pause=save
        )
    assert [line.partition(" after")[0].partition(":")[0] for line in said] == [
        "Drafts", "Up to date", "rr build", "Up to date",
    ]  # fmt: skip
    assert "ZeroDivisionError" in said[2]
    assert "2;" in (made.out / "site" / "index.html").read_text()
