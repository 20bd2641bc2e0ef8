"""What a step is made of: the files of this package that a notebook or a module imports.

Read from the text, without importing anything, so that a build which has nothing to do is over
before pandas could be imported. An import anywhere in a file counts, even inside a function.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

_IMPORT = re.compile(
    r"^([ \t]*)(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([\w., \t]+))",
    re.MULTILINE,
)
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


def read_package(root: Path) -> dict[str, tuple[Path, str]]:
    """Return the path and the text of every module of ``root/rr_helpers``, by its dotted name."""
    package = {}
    for path in sorted((root / "rr_helpers").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        package[name] = path, path.read_text(encoding="utf-8")
    return package


def files_behind(code: str, package: Mapping[str, tuple[Path, str]]) -> set[Path]:
    """Return every file of the package (see `read_package`) that `code` imports, however far off.

    Of a package's names that are loaded when asked for, only those that are asked for count.
    """
    found: set[str] = set()
    waiting = list(_imports(code))
    while waiting:
        module, names, _ = waiting.pop()
        for name in _candidates(module, names):
            if name in package and name not in found:
                found.add(name)
                waiting += _imports(package[name][1])
        for home, held in _homes(package[module][1]) if module in package else ():
            if held & set(names):
                waiting.append((f"{module}.{home}", (), False))
    return {package[name][0] for name in found}


@cache
def _imports(code: str) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """Each import as (module, names taken from it, whether it stands inside a block)."""
    found = []
    for indent, module, names, modules in _IMPORT.findall(code):
        if module:
            taken = tuple(re.findall(r"\w+", re.sub(r"#.*|\bas\s+\w+", "", names)))
            found.append((module, taken, bool(indent)))
        plain = [each.split()[0] for each in modules.split(",") if each.strip()]
        found += [(each, (), bool(indent)) for each in plain]
    return tuple(found)


def _candidates(module: str, names: Iterable[str]) -> Iterator[str]:
    """A module, the packages that it lies in, and `names` taken from it, which may be modules."""
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    yield from (f"{module}.{name}" for name in names)


@cache
def _homes(init: str) -> list[tuple[str, set[str]]]:
    return [(home, set(re.findall(r"\w+", held))) for home, held in _HOME.findall(init)]
