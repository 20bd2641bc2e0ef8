"""Rules about records: references, the order of dates, decisions, weights, windows, duplicates."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations

import pandas as pd

from rr_helpers.study.breach import Breach, frames_of
from rr_helpers.study.reading import Reading
from rr_helpers.study.suggest import same_code

Readings = Mapping[str, Reading]

YOUNGEST, OLDEST = 10, 25
DUPLICATE_WITHIN_DAYS = 28
READ_TWICE_TARGET = 0.20
# Earliest first; each date must not be before any that stands to its left.
DATE_ORDERS = {
    "referral": [("received_date", "triage_date", "decision_date")],
    "episode": [
        ("allocated_date", "first_meaningful_contact", "closed_date"),
        ("first_contact_attempt", "first_meaningful_contact"),
    ],
    "safeguarding_response": [("requested_date", "started_date", "completed_date")],
    "consent": [("consent_date", "withdrawn_date", "actioned_date")],
    "window": [("start", "end")],
    "file_review": [("period_start", "period_end")],
    "ccr_case": [("period_start", "period_end")],
}
# Plans and calendars look ahead; everything else records what has happened.
LOOKS_AHEAD = {"due_date", "follow_up_date", "start", "end", "month", "period_end"}


def find_missing_references(readings: Readings) -> Iterator[Breach]:
    """A code that refers to another table must be found there."""
    for name, reading in readings.items():
        for column in reading.table.columns:
            target = reading.table.column(column).get("refers")
            if not target:
                continue
            table, key = target.split(".")
            if table in readings:
                yield from _not_found(reading.frame[column], name, readings[table], key)


def _not_found(values, table, target: Reading, key) -> Iterator[Breach]:
    known = set(target.frame[key].dropna())
    for index, value in values[values.notna() & ~values.isin(known)].items():
        same = same_code(value, known)
        hint = f"Did you mean {same}?" if same else ""
        where = f"the sheet '{target.sheet}' of {target.workbook}"
        yield Breach(
            table=table,
            index=index,
            column=values.name,
            found=f'{values.name} is "{value}", which {where} does not list',
            expected=f"one of that sheet's values of {key}",
            cure=hint or f"Correct the code, or add the missing row to {where}",
        )


def find_dates_out_of_order(readings: Readings) -> Iterator[Breach]:
    """Referral, triage, decision; allocation, contact, closure; and the other orders of time."""
    for table, orders in DATE_ORDERS.items():
        if table in readings:
            for order in orders:
                yield from _out_of_order(readings[table].frame[list(order)], table)
    yield from _episodes_before_referrals(readings)


def _out_of_order(dates: pd.DataFrame, table: str) -> Iterator[Breach]:
    columns = list(dates.columns)
    for position, later in enumerate(columns[1:], start=1):
        before = dates[columns[:position]]
        latest = before.max(axis=1)
        for index in dates.index[dates[later] < latest]:
            earlier = before.columns[before.loc[index] == latest[index]][0]
            yield _before(table, index, later, dates.at[index, later], earlier, latest[index])


def _before(table, index, later, day, earlier, other_day) -> Breach:
    return Breach(
        table=table,
        index=index,
        column=later,
        found=f"{later} ({_day(day)}) is before {earlier} ({_day(other_day)})",
        expected=f"{later} on or after {earlier}",
        cure="Correct whichever of the two is wrong",
    )


def _day(day) -> str:
    return day.strftime("%d/%m/%Y")


def _episodes_before_referrals(readings) -> Iterator[Breach]:
    frames = frames_of(readings, "episode", "referral")
    if frames is None:
        return
    episode, referral = frames
    started = referral.drop_duplicates("referral_id").set_index("referral_id")
    for earlier in ("triage_date", "received_date"):
        days = episode["referral_id"].map(started[earlier])
        for index in episode.index[episode["allocated_date"] < days]:
            day = episode.at[index, "allocated_date"]
            yield _before("episode", index, "allocated_date", day, earlier, days[index])


def find_future_dates(readings: Readings) -> Iterator[Breach]:
    """What is recorded as having happened cannot lie after today."""
    today = pd.Timestamp(date.today())
    for name, reading in readings.items():
        for column in reading.table.columns:
            if reading.table.column(column)["type"] != "date" or column in LOOKS_AHEAD:
                continue
            days = reading.frame[column]
            for index in days.index[days > today]:
                yield Breach(
                    table=name,
                    index=index,
                    column=column,
                    found=f"{column} ({_day(days[index])}) lies in the future",
                    expected="a day that has passed",
                    cure="Correct the date, if it is wrong",
                )


def find_ages_outside_programme(readings: Readings) -> Iterator[Breach]:
    """The programme is for young people from 10 to 25."""
    if "referral" not in readings:
        return
    ages = readings["referral"].frame["age_at_referral"]
    for index in ages.index[(ages < YOUNGEST) | (ages > OLDEST)]:
        yield Breach(
            table="referral",
            index=index,
            column="age_at_referral",
            found=f"age_at_referral is {ages[index]:g}",
            expected=f"an age from {YOUNGEST} to {OLDEST}",
            cure="Correct the age, if it is wrong; the row is used as it stands",
        )


def find_accepted_without_provider(readings: Readings) -> Iterator[Breach]:
    """An accepted referral has a provider."""
    if "referral" not in readings:
        return
    referral = readings["referral"].frame
    for index in referral.index[
        (referral["decision"] == "accepted") & referral["provider_org_id"].isna()
    ]:
        yield Breach(
            table="referral",
            index=index,
            column="provider_org_id",
            found="the referral was accepted but provider_org_id is empty",
            expected="the provider that took the referral",
            cure="Enter the provider, or correct the decision",
        )


def find_episodes_not_accepted(readings: Readings) -> Iterator[Breach]:
    """An episode of support follows an accepted referral."""
    frames = frames_of(readings, "episode", "referral")
    if frames is None:
        return
    episode, referral = frames
    decisions = episode["referral_id"].map(
        referral.drop_duplicates("referral_id").set_index("referral_id")["decision"].fillna("blank")
    )
    for index in episode.index[decisions.notna() & (decisions != "accepted")]:
        yield Breach(
            table="episode",
            index=index,
            column="referral_id",
            found=f"there is an episode, but the referral's decision is {decisions[index]}",
            expected="an episode only where the referral was accepted",
            cure="Correct the referral_id here, or the decision in the sheet 'referral'",
        )


def find_rescues_without_force(readings: Readings) -> Iterator[Breach]:
    """A rescue names the police force area it was made from."""
    if "episode" not in readings:
        return
    episode = readings["episode"].frame
    for index in episode.index[(episode["rescue"] == "yes") & episode["rescue_force"].isna()]:
        yield Breach(
            table="episode",
            index=index,
            column="rescue_force",
            found="there was a rescue but rescue_force is empty",
            expected="the police force area of the rescue",
            cure="Enter the force area, or correct the column 'rescue'",
        )


def find_weights_not_adding_up(readings: Readings) -> Iterator[Breach]:
    """The weights of a case's contexts add to 100, where all of them are given."""
    if "ccr_context" not in readings:
        return
    for _, case in readings["ccr_context"].frame.groupby("ccr_id"):
        total, complete = case["weight"].sum(), case["weight"].notna().all()
        if total > 100 or (complete and total != 100):
            yield Breach(
                table="ccr_context",
                index=case.index[0],
                column="weight",
                found=f"the weights of the case add to {total:g}",
                expected="100 over the contexts of a case",
                cure="Correct the weights of this case",
            )


