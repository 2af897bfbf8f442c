"""A conversation read again when somebody opens it: edits and deletions that no list shows.

Over HTTP to the local forum, as in test_sending.
"""

# ruff: noqa: F811 - a test names the fixtures that it shares with test_sending
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.connectors.local_server import Answer, ReceivedRequest
from inbox.models import Conversation, Source
from inbox.tasks import refresh_conversation
from tests.platforms.discourse import Discourse

from .test_sending import (  # noqa: F401 - fixtures
    conversation,
    forum,
    read,
    source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


def refresh(conversation: Conversation) -> None:
    Conversation.objects.update(checked_at=None)  # as if two minutes had gone by
    refresh_conversation(conversation.pk)


def limited(source: Source, by: timedelta) -> None:
    Source.objects.filter(pk=source.pk).update(limited_until=timezone.now() + by)


def limit_after(forum: Discourse, *paths: str) -> Callable[[ReceivedRequest], Answer | None]:
    """Only these are answered; whatever else is asked for is too much."""
    forum.limit_rate(600)
    limit = forum.fault
    return lambda asked: None if asked.path in ("/site.json", *paths) else limit(asked)


def kept(conversation: Conversation) -> int:
    return conversation.messages.filter(deleted_at__isnull=True).exclude(body_text="").count()


def test_a_proxys_404_for_a_minute_wipes_no_conversation(source, forum) -> None:
    opened = conversation()
    forum.fault = lambda asked: Answer("<html>Back soon</html>", 404)
    refresh(opened)
    assert kept(opened) == 1
    forum.heal()
    refresh(opened)
    assert kept(opened) == 1


def test_what_was_deleted_on_the_forum_is_deleted_here(source, forum) -> None:
    opened = conversation()
    forum.delete(opened.messages.get().external_id)
    refresh(opened)
    assert kept(opened) == 0


def test_a_source_that_was_asked_to_wait_is_left_alone(source, forum) -> None:
    opened = conversation()
    limited(source, timedelta(minutes=10))
    asked = len(forum.server.asked)
    refresh(opened)
    assert len(forum.server.asked) == asked

    limited(source, -timedelta(seconds=1))
    forum.delete(opened.messages.get().external_id)
    refresh(opened)
    assert kept(opened) == 0


def test_a_forum_that_asks_us_to_wait_while_we_read_again_is_heard(source, forum) -> None:
    forum.limit_rate(600)
    refresh(conversation())
    source.refresh_from_db()
    assert source.waits_until is not None
    assert source.next_pull_at == source.limited_until
    assert source.failures == 0


def test_a_key_that_expired_while_we_read_again_asks_to_reconnect(source, forum) -> None:
    forum.revoke()
    refresh(conversation())
    source.refresh_from_db()
    assert source.state == "reconnect"


def test_trouble_of_the_forum_while_we_read_again_is_left_to_the_next_pull(source, forum) -> None:
    forum.break_down()
    refresh(conversation())
    source.refresh_from_db()
    assert (source.state, source.failures) == ("active", 0)


def test_what_was_read_before_the_forum_asked_us_to_wait_is_stored(source, forum) -> None:
    opened = conversation()
    first = opened.messages.get().external_id
    forum.add("And where?")
    forum.add("And when?")
    read(source)
    forum.delete(first)
    forum.edit(newest := max(map(str, forum.posts)), "And when exactly?")
    forum.fault = limit_after(forum, f"/posts/{newest}.json", "/t/50.json", "/t/50/posts.json")
    refresh(opened)
    source.refresh_from_db()
    assert source.waits_until is not None
    assert opened.messages.get(external_id=newest).body_text == "And when exactly?"
    assert kept(opened) == 3
