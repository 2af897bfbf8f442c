"""The lease of a source, renewed in a thread for as long as the worker that holds it lives."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from inbox.models import Source
from inbox.models.pull_state import LEASE

RENEW_EVERY = LEASE.total_seconds() / 3  # seconds
log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """This worker stood still for longer than its lease: another one reads the source now."""


@contextmanager
def held(source: Source) -> Iterator[uuid.UUID | None]:
    """Yields the lease's token, or None where somebody else holds it.

    A worker that is killed renews nothing any more: its source is free again when the lease has
    run out. One that only stood still finds its token replaced, and `ingest` stores nothing of it.
    """
    token = source.take_lease(timezone.now())
    if token is None:
        yield None
        return
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(source, token, done), daemon=True)
    renewing.start()
    try:
        yield token
    finally:
        done.set()
        renewing.join()
        source.release(token)


def _renew(source: Source, token: uuid.UUID, done: threading.Event) -> None:
    try:
        while not done.wait(RENEW_EVERY):
            try:
                if not source.renew_lease(token):
                    return
            except DatabaseError as error:
                log.warning("lease not renewed", source=source.pk, error=str(error))
                connection.close()
    finally:
        connection.close()
