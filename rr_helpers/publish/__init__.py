"""From notebooks to an edition: executed chapters, the static site, its record and its checks.

edition   what a chapter opens: the gated study, the coded evidence, the released counts
chapters  runs the notebooks (papermill), two at a time, and tidies what they leave behind
gate      refuses any output without clearance and any number typed into prose
findings  gathers what the chapters found and composes the front page
book      stages pages and executed chapters, without code, and builds the site (Jupyter Book)
record    digests, versions and options: what an edition was made of
build     one edition in its own folder, written aside and moved into place at the end
check     everything that may be wrong with a built edition, all at once
scan      everything that can be read in one published file, however packed
leaks     identifiers, names and free text of the study in what was read, however written
free_text the free text of a study, hashed, to be searched for
uncleared numbers on a page that no cleared output and no source of a page brought there
ledger    what was published when, line upon line, and whether a published folder still is that
serve     a preview on this machine only
"""

from rr_helpers.publish.edition import Edition, open_edition
from rr_helpers.publish.ledger import check_release, read_ledger, record_release

__all__ = ["Edition", "check_release", "open_edition", "read_ledger", "record_release"]
