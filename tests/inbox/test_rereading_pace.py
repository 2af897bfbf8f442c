"""Waiting conversations are re-read at the pace of a thousand an hour, inside what a platform
allows.

With the clock in hand: each minute a sync and the job, as beat runs them, over HTTP to servers
that count requests and refuse those above the documented limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox.connectors.base import Connector
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.connectors.local_server import Answer, ReceivedRequest
from inbox.ingest import open_connectors, rereading
from inbox.models import Conversation, Message, Source
from inbox.models.kept_fields import recompute
from inbox.tasks import refresh_conversation
from tests.inbox.test_rereading import read, run_job
from tests.make import make_identity, make_source
from tests.platforms.discourse import KEY, Discourse, refusal
from tests.platforms.mastodon import TOKEN, MastodonServer

pytestmark = pytest.mark.django_db

WAITING = 150
MINUTES = 9  # the pace of a thousand an hour
BEGINS = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    yield
    open_connectors.close_all()


@dataclass
class Limit:
    """So many requests a window of so many minutes, by the clock of the test."""

    most: int
    minutes: int
    asked: Counter[int] = field(default_factory=Counter)
    refused: int = 0

    def window(self) -> int:
        return int(datetime.now(UTC).timestamp()) // (self.minutes * 60)

    def left(self) -> int:
        """After one more request; negative where it is one too many."""
        self.asked[self.window()] += 1
        left = self.most - self.asked[self.window()]
        self.refused += left < 0
        return left

    def seconds(self) -> int:
        ends = (self.window() + 1) * self.minutes * 60
        return ends - int(datetime.now(UTC).timestamp())


class LimitedMastodon(MastodonServer):
    limit: Limit

    def answer(self, asked: ReceivedRequest) -> Answer:
        left = self.limit.left()
        self.allowance, self.wait = max(left, 0), self.limit.seconds() if left < 0 else 0
        answer = super().answer(asked)
        ends = datetime.now(UTC) + timedelta(seconds=self.limit.seconds())
        answer.headers["X-RateLimit-Reset"] = ends.isoformat().replace("+00:00", "Z")
        return answer


def limited(forum: Discourse, limit: Limit) -> Callable[[ReceivedRequest], Answer | None]:
    def fault(asked: ReceivedRequest) -> Answer | None:
        if limit.left() >= 0:
            return None
        wait = {"extras": {"wait_seconds": limit.seconds()}}
        return refusal(429, "Slow down, too many requests", "rate_limit", **wait)

    return fault


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(BEGINS, tick=False) as clock:
        yield clock


@pytest.fixture
def forum(settings, clock) -> Iterator[Discourse]:
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


def source_of(kind: str, network: str, config: dict[str, str], credentials: dict[str, str]):
    source = make_source(kind=kind, network=network, config=config, credentials=credentials)
    source.cursor = source.connector().begin(timezone.now() + timedelta(minutes=1))
    source.save()
    return source


def forum_source(forum: Discourse) -> Source:
    config = {"url": forum.url, "username": "hub"}
    return source_of("discourse", "discourse:forum", config, {"api_key": KEY})


def ask(forum: Discourse, count: int) -> dict[str, str]:
    """Topics of one post each: the post's id -> the topic's."""
    topics = [forum.topic(f"Topic {number}") for number in range(count)]
    return {str(forum.add("Help", topic=topic)["id"]): str(topic) for topic in topics}


def make_waiting(source: Source, threads: dict[str, str]) -> None:
    """One question in each. All at once: one by one, hundreds took half of a test's time."""
    asker = make_identity(network=source.network)
    talks = Conversation.objects.bulk_create(
        Conversation(source=source, external_id=thread_id, subject=f"Topic {thread_id}")
        for thread_id in threads.values()
    )
    asked = {"kind": "inbound", "mention_reason": "handle", "body_text": "Hello, can you help?"}
    Message.objects.bulk_create(
        Message(
            conversation=talk, source=source, external_id=external_id, author=asker,
            sent_at=timezone.now(), body_html="<p>Hello, can you help?</p>", **asked,
        )
        for talk, external_id in zip(talks, threads, strict=True)
    )  # fmt: skip
    recompute([talk.pk for talk in talks])


