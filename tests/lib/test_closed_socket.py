"""Redis's socket goes away while an answer is read: an error of Redis, which callers expect."""

from __future__ import annotations

import pytest
import redis

from community_hub.lib import live
from inbox.pages import presence


def test_a_socket_that_closes_while_an_answer_is_read_is_an_error_of_redis(db) -> None:
    client = live.client()
    client.set("hub:test", "1")
    connection = client.connection_pool.get_connection()
    client.connection_pool.release(connection)
    real = connection._parser.read_response
    broken = []

    def closes_first(*args, **options):
        if not broken:
            broken.append(True)
            connection.disconnect()
        return real(*args, **options)

    connection._parser.read_response = closes_first
    try:
        with pytest.raises(redis.ConnectionError):
            connection.read_response()
    finally:
        connection._parser.read_response = real
    assert broken
    assert client.get("hub:test") == b"1"


def test_another_attribute_error_stays_what_it_is(db, monkeypatch) -> None:
    connection = live.client().connection_pool.get_connection()
    try:

        def wrong(*args, **options):
            raise AttributeError("a mistake of ours")

        monkeypatch.setattr(connection._parser, "read_response", wrong)
        monkeypatch.setattr(connection, "disconnect", lambda *args: None)
        with pytest.raises(AttributeError, match="a mistake"):
            connection.read_response()
    finally:
        live.client().connection_pool.release(connection)


def test_presence_is_left_out_where_redis_stays_away(db, monkeypatch) -> None:
    def gone(*args, **options):
        raise redis.ConnectionError("gone")

    monkeypatch.setattr(redis.client.Pipeline, "execute", gone)
    assert presence.replying([1, 2]) == {}
