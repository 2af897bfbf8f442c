"""Servers that speak Mastodon's API and know less of it: a 404 in HTML for all they do not know."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from inbox.connectors.base import (
    Misconfigured,
    Outgoing,
    Page,
    RateLimited,
    Rejected,
    Transient,
    WebPage,
)
from inbox.connectors.local_server import Answer, ReceivedRequest
from inbox.connectors.mastodon.connector import MastodonConnector
from tests.platforms.mastodon import TOKEN, MastodonServer

LACKS = {
    f"GET {path}"
    for path in (
        "/api/v1/conversations",
        "/api/v1/statuses",
        "/api/v1/apps/verify_credentials",
        "/api/v1/timelines/tag/soldering",
    )
}


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer(plain=True, missing=set(LACKS)) as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        for name in ("ada", "ben@far.example"):
            site.account(name)
        yield site


@pytest.fixture
def connector(site: MastodonServer) -> Iterator[MastodonConnector]:
    config = {"instance": site.url, "hashtags": ["soldering"]}
    connector = MastodonConnector(config, {"access_token": TOKEN})
    yield connector
    connector.close()


def pull(connector: MastodonConnector, cursor: dict[str, Any] | None = None) -> list[Page]:
    cursor = cursor or connector.begin(datetime.now(UTC) - timedelta(days=2))
    return list(connector.pull(cursor, deadline=time.monotonic() + 20))


def ops(page: Page) -> dict[str, str]:
    return {item.external_id: item.op for item in page.items}


def after(
    site: MastodonServer, asked: Callable[[ReceivedRequest], bool], fault: Callable[[], None]
) -> None:
    """The fault begins with the first request of that kind."""
    answer = site.answer

    def from_then_on(request: ReceivedRequest) -> Answer:
        if asked(request):
            fault()
        return answer(request)

    site.web._answer = from_then_on


def test_connecting_works_where_the_server_knows_little(site, connector) -> None:
    site.max_characters = 5000
    health = connector.check()
    assert health.account.handle.startswith("hub@")
    assert health.missing == ()
    assert health.max_length == 5000


@pytest.mark.parametrize("lacks", [{"v2"}, {"v1", "v2"}], ids=["version 1 alone", "neither"])
def test_connecting_works_without_a_description_of_the_server(site, connector, lacks) -> None:
    site.max_characters = 5000
    site.missing |= {f"GET /api/{version}/instance" for version in lacks}
    assert connector.check().max_length == (500 if "v1" in lacks else 5000)


def test_connecting_works_where_a_web_page_describes_the_server(site, connector) -> None:
    answer = site.answer

    def page(request: ReceivedRequest) -> Answer:
        if request.path.startswith(("/api/v1/instance", "/api/v2/instance")):
            return Answer("<!DOCTYPE html><title>Our server</title>")
        return answer(request)

    site.web._answer = page
    assert connector.check().max_length == 500


def test_lists_that_the_server_does_not_have_are_no_error(site, connector) -> None:
    post = site.post("hello")
    pages = pull(connector)
    assert [item.external_id for page in pages for item in page.items] == [post]
    later = site.post("hello again")
    cursor = json.loads(json.dumps(pages[-1].cursor))
    assert [i.external_id for page in pull(connector, cursor) for i in page.items] == [later]


def test_a_server_without_mentions_is_not_one_we_can_read(site, connector) -> None:
    site.missing.add("GET /api/v1/notifications")
    with pytest.raises(Misconfigured):
        pull(connector)


def test_an_answer_to_a_post_that_is_gone_is_read(site, connector) -> None:
    root = site.say("ada", "What is this?")
    asked = site.say("ada", "@hub tell me", reply_to=root)
    site.missing.add(f"GET /api/v1/statuses/{asked}/context")
    (item,) = [item for page in pull(connector) for item in page.items]
    assert (item.external_id, item.parent_id) == (asked, root)


def test_one_deleted_post_does_not_keep_the_others_edits_away(site, connector) -> None:
    posts = [site.post(f"question {number}") for number in range(4)]
    site.delete(posts[1])
    site.edit(posts[3], "@hub another question")
    page = connector.fetch(posts)
    assert ops(page) == {p: "delete" if p == posts[1] else "upsert" for p in posts}
    assert "another question" in next(i.body for i in page.items if i.external_id == posts[3])
    assert page.stopped_by is None


@pytest.mark.parametrize("plain", [True, False], ids=["a page", "JSON"])
def test_a_404_for_everything_deletes_nothing(site, connector, plain) -> None:
    """It begins while we read, after the server has said who we are."""
    site.plain = plain
    posts = [site.post(f"question {number}") for number in range(3)]

    def fault() -> None:
        site.missing |= {"GET /api/v1/accounts/verify_credentials"}
        site.missing |= {f"GET /api/v1/statuses/{post}" for post in posts[1:]}

    after(site, lambda request: request.path.endswith(posts[0]), fault)
    page = connector.fetch(posts)
    assert ops(page) == {posts[0]: "upsert"}
    assert isinstance(page.stopped_by, Misconfigured)


def test_a_server_that_no_longer_says_who_we_are_deletes_nothing(site, connector) -> None:
    """It answers, and with something else."""
    posts = [site.post("one"), site.post("two")]
    connector.reader()
    site.delete(posts[1])
    answer = site.answer
    site.web._answer = lambda request: (
        Answer({}) if request.path.endswith("verify_credentials") else answer(request)
    )
    page = connector.fetch(posts)
    assert ops(page) == {posts[0]: "upsert"}
    assert isinstance(page.stopped_by, Transient)


def test_what_was_read_before_trouble_is_not_dropped(site, connector) -> None:
    posts = [site.post(f"question {number}") for number in range(4)]
    site.delete(posts[0])
    after(site, lambda request: request.path.endswith(posts[2]), lambda: site.limit_rate(60))
    page = connector.fetch(posts)
    assert ops(page) == {posts[1]: "upsert"}  # nobody could be asked whether the other is gone
    assert isinstance(page.stopped_by, RateLimited)


def test_trouble_with_nothing_read_is_raised(site, connector) -> None:
    post = site.post("question")
    connector.reader()
    site.limit_rate(60)
    with pytest.raises(RateLimited):
        connector.fetch([post])


def test_a_proxys_404_for_everything_is_an_error(site, connector) -> None:
    post = site.post("hello")
    site.answer_404()
    with pytest.raises(Transient, match="answers every request with 404"):
        connector.fetch([post])
    with pytest.raises(Transient, match="answers every request with 404"):
        pull(connector)
    with pytest.raises(Misconfigured, match="nothing at that address"):
        connector.check()


@pytest.mark.parametrize("begins", ["/verify_credentials", "/notifications"])
def test_a_404_for_everything_during_a_pull_is_trouble_that_passes(site, connector, begins) -> None:
    site.say("ada", "@hub tell me", reply_to=site.say("ada", "What is this?"))
    after(site, lambda request: request.path.endswith(begins), site.answer_404)
    with pytest.raises(Transient, match="answers every request with 404"):
        pull(connector)


def reply_to(status_id: str) -> Outgoing:
    ref = {"id": status_id, "visibility": "public", "to": ["ada"]}
    return Outgoing(token=uuid4(), created_at=datetime.now(UTC), reply_ref=ref, markdown="Yes")


def test_a_proxys_404_refuses_no_reply(site, connector) -> None:
    post = site.post("hello")
    outgoing = connector.prepare(reply_to(post))
    site.answer_404()
    with pytest.raises(Transient, match="answers every request with 404"):
        connector.send(outgoing)
    site.heal()
    assert connector.reconcile(outgoing) is None
    assert connector.send(outgoing).state == "sent"


def test_a_web_page_that_says_that_the_question_is_gone_refuses_the_reply(site, connector) -> None:
    post = site.post("hello")
    site.delete(post)
    with pytest.raises(Rejected, match="no longer has the message"):
        connector.send(reply_to(post))


def test_a_404_is_no_refusal_while_the_question_is_there(site, connector) -> None:
    post = site.post("hello")
    site.missing.add("POST /api/v1/statuses")
    with pytest.raises(WebPage, match="unexpected page"):
        connector.send(reply_to(post))
