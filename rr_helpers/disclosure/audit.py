"""The audit: no reader can narrow a small count below the protection interval.

The requirement, for every published count, margin, complement, and difference between a margin and
one of its cells, whose true value is 1 to 4: every value from 1 to 4 stays possible, for an
outsider, and for an insider who knows one area's own counts exactly.

Three tiers. A linear programme gives bounds that no reader who reckons with the published counts
can escape: where it narrows a cell, the cell is narrowed for certain, and the release is refused.
Witnesses, other sets of people that give the same release (witness.py), and integer programmes
over the published counts prove each single value possible; `readers.examine_values` runs both.

What is not promised: knowledge from elsewhere (beyond one area's own counts), and that zeros stay
uncertain. A cell is a target only where its true count is small, so that a release which passed
tells that much more than its numbers do.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rr_helpers.disclosure.rounding import Cell
from rr_helpers.errors import DisclosureError

OUTSIDER = "an outsider"
LINEAR, WITNESS, INTEGER = "linear programme", "witness", "integer programme"
SAFE, NARROWED, RECOVERED = "safe", "narrowed", "recovered"
SMALL = range(1, 5)
_FORMAT = 1


class Bound(NamedTuple):
    """A claim that a reader used: the cell, its words, and which of its ends was what held.

    upper: True or False; None where the reader knew the count itself, or only a difference.
    """

    cell: Cell
    words: str
    upper: bool | None


@dataclass(frozen=True)
class Target:
    """One small count under attack by one reader.

    low, high: the values that were found possible; ends beyond what is required are not sought.
    tier: what the verdict rests on. verdict: ``"safe"``, ``"narrowed"`` or ``"recovered"`` (one
    value left). claims: for a cell that is not safe, what the reader used, the strongest first.
    """

    population: str
    cell: str
    reader: str
    low: int
    high: int
    tier: str
    verdict: str
    claims: tuple[Bound, ...] = ()

    def __str__(self) -> str:
        left = f"is {self.low}" if self.low == self.high else f"lies from {self.low} to {self.high}"
        used = "; ".join(bound.words for bound in self.claims[:6]) or "nothing but the sums"
        return (
            f"population '{self.population}', {self.cell}: {self.reader} can work out that the "
            f"true count {left}, from: {used}"
        )


@dataclass(frozen=True)
class Audit:
    """What the attack found: every target with its verdict. SENSITIVE: it names small counts.

    earlier: the names of the earlier releases that the readers were given as well. not_nested: the
    steps that are shown as larger than those they are part of, since both were told so before.
    """

    targets: tuple[Target, ...]
    earlier: tuple[str, ...] = ()
    not_nested: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Target, ...]:
        """The targets that are not safe."""
        return tuple(target for target in self.targets if target.verdict != SAFE)

    @property
    def recovered(self) -> tuple[Target, ...]:
        """The targets of which one value is left."""
        return tuple(target for target in self.targets if target.verdict == RECOVERED)

    def __str__(self) -> str:
        outside = [target for target in self.targets if target.reader == OUTSIDER]
        readers = {target.reader for target in self.targets} - {OUTSIDER}
        tiers = {tier: sum(t.tier == tier for t in self.targets) for tier in (WITNESS, INTEGER)}
        shown = "".join(f", {n:,} of them shown by {tier}" for tier, n in tiers.items() if n)
        lines = [
            f"{len(outside):,} small counts attacked by an outsider, "
            f"{len(self.targets) - len(outside):,} by {len(readers)} insiders{shown}.",
            f"Recovered exactly: {len(self.recovered):,}. Narrowed below the values "
            f"{SMALL[0]} to {SMALL[-1]}: {len(self.failures):,}.",
            *map(str, self.failures),
            *(f"Told before, and larger than what it is part of: {n}" for n in self.not_nested),
        ]
        return "\n".join(lines)

    def require_safe(self) -> None:
        """Raise DisclosureError, naming cell, claims and cure, where a target is not safe."""
        if self.failures:
            worst = min(self.failures, key=lambda target: (target.high - target.low, target.cell))
            raise DisclosureError(
                place="the attack on the release",
                found=f"{len(self.failures)} small counts are not protected, the first: {worst}",
                expected=f"every value from {SMALL[0]} to {SMALL[-1]} to stay "
                "possible for every small count",
                cure=f"In notebooks/catalogue.toml, give the tables of population "
                f"'{worst.population}' fewer categories, or take one of those that show these "
                "counts out; nothing was released",
            )


def write_audit(audit: Audit, path: str | Path) -> None:
    """Write the evidence to a private file (JSON), whole or not at all.

    It holds no true count and nobody's key, but it names the cells that are small and what can be
    learnt of them: keep it with the study, never with what is published.
    """
    path = Path(path)
    content = {
        "format": _FORMAT,
        "private": "Names small counts. Keep with the study; never publish.",
        "required": [SMALL[0], SMALL[-1]],
        "safe": not audit.failures,
        "earlier": list(audit.earlier),
        "not_nested": list(audit.not_nested),
        "targets": [_describe(target) for target in audit.targets],
    }
    aside = path.with_name(path.name + ".part")
    aside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(aside, path)


def _describe(target: Target) -> dict:
    kept = ("population", "cell", "reader", "low", "high", "tier", "verdict")
    return {name: getattr(target, name) for name in kept} | {
        "claims": [bound.words for bound in target.claims]
    }
