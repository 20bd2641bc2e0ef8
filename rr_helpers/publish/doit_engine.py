"""What the pipeline uses of doit: its engine, without its commands.

doit's own package imports all of its commands as it is imported, which takes longer than finding
out that nothing has changed. Here the package is there without having been run; whatever else of
doit has been imported before stays as it is.
"""

import sys
from importlib.util import find_spec, module_from_spec

if "doit" not in sys.modules:
    sys.modules["doit"] = module_from_spec(find_spec("doit"))

from doit.control import TaskControl  # noqa: E402
from doit.dependency import Dependency, JsonDB  # noqa: E402
from doit.reporter import ZeroReporter  # noqa: E402
from doit.runner import MThreadRunner, Runner  # noqa: E402
from doit.task import dict_to_task, result_dep  # noqa: E402
from doit.tools import config_changed  # noqa: E402

__all__ = [
    "Dependency",
    "JsonDB",
    "MThreadRunner",
    "Runner",
    "TaskControl",
    "ZeroReporter",
    "config_changed",
    "dict_to_task",
    "result_dep",
]
