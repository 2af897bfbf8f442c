"""A page that asks a platform while somebody waits gives up in time."""

import time

import httpx
import pytest

from community_hub.lib import http, http_session
from tests.platforms.server import Answer, LocalServer, ReceivedRequest


def slow(asked: ReceivedRequest) -> Answer:
    time.sleep(float(asked.value("seconds", "0")))
    return Answer({"ok": True})


def test_requests_inside_share_the_seconds(settings):
    with LocalServer(slow) as server, http.guarded_client(base_url=server.url) as client:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        with http.within(0.3):
            assert client.get("/").json() == {"ok": True}
            with pytest.raises(httpx.ReadTimeout):
                client.get("/", params={"seconds": "2"})
            with pytest.raises(httpx.ConnectTimeout):
                client.get("/")
        assert len(server.asked) == 2


def test_a_client_that_insists_on_requests_hurries_too(settings):
    with LocalServer(slow) as server:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        started = time.monotonic()
        with http.within(0.2), pytest.raises(OSError):
            http_session.guarded_session().get(server.url, params={"seconds": "3"})
        assert time.monotonic() - started < 2


def test_outside_nothing_is_shortened(settings):
    with LocalServer(slow) as server, http.guarded_client(base_url=server.url) as client:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        with http.within(0.1):
            pass
        assert client.get("/", params={"seconds": "0.3"}).status_code == 200
