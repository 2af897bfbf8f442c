"""A kept connection to PostgreSQL is asked only where its socket has something to say."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.core.signals import request_started
from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.kept_connections import is_quiet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch) -> Iterator[list[bool]]:
    """Each `select 1` of Django's check, as it ended; of a connection that is kept."""
    found: list[bool] = []
    kind = type(connection._connections[connection._alias])
    real = kind.is_usable

    def is_usable(self) -> bool:
        found.append(real(self))
        return found[-1]

    monkeypatch.setattr(kind, "is_usable", is_usable)
    connection.ensure_connection()
    connection.close_at = None  # tests keep none, else
    connection.health_check_enabled = True
    yield found
    connection.close()


def test_an_open_one_is_not_asked(asked) -> None:
    kept = backend()
    request_started.send(None)
    assert backend() == kept
    assert asked == []


def test_one_that_the_server_ended_is_asked_and_made_anew(asked) -> None:
    ended = backend()
    end(ended)
    request_started.send(None)
    assert backend() != ended
    assert asked == [False]


def test_a_prepared_statement_is_no_exception(asked) -> None:
    """Often the first of a page: it reads who is signed in."""
    ended = backend()
    end(ended)
    request_started.send(None)
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute("select pg_backend_pid()", [])
        assert cursor.fetchone()[0] != ended
    assert asked == [False]


def test_one_that_had_an_error_is_asked(asked) -> None:
    kept = backend()
    connection.errors_occurred = True
    request_started.send(None)
    assert backend() == kept
    assert asked == [True]


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(pid: int) -> None:
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", [pid])
    until = time.monotonic() + 5
    while is_quiet(connection.connection) and time.monotonic() < until:
        time.sleep(0.01)
