"""Which populations overlap: the release protects and attacks them as one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from rr_helpers.disclosure.catalogue import CountTable
from rr_helpers.disclosure.linked import AT_MOST, EQUAL, Link
from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import quarter_name, year_name
from rr_helpers.publish.populations.practice import REACTIONS
from rr_helpers.publish.populations.referrals import OUTCOMES, STAGES, YEARLY_STAGES
from rr_helpers.study import Study
from rr_helpers.study.schema.training import REACTION_ITEMS, WAVES

SAID = tuple(dict.fromkeys(REACTIONS.values()))


def release_links(study: Study, window_id: str) -> list[Link]:
    """Return what a reader knows of the counts of a window, from those of quarters and years.

    Quarters that lie in the window whole add up to its referrals where they fill it, and to a part
    of them otherwise, kind by kind; a window without a whole quarter has no link. So it is with the
    year to 31 March that the window is, lies in, or holds, step by step of the ladder.

    Answers to the survey are not linked to invitations that were completed. Neither is a part of
    the other in every study: somebody asked in March may answer in April, which is another window;
    who withdrew is still counted as asked; an answer may come from nobody on the list, from one
    person at each wave, or without a code that says whose it is.
    """
    window = study.window(window_id)
    quarters = pd.period_range(window.start, window.end, freq="Q")
    inside = [
        quarter
        for quarter in quarters
        if quarter.start_time >= window.start and quarter.end_time.normalize() <= window.end
    ]
    received = study["referral"]["received_date"]
    received = received[received <= window.end].dt
    links = [*_told_twice(), *_years_of_quarters(received), *_years_of_window(window, received)]
    here = set(received.to_period("Q"))
    named = [quarter_name(quarter) for quarter in inside if quarter in here]
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


def _told_twice() -> Iterator[Link]:
    """Counts of the same people, told as steps of the ladder or the training, and otherwise.

    A borough is told of kinds, decisions and steps in a table of each.
    """
    for other, step, by in (
        ({"type": "Intervention"}, "Referred for intervention", "borough"),
        ({"decision": "Accepted"}, "Accepted", "borough"),
        ({"engagement": "Engaged"}, "Engaged", ""),
        ({"engagement": "Engaged", "outcome": OUTCOMES[0]}, "Activity reduced or ceased", ""),
    ):
        reached = ("referrals", [{f"reached: {step}": "Yes"}])
        yield Link(left=("referrals", [other]), right=reached, by=by)
    # Whoever told what they thought of the course answered after it.
    for item in REACTION_ITEMS.values():
        yield Link(
            left=("delegates", [{f"reaction: {item}": said} for said in SAID]),
            right=("delegates", [{f"answered: {WAVES['post']}": "Yes"}]),
            relation=AT_MOST,
        )


def _years_of_quarters(received) -> Iterator[Link]:
    """A year's referrals are those of its quarters, and so are those for intervention."""
    here = pd.DataFrame({"quarter": received.to_period("Q"), "year": received.to_period("Y-MAR")})
    for year, quarters in here.drop_duplicates().groupby("year")["quarter"]:
        names = [quarter_name(quarter) for quarter in sorted(quarters)]
        told = {"year": year_name(year.start_time)}
        for kind, step in (
            ({}, {}),
            ({"type": "Intervention"}, {"reached: Referred for intervention": "Yes"}),
        ):
            yield Link(
                left=("referrals_by_quarter", [{"quarter": name} | kind for name in names]),
                right=("referrals_by_year", [told | step]),
            )


def _years_of_window(window, received) -> Iterator[Link]:
    for year in sorted(set(received.to_period("Y-MAR"))):
        first, last = year.start_time, min(year.end_time.normalize(), window.end)
        holds = window.start <= first and last <= window.end
        within = first <= window.start and window.end <= last
        steps = [{}] + [{f"reached: {step}": "Yes"} for step in YEARLY_STAGES if step in STAGES]
        for step in steps if holds or within else ():
            sides = (
                ("referrals_by_year", [{"year": year_name(first)} | step]),
                ("referrals", [step]),
            )
            yield Link(
                left=sides[0] if holds else sides[1],
                right=sides[1] if holds else sides[0],
                relation=EQUAL if holds and within else AT_MOST,
            )


def published_links(links: Iterable[Link], catalogue: Iterable[CountTable]) -> list[Link]:
    """Return the links between counts that some table of the catalogue publishes.

    Where both sides are told, but not both by the variable of a link, their totals are linked.
    """
    told: dict[str, list[CountTable]] = {}
    for table in catalogue:
        told.setdefault(table.population, []).append(table)

    def is_told(link: Link) -> bool:
        by = {link.by: ""} if link.by else {}
        return all(
            name in told and all(_is_told({**cell, **by}, told[name]) for cell in cells)
            for name, cells in (link.left, link.right)
        )

    tried = ((link, replace(link, by="")) for link in links)
    found = (next(filter(is_told, each), None) for each in tried)
    return [link for link in found if link]


def _is_told(cell: Mapping[str, str], tables: Iterable[CountTable]) -> bool:
    """True where one table crosses all variables of a cell; one of a battery by its name."""
    asked = {variable.split(": ")[0] for variable in cell}
    return any(asked <= {name.split(": ")[0] for name in table.variables} for table in tables)


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
