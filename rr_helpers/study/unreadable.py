"""What a cell may hold instead of a clean value: nothing, a missing code, or a problem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rr_helpers.study.schema import MISSING_CODES
from rr_helpers.study.suggest import did_you_mean, loosen, tidy


class Unreadable(ValueError):
    """A cell that cannot be read as its column asks: `kind` of fault and its `cure`."""

    def __init__(self, kind: str, cure: str):
        super().__init__(kind)
        self.kind, self.cure = kind, cure


@dataclass(frozen=True)
class MissingCode:
    """NK, NR, NA or PNTS where a number or a date would stand."""

    code: str


def is_blank(value: object) -> bool:
    """True for an empty cell, and for one that holds only spaces."""
    return value is None or (isinstance(value, str) and not tidy(value))


def as_text(value: object) -> str:
    """Write a cell as text: whole numbers without decimals, spaces tidied."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value))


def not_allowed(typed: str, column: Mapping, choices: Iterable[str]) -> tuple[str, str]:
    """Return kind and cure for a value that its column does not list."""
    hint = did_you_mean(typed, choices)
    if typed.strip().upper() in MISSING_CODES:
        instead = "enter the value itself" if column["required"] else "leave the cell blank"
        hint = f"{typed.strip().upper()} is not used in this column; {instead}"
    return "value not allowed", hint or "Choose a value from the drop-down or the sheet 'legend'"


def missing_code(value: str, column: Mapping) -> MissingCode | None:
    """Return the missing code that a text names; raise `Unreadable` where its column has none."""
    typed = loosen(value)
    for code in MISSING_CODES:
        if typed in (code.casefold(), MISSING_CODES[code]):
            if code in column["missing"]:
                return MissingCode(code)
            raise Unreadable(*not_allowed(code, column, ()))
    return None
