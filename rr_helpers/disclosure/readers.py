"""The readers who attack a release: the outsider, and the insider of each area, tier by tier."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd

from rr_helpers.disclosure.attack import _NEAR, Attack
from rr_helpers.disclosure.audit import (
    INTEGER,
    LINEAR,
    NARROWED,
    OUTSIDER,
    RECOVERED,
    SAFE,
    SMALL,
    WITNESS,
    Bound,
    Target,
)
from rr_helpers.disclosure.claims import (
    DERIVED,
    Ledger,
    add_differences,
    join_claims,
    list_related,
    read_claims,
    tell_insider,
)
from rr_helpers.disclosure.earlier import Background
from rr_helpers.disclosure.nested import Nesting, add_steps_between, list_nested
from rr_helpers.disclosure.rounding import Cell, Rounding, Sum, label_cell
from rr_helpers.disclosure.witness import walk_witnesses
from rr_helpers.errors import DisclosureError


def attack_counts(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum],
    rounding: Rounding,
    *,
    population: str,
    insiders: Iterable[tuple[str, str]] = (),
    background: Background | None = None,
    nestings: Sequence[Nesting] = (),
    until_failure: bool = False,
) -> list[Target]:
    """Attack one population's released counts by linear programme, as an outsider and as insiders.

    counts: the true ones, by which the targets are chosen. insiders: (variable, category) pairs,
    each the knowledge of one area. background: what earlier releases told; their small counts are
    targets too. nestings: which steps every reader knows to be parts of others. until_failure: no
    further reader is tried where one has succeeded, the outsider being the first. Takes some
    milliseconds for each reader and 100 targets.
    """
    changed = _list_changed(rounding, background, nestings)
    readers = _list_readers(counts, sums, rounding, insiders, background, nestings)
    outsider, *others = readers

    def attack(reader: str, tell: Callable) -> list[Target]:
        ledger, chosen, _ = tell()
        return _attack(ledger, chosen, reader, population, changed)

    def goes_on(found: list[Target]) -> bool:
        return not until_failure or all(target.verdict == SAFE for target in found)

    targets = attack(*outsider)
    if goes_on(targets):
        # HiGHS lets go of Python while it solves. No reader knows of another, and their order is
        # kept, so that the answer does not depend on how many work side by side.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for found in pool.map(lambda reader: attack(*reader), others):
                targets += found
                if not goes_on(found):
                    pool.shutdown(cancel_futures=True)
                    break
    return targets + _judge_changes(rounding, background, population)


def examine_values(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum],
    rounding: Rounding,
    *,
    population: str,
    insiders: Iterable[tuple[str, str]] = (),
    background: Background | None = None,
    nestings: Sequence[Nesting] = (),
    frame: pd.DataFrame | None = None,
    nested: Mapping[str, str] = MappingProxyType({}),
    steps: int = 20_000,
) -> list[Target]:
    """Attack value by value: each of 1 to 4 must be shown possible for every small count.

    First by witnesses (for the outsider, where the rows are given in `frame`), then by integer
    programmes over the published counts. Seconds rather than milliseconds.
    """
    targets = _judge_changes(rounding, background, population)
    changed = _list_changed(rounding, background, nestings)
    readers = _list_readers(counts, sums, rounding, insiders, background, nestings)
    for reader, tell in readers:
        ledger, chosen, true = tell()
        seen = np.zeros((len(chosen), len(SMALL)), dtype=bool)
        for number, target in enumerate(chosen):
            seen[number, true[ledger.cells[target]] - SMALL[0]] = True
        if reader == OUTSIDER and frame is not None and len(chosen):
            seen |= walk_witnesses(frame, ledger, chosen, SMALL, nested=nested, steps=steps)
        witnessed = [bool(values.all()) for values in seen]
        attack, found = Attack(ledger, whole=True), []
        _seek_whole(attack, chosen, seen)
        for number, by_witness, possible in zip(chosen, witnessed, seen, strict=True):
            values = [value for value, shown in zip(SMALL, possible, strict=True) if shown]
            safe = SAFE if possible.all() else RECOVERED if len(values) == 1 else NARROWED
            found.append(
                Target(
                    population=population,
                    cell=label_cell(ledger.cells[number]),
                    reader=reader,
                    low=values[0],
                    high=values[-1],
                    tier=WITNESS if by_witness else INTEGER,
                    verdict=safe,
                )
            )
        targets += _allow_for_changes(attack, chosen, found, changed)
    return targets


def _seek_whole(attack: Attack, chosen: list[int], seen: np.ndarray) -> None:
    def look(point):
        values = point[chosen].astype(int) - SMALL[0]
        small = (values >= 0) & (values < len(SMALL))
        seen[small.nonzero()[0], values[small]] = True

    idle = 0
    while idle < 3 and not seen.all():
        before = seen.sum()
        look(attack.random_point(chosen))
        idle = 0 if seen.sum() > before else idle + 1
    for number, value in np.argwhere(~seen):
        if not seen[number, value]:
            point = attack.point_with(chosen[number], SMALL[value])
            if point is not None:
                look(point)


def _judge_changes(rounding: Rounding, background: Background | None, population) -> list[Target]:
    # That someone was left out since, or added, must stay deniable: no change must be possible.
    if background is None:
        return []
    place, targets = background.ledger.place, []
    for present, earlier, change in background.changes:
        shown, then = rounding.released[present], place[earlier]
        least = max(
            background.ledger.low[then] - (shown + rounding.reach),
            max(shown - rounding.reach, 0) - background.ledger.high[then],
            0,
        )
        if abs(change) in SMALL:
            targets.append(
                Target(
                    population=population,
                    cell=f"{label_cell(present)}, those added or left out since then",
                    reader=OUTSIDER,
                    low=int(least),
                    high=SMALL[-1],
                    tier=LINEAR,
                    verdict=NARROWED if least > 0 else SAFE,
                )
            )
    return targets


def name_insider(variable: str, category: str) -> str:
    """Return what messages call the reader who knows one area's own counts."""
    return f"an insider of {variable} = {category}"


