"""What `protect` is given: estimates in rows and columns, and options that may only tighten."""

from collections.abc import Mapping

import pandas as pd

from rr_helpers.disclosure.figures import ALL
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.results import Estimate


def only_tighter(name: str, value: int, floor: int) -> None:
    """Refuse, with UserError, a threshold below the rule's own."""
    if isinstance(value, bool) or not isinstance(value, int) or value < floor:
        raise UserError(
            place="protect",
            found=f"{name}={value!r}",
            expected=f"{floor}, or more: a run can tighten a rule, never loosen it",
            cure=f"Leave {name} out",
        )


def as_grid(estimates, title: str) -> pd.DataFrame:
    """Return a mapping or a table of estimates as a table with text labels.

    Raises UserError for none, or a label twice; DisclosureError for what is no Estimate.
    """
    if isinstance(estimates, pd.DataFrame):
        grid = estimates.astype(object)  # a new table: the caller's keeps its labels
    else:
        labels = [str(label) for label in estimates]
        grid = pd.DataFrame({ALL: pd.Series(list(estimates.values()), index=labels, dtype=object)})
    grid.index = pd.Index([str(label) for label in grid.index], name=grid.index.name)
    grid.columns = [str(label) for label in grid.columns]
    if grid.empty or grid.index.duplicated().any() or grid.columns.duplicated().any():
        raise UserError(
            place=f"protect, '{title}'",
            found="no estimates" if grid.empty else "a label twice",
            expected="estimates with a label each",
            cure="Label them apart, or leave the table out",
        )
    for line in grid.to_numpy():
        for cell in line:
            if not isinstance(cell, Estimate):
                raise DisclosureError(
                    place=f"protect, '{title}'",
                    found=f"a {type(cell).__name__}",
                    expected="Estimates, which carry the n that the rules need",
                    cure="Counts: add the table to notebooks/catalogue.toml. Numbers: compute them "
                    "with the functions that return Estimates",
                )
    return grid


def check_contributions(contributions: Mapping, grid: pd.DataFrame, title: str) -> Mapping:
    """Return the amounts behind means by row label; UserError for a label that is none."""
    unknown = [label for label in contributions if label not in grid.index]
    if unknown:
        raise UserError(
            place=f"protect, '{title}'",
            found=f"contributions of '{unknown[0]}'",
            expected=f"one of {', '.join(grid.index)}",
            cure="Correct the label",
        )
    return contributions
