"""Sessions as Django keeps them, looked up only by what can be the key of one."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.sessions.backends import cached_db
from django.core.cache import caches

from .cache import SteadyCache

_KEY = re.compile("[a-z0-9]{32}")  # what SessionBase makes


KEPT = 600  # seconds in the cache: a sign-out while Redis is away deletes the row alone


class SessionStore(cached_db.SessionStore):
    """In the database, which is asked where the cache does not know or is away."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        cache = caches[settings.SESSION_CACHE_ALIAS]
        self._cache = cache.forgetful(KEPT) if isinstance(cache, SteadyCache) else cache

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may hold anything: with a NUL in it, every page would answer 500."""
        return key is not None and bool(_KEY.fullmatch(key))
