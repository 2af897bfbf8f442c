"""Who is at a conversation, with a real Redis."""

import json
import time

import pytest

from community_hub.lib import live
from inbox.models import Conversation, Source
from inbox.pages import presence

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


@pytest.fixture
def source():
    return Source.objects.create(kind="feed", name="Blog", network="blog.example.org")


@pytest.fixture
def talk(source):
    return Conversation.objects.create(source=source, external_id="1").pk


@pytest.fixture
def published(monkeypatch):
    """The live events, in order."""
    heard = []
    monkeypatch.setattr(live, "send", lambda topics, message: heard.append((topics, message)))
    return heard


def test_those_who_are_here_are_seen_by_the_others_and_not_by_themselves(talk, bob, carol):
    presence.here(talk, bob)
    presence.here(talk, carol, "replying")
    assert [(p.name, p.doing) for p in presence.who(talk)] == [
        (carol.name, "replying"),
        (bob.name, "viewing"),
    ]
    assert [p.user_id for p in presence.who(talk, except_user=bob)] == [carol.pk]


def test_whoever_leaves_is_gone(talk, bob):
    presence.here(talk, bob, "replying")
    presence.leave(talk, bob)
    assert presence.who(talk) == []
    assert presence.replying([talk]) == {}


def test_whoever_falls_silent_is_gone_although_others_stay(talk, bob, carol):
    presence.here(talk, bob)
    key = presence.key(talk)
    kept = json.loads(live.client().hget(key, str(bob.pk)))
    kept["until"] = time.time() - 1
    live.client().hset(key, str(bob.pk), json.dumps(kept))
    presence.here(talk, carol)
    assert [p.name for p in presence.who(talk)] == [carol.name]


def test_redis_forgets_a_conversation_that_nobody_looks_at(talk, bob):
    presence.here(talk, bob)
    assert 0 < live.client().ttl(presence.key(talk)) <= presence.KEPT


def test_who_is_writing_is_told_for_a_whole_list_at_once(source, talk, bob, carol):
    other = Conversation.objects.create(source=source, external_id="2").pk
    presence.here(talk, bob, "replying")
    presence.here(other, carol)
    found = presence.replying([talk, other])
    assert {pk: [p.name for p in people] for pk, people in found.items()} == {talk: [bob.name]}
    assert presence.replying([talk], except_user=bob) == {}


def test_a_list_asks_only_about_conversations_that_somebody_is_at(talk, bob, carol):
    presence.here(talk, bob, "replying")
    presence.here(talk + 1, carol)
    live.client().zadd(presence.key_of_all(), {str(talk + 2): time.time() - 1})  # fell silent
    assert presence.anybody_at([talk + 1, talk, talk + 2, talk + 3]) == [talk + 1, talk]
    presence.here(talk, bob, "replying")
    assert live.client().zcard(presence.key_of_all()) == 2


def test_an_event_is_published_when_something_changed_and_not_each_time(
    talk, source, bob, published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        presence.here(talk, bob)
        presence.here(talk, bob)
        presence.here(talk, bob, "replying")
        presence.leave(talk, bob)
        presence.leave(talk, bob)
    assert len(published) == 3
    topics, message = published[0]
    assert topics == [f"source:{source.pk}"]
    assert message == {
        "event": "presence",
        "data": {"conversation": talk, "user": bob.pk},
    }
