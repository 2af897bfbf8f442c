"""One history, delivered in any order, twice, in pages of any size: the same rows in the end."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox.connectors.base import Incoming
from inbox.ingest.pipeline import ingest
from inbox.ingest.recompute import repair_drift
from inbox.models import Conversation, Message, Source, SourceDay
from members.models import Activity, Identity
from tests.inbox.items import ALL, ago, item, page, person
from tests.make import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]

DERIVED = ["waiting_since", "mention_reason", "opened_at", "first_reply_at", "first_answer_at"]
DERIVED += ["last_message_at", "last_mention_at", "last_reply_at", "message_count"]
DERIVED += ["participant_count", "preview", "peer_answered_at", "subject", "permalink"]
DERIVED += ["visibility"]


@pytest.mark.parametrize("numbered", [True, False], ids=["threads have ids", "only ancestors"])
@pytest.mark.parametrize("seed", range(7))
def test_any_delivery_of_a_history_ends_in_the_same_rows(seed: int, numbered: bool) -> None:
    chance = random.Random(seed)
    posts = history(chance, numbered=numbered)
    again = [*posts, *posts]
    chance.shuffle(again)
    straight, shuffled = make_source(), make_source()
    deliver(straight, posts, 100)
    deliver(shuffled, again, chance.choice([1, 3, 7]))

    for wanted, found in zip(state(straight), state(shuffled), strict=True):
        assert found == wanted
    assert len({message.external_id for message in messages(straight)}) == len(messages(straight))
    lines = Activity.objects.filter(kind="message").count()
    assert lines == Message.objects.exclude(author=None).count()
    assert Identity.objects.values("network", "external_id").distinct().count() == (
        Identity.objects.count()
    )
    for day in SourceDay.objects.all():
        assert day.fetched == day.stored + day.ignored + day.quarantined
    assert SourceDay.objects.get(source=shuffled).fetched == len(again)
    assert repair_drift(ALL) == {}


def history(chance: random.Random, *, numbered: bool) -> list[Incoming]:
    """Trees of posts in the order they were written, some of them edited later."""
    posts: list[Incoming] = []
    start = ago(hours=5)
    for number in range(chance.randrange(4, 22)):
        above = chance.choice(posts) if posts and chance.random() < 0.8 else None
        top = above.reply_ref["root"] if above else str(number)
        same = [post for post in posts if post.reply_ref["root"] == top]
        written: dict[str, Any] = {
            "created_at": start + timedelta(minutes=number),
            "author": chance.choice([None, person("ines"), person("arjun"), person("mei")]),
            "is_own": chance.random() < 0.2,
            "mention_reason": chance.choice(["", "", "handle"]),
            "body": f"<p>Post {number}</p>",
            "is_root": above is None,
            "permalink": f"https://s.example/{number}",
            "reply_ref": {"root": top},
            "visibility": above.visibility if above else chance.choice(["public", "unlisted"]),
        }
        if numbered:
            written |= {"thread_ref": str(len(same) + 1), "thread_title": f"Topic {top}"}
            written |= {"parent_ref": above.thread_ref if above else ""}
            written |= {"thread_permalink": f"https://s.example/t{top}"}
            posts.append(item(str(number), thread_id=f"T{top}", **written))
        else:
            reached = chance.choice([top, above.external_id, above.thread_id] if above else [top])
            parent = above.external_id if above else ""
            written |= {"thread_title": "", "parent_id": parent}
            posts.append(item(str(number), thread_id=reached, **written))
    edits = [
        replace(post, version="2", body=f"{post.body}<p>edited</p>", edited_at=ago(minutes=1))
        for post in posts
        if chance.random() < 0.2
    ]
    return [*posts, *edits]


def deliver(source: Source, posts: list[Incoming], size: int) -> None:
    for start in range(0, len(posts), size):
        ingest(source, page(*posts[start : start + size]))


def messages(source: Source) -> list[Message]:
    return list(Message.objects.filter(source=source).select_related("parent", "author"))


def state(source: Source) -> tuple[Any, Any]:
    """Everything that does not tell when it arrived."""
    said = {
        message.external_id: (
            message.body_html,
            message.kind,
            message.author and message.author.external_id,
            message.parent and message.parent.external_id,
            message.mention_reason,
            message.sent_at,
            message.edited_at,
            message.version,
            message.permalink,
        )
        for message in messages(source)
    }
    threads = {
        frozenset(one.messages.values_list("external_id", flat=True)): {
            name: getattr(one, name) for name in DERIVED
        }
        for one in Conversation.objects.filter(source=source)
    }
    return said, threads
