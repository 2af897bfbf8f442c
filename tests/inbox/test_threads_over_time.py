"""Threads change after they were read: posts move, roots go, titles and channels are changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox.ingest.pipeline import ingest
from inbox.ingest.recompute import repair_drift
from inbox.models import Conversation, Message
from tests.inbox.items import ALL, ago, item, page, reply
from tests.make import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


def test_a_post_moved_to_another_thread_leaves_the_old_one_exact() -> None:
    source = make_source()
    opening = item("1", thread_id="T1", thread_ref="1")
    moved = reply("2", opening, parent_id="", thread_ref="2", parent_ref="1")
    ingest(source, page(opening, replace(moved, mention_reason="handle")))
    assert Message.objects.get(external_id="2").parent is not None

    ingest(source, page(replace(moved, thread_id="T2", thread_ref="1", parent_ref="")))
    old, new = Conversation.objects.order_by("pk")
    assert (old.message_count, new.message_count) == (1, 1)
    assert old.waiting_since == opening.created_at
    assert Message.objects.get(external_id="2").parent is None
    assert repair_drift(ALL) == {}


def test_a_thread_whose_root_is_gone_stays_one() -> None:
    """Where a platform names no threads, the topmost post left names itself from then on."""
    source = make_source()
    root = item("1", thread_id="1", created_at=ago(minutes=60))
    second = reply("2", root)
    third = reply("3", second)
    ingest(source, page(root, second, third))
    ingest(source, page(replace(root, op="delete")))
    ingest(source, page(replace(second, thread_id="2", parent_id="")))
    ingest(source, page(reply("4", third, thread_id="2")))

    conversation = Conversation.objects.get()
    assert conversation.message_count == 3
    assert repair_drift(ALL) == {}


def test_a_new_title_or_channel_of_a_topic_is_shown() -> None:
    source = make_source()
    ingest(source, page(item("1", thread_id="T", thread_ref="1", channel_id="a")))
    solved = item(
        "2",
        thread_id="T",
        thread_ref="2",
        is_root=False,
        thread_title="[Solved] MIDI clock drifts",
        channel_id="b",
        channel_name="Done",
    )
    ingest(source, page(solved))
    conversation = Conversation.objects.get()
    assert conversation.subject == "[Solved] MIDI clock drifts"
    assert str(conversation.channel) == "Done"


def test_a_root_that_comes_after_its_answer_names_the_thread() -> None:
    source = make_source()
    root = item("1", thread_id="1", permalink="https://s.example/1", visibility="unlisted")
    answer = reply("2", root, thread_id="2", permalink="https://s.example/2", thread_title="")
    ingest(source, page(answer))
    ingest(source, page(root))
    conversation = Conversation.objects.get()
    assert conversation.permalink == "https://s.example/1"
    assert conversation.visibility == "unlisted"
    assert conversation.subject == root.thread_title


def test_a_channel_keeps_its_name_when_a_post_does_not_say_it() -> None:
    source = make_source()
    ingest(source, page(item("1", channel_id="4", channel_name="Help", channel_url="https://a.b/")))
    ingest(source, page(item("2", channel_id="4")))
    channel = source.channels.get()
    assert (channel.name, channel.url) == ("Help", "https://a.b/")


def test_an_answer_in_a_joined_thread_is_heard_wherever_it_stands() -> None:
    source = make_source(channel_ids=["#synth"])
    root = item("1", thread_id="1", channel_id="#synth")
    second = reply("2", root, thread_id="2")
    ingest(source, page(root))
    ingest(source, page(second))
    ingest(source, page(reply("3", second, thread_id="2", channel_id="#other")))
    assert Conversation.objects.get().message_count == 3


def test_a_deleted_post_that_is_seen_again_later_comes_back() -> None:
    """Staff of a forum may recover a post: nothing about it changes then."""
    source = make_source()
    opening = item("1")
    ingest(source, page(opening))
    ingest(source, page(replace(opening, op="delete")))
    Message.objects.update(deleted_at=ago(hours=1))
    ingest(source, page(opening))

    message = Message.objects.get()
    assert message.deleted_at is None
    assert message.body_text == "It starts fine and is late by a bar."
    assert message.author is not None
    assert [line.kind for line in message.author.member.activities.all()] == ["message"]


def test_a_page_read_before_a_deletion_and_stored_after_it_brings_nothing_back() -> None:
    source = make_source()
    first = item("1")
    ingest(source, page(first))
    ingest(source, page(replace(first, op="delete")))
    for late in (first, replace(first, version="2", edited_at=ago(seconds=20))):
        ingest(source, page(late))
    assert Message.objects.get().deleted_at is not None
