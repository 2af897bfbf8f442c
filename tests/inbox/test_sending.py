"""Delivery: never sent twice, and a failed reply always looks failed.

Over HTTP to a local forum that behaves like Discourse, with its faults.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.delivery import outcomes, sending
from inbox.models import Conversation, Delivery, Draft, Message, Source
from inbox.tasks import deliver_due, pull
from inbox.verbs import writing
from members.models import Activity, Member
from team.models import Notification, User
from tests.make import make_source
from tests.platforms import discourse
from tests.platforms.discourse import KEY, Discourse

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


@pytest.fixture
def forum(settings) -> Iterator[Discourse]:
    settings.UNDO_SEND_SECONDS = 0
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def source(db: None, forum: Discourse) -> Source:
    source = make_source(
        kind="discourse",
        config={"url": forum.url, "username": "hub"},
        credentials={"api_key": KEY},
        network="discourse:forum",
    )
    forum.post("Is the Berlin meet-up still on?")
    source.cursor = source.connector().begin(timezone.now() - timedelta(days=400))
    source.save()
    read(source)
    return source


def read(source: Source) -> None:
    source.refresh_from_db()
    pull(source, deadline=float("inf"))


def conversation() -> Conversation:
    return Conversation.objects.filter(waiting_since__isnull=False).get()


def answer(by: User, text: str = "It is, at seven.") -> Delivery:
    return Delivery.objects.get(message=writing.reply(conversation(), text, by=by))


def settle(delivery: Delivery) -> Delivery:
    sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_reply_lands_once_and_comes_back_as_itself(source, forum, bob) -> None:
    delivery = settle(answer(bob))
    assert delivery.state == "sent"
    assert forum.count("It is, at seven.") == 1
    settle(delivery)
    deliver_due()
    read(source)

    message = Message.objects.get(kind="outbound")
    assert message.external_id
    assert message.by == bob
    assert forum.count("It is, at seven.") == 1
    assert Activity.objects.get(kind="reply").actor == bob


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(source, forum, bob) -> None:
    delivery = answer(bob)

    def work() -> None:
        sending.deliver(delivery.pk)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert forum.count("It is, at seven.") == 1


def test_a_lost_answer_is_looked_for_and_never_sent_again(source, forum, bob) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    assert delivery.state == "unconfirmed"
    forum.heal()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        settle(delivery)
    assert delivery.state == "sent"
    assert forum.count("It is, at seven.") == 1
    assert delivery.message.external_id or Message.objects.get(kind="outbound").external_id


def test_the_echo_of_a_lost_answer_is_the_same_message(source, forum, bob) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    forum.heal()
    read(source)
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert Message.objects.filter(kind="outbound").count() == 1


def test_a_worker_that_died_while_sending_leaves_it_unconfirmed(source, forum, bob) -> None:
    delivery = answer(bob)
    dies = patch.object(DiscourseConnector, "send", side_effect=KeyboardInterrupt)
    with dies, pytest.raises(KeyboardInterrupt):
        sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "unconfirmed"

    Delivery.objects.filter(pk=delivery.pk).update(
        state="sending", lease_until=timezone.now() - timedelta(seconds=1)
    )
    settle(delivery)
    assert delivery.state == "unconfirmed"
    assert forum.count("It is, at seven.") == 0


def test_after_looking_in_vain_a_person_is_asked_and_may_resend(source, forum, bob) -> None:
    delivery = answer(bob)
    Delivery.objects.filter(pk=delivery.pk).update(state="unconfirmed")
    moment = timezone.now()
    for _ in outcomes.CHECKS:
        moment += timedelta(hours=1)
        with time_machine.travel(moment, tick=False):
            settle(delivery)
    assert delivery.state == "unconfirmed"
    assert delivery.next_try_at is None
    assert forum.count("It is, at seven.") == 0
    assert "may not have been posted" in Notification.objects.get(user=bob).text

    assert writing.retry(delivery, by=bob)
    with time_machine.travel(moment, tick=False):
        settle(delivery)
    assert delivery.state == "sent"
    assert forum.count("It is, at seven.") == 1


def test_a_refused_reply_looks_failed_waits_again_and_reopens(source, forum, bob) -> None:
    conversation_ = conversation()
    delivery = Delivery.objects.get(
        message=writing.reply(
            conversation_, "It is.", by=bob, done=True, seen_up_to=conversation_.last_message_id
        )
    )
    conversation_.refresh_from_db()
    assert conversation_.state == "done"
    forum.delete(Message.objects.get(kind="inbound").external_id or "")
    forum.topics.clear()
    settle(delivery)
    conversation_.refresh_from_db()
    assert delivery.state == "failed"
    assert delivery.last_error
    assert conversation_.state == "open"
    assert conversation_.waiting_since is not None
    assert "not sent" in Notification.objects.get(user=bob).text


def test_done_stands_below_the_reply_that_was_sent_with_it(source, forum, bob) -> None:
    """The reply takes the forum's date, which is later than the line about it."""
    seen = conversation().last_message_id
    reply = writing.reply(conversation(), "It is.", by=bob, done=True, seen_up_to=seen)
    written = reply.sent_at
    with patch.object(discourse, "now_text", lambda: (written + MINUTE).isoformat()):
        settle(reply.delivery)
    reply.refresh_from_db()
    assert reply.sent_at > written
    thread = Message.objects.filter(conversation=reply.conversation_id).in_order()
    assert [one.kind for one in thread] == ["inbound", "outbound", "event", "event"]


