import json
import platform
from importlib.metadata import version

import pytest

from rr_helpers.errors import UserError
from rr_helpers.publish.record import digest_files, package_versions, read_record, write_record


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_text("nbformat==5.0.0\npywinpty==3.1.2 ; os_name == 'neither'\n", encoding="utf-8")
    return path


def write(tmp_path, lock):
    return write_record(
        tmp_path / "record.json",
        inputs={"study/consent.xlsx": "ab"},
        lock=lock,
        seed=7,
        options={"window": "eval_Y3"},
        window="eval_Y3",
        scope="london",
        site={"index.html": "cd"},
    )


def test_the_digest_is_sha_256(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"abc")
    # FIPS 180-4, the example of the one-block message "abc".
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_files(tmp_path) == {"a/b.txt": digest}
    assert digest_files(tmp_path, [tmp_path / "a" / "b.txt"]) == {"a/b.txt": digest}


def test_the_record_says_what_the_edition_was_made_of(tmp_path, lock):
    record = write(tmp_path, lock)
    assert read_record(tmp_path / "record.json") == record
    assert record["python"] == platform.python_version()
    assert record["inputs"] == {"study/consent.xlsx": "ab"}
    assert (record["window"], record["scope"], record["seed"]) == ("eval_Y3", "london", 7)


def test_the_record_has_the_versions_that_ran_not_those_that_were_meant_to(lock):
    assert package_versions(lock) == {"nbformat": version("nbformat"), "pywinpty": "not installed"}


def test_the_same_edition_has_the_same_record(tmp_path, lock):
    write(tmp_path, lock)
    first = (tmp_path / "record.json").read_bytes()
    write(tmp_path, lock)
    assert (tmp_path / "record.json").read_bytes() == first
    assert not list(tmp_path.glob("*.part"))


def test_a_missing_or_broken_record_is_named(tmp_path):
    with pytest.raises(UserError, match="no readable record of an edition"):
        read_record(tmp_path / "record.json")
    (tmp_path / "record.json").write_text("{")
    with pytest.raises(UserError, match="Build the edition again"):
        read_record(tmp_path / "record.json")


def test_a_record_of_another_format_is_refused(tmp_path):
    (tmp_path / "record.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(UserError, match="a record of format 99; expected format 1"):
        read_record(tmp_path / "record.json")
