"""The kept fields stay exact although two write to one conversation at the same moment."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from inbox.models import Conversation, Delivery, Message
from inbox.models.kept_fields import recompute
from inbox.verbs import writing
from team.models import User
from tests.make import make_conversation, make_message


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # a transaction sees what it saw first
        cursor.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_reply_cancelled_while_a_page_arrives_leaves_the_conversation_waiting(bob: User) -> None:
    conversation = make_conversation()
    make_message(conversation, sent_at=timezone.now() - timedelta(hours=1))
    delivery = Delivery.objects.get(
        message=writing.reply(conversation, "Hold both buttons.", by=bob)
    )
    assert Conversation.objects.get().waiting_since is None

    def a_page_arrives() -> None:
        with transaction.atomic():
            Message.objects.filter(kind="inbound").update(language="en")
            recompute([conversation.pk])
        connections.close_all()

    page = threading.Thread(target=a_page_arrives)
    with transaction.atomic():
        writing.cancel(delivery, by=bob)
        page.start()
        until = time.monotonic() + 10
        while not waits_for_a_lock():
            assert time.monotonic() < until, "The page never waited for the one who cancels."
            time.sleep(0.01)
    page.join()
    assert Conversation.objects.get().waiting_since is not None