def find_pairs_of_two_people(readings: Readings) -> Iterator[Breach]:
    """Two paired files are files of one young person."""
    if "file_review" not in readings:
        return
    files = readings["file_review"].frame.dropna(subset=["pair_id", "yp_id"])
    first = files.groupby("pair_id")["yp_id"].transform("first")
    for index in files.index[files["yp_id"] != first]:
        yield Breach(
            table="file_review",
            index=index,
            column="pair_id",
            found="the pair_id links files of two young people",
            expected="one yp_id for one pair_id",
            cure="Correct the pair_id or the yp_id",
        )


def find_duplicate_referrals(readings: Readings) -> Iterator[Breach]:
    """The same young person, from another source, within 28 days: flagged, never dropped."""
    if "referral" not in readings:
        return
    referral = readings["referral"].frame.dropna(subset=["yp_id", "received_date"])
    ordered = referral.sort_values(["yp_id", "received_date"], kind="stable")
    earlier = ordered.shift()
    days = (ordered["received_date"] - earlier["received_date"]).dt.days
    same = ordered["yp_id"] == earlier["yp_id"]
    other_source = ordered["referral_source"] != earlier["referral_source"]
    for index in ordered.index[same & other_source & (days <= DUPLICATE_WITHIN_DAYS)]:
        yield Breach(
            table="referral",
            index=index,
            column="yp_id",
            found=f"the young person was referred {days[index]:g} days before by another source",
            expected=f"more than {DUPLICATE_WITHIN_DAYS} days between referrals, or one source",
            cure="If it is the same referral, set the decision to duplicate; both rows are used",
        )


