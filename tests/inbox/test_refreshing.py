"""A conversation read again when somebody opens it: edits and deletions that no list shows.

Over HTTP to the local forum, as in test_sending.
"""

# ruff: noqa: F811 - a test names the fixtures that it shares with test_sending
from __future__ import annotations

import pytest
from django.core.cache import cache

from inbox.models import Conversation
from inbox.tasks import refresh_conversation
from tests.platforms.server import Answer

from .test_sending import (  # noqa: F401 - fixtures
    conversation,
    forum,
    read,
    source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.live_road]


def refresh(conversation: Conversation) -> None:
    cache.clear()  # as if two minutes had gone by
    refresh_conversation(conversation.pk)


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
