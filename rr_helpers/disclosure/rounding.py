"""Controlled rounding: every published count to a neighbouring multiple of a base, additively.

One integer programme for one population: each count goes to the multiple just below or just above
it (a multiple stays as it is, so zero stays zero), every sum that holds between the true counts
holds between the released ones, no part is larger than its whole, and the total deviation is as
small as the jitter allows. Method:
Handbook on Statistical Disclosure Control, 2nd ed. (2024), chapter 5; Causey, Cox and Ernst (1985),
JASA 80: 903-909. Solved with HiGHS.

The jitter is what keeps the rule "smallest deviation" from being run backwards: it is drawn per
cell from a keyed hash, so it is the same in every build but unknown to a reader, and it is as wide
as the base, so that a count standing alone is rounded up with probability remainder / base
(unbiased random rounding) and stays possible anywhere within a base of what is shown.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType

import highspy
import numpy as np
from scipy.sparse import hstack

from rr_helpers.disclosure.programme import pose_programme, sum_matrix
from rr_helpers.errors import DisclosureError, UserError

Cell = frozenset  # of (variable, category) pairs; the empty set is the whole population
Sum = tuple[Cell, tuple[Cell, ...]]  # a cell, and the cells that add up to it

# How far a count may move: to the neighbouring multiples; one multiple further; and zeros as well.
STRICT, FURTHER, FURTHER_WITH_ZEROS = range(3)
_PREFERENCE = 5.0
_NODES = 20_000  # a limit in nodes, not seconds, so that every machine stops at the same answer


@dataclass(frozen=True)
class Rounding:
    """Released counts by cell, and which relaxation was needed (`STRICT` is none).

    not_nested: the parts that are shown as larger than their wholes, since both were told before.
    """

    released: Mapping[Cell, int]
    relaxation: int
    base: int
    not_nested: tuple[Cell, ...] = ()

    @property
    def reach(self) -> int:
        """The largest possible difference between a released and a true count."""
        return self.base - 1 if self.relaxation == STRICT else 2 * self.base - 1


def round_counts(
    counts: Mapping[Cell, int],
    sums: Iterable[Sum],
    *,
    base: int,
    key: bytes,
    preferred: Mapping[Cell, int] = MappingProxyType({}),
    nested: Iterable[tuple[Cell, Cell]] = (),
) -> Rounding:
    """Return every count as a multiple of `base`, with every sum kept.

    counts: whole numbers from 0 up. sums: what adds up to what, over cells in `counts`. key: the
    secret from which the jitter is drawn. preferred: the value to take, where it is a neighbouring
    multiple and the sums allow it: what an earlier release told. nested: (part, whole) cells of
    which the first may not come out larger; a value told before goes before it. Raises UserError
    for a count that is negative or not whole, DisclosureError where no rounding exists even with
    the relaxations: never an unprotected table.
    """
    cells = sorted(counts, key=label_cell)
    true = np.array([whole_count(counts[cell], cell) for cell in cells], dtype=np.int64)
    place = {cell: number for number, cell in enumerate(cells)}
    rows = [(place[parent], [place[child] for child in children]) for parent, children in sums]
    within = np.array([(place[part], place[whole]) for part, whole in nested], int).reshape(-1, 2)
    if not cells:
        return Rounding({}, STRICT, base)
    jitter = np.array([_draw(cell, key) for cell in cells])
    wanted = np.array([preferred.get(cell, -1) for cell in cells], dtype=np.int64)
    for relaxation in (STRICT, FURTHER, FURTHER_WITH_ZEROS):
        solve = partial(_solve, true, rows, base, jitter, wanted, relaxation)
        multiples, kept_within = _nest(solve, within, true, wanted, base)
        if multiples is not None:
            released = multiples * base
            _verify(true, released, rows, kept_within, base, relaxation)
            values = {cell: int(value) for cell, value in zip(cells, released, strict=True)}
            larger = within[released[within[:, 0]] > released[within[:, 1]], 0]
            return Rounding(values, relaxation, base, tuple(cells[n] for n in np.unique(larger)))
    raise DisclosureError(
        place="controlled rounding",
        found="no rounding keeps all the sums between these tables",
        expected="tables that can be rounded together",
        cure="Take the last table added out of the catalogue, or give it fewer categories",
    )


@cache
def label_cell(cell: Cell) -> str:
    """Return a cell's name in words: ``borough = Barnet, sex = Female``; the whole is ``all``."""
    pairs = sorted(cell)
    return ", ".join(f"{variable} = {category}" for variable, category in pairs) or "all"


