"""Real recorded traffic all the way: connector, ingest, and a page that reads well."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client

from community_hub.lib.html import to_text
from inbox.connectors.base import Incoming
from inbox.connectors.discourse.parse import Reader as DiscourseReader
from inbox.connectors.mastodon.parse import Reader as MastodonReader
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Message, Quarantined, Source
from members.models import Activity, Identity
from tests.connectors import test_discourse_replay as forums
from tests.connectors import test_mastodon_recordings as fediverse
from tests.inbox.items import page
from tests.make import make_source

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not RECORDINGS.is_dir(), reason="The recordings lie beside the project, not in it."
    ),
]


def mastodon_items() -> list[Incoming]:
    """Every status of every cassette, in each of its recorded versions."""
    reader = MastodonReader("http://localhost:3000", fediverse.US)
    return [
        reader.incoming(status)
        for cassette in fediverse.CASSETTES
        for each in fediverse.interactions(cassette)
        for status in fediverse.statuses_in(
            fediverse.json.loads(each["response"]["body"]["string"])
        )
    ]


def discourse_items() -> list[Incoming]:
    reader = DiscourseReader("https://forum.example.org", "discourse:forum.example.org", "hub")
    found: list[Incoming] = []
    for recording in forums.recordings_with_posts():
        (posts,) = recording.values
        found += reader.read(posts, {}).items
    return found


def stored(source: Source, items: Iterable[Incoming]) -> dict[str, tuple[object, ...]]:
    items = list(items)
    for start in range(0, len(items), 7):
        ingest(source, page(*items[start : start + 7]))
    return {
        message.external_id or "": (message.body_text, message.deleted_at)
        for message in Message.objects.filter(source=source)
    }


@pytest.mark.parametrize("items_of", [mastodon_items, discourse_items])
def test_recordings_twice_and_out_of_order_make_each_message_once(items_of, alice) -> None:
    items = [item for item in items_of() if item.op != "delete"]
    assert len(items) > 5
    ids = {item.external_id for item in items}
    shuffled = [*items, *items]
    random.Random(7).shuffle(shuffled)
    first = stored(make_source(), items)
    second = stored(make_source(), shuffled)

    assert set(first) == set(second) == ids
    dated = {item.external_id for item in items if item.edited_at}
    assert {key: value for key, value in first.items() if key in dated} == {
        key: value for key, value in second.items() if key in dated
    }
    assert Quarantined.objects.count() == 0
    assert Activity.objects.values("key").distinct().count() == Activity.objects.count()
    accounts = Identity.objects.values_list("network", "external_id")
    assert len(set(accounts)) == accounts.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("items_of", [mastodon_items, discourse_items])
def test_recordings_delivered_by_three_workers_at_once_make_each_message_once(items_of) -> None:
    items = [item for item in items_of() if item.op != "delete"]
    source = make_source()
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        shuffled = list(items)
        random.Random(seed).shuffle(shuffled)
        try:
            stored(source, shuffled)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=[seed]) for seed in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    kept = list(Message.objects.values_list("external_id", flat=True))
    assert sorted(kept) == sorted({item.external_id for item in items})
    assert Quarantined.objects.count() == 0


@pytest.mark.parametrize("items_of", [mastodon_items, discourse_items])
def test_recorded_threads_read_well_in_the_inbox(items_of, alice) -> None:
    source = make_source()
    kept = {item.external_id: replace(item, version="1") for item in items_of()}
    ingest(source, page(*kept.values()))
    alice.prefer(pictures=False)  # then each is words in brackets, as in body_text
    client = Client()
    client.force_login(alice)
    for conversation in Conversation.objects.all():
        body = client.get(conversation.get_absolute_url()).content.decode()
        words = " ".join(to_text(body).split())
        assert "<script>" not in body
        for message in conversation.messages.filter(deleted_at=None).order_by("-sent_at")[:5]:
            assert " ".join(message.body_text.split())[:60] in words
        assert str(conversation) != "Conversation"
