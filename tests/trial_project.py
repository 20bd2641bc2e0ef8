"""A small project with trial notebooks, made by the tests of the room `publish`."""

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
TOC = """format: jb-book
root: index
parts:
  - caption: Findings by question
    chapters:
      - file: notebooks/q1_network/network
      - file: notebooks/q4_safety/safety
  - caption: About the evidence
    chapters:
      - file: pages/methods
      - file: pages/glossary
      - file: data_dictionary
"""
PARAMETERS = 'study = "study"\nwindow = "eval_Y1"\nscope = "london"'
# A chapter may not make stamps itself (the gate refuses it), so the helper lies in a module;
# conftest.py puts the folder of the tests on the path of the kernels.
SHOW = "from trial_showing import show"


def finding(name="safer", question="Q4", **changes):
    """The plain data of a trial finding, as the stamp carries it."""
    return {
        "id": name,
        "question": question,
        "sentence": "About half of those asked felt safer.",
        "numbers": {},
        "evidence": ["Young people's survey"],
        "strength": "limited",
        "limits": ["Half did not answer", "A worker was often present"],
        "plan": None,
        **changes,
    }


def show_finding(**changes) -> str:
    """The code of a cell that shows a trial finding with a valid stamp."""
    shown = finding(**changes)
    html = f'<section class="rr-finding"><p class="rr-sentence">{shown["sentence"]}</p></section>'
    return f"show({html!r}, {shown!r})"


def notebook(*cells: str, parameters: str | None = PARAMETERS, title="Trial chapter"):
    """A notebook: a title, the parameters cell, the helper `show`, then `cells`.

    A cell starting with ``#md`` is Markdown. Numbers from 1: title 1, parameters 2, helper 3.
    """
    made = [new_markdown_cell(f"# {title}\n\nWhat was asked.\n\n## What was found")]
    if parameters is not None:
        made.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.append(new_code_cell(SHOW))
    for cell in cells:
        prose = cell.startswith("#md")
        made.append(new_markdown_cell(cell[3:].strip()) if prose else new_code_cell(cell))
    return new_notebook(cells=made)


def write_project(folder: Path, **chapters) -> Path:
    """Write a project with the repository's own book settings and two trial chapters.

    chapters: a notebook in place of ``network`` or ``safety``.
    """
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("_build"))
    (folder / "book" / "_toc.yml").write_text(TOC, encoding="utf-8")
    shutil.copy(ROOT / "requirements.lock", folder / "requirements.lock")
    made = {
        "q1_network/network": chapters.get("network")
        or notebook(show_finding(name="ties", question="Q1"), title="The network"),
        "q4_safety/safety": chapters.get("safety") or notebook(show_finding(), title="Safety"),
    }
    for name, chapter in made.items():
        path = folder / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(chapter, path)
    return folder


def plan(project: Path, **changes):
    """What a trial edition of `project` is made of."""
    from rr_helpers.publish.build import Plan

    settings = {
        "project": project,
        "window": "eval_Y3",
        "scope": "london",
        "parameters": {"study": "a study", "window": "eval_Y3", "scope": "london"},
        "title": "What the evaluation found",
        "reporting": "Evaluation year 3, London",
        "synthetic": True,
        "pages": {"data_dictionary": "# Data dictionary\n\n## Tables\n\nNone.\n"},
        "seed": 7,
    }
    return Plan(**{**settings, **changes})
