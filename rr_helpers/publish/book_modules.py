"""What Jupyter Book loads whatever the book: itself, Sphinx's own extensions, those of _config.yml.

Imported by the warm parent of books (see `jupyter_book`), so that no book has to wait for it; nor
for what judges whether a chapter is a notebook, which nbformat makes when it is first asked.
"""

from importlib import import_module

from nbformat import current_nbformat, current_nbformat_minor
from nbformat.validator import get_validator
from sphinx.application import builtin_extensions

OURS = (
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "lxml.html",
    "myst_nb.ext.download",
    "myst_nb.ext.eval",
    "myst_nb.ext.glue.domain",
    "myst_nb.sphinx_ext",
    "myst_parser.sphinx_ext.main",
    "sphinx.ext.mathjax",
    "sphinx.jinja2glue",
    "sphinx_book_theme",
    "sphinx_design.extension",
    "sphinx_external_toc.collectors",
    "sphinx_external_toc.events",
    "sphinx_multitoc_numbering",
)

for name in (*builtin_extensions, *OURS):
    import_module(name)

get_validator(current_nbformat, current_nbformat_minor)
