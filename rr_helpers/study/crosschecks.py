"""Rules that look across rows and tables; each is one small function, listed once in `RULES`.

The rules follow the pattern of the children-in-need census: a code, a severity, and the rows that
break it. Counted rules give one fault for a whole table.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rr_helpers.errors import Fault
from rr_helpers.study.breach import Breach, Readings
from rr_helpers.study.rules import (
    consent,
    dates,
    personal_details,
    quotations,
    references,
    referrals,
    reviews,
    windows,
)


@dataclass(frozen=True)
class Rule:
    """One rule: the kind of fault it finds, how serious that is, and the function that looks."""

    kind: str
    severity: str
    find: Callable[[Readings], Iterable[Breach]]


RULES = (
    Rule("reference not found", "error", references.find_missing_references),
    Rule("dates out of order", "error", dates.find_dates_out_of_order),
    Rule("date in the future", "warning", dates.find_future_dates),
    Rule("age outside the programme", "warning", referrals.find_ages_outside_programme),
    Rule("accepted without provider", "error", referrals.find_accepted_without_provider),
    Rule("episode without acceptance", "error", referrals.find_episodes_not_accepted),
    Rule("rescue without force", "error", referrals.find_rescues_without_force),
    Rule("weights do not add to 100", "error", reviews.find_weights_not_adding_up),
    Rule("files of two people paired", "error", reviews.find_pairs_of_two_people),
    Rule("possible duplicate referral", "warning", referrals.find_duplicate_referrals),
    Rule("repeat of another person's", "error", referrals.find_foreign_repeats),
    Rule("referred by another borough", "warning", referrals.count_other_boroughs),
    Rule("windows overlap", "warning", windows.find_overlapping_windows),
    Rule("outside every window", "warning", windows.count_outside_windows),
    Rule("few files read twice", "warning", reviews.count_files_read_twice),
    Rule("source without a person", "error", consent.find_sources_without_person),
    Rule("another kind of person", "error", consent.find_other_kinds_of_person),
    Rule("no consent on record", "warning", consent.find_people_without_consent),
    Rule("withdrawal incomplete", "error", consent.find_incomplete_withdrawals),
    Rule("withdrawn person in a group record", "warning", consent.find_group_records),
    Rule("one reviewer twice", "error", quotations.find_single_reviewers),
    Rule("quotation changed after review", "error", quotations.find_changed_quotations),
    Rule("quotation without consent", "warning", quotations.find_unconsented_quotations),
    Rule("personal details in text", "warning", personal_details.find_personal_details),
    Rule("name in place of a code", "warning", personal_details.find_names_for_codes),
    Rule("code like a count", "warning", personal_details.count_short_numbers),
)


def check_across(readings: Readings, more: Iterable[Rule] = ()) -> list[Fault]:
    """Return the faults of every rule over the readings of a study, before the consent gate.

    more: rules of rooms further on, which know what they would refuse.
    """
    return [fault for rule in (*RULES, *more) for fault in _apply(rule, readings)]


def _apply(rule: Rule, readings) -> Iterator[Fault]:
    for breach in rule.find(readings):
        reading = readings[breach.table]
        if (breach.index, breach.column) in reading.unread:
            continue
        yield Fault(
            kind=rule.kind,
            severity=rule.severity,
            found=breach.found,
            expected=breach.expected,
            cure=breach.cure,
            **reading.place(breach.index, breach.column),
        )
