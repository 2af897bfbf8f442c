from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "team"

    def ready(self) -> None:
        from team import undoing  # noqa: F401 - registers its background job
