"""Edits and deletions reach conversations that nobody has open.

Over HTTP to the local Mastodon server. Nothing here opens a conversation: the job alone asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.utils import timezone

from inbox.connectors.base import Capabilities, Page
from inbox.connectors.mastodon.connector import MastodonConnector
from inbox.ingest import rereading
from inbox.models import Conversation, Message, Source, SourceDay, SourceState
from inbox.tasks import pull, refresh_conversation, reread_conversations
from tests.make import make_conversation, make_message, make_reply, make_source
from tests.platforms.mastodon import TOKEN, MastodonServer

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        site.account("ada")
        site.account("ben")
        yield site


@pytest.fixture
def source(db: None, site: MastodonServer) -> Source:
    source = make_source(
        kind="mastodon",
        config={"instance": site.url},
        credentials={"access_token": TOKEN},
        network="mastodon",
    )
    source.cursor = source.connector().begin(timezone.now() - timedelta(days=2))
    source.save()
    return source


def read(source: Source) -> None:
    source.refresh_from_db()
    pull(source, deadline=float("inf"))


def run_job() -> list[int]:
    """The job, and what it queued, as a worker does it. The conversations it queued."""
    with patch("inbox.tasks.queue.enqueue") as enqueue:
        reread_conversations()
    queued = [call.args for call in enqueue.call_args_list]
    assert {name for name, _pk in queued} <= {"inbox.tasks.refresh_conversation"}
    for _name, pk in queued:
        refresh_conversation(pk)
    return [pk for _name, pk in queued]


def test_the_readings_of_a_minute_are_spread_over_it(source) -> None:
    for _number in range(4):
        make_message(make_conversation(source))
    with patch("inbox.tasks.queue.enqueue") as enqueue:
        reread_conversations()
    waits = [call.kwargs["countdown"] for call in enqueue.call_args_list]
    assert waits == [None, 12.5, 25, 37.5]


def due(source: Source, now: datetime | None = None) -> list[int]:
    source.refresh_from_db()
    return rereading.due(source, now or timezone.now())


def test_a_post_deleted_while_nobody_has_it_open_is_gone(source, site) -> None:
    post = site.post("My address is 12 Mill Lane")
    read(source)
    site.delete(post)
    read(source)
    assert Message.objects.get(external_id=post).body_text  # no list tells of it
    run_job()
    message = Message.objects.get(external_id=post)
    assert (message.body_text, message.body_html) == ("", "")
    assert message.deleted_at
    assert Conversation.objects.get().waiting_since is None


def test_a_post_edited_while_nobody_has_it_open_is_changed(source, site) -> None:
    post = site.post("Does it run on 9 volts?")
    read(source)
    site.edit(post, "@hub Does it run on 12 volts?")
    run_job()
    assert "12 volts" in Message.objects.get(external_id=post).body_text


def test_only_what_changed_is_counted(source, site) -> None:
    edited, kept = site.post("Does it run on 9 volts?"), site.post("And on batteries?")
    gone = site.post("My address is 12 Mill Lane")
    read(source)
    before = counts(source)
    assert before["fetched"] == before["stored"] + before["ignored"]

    run_job()
    assert counts(source) == before

    Conversation.objects.update(checked_at=None)
    site.edit(edited, "@hub Does it run on 12 volts?")
    site.delete(gone)
    while run_job():
        pass
    assert Message.objects.get(external_id=kept).deleted_at is None
    assert Message.objects.get(external_id=gone).deleted_at
    after = counts(source)
    assert after["stored"] == before["stored"] + 2
    assert after["fetched"] == before["fetched"] + 2
    assert after["ignored_why"] == before["ignored_why"]


def counts(source: Source) -> dict[str, object]:
    columns = ("fetched", "stored", "ignored", "quarantined", "ignored_why")
    return SourceDay.objects.filter(source=source).values(*columns).get()


def test_a_peers_answer_to_the_asker_arrives_while_the_conversation_waits(source, site) -> None:
    """It names the asker and not us, so that no list brings it."""
    asked = site.post("Does it run on 12 volts?")
    read(source)
    answer = site.say("ben", "@ada It does", reply_to=asked)
    read(source)
    assert not Message.objects.filter(external_id=answer).exists()
    run_job()
    conversation = Message.objects.get(external_id=answer).conversation
    assert conversation == Message.objects.get(external_id=asked).conversation
    assert conversation.peer_answered_at is not None
    assert conversation.waiting_since is not None
    assert Message.objects.get(external_id=answer).parent.external_id == asked


def test_a_peers_answer_that_came_before_the_question_was_read_is_there(source, site) -> None:
    asked = site.post("Does it run on 12 volts?")
    site.say("ben", "@ada It does", reply_to=asked)
    read(source)
    assert Conversation.objects.get().peer_answered_at is not None


def test_an_answered_conversation_is_read_again_for_14_days(source, bob) -> None:
    now = timezone.now()
    found = make_conversation(source)
    make_message(found, sent_at=now - timedelta(days=20))
    make_reply(found, by=bob, sent_at=now - timedelta(days=13, hours=23))
    found.refresh_from_db()
    assert found.waiting_since is None
    assert due(source, now) == [found.pk]
    assert due(source, now + timedelta(hours=2)) == []


def test_what_was_closed_without_an_answer_is_left_alone(source) -> None:
    found = make_conversation(source)
    message = make_message(found)
    Conversation.objects.filter(pk=found.pk).update(handled_up_to=message.pk)
    Conversation.objects.recompute([found.pk])
    assert due(source) == []


def test_the_oldest_check_comes_first_and_five_a_minute(source) -> None:
    now = timezone.now()
    found = [make_message(make_conversation(source)).conversation for _ in range(8)]
    for conversation, minutes in zip(found, (30, 21, 90, 19, 60, 40, 50, None), strict=True):
        checked = now - timedelta(minutes=minutes) if minutes else None
        Conversation.objects.filter(pk=conversation.pk).update(checked_at=checked)
    never, oldest = found[7].pk, found[2].pk
    assert due(source, now) == [never, oldest, found[4].pk, found[6].pk, found[5].pk]
    assert found[3].pk not in due(source, now)


def test_many_that_wait_do_not_keep_the_answered_from_being_checked(source, bob) -> None:
    answered = make_conversation(source)
    make_message(answered, sent_at=timezone.now() - timedelta(minutes=5))
    make_reply(answered, by=bob)
    for _ in range(9):
        make_message(make_conversation(source))
    assert len(due(source)) == 5
    assert answered.pk in due(source)


@pytest.mark.parametrize(
    "fields",
    [
        {"limited_until": timedelta(minutes=5)},
        {"failures": 1},
    ],
)
def test_a_source_that_cannot_be_asked_has_nothing_due(source, fields) -> None:
    make_message(make_conversation(source))
    assert due(source)
    now = timezone.now()
    changed = {k: now + v if isinstance(v, timedelta) else v for k, v in fields.items()}
    Source.objects.filter(pk=source.pk).update(**changed)
    assert due(source) == []


@pytest.mark.parametrize("state", ["paused", "reconnect"])
def test_a_stopped_source_is_not_asked(source, site, state) -> None:
    make_message(make_conversation(source))
    Source.objects.update(state=state)
    assert run_job() == []
    refresh_conversation(Conversation.objects.get().pk)
    assert site.paths() == []


def test_a_platform_that_tells_of_neither_is_not_asked(source, monkeypatch) -> None:
    make_message(make_conversation(source))
    monkeypatch.setattr(MastodonConnector, "capabilities", Capabilities(sees_deletes=True))
    assert due(source)
    monkeypatch.setattr(MastodonConnector, "capabilities", Capabilities())
    assert due(source) == []


def test_a_feed_which_every_pull_reads_whole_is_not_asked_again(db: None) -> None:
    feed = make_source(kind="feed", network="feed:blog", config={"url": "https://blog.example"})
    make_message(make_conversation(feed))
    assert due(feed) == []


def test_a_source_whose_package_is_gone_stops_no_other(source, site) -> None:
    make_message(make_conversation(make_source(kind="gone")))
    post = site.post("hello")
    read(source)
    site.delete(post)
    run_job()
    assert Message.objects.get(external_id=post).deleted_at


def test_each_message_of_a_long_conversation_gets_its_turn(source, site) -> None:
    """60 at once: the newest 30, and 30 of the older ones by chance."""
    found = make_conversation(source)
    now = timezone.now()
    for number in range(70):
        make_message(found, external_id=str(number), sent_at=now - timedelta(minutes=number))
    asked: list[set[str]] = []
    with patch.object(MastodonConnector, "fetch", autospec=True) as fetch:
        fetch.side_effect = lambda self, ids: asked.append(set(ids)) or Page()
        for _ in range(20):
            Conversation.objects.update(checked_at=None)
            refresh_conversation(found.pk)
    assert all(len(ids) == 60 for ids in asked)
    assert all({str(number) for number in range(30)} <= ids for ids in asked)
    assert set.union(*asked) == {str(number) for number in range(70)}


def test_run_twice_it_asks_once(source, site) -> None:
    site.post("hello")
    read(source)
    pk = Conversation.objects.get().pk
    refresh_conversation(pk)
    asked = len(site.paths())
    refresh_conversation(pk)
    assert len(site.paths()) == asked
    assert due(source) == []
    with time_machine.travel(timezone.now() + timedelta(minutes=21)):
        assert due(source) == [pk]


def test_a_limit_gives_the_check_back_and_other_trouble_does_not(source, site) -> None:
    site.post("hello")
    read(source)
    conversation = Conversation.objects.get()
    site.break_down()
    refresh_conversation(conversation.pk)
    conversation.refresh_from_db()
    assert conversation.checked_at is not None
    source.refresh_from_db()
    assert source.reread_at is None

    Conversation.objects.update(checked_at=None)
    site.heal()
    site.limit_rate(60)
    refresh_conversation(conversation.pk)
    conversation.refresh_from_db()
    source.refresh_from_db()
    assert conversation.checked_at is None
    assert source.waits_until is not None


def test_of_many_more_are_read_where_the_platform_says_what_it_allows(source, site) -> None:
    waiting = [make_conversation(source, waiting_since=timezone.now()) for _ in range(400)]
    assert len(due(source)) == 5  # it has not said so yet
    site.post("hello")
    read(source)
    refresh_conversation(Conversation.objects.latest("pk").pk)
    assert len(due(source)) == -(-401 // 40)
    Conversation.objects.filter(pk__in=[one.pk for one in waiting[:390]]).delete()
    assert len(due(source)) == 5
    site.allowance = 99  # of 300
    Conversation.objects.update(checked_at=None)
    refresh_conversation(Conversation.objects.latest("pk").pk)
    assert due(source) == []


def test_a_third_of_the_platforms_allowance_stays_for_what_is_new(source, site) -> None:
    site.post("hello")
    site.post("hello again")
    read(source)
    first, second = Conversation.objects.order_by("pk")
    site.allowance = 99  # of 300
    refresh_conversation(first.pk)
    assert due(source) == []
    asked = len(site.paths())
    refresh_conversation(second.pk)
    assert len(site.paths()) == asked
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert second.pk in due(source)


def test_a_word_deleted_in_one_of_200_waiting_conversations_is_gone_within_the_hour(
    source, site
) -> None:
    site.page_size = 40
    posts = [site.post(f"question {number}") for number in range(200)]
    read(source)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        # all were just checked, then the one that was checked last loses its words
        Conversation.objects.update(checked_at=now)
        last = Message.objects.get(external_id=posts[-1])
        Conversation.objects.filter(pk=last.conversation_id).update(
            checked_at=now + timedelta(seconds=1)
        )
        site.delete(posts[-1])
        read_again: list[int] = []
        for minute in range(1, 61):
            clock.move_to(now + timedelta(minutes=minute))
            read_again += run_job()
            if Message.objects.get(pk=last.pk).deleted_at:
                break
    assert Message.objects.get(pk=last.pk).body_text == ""
    assert minute <= 60
    assert len(read_again) == len(set(read_again)) == 200


def test_the_sources_page_says_what_is_re_read(client, source, site, bob) -> None:
    site.post("hello")
    site.post("hello again")
    read(source)
    client.force_login(bob)

    def words() -> str:
        page = " ".join(client.get(source.get_absolute_url()).content.decode().split())
        return page.partition("Edits and deletions</dt><dd>")[2].partition("</dd>")[0]

    whole = "Waiting conversations and those answered in the last 14 days are re-read about every"
    assert words() == f"{whole} 20 min. 2 are due."
    refresh_conversation(Conversation.objects.order_by("pk")[0].pk)
    assert words() == f"{whole} 20 min. Last re-read 0 s ago. 1 is due."
    run_job()
    assert words() == f"{whole} 20 min. Last re-read 0 s ago. All are up to date."
    source.refresh_from_db()
    source.set_fields(failures=1)
    assert words().endswith("Continues once a sync succeeds.")
    source.set_fields(state="paused")
    assert words().endswith("Stopped while the source isn’t syncing.")
    source.set_fields(kind="gone")
    assert words() == ""


def test_a_feeds_page_says_that_a_sync_brings_edits(client, bob) -> None:
    feed = make_source(kind="feed", network="feed:blog", config={"url": "https://blog.example"})
    client.force_login(bob)
    page = client.get(feed.get_absolute_url()).content.decode()
    assert "Edits arrive with every sync. This platform doesn’t report deletions." in page


def test_a_404_for_everything_keeps_the_source_going_and_what_was_read(
    client, source, site, bob
) -> None:
    """As a proxy answers while there is nothing behind it."""
    site.post("hello")
    read(source)
    site.answer_404()
    read(source)
    read(source)
    run_job()
    source.refresh_from_db()
    assert source.state == SourceState.ACTIVE
    assert source.failures == 2
    assert source.next_pull_at > timezone.now()
    assert Message.objects.get().body_text == "@hub hello"
    client.force_login(bob)
    assert "answers every request with 404" in client.get(source.get_absolute_url()).text
    site.heal()
    read(source)
    source.refresh_from_db()
    assert (source.failures, source.last_error) == (0, "")
