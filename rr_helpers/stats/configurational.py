"""Which combinations of conditions go with an outcome (QCA): exploratory, on a handful of cases.

With eight boroughs and more than three conditions most combinations are never seen, and any
solution is made of what was assumed about them; so more is refused unless it is asked for.
"""

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.stats.inputs import check_option, numbers, whole_count, wrong

# Three conditions for every eight cases, and never more than seven (Marx & Dusa 2011,
# Methodological Innovations 6:103).
CASES_PER_THREE, MOST = 8, 7
ABSENT, PRESENT, EITHER = 0, 1, 2


def truth_table(
    frame: pd.DataFrame,
    *,
    outcome: str,
    conditions,
    inclusion: float = 0.8,
    frequency: int = 1,
    most_conditions: int | None = None,
) -> pd.DataFrame:
    """Every combination of conditions that was seen, and how far it goes with the outcome.

    frame: one row per case, its label as the row label; outcome, conditions: names of columns of
    0 and 1 (crisp) or memberships between them (fuzzy; 0.5 belongs nowhere and is refused).
    inclusion: share from which a row counts as sufficient; frequency: fewest cases of a row.
    most_conditions: overrides the limit of three conditions for eight cases.

    Returns one row per combination: a column for each condition (1 or 0), n (cases with membership
    above 0.5), inclusion, pri, outcome (1 sufficient, 0 not), contradiction (true where cases of
    the row differ in the outcome) and cases (labels). Rows below `frequency` are left out.
    Raises UserError for blanks, memberships outside 0 to 1, or too many conditions.
    Source: Ragin 2008, Redesigning Social Inquiry; Dusa 2019, QCA with R. Test values: Lipset's 18
    countries (Rihoux & De Meur 2009).
    """
    conditions = _names(frame, outcome, conditions)
    _check_number(len(frame), len(conditions), most_conditions)
    if not 0.5 < inclusion <= 1:
        raise wrong("inclusion", repr(inclusion), "above 0.5, at most 1", "Write inclusion=0.8")
    frequency = whole_count("frequency", frequency)
    members, y = _memberships(frame, conditions), _memberships(frame, [outcome])[:, 0]
    if (members == 0.5).any():
        raise wrong(
            "conditions", "a membership of exactly 0.5", "more or less than 0.5",
            "Decide for each case whether it is rather in or rather out",
        )  # fmt: skip
    rows = []
    for kind in sorted(set(map(tuple, (members > 0.5).astype(int)))):
        holds = (members > 0.5).astype(int)
        within = (holds == kind).all(axis=1)
        if within.sum() < max(frequency, 1):
            continue
        share, pri = _sufficiency(_membership(members, kind), y)
        rows.append(
            dict(zip(conditions, kind, strict=True)) | {
                "n": int(within.sum()), "inclusion": share, "pri": pri,
                "outcome": int(share >= inclusion - 1e-12),
                "contradiction": bool((y[within] > 0.5).any() and (y[within] <= 0.5).any()),
                "cases": ", ".join(str(label) for label in frame.index[within]),
            }
        )  # fmt: skip
    columns = [*conditions, "n", "inclusion", "pri", "outcome", "contradiction", "cases"]
    return pd.DataFrame(rows, columns=columns)


def _names(frame, outcome, conditions) -> list[str]:
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise wrong("frame", "no cases", "a table with a row per case", "Give the DataFrame itself")
    conditions = [conditions] if isinstance(conditions, str) else list(conditions)
    known = ", ".join(str(name) for name in frame.columns)
    for name in [outcome, *conditions]:
        if name not in frame.columns:
            raise wrong("conditions", repr(name), "a column of 'frame'", f"They are: {known}")
    reserved = {"n", "inclusion", "pri", "outcome", "contradiction", "cases"} & set(conditions)
    if not conditions or len({outcome, *conditions}) <= len(conditions) or reserved:
        raise wrong(
            "conditions", repr(conditions),
            "one or more names, each once, without the outcome and the names of the table", "Mend",
        )  # fmt: skip
    return conditions


