"""Reads the times that PostgreSQL sends by psycopg's compiled loader: 0.3 µs each where Django's
own, in Python, takes 7. A list of 25 rows has some 200 of them.

Django's reads a time in the connection's timezone and puts the zone of its settings in its place.
Both are UTC here, and so is what the compiled one gives.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.adapt import Loader
from psycopg.pq import Format

OID = psycopg.adapters.types["timestamptz"].oid
compiled: Any = psycopg.adapters.get_loader(OID, Format.TEXT)


class UTCLoader(Loader):
    """Stands for the compiled one, which is what it makes: that cannot be inherited from, and
    Django asks for the timezone."""

    timezone = UTC

    def __new__(cls, oid: int, context: Any = None) -> Any:
        return compiled(oid, context)


def register(connection: BaseDatabaseWrapper, **_facts: Any) -> None:
    """A receiver of `connection_created`."""
    if connection.timezone is UTC:
        connection.connection.adapters.register_loader(OID, UTCLoader)
