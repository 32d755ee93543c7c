from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Makes Diptych's Celery application the current one, so that shared tasks ring the right bell.
        import config.celery  # noqa: F401
