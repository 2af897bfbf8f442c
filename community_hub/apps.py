from django.apps import AppConfig


class CommunityHubConfig(AppConfig):
    name = "community_hub"

    def ready(self) -> None:
        from community_hub import celery, checks  # noqa: F401 - the task app and the checks register
