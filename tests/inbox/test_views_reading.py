"""The pages one reads: lists, conversations, and the parts that are fetched alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.models import Draft, ReadMark
from inbox.verbs import tags, triage
from tests.make import (
    make_channel,
    make_conversation,
    make_line,
    make_message,
    make_reply,
    make_source,
    make_user,
)


def ask(client, address, target="", **data):
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    return client.get(address, data, headers=headers)


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def desk(client, bob):
    """Bob's browser."""
    client.force_login(bob)
    return client


def busy_conversation(bob, *, messages: int):
    source = make_source()
    talk = make_conversation(source, channel=make_channel(source))
    first = make_message(talk, sent_at=timezone.now() - timedelta(days=3))
    for number in range(messages - 1):
        at = timezone.now() - timedelta(hours=number + 1)
        make_message(talk, f"Message {number}", sent_at=at, parent=first)
    triage.assign([talk], bob, by=bob)
    tags.tag([talk], "bug", by=bob)
    make_reply(talk, by=bob)
    return talk


@pytest.mark.django_db(transaction=True)
def test_opening_a_conversation_for_the_first_time_stays_within_twelve_statements(client):
    bob = make_user("manager", email="bob@team.example")
    client.force_login(bob)
    talk = make_conversation()
    make_message(talk)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(talk.get_absolute_url()).status_code == 200
    assert len(asked) <= 12, [query["sql"][:80] for query in asked]
    assert bob.readmarks.get().up_to == talk.last_message_id


def test_an_older_tab_does_not_turn_the_read_mark_back(bob):
    talk = make_conversation()
    talk.mark_read(20, by=bob)
    talk.mark_read(10, by=bob)
    assert bob.readmarks.get().up_to == 20
    triage.mark_unread([talk], by=bob)
    talk.mark_read(10, by=bob)
    assert bob.readmarks.get().up_to == 10


def test_a_list_costs_the_same_with_25_rows_as_with_5(desk, bob, django_assert_num_queries):
    source = make_source()
    for number in range(30):
        talk = make_conversation(source, channel=make_channel(source))
        make_message(talk, sent_at=timezone.now() - timedelta(hours=number))
        tags.tag([talk], f"tag {number % 3}", by=bob)
        if number in (4, 24):
            desk.get("/inbox/")  # the session is read once and then known
            with django_assert_num_queries(5):
                page = desk.get("/inbox/")
            assert words(page).count('class="row"') == number + 1


def test_a_conversation_costs_the_same_with_20_messages_as_with_4(
    desk, bob, django_assert_num_queries
):
    desk.get("/inbox/")
    for messages in (4, 20):
        talk = busy_conversation(bob, messages=messages)
        with django_assert_num_queries(12):  # the first time: one of them keeps the read mark
            desk.get(talk.get_absolute_url())
        with django_assert_num_queries(11):
            desk.get(talk.get_absolute_url())


def test_a_row_says_who_where_what_and_why(desk, bob):
    source = make_source(name="The forum")
    talk = make_conversation(
        source, channel=make_channel(source, name="Help"), subject="MIDI drift"
    )
    make_message(talk, "It falls behind")
    tags.tag([talk], "bug", by=bob)
    shown = words(desk.get("/inbox/"))
    for said in ("Ines Wolff", "The forum", "Help", "MIDI drift", "It falls behind", "bug"):
        assert said in shown
    assert "new topic in Help" in shown
    assert '<li class="unread">' in shown


def test_a_row_shows_this_users_draft_and_nobody_elses(desk, bob, lena):
    talk = make_conversation()
    make_message(talk, "It falls behind")
    Draft.keep(lena, talk.pk, "reply", "What Lena typed")
    assert "What Lena typed" not in words(desk.get("/inbox/"))
    Draft.keep(bob, talk.pk, "reply", "What Bob typed")
    assert "Draft:</b> What Bob typed" in words(desk.get("/inbox/"))


def test_a_part_is_chosen_by_its_target_and_caches_are_told(desk):
    talk = make_conversation()
    make_message(talk)
    page = ask(desk, talk.get_absolute_url())
    part = ask(desk, talk.get_absolute_url(), f"thread-{talk.pk}")
    other = ask(desk, talk.get_absolute_url(), "something-else")
    assert words(page).startswith("<!doctype html>")
    assert words(part).startswith("<section")
    assert words(other).startswith("<!doctype html>")
    assert {"HX-Request", "HX-Target"} <= set(page.headers["Vary"].split(", "))


def test_rows_come_with_the_navigation_and_no_page_around_them(desk):
    make_message()
    part = words(ask(desk, "/inbox/", "rows"))
    assert part.startswith("<ul")
    assert 'id="inbox-nav"' in part
    assert 'hx-swap-oob="calm"' in part


def test_opening_marks_as_read_for_this_user_alone(desk, bob, lena):
    talk = make_conversation()
    message = make_message(talk)
    desk.get(talk.get_absolute_url())
    assert ReadMark.objects.get(user=bob, conversation=talk).up_to == message.pk
    assert not ReadMark.objects.filter(user=lena).exists()


def test_a_thread_brought_up_to_date_in_a_tab_nobody_sees_is_not_read(desk, bob):
    talk = make_conversation()
    make_message(talk)
    ask(desk, talk.get_absolute_url(), f"thread-{talk.pk}")
    assert not ReadMark.objects.filter(user=bob).exists()