def _check_number(cases: int, conditions: int, most: int | None) -> None:
    limit = 3 * cases // CASES_PER_THREE if most is None else whole_count("most_conditions", most)
    if conditions > min(limit, MOST):
        raise UserError(
            place="argument 'conditions'",
            found=f"{conditions} conditions for {cases} cases",
            expected=f"at most {min(limit, MOST)}",
            cure="Drop conditions; or, if you must, write most_conditions= and say so (at most 7)",
        )


def _memberships(frame, names) -> np.ndarray:
    given = np.column_stack([numbers(str(name), frame[name]).to_numpy() for name in names])
    if np.isnan(given).any() or (given < 0).any() or (given > 1).any():
        raise wrong(
            "frame", "blanks or numbers outside 0 to 1", "memberships from 0 to 1",
            "Calibrate the conditions and the outcome first, for every case",
        )  # fmt: skip
    return given


def _membership(members: np.ndarray, kind) -> np.ndarray:
    """Membership of each case in a combination: the least of its conditions'."""
    parts = [
        members[:, k] if state == PRESENT else 1 - members[:, k]
        for k, state in enumerate(kind) if state != EITHER
    ]  # fmt: skip
    return np.min(parts, axis=0) if parts else np.ones(len(members))


def _sufficiency(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Inclusion and proportional reduction in inconsistency of x as sufficient for y."""
    both = np.minimum(x, y)
    neither = np.minimum(both, 1 - y).sum()
    left = x.sum() - neither
    return float(both.sum() / x.sum()), float((both.sum() - neither) / left) if left > 0 else 0.0


def minimise(
    table: pd.DataFrame,
    frame: pd.DataFrame,
    *,
    outcome: str,
    solution: str = "conservative",
    expectations: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """The shortest expressions that cover the sufficient rows of a truth table (Quine-McCluskey).

    table: of `truth_table`; frame, outcome: what it was made of, for the fit. solution:
    ``"conservative"`` (nothing is assumed about combinations never seen), ``"parsimonious"`` (any
    of them may be assumed sufficient where that shortens) or ``"intermediate"`` (only where theory
    expects it). expectations: for the intermediate one, whether each condition is expected to help
    when present (1) or absent (0); conditions without one are left as they were seen. Where
    several expressions are equally short, all are given: which to prefer is not a matter of
    arithmetic.

    Returns a row for each expression and one for each of its terms: model (1, 2 …), expression
    (``DEV*~URB + STB``), part ("solution" or "term"), inclusion, pri, coverage, unique_coverage
    (blank for a solution). Empty where no row is sufficient. Source: Ragin & Sonnett 2005 (easy
    and difficult counterfactuals); Dusa 2019, QCA with R.
    """
    check_option("solution", solution, ("conservative", "parsimonious", "intermediate"))
    conditions = list(table.columns[: list(table.columns).index("n")])
    members = _memberships(frame, _names(frame, outcome, conditions))
    y = _memberships(frame, [outcome])[:, 0]
    kinds = [tuple(int(state) for state in kind) for kind in table[conditions].to_numpy()]
    wanted = [k for k, right in zip(kinds, table["outcome"], strict=True) if right == 1]
    every = set(itertools.product((ABSENT, PRESENT), repeat=len(conditions)))
    unseen = every - set(kinds)
    primes = _primes(set(wanted) | (unseen if solution == "parsimonious" else set()))
    if solution == "intermediate":
        helpful = _expected(expectations, conditions)
        primes = _eased(primes, _primes(set(wanted) | unseen), helpful)
    rows = []
    for model, terms in enumerate(_covers(wanted, primes), 1):
        parts = [_membership(members, term) for term in terms]
        words = [_expression(term, conditions) for term in terms]
        rows.append(_fit(model, " + ".join(words), "solution", np.max(parts, axis=0), y))
        for k, word in enumerate(words):
            others = [part for j, part in enumerate(parts) if j != k] or [np.zeros(len(y))]
            rest = np.minimum(np.max(others, axis=0), y).sum()
            unique = (np.minimum(np.max(parts, axis=0), y).sum() - rest) / y.sum()
            rows.append(_fit(model, word, "term", parts[k], y) | {"unique_coverage": float(unique)})
    columns = ["model", "expression", "part", "inclusion", "pri", "coverage", "unique_coverage"]
    return pd.DataFrame(rows, columns=columns)


def _fit(model: int, expression: str, part: str, x: np.ndarray, y: np.ndarray) -> dict:
    inclusion, pri = _sufficiency(x, y)
    coverage = float(np.minimum(x, y).sum() / y.sum())
    found = {"model": model, "expression": expression, "part": part, "inclusion": inclusion}
    return found | {"pri": pri, "coverage": coverage, "unique_coverage": None}


def _expression(term, conditions) -> str:
    signs = {PRESENT: "", ABSENT: "~"}
    named = zip(term, conditions, strict=True)
    return "*".join(signs[s] + str(name) for s, name in named if s != EITHER) or "always"


def _primes(kinds: set) -> list:
    """Combinations that cannot be shortened any further without covering a row that is not in."""
    primes, current = set(), set(kinds)
    while current:
        shorter, used = set(), set()
        for one, other in itertools.combinations(sorted(current), 2):
            apart = [k for k, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
            if len(apart) == 1 and EITHER not in (one[apart[0]], other[apart[0]]):
                shorter.add(one[: apart[0]] + (EITHER,) + one[apart[0] + 1 :])
                used |= {one, other}
        primes |= current - used
        current = shorter
    return sorted(primes)


def _expected(expectations, conditions) -> list[int | None]:
    """The state in which each condition is expected to help; None where nothing is expected."""
    if not isinstance(expectations, Mapping) or not set(expectations) <= set(conditions):
        raise wrong(
            "expectations", repr(expectations), f"1 or 0 for some of {', '.join(conditions)}",
            "Write expectations={'NAME': 1}",
        )  # fmt: skip
    for state in expectations.values():
        check_option("expectations", state, (ABSENT, PRESENT))
    return [expectations.get(name) for name in conditions]


def _eased(complex_terms: list, simple_terms: list, helpful: list) -> list:
    """Complex terms without what a simpler one leaves out and theory expects not to be needed.

    A state is dropped only where it is the contrary of the one expected to help.
    """
    eased = {
        tuple(
            EITHER if simple[k] == EITHER and helpful[k] == 1 - state else state
            for k, state in enumerate(term)
        )
        if all(s in (EITHER, state) for s, state in zip(simple, term, strict=True)) else term
        for term in complex_terms for simple in simple_terms
    }  # fmt: skip
    within = {a for a in eased for b in eased if a != b and _within(a, b)}
    return sorted(eased - within)


def _within(term, wider) -> bool:
    return all(w in (EITHER, t) for t, w in zip(term, wider, strict=True))


def _covers(wanted: list, primes: list) -> list[tuple]:
    """Every set of the fewest primes that between them cover each wanted row."""
    covered = {
        prime: {k for k, kind in enumerate(wanted) if _within(kind, prime)} for prime in primes
    }
    useful = [prime for prime in primes if covered[prime]]
    for size in range(1, len(wanted) + 1):
        found = [
            chosen for chosen in itertools.combinations(useful, size)
            if len(set().union(*(covered[prime] for prime in chosen))) == len(wanted)
        ]  # fmt: skip
        if found:
            return found
    return []


def necessity(frame: pd.DataFrame, *, outcome: str, conditions) -> pd.DataFrame:
    """How far the outcome goes without each condition, present or absent.

    Returns one row per condition and its absence (``~DEV``): condition, inclusion (share of the
    outcome within it), coverage, relevance (of necessity: low where nearly every case has it).
    Source: Schneider & Wagemann 2012, Set-Theoretic Methods, for the relevance.
    """
    conditions = _names(frame, outcome, conditions)
    members, y = _memberships(frame, conditions), _memberships(frame, [outcome])[:, 0]
    rows = []
    for k, name in enumerate(conditions):
        for sign, x in (("", members[:, k]), ("~", 1 - members[:, k])):
            both = np.minimum(x, y)
            spare = (1 - both).sum()
            rows.append({
                "condition": f"{sign}{name}",
                "inclusion": float(both.sum() / y.sum()) if y.sum() else None,
                "coverage": float(both.sum() / x.sum()) if x.sum() else None,
                "relevance": float((1 - x).sum() / spare) if spare else None,
            })  # fmt: skip
    return pd.DataFrame(rows)
