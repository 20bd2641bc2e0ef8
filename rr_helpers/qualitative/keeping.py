"""Coded material kept as Parquet, so that a project of any tool need not be read again."""

from pathlib import Path

import pandas as pd
from pyarrow.parquet import ParquetFile

from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.tables import COLUMNS

_TEXTS = {"source_id": "string", "text": "string"}


def save_material(material: CodedMaterial, folder: Path) -> None:
    """Write the material into a new folder: HIGHLY SENSITIVE, as it is itself.

    ValueError where a text cannot be written, since it holds half a character.
    """
    folder.mkdir(parents=True)
    texts = pd.DataFrame(list(material.texts.items()), columns=list(_TEXTS)).astype(_TEXTS)
    for name, table in {**material.tables(), "texts": texts}.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def load_material(folder: Path) -> CodedMaterial:
    """Return what `save_material` wrote; OSError or ValueError where it is not there, or broken."""
    tables = {name: _read(folder / f"{name}.parquet", kinds) for name, kinds in COLUMNS.items()}
    texts = _read(folder / "texts.parquet", _TEXTS)
    return CodedMaterial(**tables, texts=dict(zip(texts["source_id"], texts["text"], strict=True)))


def _read(path: Path, kinds: dict[str, str]) -> pd.DataFrame:
    with ParquetFile(path) as file:
        return file.read().to_pandas()[list(kinds)].astype(kinds, copy=False)
