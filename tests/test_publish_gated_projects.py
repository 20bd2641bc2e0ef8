"""Coded projects are kept after the gate: the same as read, and only while nothing has changed."""

import shutil
from dataclasses import fields, replace

import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.publish import gated_projects as module
from rr_helpers.publish.coded_evidence import read_evidence
from rr_helpers.publish.gated_projects import coded_runs, gated_projects
from rr_helpers.publish.validated import prepare_study
from rr_helpers.qualitative.keeping import load_material, save_material
from rr_helpers.study import load_study


@pytest.fixture
def store(small_study_folder, tmp_path):
    """The validated copy of a study of its own, in which no project is kept yet."""
    store = prepare_study(copied(small_study_folder, tmp_path / "study"))
    for name in kept_in(store):
        shutil.rmtree(store / name)
    return store


@pytest.fixture
def study(store):
    return load_study(store)


@pytest.fixture
def readings(monkeypatch):
    """The files that are read, one by one."""
    read, files = module.read_coded, []
    monkeypatch.setattr(module, "read_coded", lambda path: [files.append(path.name), read(path)][1])
    return files


def copied(study_folder, folder):
    return shutil.copytree(study_folder, folder, ignore=shutil.ignore_patterns(".rr"))


def kept_in(store):
    return sorted(path.name for path in store.glob(f"*{module.NAMED}*"))


def same(one, other):
    """Compare two dataclasses of tables and plain values."""
    for name in (field.name for field in fields(one)):
        value = getattr(one, name)
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, vars(other)[name], obj=name)
        elif name == "find_configurations":
            pd.testing.assert_frame_equal(value(), other.find_configurations(), obj=name)
        elif name == "material":
            same(value, other.material)
        else:
            assert value == vars(other)[name], name
    return True


def test_evidence_from_kept_projects_is_the_same_and_reads_no_project(study, store, readings):
    read = read_evidence(study)
    first = read_evidence(study, store=store)
    assert len(readings) == 2 * len(study.coded_files) > 0
    kept = read_evidence(study, store=store)
    assert len(readings) == 2 * len(study.coded_files)
    assert len(kept.material.texts) > 1 and kept.left_out > 0
    assert same(read, first) and same(read, kept)


def test_projects_read_side_by_side_are_the_same_and_the_first_fault_is_told(study, monkeypatch):
    several = replace(study, coded_files=(*study.coded_files, *study.coded_files))
    alone = gated_projects(several, None)
    monkeypatch.setattr(module, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(module, "usable_cores", lambda: 2)
    beside = gated_projects(several, None)
    assert alone.issues == beside.issues and alone.left_out == beside.left_out
    assert all(map(same, alone.projects, beside.projects)) and len(beside.projects) > 1
    broken = study.coded_files[0].with_name("broken.qdpx")
    broken.write_text("no archive")
    several = replace(study, coded_files=(broken, *study.coded_files, broken.with_name("not.qdpx")))
    with pytest.raises(UserError, match="broken.qdpx"):
        gated_projects(several, None)


def test_nothing_of_a_source_that_the_gate_leaves_out_is_kept(study, store):
    (left_out,) = sorted(study.allowed_sources)[:1]
    gated = replace(study, allowed_sources=study.allowed_sources - {left_out})
    gated_projects(gated, store)
    (folder,) = kept_in(store)
    material = load_material(store / folder / "0")
    assert left_out in set(gated_projects(study, None).projects[0].sources["name"])
    assert left_out not in set(material.sources["name"]) | set(material.segments["source"])
    assert len(material.texts) == len(material.sources) > 1


def test_projects_are_kept_where_the_study_is_read(small_study_folder, tmp_path, readings):
    store = prepare_study(copied(small_study_folder, tmp_path / "study"))
    assert len(readings) == 1 == len(kept_in(store))
    read_evidence(load_study(store), store=store)
    coded_runs(load_study(store), store)
    assert len(readings) == 1


def test_a_broken_project_is_told_by_whoever_needs_it(small_study_folder, tmp_path):
    folder = copied(small_study_folder, tmp_path / "study")
    (project,) = (folder / "qualitative").iterdir()
    project.write_bytes(project.read_bytes()[:100])
    store = prepare_study(folder)
    assert kept_in(store) == []
    with pytest.raises(UserError, match=project.name):
        read_evidence(load_study(store), store=store)


def test_what_was_kept_under_another_consent_is_not_used(study, store):
    everything = gated_projects(study, store)
    (left_out,) = sorted(study.allowed_sources)[:1]
    gated = replace(study, allowed_sources=study.allowed_sources - {left_out})
    now = gated_projects(gated, store)
    assert now.left_out == everything.left_out + 1
    assert left_out not in set(now.projects[0].sources["name"])
    assert len(kept_in(store)) == 1  # what was kept before is deleted


def test_a_changed_file_is_read_again(study, store, readings):
    gated_projects(study, store)
    (file, *_) = study.coded_files
    with file.open("ab") as stream:
        stream.write(b"\0")
    readings.clear()
    gated_projects(study, store)
    assert file.name in readings


def test_a_change_inside_the_folder_of_a_project_is_read_again(study, store, monkeypatch, tmp_path):
    material, readings = module.read_coded(study.coded_files[0]), []
    monkeypatch.setattr(module, "read_coded", lambda path: [readings.append(path), material][1])
    database = tmp_path / "project.qda" / "data.qda"
    database.parent.mkdir()
    database.write_bytes(b"before")
    changed = replace(study, coded_files=(database.parent,))
    for content, times in ((b"before", 1), (b"before", 1), (b"after", 2)):
        database.write_bytes(content)
        gated_projects(changed, store)
        assert len(readings) == times


@pytest.mark.parametrize("broken", ["projects.json", "0/segments.parquet", "0/texts.parquet"])
@pytest.mark.parametrize("how", ["gone", "cut off"])
def test_what_is_not_whole_is_read_again(study, store, readings, broken, how):
    before = gated_projects(study, store)
    (folder,) = kept_in(store)
    path = store / folder / broken
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:20])
    readings.clear()
    again = gated_projects(study, store)
    assert len(readings) == len(study.coded_files)
    assert all(map(same, before.projects, again.projects))
    readings.clear()
    gated_projects(study, store)
    assert readings == []


def test_a_text_with_half_a_character_is_read_each_time(study, store, monkeypatch):
    read = module.read_coded

    def with_half(path):
        material = read(path)
        key = next(iter(material.texts))
        return replace(material, texts={**material.texts, key: "half \ud83d"})

    monkeypatch.setattr(module, "read_coded", with_half)
    name = with_half(study.coded_files[0]).sources["name"].iloc[0]
    study = replace(study, allowed_sources=study.allowed_sources | {name})
    gated = gated_projects(study, store)
    assert "half \ud83d" in gated.projects[0].texts.values()
    assert kept_in(store) == []


def test_where_nothing_can_be_kept_projects_are_read(study, store, monkeypatch):
    def no_room(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.tempfile, "mkdtemp", no_room)
    assert gated_projects(study, store).projects
    assert kept_in(store) == []


def test_material_is_written_into_a_new_folder_only(study, tmp_path):
    material = gated_projects(study, None).projects[0]
    save_material(material, tmp_path / "new")
    assert same(material, load_material(tmp_path / "new"))
    with pytest.raises(FileExistsError):
        save_material(material, tmp_path / "new")
