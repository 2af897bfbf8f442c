"""Two replies in the same words are two replies: neither may take the other's post for its own.

Over HTTP to the local forum, as in test_sending.
"""

# ruff: noqa: F811 - a test names the fixtures that it shares with test_sending
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox.connectors.base import Rejected, Sent
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.delivery import outcomes
from inbox.ingest.pipeline import ingest
from inbox.models import Delivery, Message
from inbox.verbs import state_changes, writing
from members.models import Activity
from team.models import Notification
from tests.inbox.items import item, page
from tests.make import make_message

from .test_sending import (  # noqa: F401 - fixtures
    answer,
    conversation,
    forum,
    read,
    settle,
    source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_a_second_try_does_not_take_an_earlier_twin_for_itself(source, forum, bob) -> None:
    settle(answer(bob, "Thanks!"))
    thread = Message.objects.get(kind="outbound").conversation
    # the space makes it another post for the forum, which refuses to take the very same twice
    twin = Delivery.objects.get(message=writing.reply(thread, "Thanks! ", by=bob))
    Delivery.objects.filter(pk=twin.pk).update(state="queued", attempts=1)
    settle(twin)
    assert twin.state == "sent"
    posted = Message.objects.filter(kind="outbound").values_list("external_id", flat=True)
    assert len(set(posted) - {None}) == 2


def test_an_unconfirmed_twin_is_looked_for_less_and_less_and_then_a_person_is_asked(
    source, forum, bob
) -> None:
    settle(answer(bob, "Thanks!"))
    thread = Message.objects.get(kind="outbound").conversation
    twin = Delivery.objects.get(message=writing.reply(thread, "Thanks!", by=bob))
    Delivery.objects.filter(pk=twin.pk).update(state="unconfirmed")
    moment = timezone.now()
    for _ in outcomes.CHECKS:
        moment += timedelta(hours=1)
        with time_machine.travel(moment, tick=False):
            settle(twin)
    assert (twin.state, twin.next_try_at) == ("unconfirmed", None)
    assert "may not have been posted" in Notification.objects.get(user=bob).text


def test_the_echo_of_a_reply_is_not_taken_for_a_failed_twin(source, forum, bob, lena) -> None:
    thread = conversation()
    failed = Delivery.objects.get(message=writing.reply(thread, "Thanks!", by=lena))
    Delivery.objects.filter(pk=failed.pk).update(state="failed", attempts=1, next_try_at=None)
    forum.lose_answers()
    twin = settle(Delivery.objects.get(message=writing.reply(thread, "Thanks!", by=bob)))
    forum.heal()
    read(source)
    twin.refresh_from_db()
    failed.refresh_from_db()
    assert (failed.state, twin.state) == ("failed", "sent")


def test_an_old_post_of_ours_is_not_taken_for_a_reply_that_is_on_its_way(
    source, forum, bob
) -> None:
    forum.add("Thanks!", by="hub", created_at=text_of(timezone.now() - timedelta(days=3)))
    delivery = answer(bob, "Thanks!")
    Delivery.objects.filter(pk=delivery.pk).update(state="unconfirmed", attempts=1)
    read(source)
    delivery.refresh_from_db()
    assert delivery.state == "unconfirmed"


def test_a_retry_of_one_that_may_have_arrived_looks_first(source, forum, bob, monkeypatch) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    forum.heal()
    monkeypatch.setattr(DiscourseConnector, "send", lambda *_: pytest.fail("sent again"))
    assert writing.retry(delivery, by=bob)
    settle(delivery)
    assert delivery.state == "sent"
    assert forum.count("It is, at seven.") == 1


def test_a_reply_that_comes_back_before_its_answer_is_in_the_log(source, forum, bob) -> None:
    forum.lose_answers()
    settle(answer(bob))
    forum.heal()
    read(source)
    assert Activity.objects.get(kind="reply").actor == bob


def test_a_reply_that_somebody_confirms_is_in_the_log(source, forum, bob) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    assert writing.confirm(delivery, by=bob)
    assert Activity.objects.get(kind="reply").actor == bob


def test_what_the_moderators_turn_down_looks_failed(source, forum, bob, monkeypatch) -> None:
    def turned_down(self: object, outgoing: object) -> None:
        raise Rejected("The moderators turned it down.")

    delivery = answer(bob)
    Delivery.objects.filter(pk=delivery.pk).update(state="pending")
    monkeypatch.setattr(DiscourseConnector, "reconcile", turned_down)
    settle(delivery)
    assert delivery.state == "failed"
    assert "turned it down" in Notification.objects.get(user=bob).text


def test_an_open_page_hears_that_a_reply_came_back(source, forum, bob, monkeypatch) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    forum.heal()
    rung = []
    monkeypatch.setattr(
        "community_hub.lib.live.publish", lambda topics, event, data: rung.append((event, data))
    )
    read(source)
    assert ("conversation", {"ids": [delivery.message.conversation_id]}) in rung


def test_a_reply_that_somebody_saw_there_is_not_stored_twice_when_it_comes_back(
    source, forum, bob
) -> None:
    forum.lose_answers()
    delivery = settle(answer(bob))
    assert writing.confirm(delivery, by=bob)
    forum.heal()
    read(source)
    message = Message.objects.get(kind="outbound")
    assert (message.by, bool(message.external_id)) == (bob, True)


def test_the_same_words_to_two_people_are_two_replies(source, bob) -> None:
    thread = conversation()
    ines, arjun = make_message(thread), make_message(thread)
    first = writing.reply(thread, "Thank you!", by=bob, to=ines)
    assert writing.reply(thread, "Thank you!", by=bob, to=ines) == first  # a second click
    assert writing.reply(thread, "Thank you!", by=bob, to=arjun) != first


def test_one_sign_is_not_taken_for_another(source, bob) -> None:
    """A heart that somebody posted over there is not the thumb that may have been posted."""
    thread = conversation()
    thumb = Delivery.objects.get(message=writing.reply(thread, "\N{THUMBS UP SIGN}", by=bob))
    Delivery.objects.filter(pk=thumb.pk).update(state="unconfirmed", attempts=1)
    for external_id, sign, state in [
        ("heart", "\N{HEAVY BLACK HEART}", "unconfirmed"),
        ("thumb", "\N{THUMBS UP SIGN}", "sent"),
    ]:
        own = item(external_id, thread_id=thread.external_id, is_own=True, is_root=False)
        ingest(source, page(replace(own, body=f"<p>{sign}</p>")))
        thumb.refresh_from_db()
        assert thumb.state == state


def test_a_platform_that_gives_no_number_takes_nothing_away(source, bob) -> None:
    """Lines of the hub have no number either."""
    thread = conversation()
    state_changes.add_event_lines([thread], "wake", by=None)
    delivery = Delivery.objects.get(message=writing.reply(thread, "Yes, at seven.", by=bob))
    delivery.move(("held",), "sending")
    outcomes.finish(delivery, Sent(state="sent", external_id=""))
    assert delivery.state == "sent"
    assert thread.messages.filter(kind="event", event__verb="wake").count() == 1
