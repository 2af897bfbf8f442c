"""Pages behind ASGI: what goes in and comes out is what WSGI says."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from wsgiref.validate import validator

import pytest

from community_hub.lib.wsgi_pages import Pages, environ

SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "scheme": "https",
    "path": "/members/é/",
    "query_string": b"q=%C3%A9&raw=\xe9",
    "root_path": "",
    "server": ("127.0.0.1", 8000),
    "client": ("192.0.2.7", 4711),
    "headers": [
        (b"host", b"hub.example"),
        (b"content-type", b"text/plain"),
        (b"content-length", b"10"),
        (b"x-name", b"\xe9"),
        (b"accept", b"text/html"),
        (b"accept", b"*/*"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
    ],
}


def ask(application, *, body=(b"hello", b"there"), scope=SCOPE):
    """The messages that the server is sent."""
    sent = []
    incoming = [
        {"type": "http.request", "body": part, "more_body": number < len(body)}
        for number, part in enumerate(body, 1)
    ]

    async def receive():
        return incoming.pop(0)

    async def send(message):
        sent.append(message)

    with ThreadPoolExecutor(1, "pages") as pool:
        asyncio.run(Pages(application, pool)(scope, receive, send))
    return sent


def test_an_answer_goes_out_in_one_piece():
    def page(asked, start_response):
        start_response("201 Created", [("Content-Type", "text/plain"), ("X-Name", "é")])
        return [asked["wsgi.input"].read(), b"!", threading.current_thread().name.encode()]

    start, body = ask(page)
    assert start["type"] == "http.response.start"
    assert start["status"] == 201
    assert start["headers"] == [(b"content-type", b"text/plain"), (b"x-name", b"\xe9")]
    assert body == {"type": "http.response.body", "body": b"hellothere!pages_0"}


def test_what_a_page_opened_is_closed():
    closed = []

    class Parts:
        def __iter__(self):
            yield b"a"
            yield b"b"

        def close(self):
            closed.append(True)

    def page(asked, start_response):
        start_response("200 OK", [])
        return Parts()

    assert ask(page)[1]["body"] == b"ab"
    assert closed == [True]


def test_an_error_reaches_the_server():
    def page(asked, start_response):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(page)


def test_it_keeps_to_the_protocol():
    def page(asked, start_response):
        asked["wsgi.input"].read(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    assert ask(validator(page))[1]["body"] == b"fine"


def test_the_request_is_told_as_it_came():
    asked = environ(SCOPE, b"")
    assert asked["PATH_INFO"].encode("latin-1").decode() == "/members/é/"
    assert asked["QUERY_STRING"].encode("latin-1") == SCOPE["query_string"]
    assert asked["CONTENT_TYPE"] == "text/plain"
    assert asked["CONTENT_LENGTH"] == "10"
    assert asked["HTTP_X_NAME"].encode("latin-1") == b"\xe9"
    assert asked["HTTP_ACCEPT"] == "text/html,*/*"
    assert asked["HTTP_COOKIE"] == "a=1; b=2"
    assert asked["REMOTE_ADDR"] == "192.0.2.7"
    assert asked["wsgi.url_scheme"] == "https"
    assert (asked["SERVER_NAME"], asked["SERVER_PORT"]) == ("127.0.0.1", "8000")


def test_below_a_prefix_the_path_is_without_it():
    asked = environ({**SCOPE, "root_path": "/hub", "path": "/hub/inbox/"}, b"")
    assert (asked["SCRIPT_NAME"], asked["PATH_INFO"]) == ("/hub", "/inbox/")


def test_what_is_no_page_is_turned_away():
    assert ask(None, scope={"type": "websocket"}) == [{"type": "websocket.close", "code": 1000}]
    assert ask(None, scope={"type": "lifespan"}) == []
