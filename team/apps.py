from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "team"

    def ready(self) -> None:
        from team import exports, undoing  # noqa: F401 - register background jobs
