"""A reply that the platform's moderators hold ends as sent, as failed, or with a person.

Over HTTP to the local forum, as in test_sending.
"""

# ruff: noqa: F811 - a test names the fixtures that it shares with test_sending
from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox.connectors.local_server import Answer
from inbox.delivery import readback
from inbox.models import Conversation, Delivery
from inbox.verbs import writing
from team.models import Notification
from tests.platforms.discourse import NOT_FOUND, Discourse, refusal

from .test_sending import (  # noqa: F401 - fixtures
    answer,
    conversation,
    forum,
    settle,
    source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


@pytest.fixture
def held(source, forum, bob) -> Delivery:
    forum.moderated = True
    delivery = settle(answer(bob))
    assert delivery.state == "pending"
    assert not Conversation.objects.filter(waiting_since__isnull=False).exists()
    return delivery


def shut(forum: Discourse, says: Answer | None = None) -> None:
    """The forum does not tell what its moderators hold."""
    says = says or refusal(404, NOT_FOUND, "not_found")
    forum.fault = lambda asked: says if asked.path == "/posts/hub/pending.json" else None


def look(delivery: Delivery, times: int) -> int:
    """As often as it is due, at most `times`; how often it was."""
    for done in range(times):
        if delivery.next_try_at is None:
            return done
        with time_machine.travel(delivery.next_try_at + timedelta(seconds=1), tick=False):
            settle(delivery)
    return times


def test_what_the_moderators_turn_down_fails_and_waits_again(held, forum, bob) -> None:
    assert look(held, 3) == 3
    assert (held.state, held.checks) == ("pending", 0)
    forum.reject()
    look(held, 1)
    assert (held.state, held.next_try_at) == ("failed", None)
    assert "moderators did not publish it" in held.last_error
    assert "moderators did not publish it" in Notification.objects.get(user=bob).text
    assert conversation().waiting_since is not None


def test_what_the_moderators_let_through_is_sent(held, forum, bob) -> None:
    published = forum.approve()
    look(held, 1)
    assert held.state == "sent"
    held.message.refresh_from_db()
    assert held.message.external_id == str(published["id"])
    assert not Notification.objects.filter(user=bob).exists()


def test_what_they_let_through_in_other_words_is_for_its_author_to_see(held, forum, bob) -> None:
    forum.approve("It is, at eight.")
    look(held, 1)
    assert (held.state, held.next_try_at) == ("unconfirmed", None)
    assert "mark it as sent or send it again" in Notification.objects.get(user=bob).text
    assert writing.confirm(held, by=bob)


def test_where_nobody_tells_what_is_held_a_person_is_asked_after_two_days(held, forum, bob) -> None:
    shut(forum)
    forum.reject()
    began = last = held.next_try_at
    looks = 0
    while held.next_try_at and looks < 3 * readback.PENDING_CHECKS:
        last = held.next_try_at
        looks += look(held, 1)
    assert held.state == "unconfirmed"
    assert looks == readback.PENDING_CHECKS
    assert timedelta(hours=36) < last - began < timedelta(hours=72)
    assert "mark it as sent or send it again" in Notification.objects.get(user=bob).text


def test_a_list_that_opens_again_starts_the_count_anew(held, forum) -> None:
    shut(forum)
    look(held, 10)
    assert held.checks == 10
    forum.heal()
    look(held, 1)
    assert (held.state, held.checks) == ("pending", 0)
    forum.reject()
    look(held, 1)
    assert held.state == "failed"


def test_trouble_of_the_forum_is_no_reason_to_give_up(held, forum) -> None:
    forum.break_down()
    look(held, readback.PENDING_CHECKS)
    assert (held.state, held.checks) == ("pending", 0)


def test_a_reply_that_is_sent_again_by_hand_while_it_is_held_is_not_sent_twice(
    held, forum, bob
) -> None:
    shut(forum)
    look(held, readback.PENDING_CHECKS)
    assert held.state == "unconfirmed"
    forum.heal()
    assert writing.retry(held, by=bob)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        settle(held)
    assert held.state == "pending"
    assert len(forum.pending) == 1
