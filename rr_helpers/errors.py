"""What people read when something is wrong, without a traceback.

Every message gives four things: the place, what was found there, what was expected, and the cure.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with what was handed in.

    `kind` is a short name for the sort of fault (``"value not allowed"``), by which faults are
    counted. `severity` is ``"error"`` (stops a build) or ``"warning"`` (reported, build goes on).
    `workbook`, `sheet` and `cell` say where; each may be empty when the fault is about the whole.
    """

    kind: str
    found: str
    expected: str
    cure: str
    workbook: str = ""
    sheet: str = ""
    cell: str = ""
    severity: str = "error"

    def __post_init__(self):
        if self.severity not in ("error", "warning"):
            raise ValueError(f"severity is 'error' or 'warning', not {self.severity!r}")

    @property
    def place(self) -> str:
        """The place in words: ``training.xlsx, sheet 'delegate_item', cell E14``."""
        sheet = f"sheet '{self.sheet}'" if self.sheet else ""
        cell = f"cell {self.cell}" if self.cell else ""
        return ", ".join(part for part in (self.workbook, sheet, cell) if part)

    def __str__(self) -> str:
        return message(place=self.place, found=self.found, expected=self.expected, cure=self.cure)


def message(*, place: str, found: str, expected: str, cure: str) -> str:
    """Join the four parts of a message: ``place: found; expected …. Cure.``"""
    start = f"{place}: " if place else ""
    return f"{start}{found}; expected {expected}. {_sentence(cure)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _as_it_was(kind: type, args: tuple, told: dict) -> Exception:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(told)
    return error


class UserError(Exception):
    """A mistake that the person at the keyboard can mend; shown without a traceback."""

    def __init__(self, *, place: str = "", found: str, expected: str, cure: str):
        self.place, self.found, self.expected, self.cure = place, found, expected, cure
        super().__init__(message(place=place, found=found, expected=expected, cure=cure))

    def __reduce__(self):
        # From one process to another as it stands, with whatever was added since.
        return _as_it_was, (type(self), self.args, self.__dict__)


class StudyFaults(UserError):
    """The study folder has faults that stop a build; `faults` holds every one of them."""

    def __init__(self, folder: str, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        stopping = [fault for fault in self.faults if fault.severity == "error"]
        super().__init__(
            place=folder,
            found=f"{len(stopping)} faults stop the build, the first: {stopping[0]}",
            expected="a study folder without faults",
            cure=f"Run 'rr validate {folder}' to see them all, with the cells marked",
        )


class DisclosureError(UserError):
    """Something was about to be shown that may not be; nothing was shown."""
