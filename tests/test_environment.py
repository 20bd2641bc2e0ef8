"""One environment for everyone: lock, package description and conda file say the same."""

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
SET_UP = ["requirements.lock", "pyproject.toml", "environment.yml", "Makefile", ".ci/run"]
# Every option that the set-up gives to a program: none of them names a place to fetch from.
OPTIONS = {
    *"--all-extras --compile --disable-pip-version-check --dist --editable --file".split(),
    *"--no-annotate --no-build-isolation --no-deps --no-header --no-install-recommends".split(),
    *"--no-loadscope-reorder --numprocesses --out --output-file --python-version".split(),
    *"--quiet --requirement --strict-config --strict-markers --universal --upgrade".split(),
    *"--window --yes".split(),
}
# Packages whose licence metadata name the GPL beside a licence that an MIT project may rely on.
NOT_BOUND_BY_GPL = {
    "docutils": "public domain and BSD; the GPL covers one Emacs mode among its extras",
}
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


LOCK = [Requirement(line) for line in lines((ROOT / "requirements.lock").read_text("utf-8"))]
PINNED = {canonicalize_name(pin.name): str(pin.specifier) for pin in LOCK}


def direct(*groups) -> list[Requirement]:
    named = {"run": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    return [Requirement(text) for group in groups or named for text in named[group]]


def test_every_version_is_pinned_exactly_and_once():
    assert len(PINNED) == len(LOCK) > 100
    for name, version in PINNED.items():
        assert re.fullmatch(r"==[\w.!+]+", version), name


def test_the_lock_fits_what_the_package_asks_for():
    for asked in direct():
        pinned = PINNED[canonicalize_name(asked.name)]
        assert asked.specifier.contains(pinned.removeprefix("=="), prereleases=True), asked.name


def test_jupyter_book_is_the_version_that_builds_offline():
    assert PINNED["jupyter-book"] == "==1.0.4.post1"


def test_conda_users_get_the_same_versions():
    (pip,) = [part["pip"] for part in CONDA["dependencies"] if isinstance(part, dict)]
    pins = {
        canonicalize_name(pin.name): str(pin.specifier)
        for pin in (Requirement(line) for line in pip if not line.startswith("-"))
    }
    assert pins == {
        canonicalize_name(asked.name): PINNED[canonicalize_name(asked.name)] for asked in direct()
    }
    assert [line for line in pip if line.startswith("-")] == [
        "--requirement requirements.lock",
        "--editable .",
    ]


def test_conda_users_get_a_python_that_the_package_allows():
    (python,) = [
        part.partition("=")[2]
        for part in CONDA["dependencies"]
        if isinstance(part, str) and part.startswith("python=")
    ]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)


def test_no_package_index_is_written_into_the_set_up():
    for name in SET_UP:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not any(urlsplit(word.strip("\"'")).netloc for word in text.split()), name
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", text)) <= OPTIONS, name


def test_what_is_installed_is_what_is_pinned():
    differing = {}
    for pin in LOCK:
        if pin.marker is None or pin.marker.evaluate():
            installed = distribution(pin.name).version
            if not pin.specifier.contains(installed, prereleases=True):
                differing[pin.name] = installed
    assert differing == {}


def runtime_closure() -> set[str]:
    """The names of all packages that a user's run needs, from the installed metadata."""
    found, waiting = set(), [(asked, frozenset()) for asked in direct("run")]
    while waiting:
        asked, extras = waiting.pop()
        wanted = [""] if not asked.extras else sorted(asked.extras)
        if asked.marker and not any(
            asked.marker.evaluate({"extra": extra}) for extra in extras or {""}
        ):
            continue
        key = (canonicalize_name(asked.name), frozenset(wanted))
        if key in found:
            continue
        found.add(key)
        try:
            needs = distribution(asked.name).requires or []
        except PackageNotFoundError:
            pytest.fail(f"{asked.name} is needed at run time and is not installed")
        waiting += [(Requirement(need), frozenset(wanted)) for need in needs]
    return {name for name, _ in found}


def licence(name: str) -> str:
    meta = distribution(name).metadata
    classifiers = [c for c in meta.get_all("Classifier", []) if c.startswith("License")]
    # Some packages put a whole licence into the field; its first line is its name.
    field = (meta.get("License") or "").strip().partition("\n")[0]
    return "; ".join(filter(None, [meta.get("License-Expression"), field, *classifiers]))


def test_nothing_needed_at_run_time_is_under_the_gpl():
    closure = runtime_closure()
    assert {"pandas", "sphinx", "pyzmq", "jinja2"} <= closure and len(closure) > 80
    assert closure <= PINNED.keys()
    licences = {name: licence(name) for name in sorted(closure)}
    # "LGPL" asks nothing of a program that only imports a library, and does not match.
    bound = {name: text for name, text in licences.items() if COPYLEFT.search(text)}
    assert bound.keys() <= NOT_BOUND_BY_GPL.keys(), bound


def test_every_run_time_package_says_its_licence():
    silent = [name for name in sorted(runtime_closure()) if not licence(name)]
    assert silent == []


def test_ci_runs_the_whole_suite_and_needs_the_browser():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in text and "RR_REQUIRE_BROWSER=1" in text
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


def test_the_make_file_has_the_targets_that_the_readme_names():
    for target in ("report", "test", "lab"):
        run = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert run.stdout
