"""What calendar programs read: feeds of public events, and of all events for one colleague."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from events import calendar_links, feeds_out
from events.models import CalendarLink, State, Visibility
from events.verbs import calendar_links as link_verbs
from tests.make import make_event

from .calendar_checks import entries

pytestmark = pytest.mark.django_db
PUBLIC = "/e/calendar.ics"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def titles(response) -> set[str]:
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/calendar")
    return {row["SUMMARY"] for row in entries(response.content)}


def own(user) -> tuple[str, object]:
    changes, token = link_verbs.make(by=user)
    return f"/e/team/{token}/events.ics", changes


def some_events() -> None:
    make_event("Open")
    make_event("By link", visibility=Visibility.LINK)
    make_event("Team", visibility=Visibility.TEAM)
    make_event("Draft", state=State.DRAFT, published_at=None)
    make_event("Gone", removed_at=timezone.now())
    make_event("Long ago", starts_at=timezone.now() - timedelta(days=400))


def test_the_public_feed_has_what_the_public_page_lists(client):
    some_events()
    assert titles(client.get(PUBLIC)) == {"Open"}


def test_a_cancelled_event_stays_in_the_feed_as_cancelled(client):
    make_event("Off", state=State.CANCELLED)
    (row,) = entries(client.get(PUBLIC).content)
    assert row["STATUS"] == "CANCELLED"


def test_no_feed_sets_a_cookie_and_an_unchanged_one_is_not_sent_again(client, bob):
    make_event()
    for address in (PUBLIC, own(bob)[0]):
        first = client.get(address)
        assert not first.cookies
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_public_feed_is_made_once_a_minute(client, django_assert_num_queries):
    make_event()
    client.get(PUBLIC)
    with django_assert_num_queries(1):  # what the hub is called
        client.get(PUBLIC)


def test_one_event_is_there_for_whoever_has_its_link_alone(client):
    shared, team = make_event(visibility=Visibility.LINK), make_event(visibility=Visibility.TEAM)
    assert titles(client.get(f"/e/{shared.slug}/event.ics")) == {shared.title}
    assert client.get(f"/e/{team.slug}/event.ics").status_code == 404
    assert client.get("/e/nothing/event.ics").status_code == 404


def test_a_colleague_s_feed_has_what_is_for_the_team_alone(client, olga):
    some_events()
    address, _changes = own(olga)
    assert titles(client.get(address)) == {"Open", "By link", "Team", "Draft"}


def test_a_revoked_link_finds_nothing_until_that_is_undone(client, bob):
    address, _made = own(bob)
    changes = link_verbs.revoke(CalendarLink.objects.get(), by=bob)
    assert client.get(address).status_code == 404
    assert changes.undo(by=bob) == 1
    assert client.get(address).status_code == 200


def test_the_link_of_who_left_finds_nothing(client, bob):
    address, _made = own(bob)
    bob.is_active = False
    bob.save()
    assert client.get(address).status_code == 404


def test_nobody_revokes_the_link_of_another(client, bob, lena):
    own(bob)
    client.force_login(lena)
    pk = CalendarLink.objects.get().pk
    assert client.post(f"/events/calendars/links/{pk}/revocation/").status_code == 404
    assert not link_verbs.revoke(CalendarLink.objects.get(), by=lena)


def test_the_link_is_shown_once_and_kept_as_a_hash(client, bob):
    client.force_login(bob)
    page = client.post("/events/calendars/links/").content.decode()
    token = page.split("/e/team/")[1].split("/")[0]
    assert client.get(f"/e/team/{token}/events.ics").status_code == 200
    assert token not in str(list(CalendarLink.objects.values()))
    assert token not in client.get("/events/calendars/").content.decode()


def test_when_it_was_last_used_is_written_once_an_hour(client, bob):
    address, _made = own(bob)
    client.get(address)
    before = CalendarLink.objects.get().last_used_at
    client.get(address)
    assert before is not None
    assert CalendarLink.objects.get().last_used_at == before


def test_a_sixth_link_is_refused_with_a_sentence(client, bob):
    for _ in range(link_verbs.MOST):
        own(bob)
    client.force_login(bob)
    page = client.post("/events/calendars/links/", follow=True).content.decode()
    assert "Revoke one that you don’t use" in page
    assert CalendarLink.objects.count() == link_verbs.MOST


def test_who_guesses_tokens_is_stopped(client):
    with time_machine.travel(timezone.now(), tick=False):  # within one minute
        answers = {client.get(f"/e/team/{n}/events.ics").status_code for n in range(70)}
    assert answers == {404, 429}


def test_a_feed_has_a_bounded_number_of_events(client, monkeypatch):
    monkeypatch.setattr(feeds_out, "MOST", 2)
    for title in "abc":
        make_event(title, starts_at=timezone.now() + timedelta(days=ord(title)))
    assert titles(client.get(PUBLIC)) == {"b", "c"}


def test_links_to_web_calendars_carry_when_where_and_the_page():
    start = timezone.now().replace(microsecond=0)
    event = make_event("A & B", starts_at=start, venue="Café", purpose="**Talk**")
    google = parse_qs(urlsplit(calendar_links.google(event)).query)
    outlook = parse_qs(urlsplit(calendar_links.outlook(event)).query)
    assert google["text"] == outlook["subject"] == ["A & B"]
    assert google["dates"][0].startswith(f"{start:%Y%m%dT%H%M%SZ}/")
    assert outlook["startdt"] == [f"{start:%Y-%m-%dT%H:%M:%SZ}"]
    assert google["location"] == ["Café"]
    assert google["details"] == [f"Talk\n\n{settings.HUB_URL}/e/{event.slug}/"]
