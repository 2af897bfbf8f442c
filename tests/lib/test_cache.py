"""The cache while Redis is there, away, and back."""

from __future__ import annotations

import pytest
import redis
from structlog.testing import capture_logs

from community_hub.lib import cache as steady
from community_hub.lib.cache import SteadyCache

NOWHERE = "redis://127.0.0.1:1/0"  # a port that nobody listens at


@pytest.fixture
def away() -> SteadyCache:
    cache = SteadyCache(NOWHERE, {})
    cache.clear()
    return cache


def test_each_process_keeps_its_own_while_redis_is_away(away):
    away.set("a", [1])
    assert (away.get("a"), "a" in away, "b" in away) == ([1], True, False)
    assert (away.add("a", 2), away.add("b", 2), away.incr("b")) == (False, True, 3)
    away.set_many({"c": 3, "d": 4})
    assert away.get_many(["c", "d", "e"]) == {"c": 3, "d": 4}
    assert away.touch("c", 60)
    away.delete("c")
    away.delete_many(["d"])
    assert away.get_many(["c", "d"]) == {}
    assert SteadyCache(NOWHERE, {}).get("a") == [1]  # each thread has a cache of its own


def test_what_must_not_differ_between_processes_is_not_found_then(away):
    forgetful = away.forgetful(600)
    forgetful.set("a", 1)
    assert forgetful.get("a") is None
    assert "a" not in forgetful
    assert away.get("a") is None
    forgetful.delete("a")


def test_it_is_asked_again_after_a_while_and_the_log_has_one_line_until_then(away, monkeypatch):
    cache, asked = SteadyCache(NOWHERE, {}), []
    cache.away.until = 0

    def ask(*args: object) -> object:
        asked.append(args)
        raise redis.ConnectionError("away")

    monkeypatch.setattr(type(cache._cache), "get", ask)
    with capture_logs() as logged:
        for _ in range(3):
            cache.get("a")
            cache.forgetful(600).get("a")
            SteadyCache(NOWHERE, {}).get("a")
        assert (len(asked), len(logged)) == (1, 1)
        monkeypatch.setattr(steady, "PAUSE", 0)
        cache.away.until = 0
        cache.get("a")
        cache.get("a")
    assert (len(asked), len(logged)) == (3, 3)


def test_a_time_to_keep_is_capped_where_a_deletion_may_not_arrive(settings):
    cache = SteadyCache(settings.REDIS_URL, {}).forgetful(600)
    for asked_for, kept in ((None, 600), (30 * 86400, 600), (60, 60)):
        cache.set("lib-test", 1, asked_for)
        assert cache._cache.get_client().ttl(cache.make_key("lib-test")) == kept
    cache.delete("lib-test")


def test_the_requests_of_a_process_share_its_connections(settings):
    first = SteadyCache(settings.REDIS_URL, {})
    first.set("lib-test", 1)
    client = first._cache.get_client()
    number = client.client_id()
    for _ in range(3):
        again = SteadyCache(settings.REDIS_URL, {})
        assert again.get("lib-test") == 1
        assert again._cache.get_client().client_id() == number
    first.delete("lib-test")


def test_one_client_is_made_a_process(settings):
    one, other = (SteadyCache(settings.REDIS_URL, {}) for _ in range(2))
    assert one._cache.get_client("a") is other._cache.get_client("b", write=True)
