"""What stays from one build to the next within a process: warm kernels, Jupyter Book, the plan."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rr_helpers.publish.here import Here
from rr_helpers.publish.jupyter_book import JupyterBook
from rr_helpers.publish.record import digest_file


class Workshop:
    """Where editions are built. lasting: whether what was begun stays until `close`.

    here: where chapters run. jupyter_book: where pages are built.
    """

    def __init__(self, *, lasting: bool = False):
        self.here, self.jupyter_book = Here(lasting=lasting), JupyterBook(lasting=lasting)
        self._lasting, self._plan, self._made_of = lasting, None, None

    def plan(
        self,
        files: Callable[[], list[Path]],
        settings: Mapping[str, str],
        release: Path | None,
        make: Callable,
    ):
        """Return the plan that `make` makes, or the last one where it was made of the same.

        files: gives what plans are made of; their content is compared, and that of the release.
        settings: of the edition: another window or scope is another plan. A plan without a release
        yet is always made.
        """
        if not self._lasting:
            return make()
        inputs = [(str(path), digest_file(path)) for path in files() if path.is_file()]
        inputs += sorted(settings.items())
        if release is None or self._made_of != _digest(inputs, release):
            self._plan = make()
            self._made_of = _digest(inputs, Path(self._plan.parameters["release"]))
        return self._plan

    def prepare(self, notebooks: Iterable[Path]) -> None:
        """Begin, in the background, what the next change of a chapter will wait for."""
        self.here.prepare(notebooks)
        self.jupyter_book.prepare()

    def prepared(self) -> None:
        """Wait until that is done, and load here what runs a chapter and builds its pages."""
        import papermill  # noqa: F401

        from rr_helpers.publish import build, chapters  # noqa: F401

        self.here.prepared()
        self.jupyter_book.prepared()

    def close(self) -> None:
        """End what was begun."""
        self.here.end()
        self.jupyter_book.end()


def _digest(inputs: list, release: Path) -> str:
    return hashlib.sha256(repr((inputs, digest_file(release))).encode()).hexdigest()
