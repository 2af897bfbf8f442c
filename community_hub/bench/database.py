"""A database of its own for the measurements, filled once and kept where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from community_hub.bench import fill
from inbox.models import Source
from team.models import Hub, User

EMAIL = "bench@localhost"


@contextmanager
def database_of_its_own(*, keep: bool) -> Iterator[None]:
    """`<name>_bench` in place of the hub's database. One that was kept is used again."""
    name = str(settings.DATABASES["default"]["NAME"])
    connection.settings_dict["TEST"]["NAME"] = f"{name}_bench"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0, keepdb=keep)


def filled(messages: int) -> tuple[User, Source, bool]:
    """An admin and a source with so many messages; whether they were there from an earlier run.

    ValueError where a kept database has another number of messages."""
    source = Source.objects.filter(network="sandbox:bench").first()
    if source:
        if source.config["messages"] != messages:
            raise ValueError(f"the kept database has {source.config['messages']:,} messages")
        return User.objects.get(email=EMAIL), source, True
    user = User.objects.create_user(EMAIL, name="Bench", role="admin")
    Hub.objects.create(name="Bench")
    source = Source.objects.create(
        kind="sandbox", name="Bench", network="sandbox:bench", config={"messages": messages}
    )
    fill.fill(source.pk, user.pk, messages=messages)
    fill.recompute_all()
    return user, source, False


def address_of_it(given: str) -> str:
    """DATABASE_URL of the hub, with the name of the database that is measured."""
    name = connection.settings_dict["NAME"]
    return urlsplit(given)._replace(path=f"/{name}").geturl()
