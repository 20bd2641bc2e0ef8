"""Jupyter Book as a process of its own: forked from a warm parent where possible, else afresh.

Half of what a changed page waits for is Jupyter Book's own start. The parent (see `forking`) begins
in the background while chapters run; whatever is not as expected falls back to a fresh process,
which gives the same bytes, later.
"""

import os
import subprocess
import sys
from pathlib import Path

MODULES = ("rr_helpers.publish.book_modules",)
ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1"}
SAID = "said.txt"  # in the stage, what Jupyter Book has to say


class JupyterBook:
    """Where books are built. lasting: whether the warm parent stays for the next book.

    warm: whether there may be one, where the system can.
    """

    def __init__(self, *, warm: bool = True, lasting: bool = False):
        self._may_fork, self._lasting, self._warm = warm, lasting, None

    def prepare(self) -> None:
        """Begin, in the background, to import what Jupyter Book imports."""
        from rr_helpers.publish.forking import LINUX, WarmParent

        if self._may_fork and LINUX and self._warm is None:
            self._warm = WarmParent(MODULES, environment=ENVIRONMENT)

    def prepared(self) -> None:
        """Wait until what Jupyter Book imports is there, or will not be."""
        if self._warm:
            self._warm.ready()

    def build(self, stage: Path) -> tuple[int, str]:
        """Build the book in `stage`; return the exit status, 0 for well, and what was said."""
        argv = ["-m", __name__, str(stage.absolute())]
        environment = {**os.environ, **ENVIRONMENT}
        said = stage / SAID
        said.unlink(missing_ok=True)
        forked = self._warm and self._warm.start(argv, environment, os.getcwd())
        if forked:
            status = forked.wait()
        else:
            status = subprocess.run([sys.executable, *argv], env=environment).returncode
        return status, said.read_text(encoding="utf-8", errors="replace") if said.is_file() else ""

    def close(self) -> None:
        """End the warm parent, unless it is lasting."""
        if not self._lasting:
            self.end()

    def end(self) -> None:
        """End the warm parent."""
        if self._warm:
            self._warm.close()
            self._warm = None


def main(stage: str) -> None:
    """Build the book in `stage`, and let this process say everything into a file there."""
    with open(Path(stage) / SAID, "w", encoding="utf-8") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
    from jupyter_book.cli.main import main as jupyter_book

    # Any warning stops the build; every one of them is told.
    jupyter_book(["build", stage, "--path-output", stage, "-W", "-n", "--keep-going"])


if __name__ == "__main__":
    main(*sys.argv[1:])
