"""The register of quotations: two reviewers, unchanged words, consent."""

from collections.abc import Iterator

from rr_helpers.results import quotation_digest
from rr_helpers.study.breach import Breach, Readings, frames_of


def find_single_reviewers(readings: Readings) -> Iterator[Breach]:
    """Two different people clear a quotation."""
    if "quotation" not in readings:
        return
    quotation = readings["quotation"].frame
    one, two = (quotation[name].str.casefold() for name in ("reviewer_1", "reviewer_2"))
    for index in quotation.index[one.notna() & (one == two)]:
        yield Breach(
            table="quotation",
            index=index,
            column="reviewer_2",
            found="both reviewers are the same person",
            expected="two different reviewers",
            cure="Have a second person review the quotation",
        )


def find_changed_quotations(readings: Readings) -> Iterator[Breach]:
    """The words are those that the second reviewer saw."""
    if "quotation" not in readings:
        return
    quotation = readings["quotation"].frame.dropna(subset=["text_final", "text_sha256"])
    now = quotation["text_final"].map(quotation_digest)
    for index in quotation.index[now != quotation["text_sha256"]]:
        yield Breach(
            table="quotation",
            index=index,
            column="text_final",
            found="the words are not those that were reviewed (their SHA-256 differs)",
            expected="the words as they stood at the second review",
            cure="Put the reviewed words back, or have them reviewed anew and enter the new digest",
        )


def find_unconsented_quotations(readings: Readings) -> Iterator[Breach]:
    """A quotation is used only where its speaker agreed to be quoted."""
    frames = frames_of(readings, "quotation", "coded_source", "consent")
    if frames is None:
        return
    quotation, source, consent = frames
    speakers = source.drop_duplicates("source_name").set_index("source_name")["participant_id"]
    agreed = set(consent.loc[consent["consent_quote"] == "yes", "subject_id"])
    for index in quotation.index[~quotation["source_name"].map(speakers).isin(agreed)]:
        yield Breach(
            table="quotation",
            index=index,
            column="source_name",
            found="nobody is recorded who agreed that this document may be quoted",
            expected="consent_quote is yes for the person who speaks",
            cure="Take the quotation out, or correct consent.xlsx; it is not shown until then",
        )
