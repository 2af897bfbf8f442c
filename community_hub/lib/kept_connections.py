"""Finds out without a statement whether connections to PostgreSQL that are kept are still open.

Django asks each with `select 1` before a request's first query (CONN_HEALTH_CHECKS). A server that
ended said so, or the system did: there is something to read on the socket. Where there is nothing,
the connection is usable; where there is, or an error came before, Django asks as it always does.
"""

from __future__ import annotations

import select
from functools import partial
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper


def register(connection: BaseDatabaseWrapper, **_facts: Any) -> None:
    """A receiver of `connection_created`."""
    vars(connection)["is_usable"] = partial(is_usable, connection)


def is_usable(connection: Any) -> bool:
    kept = connection.connection
    if kept is not None and not connection.errors_occurred and is_quiet(kept):
        return True
    return bool(type(connection).is_usable(connection))


def is_quiet(connection: psycopg.Connection[Any]) -> bool:
    """Is it open, as far as one knows, with nothing to read?"""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return not poll.poll(0)