def test_the_person_beside_it_is_brought_up_to_date_alone(desk, bob, django_assert_num_queries):
    talk = make_conversation()
    make_message(talk)
    page = words(desk.get(talk.get_absolute_url()))
    aside = page[page.index('id="person"') :]
    heard = f'hx-trigger="hub:conversation-{talk.pk} from:body delay:150ms, hub:catch-up from:body'
    assert heard in aside[: aside.index(">")]
    ReadMark.objects.all().delete()
    make_line(talk.preview_by.member, "Ten kilohms.", kind="reply")
    with django_assert_num_queries(6):
        part = words(ask(desk, talk.get_absolute_url(), "person"))
    assert part.startswith("<aside")
    assert "Ten kilohms." in part
    assert "<article" not in part
    assert not ReadMark.objects.filter(user=bob).exists()


def test_beside_no_conversation_nothing_is_brought_up_to_date(desk):
    page = words(desk.get("/inbox/"))
    aside = page[page.index('id="person"') :]
    assert "hx-get" not in aside[: aside.index(">")]


def test_older_messages_are_read_upwards_without_gaps_or_repeats(desk):
    talk = make_conversation()
    moment = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_message(talk, f"Message number {number:02}", sent_at=moment)
    seen, address = [], f"{talk.get_absolute_url()}?in=everything"
    response = desk.get(address)
    while True:
        seen = [entry.message.pk for entry in response.context["thread"].entries] + seen
        if not (before := response.context["thread"].older):
            break
        response = ask(desk, address, "older", before=before)
    assert seen == sorted(seen)
    assert len(seen) == 45


def test_a_thread_brought_up_to_date_begins_where_it_did(desk):
    talk = make_conversation()
    for number in range(30):
        make_message(talk, f"Message {number}")
    start = desk.get(talk.get_absolute_url()).context["thread"].start
    make_message(talk, "A new one")
    fresh = ask(desk, talk.get_absolute_url(), f"thread-{talk.pk}", **{"from": start})
    assert len(fresh.context["thread"].entries) == 21
    assert fresh.context["thread"].start == start


def test_replies_are_indented_to_the_third_level_and_no_further(desk):
    talk = make_conversation()
    parent = None
    for _level in range(6):
        parent = make_message(talk, parent=parent)
    entries = desk.get(talk.get_absolute_url()).context["thread"].entries
    assert [entry.depth for entry in entries] == [0, 1, 2, 3, 3, 3]


def test_days_and_the_first_unread_are_marked(desk, bob):
    talk = make_conversation()
    read = make_message(talk, sent_at=timezone.now() - timedelta(days=2))
    ReadMark.set(bob, talk.pk, read.pk)
    make_message(talk, sent_at=timezone.now() - timedelta(days=1))
    entries = desk.get(talk.get_absolute_url()).context["thread"].entries
    assert [bool(entry.new_day) for entry in entries] == [True, True]
    assert [entry.first_unread for entry in entries] == [False, True]


def test_an_unknown_folder_and_somebody_elses_source_are_not_found(desk):
    secret = make_source(restricted=True)
    talk = make_conversation(secret)
    for address in ("/inbox/no-such/", f"/inbox/sources/{secret.pk}/", talk.get_absolute_url()):
        assert desk.get(address).status_code == 404


def test_lists_say_different_things_when_they_are_empty(desk):
    source = make_source(last_success_at=timezone.now() - timedelta(minutes=2))
    assert "All caught up" in words(desk.get("/inbox/"))
    assert "Last checked" in words(desk.get("/inbox/"))
    assert "No snoozed conversations" in words(desk.get("/inbox/snoozed/"))
    assert "No conversations yet" in words(desk.get("/inbox/everything/"))
    assert "No conversations from this source yet" in words(
        desk.get(f"/inbox/sources/{source.pk}/")
    )


def test_an_empty_hub_leads_an_admin_to_the_first_source(desk, client, alice):
    assert "Ask an admin to connect the first source" in words(desk.get("/inbox/"))
    client.force_login(alice)
    assert 'href="/sources/new/"' in words(client.get("/inbox/"))


def row(response) -> str:
    return words(response).split('class="row"', 1)[1].split("</a>", 1)[0]


@pytest.mark.parametrize(
    ("subject", "words_", "above"),
    [
        ("Which resistor", "Which   resistor is R14?", False),  # nobody reads it twice
        ("Which resistor", "R14, I think.", True),
        ("", "The board and the plan disagree.", False),
    ],
)
def test_a_row_says_its_subject_where_its_words_do_not(desk, subject, words_, above):
    make_message(make_conversation(subject=subject), words_)
    assert ('class="subject"' in row(ask(desk, "/inbox/needs-reply/"))) is above


def test_a_row_of_snoozed_says_when_it_wakes_although_somebody_waits(desk, bob, time_machine):
    time_machine.move_to("2026-11-25 12:00:00+00:00", tick=False)
    bob.timezone = "UTC"
    bob.save()
    talk = make_conversation()
    make_message(talk, sent_at=timezone.now() - timedelta(days=2))
    triage.snooze([talk], timezone.now() + timedelta(days=2, hours=1), by=bob)
    assert ">Fri 13:00</time>" in row(ask(desk, "/inbox/snoozed/"))
    triage.snooze([talk], None, by=bob)
    assert ">on reply</span>" in row(ask(desk, "/inbox/snoozed/"))


def test_a_source_has_a_line_between_who_waits_and_the_others(desk):
    source = make_source()
    context = make_conversation(source)
    make_message(context, mention_reason="")
    make_message(make_conversation(source))
    page = words(ask(desk, f"/inbox/sources/{source.pk}/"))
    assert "Waiting first" in page
    assert page.index('class="split">Not waiting') < page.index(f'id="row-{context.pk}"')
