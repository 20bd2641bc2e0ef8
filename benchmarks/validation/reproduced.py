"""Published results that the package reproduces: ours beside theirs, with the tolerance.

The reference cases are worked by the tests (tests/test_*_reference.py), which hold every number to
the one in its case; here the same functions are run and what they compare is written down. The data
of the cases lie beside the repository and are not part of it. `literature` has worked examples
whose data are a few numbers printed in a paper.
"""

import importlib.util
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pandas as pd

from benchmarks.validation.literature import literature_rows

TESTS = {"statistics": "test_stats_reference.py", "networks": "test_networks_reference.py"}
COLUMNS = ["room", "case", "title", "quantity", "against", "expected", "tolerance", "ours",
           "source"]  # fmt: skip


def reproduce(tests: Path = Path("tests"), say=print) -> pd.DataFrame | None:
    """Return one row per number compared: against what, expected, tolerance, ours, source.

    None where the reference data are not beside the repository.
    """
    rows = list(literature_rows())
    for room, file in TESTS.items():
        module = _load(tests / file)
        if not module.REFERENCE.is_dir():
            say(f"No reference data in {module.REFERENCE}: published results were not compared")
            return None
        for case, quantity, ours in _compared(module):
            rows += [{"room": room, **row} for row in _rows(module.REFERENCE, case, quantity, ours)]
    return pd.DataFrame(rows)[COLUMNS]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compared(module: ModuleType) -> list[tuple[str, str, float]]:
    """What the module's tests hand to `assert_reproduced`: case, quantity, our number."""
    noted, check = [], module.assert_reproduced

    def note(case, found):
        check(case, found)
        noted.extend((case, quantity, float(value)) for quantity, value in found.items())

    with patch.object(module, "assert_reproduced", note):
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and not inspect.signature(test).parameters:
                test()
    return noted


def _rows(reference: Path, case: str, quantity: str, ours: float) -> Iterator[dict]:
    described = json.loads((reference / case / "case.json").read_text(encoding="utf-8"))
    check = next(c for c in described["checks"] if c["quantity"] == quantity)
    title = described["title"].split(" (")[0]
    shared = {"case": case, "title": title, "quantity": quantity, "ours": ours}
    shared["source"] = described["citation"]
    if "published" in check:
        named = {"against": "published", "expected": check["published"]}
        yield shared | named | {"tolerance": check["published_tol"]}
    if "r_value" in check:
        named = {"against": "computed with R", "expected": check["r_value"]}
        yield shared | named | {"tolerance": check["tol"]}
