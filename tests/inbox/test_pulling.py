"""Pulling on time: leases, back-off, rate limits, stops that tell a person once, backfills."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from inbox.connectors.base import Page, RateLimited
from inbox.connectors.discourse.connector import DiscourseConnector
from inbox.connectors.local_server import Answer
from inbox.ingest import lease
from inbox.ingest.pipeline import ingest
from inbox.models import Message, Source
from inbox.pages.source_status import reports
from inbox.tasks import pull, pull_due_sources, pull_source
from inbox.verbs import sources as source_verbs
from team.models import Notification
from team.notifications import MAIL_AFTER
from team.tasks import mail_notifications
from tests.inbox.items import item, page
from tests.make import make_source
from tests.platforms.discourse import KEY, Discourse

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


@pytest.fixture
def forum(settings) -> Iterator[Discourse]:
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def source(db: None, forum: Discourse) -> Source:
    source = make_source(
        kind="discourse",
        config={"url": forum.url, "username": "hub"},
        credentials={"api_key": KEY},
    )
    forum.post("Hello")
    source.begin_backfill(timezone.now() - timedelta(days=400))
    return source


def pulled(source: Source) -> Source:
    pull_source(source.pk)
    source.refresh_from_db()
    return source


def test_a_backfill_shows_how_far_it_is_and_ends(source, forum) -> None:
    assert source.is_backfilling
    pulled(source)
    assert not source.is_backfilling
    assert source.backfill_count == Message.objects.count() == 1
    assert source.backfill_oldest is not None
    assert source.backfill_share == 1.0
    assert source.backfill_rate > 0


def test_a_source_is_pulled_by_one_worker_at_a_time(source) -> None:
    assert source.take_lease(timezone.now())
    pulled(source)
    assert Message.objects.count() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=True):
        pulled(source)
    assert Message.objects.count() == 1
    assert source.lease_until is None


def test_the_clock_rings_only_for_what_is_due(source) -> None:
    rung: list[int] = []
    with patch("inbox.tasks.queue.enqueue", side_effect=lambda name, pk: rung.append(pk)):
        pull_due_sources()
        assert rung == [source.pk]
        pulled(source)
        pull_due_sources()
    assert rung == [source.pk]


def test_a_rate_limit_is_no_failure_and_is_obeyed_to_the_second(source, forum) -> None:
    forum.limit_rate(120)
    before = timezone.now()
    pulled(source)
    assert source.failures == 0
    wait = source.next_pull_at - before
    assert timedelta(seconds=118) < wait < timedelta(seconds=125)
    source.pull_now()
    assert source.next_pull_at == source.limited_until
    assert source.health == "late"


def test_passing_trouble_backs_off_and_turns_amber_then_red(source, forum) -> None:
    forum.break_down()
    for _ in range(3):
        Source.objects.filter(pk=source.pk).update(next_pull_at=timezone.now())
        pulled(source)
        assert source.health == "late"
    assert (source.state, source.failures, source.health) == ("active", 3, "late")
    assert source.next_pull_at > timezone.now()
    Source.objects.filter(pk=source.pk).update(failing_since=timezone.now() - timedelta(hours=2))
    source.refresh_from_db()
    assert source.health == "bad"
    forum.heal()
    pulled(source)
    assert (source.failures, source.health, source.last_error) == (0, "good", "")


def test_an_expired_key_stops_the_source_and_tells_admins_once(
    source, forum, alice, bob, mailoutbox
) -> None:
    source.name = "A forum\nin two lines"
    source.save()
    forum.revoke()
    pulled(source)
    cursor = source.cursor
    assert source.state == "reconnect"
    pulled(source)
    assert [note.user for note in Notification.objects.all()] == [alice]
    with time_machine.travel(timezone.now() + MAIL_AFTER * 1.1):
        mail_notifications()
        mail_notifications()
    (letter,) = mailoutbox
    assert letter.subject.startswith("A forum in two lines stopped: ")
    assert KEY not in letter.body
    assert KEY not in source.last_error

    forum.heal()
    source_verbs.reconnect(source, source.config, {"api_key": forum.key}, by=alice)
    pulled(source)
    assert source.state == "active"
    assert cursor is not None
    assert Message.objects.count() == 1


def test_a_web_page_where_json_was_expected_is_tried_again(source, forum, alice) -> None:
    forum.answer_html()
    pulled(source)
    assert (source.state, source.failures) == ("active", 1)
    assert source.next_pull_at > timezone.now()
    assert "web page" in source.last_error
    assert not Notification.objects.exists()
    forum.heal()
    pulled(source)
    assert (source.failures, source.last_error, Message.objects.count()) == (0, "", 1)


def test_a_source_that_is_reconnected_in_time_is_not_mailed(
    source, forum, alice, mailoutbox
) -> None:
    forum.revoke()
    pulled(source)
    forum.heal()
    source_verbs.reconnect(source, source.config, {"api_key": forum.key}, by=alice)
    with time_machine.travel(timezone.now() + MAIL_AFTER * 1.1):
        mail_notifications()
    assert mailoutbox == []


@pytest.mark.parametrize(("hours", "state"), [(23, "active"), (25, "paused")])
def test_a_web_page_that_stays_for_a_day_pauses(source, forum, alice, hours, state) -> None:
    forum.answer_html()
    now = timezone.now()
    for later in (timedelta(), timedelta(hours=hours)):
        with time_machine.travel(now + later):
            pulled(source)
    assert (source.state, source.pause_reason) == (state, "error" if state == "paused" else "")
    assert [note.user for note in Notification.objects.all()] == [alice]


def test_other_trouble_of_a_day_pauses_nothing(source, forum, alice) -> None:
    now = timezone.now()
    for later, fault in ((timedelta(), forum.answer_html), (timedelta(hours=25), forum.break_down)):
        fault()
        with time_machine.travel(now + later):
            pulled(source)
    assert (source.state, source.failures) == ("active", 2)


def test_a_proxys_404_during_a_pull_is_tried_again(source, forum, alice) -> None:
    forum.fault = lambda asked: Answer("<html>nginx: not found</html>", 404)
    pulled(source)
    assert (source.state, source.failures) == ("active", 1)
    assert "unexpected page (404)" in source.last_error


def test_an_unexpected_error_is_loud_and_still_backs_off(source) -> None:
    breaks = patch.object(DiscourseConnector, "pull", side_effect=ZeroDivisionError)
    with breaks, pytest.raises(ZeroDivisionError):
        pull_source(source.pk)
    source.refresh_from_db()
    assert source.failures == 1
    assert source.lease_until is None
    assert source.next_pull_at > timezone.now()


def test_a_person_pauses_and_resumes_and_may_undo_it(source, alice) -> None:
    action = source_verbs.pause(source, by=alice)
    pulled(source)
    assert Message.objects.count() == 0
    assert not source_verbs.pause(source, by=alice)
    assert action.undo(by=alice)
    assert pulled(source).state == "active"
    assert Message.objects.count() == 1


def test_a_pull_with_the_old_key_does_not_stop_a_source_reconnected_meanwhile(
    source, forum, alice
) -> None:
    stale = Source.objects.get(pk=source.pk)
    forum.revoke()
    source_verbs.reconnect(source, source.config, {"api_key": forum.key}, by=alice)
    pull(stale, deadline=float("inf"))
    source.refresh_from_db()
    assert source.state == "active"
    assert not Notification.objects.exists()


def test_a_limit_that_a_sender_was_told_meanwhile_is_obeyed(source, forum, monkeypatch) -> None:
    later = timezone.now() + timedelta(minutes=30)

    def pull_while_told_to_wait(*_: Any, **__: Any) -> Iterator[Page]:
        Source.objects.get(pk=source.pk).record_failure(RateLimited("Wait.", retry_at=later))
        yield Page(items=[], cursor={})

    monkeypatch.setattr(DiscourseConnector, "pull", pull_while_told_to_wait)
    assert pulled(source).limited_until == later
    assert source.next_pull_at == later


def test_a_lease_is_renewed_while_its_holder_lives(source, monkeypatch) -> None:
    renewed = threading.Event()
    monkeypatch.setattr(lease, "RENEW_EVERY", 0.01)
    monkeypatch.setattr(Source, "renew_lease", lambda self, token: renewed.set() or True)
    with lease.held(source) as token:
        assert token
        assert renewed.wait(5)
    source.refresh_from_db()
    assert (source.lease_until, source.lease_token) == (None, None)


def test_a_worker_that_stood_still_stores_nothing_after_another_took_over(source) -> None:
    mine = source.take_lease(timezone.now())
    source.refresh_from_db()
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=True):
        other = Source.objects.get(pk=source.pk)
        theirs = other.take_lease(timezone.now())
        assert theirs
        with pytest.raises(lease.LeaseLost):
            ingest(source, page(item("late")))
        assert not source.renew_lease(mine)
        source.release(mine)
        other.refresh_from_db()
        assert other.is_leased
        ingest(other, page(item("in time")))
    assert Message.objects.get().external_id == "in time"


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_gets_the_lease(source) -> None:
    tokens: list[object] = []
    start = threading.Barrier(8)

    def take() -> None:
        start.wait(10)
        try:
            tokens.append(Source.objects.get(pk=source.pk).take_lease(timezone.now()))
        finally:
            connection.close()

    workers = [threading.Thread(target=take) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(tokens) == 8
    assert len([token for token in tokens if token]) == 1


def test_a_lease_whose_holder_died_does_not_hide_that_nobody_syncs(source) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Source.objects.filter(pk=source.pk).update(lease_until=long_ago, next_pull_at=long_ago)
    (report,) = reports(Source.objects.filter(pk=source.pk))
    assert report.status.tone == "bad"
    assert report.next_pull_words == "any moment"
