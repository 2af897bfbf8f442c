"""The cache in Redis, and what stands in for it while Redis is away: no page fails for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from .live import connection_class

log = structlog.get_logger(__name__)

PAUSE = 5.0  # seconds until Redis is asked again: one that hangs would make each answer wait


@dataclass
class Away:
    """Known to all threads of the process, each of which has a cache object of its own."""

    until: float = 0.0  # by time.monotonic()


_servers: dict[str, Away] = {}
# With the connections to each server. Django makes a cache object a request, and each of them
# would connect anew.
_clients: dict[str, Client] = {}


def steady(name: str) -> Callable[..., Any]:
    """RedisCache's method of this name; while Redis is away, the spare's."""

    def method(self: SteadyCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.away.until:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except redis.RedisError as error:
                self.away.until = time.monotonic() + PAUSE
                log.warning("cache is away; this process keeps its own", error=str(error))
        return getattr(self.spare, name)(*args, **kwargs)

    return method


class Client(RedisCacheClient):
    """With one object of redis-py's, which threads may share; to make one takes it 50 µs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._made: redis.Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        if self._made is None:
            self._made = super().get_client(key, write=write)
        return self._made


class SteadyCache(RedisCache):
    """Falls back on this process's own memory, so that what is limited stays limited: wrong
    passwords are counted, by each process for itself."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.spare: BaseCache = LocMemCache("spare", params)
        self.away = _servers.setdefault(server, Away())
        self.longest: int | None = None
        self.server = server
        self.options: dict[str, Any] = params.get("OPTIONS", {})

    @property
    def _cache(self) -> Client:
        """Where RedisCache looks for its client."""
        found = _clients.get(self.server)
        if found is None:
            kind = connection_class(self.server)
            made = Client([self.server], connection_class=kind, **self.options)
            found = _clients.setdefault(self.server, made)
        return found

    def forgetful(self, longest: int) -> SteadyCache:
        """The same Redis, for what must not differ between processes: while it is away, nothing
        is found. What is set is kept for `longest` seconds at most, since a deletion may not
        arrive."""
        twin = copy(self)
        twin.spare = DummyCache("", {})
        twin.longest = longest
        return twin

    def get_backend_timeout(self, timeout: float | None = DEFAULT_TIMEOUT) -> float | None:
        wanted = super().get_backend_timeout(timeout)
        if self.longest is None:
            return wanted
        return self.longest if wanted is None else min(wanted, self.longest)

    add = steady("add")
    get = steady("get")
    set = steady("set")
    touch = steady("touch")
    delete = steady("delete")
    get_many = steady("get_many")
    set_many = steady("set_many")
    delete_many = steady("delete_many")
    has_key = steady("has_key")
    incr = steady("incr")
    clear = steady("clear")
