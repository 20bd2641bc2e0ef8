"""Rounding that withstands the attack: where one rounding fails, others are tried."""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rr_helpers.disclosure.audit import SAFE, Target
from rr_helpers.disclosure.earlier import Background
from rr_helpers.disclosure.nested import Nesting, list_nested
from rr_helpers.disclosure.readers import attack_counts, name_insider
from rr_helpers.disclosure.rounding import STRICT, Cell, Rounding, Sum, round_counts

_STEPS = 16  # of mending one rounding
_KEYS = 2  # fresh starts


def round_safely(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum],
    *,
    base: int,
    key: bytes,
    population: str,
    insiders: Iterable[tuple[str, str]] = (),
    background: Background | None = None,
    nestings: Sequence[Nesting] = (),
) -> tuple[Rounding, list[Target]]:
    """Return a rounding and what the attack on it found; safe where any of those tried is.

    The first rounding is taken where it is safe. Where a small count is narrowed, a count whose
    bound was used against it is rounded to its other neighbouring multiple, and all is solved and
    attacked again, 16 times for each of 2 keys, by the reader who succeeded first of all insiders;
    then with twice and four times the base, which hides more. What earlier releases told
    (`background`) is part of every attack, and their values are kept wherever the count allows it.
    nestings: which steps are parts of others. Deterministic. Where none is safe, the one in which a
    reader learns least is returned, for the caller to refuse.
    """
    attack = {
        "population": population,
        "insiders": list(insiders),
        "background": background,
        "nestings": nestings,
        "until_failure": True,
    }
    best = None
    for coarser in (base, 2 * base, 4 * base):
        for start in range(_KEYS):
            drawn = key if not start else hmac.digest(key, bytes([start]), "sha256")
            for rounding, targets in _mend(counts, sums, coarser, drawn, attack):
                failures = sum(target.verdict != SAFE for target in targets)
                if best is None or failures < best[0]:
                    best = failures, rounding, targets
                if not failures:
                    return rounding, targets
    return best[1], best[2]


def _mend(counts, sums, base, key, attack) -> Iterator[tuple[Rounding, list[Target]]]:
    held: dict[Cell, int] = {}
    preferred = attack["background"].preferred if attack["background"] else {}
    rules = {"preferred": preferred, "nested": list_nested(counts, attack["nestings"])}
    for step in range(_STEPS):
        rounding = round_counts({**counts, **held}, sums, base=base, key=key, **rules)
        if held and rounding.relaxation != STRICT:
            return  # moves counts further than the one that was to be mended
        targets = attack_counts(counts, sums, rounding, **attack)
        yield rounding, targets
        failures = [target for target in targets if target.verdict != SAFE]
        succeeded = {target.reader for target in failures}
        attack["insiders"].sort(key=lambda insider: name_insider(*insider) not in succeeded)
        if not _hold_others(held, failures, counts, rounding, preferred, key + bytes([step])):
            return


def _hold_others(held, failures, counts, rounding, preferred, seed) -> bool:
    """Hold, for each failure, one count it leans on at its other multiple; False where none can.

    What an earlier release told is moved only where nothing else can be.
    """
    changed = False
    for failure in failures:
        choices = [
            (bound.cell, other)
            for bound in failure.claims
            if bound.cell in counts and bound.cell not in held
            for other in [_other_multiple(counts[bound.cell], rounding, bound)]
            if other is not None
        ]
        choices = [choice for choice in choices if choice[0] not in preferred] or choices
        if choices:
            draw = hmac.digest(seed, failure.cell.encode(), "sha256")
            cell, other = choices[draw[0] % len(choices)]
            held[cell], changed = other, True
    return changed


def _other_multiple(true: int, rounding: Rounding, bound) -> int | None:
    # An upper end that held back is moved by rounding up, a lower end by rounding down.
    below = true - true % rounding.base
    shown = rounding.released[bound.cell]
    if bound.upper is None or true == below or shown not in (below, below + rounding.base):
        return None
    wanted = below + rounding.base if bound.upper else below
    return wanted if wanted != shown else None
