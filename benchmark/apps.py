from django.apps import AppConfig


class BenchmarkConfig(AppConfig):
    name = "benchmark"
    verbose_name = "What is compared"

    def ready(self) -> None:
        # Importing the kinds registers them; a worker that knows none could run none.
        from benchmark.jobs import kinds  # noqa: F401
