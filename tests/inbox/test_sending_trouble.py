"""What goes wrong beside the call itself still ends in one post or in a reply that looks failed.

Over HTTP to the local forum, as in test_sending.
"""

# ruff: noqa: F811 - a test names the fixtures that it shares with test_sending
from __future__ import annotations

from datetime import datetime, timedelta
from datetime import timezone as tz
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from inbox.connectors.base import Sent
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.connectors.local_server import Answer
from inbox.delivery import outcomes, sending
from inbox.models import Delivery, Source
from inbox.tasks import deliver_due
from inbox.verbs import sources as source_verbs
from inbox.verbs import writing
from team.models import Notification

from .test_sending import (  # noqa: F401 - fixtures
    answer,
    conversation,
    forum,
    settle,
    source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]
SOON = timedelta(minutes=1)
FAR_EAST, FAR_WEST = tz(timedelta(hours=14)), tz(-timedelta(hours=14))


def test_who_was_overtaken_by_another_try_does_not_send_without_looking(
    source, forum, bob, monkeypatch
) -> None:
    """Between reading the row and claiming it another worker may have tried and given it back."""
    delivery = answer(bob)

    def overtaken(*_: Any) -> bool:
        Delivery.objects.filter(pk=delivery.pk).update(attempts=1)
        return True

    monkeypatch.setattr(sending, "_may_send", overtaken)
    settle(delivery)
    assert delivery.state == "queued"
    assert forum.count("It is, at seven.") == 0


def test_a_reply_looks_failed_where_its_connector_is_gone(source, forum, bob) -> None:
    delivery = answer(bob)
    Source.objects.filter(pk=source.pk).update(kind="of-a-package-that-is-gone")
    with pytest.raises(LookupError):
        sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_try_at) == ("failed", None)
    assert "was not sent" in Notification.objects.get(user=bob).text
    assert conversation().waiting_since is not None


def test_a_reply_that_cannot_be_looked_for_is_not_tried_for_ever(
    source, forum, bob, monkeypatch
) -> None:
    delivery = answer(bob)
    Delivery.objects.filter(pk=delivery.pk).update(state="unconfirmed")

    def trips(*_: Any) -> None:
        raise KeyError("post_stream")

    monkeypatch.setattr(DiscourseConnector, "reconcile", trips)
    moment = timezone.now()
    for _ in outcomes.CHECKS:
        moment += timedelta(hours=1)
        with time_machine.travel(moment, tick=False), pytest.raises(KeyError):
            sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_try_at) == ("unconfirmed", None)
    assert "may not have been posted" in Notification.objects.get(user=bob).text


def test_looking_is_put_off_as_long_as_the_platform_says_and_nobody_asks_it_meanwhile(
    source, forum, bob
) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    forum.limit_rate(90)
    with time_machine.travel(timezone.now() + SOON, tick=False):
        settle(delivery)
        source.refresh_from_db()
        assert source.limited_until == delivery.next_try_at
        asked = len(forum.server.asked)
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=timezone.now())
        settle(delivery)
        assert len(forum.server.asked) == asked
    assert delivery.next_try_at == source.limited_until


def test_a_reply_that_met_a_proxys_404_goes_out_once_the_forum_is_back(source, forum, bob) -> None:
    forum.fault = lambda asked: Answer("<html>nginx: not found</html>", 404)
    delivery = settle(answer(bob))
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    assert "unexpected page (404)" in delivery.last_error
    assert not Notification.objects.exists()
    moment = timezone.now() + timedelta(hours=1)
    with time_machine.travel(moment, tick=False):  # still away: the look for it tells nothing
        settle(delivery)
        assert (delivery.state, forum.count("It is, at seven.")) == ("queued", 0)
    forum.heal()
    with time_machine.travel(moment + timedelta(hours=1), tick=False):
        settle(delivery)
    assert (delivery.state, forum.count("It is, at seven.")) == ("sent", 1)


def test_a_key_that_expired_before_we_looked_does_not_count_as_having_looked(
    source, forum, bob
) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    forum.heal()
    forum.revoke()
    moment = timezone.now()
    for _ in range(2 * len(outcomes.CHECKS)):
        moment += timedelta(hours=1)
        with time_machine.travel(moment, tick=False):
            settle(delivery)
    source.refresh_from_db()
    assert (delivery.state, delivery.checks, source.state) == ("unconfirmed", 0, "reconnect")
    assert delivery.next_try_at is not None


def test_a_reply_that_waits_for_moderators_is_not_asked_about_every_few_seconds(
    source, forum, bob, monkeypatch
) -> None:
    forum.moderated = True
    delivery = settle(answer(bob))
    assert delivery.state == "pending"

    def trips(*_: Any) -> None:
        raise KeyError("raw_text")

    monkeypatch.setattr(DiscourseConnector, "reconcile", trips)
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=timezone.now())
    with pytest.raises(KeyError):
        sending.deliver(delivery.pk)
    asked: list[int] = []
    monkeypatch.setattr("inbox.tasks.queue.enqueue", lambda name, pk: asked.append(pk))
    deliver_due()
    assert asked == []


def test_a_look_that_outlives_the_lease_is_not_followed_by_a_post(
    source, forum, bob, monkeypatch
) -> None:
    """Meanwhile the row is in doubt, a person asks for it once more, and another worker sends."""
    delivery = answer(bob)
    Delivery.objects.filter(pk=delivery.pk).update(state="queued", attempts=1)
    looked: list[int] = []

    def slow_look(*_: Any) -> None:
        looked.append(1)
        if len(looked) == 1:
            past = timezone.now() - timedelta(seconds=1)
            row = Delivery.objects.filter(pk=delivery.pk)
            row.update(lease_until=past, next_try_at=past)
            sending.deliver(delivery.pk)
            assert row.get().state == "unconfirmed"
            assert writing.retry(row.get(), by=bob)
            sending.deliver(delivery.pk)

    monkeypatch.setattr(DiscourseConnector, "reconcile", slow_look)
    sending.deliver(delivery.pk)
    assert len(looked) == 3
    assert forum.count("It is, at seven.") == 1
    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_a_key_that_ended_is_said_of_a_paused_source_too(source, forum, bob, alice) -> None:
    """Its replies still go out, so its key is still used; and then nobody calls any more."""
    delivery = answer(bob)
    source_verbs.pause(source, by=alice)
    forum.revoke()
    asked = []
    for minutes in range(1, 30, 2):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            sending.deliver(delivery.pk)
        asked.append(len(forum.server.asked))
    source.refresh_from_db()
    delivery.refresh_from_db()
    assert (source.state, delivery.state) == ("reconnect", "queued")
    assert asked[-1] == asked[0]
    assert Notification.objects.filter(user=alice, about=source.scope).count() == 1


@pytest.mark.parametrize(
    "said", [datetime.min.replace(tzinfo=FAR_EAST), datetime.max.replace(tzinfo=FAR_WEST)]
)
def test_a_platform_that_is_wrong_about_the_time_cannot_spoil_the_page(
    source, forum, client, bob, monkeypatch, said
) -> None:
    """PostgreSQL keeps such a date, and no page that holds it can be read again."""
    delivery = answer(bob)
    sent = Sent(state="sent", external_id="77", created_at=said)
    monkeypatch.setattr(DiscourseConnector, "send", lambda *_: sent)
    settle(delivery)
    assert delivery.state == "sent"
    delivery.message.refresh_from_db()
    assert timezone.now() - delivery.message.sent_at < SOON
    client.force_login(bob)
    assert client.get(delivery.message.conversation.get_absolute_url()).status_code == 200
