"""What the team declared of its codes: themes of the joint displays, and configurations."""

from collections.abc import Sequence

import pandas as pd

from rr_helpers.qualitative import CodedMaterial, configurations
from rr_helpers.study import Study

PARTS = ("context", "mechanism", "outcome")


def themes_of(study: Study, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the themes declared in the sheet 'theme': theme_id, question, label, paths.

    codes: path and name of every code. Codes that the codebook does not hold are left out; a theme
    without any has no paths.
    """
    frame = study["theme"]
    named = [
        {part.strip() for part in str(cell).split(";") if part.strip()} for cell in frame["codes"]
    ]
    return pd.DataFrame(
        {
            "theme_id": frame["theme_id"],
            "question": frame["question"],
            "label": frame["label_public"],
            "paths": [tuple(codes.loc[codes["name"].isin(names), "path"]) for names in named],
        }
    ).reset_index(drop=True)


def configurations_of(
    study: Study, codes: pd.DataFrame, material: CodedMaterial, markers: Sequence[str]
) -> pd.DataFrame:
    """Return each declared configuration with the segments for and against it.

    Columns: question, label, supporting, refuting (tuples of segment ids). The label is made of
    the codes' wording for readers; a configuration whose codes are not in the codebook is left out.
    """
    declared = study["configuration"].reset_index(drop=True)
    known = codes.drop_duplicates("name").set_index("name")
    table = pd.DataFrame(
        {
            "configuration": declared.index.astype(str),
            **{part: declared[f"{part}_code"].map(known["path"]) for part in PARTS},
        }
    )
    worded = {part: declared[f"{part}_code"].map(known["label"]) for part in PARTS}
    asked = declared["context_code"].isna() | table["context"].notna()
    whole = asked & table["mechanism"].notna() & table["outcome"].notna()
    columns = ["question", "label", "supporting", "refuting"]
    if not whole.any():
        return pd.DataFrame(columns=columns)
    found = configurations(material, table[whole], marker=list(markers))
    label = [_in_words(*parts) for parts in zip(*(worded[part] for part in PARTS), strict=True)]
    return pd.DataFrame(
        {
            "question": declared.loc[whole, "question"].to_list(),
            "label": pd.Series(label)[whole].to_list(),
            "supporting": found["segments_supporting"].to_list(),
            "refuting": found["segments_refuting"].to_list(),
        },
        columns=columns,
    ).drop_duplicates("label", ignore_index=True)


def _in_words(*parts) -> str:
    return " → ".join(part for part in parts if not pd.isna(part))
