"""The SQL of the kept fields against their definitions, in plain Python over random histories."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.models import Conversation, Delivery, Message
from inbox.models.kept_fields import recompute
from members.models import Identity
from tests.make import make_conversation, make_identity, make_member, make_source, make_user

pytestmark = pytest.mark.django_db

STATES = ["held", "queued", "sending", "sent", "pending", "failed", "unconfirmed", "cancelled"]
REASONS = ["", "", "direct", "handle", "keyword", "new_topic", "reply_to_team"]


@pytest.mark.parametrize("seed", range(8))
def test_the_kept_fields_are_what_their_definitions_say(seed: int) -> None:
    chance = random.Random(seed)
    colleague = make_user()
    people: list[Identity | None] = [
        None,
        *(make_identity(make_member(f"Person {n}")) for n in range(3)),
        make_identity(make_member("Robot", is_bot=True)),
        make_identity(make_member("Colleague", user=colleague)),
    ]
    people.append(make_identity(people[1].member if people[1] else None))  # a second account
    source = make_source()
    conversations = [make_conversation(source) for _ in range(25)]
    for conversation in conversations:
        start = timezone.now() - timedelta(days=3)
        for _ in range(chance.randrange(9)):
            said_by_chance(chance, conversation, people, colleague, start)
        ids = [0, *conversation.messages.values_list("pk", flat=True)]
        conversation.handled_up_to = chance.choice([0, 0, *ids])
        conversation.save(update_fields=["handled_up_to"])
    recompute(conversation.pk for conversation in conversations)

    for conversation in Conversation.objects.filter(source=source):
        wanted = by_hand(conversation)
        kept = {name: getattr(conversation, name) for name in wanted}
        assert kept == wanted


def said_by_chance(
    chance: random.Random,
    conversation: Conversation,
    people: list[Identity | None],
    colleague: Any,
    start: datetime,
) -> None:
    kind = chance.choice(["inbound"] * 4 + ["outbound", "outbound", "note", "event"])
    inbound = kind == "inbound"
    message = Message.objects.create(
        conversation=conversation,
        source_id=conversation.source_id,
        kind=kind,
        external_id=f"{conversation.pk}-{chance.random()}" if inbound else None,
        author=chance.choice(people) if inbound else None,
        mention_reason=chance.choice(REASONS) if inbound else "",
        handled_on_arrival=inbound and chance.random() < 0.15,
        body_text=f"word {chance.random()}\n\nmore",
        sent_at=start + timedelta(minutes=chance.randrange(6)),  # few, so that times are equal
        deleted_at=timezone.now() if chance.random() < 0.15 else None,
    )
    if kind == "outbound" and chance.random() < 0.8:  # else a native reply: it has no delivery
        looks = timezone.now() if chance.random() < 0.5 else None
        Delivery.objects.create(message=message, state=chance.choice(STATES), next_try_at=looks)


def by_hand(conversation: Conversation) -> dict[str, Any]:
    """model.md, "Kept fields of a conversation", one sentence after the other."""
    everything = list(conversation.messages.select_related("author__member", "delivery"))
    said = sorted((m for m in everything if counts(m)), key=when)
    team = [m for m in said if by_team(m)]
    others = [m for m in said if not by_team(m)]
    last_reply = team[-1] if team else None
    asking = [m for m in others if m.mention_reason and not by_bot(m)]
    waiting = next(
        (
            m
            for m in asking
            if m.pk > conversation.handled_up_to
            and not m.handled_on_arrival
            and (last_reply is None or when(m) > when(last_reply))
        ),
        None,
    )
    humans = [m for m in others if m.author and not by_bot(m)]
    asker = said[0].author.member_id if said and said[0].author else None
    answers = [m for m in humans if m.author and m.author.member_id != asker]
    peers = [
        m
        for m in humans
        if waiting
        and m.sent_at > waiting.sent_at
        and (waiting.author is None or person(m) != person(waiting))
    ]
    shown = waiting or (said[-1] if said else None)
    return {
        "waiting_since": waiting and waiting.sent_at,
        "mention_reason": waiting.mention_reason if waiting else "",
        "opened_at": said[0].sent_at if said else None,
        "first_reply_at": team[0].sent_at if team else None,
        "last_reply_at": last_reply and last_reply.sent_at,
        "first_answer_at": answers[0].sent_at if answers else None,
        "last_message_at": said[-1].sent_at if said else conversation.last_message_at,
        "last_mention_at": max((m.sent_at for m in asking), default=None),
        "message_count": len(said),
        "participant_count": len({person(m) for m in said if m.author}),
        "peer_answered_at": peers[0].sent_at if peers else None,
        "preview": " ".join(shown.body_text.split()) if shown else "",
    }


def counts(message: Message) -> bool:
    if message.kind not in ("inbound", "outbound") or message.deleted_at:
        return False
    delivery = getattr(message, "delivery", None)
    if delivery and delivery.state == "unconfirmed":
        return delivery.next_try_at is not None  # else looking for it was given up
    return delivery is None or delivery.state not in ("failed", "cancelled")


def when(message: Message) -> tuple[datetime, int]:
    return message.sent_at, message.pk


def person(message: Message) -> int:
    assert message.author is not None
    return message.author.member_id


def by_team(message: Message) -> bool:
    staff = message.author is not None and message.author.member.user_id is not None
    return message.kind == "outbound" or staff


def by_bot(message: Message) -> bool:
    return message.author is not None and message.author.member.is_bot
