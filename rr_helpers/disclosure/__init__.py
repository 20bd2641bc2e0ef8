"""The only gate from rows to pages.

`protect_release` makes the release: every published count, protected together. `protect` judges
estimates, `published_statistics` takes official figures, `clear_quotation` reviewed quotations.
What comes out (SafeTable, SafeEstimate, ReleasedCount, ReleasedFigure, ClearedQuotation) can be
made nowhere else, and is all that `report` accepts. `check_output` refuses everything else when an
edition is built. Imports nothing but `errors` and `results`.
"""

from rr_helpers.disclosure.audit import Audit, write_audit
from rr_helpers.disclosure.catalogue import CountTable, read_catalogue
from rr_helpers.disclosure.display import as_readers_know
from rr_helpers.disclosure.earlier import (
    EarlierRelease,
    SameCategories,
    SamePeople,
    Together,
)
from rr_helpers.disclosure.exact import suppress_release
from rr_helpers.disclosure.feasibility import Interval, feasible_intervals
from rr_helpers.disclosure.figures import (
    MARKS,
    ReleasedCount,
    ReleasedFigure,
    SafeEstimate,
    percentage,
)
from rr_helpers.disclosure.linked import Link
from rr_helpers.disclosure.protecting import preview, protect_release
from rr_helpers.disclosure.public_wording import public_wording, unfit_for_public
from rr_helpers.disclosure.published import published_statistics
from rr_helpers.disclosure.quotes import ClearedQuotation, clear_quotation
from rr_helpers.disclosure.release import Release
from rr_helpers.disclosure.rules import protect
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.stamp import check_output, stamp
from rr_helpers.disclosure.suppression import Suppression, suppress

__all__ = [
    "MARKS",
    "Audit",
    "ClearedQuotation",
    "CountTable",
    "EarlierRelease",
    "Interval",
    "Link",
    "Release",
    "ReleasedCount",
    "ReleasedFigure",
    "SafeEstimate",
    "SafeTable",
    "SameCategories",
    "SamePeople",
    "Suppression",
    "Together",
    "as_readers_know",
    "check_output",
    "clear_quotation",
    "feasible_intervals",
    "percentage",
    "preview",
    "protect",
    "protect_release",
    "public_wording",
    "published_statistics",
    "read_catalogue",
    "stamp",
    "suppress",
    "suppress_release",
    "unfit_for_public",
    "write_audit",
]
