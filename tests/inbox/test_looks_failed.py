"""A failed reply looks failed, wherever the conversation is listed, and can be let go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox.models import Draft, Message
from tests.make import make_conversation, make_message, make_reply, make_source, one_line

pytestmark = pytest.mark.django_db


def test_a_row_says_that_a_reply_was_not_sent(client, bob) -> None:
    conversation = make_message().conversation
    make_reply(conversation, by=bob, state="failed")
    client.force_login(bob)
    assert "not sent" in client.get(reverse("inbox")).content.decode()


def test_a_failed_reply_can_be_cancelled_without_keeping_its_text(client, bob) -> None:
    conversation = make_message().conversation
    reply = make_reply(conversation, "Cancel.", by=bob, state="failed")
    client.force_login(bob)
    client.post(reverse("cancellation", args=[reply.delivery.pk]), {"drop": "1"})
    reply.delivery.refresh_from_db()
    assert reply.delivery.state == "cancelled"
    assert not Draft.objects.exists()
    assert reply not in Message.objects.shown()
    assert "not sent" not in client.get(reverse("inbox")).content.decode()


def test_our_own_words_do_not_stand_under_a_members_name(client, bob) -> None:
    asked = make_message(sent_at=timezone.now() - timedelta(hours=1))
    make_reply(asked.conversation, "Gladly.", by=bob)
    client.force_login(bob)
    html = one_line(client.get(reverse("inbox-folder", args=["everything"])).content)
    assert "Team:</span> Gladly." in html


def test_each_source_shows_how_many_wait_in_it(client, bob) -> None:
    source, quiet = make_source(name="Busy place"), make_source(name="Quiet place")
    for _ in range(3):
        make_message(make_conversation(source))
    make_message(make_conversation(quiet), mention_reason="")
    client.force_login(bob)
    html = one_line(client.get(reverse("inbox-nav"), headers={"HX-Request": "true"}).content)
    busy = html[html.index("Busy place") : html.index("Quiet place")]
    assert ">3</span>" in busy
    assert "count" not in html[html.index("Quiet place") :].partition("</li>")[0]
