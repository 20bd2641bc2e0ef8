"""Plain result types that every room may use: the low module between rows and pages.

An `Estimate` is an aggregate, still SENSITIVE: it carries exact counts, which `disclosure` needs
in order to judge it. Nothing in this module may be shown on a page as it is.
"""

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One estimated number with what is needed to judge it.

    value, low, high: the estimate and the ends of its interval, in `unit`; None where the quantity
        cannot be estimated, and then `reason` says why in plain words.
    level: confidence level of the interval, 0.95 unless stated.
    n: number of units (people, files, organisations …) that the estimate rests on.
    clusters: number of clusters (boroughs, courses …); None where units are independent by design.
    unit: ``"%"``, ``"percentage points"``, ``"change"``, ``"days"``, ``"ratio"``, or ``""``; a
        share of something else than the n units says of what: ``"% of paths"``.
    method: the method by its name in the field, with its small-sample variant.
    of: what `n` counts, in the plural: ``"young people"``.
    count: for a proportion, the numerator; None otherwise.
    events: for a time-to-event estimate, the number of events it rests on; None otherwise.
    basis: ``"rows"`` where computed from records, ``"released"`` where computed only from
        released counts, which are already safe.
    details: anything else worth keeping (degrees of freedom, companion results), never shown.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    method: str
    unit: str = ""
    of: str = "units"
    level: float = 0.95
    clusters: int | None = None
    count: int | None = None
    events: int | None = None
    basis: str = "rows"
    reason: str = ""
    details: Mapping = field(default_factory=dict)

    def __post_init__(self):
        if self.basis not in ("rows", "released"):
            raise ValueError(f"basis is 'rows' or 'released', not {self.basis!r}")
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(
                    f"Estimate {name} is {number}; a quantity that cannot be estimated has value "
                    "None and says why in `reason` (see not_estimable)"
                )
        if self.value is None and not self.reason:
            raise ValueError("an Estimate without a value must give its reason")
        object.__setattr__(self, "details", MappingProxyType(dict(self.details)))

    @property
    def estimable(self) -> bool:
        """True where there is a value; False where there is only a reason."""
        return self.value is not None

    def __str__(self) -> str:
        if not self.estimable:
            return f"not estimable: {self.reason}"
        text = with_unit(self.value, self.unit)
        if self.low is not None and self.high is not None:
            low, high = with_unit(self.low, self.unit), with_unit(self.high, self.unit)
            text += f" ({self.level:.0%} CI {low} to {high})"
        rests_on = f"{self.count} of {self.n}" if self.count is not None else f"{self.n}"
        text += f", {rests_on} {self.of}"
        return text + (f" in {self.clusters} clusters" if self.clusters else "")


def not_estimable(reason: str, *, n: int, method: str, **rest) -> Estimate:
    """Return an Estimate without a value, saying why: never a wrong number, never a NaN."""
    return Estimate(value=None, n=int(n), method=method, reason=reason, **rest)


def with_unit(number: float, unit: str) -> str:
    """Write a number as its unit is usually written: ``62%``, ``+0.35``, ``14 days``, ``1.12``."""
    if unit.startswith("%"):  # also "% of paths": a title says of what, the number need not
        return f"{_rounded(number, 0)}%"
    if unit.startswith("percentage points"):
        return f"{_rounded(number, 0, sign=True)} percentage points"
    if unit == "days":
        return f"{_rounded(number, 0)} days"
    if unit == "change":
        return _rounded(number, 2, sign=True)
    return _rounded(number, 2)


def _rounded(number: float, places: int, *, sign: bool = False) -> str:
    # Adding zero turns a rounded "-0" into "0", which is what a reader expects.
    value = round(number, places) + 0.0
    text = f"{value:+.{places}f}" if sign and value else f"{value:.{places}f}"
    return text.replace("-", "−")


def quotation_digest(text: str) -> str:
    """Return the SHA-256 of a quotation's final words, as the register holds it (64 hex digits).

    Spaces and line breaks count as one space, and accents in one form (NFC), since spreadsheets
    change both without being asked.
    """
    words = unicodedata.normalize("NFC", " ".join(text.split()))
    return hashlib.sha256(words.encode("utf-8")).hexdigest()
