from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class CommunityHubConfig(AppConfig):
    name = "community_hub"

    def ready(self) -> None:
        from community_hub import celery, checks  # noqa: F401 - the task app and the checks register
        from community_hub.lib import kept_connections, quick_locals, quick_timestamps

        quick_locals.install()
        connection_created.connect(quick_timestamps.register)
        connection_created.connect(kept_connections.register)
        pre_migrate.connect(unlimited, sender=self)
        post_migrate.connect(limited_again, sender=self)


def unlimited(using: str, **_facts: Any) -> None:
    """A migration may write a large table anew, or read it for an index. Cut off by the limit of a
    page's statements, it would fail on every hub that is large enough, and leave half an index."""
    with connections[using].cursor() as cursor:
        cursor.execute("set statement_timeout = 0")


def limited_again(using: str, **_facts: Any) -> None:
    """As the settings say; `up` goes on in the same process."""
    with connections[using].cursor() as cursor:
        cursor.execute("reset statement_timeout")
