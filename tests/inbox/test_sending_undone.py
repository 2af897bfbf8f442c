"""A thread whose reply was taken back, or refused, stands as it did before that was written.

Over HTTP to the local forum, as in test_sending.
"""

# ruff: noqa: F811 - a test names the fixtures that it shares with test_sending
from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Conversation, Delivery, Message
from inbox.verbs import triage, writing
from tests.make import make_message

from .test_sending import answer, conversation, forum, settle, source  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


def handled_and_asked_again() -> tuple[Conversation, Message]:
    """A question that was done without an answer, and another one since."""
    thread = conversation()
    first = Message.objects.get(kind="inbound")
    Message.objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(days=3))
    triage.close([thread], by=None, seen_up_to=first.pk)
    triage.reopen([thread], by=None)
    Conversation.objects.filter(pk=thread.pk).update(handled_up_to=first.pk)
    second = make_message(thread, "And on Sunday?", external_id="sunday", reply_ref=first.reply_ref)
    return conversation(), second


@pytest.mark.parametrize("how", ["undone", "refused"])
def test_without_its_reply_a_thread_waits_for_what_was_open_and_nothing_older(
    source, forum, bob, how
) -> None:
    thread, second = handled_and_asked_again()
    assert thread.waiting_since == second.sent_at
    delivery = Delivery.objects.get(
        message=writing.reply(thread, "Yes.", by=bob, done=True, seen_up_to=second.pk)
    )
    if how == "undone":
        writing.cancel(delivery, by=bob)
    else:
        forum.topics.clear()
        assert settle(delivery).state == "failed"
    thread.refresh_from_db()
    assert thread.state == "open"
    assert thread.waiting_since == second.sent_at


def test_undoing_send_and_done_puts_a_sleeping_thread_back_to_sleep(source, forum, bob) -> None:
    thread = conversation()
    until = timezone.now() + timedelta(days=1)
    triage.snooze([thread], until, by=bob)
    delivery = Delivery.objects.get(message=writing.reply(thread, "Yes.", by=bob, done=True))
    writing.cancel(delivery, by=bob)
    thread.refresh_from_db()
    assert (thread.state, thread.snoozed_until) == ("snoozed", until)


def test_a_failed_reply_wakes_a_thread_that_was_snoozed_as_answered(source, forum, bob) -> None:
    thread = conversation()
    delivery = answer(bob)
    triage.snooze([thread], None, by=bob)
    forum.topics.clear()
    settle(delivery)
    thread.refresh_from_db()
    assert (delivery.state, thread.state) == ("failed", "open")
    assert thread.waiting_since is not None
