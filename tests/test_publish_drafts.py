"""Drafts: pages alone, with every check of theirs; and what stays from one build to the next."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
import trial_project as trial
from lxml import html
from trial_builds import SAFETY, at, bring_up_to_date, lightly, put, write_trial

from rr_helpers.errors import DisclosureError
from rr_helpers.publish.build import build_edition
from rr_helpers.publish.check import check_edition
from rr_helpers.publish.findings import DRAFT
from rr_helpers.publish.jupyter_book import MODULES, SAID, JupyterBook
from rr_helpers.publish.record import digest_files
from rr_helpers.publish.staging import stage_book
from rr_helpers.publish.workshop import Workshop

quietly = {"say": lambda text: None}


@pytest.fixture(scope="module")
def draft(tmp_path_factory):
    folder = tmp_path_factory.mktemp("draft")
    project = trial.write_project(folder / "project")
    build_edition(trial.plan(project), folder / "out", draft=True, **quietly)
    return folder / "out"


def test_a_draft_has_pages_alone_and_says_so(draft):
    assert not (draft / "handover.zip").exists()
    assert not (draft / "site" / "downloads").exists()
    front = html.document_fromstring((draft / "site" / "index.html").read_bytes())
    assert DRAFT in front.text_content()
    assert not any("downloads" in link for link in front.xpath("//@href"))


def test_a_draft_is_refused_by_the_check_for_that_reason_alone(draft):
    (fault,) = check_edition(draft)
    assert fault.kind == "a draft" and "without --draft" in fault.cure


def test_the_pages_of_a_draft_are_checked_as_those_of_an_edition(tmp_path):
    wrong = trial.notebook(trial.show_finding(sentence="A word that is sought: YP00001."))
    project = trial.write_project(tmp_path / "project", safety=wrong)
    plan = trial.plan(project, identifiers=["YP00001"])
    with pytest.raises(DisclosureError, match="YP00001"):
        build_edition(plan, tmp_path / "out", draft=True, **quietly)
    assert not (tmp_path / "out" / "site").exists()


def test_after_a_draft_the_whole_edition_is_built_and_after_it_a_draft(monkeypatch, tmp_path):
    lightly(monkeypatch)
    made = write_trial(tmp_path)
    bring_up_to_date(made, draft=True)
    assert bring_up_to_date(made, draft=True) == []
    assert bring_up_to_date(made) == ["book"]
    assert bring_up_to_date(made) == []
    assert bring_up_to_date(made, draft=True) == ["book"]


@pytest.fixture
def stages(tmp_path):
    """Two stages of one small book, in folders of the same name."""
    project = trial.write_project(tmp_path / "project")
    (project / "book" / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    stages = [tmp_path / name / "stage" for name in ("warm", "cold")]
    for stage in stages:
        stage_book(project / "book", chapters={}, pages={"index": "# A page\n"}, stage=stage)
    return stages


def test_jupyter_book_gives_the_same_bytes_forked_and_afresh(stages):
    warm, cold = stages
    jupyter_book = JupyterBook()
    jupyter_book.prepare()
    assert jupyter_book.build(warm)[0] == 0
    if jupyter_book._warm:  # else this system cannot fork, and both are fresh
        assert not jupyter_book._warm.trouble and jupyter_book._warm.forks == 1
    jupyter_book.close()
    assert JupyterBook(warm=False).build(cold)[0] == 0
    warm, cold = (digest_files(stage / "_build" / "html") for stage in stages)
    assert warm == cold and "index.html" in warm


def test_what_jupyter_book_said_is_told_with_its_status(stages):
    stage, _ = stages
    (stage / "index.md").write_text("# A page\n\n{doc}`nowhere`\n")
    status, said = JupyterBook(warm=False).build(stage)
    assert status and "nowhere" in said
    (stage / "index.md").write_text("# A page\n")
    assert JupyterBook(warm=False).build(stage)[0] == 0
    assert "nowhere" not in (stage / SAID).read_text()


def test_what_is_imported_beforehand_is_what_the_book_is_set_to_use():
    settings = (trial.ROOT / "book" / "_config.yml").read_text(encoding="utf-8")
    assert "- myst_nb" in settings and "- sphinx_book_theme" in settings
    loaded = "import sys\nimport " + ", ".join(MODULES) + "\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert {"myst_nb.sphinx_ext", "sphinx_book_theme"} <= set(done.stdout.split()), done.stderr


@pytest.fixture
def planning(tmp_path):
    """Make plans in a lasting workshop; tells whether `make` was called."""
    workshop = Workshop(lasting=True)
    release, study = tmp_path / "release.json", tmp_path / "consent.xlsx"
    release.write_text("release")
    study.write_text("consent")
    made = []

    def make():
        made.append(1)
        return SimpleNamespace(parameters={"release": str(release)})

    def ask(released=release, scope="london"):
        before = len(made)
        workshop.plan(lambda: [study], {"scope": scope}, released, make)
        return len(made) > before

    yield SimpleNamespace(ask=ask, release=release, study=study)
    workshop.close()


def test_a_plan_is_made_once_of_the_same_files_and_release(planning):
    assert [planning.ask(None), planning.ask(), planning.ask()] == [True, False, False]


def test_a_plan_is_made_anew_where_its_files_or_release_changed_or_there_is_none(planning):
    planning.ask()
    planning.study.write_text("withdrawn")
    assert planning.ask() and not planning.ask()
    planning.release.write_text("another")
    assert planning.ask() and not planning.ask()
    assert planning.ask(None)
    assert planning.ask(scope="E09000014") and planning.ask()
    planning.study.unlink()
    assert planning.ask()


def test_a_workshop_that_does_not_last_makes_every_plan():
    made = []
    for _ in range(2):
        Workshop().plan(lambda: [], {}, None, lambda: made.append(1))
    assert len(made) == 2


def test_a_chapter_that_changed_in_a_draft_is_run(monkeypatch, tmp_path):
    lightly(monkeypatch)
    made = write_trial(tmp_path)
    bring_up_to_date(made, draft=True)
    put(at(tmp_path).project, SAFETY, "2 + 2;")
    assert bring_up_to_date(made, draft=True) == [f"chapter:{SAFETY}", "book"]
