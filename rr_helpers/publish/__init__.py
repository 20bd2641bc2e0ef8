"""From notebooks to an edition: executed chapters, the static site, its record and its checks.

edition   what a chapter opens: the gated study, the coded evidence, the released counts
validated the copy of a study folder that was read and validated, kept as long as nothing changes
gated_projects  coded projects after the consent gate, kept with that copy
coded_evidence, coded_themes  what those projects are evidence for, and what the team declared of it
quoting   reviewed quotations, cleared one by one
releasing the release of a window: made once, shown by London's and boroughs' editions
release_secret  the secret by which a release is rounded
links, earlier_editions  which populations overlap; what was published before and is reckoned with
catalogue, scope  where the published counts are listed; whom an edition is about
organisations, traces, series  rows on panels and ties, on the programme theory, over time
integration  numbers and words put together: joint displays and the triangulation, checked
governance   recommendations and decisions of boards, in the words kept for the public
practice  rows of the training: what delegates answered, what boroughs referred
safety    rows on young people's safety: their own view, workers', files'
fairness  rows on who is accepted and who has a response, by sex and ethnic group
licensed  scales under licence, scored from a file that each study keeps
unheard   what a mean would be if those who did not answer differ
waits     how soon a safeguarding response came
outcomes  what support ended with, and what cannot be known of it
equity    referrals beside expected need
readings  two readings of one thing: paired files, second readers, two observers
reviews   contextual case reviews: domains, contexts, contribution
wording   words of the team that a build would refuse, found by 'rr validate'
reliability  agreement between coders, saturation of interviews
pipeline  study, chapters, book, publish: declared once, run by doit, judged by content
plan      from a study folder to what an edition is made of: read, gate, tabulate, protect
steps     what each step of the pipeline does
from_study  an edition from a study folder: what 'rr build' calls
here, cluster  where chapters run: on this machine, or on the workers of a dask scheduler
remote    what a worker does
products  what steps made, by content
doit_engine  what the pipeline uses of doit, without the rest
contents  the list of pages, and which of them are chapters
sources   the modules that a notebook imports, read from the text
state     what the pipeline remembers between runs
progress  how far a build is
watch     builds a draft again whenever a file is saved
workshop  what stays from one build to the next: kernels, Jupyter Book, the plan
editions  editions of several windows in one run
borough, boroughs  a borough's edition; the briefing of every borough in one run
chapters  runs one notebook (papermill) and tidies what it leaves behind
engine    papermill's engine, which writes a notebook once
kernels   the kernels of chapters, forked from a warm parent where the system can
warm_parent, forking  the warm parent of kernels; how the builder sees it
homeless  makes do where home cannot be written
gate      refuses any output without clearance and any number typed into prose
analysis_plan  what was planned and what became of it: findings are held to it
emmie     cards that tell each question's findings as funders ask for them
validation, accessibility  pages: how the numbers are known to be right; who can use the report
findings  gathers what the chapters found and composes the front page
team_words  what the team says to boards: a file of the study folder, without typed numbers
board_papers  what briefings are made of besides findings: words, boards' log, the edition before
briefing  the one-page briefing of a board
summary   the three-page summary
board_pages  briefings and summary as pages, and the doors to them
documents the files beside the pages: which PDFs there are, and the workbook
pdf       accessible PDF of built pages, set with Typst after book/paper.typ
typst_source  the pages written in Typst's language
workbook  every published table in one accessible workbook (gptables)
handover  the whole report as one zip with a first page that needs no other file
since_last  findings of the edition before, beside those of today
accounts  the pages in which the book accounts for itself, made of the next three
standards reporting standards: where each item is met, or why not
logs      assumptions and revisions, as the book declares them
pointers  places that those pages point to, looked up in chapters and pages
declared  the TOML files of the book
comparability  windows, overlaps and breaks in recording, on a page
staging   pages and executed chapters, without code, as the files that Jupyter Book reads
jupyter_book  Jupyter Book as a process, forked from a warm parent where the system can
book_modules  what that parent loads
style_sheets  one small style sheet for the site
book      builds the site from its stage, anew or only what has changed
record    digests, versions and options: what an edition was made of
build     what an edition is made of; the site built from it and the executed chapters
place     the folder of an edition: aside first, moved into place when all is well
check     everything that may be wrong with a built edition, all at once
remembered what was found without fault, so that the next build need not look again
searching searches the files of a site side by side, and none again in which nothing was found
file_faults  what may be wrong with one published file, by itself
small_counts  signs that protection was skipped
scan      everything that can be read in one published file, however packed
leaks     identifiers, names and free text of the study in what was read, however written
free_text the free text of a study, hashed, to be searched for
uncleared numbers on a page that no cleared output and no source of a page brought there
ledger    what was published when, line upon line, and whether a published folder still is that
serve     a preview on this machine only
"""

import importlib
import sys

# Each name's module is loaded when the name is asked for: 'rr build' finds that nothing has changed
# in less time than pandas takes to import.
_HOMES = {
    "edition": ("Edition", "open_edition"),
    "governance": ("decisions", "recommendations", "since_last_briefing"),
    "integration": ("Number", "joint_rows", "triangulation_rows"),
    "ledger": ("check_release", "read_ledger", "record_release"),
    "unheard": ("mean_if_unheard_differ",),
    "equity": ("referral_equity",),
    "outcomes": (
        "closing_changes",
        "outcome_bounds",
        "outcome_shares_by_year",
        "released_share",
        "reported_change",
    ),
    "readings": ("paired_files", "panel_agreement", "panel_scores", "second_readings"),
    "reviews": (
        "change_by_activity",
        "context_change",
        "context_scores",
        "contribution",
        "contribution_claims",
        "domain_scores",
        "item_scores",
        "rater_agreement",
    ),
    "waits": ("response_hazards", "responses_within", "waits_in_window", "without_response"),
    "series": ("breaks_of",),
    "wording": ("WORDING_RULES",),
    "reliability": ("agreement_by_label", "coder_agreement", "interview_saturation"),
}
# For a format that notebooks do not have, jsonschema (imported by nbformat) would build a grammar
# of internationalised addresses, which takes longer than all other imports of a build together.
sys.modules.setdefault("rfc3987_syntax", None)
__all__ = sorted(name for names in _HOMES.values() for name in names)


def __getattr__(name: str):
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