def find_foreign_repeats(readings: Readings) -> Iterator[Breach]:
    """A repeat refers to an earlier referral of the same young person."""
    if "referral" not in readings:
        return
    referral = readings["referral"].frame
    person = referral.drop_duplicates("referral_id").set_index("referral_id")["yp_id"]
    earlier = referral["repeat_of"].map(person)
    itself = referral["repeat_of"].notna() & (referral["repeat_of"] == referral["referral_id"])
    for index in referral.index[itself | (earlier.notna() & (earlier != referral["yp_id"]))]:
        yield Breach(
            table="referral",
            index=index,
            column="repeat_of",
            found="repeat_of names this same row, or a referral of another young person",
            expected="an earlier referral of the same young person",
            cure="Correct repeat_of, or clear it",
        )


def count_other_boroughs(readings: Readings) -> Iterator[Breach]:
    """How many were referred by a borough they do not live in."""
    if "referral" not in readings:
        return
    known = readings["referral"].frame[["residence_borough", "referring_borough"]]
    known = known[known.apply(lambda column: column.str.startswith("E09", na=False)).all(axis=1)]
    differ = int((known["residence_borough"] != known["referring_borough"]).sum())
    if differ:
        yield Breach(
            table="referral",
            found=f"{differ} of {len(known)} referrals come from a borough the young person "
            "does not live in",
            expected="mostly the borough of residence",
            cure="Nothing to mend if this is so; analyses say which of the two boroughs they use",
        )


def find_overlapping_windows(readings: Readings) -> Iterator[Breach]:
    """Windows may overlap; what they count is then never added together."""
    if "window" not in readings:
        return
    windows = readings["window"].frame.dropna(subset=["window_id", "start", "end"])
    for one, other in combinations(windows.itertuples(), 2):
        if one.start <= other.end and other.start <= one.end:
            yield Breach(
                table="window",
                index=other.Index,
                column="window_id",
                found=f"the window {other.window_id} overlaps {one.window_id}",
                expected="windows that are compared by rates, never added",
                cure="Nothing to mend; the report never adds overlapping windows",
            )


def count_outside_windows(readings: Readings) -> Iterator[Breach]:
    """How many referrals no reporting window covers."""
    frames = frames_of(readings, "referral", "window")
    if frames is None:
        return
    days, windows = frames[0]["received_date"].dropna(), frames[1]
    covered = pd.Series(False, index=days.index)
    for window in windows.itertuples():
        covered |= days.between(window.start, window.end)
    if len(windows) and not covered.all():
        yield Breach(
            table="referral",
            found=f"{int((~covered).sum())} of {len(days)} referrals lie outside every window",
            expected="each referral within a reporting window",
            cure="Check the dates, or add a window to reference.xlsx; no edition counts these rows",
        )


def count_files_read_twice(readings: Readings) -> Iterator[Breach]:
    """A fifth of the case files should be read by two reviewers independently."""
    if "file_review" not in readings:
        return
    readers = readings["file_review"].frame.groupby("file_id")["reviewer"].nunique()
    share = (readers >= 2).mean() if len(readers) else 1
    if share < READ_TWICE_TARGET:
        yield Breach(
            table="file_review",
            found=f"{int((readers >= 2).sum())} of {len(readers)} files were read by two reviewers",
            expected=f"at least {READ_TWICE_TARGET:.0%} of the files",
            cure="Have more files read twice; agreement between reviewers is uncertain until then",
        )