def _list_changed(rounding: Rounding, background: Background | None, nestings) -> frozenset[Cell]:
    # What has changed since it was told, or was told so that a step is larger than the one before.
    if background is None:
        return frozenset()
    told = background.told
    of_told = {cell: background.counts[cell] for cell in told}
    larger = {part for part, whole in list_nested(of_told, nestings) if told[part] > told[whole]}
    return background.changed | larger | frozenset(rounding.not_nested)


def _list_readers(
    counts, sums, rounding, insiders, background, nestings
) -> Iterator[tuple[str, Callable]]:
    """Each reader, the outsider first, and what tells the ledger that this reader holds.

    That is the ledger, the numbers of the small counts in it, and all true counts.
    """
    claims, known = read_claims(rounding, sums), frozenset()
    if background:
        claims, known = join_claims(claims, background.ledger), background.known
        counts = {**counts, **background.counts}
    _check_claims(claims, counts)
    claims, counts = add_steps_between(claims, counts, nestings)

    def outside():
        ledger, true = add_differences(claims, counts, SMALL)
        return ledger, _list_small(ledger, true, known), true

    def inside(variable, category):
        # To an insider, the difference from its own row is a cell of its own; others' are not new.
        told, true, own = tell_insider(claims, counts, variable, category)
        return told, _list_small(told, true, own | known), true

    yield OUTSIDER, outside
    for variable, category in insiders:
        yield name_insider(variable, category), partial(inside, variable, category)


def _check_claims(ledger: Ledger, counts: Mapping[Cell, int]) -> None:
    # An attack on claims that are not true would prove nothing.
    for cell, low, high in zip(ledger.cells, ledger.low, ledger.high, strict=True):
        if not low <= counts[cell] <= high:
            raise DisclosureError(
                place="the attack on the release",
                found=f"the true count of {label_cell(cell)} is not where the legend puts it",
                expected="every count as near to what is shown as the legend says",
                cure="Report this: it should not happen. Nothing was released",
            )


def _list_small(ledger: Ledger, true: Mapping[Cell, int], own: Set[Cell]) -> list[int]:
    return [n for n, cell in enumerate(ledger.cells) if true[cell] in SMALL and cell not in own]


def _attack(ledger, chosen, reader, population, changed) -> list[Target]:
    if not chosen:
        return []
    attack = Attack(ledger)
    low, high = attack.ends_reached(chosen, SMALL[0], SMALL[-1])
    targets = [
        _judge(attack, target, least, most, reader, population)
        for target, least, most in zip(chosen, low, high, strict=True)
    ]
    return _allow_for_changes(attack, chosen, targets, changed)


def _allow_for_changes(attack: Attack, chosen, targets: list[Target], changed) -> list[Target]:
    if not changed or all(target.verdict == SAFE for target in targets):
        return targets
    related = list_related(attack.ledger, changed)
    return [
        target if target.verdict == SAFE else _allow_for_change(attack, number, target, related)
        for number, target in zip(chosen, targets, strict=True)
    ]


def _allow_for_change(attack: Attack, number: int, target: Target, related: Set[Cell]) -> Target:
    """Judge a count bound up with one that has changed by how many values are left, not by which.

    Someone who knows that one of those once shown as 0 (0 to 4) has since withdrawn knows that at
    most 3 are left: no rounding can undo what was told. So it is where an earlier release showed
    0 accepted and 5 (1 to 9) engaged: 0 to 3 of those accepted did not engage. As many values as
    are small must be left.
    """
    cell = frozenset(pair for pair in attack.ledger.cells[number] if pair[0] not in DERIVED)
    if cell not in related and attack.ledger.cells[number] not in related:
        return target
    low, high = attack.interval(number)
    least, most = int(np.ceil(low - _NEAR)), int(np.floor(min(high, 10**9) + _NEAR))
    left = most - max(least, 0) + 1
    return replace(target, low=least, high=most, verdict=SAFE) if left >= len(SMALL) else target


def _judge(attack, target, low, high, reader, population) -> Target:
    used = []
    if low > SMALL[0] + _NEAR:
        used += attack.claims_used(target, 1.0)
    if high < SMALL[-1] - _NEAR:
        used += attack.claims_used(target, -1.0)
    ledger = attack.ledger
    # Counts are whole: between bounds that are not, only the whole numbers inside are left.
    least, most = int(np.ceil(low - _NEAR)), int(np.floor(high + _NEAR))
    return Target(
        population=population,
        cell=label_cell(ledger.cells[target]),
        reader=reader,
        low=least,
        high=most,
        tier=LINEAR,
        verdict=_name_verdict(least, most),
        claims=tuple(_name_bound(ledger, number, upper) for number, upper in used),
    )


def _name_bound(ledger: Ledger, number: int, upper: bool) -> Bound:
    known = ledger.low[number] == ledger.high[number]
    return Bound(ledger.cells[number], ledger.shown[number], None if known else upper)


def _name_verdict(low: int, high: int) -> str:
    if low <= SMALL[0] and high >= SMALL[-1]:
        return SAFE
    return RECOVERED if low == high else NARROWED
