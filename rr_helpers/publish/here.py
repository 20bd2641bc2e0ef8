"""Chapters run on this machine: several at a time, in kernels of one warm parent where possible."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from rr_helpers.processes import usable_cores

MOST = 8  # at a time: each may need some hundred megabytes


class Here:
    """Where chapters run unless a cluster is named; see `cluster.Cluster` for the other.

    warm: whether kernels may be forked, where the system can. lasting: whether the warm parent
    stays for the next edition, until this process ends. side_by_side: chapters at a time; two even
    on one core, because a kernel waits now and then.
    """

    def __init__(self, *, warm: bool = True, lasting: bool = False):
        self._may_fork, self._lasting, self._warm = warm, lasting, None
        self._fonts = None
        self.side_by_side = max(2, min(usable_cores(), MOST))

    def prepare(self, notebooks: Iterable[Path]) -> None:
        """Begin, in the background, to import what the notebooks import."""
        from rr_helpers.publish.forking import LINUX, warm_parent
        from rr_helpers.publish.homeless import begin_font_cache, make_do_without_home

        make_do_without_home()
        if self._may_fork and LINUX and self._warm is None:
            self._warm = warm_parent(notebooks)
        elif self._warm is None and self._fonts is None:
            self._fonts = begin_font_cache()

    def prepared(self) -> None:
        """Wait until what the chapters import is there, or will not be."""
        if self._warm:
            self._warm.ready()

    def run(self, chapter, parameters: Mapping, *, failed: Path) -> None:
        """Run one chapter; errors as `chapters.run_chapter`."""
        from rr_helpers.publish.chapters import run_chapter

        if self._fonts:
            self._fonts.wait()
        run_chapter(chapter, parameters, failed=failed, warm=self._warm)

    def close(self) -> str:
        """End every kernel; return what the user should know of how it went."""
        if self._fonts:
            self._fonts.wait()
        return "" if self._lasting else self.end()

    def end(self) -> str:
        """End the warm parent too; return what the user should know of how it went."""
        if not self._warm:
            return ""
        self._warm.close()
        trouble, self._warm = self._warm.trouble, None
        return f"Kernels started afresh, which is slower: {trouble}" if trouble else ""
