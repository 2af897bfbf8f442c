"""Ingest: nothing lost, nothing doubled, whatever the order."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from inbox.connectors.base import Problem
from inbox.connectors.ignored import Ignored
from inbox.ingest.message_lines import log_team_replies
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Message, Quarantined, Source, SourceDay, ThreadAlias
from members.models import Activity, Identity, Member
from tests.inbox.items import ago, item, page, person, reply
from tests.make import make_message, make_reply, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.standard_servers]


def test_a_page_becomes_messages_members_conversations_and_a_log() -> None:
    source = make_source()
    opening = item("1", channel_id="help", channel_name="Help")
    outcome = ingest(source, page(opening, reply("2", opening, author=person("arjun"))))

    conversation = Conversation.objects.get()
    assert (outcome.stored, outcome.fetched) == (2, 2)
    assert conversation.subject == "MIDI clock drifts"
    assert conversation.channel is not None
    assert conversation.channel.name == "Help"
    assert conversation.message_count == 2
    assert conversation.participant_count == 2
    assert Message.objects.get(external_id="2").parent == Message.objects.get(external_id="1")
    assert {member.name for member in Member.objects.all()} == {"Ines", "Arjun"}
    assert Activity.objects.filter(key__startswith="message:").count() == 2
    source.refresh_from_db()
    assert source.cursor == {"after": 2}


def test_same_mention_twice_makes_one_message() -> None:
    source = make_source()
    first = item("1")
    ingest(source, page(first, first))
    outcome = ingest(source, page(first))

    assert Message.objects.count() == Conversation.objects.count() == 1
    assert Activity.objects.count() == 1
    assert outcome.stored == 0
    assert outcome.ignored == {Ignored.UNCHANGED: 1}
    day = SourceDay.objects.get()
    assert (day.fetched, day.stored, day.ignored, day.quarantined) == (3, 1, 2, 0)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_a_thread_makes_the_same_thread(seed: int) -> None:
    source = make_source()
    root = item("1", thread_id="1", created_at=ago(minutes=60))
    one = reply("2", root, author=person("arjun"))
    two = reply("3", one)
    everything = [root, one, two]
    random.Random(seed).shuffle(everything)
    for each in everything:
        ingest(source, page(each))

    assert Conversation.objects.count() == 1
    parents = dict(Message.objects.values_list("external_id", "parent__external_id"))
    assert parents == {"1": None, "2": "1", "3": "2"}


@pytest.mark.parametrize("seed", range(6))
def test_threads_without_an_id_of_their_own_are_joined_by_their_ancestors(seed: int) -> None:
    """Each post names only the topmost ancestor that could be reached when it was read."""
    source = make_source()
    root = item("1", thread_id="1", created_at=ago(minutes=60))
    one = reply("2", root, thread_id="2")
    two = reply("3", one, thread_id="3")
    everything = [root, one, two]
    random.Random(seed).shuffle(everything)
    for each in everything:
        ingest(source, page(each))

    conversation = Conversation.objects.get()
    assert conversation.message_count == 3
    names = {conversation.external_id, *ThreadAlias.objects.values_list("external_id", flat=True)}
    assert names == {"1", "2", "3"}
    ingest(source, page(reply("4", two, thread_id="3")))
    assert Conversation.objects.count() == 1


def test_an_edit_replaces_the_words_and_an_older_version_does_not() -> None:
    source = make_source()
    first = item("1", edited_at=None)
    newest = replace(first, body="<p>third</p>", version="3", edited_at=ago(seconds=10))
    middle = replace(first, body="<p>second</p>", version="2", edited_at=ago(seconds=20))
    for version in (first, newest, middle, first):
        ingest(source, page(version))

    message = Message.objects.get()
    assert message.body_text == "third"
    assert message.edited_at == newest.edited_at
    assert Activity.objects.filter(kind="edited").count() == 1


def test_a_deletion_takes_the_words_and_keeps_the_place() -> None:
    source = make_source()
    first = item("1", content_warning="how the film ends")
    ingest(source, page(first))
    ingest(source, page(replace(first, op="delete")))
    ingest(source, page(replace(first, op="delete")))

    message = Message.objects.get()
    conversation = Conversation.objects.get()
    assert message.deleted_at is not None
    assert message.body_text == message.body_html == message.content_warning == ""
    assert conversation.waiting_since is None
    assert "Deleted" in Activity.objects.get().summary


def test_a_reply_of_ours_that_was_deleted_over_there_loses_its_words_too(bob) -> None:
    conversation = make_message().conversation
    ours = make_reply(conversation, by=bob, parent=conversation.messages.get())
    log_team_replies([ours.pk])
    gone = item(ours.external_id, thread_id=conversation.external_id, op="delete")
    ingest(conversation.source, page(gone))
    ours.refresh_from_db()
    assert ours.deleted_at is not None
    assert ours.body_text == ours.body_html == ours.body_source == ""
    assert Activity.objects.get().summary == "Deleted what we had written here"


def test_deleted_authors_are_nobody_and_never_one_person() -> None:
    source = make_source()
    ingest(source, page(item("1", author=None), item("2", author=None)))
    assert Identity.objects.count() == Member.objects.count() == 0
    assert Message.objects.filter(author=None).count() == 2


def test_a_handle_that_moves_to_another_account_merges_nobody() -> None:
    source = make_source()
    ingest(source, page(item("1", author=person("ines"))))
    ingest(source, page(item("2", author=person("other", handle="ines"))))
    assert Member.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_page_delivered_by_two_workers_at_once_is_stored_once() -> None:
    source = make_source()
    opening = item("1")
    wanted = page(opening, *(reply(str(n), opening) for n in range(2, 30)))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            ingest(source, wanted)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert Message.objects.count() == 29
    assert Conversation.objects.count() == Member.objects.count() == 1
    day = SourceDay.objects.get()
    assert (day.fetched, day.stored) == (116, 29)


@pytest.mark.django_db(transaction=True)
def test_two_sources_of_one_network_make_one_member_of_one_person() -> None:
    sources = [make_source(network="mastodon"), make_source(network="mastodon")]

    def work(source: Source) -> None:
        ingest(source, page(*(item(author=person(f"p{n}")) for n in range(20))))
        connections.close_all()

    workers = [threading.Thread(target=work, args=[source]) for source in sources]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Identity.objects.count() == Member.objects.count() == 20
    assert Message.objects.count() == 40


def test_what_the_connector_could_not_read_is_kept_raw() -> None:
    source = make_source()
    problem = Problem("No date in it", raw={"id": 7, "text": "a\x00b"}, external_id="7")
    ingest(source, page(item("1"), problems=[problem], ignored={"a system post": 2}))
    ingest(source, page(problems=[problem]))

    kept = Quarantined.objects.get()
    assert kept.raw == {"id": 7, "text": "ab"}
    day = SourceDay.objects.get()
    assert (day.fetched, day.stored, day.ignored, day.quarantined) == (5, 1, 2, 2)
    assert day.ignored_why == {"a system post": 2}


@pytest.mark.parametrize("code", ["23514", "54000"], ids=["a constraint", "a limit"])
def test_one_item_the_database_refuses_does_not_stop_the_others(code: str) -> None:
    source = make_source()
    with connection.cursor() as cursor:
        cursor.execute(f"""
            create function pg_temp.refuse() returns trigger language plpgsql as $$
            begin raise exception 'not this one' using errcode = '{code}'; end $$;
            create trigger refuse before insert on inbox_message for each row
            when (new.external_id = 'bad') execute function pg_temp.refuse()""")
    good = [item(str(n)) for n in range(1, 10)]
    outcome = ingest(source, page(*good[:5], item("bad"), *good[5:]))

    assert Message.objects.filter(external_id__in=[one.external_id for one in good]).count() == 9
    kept = Quarantined.objects.get()
    assert kept.external_id == "bad"
    assert "not this one" in kept.error
    assert (outcome.stored, len(outcome.bad)) == (9, 1)


def test_a_page_of_a_hundred_costs_as_many_queries_as_a_page_of_five() -> None:
    def cost(count: int) -> int:
        source = make_source()
        items = []
        for n in range(count):
            root = item(author=person(f"{source.pk}-{n}"), channel_id=f"c{n % 3}")
            items += [root, reply(f"{root.external_id}-r", root, author=person(f"{n}-peer"))]
        with CaptureQueriesContext(connection) as queries:
            ingest(source, page(*items))
        return len(queries)

    cost(1)  # a process asks the database some things once
    small, large = cost(5), cost(100)
    assert large == small
    assert small <= 29


def test_a_muted_channel_is_ignored_but_for_those_who_speak_to_us() -> None:
    source = make_source(channel_ids=["help"])
    here = item("1", channel_id="help")
    elsewhere = item("2", channel_id="off-topic")
    to_us = item("3", channel_id="off-topic", mention_reason="handle")
    outcome = ingest(source, page(here, elsewhere, to_us))
    assert set(Message.objects.values_list("external_id", flat=True)) == {"1", "3"}
    assert outcome.ignored == {Ignored.UNHEARD: 1}
