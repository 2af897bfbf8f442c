"""Connectors that stay open from one re-reading of a source to the next.

What a connector asks for once (who we are, the categories of a forum) and its connection serve many
conversations then, which leaves more of the platform's allowance for them. One worker process keeps
a few, each for some minutes; nobody else uses one while it is lent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.utils import timezone

from inbox.connectors.base import Connector, content_version
from inbox.models import Source

KEPT_SECONDS = 300.0
MOST_KEPT = 8

_kept: dict[str, tuple[Connector, float]] = {}  # with the moment until when, of the monotonic clock


@contextmanager
def lent(source: Source) -> Iterator[Connector]:
    """An open connector with the source's present settings and credentials. It is closed after an
    error of whatever kind, and the next re-reading opens a new one."""
    _close_outdated()
    connector, until = _kept.pop(_key(source), (None, 0.0))
    if connector and connector.refresh_is_due(timezone.now()):
        connector.close()
        connector = None
    if connector is None:
        connector, until = source.signed_in(), time.monotonic() + KEPT_SECONDS
    has_failed = True
    try:
        yield connector
        has_failed = False
    finally:
        key = _key(source)
        if has_failed or key in _kept:
            connector.close()
        else:
            _kept[key] = connector, until
            _close_beyond(MOST_KEPT)


def close_all() -> None:
    _close_beyond(0)


def _key(source: Source) -> str:
    return content_version(source.pk, source.kind, source.config, source.credentials)


def _close_beyond(most: int) -> None:
    """Those that were lent longest ago; another thread may lend or close them meanwhile."""
    while len(_kept) > most:
        with suppress(KeyError, StopIteration):
            _kept.pop(next(iter(_kept)))[0].close()


def _close_outdated() -> None:
    for key, (_connector, until) in list(_kept.items()):
        if until < time.monotonic():
            with suppress(KeyError):  # lent meanwhile
                _kept.pop(key)[0].close()
