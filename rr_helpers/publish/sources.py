"""What a step is made of: the files of this package that a notebook or a module imports.

Read from the text, without importing anything, so that a build which has nothing to do is over
before pandas could be imported. An import anywhere in a file counts, even inside a function.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_IMPORT = re.compile(
    r"^([ \t]*)(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([\w., \t]+))",
    re.MULTILINE,
)
PACKAGE = "rr_helpers"
# How publish/__init__.py says which module holds a name that is loaded when asked for.
_HOME = re.compile(r'^    "(\w+)": \(([^)]*)\),$', re.MULTILINE)


def notebook_code(notebook: Path) -> str:
    """Return the code cells of a notebook as one text; "" where it cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def imported_modules(code: str) -> list[str]:
    """Return what `code` imports at its top level, as ``"module:name,name"``, in order."""
    return list(
        dict.fromkeys(
            f"{module}:{','.join(names)}" for module, names, inner in _imports(code) if not inner
        )
    )


def all_imports(notebooks: Iterable[Path]) -> list[str]:
    """Return what notebooks import at their top level, each once; as `imported_modules`."""
    code = [notebook_code(notebook) for notebook in notebooks]
    return list(dict.fromkeys(each for text in code for each in imported_modules(text)))


def package_digest(root: Path) -> str:
    """Return one digest over every module of ``root/rr_helpers``."""
    texts = {name: text for name, (_, text) in read_package(root).items()}
    return hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()


@cache
def this_program() -> str:
    """Return the digest of this package's modules as they were when it was first asked for."""
    return package_digest(Path(__file__).parents[2])


class Package(dict[str, tuple[Path, str]]):
    """The path and the text of every module, by its dotted name, as `read_package` found them.

    digests: the SHA-256 digest of each file, by its path.
    """

    def __init__(self):
        super().__init__()
        self.digests: dict[Path, str] = {}
        self._needs: dict[str, set[str]] = {}

    def needs(self, name: str) -> set[str]:
        """Return the modules that a module imports, and the packages that those lie in."""
        if name not in self._needs:
            self._needs[name] = self.needed_by(self[name][1])
        return self._needs[name]

    def needed_by(self, code: str) -> set[str]:
        """Return the modules that `code` imports, and the packages that those lie in.

        Of a package's names that are loaded when asked for, only those that are asked for count.
        """
        found: set[str] = set()
        for module, names, _ in _imports(code):
            if module.partition(".")[0] == PACKAGE:
                asked = set(names)
                path, text = self.get(module, (Path(), ""))
                homes = _homes(text) if path.name == "__init__.py" else ()
                late = [f"{module}.{home}" for home, held in homes if held & asked]
                found.update(name for name in [*_candidates(module, names), *late] if name in self)
        return found


def read_package(root: Path) -> Package:
    """Return every module of ``root/rr_helpers``, read once."""
    package = Package()
    for folder, folders, files in os.walk(root / PACKAGE):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        parts = Path(folder).relative_to(root).parts
        for file in sorted(files):
            stem, ending = os.path.splitext(file)
            if ending == ".py":
                path = Path(folder, file)
                name = ".".join(parts if stem == "__init__" else (*parts, stem))
                content = path.read_bytes()
                text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
                package[name] = path, text
                package.digests[path] = hashlib.sha256(content).hexdigest()
    return package


def files_behind(code: str, package: Package) -> set[Path]:
    """Return every file of the package that `code` imports, however far off."""
    found: set[str] = set()
    waiting = package.needed_by(code)
    while waiting:
        found |= waiting
        waiting = {far for near in waiting for far in package.needs(near)} - found
    return {package[name][0] for name in found}


@cache
def _imports(code: str) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """Each import as (module, names taken from it, whether it stands inside a block)."""
    found = []
    for indent, module, names, modules in _import_lines(code):
        if module:
            taken = tuple(re.findall(r"\w+", re.sub(r"#.*|\bas\s+\w+", "", names)))
            found.append((module, taken, bool(indent)))
        plain = [each.split()[0] for each in modules.split(",") if each.strip()]
        found += [(each, (), bool(indent)) for each in plain]
    return tuple(found)


def _import_lines(code: str) -> Iterator[tuple[str, str, str, str]]:
    """The same as ``_IMPORT.findall``, which would look at every line rather than at few."""
    end, at = 0, code.find("import")
    while at >= 0:
        start = code.rfind("\n", 0, at) + 1
        match = _IMPORT.match(code, start) if start >= end else None
        if match:
            yield match.groups(default="")
            end = match.end()
        at = code.find("import", max(end, at + 1))


def _candidates(module: str, names: Iterable[str]) -> Iterator[str]:
    """A module, the packages that it lies in, and `names` taken from it, which may be modules."""
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    yield from (f"{module}.{name}" for name in names)


@cache
def _homes(init: str) -> list[tuple[str, set[str]]]:
    return [(home, set(re.findall(r"\w+", held))) for home, held in _HOME.findall(init)]
