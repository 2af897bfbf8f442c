"""What goes wrong with a request becomes the right error, in a sentence."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import requests

from community_hub.lib.http import guarded_client
from community_hub.lib.http_session import guarded_session
from inbox.connectors import base
from inbox.connectors.base import ConnectorError, RateLimited
from inbox.connectors.errors import json_or_problem, translate
from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest
from inbox.connectors.waits import reset_time

WHERE = "forum.example"


class Site:
    """Answers every request with `says`."""

    def __init__(self) -> None:
        self.says = Answer({})
        self.web = LocalServer(self.answer)

    def answer(self, asked: ReceivedRequest) -> Answer:
        return self.says


@pytest.fixture
def site(settings) -> Iterator[Site]:
    site = Site()
    with site.web:
        settings.HTTP_ALLOWED_ORIGINS = [site.web.url]
        yield site


@pytest.fixture(params=["httpx", "requests"])
def ask(request: pytest.FixtureRequest, site: Site) -> Callable[..., Any]:
    """What a connector does: a request, its JSON, or an error of base.py."""
    endpoint = guarded_client if request.param == "httpx" else guarded_session

    def ask(method: str = "GET", url: str = "", **options: Any) -> Any:
        client = endpoint(**options)
        try:
            return json_or_problem(client.request(method, url or site.web.url + "/x"), WHERE)
        except (httpx.HTTPError, requests.RequestException) as error:
            raise translate(error, WHERE) from error
        finally:
            client.close()

    return ask


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (301, "Misconfigured", "Misconfigured"),
        (400, "Misconfigured", "Rejected"),
        (401, "AuthExpired", "AuthExpired"),
        (403, "Forbidden", "Forbidden"),
        (404, "Misconfigured", "Rejected"),
        (405, "Misconfigured", "Rejected"),
        (410, "Misconfigured", "Rejected"),
        (413, "Misconfigured", "Rejected"),
        (422, "Misconfigured", "Rejected"),
        (429, "RateLimited", "RateLimited"),
        (500, "Transient", "Unknown"),
        (503, "Transient", "Unknown"),
        (504, "Transient", "Unknown"),
    ],
)
def test_status_becomes_the_error_it_stands_for(
    site: Site, ask, status: int, reading: str, writing: str
) -> None:
    site.says = Answer({"error": "No, sorry"}, status)
    for method, name in (("GET", reading), ("POST", writing)):
        with pytest.raises(getattr(base, name)) as caught:
            ask(method)
        assert type(caught.value).__name__ == name
        assert str(caught.value).startswith(WHERE)


def test_platforms_own_words_are_passed_on(site: Site, ask) -> None:
    site.says = Answer({"errors": ["Body is too short", "Title is taken"]}, 422)
    with pytest.raises(base.Rejected, match="“Body is too short; Title is taken”"):
        ask("POST")


def test_missing_scope_is_named(site: Site, ask) -> None:
    site.says = Answer({"error": "Needs the scope write:statuses"}, 403)
    with pytest.raises(base.Forbidden) as caught:
        ask()
    assert caught.value.scope == "write:statuses"


def in_seconds(seconds: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (lambda: {"Retry-After": "90"}, {}),
        (lambda: {"Retry-After": format_datetime(in_seconds(90), usegmt=True)}, {}),
        (lambda: {"X-RateLimit-Reset": str(int(in_seconds(90).timestamp()))}, {}),
        (lambda: {"X-RateLimit-Reset": in_seconds(90).isoformat()}, {}),
        (lambda: {"X-RateLimit-Reset": "90"}, {}),
        (lambda: {}, {"extras": {"wait_seconds": 90}}),
        (lambda: {}, {"retry_after": 90.0}),
        (lambda: {}, {"retry_after_ms": 90_000}),
    ],
)
def test_wait_is_as_long_as_the_platform_says(site: Site, ask, headers, body) -> None:
    site.says = Answer(body, 429, headers())
    with pytest.raises(RateLimited) as caught:
        ask()
    assert timedelta(seconds=85) < caught.value.retry_at - datetime.now(UTC) < timedelta(seconds=95)


@pytest.mark.parametrize("said", ["", "soon", "-5", "nan", "99999999999999999999"])
def test_absurd_wait_becomes_a_sane_one(site: Site, ask, said: str) -> None:
    site.says = Answer({}, 429, {"Retry-After": said})
    with pytest.raises(RateLimited) as caught:
        ask()
    assert timedelta(0) < caught.value.retry_at - datetime.now(UTC) <= timedelta(days=1)


def test_refusal_for_too_many_requests_with_403_is_a_rate_limit(site: Site, ask) -> None:
    site.says = Answer({}, 403, {"Retry-After": "30"})
    with pytest.raises(RateLimited):
        ask()


def test_reset_time_that_is_none_is_none() -> None:
    assert reset_time("") is None
    assert reset_time("tomorrow") is None


@pytest.mark.parametrize("page", ["<!DOCTYPE html><p>Hi", "<html>", "  \n<p>Just a moment..."])
def test_web_page_where_json_was_expected_is_said_to_be_one(site: Site, ask, page) -> None:
    site.says = Answer(page)
    with pytest.raises(base.WebPage, match="web page where JSON was expected") as caught:
        ask()
    assert not caught.value.permanent


@pytest.mark.parametrize("status", [404, 410])
def test_only_the_platforms_own_404_refuses_a_reply(site: Site, ask, status) -> None:
    site.says = Answer("<html>nginx: not found</html>", status)
    with pytest.raises(base.WebPage, match="unexpected page"):
        ask("POST")
    site.says = Answer({"error": "Record not found"}, status)
    with pytest.raises(base.Rejected, match="no longer has the message"):
        ask("POST")


@pytest.mark.parametrize("broken", [b"", b"{", b"\xff\xfe\x00", b"nonsense", b"[" * 99_999])
def test_success_that_cannot_be_read_after_a_post_is_unknown(site: Site, ask, broken) -> None:
    site.says = Answer(broken)
    with pytest.raises(base.WebPage, match="not JSON") as caught:
        ask("GET")
    assert not caught.value.permanent  # the source is tried again, and stopped after a day at most
    with pytest.raises(base.Unknown):
        ask("POST")


def test_connection_lost_after_a_post_is_unknown_and_after_a_read_transient(
    site: Site, ask
) -> None:
    site.says = Answer(end_live_streams=True)
    with pytest.raises(base.Unknown, match="may have been posted"):
        ask("POST")
    with pytest.raises(base.Transient):
        ask("GET")


def test_silence_after_a_post_is_unknown(ask, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # accepts, and never says a word
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        settings.HTTP_ALLOWED_ORIGINS = [url]
        with pytest.raises(base.Unknown):
            ask("POST", url, timeout=0.2)
        with pytest.raises(base.Transient, match="too long"):
            ask("GET", url, timeout=0.2)


def test_request_that_never_left_is_tried_again_even_a_post(ask, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    settings.HTTP_ALLOWED_ORIGINS = [url]  # nobody listens there any more
    with pytest.raises(base.Transient, match="can’t be reached"):
        ask("POST", url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/", "private address"),
        ("ftp://forum.example/", "not a web address"),
        ("nonsense", "not a web address"),
    ],
)
def test_wrong_address_is_a_person_to_mend(ask, url: str, words: str) -> None:
    with pytest.raises(base.Misconfigured, match=words):
        ask("GET", url)


def test_error_that_is_ours_already_stays_as_it_is() -> None:
    ours = base.Rejected("Locked.")
    wrapped = RuntimeError("outer")
    wrapped.__cause__ = ours
    assert translate(wrapped, WHERE) is ours
    assert isinstance(translate(OSError("?"), WHERE), ConnectorError)
