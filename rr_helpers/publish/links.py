"""Which populations overlap: the release protects and attacks them as one."""

from collections.abc import Iterable, Iterator

import pandas as pd

from rr_helpers.disclosure.catalogue import CountTable
from rr_helpers.disclosure.linked import AT_MOST, EQUAL, Link
from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import quarter_name
from rr_helpers.publish.populations.practice import REACTIONS
from rr_helpers.study import Study
from rr_helpers.study.schema.training import REACTION_ITEMS, WAVES

SAID = tuple(dict.fromkeys(REACTIONS.values()))


def release_links(study: Study, window_id: str) -> list[Link]:
    """Return what a reader knows of the counts of a window: its quarters are its referrals.

    Quarters that lie in the window whole add up to its referrals where they fill it, and to a part
    of them otherwise, kind by kind; a window without a whole quarter has no link.
    """
    window = study.window(window_id)
    quarters = pd.period_range(window.start, window.end, freq="Q")
    inside = [
        quarter
        for quarter in quarters
        if quarter.start_time >= window.start and quarter.end_time.normalize() <= window.end
    ]
    # Accepted is told twice of the same people, as a decision and as a step of the ladder.
    links = [
        Link(
            left=("referrals", [{"decision": "Accepted"}]),
            right=("referrals", [{"reached: Accepted": "Yes"}]),
        ),
        # Whoever told what they thought of the course answered after it.
        *(
            Link(
                left=("delegates", [{f"reaction: {item}": said} for said in SAID]),
                right=("delegates", [{f"answered: {WAVES['post']}": "Yes"}]),
                relation=AT_MOST,
            )
            for item in REACTION_ITEMS.values()
        ),
    ]
    received = study["referral"]["received_date"].dt.to_period("Q")
    named = [quarter_name(quarter) for quarter in inside if (received == quarter).any()]
    if not named:
        return links
    return [
        *links,
        Link(
            left=("referrals_by_quarter", [{"quarter": name} for name in named]),
            right=("referrals", [{}]),
            relation=EQUAL if len(inside) == len(quarters) else AT_MOST,
            by="type",
        ),
    ]


def evidence_links(coded: CodedEvidence, catalogue: Iterable[CountTable]) -> list[Link]:
    """Return what a reader knows of the counts of coded documents, people who spoke and passages.

    A theme of one code is told by its code too; a theme of several is told by at least the
    documents of each. Nobody speaks to a theme without a document that does, and no document holds
    a configuration without a passage. Only counts that the catalogue publishes are linked.
    """
    published = {(table.population, table.items) for table in catalogue if table.response}
    told = []
    for name in ("theme", "theme_against"):
        for label in coded.themes["label"]:
            told.append(("coded_speakers", "coded_sources", name, label))
    for question, label in coded.configurations[["question", "label"]].itertuples(index=False):
        for name in (
            f"configuration_{question.lower()}",
            f"configuration_{question.lower()}_against",
        ):
            told.append(("coded_speakers", "coded_sources", name, label))
            told.append(("coded_sources", "coded_passages", name, label))
    within = [
        Link(
            left=(part, [{f"{name}: {label}": "Yes"}]),
            right=(whole, [{f"{name}: {label}": "Yes"}]),
            relation=AT_MOST,
        )
        for part, whole, name, label in told
        if {(part, name), (whole, name)} <= published
    ]
    return [*within, *_codes_of_themes(coded, published)]


def _codes_of_themes(coded: CodedEvidence, published: set) -> Iterator[Link]:
    codes = coded.codes.set_index("path")
    for label, paths in zip(coded.themes["label"], coded.themes["paths"], strict=True):
        for side in ("", "_against"):
            held = codes.loc[list(paths), ["type", "label"]].drop_duplicates()
            for kind, code in held.itertuples(index=False):
                if not {("coded_sources", f"theme{side}"), ("coded_sources", kind + side)} <= (
                    published
                ):
                    continue
                # Other codes may share the wording, and are then counted with it.
                alone = len(paths) == 1 and codes["label"].eq(code).sum() == 1
                if not alone and set(codes.index[codes["label"].eq(code)]) - set(paths):
                    continue
                yield Link(
                    left=("coded_sources", [{f"{kind}{side}: {code}": "Yes"}]),
                    right=("coded_sources", [{f"theme{side}: {label}": "Yes"}]),
                    relation=EQUAL if alone else AT_MOST,
                )
