"""papermill's engine, except that a notebook is written once: when it is done, or has stopped."""

from papermill.engines import NBClientEngine, papermill_engines

NAME = "written-once"


class WrittenOnce(NBClientEngine):
    """Papermill writes the whole notebook before and after each cell, while the kernel waits."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **settings):
        write, nb_man.save = nb_man.save, lambda **_: None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **settings)
        finally:
            nb_man.save = write


papermill_engines.register(NAME, WrittenOnce)
