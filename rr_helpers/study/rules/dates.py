"""Dates come in their order, and not from the future."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from rr_helpers.study.breach import Breach, Readings, frames_of

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
    "yp_network": [("identified_date", "mapping_date")],
    "ccr_case": [("period_start", "period_end")],
}
# Plans and calendars look ahead; everything else records what has happened.
LOOKS_AHEAD = {"due_date", "follow_up_date", "start", "end", "month", "period_end"}


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
