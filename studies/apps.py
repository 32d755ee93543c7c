from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "studies"
    verbose_name = "Who compares"

    def ready(self) -> None:
        # Importing the kinds of work registers them; a worker that knows none could run none.
        from studies.recruitment import jobs  # noqa: F401
        from studies.reports import job  # noqa: F401
