"""Replies on a forum, and what the forum says to them; who we are there."""

import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from inbox.connectors.base import (
    AuthExpired,
    Forbidden,
    Misconfigured,
    Outgoing,
    Rejected,
    WebPage,
)
from inbox.connectors.discourse.forms import DiscourseForm
from inbox.connectors.local_server import Answer, LocalServer
from tests.platforms.discourse import FORBIDDEN, KEY, NOT_FOUND, refusal


def reply(text, topic=50, number=1):
    return Outgoing(
        token=uuid4(),
        created_at=datetime.now(UTC),
        reply_ref={"topic_id": topic, "post_number": number},
        markdown=text,
    )


def test_a_reply_names_the_post_it_answers(connector, forum):
    forum.post("Question")
    sent = connector.send(reply("An answer", number=1))
    assert json.loads(forum.server.asked[-1].body) == {
        "topic_id": 50,
        "raw": "An answer",
        "reply_to_post_number": 1,
    }
    assert sent.thread_ref == "2"
    assert sent.permalink.endswith(f"/50/{sent.thread_ref}")


def test_what_the_forum_refuses_is_refused_in_its_own_words(connector):
    with pytest.raises(Rejected, match="Body is too short"):
        connector.send(reply("No"))


def test_a_refusal_because_it_stands_there_already_counts_as_sent(connector, forum):
    outgoing = reply("Said before")
    first = connector.send(outgoing)
    forum.memo.clear()  # the two minutes are over
    assert connector.send(outgoing).external_id == first.external_id
    assert forum.count("Said before") == 1


def test_the_same_words_of_last_week_are_not_taken_for_this_reply(connector, forum):
    forum.add("Thank you!", by="hub", created_at="2026-01-01T00:00:00Z")
    forum.add("Thank you!", by="ada")
    assert connector.reconcile(reply("Thank you!")) is None


def test_a_reply_into_a_deleted_topic_is_rejected(connector):
    with pytest.raises(Rejected):
        connector.send(reply("Anybody there?", topic=99))


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", ["<html>nginx: not found</html>", {"message": "no Route"}, b""])
def test_a_proxys_404_refuses_no_reply(connector, forum, status, body):
    forum.fault = lambda asked: Answer(body, status)
    with pytest.raises(WebPage, match="unexpected page"):
        connector.send(reply("Anybody there?"))
    forum.heal()
    assert connector.send(reply("Anybody there?")).state == "sent"


def test_what_the_account_may_not_do_is_forbidden_and_no_reason_to_reconnect(connector, forum):
    forum.fault = lambda asked: (
        refusal(403, FORBIDDEN, "invalid_access") if asked.method == "POST" else None
    )
    with pytest.raises(Forbidden, match="not permitted"):
        connector.send(reply("May I?"))


def test_a_revoked_key_asks_to_reconnect(connector, forum):
    forum.revoke()
    with pytest.raises(AuthExpired, match="doesn’t accept the API key for @hub"):
        connector.send(reply("Hello again"))


def test_check_says_who_we_are_and_what_is_missing(connector, forum):
    forum.private_allowed = False
    health = connector.check()
    assert health.account_label == f"@hub on {forum.url.removeprefix('http://')}"
    assert health.account.is_us
    assert "private messages" in health.missing[0]
    assert "replies in News: this account may only read there" in health.missing[1]


def test_a_granular_key_is_recognised_by_our_own_profile(connector, forum):
    forum.session_allowed = False
    assert connector.check().account.external_id == "7"


def test_a_post_in_a_topic_nobody_may_see_is_never_taken_for_public(connector, forum):
    asked = forum.post("Secret")
    unseen = refusal(404, NOT_FOUND, "not_found")
    forum.fault = lambda request: unseen if request.path == "/t/50.json" else None
    (item,) = connector.fetch([asked]).items
    assert item.visibility == "private"


def test_another_json_api_is_not_a_forum(connector, forum):
    forum.fault = lambda asked: Answer({"hello": "world"})
    with pytest.raises(Misconfigured, match="not a Discourse forum"):
        list(connector.pull(connector.begin(datetime.now(UTC)), deadline=time.monotonic() + 9))


def test_a_forum_that_moved_gets_no_key_at_its_new_address(connector, forum, settings):
    with LocalServer(lambda asked: Answer({"latest_posts": []})) as stranger:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url, stranger.url]
        moved = {"Location": f"{stranger.url}/posts.json"}
        forum.fault = lambda asked: Answer(b"", 301, moved)
        with pytest.raises(Misconfigured, match="moved to"):
            connector.check()
        assert all("api-key" not in asked.headers for asked in stranger.asked)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("forum.example.org", "https://forum.example.org"),
        ("https://Forum.example.org/latest", "https://forum.example.org"),
        ("https://example.org/forum/t/hello/12/3?u=hub", "https://example.org/forum"),
    ],
)
def test_a_copied_address_becomes_the_forums(typed, kept):
    form = DiscourseForm({"url": typed, "username": "@hub", "api_key": f" {KEY} "})
    assert form.is_valid()
    assert form.cleaned_data == {"url": kept, "username": "hub", "api_key": KEY}


@pytest.mark.parametrize("typed", ["", "ftp://x", "https://", "http://[", "https://u:p@x.org"])
def test_what_is_no_web_address_is_said_to_be_none(typed):
    assert "url" in DiscourseForm({"url": typed, "username": "hub", "api_key": "k"}).errors
