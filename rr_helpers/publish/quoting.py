"""The reviewed quotations of a study, cleared one by one as they are asked for."""

from collections.abc import Collection, Mapping

from rr_helpers.disclosure import ClearedQuotation, clear_quotation
from rr_helpers.publish.coded_evidence import UNCLEARED, CodedEvidence
from rr_helpers.study import Study

# The one group of coded sources that each description of a speaker stands for.
SPEAKERS = {
    "rr_worker": "rr_staff",
    "statutory_partner": "statutory",
    "voluntary_partner": "voluntary",
    "training_delegate": "delegates",
    "young_person": "young_people",
}


def quotations_of(
    study: Study,
    coded: CodedEvidence,
    *,
    question: str | None = None,
    direction: str = "supports",
    codes: Collection[str] | None = None,
    speaker: str | None = None,
) -> list[ClearedQuotation]:
    """Return reviewed quotations in register order; see `Edition.quotations`.

    Raises DisclosureError for one that the gate refuses.
    """
    asked = study["code"].set_index("code_label")["questions"].dropna()
    register = study["quotation"]
    register = register[register["direction"].eq(direction)]
    if speaker is not None:
        register = register[register["role_label"].eq(speaker)]
    chosen = [
        code in codes if codes is not None else question in asked.get(code, "").split("; ")
        for code in register["code_label"]
    ]
    return [_clear(study, coded, entry) for entry in register[chosen].to_dict("records")]


def _clear(study: Study, coded: CodedEvidence, entry: Mapping) -> ClearedQuotation:
    source, segments = entry["source_name"], coded.segments
    verified = segments["verified"].eq(True).fillna(False)
    said = segments.loc[segments["source"].eq(source) & verified, "text"].dropna()
    sources = study["coded_source"]
    group = sources[sources["stakeholder"].eq(SPEAKERS.get(entry["role_label"], ""))]
    return clear_quotation(
        {**entry, "consent_quote": "yes" if study.may_quote(source) else "no"},
        "\n".join(said),
        people_with_role=group["participant_id"].nunique(),
        names=study.names(),
        about=_wording_of(coded, entry["code_label"]),
    )


def _wording_of(coded: CodedEvidence, code: str) -> str:
    """Return the wording for readers of a code, by its name; nothing where it has none."""
    named = coded.codes["name"].eq(code) & coded.codes["label"].ne(UNCLEARED)
    return next(iter(coded.codes.loc[named, "label"]), "")