def test_a_rate_limit_waits_exactly_as_long_as_told(source, forum, bob) -> None:
    forum.limit_rate(90)
    before = timezone.now()
    delivery = settle(answer(bob))
    assert delivery.state == "queued"
    assert delivery.next_try_at is not None
    assert timedelta(seconds=85) < delivery.next_try_at - before < timedelta(seconds=95)
    source.refresh_from_db()
    assert source.failures == 0


def test_an_expired_key_keeps_the_reply_and_asks_for_a_new_one_once(
    source, forum, bob, alice, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    forum.revoke()
    delivery = settle(answer(bob))
    source.refresh_from_db()
    assert (delivery.state, source.state) == ("queued", "reconnect")
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        settle(delivery)
    assert delivery.state == "queued"
    assert Notification.objects.filter(user=alice, about=source.scope).count() == 1
    assert forum.count("It is, at seven.") == 0


def test_undo_takes_the_reply_back_into_the_draft(source, forum, bob, settings) -> None:
    settings.UNDO_SEND_SECONDS = 10
    delivery = answer(bob)
    settle(delivery)
    assert delivery.state == "held"
    assert writing.cancel(delivery, by=bob) == "It is, at seven."
    settle(delivery)
    assert delivery.state == "cancelled"
    assert Draft.objects.get(user=bob).text == "It is, at seven."
    assert conversation().waiting_since is not None
    assert list(Message.objects.shown().filter(kind="outbound")) == []
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        settle(delivery)
    assert forum.count("It is, at seven.") == 0


def test_too_late_to_undo_says_so(source, forum, bob) -> None:
    delivery = settle(answer(bob))
    assert writing.cancel(delivery, by=bob) is None
    assert delivery.state == "sent"


def test_losing_every_key_in_redis_loses_no_reply(source, forum, bob) -> None:
    """The sweeper finds what is due from the rows alone."""
    delivery = answer(bob)
    assert delivery.pk in Delivery.objects.due(timezone.now()).values_list("pk", flat=True)
    rung: list[int] = []
    with patch("inbox.tasks.queue.enqueue", side_effect=lambda name, pk: rung.append(pk)):
        deliver_due()
    assert rung == [delivery.pk]


def test_notes_have_no_way_out(source, forum, bob) -> None:
    from django.db import IntegrityError, transaction

    writing.note(conversation(), "They seem upset.", by=bob)
    note = Message.objects.get(kind="note")
    assert not Delivery.objects.filter(message=note).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=note.pk).update(external_id="7")
    deliver_due()
    read(source)
    assert forum.count("They seem upset.") == 0
    assert not Activity.objects.filter(summary__contains="upset").exists()


def test_a_reply_to_who_has_asked_not_to_be_contacted_since_fails_and_says_so(source, forum, bob):
    delivery = answer(bob)
    Member.objects.update(do_not_contact=True)
    assert settle(delivery).state == "failed"
    assert "asked not to be contacted" in delivery.last_error
    assert forum.count("It is, at seven.") == 0
    writing.retry(delivery, by=bob)
    assert settle(delivery).state == "failed"
    Member.objects.update(do_not_contact=False)
    writing.retry(delivery, by=bob)
    assert settle(delivery).state == "sent"