def whole_count(count, cell: Cell) -> int:
    """Return a count as an int; raises UserError unless it is a whole number from 0 up."""
    try:
        number = float(count)
        sound = not isinstance(count, bool) and number >= 0 and number.is_integer()
    except (TypeError, ValueError, OverflowError):
        sound = False
    if not sound:
        raise UserError(
            place=f"count of {label_cell(cell)}",
            found=f"{count}",
            expected="a whole number from 0 up",
            cure="Count units, one row each",
        )
    return int(count)


def _draw(cell: Cell, key: bytes) -> float:
    digest = hmac.digest(key, repr(sorted(cell)).encode(), "sha256")
    return int.from_bytes(digest[:8]) / 2**63 - 1


def _nest(solve, within, true, wanted, base) -> tuple[np.ndarray | None, np.ndarray]:
    """Solve with every part within its whole, except where values told before speak against it.

    What was told cannot be taken back, and a second value for the same count would narrow it.
    """
    told = (wanted >= 0) & (wanted % base == 0) & (abs(wanted - true) < base)
    parts, wholes = within.T
    within = within[~(told[parts] & told[wholes] & (wanted[parts] > wanted[wholes]))]
    multiples = solve(within)
    if multiples is None or not len(within) or (multiples * base == wanted)[told].all():
        return multiples, within
    free = solve(within[:0])
    if (free * base == wanted)[told].sum() > (multiples * base == wanted)[told].sum():
        parts, wholes = within.T
        within = within[free[parts] <= free[wholes]]
        multiples = solve(within)
    return multiples, within


def _solve(true, rows, base, jitter, wanted, relaxation, within) -> np.ndarray | None:
    # Each cell is floor + up + above - below, in multiples: `up` is the ordinary choice, `above`
    # and `below` are the relaxation, priced so that they are used only where nothing else works.
    floor, remainder = np.divmod(true, base)
    cost = (base - 2 * remainder) + base * jitter
    # Stronger than any jitter, weaker than a relaxation.
    below_wanted = (wanted == (floor + 1) * base).astype(float)
    cost += _PREFERENCE * base * ((wanted == floor * base).astype(float) - below_wanted)
    up = (remainder > 0).astype(float)
    above = np.zeros(len(true))
    if relaxation != STRICT:
        above = np.ones(len(true)) if relaxation == FURTHER_WITH_ZEROS else (true > 0).astype(float)
    below = ((floor > 0) & (relaxation != STRICT)).astype(float)
    target = np.array(
        [sum(floor[c] for c in children) - floor[parent] for parent, children in rows], float
    )
    price = np.full(len(true), 20.0 * base)
    parts, wholes = within.T
    room = (floor[wholes] - floor[parts]).astype(float)
    answer = _minimise(
        np.concatenate([cost, price, price]),
        np.concatenate([up, above, below]),
        [*rows, *((part, [whole]) for part, whole in within)],
        (np.r_[target, np.full(len(room), -np.inf)], np.r_[target, room]),
    )
    if answer is None:
        return None
    chosen_up, chosen_above, chosen_below = np.split(answer, 3)
    return floor + chosen_up + chosen_above - chosen_below


def _minimise(cost, upper, rows, bounds) -> np.ndarray | None:
    sums = sum_matrix(rows, len(cost) // 3)
    model = pose_programme(
        hstack([sums, sums, -sums]),
        bounds,
        cost,
        0 * upper,
        upper,
        whole=True,
        options={"mip_rel_gap": 1e-4, "mip_max_nodes": _NODES},
    )
    model.run()
    if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    if model.getInfo().primal_solution_status != 2:
        # 2 is "feasible". Any feasible answer is a safe one; none within the limit means relax.
        return None
    return np.rint(model.getSolution().col_value).astype(np.int64)


def _verify(true, released, rows, within, base, relaxation) -> None:
    # The solver works in floating point: nothing leaves here on its word alone.
    reach = base if relaxation == STRICT else 2 * base
    kept = all(released[parent] == released[children].sum() for parent, children in rows)
    near = bool((np.abs(released - true) < reach).all()) and bool((released >= 0).all())
    zeros = relaxation == FURTHER_WITH_ZEROS or bool((released[true == 0] == 0).all())
    nest = bool((released[within[:, 0]] <= released[within[:, 1]]).all())
    if not (kept and near and zeros and nest and bool((released % base == 0).all())):
        raise DisclosureError(
            place="controlled rounding",
            found="the solver's answer breaks a sum or a step, or moves a count too far",
            expected="an additive rounding",
            cure="Report this: it should not happen. Nothing was released",
        )
