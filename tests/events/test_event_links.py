"""Conversations about an event: linked from their menu, seen on both pages by whoever may."""

from __future__ import annotations

import pytest
from django.test import Client

from events.models import Event, EventLink
from team.models import Action, User
from tests.make import make_conversation, make_event, make_message, make_source

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def talk_of(**source):
    talk = make_conversation(make_source(**source), subject="Who brings what?")
    make_message(talk)
    return talk


def key_of(talk) -> str:
    return f"conversation:{talk.pk}"


def test_a_conversation_is_linked_shown_on_both_pages_and_undone(bob):
    talk, event, client = talk_of(), make_event(), browser(bob)
    menu = client.get("/events/links/", {"key": key_of(talk)}).content.decode()
    assert "Berlin meet-up" in menu
    client.post("/events/links/", {"key": key_of(talk), "event": event.pk})
    assert "Who brings what?" in client.get(event.get_absolute_url()).content.decode()
    page = client.get(talk.get_absolute_url()).content.decode()
    assert f'href="{event.get_absolute_url()}"' in page
    client.post(f"/undo/{Action.objects.get(verb='link').group}/")
    assert "Who brings what?" not in client.get(event.get_absolute_url()).content.decode()
    assert event.get_absolute_url() not in client.get(talk.get_absolute_url()).content.decode()


def test_linking_twice_makes_one_link_and_a_removed_one_comes_back(bob):
    talk, event, client = talk_of(), make_event(), browser(bob)
    for _time in range(2):
        client.post("/events/links/", {"key": key_of(talk), "event": event.pk})
    link = EventLink.objects.get()
    client.delete(f"/event-links/{link.pk}/")
    assert not EventLink.objects.present().exists()
    client.post("/events/links/", {"key": key_of(talk), "event": event.pk})
    assert EventLink.objects.present().get().pk == link.pk


def test_whoever_may_not_see_the_source_sees_no_link_and_can_make_none(bob, lena):
    talk, event = talk_of(restricted=True), make_event()
    browser(lena).post("/events/links/", {"key": key_of(talk), "event": event.pk})
    assert EventLink.objects.get().scope == talk.source.scope
    client = browser(bob)
    assert "Who brings what?" not in client.get(event.get_absolute_url()).content.decode()
    other = make_event("Another")
    answer = client.post("/events/links/", {"key": key_of(talk), "event": other.pk})
    assert answer.status_code == 404
    assert client.delete(f"/event-links/{EventLink.objects.get().pk}/").status_code == 404


@pytest.mark.parametrize(
    "key", ["", "conversation:", "conversation:x", "member:1", "conversation:9"]
)
def test_a_key_that_means_nothing_is_not_found(bob, key):
    assert browser(bob).get("/events/links/", {"key": key}).status_code == 404


def test_a_new_event_about_a_conversation_begins_with_its_subject(bob):
    talk, client = talk_of(), browser(bob)
    page = client.get("/events/new/", {"about": key_of(talk)}).content.decode()
    assert 'value="Who brings what?"' in page
    form = {
        "title": "Repair café", "kind": "in_person", "starts_at": "2031-05-06T19:00",
        "ends_at": "2031-05-06T21:00", "timezone": "Europe/Berlin", "most_guests": "1",
        "visibility": "public", "about": key_of(talk),
    }  # fmt: skip
    client.post("/events/new/", form)
    assert EventLink.objects.get().event == Event.objects.get()


def test_the_next_page_after_removal_is_never_another_site(bob):
    talk, event, client = talk_of(), make_event(), browser(bob)
    client.post("/events/links/", {"key": key_of(talk), "event": event.pk})
    form = {"_method": "DELETE", "next": "https://evil.example/"}
    answer = client.post(f"/event-links/{EventLink.objects.get().pk}/", form)
    assert answer.url == event.get_absolute_url()
