"""Referrals and the episodes that follow them."""

from collections.abc import Iterator

from rr_helpers.study.breach import Breach, Readings, frames_of

YOUNGEST, OLDEST = 10, 25
DUPLICATE_WITHIN_DAYS = 28


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