def minutes_until_all_are_read(source: Source, clock: time_machine.Coordinates) -> int:
    for minute in range(1, 121):
        clock.shift(timedelta(minutes=1))
        read(source)
        run_job()
        if not Conversation.objects.filter(source=source, checked_at__isnull=True).exists():
            return minute
    raise AssertionError("not within two hours")


def test_a_discourse_forum_at_the_pace_of_a_thousand_an_hour(forum, clock) -> None:
    limit = Limit(60, minutes=1)
    source = forum_source(forum)
    make_waiting(source, ask(forum, WAITING))
    forum.fault = limited(forum, limit)
    assert minutes_until_all_are_read(source, clock) <= MINUTES
    assert limit.refused == 0
    assert max(limit.asked.values()) <= 50  # ten stay for replies
    assert Message.objects.filter(source=source, deleted_at__isnull=True).count() == WAITING


def test_hundreds_of_a_mastodon_account_within_the_hour(settings, clock) -> None:
    limit = Limit(300, minutes=5)
    with LimitedMastodon() as site:
        site.limit = limit
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        site.account("ada")
        ids = [site.post(f"question {number}") for number in range(400)]
        site.notices.clear()
        config = {"instance": site.url}
        source = source_of("mastodon", "mastodon", config, {"access_token": TOKEN})
        make_waiting(source, dict(zip(ids, ids, strict=True)))
        assert minutes_until_all_are_read(source, clock) <= 60
    assert limit.refused == 0
    assert max(limit.asked.values()) <= 240  # sixty stay for replies


def test_a_forum_that_allows_less_is_asked_for_less(forum, clock) -> None:
    """An administrator may have lowered what a key is allowed to 20 a minute."""
    limit = Limit(20, minutes=1)
    source = forum_source(forum)
    make_waiting(source, ask(forum, 100))
    forum.fault = limited(forum, limit)
    run_job()
    source.refresh_from_db()
    assert (limit.refused, source.waits_until) == (1, BEGINS + timedelta(minutes=1))
    assert rereading.due(source, timezone.now()) == []
    assert minutes_until_all_are_read(source, clock) <= 30
    assert limit.refused == 1


def test_a_connector_serves_several_conversations_and_not_for_ever(forum, clock, monkeypatch):
    source = forum_source(forum)
    make_waiting(source, ask(forum, 4))
    first, second, third, fourth = Conversation.objects.order_by("pk")

    def lists() -> int:
        return sum(asked.path == "/site.json" for asked in forum.server.asked)

    refresh_conversation(first.pk)
    refresh_conversation(second.pk)
    assert lists() == 1
    source.credentials = {**source.credentials, "note": "another key"}
    source.save()
    refresh_conversation(third.pk)
    assert lists() == 2
    monkeypatch.setattr(open_connectors, "KEPT_SECONDS", -1.0)
    open_connectors.close_all()
    refresh_conversation(fourth.pk)
    clock.shift(timedelta(minutes=3))
    refresh_conversation(first.pk)
    assert lists() == 4


def test_the_connector_that_was_lent_longest_ago_makes_room(settings, clock, monkeypatch) -> None:
    monkeypatch.setattr(open_connectors, "MOST_KEPT", 1)
    with Discourse() as one, Discourse() as other:
        settings.HTTP_ALLOWED_ORIGINS = [one.url, other.url]
        for forum in (one, other):
            make_waiting(forum_source(forum), ask(forum, 2))
        for talk in Conversation.objects.order_by("pk"):
            refresh_conversation(talk.pk)
        for forum in (one, other):
            asked = [asked.path for asked in forum.server.asked]
            assert asked.count("/site.json") == 1


def test_a_connector_that_failed_is_closed(forum, clock, monkeypatch) -> None:
    closed: list[Connector] = []
    monkeypatch.setattr(DiscourseConnector, "close", lambda self: closed.append(self))
    source = forum_source(forum)
    make_waiting(source, ask(forum, 1))
    forum.break_down()
    refresh_conversation(Conversation.objects.get().pk)
    assert len(closed) == 1
