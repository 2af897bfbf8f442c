"""Live events: they say that something changed, never what it says.

`publish("source:3", "conversation", {"id": 42})` reaches every browser that may hear the topic.
Data holds ids only; the browser fetches the words from the page, where permissions are checked.
Topics: "team" (everybody signed in), "source:3" (who may see it), "user:7" (one person).
The newest are kept for a browser whose stream began after its page was made: published_since().
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, cast

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
KEPT = 500  # of the newest


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
    message = {"event": event, "data": dict(data)}
    transaction.on_commit(lambda: send(wanted, message), robust=True)


def send(topics: list[str], message: dict[str, Any]) -> None:
    """Browsers poll as a safety net, so a Redis that is away costs seconds and no request."""
    at = time.time()
    said = json.dumps({**message, "at": at})
    kept = {f"{topic} {json.dumps(message)}": at for topic in topics}
    try:
        with client().pipeline(transaction=False) as pipe:
            for topic in topics:
                pipe.publish(channel(topic), said)
            if kept and message["event"] != CLOSE:
                pipe.zadd(_newest(), kept)
                pipe.zremrangebyrank(_newest(), 0, -KEPT - 1)
            pipe.execute()
    except redis.RedisError as error:
        log.warning("live event not published", topics=topics, error=str(error))


def published_since(at: float, topics: Iterable[str]) -> list[dict[str, Any]] | None:
    """The messages that were sent to these topics since `at`, by time.time(), the oldest first;
    None where too many were sent, or Redis is away."""
    try:
        found = cast("list[bytes]", client().zrangebyscore(_newest(), f"({at!r}", "+inf"))
    except redis.RedisError as error:
        log.warning("kept live events not read", error=str(error))
        return None
    if len(found) >= KEPT:
        return None
    wanted = set(topics)
    parts = (kept.decode().partition(" ") for kept in found)
    return [json.loads(message) for topic, _space, message in parts if topic in wanted]


def _newest() -> str:
    return f"{namespace()}:live-newest"
