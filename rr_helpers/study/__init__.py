"""What the evaluators hand in: schema, templates, reading and checking, consent, windows.

The way in is a study folder of workbooks; the way out is a `Study`, after the consent gate.
"""

from rr_helpers.study.breach import Breach, Readings
from rr_helpers.study.crosschecks import Rule
from rr_helpers.study.dictionary import data_dictionary_markdown
from rr_helpers.study.folder import Validation, read_study, validate_study
from rr_helpers.study.report_faults import format_faults, write_faults
from rr_helpers.study.schema.codes import SAFETY_CONTEXTS
from rr_helpers.study.store import load_study, save_study
from rr_helpers.study.study import Study
from rr_helpers.study.templates import write_templates, write_workbook
from rr_helpers.study.windows import Window, in_window

__all__ = [
    "SAFETY_CONTEXTS",
    "Breach",
    "Readings",
    "Rule",
    "Study",
    "Validation",
    "Window",
    "data_dictionary_markdown",
    "format_faults",
    "in_window",
    "load_study",
    "read_study",
    "save_study",
    "validate_study",
    "write_faults",
    "write_templates",
    "write_workbook",
]
