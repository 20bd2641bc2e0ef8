"""From a study folder to a Study: read everything, report every fault, apply the consent gate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from rr_helpers.errors import Fault, StudyFaults
from rr_helpers.processes import each_in_processes
from rr_helpers.study.consent import apply_consent
from rr_helpers.study.constraints import constraint_faults
from rr_helpers.study.crosschecks import Rule, check_across
from rr_helpers.study.inputs import coded_files, digest_of, find_workbooks, input_digests
from rr_helpers.study.reading import Reading, empty_reading
from rr_helpers.study.schema import TABLES, WORKBOOKS
from rr_helpers.study.study import Study, codes_in
from rr_helpers.study.workbooks import read_workbook

WORTH_A_PROCESS = 3_000_000  # bytes; fewer are read before another process has begun


@dataclass(frozen=True)
class Validation:
    """What came of reading a study folder: every fault, and the Study where none stops a build."""

    folder: Path
    faults: tuple[Fault, ...]
    study: Study | None

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that stop a build."""
        return tuple(fault for fault in self.faults if fault.severity == "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults that are only reported."""
        return tuple(fault for fault in self.faults if fault.severity == "warning")


def read_study(folder: str | Path, *, processes: int = 1) -> Study:
    """Return the Study of a folder; raises StudyFaults, with every fault, where any is an error.

    processes: as for `validate_study`.
    """
    validation = validate_study(folder, processes=processes)
    if validation.study is None:
        raise StudyFaults(str(folder), validation.faults)
    return validation.study


def validate_study(
    folder: str | Path, *, more: Iterable[Rule] = (), processes: int = 1
) -> Validation:
    """Read a study folder in one pass and return every fault, with the Study if it may be used.

    more: rules besides this room's own, such as those of the pages (`publish.WORDING_RULES`).
    processes: how many may read large workbooks side by side; what comes of it is the same. More
    than one is for programs that other processes can import, as `multiprocessing` asks.
    """
    folder = Path(folder)
    workbooks, faults = find_workbooks(folder)
    readings: dict[str, Reading] = {}
    for found, wrong in _read_each(workbooks, processes):
        readings.update(found)
        faults += wrong
    told = {fault.place for fault in faults if fault.cell}
    # A cell that is wrong in itself need not also be wrong beside others.
    faults += [fault for fault in check_across(readings, more) if fault.place not in told]
    if workbooks and not coded_files(folder):
        faults.append(_no_coded_material())
    faults = _in_order(faults)
    stopped = any(fault.severity == "error" for fault in faults)
    study = None if stopped else _assemble(folder, workbooks, readings, faults)
    return Validation(folder=folder, faults=tuple(faults), study=study)


def _read_each(
    workbooks: Mapping[str, Path], processes: int
) -> list[tuple[dict[str, Reading], list[Fault]]]:
    sizes = [path.stat().st_size if path.is_file() else 0 for path in workbooks.values()]
    if sum(sizes) < WORTH_A_PROCESS:
        processes = 1
    asked = list(workbooks.items())
    return each_in_processes(_read, WORKBOOKS, asked, sizes=sizes, processes=processes)


def _read(tables: Mapping, asked: tuple[str, Path]) -> tuple[dict[str, Reading], list[Fault]]:
    """The readings of one workbook, and every fault that can be told without the others."""
    name, path = asked
    readings, faults = read_workbook(path, tables[name])
    for reading in readings.values():
        faults += constraint_faults(reading)
    return readings, faults


def _in_order(faults: list[Fault]) -> list[Fault]:
    books = {name: position for position, name in enumerate(WORKBOOKS)}
    sheets = {name: position for position, name in enumerate(TABLES)}

    def position(fault: Fault):
        return (
            books.get(fault.workbook.lower(), len(books) if fault.workbook else -1),
            sheets.get(fault.sheet, -1),
            fault.severity,
        )

    return sorted(faults, key=position)


def _no_coded_material() -> Fault:
    return Fault(
        kind="no coded material",
        workbook="qualitative",
        found="there are no coded interviews or files in the folder 'qualitative'",
        expected="a .qdpx project, or another export of the coding software",
        cure="Export the coded project into the folder 'qualitative'",
        severity="warning",
    )


def _assemble(
    folder: Path, workbooks: Mapping[str, Path], readings: dict[str, Reading], faults: list[Fault]
) -> Study:
    readings = {name: readings.get(name) or empty_reading(table) for name, table in TABLES.items()}
    everything = {name: reading.frame for name, reading in readings.items()}
    gated = apply_consent(everything)
    digests = input_digests(folder, workbooks)
    kept = {name: frame.index for name, frame in gated.frames.items()}
    tables = {name: frame.reset_index(drop=True) for name, frame in gated.frames.items()}
    for name, frame in tables.items():
        if gated.frames[name] is not readings[name].frame:
            TABLES[name].schema.validate(frame, lazy=True)
    return Study(
        folder=folder.resolve(),
        tables=tables,
        missing={n: _rows_kept(r.missing, kept[n]) for n, r in readings.items()},
        rows={n: _rows_kept(r.rows, kept[n]) for n, r in readings.items()},
        consent_log=gated.log,
        allowed_sources=gated.allowed_sources,
        quotable_sources=gated.quotable_sources,
        coded_files=tuple(path.resolve() for path in coded_files(folder)),
        faults=tuple(faults),
        withheld_codes=codes_in(everything) - codes_in(gated.frames),
        digest=digest_of(digests),
        input_digests=digests,
    )


def _rows_kept(values: pd.DataFrame | pd.Series, index: pd.Index):
    return values.loc[index].set_axis(np.arange(len(index)), axis=0)
