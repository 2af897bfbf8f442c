"""A page that asks a platform while somebody waits gives up in time."""

import socket
import threading
import time

import httpcore
import httpx
import pytest

from community_hub.lib import http, http_session, name_lookup
from community_hub.lib.http_deadline import within
from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest


def slow(asked: ReceivedRequest) -> Answer:
    time.sleep(float(asked.value("seconds", "0")))
    return Answer({"ok": True})


def test_requests_inside_share_the_seconds(settings):
    with LocalServer(slow) as server, http.guarded_client(base_url=server.url) as client:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        with within(0.3):
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
        with within(0.2), pytest.raises(OSError):
            http_session.guarded_session().get(server.url, params={"seconds": "3"})
        assert time.monotonic() - started < 2


def test_outside_nothing_is_shortened(settings):
    with LocalServer(slow) as server, http.guarded_client(base_url=server.url) as client:
        settings.HTTP_ALLOWED_ORIGINS = [server.url]
        with within(0.1):
            pass
        assert client.get("/", params={"seconds": "0.3"}).status_code == 200


def dripping(part: str) -> socket.socket:
    """A server that sends one byte of `part` every 50 ms, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    whole = {
        "head": b"HTTP/1.1 200 OK\r\nX-Slow: ",
        "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
    }[part]

    def serve() -> None:
        connection, _address = listener.accept()
        with connection:
            connection.sendall(whole)
            try:
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                return  # the client hung up, as it should

    threading.Thread(target=serve, daemon=True).start()
    return listener


@pytest.mark.parametrize("part", ["head", "chunk", "body"])
@pytest.mark.parametrize("allowed", [True, False])
def test_what_drips_does_not_outlive_the_deadline(part, allowed, settings, monkeypatch):
    with dripping(part) as listener:
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        settings.HTTP_ALLOWED_ORIGINS = [url] if allowed else []
        monkeypatch.setattr(http, "resolve_public", lambda host, port, seconds: ["127.0.0.1"])
        started = time.monotonic()
        with (
            http.guarded_client() as client,
            within(0.4),
            pytest.raises(httpx.TimeoutException),
        ):
            client.get(url)
        assert time.monotonic() - started < 5


@pytest.mark.parametrize("allowed", [True, False])
def test_a_name_whose_look_up_hangs_does_not_outlive_the_deadline(allowed, settings, monkeypatch):
    settings.HTTP_ALLOWED_ORIGINS = ["http://slow.example"] if allowed else []
    hangs = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: hangs.wait(20) and [])
    started = time.monotonic()
    with http.guarded_client() as client, within(0.3), pytest.raises(httpx.ConnectTimeout):
        client.get("http://slow.example/")
    assert time.monotonic() - started < 5
    hangs.set()


def test_look_ups_that_hang_are_bounded_and_one_that_ends_makes_room(monkeypatch):
    hangs = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: hangs.wait(20) and [])
    for _ in range(name_lookup.MOST + 1):
        with pytest.raises(httpcore.ConnectTimeout):
            name_lookup.look_up("slow.example", 80, 0.01)
    waiting = [one for one in threading.enumerate() if one.name == "name look-up"]
    assert len(waiting) == name_lookup.MOST
    hangs.set()
    for one in waiting:
        one.join(5)
    assert name_lookup.look_up("quick.example", 80, 5) == []
