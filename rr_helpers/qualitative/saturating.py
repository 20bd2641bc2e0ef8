"""Code saturation: how much new each further source brings (Guest, Namey and Chen 2020)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rr_helpers.results import Estimate, not_estimable


@dataclass(frozen=True, eq=False)
class Saturation:
    """Result of `saturation`.

    runs: one row per run in the order given: first, last (source numbers from 1), new_codes,
        ratio (new codes in the run over codes in the base).
    reached: ``"5+2"`` where the run that follows source 5, of length 2, is the first at or below
        the threshold; None where no run is.
    needed: number of sources before that run, or None.
    base_codes, n_sources, n_codes: what the ratios rest on.
    orders: how many random orders were tried; reached_share: in what share of them the threshold
        was met; median, low, high: of `needed` over the orders that met it (low and high are the
        2.5th and 97.5th percentiles), None where none did.
    """

    runs: pd.DataFrame
    reached: str | None
    needed: int | None
    base_codes: int
    n_sources: int
    n_codes: int
    orders: int
    reached_share: float
    median: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.reached is None:
            return f"not reached within {self.n_sources} sources"
        spread = f"; over {self.orders} random orders, in {self.reached_share:.0%} of them"
        return f"reached at {self.reached}{spread}, after {self.low:g} to {self.high:g} sources"

    def estimates(self, *, of: str = "sources") -> dict[str, Estimate]:
        """Return the sources needed, in the order given and over random orders with their range.

        The range is of the middle 95% of the orders that met the threshold: it says how much hangs
        on the order, not how sure the number is of other sources. of: what the sources are.
        """
        shared = {"n": self.n_sources, "of": of, "method": "saturation, Guest et al. 2020"}
        never = not_estimable("new codes kept coming until the end", **shared)
        given = never if self.needed is None else Estimate(value=float(self.needed), **shared)
        any_order = never
        if self.median is not None:
            any_order = Estimate(value=self.median, low=self.low, high=self.high, **shared)
        return {"In the order of collection": given, "Over random orders": any_order}


def saturation(
    codes_by_source: pd.DataFrame,
    *,
    base: int = 4,
    run: int = 2,
    threshold: float = 0.05,
    orders: int = 500,
    seed: int = 2020,
) -> Saturation:
    """Return when new sources stopped bringing new codes, in the order given and in random ones.

    codes_by_source: booleans, one row per source in the order of collection, one column per code
        (as `source_codes` gives).
    base, run: number of sources in the base set and in each run; threshold: 0.05 or 0.

    Not to be used where codes were not meant to be complete, as in reflexive thematic analysis
    (Braun and Clarke 2021); it says that no new codes came, not that their meaning was understood
    (Hennink 2017). ValueError where there are fewer than base + run sources or no code in the base.

    Guest, Namey and Chen (2020), PLoS ONE 15(5): e0232076. Test case worked by hand: new codes
    10, 6, 3, 1, 2, 0, 1, 0, 0, 0 give 10%, 5%, 5%, 0%, 0%, so 5+2 at 5% and 7+2 at 0%.
    """
    present = np.asarray(codes_by_source, dtype=bool)
    if base < 1 or run < 1:
        raise ValueError("base and run are at least 1")
    if len(present) < base + run:
        raise ValueError(f"{len(present)} sources; base {base} and run {run} need {base + run}")
    found, ratios = _ratios(present, base, run)
    if not found[:base].sum():
        raise ValueError("no code in the base set, so no ratio")
    runs = pd.DataFrame(
        {
            "first": np.arange(base + 1, len(present) - run + 2),
            "last": np.arange(base + run, len(present) + 1),
            "new_codes": _in_runs(found, base, run),
            "ratio": ratios,
        }
    )
    needed = _needed(ratios, base, threshold)
    draw = np.random.default_rng(seed)
    tried = [
        _needed(_ratios(present[draw.permutation(len(present))], base, run)[1], base, threshold)
        for _ in range(orders)
    ]
    met = np.array([each for each in tried if each is not None])
    low, high = np.quantile(met, [0.025, 0.975]) if len(met) else (None, None)
    return Saturation(
        runs=runs,
        reached=None if needed is None else f"{needed}+{run}",
        needed=needed,
        base_codes=int(found[:base].sum()),
        n_sources=len(present),
        n_codes=int(present.any(axis=0).sum()),
        orders=orders,
        reached_share=len(met) / orders if orders else 0.0,
        median=float(np.median(met)) if len(met) else None,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
    )


def _ratios(present: np.ndarray, base: int, run: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the new codes per source, and per run their ratio to the codes of the base."""
    first = np.where(present.any(axis=0), present.argmax(axis=0), len(present))
    found = np.bincount(first, minlength=len(present) + 1)[: len(present)]
    in_base = found[:base].sum()
    new = _in_runs(found, base, run)
    return found, new / in_base if in_base else np.full(len(new), np.inf)


def _in_runs(found: np.ndarray, base: int, run: int) -> np.ndarray:
    return np.convolve(found[base:], np.ones(run, dtype=int), "valid")


def _needed(ratios: np.ndarray, base: int, threshold: float) -> int | None:
    low = np.flatnonzero(ratios <= threshold)
    return base + int(low[0]) if len(low) else None
