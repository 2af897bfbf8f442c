"""Sessions as Django keeps them, looked up only by what can be the key of one."""

from __future__ import annotations

import re

from django.contrib.sessions.backends import cached_db

_KEY = re.compile("[a-z0-9]{32}")  # what SessionBase makes


class SessionStore(cached_db.SessionStore):
    """A cookie may hold anything: with a NUL in it, every page would answer 500."""

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and bool(_KEY.fullmatch(key))
