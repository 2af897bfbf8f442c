"""Kombu's Redis transport, which reconnects where it would end the worker.

When Redis goes away in a bad moment, a callback of the event loop still asks the closed connection
for its address and finds None there: an AttributeError, which ends the worker. As an error of the
connection it makes Celery connect again.
"""

from __future__ import annotations

from typing import Any

import redis.exceptions
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis


class Channel(kombu_redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise redis.exceptions.ConnectionError("The connection to Redis was closed.")
        found: dict[str, Any] = super()._connparams(asynchronous)
        return found


class Transport(kombu_redis.Transport):
    Channel = Channel


def register() -> None:
    """For every URL that kombu would open with its own transport."""
    for scheme in ("redis", "rediss", "redis+socket"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
