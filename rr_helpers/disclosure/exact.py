"""Tables with exact totals, for a partner who insists on them: counts are hidden, not rounded."""

from collections.abc import Mapping

import pandas as pd

from rr_helpers.disclosure.catalogue import CountTable
from rr_helpers.disclosure.protecting import HIERARCHIES, fill_table, sort_tables
from rr_helpers.disclosure.release import Release
from rr_helpers.disclosure.suppression import THRESHOLD, suppress
from rr_helpers.disclosure.tabulation import check_population, list_faces, tabulate


def suppress_release(
    populations: Mapping[str, pd.DataFrame],
    catalogue: Mapping[str, CountTable],
    *,
    hierarchies: Mapping[str, str] = HIERARCHIES,
    threshold: int = THRESHOLD,
    time_limit: float = 300.0,
) -> Release:
    """Tabulate the catalogue and hide what must be hidden, the rest exact; optimal, and attacked.

    populations, catalogue, hierarchies: as for `protect_release`. threshold, time_limit: as for
    `suppress`. All tables of a population are protected together. What it returns is for a partner
    only: a build refuses it, since beside a rounded release of the same people it would tell more
    than either. Not covered, and so to be agreed with the partner: what a borough learns with its
    own counts in hand, and populations that overlap. Raises as `protect_release` and `suppress` do.
    """
    released, rules = {}, {}
    for name, tables in sort_tables(populations, catalogue, hierarchies).items():
        if not tables:
            continue
        frame = populations[name]
        check_population(frame, name)
        faces = [face for table in tables for face in list_faces(table, frame)]
        counts, sums = tabulate(frame, faces, hierarchies)
        hidden = suppress(counts, sums, threshold=threshold, time_limit=time_limit)
        rules[name] = hidden.rules
        for table in tables:
            released[table.id] = fill_table(table, frame, hidden.shown)
    return Release({name: released[name] for name in catalogue}, rules, preview=True)
