"""A request reaches a page when it has arrived as a whole, over real HTTP."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import Client

from community_hub import asgi
from community_hub.lib import request_body
from inbox.models import Message
from tests.make import make_conversation
from tests.serving import serve_hub

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a" * 32
THREADS = 8  # of one web process


@pytest.fixture
def hub(transactional_db: None) -> Iterator[str]:
    with serve_hub() as base:
        yield base


def begin(hub: str, path: str, form: bytes, *, length: int, cookies: str = "") -> socket.socket:
    """A POST of which only the beginning arrives."""
    place = urlsplit(hub)
    line = socket.create_connection((place.hostname, place.port), timeout=10)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nX-CSRFToken: {TOKEN}\r\n"
        f"Cookie: {settings.CSRF_COOKIE_NAME}={TOKEN}; {cookies}\r\nContent-Length: {length}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    line.sendall(head.encode() + form)
    return line


def test_forms_that_do_not_arrive_keep_nobody_else_waiting(hub):
    with ExitStack() as lines:
        for _ in range(THREADS * 2):
            lines.enter_context(begin(hub, "/account/login/", b"login=a", length=1000))
        assert httpx.get(f"{hub}/account/login/", timeout=5).status_code == 200


def test_a_form_that_takes_for_ever_is_given_up(hub, monkeypatch):
    monkeypatch.setattr(request_body, "SECONDS", 0.2)
    with begin(hub, "/account/login/", b"login=a", length=1000) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_is_announced_too_long_is_not_read(hub):
    with begin(hub, "/account/login/", b"", length=request_body.MOST + 1) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/account/login/", "/live/"])
def test_a_body_that_grows_too_long_is_given_up(path, hub):
    drops = (b"x" * 100_000 for _ in range(request_body.MOST // 100_000 + 1))
    assert httpx.post(f"{hub}{path}", content=drops, timeout=10).status_code == 413


def test_a_note_that_was_cut_off_is_not_kept_as_if_it_ended_there(hub, bob):
    browser = Client()
    browser.force_login(bob)
    name = settings.SESSION_COOKIE_NAME
    session = f"{name}={browser.cookies[name].value}"
    path = f"/conversations/{make_conversation().pk}/notes/"
    with begin(hub, path, b"note=Never+give+them", length=40, cookies=session):
        time.sleep(0.5)  # the server has begun to read
    with begin(hub, path, b"note=All+of+it", length=14, cookies=session) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 302 ")
    assert [m.body_source for m in Message.objects.filter(kind="note")] == ["All of it"]


def test_a_header_with_an_underscore_is_not_taken_for_what_the_proxy_says(monkeypatch):
    heard = []

    async def page(scope, receive, send):
        heard.extend(name for name, _value in scope["headers"])

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    monkeypatch.setattr(asgi, "pages", page)
    monkeypatch.setattr(asgi, "only_trusted", lambda scope: scope)
    headers = [(b"x-forwarded-proto", b"http"), (b"x_forwarded_proto", b"https")]
    scope = {"type": "http", "path": "/", "headers": headers}
    asyncio.run(asgi.application(scope, receive, None))
    assert heard == [b"x-forwarded-proto"]


def test_an_address_that_takes_files_takes_longer_bodies_and_bounds_them_too(
    hub, bob, settings, tmp_path
):
    settings.VAR_DIR = tmp_path
    browser = Client()
    browser.force_login(bob)
    name = settings.SESSION_COOKIE_NAME
    cookies = {name: browser.cookies[name].value, settings.CSRF_COOKIE_NAME: TOKEN}
    form = {"file": ("slides.pdf", b"%PDF-" + b"0" * request_body.MOST)}
    with httpx.Client(cookies=cookies, headers={"X-CSRFToken": TOKEN}) as client:
        answer = client.post(f"{hub}/files/", files=form, timeout=10)
    assert (answer.status_code, answer.json()["name"]) == (200, "slides.pdf")
    with begin(hub, "/files/", b"", length=50_000_000) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")
