"""Statements that PostgreSQL prepares once a connection, and then only executes.

Django fills values into the text of each statement, so that PostgreSQL parses and plans it each
time: of a list of 25 rows that was three quarters of its time there. What runs on every page is
prepared by psycopg instead (https://www.psycopg.org/psycopg3/docs/advanced/prepare.html).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import CursorMixin
from psycopg import sql
from psycopg.types.datetime import TimestamptzLoader

_PLACE = re.compile("%[s%]")


class PreparedCursor(CursorMixin, psycopg.Cursor[Any]):
    """Without prepared statements where settings.py says so."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)


@contextmanager
def cursor(connection: Any) -> Iterator[Any]:
    """One of Django's, which translates errors as any other does. Where queries are logged it is
    Django's own: psycopg does not tell what a prepared statement was filled with."""
    connection = connections[connection.alias]  # Django's proxy looks it up for each attribute
    if connection.queries_logged:
        with connection.cursor() as logged:
            yield logged
        return
    connection.close_if_health_check_failed()  # as Django's own do
    connection.ensure_connection()
    raw = PreparedCursor(connection.connection)
    if connection.timezone_name == "UTC":  # psycopg's own makes that of it, without a call of ours
        raw.adapters.register_loader("timestamptz", TimestamptzLoader)
    with connection._prepare_cursor(raw) as made:
        yield made


def as_json(rows: Sequence[Any]) -> str:
    """Many rows as one parameter, for json_to_recordset(), or many texts, for
    json_array_elements_text(): psycopg makes an array in Python, string by string."""
    return json.dumps(rows, default=datetime.isoformat, ensure_ascii=False)


def as_array(ids: Iterable[int]) -> str:
    """Many ids as one parameter, for a place that says `::bigint[]`: as a list, each of them would
    be turned into text by a call of its own."""
    return f"{{{','.join(map(str, ids))}}}"


def with_literals(text: str, params: Sequence[Any], places: set[int], connection: Any) -> str:
    """The statement with its parameters written out, but for those at `places`."""
    connection.ensure_connection()
    numbers = iter(range(len(params)))

    def filled(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        number = next(numbers)
        if number in places:
            return "%s"
        return sql.Literal(params[number]).as_string(connection.connection).replace("%", "%%")

    return _PLACE.sub(filled, text)
