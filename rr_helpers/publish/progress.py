"""How far a build is: a line for each chapter, and on a terminal a line that keeps changing."""

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rr_helpers.publish.doit_engine import ZeroReporter
from rr_helpers.publish.pipeline import CHAPTER

EVERY = 0.5  # seconds between two looks at the clock


class Progress(ZeroReporter):
    """Tells of the steps as doit runs them.

    say: is told of each finished chapter. state: doit's file, which remembers how long each chapter
    took the last time, from which the time left is forecast. done: the steps that were run.
    """

    def __init__(self, say: Callable[[str], None], *, state: Path, screen=None, workers: int = 2):
        screen = screen or sys.stderr
        super().__init__(screen, {})
        self.done: list[str] = []
        self._say, self._screen, self._started = say, screen, time.monotonic()
        self._before = seconds_before(state)
        self._running: dict[str, float] = {}
        self._waiting: set[str] = set()
        self._over = threading.Event()
        self._shown, self._workers = 0, workers
        if screen.isatty():
            threading.Thread(target=self._keep_showing, daemon=True).start()

    def initialize(self, tasks, selected_tasks) -> None:
        """Called by doit before the first step."""
        self._waiting = {name for name in tasks if name.startswith(CHAPTER)}

    def execute_task(self, task) -> None:
        """Called by doit when a step starts."""
        self._running[task.name] = time.monotonic()

    def skip_uptodate(self, task) -> None:
        """Called by doit when there is nothing to do for a step."""
        self._waiting.discard(task.name)

    def add_success(self, task) -> None:
        """Called by doit when a step is done."""
        self.done.append(task.name)
        self._finished(task.name, "run")

    def add_failure(self, task, fail_info) -> None:
        """Called by doit when a step failed, or waits for one that did."""
        if task.name in self._running:
            self._finished(task.name, "stopped")

    def close(self) -> None:
        """Take the changing line off the screen."""
        self._over.set()
        self._wipe()

    def line(self) -> str:
        """Return how far the work is: what runs, elapsed, left."""
        names = sorted(name.removeprefix(CHAPTER) for name in self._running)
        left = self._forecast()
        about = f", about {left:.0f} s left" if left else ""
        return f"{', '.join(names)}: {self._elapsed():.0f} s{about}" if names else ""

    def _finished(self, name: str, how: str) -> None:
        self._running.pop(name, None)
        self._waiting.discard(name)
        if name.startswith(CHAPTER):
            self._wipe()
            self._say(
                f"  {name.removeprefix(CHAPTER)}: {how} after {self._elapsed():.0f} s, "
                f"{len(self._waiting)} left"
            )

    def _forecast(self) -> float:
        now = time.monotonic()
        gone = sum(now - since for since in list(self._running.values()))
        names = [*self._waiting, *(name for name in self._running if name not in self._waiting)]
        return max(sum(self._before.get(name, 0.0) for name in names) - gone, 0.0) / min(
            self._workers, max(len(names), 1)
        )

    def _elapsed(self) -> float:
        return time.monotonic() - self._started

    def _keep_showing(self) -> None:
        while not self._over.wait(EVERY):
            text = self.line()[:78]
            self._wipe()
            self._screen.write(text)
            self._screen.flush()
            self._shown = len(text)

    def _wipe(self) -> None:
        if self._shown:
            self._screen.write("\r" + " " * self._shown + "\r")
            self._shown = 0


def seconds_before(state: Path) -> dict[str, float]:
    """Return how long each step took when it last ran, {} where that is not known."""
    try:
        steps = json.loads(state.read_text(encoding="utf-8"))
        return {name: step["_values_:"]["seconds"] for name, step in steps.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
