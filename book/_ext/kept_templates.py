"""A local Sphinx extension: templates of pages are compiled once, not anew for every book.

Compiled, they lie beside what Sphinx itself keeps for the next build. Jinja takes one up again only
for the same template, by its digest, and the same version of Python.
"""

from pathlib import Path

from jinja2 import FileSystemBytecodeCache


def setup(app):
    app.connect("builder-inited", keep_templates)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def keep_templates(app):
    """Let Jinja keep what it compiles; builders that write no pages have no templates."""
    if app.builder.format == "html":
        folder = Path(app.doctreedir) / "templates"
        folder.mkdir(exist_ok=True)
        app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
