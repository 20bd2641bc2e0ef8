"""A preview of a built edition, for this machine only."""

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rr_helpers.errors import UserError

LOOPBACK = "127.0.0.1"


def serve(folder: Path, port: int = 0, say: Callable[[str], None] = print) -> None:
    """Serve the site of the edition in `folder` on this machine until Ctrl-C; 0 picks a port."""
    with make_server(folder, port) as server:
        say(f"Preview: http://{LOOPBACK}:{server.server_port}/ (this machine only; Ctrl-C stops)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped")


def make_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server, not yet started, of ``folder/site`` alone, bound to the loopback address.

    The executed chapters beside the site are never served. UserError where there is no site or the
    port is taken.
    """
    site = folder / "site"
    if not (site / "index.html").is_file():
        raise UserError(
            place=str(folder),
            found="no site to show",
            expected="a folder with site/index.html, as 'rr build' writes it",
            cure="Run 'rr build' first, and give the folder that you gave to its --out",
        )
    try:
        return ThreadingHTTPServer((LOOPBACK, port), partial(_Quiet, directory=str(site)))
    except (OSError, OverflowError) as error:
        raise UserError(
            place=f"port {port}",
            found="a port that cannot be used",
            expected="a free port from 1024 to 65535, or 0 to have one picked",
            cure="Leave --port out",
        ) from error


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing of each request."""

    def list_directory(self, path):
        self.send_error(404, "No such page")
