"""What a page may show, each with its clearance record: Table, Chart, Finding, and their kin.

All accept only what the disclosure room cleared; a DataFrame is refused with what to do instead.

Class names for the style sheet (book/_static/report.css):

rr-exhibit          a Table, ComposedTable, JointDisplay or TriangulationMatrix with its notes
rr-scroll           container of a table; scrolls sideways (overflow-x: auto)
rr-table            a table; also rr-counts, rr-estimates, rr-published, rr-composed: its kind
rr-number, rr-text  cells: numbers (right-aligned, tabular figures) and words (left-aligned)
rr-total            the row of totals
rr-notes            what stands under an exhibit (a <p> each)
rr-preview          warning over a preview
rr-figure           a Chart; its <figcaption> is the title above the drawing
rr-chart            holds the <svg>, which is drawn 358 units wide with letters of 11: give it
                    max-width: 36rem, and font-family for its text
rr-data             the <details> with the table under a chart
rr-finding          a Finding; also rr-strength-strong, -moderate, -limited, -insufficient
rr-sentence, rr-finding-details (a <dl> of <div><dt><dd>)
rr-quotations       a <section> of quotations under an <h3>; rr-none where there is none
rr-quote            a quotation: <blockquote> and <figcaption>
rr-joint            the table of a JointDisplay; on a phone stack its cells and show each cell's
                    data-label before it
rr-ladder           a ContributionLadder, with the classes of a JointDisplay
rr-theory           a TheoryTable, with the classes of a JointDisplay
rr-integration      the call; also rr-integration-agreement, -partial, -silence, -dissonance, -open,
                    with rr-letter for its letter; rr-counts-list for the short list of counts
rr-matrix           the table of a TriangulationMatrix; rr-says and rr-says-supports, -contradicts,
                    -mixed, -silent: its cells; rr-triangulated: a theme in words under it
rr-measures         a <dl> of key numbers: rr-measure (<div>), rr-measure-value, rr-measure-detail
"""

from rr_helpers.report.charts import Chart
from rr_helpers.report.composed import ComposedTable
from rr_helpers.report.findings import STRENGTHS, Finding
from rr_helpers.report.joint import (
    CONFIDENCE,
    INTEGRATION,
    NONE_FOUND,
    NONE_QUOTABLE,
    JointDisplay,
)
from rr_helpers.report.ladder import RUNGS, ContributionLadder
from rr_helpers.report.measures import Measures
from rr_helpers.report.quote_card import Quotations, QuoteCard
from rr_helpers.report.tables import Table
from rr_helpers.report.theory import NOT_OBSERVABLE, TheoryTable
from rr_helpers.report.triangulation import TriangulationMatrix

__all__ = [
    "CONFIDENCE",
    "INTEGRATION",
    "NONE_FOUND",
    "NONE_QUOTABLE",
    "NOT_OBSERVABLE",
    "RUNGS",
    "STRENGTHS",
    "Chart",
    "ComposedTable",
    "ContributionLadder",
    "Finding",
    "JointDisplay",
    "Measures",
    "Quotations",
    "QuoteCard",
    "Table",
    "TheoryTable",
    "TriangulationMatrix",
]
