"""Two conversations turn out to be one: nothing anybody wrote or pressed is lost by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox.delivery import outcomes
from inbox.ingest import joining
from inbox.models import Conversation, Delivery, Draft
from inbox.verbs import triage, writing
from tests.inbox.items import ago
from tests.make import make_conversation, make_message, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> tuple[Conversation, Conversation]:
    """The first is older, so that it takes the second in."""
    source = make_source()
    first, second = make_conversation(source), make_conversation(source)
    make_message(first, sent_at=ago(days=2))
    make_message(second, sent_at=ago(days=1))
    return first, second


def join(first: Conversation, second: Conversation) -> Conversation:
    joining.join(first.source, [first.pk, second.pk])
    Conversation.objects.recompute([first.pk])
    return Conversation.objects.get()


def last_message(conversation: Conversation) -> int:
    return conversation.last_message_id


def test_replies_that_fail_after_it_leave_their_askers_waiting(pair, bob) -> None:
    """Both were answered and put away on the strength of replies that then did not arrive."""
    deliveries = []
    for talk in pair:
        sent = writing.reply(
            talk, f"I look into {talk}", by=bob, done=True, seen_up_to=last_message(talk)
        )
        deliveries.append(Delivery.objects.get(message=sent))
    first_asked = pair[0].messages.earliest("sent_at").sent_at
    joined = join(*pair)
    assert (joined.state, joined.waiting_since) == ("done", None)
    for delivery in deliveries:
        delivery.move(("held",), "queued")
        outcomes.fail(delivery, "The forum refused it.")
    joined.refresh_from_db()
    assert (joined.state, joined.waiting_since) == ("open", first_asked)


def test_a_sleeping_one_wakes_when_it_said_it_would(pair, bob) -> None:
    done, sleeping = pair
    triage.close([done], by=bob, seen_up_to=last_message(done))
    morning = timezone.now() + timedelta(hours=9)
    triage.snooze([sleeping], morning, by=bob)
    joined = join(*pair)
    assert (joined.state, joined.snoozed_until) == ("snoozed", morning)


def test_an_open_one_keeps_both_awake(pair, bob) -> None:
    triage.snooze([pair[0]], timezone.now() + timedelta(hours=9), by=bob)
    joined = join(*pair)
    assert (joined.state, joined.snoozed_until) == ("open", None)


def test_the_old_address_leads_to_where_it_is_now(pair, client, bob) -> None:
    client.force_login(bob)
    old = pair[1].get_absolute_url()
    joined = join(*pair)
    response = client.get(f"{old}?in=mine")
    assert (response.status_code, response.url) == (302, f"{joined.get_absolute_url()}?in=mine")


def test_what_stood_open_in_a_browser_goes_on(pair, client, bob) -> None:
    """Its pane is brought up to date, its draft is kept, and its reply goes out."""
    client.force_login(bob)
    old = pair[1].pk
    joined = join(*pair)
    asked = {"HX-Request": "true", "HX-Target": f"thread-{old}"}
    shown = client.get(reverse("conversation", args=[old]), headers=asked)
    assert f'id="thread-{joined.pk}"' in shown.content.decode()
    client.post(reverse("draft", args=[old]), {"kind": "reply", "text": "Half a thought"})
    assert Draft.objects.get().conversation == joined
    client.post(reverse("replies", args=[old]), {"reply": "A whole one"})
    assert joined.messages.get(kind="outbound").body_source == "A whole one"


def test_who_may_not_see_the_one_does_not_find_it_by_the_number_of_the_other(client, alice) -> None:
    source = make_source(restricted=True)
    first, second = make_conversation(source), make_conversation(source)
    make_message(first)
    make_message(second)
    join(first, second)
    client.force_login(make_user("manager"))
    assert client.get(second.get_absolute_url()).status_code == 404


def test_drafts_in_both_are_both_kept(pair, bob) -> None:
    Draft.keep(bob, pair[0].pk, "reply", "A word.")
    Draft.keep(bob, pair[1].pk, "reply", "A long and careful answer.")
    join(*pair)
    assert Draft.objects.get().text == "A word.\n\nA long and careful answer."
