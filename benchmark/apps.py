from django.apps import AppConfig
from django.conf import settings


class BenchmarkConfig(AppConfig):
    name = "benchmark"
    verbose_name = "What is compared"

    def ready(self) -> None:
        # Importing the kinds registers them; a worker that knows none could run none.
        from benchmark.jobs import kinds  # noqa: F401
        from benchmark.metrics import weights

        weights.use_root(settings.DATA / "weights")
