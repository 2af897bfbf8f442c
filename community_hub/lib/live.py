"""The doorbell: says that something changed, never what it says.

`publish("source:3", "conversation", {"id": 42})` reaches every browser that may hear the topic.
Data holds ids only; the browser fetches the words from the page, where permissions are checked.
Topics: "team" (everybody signed in), "source:3" (who may see it), "user:7" (one person).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import transaction
from redis.connection import AbstractConnection

log = structlog.get_logger(__name__)

Ids = int | str | bool | None | list[int] | list[str]
# On user:7, whose role or session changed; on team, where a source came or its audience changed.
# The streams end, and whoever comes back is asked anew what they may hear.
CLOSE = "close"


class _ClosedSocket(AbstractConnection):
    """redis-py lets an AttributeError out where the socket goes away while an answer is read."""

    def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return super().read_response(*args, **options)
        except AttributeError as error:
            if getattr(self, "_sock", None) is not None:
                raise
            raise redis.ConnectionError("The socket closed while an answer was read") from error


class _Connection(_ClosedSocket, redis.Connection):
    pass


class _TLSConnection(_ClosedSocket, redis.SSLConnection):
    pass


class _SocketConnection(_ClosedSocket, redis.UnixDomainSocketConnection):
    pass


_CONNECTIONS: dict[str, Callable[..., AbstractConnection]] = {
    "unix": _SocketConnection,
    "redis": _Connection,
    "rediss": _TLSConnection,
}


@cache
def client() -> redis.Redis:
    """The connection pool of this process."""
    url = settings.REDIS_URL
    kind = connection_class(url)
    return redis.from_url(url, socket_timeout=3, socket_connect_timeout=3, connection_class=kind)


def connection_class(url: str) -> Any:
    """What redis-py is to connect to this address with."""
    return _CONNECTIONS[url.partition(":")[0]]


def namespace() -> str:
    """Channels are shared by all databases of a Redis server, so they carry the number."""
    return f"hub:{client().get_connection_kwargs().get('db') or 0}"


def channel(topic: str) -> str:
    return f"{namespace()}:live:{topic}"


def publish(topics: Iterable[str] | str, event: str, data: Mapping[str, Ids]) -> None:
    """Ring `event` at `topics` once the current transaction is in."""
    wanted = [topics] if isinstance(topics, str) else sorted(set(topics))
    message = json.dumps({"event": event, "data": dict(data)})
    transaction.on_commit(lambda: send(wanted, message), robust=True)


def send(topics: list[str], message: str) -> None:
    """Browsers poll as a safety net, so a Redis that is away costs seconds and no request."""
    try:
        with client().pipeline(transaction=False) as pipe:
            for topic in topics:
                pipe.publish(channel(topic), message)
            pipe.execute()
    except redis.RedisError as error:
        log.warning("live event not published", topics=topics, error=str(error))
