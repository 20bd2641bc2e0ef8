import threading
from http.client import HTTPConnection

import pytest

from rr_helpers.errors import UserError
from rr_helpers.publish.serve import make_server


@pytest.fixture
def connection(tmp_path):
    (tmp_path / "site" / "_static").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("the report")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "network.ipynb").write_text("private")
    with make_server(tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        link = HTTPConnection(*server.server_address)
        yield link
        link.close()
        server.shutdown()
        thread.join()


def get(connection, path):
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_preview_shows_the_report_on_this_machine_only(connection):
    assert get(connection, "/") == (200, "the report")
    assert connection.host == "127.0.0.1"


@pytest.mark.parametrize(
    "path",
    ["/../chapters/network.ipynb", "/chapters/network.ipynb", "/%2e%2e/chapters/network.ipynb"],
)
def test_the_private_chapters_are_never_served(connection, path):
    assert get(connection, path)[0] == 404


def test_folders_are_not_listed(connection):
    assert get(connection, "/_static/")[0] == 404


def test_a_folder_without_site_or_a_taken_port_is_told(tmp_path):
    with pytest.raises(UserError, match="no site to show"):
        make_server(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("x")
    with make_server(tmp_path) as server:
        with pytest.raises(UserError, match=f"port {server.server_port}: a port that cannot be"):
            make_server(tmp_path, server.server_port)
    with pytest.raises(UserError, match="port 99999"):
        make_server(tmp_path, 99999)
