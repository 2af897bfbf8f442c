"""What strangers are shown of an event, and what they are not."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from events import rsvp
from events.models import Answer, Kind, State, Visibility
from events.verbs import editing
from tests.make import make_attendance, make_event, make_identity, make_member, one_line

pytestmark = pytest.mark.django_db


def page_of(browser, event, more: str = "") -> str:
    answer = browser.get(f"/e/{event.slug}/{more}")
    assert answer.status_code == 200
    return one_line(answer.content)


def data_of(page: str) -> dict:
    return json.loads(
        re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)[1]
    )


def test_the_page_tells_when_where_and_what_for_and_nothing_of_the_team(mallory, bob):
    event = make_event(
        venue="Kulturhaus", address="Weg 3, Berlin", purpose="Bring *your* synth.",
        notes="Ask Ines for money", host=bob, capacity=4, link="https://meet.example/secret",
        starts_at=datetime(2030, 12, 10, 18, tzinfo=UTC), kind=Kind.HYBRID,
    )  # fmt: skip
    make_attendance(event, make_member("Ines Wolff"), guests=1)
    page = page_of(mallory, event)
    assert "Tuesday, 10 December 2030, 19:00–21:00" in page
    assert "Europe/Berlin, UTC+1" in page
    assert "Kulturhaus, Weg 3, Berlin" in page
    assert "<em>your</em>" in page
    assert "2 going" in page
    assert "2 seats left" in page
    for hidden in ("Ines", "money", bob.name, "meet.example"):
        assert hidden not in page


def test_the_page_is_the_same_for_a_colleague(client, bob):
    client.force_login(bob)
    assert "Will you come?" in page_of(client, make_event())


def test_states_are_said_in_plain_words(mallory):
    full = make_event(capacity=1)
    make_attendance(full)
    assert "All seats are taken." in page_of(mallory, full)
    assert "Join the waiting list" in page_of(mallory, full)
    off = page_of(mallory, make_event(state=State.CANCELLED))
    assert "This event was cancelled." in off
    assert "<form" not in off
    over = page_of(mallory, make_event(starts_at=timezone.now() - timedelta(days=2)))
    assert "This event is over." in over
    assert "<form" not in over


def test_a_free_seat_belongs_to_who_waits(mallory):
    event = make_event(capacity=3)
    make_attendance(event)
    make_attendance(event, answer=Answer.WAITING, waiting_since=timezone.now(), guests=2)
    assert "All seats are taken." in page_of(mallory, event)


@pytest.mark.parametrize("more", ["", "sent/", "embed/", "picture.png"])
@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.DRAFT, "published_at": None},
        {"visibility": Visibility.TEAM},
        {"state": State.CANCELLED, "published_at": None},
        {"removed_at": timezone.now()},
    ],
)
def test_what_is_not_public_is_not_found(mallory, fields, more):
    assert mallory.get(f"/e/{make_event(**fields).slug}/{more}").status_code == 404


def test_structured_data_can_be_read_and_nothing_ends_its_script(mallory):
    title = '</script><script>alert("x")</script>'
    event = make_event(title, capacity=3, venue="Haus <b>", purpose="Tea & cake\u2028")
    page = page_of(mallory, event)
    assert "<script>alert" not in page
    data = data_of(page)
    assert data["name"] == title
    assert data["@type"] == "Event"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["remainingAttendeeCapacity"] == 3
    assert data["location"][0]["name"] == "Haus <b>"
    assert datetime.fromisoformat(data["startDate"]) == event.starts_at.replace(
        second=0, microsecond=0
    )


def test_the_nonce_of_a_kept_page_is_that_of_each_answer(mallory):
    event = make_event()
    found = set()
    for _ in range(2):
        answer = mallory.get(f"/e/{event.slug}/")
        nonce = re.search(r'nonce="([^"]+)"', answer.content.decode())[1]
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        found.add(nonce)
    assert len(found) == 2


def test_a_page_is_kept_but_an_edit_shows_at_once(mallory, bob, django_assert_num_queries):
    event = make_event(capacity=5)
    page_of(mallory, event)
    with django_assert_num_queries(1):
        page_of(mallory, event)
    editing.edit(event, by=bob, title="Hamburg meet-up")
    assert "Hamburg meet-up" in page_of(mallory, event)
    editing.cancel(event, by=bob)
    assert "was cancelled" in page_of(mallory, event)


def test_an_uncached_page_takes_few_queries(mallory, django_assert_max_num_queries):
    event = make_event(capacity=5)
    for _ in range(4):
        make_attendance(event)
    cache.clear()
    with django_assert_max_num_queries(5):
        page_of(mallory, event)


def test_no_page_sets_a_cookie_or_needs_one(mallory):
    event = make_event()
    row = make_attendance(event)
    for address in ("/e/", f"/e/{event.slug}/", f"/e/{event.slug}/embed/", f"/e/mine/{row.token}/"):
        answer = mallory.get(address)
        assert answer.status_code == 200
        assert not answer.cookies


def test_only_the_embedded_page_may_stand_in_a_frame(mallory):
    event = make_event()
    whole, part = (mallory.get(f"/e/{event.slug}/{more}") for more in ("", "embed/"))
    assert whole.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in whole.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in part.headers
    assert "frame-ancestors *" in part.headers["Content-Security-Policy"]
    assert "script-src 'self'" in part.headers["Content-Security-Policy"]
    assert 'target="_blank"' in part.content.decode()
    assert 'method="post"' not in part.content.decode()
    row = make_attendance(event)
    assert mallory.get(f"/e/mine/{row.token}/").headers["X-Frame-Options"] == "DENY"


def test_the_share_picture_is_drawn_once(mallory, monkeypatch, settings):
    event = make_event("東京 " + "Very long title " * 12, cover_words="Hands on", venue="Haus 3")
    answer = mallory.get(f"/e/{event.slug}/picture.png")
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    monkeypatch.setattr("events.share_picture.png_of", None)
    assert mallory.get(f"/e/{event.slug}/picture.png").content == answer.content
    page = page_of(mallory, event)
    assert f'property="og:image" content="{settings.HUB_URL}/e/{event.slug}/picture.png' in page


@pytest.mark.parametrize("title", ["W" * 200, "a b " * 50, "x", "\U0001f600" * 30])
def test_a_title_of_any_length_fits_the_picture(mallory, title):
    assert mallory.get(f"/e/{make_event(title).slug}/picture.png").status_code == 200


def test_the_list_has_public_events_alone_the_soonest_first(mallory):
    now = timezone.now()
    later, sooner = make_event("Later", starts_at=now + timedelta(days=9)), make_event("Sooner")
    make_event("By link", visibility=Visibility.LINK)
    make_event("Of the team", visibility=Visibility.TEAM)
    make_event("Draft", state=State.DRAFT, published_at=None)
    make_event("Past", starts_at=now - timedelta(days=2))
    page = one_line(mallory.get("/e/").content)
    assert re.findall(r'<h2 dir="auto"><a href="[^"]+">([^<]+)', page) == ["Sooner", "Later"]
    past = one_line(mallory.get("/e/?past=1").content)
    assert re.findall(r'<h2 dir="auto"><a href="[^"]+">([^<]+)', past) == ["Past"]
    assert later.slug in page
    assert sooner.slug in page


def test_a_long_list_goes_on(mallory, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("events.views.public.PAGE", 2)
    for number in range(5):
        make_event(f"Event {number}", starts_at=timezone.now() + timedelta(days=number + 1))
    address, seen = "/e/", []
    while address:
        with django_assert_max_num_queries(3):
            page = mallory.get(address).content.decode()
        seen += re.findall(r">(Event \d)</a>", page)
        more = re.search(r'class="btn" href="([^"]+)"', page)
        address = "/e/" + more[1].replace("&amp;", "&") if more else ""
    assert seen == [f"Event {number}" for number in range(5)]
    assert mallory.get("/e/?after=nonsense").status_code == 200


# The personal link --------------------------------------------------------------------------------


def post(browser, row, **data):
    return browser.post(f"/e/mine/{row.token}/", data)


def test_the_personal_link_shows_that_answer_and_nothing_else(mallory):
    ines = make_member("Ines Wolff")
    make_identity(ines, network="email", external_id="ines@example.org", email="ines@example.org")
    row = make_attendance(make_event("Berlin meet-up"), ines, guests=1)
    make_attendance(make_event("Secret dinner"), ines)
    make_attendance(row.event, make_member("Bo Berg"))
    answer = mallory.get(f"/e/mine/{row.token}/")
    page = one_line(answer.content)
    assert "Ines Wolff" in page
    assert row.code in page
    assert "<svg" in page
    for hidden in ("ines@example.org", "Secret dinner", "Bo Berg"):
        assert hidden not in page
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    entry = mallory.get(f"/e/mine/{row.token}/event.ics")
    assert entry.headers["Content-Type"].startswith("text/calendar")
    assert b"ines@example.org" not in entry.content


def test_one_changes_ones_mind_and_the_seat_goes_to_who_waits(mallory):
    event = make_event(capacity=1)
    row = make_attendance(event)
    waiting = make_attendance(event, answer=Answer.WAITING, waiting_since=timezone.now())
    assert post(mallory, row, wanted="declined").status_code == 302
    for each in (row, waiting):
        each.refresh_from_db()
    assert (row.answer, waiting.answer) == ("declined", "going")
    page = mallory.get(f"/e/mine/{row.token}/").content.decode()
    assert "Not going" in page
    assert "QR code" not in page
    post(mallory, row, wanted="going")
    row.refresh_from_db()
    assert row.answer == "waiting"


def test_more_guests_than_seats_are_refused_with_a_sentence(mallory):
    row = make_attendance(make_event(capacity=1))
    page = post(mallory, row, wanted="going", guests="1")
    assert page.status_code == 422
    assert "no seats left for so many guests" in page.content.decode()


@pytest.mark.parametrize("data", [{}, {"wanted": "invited"}, {"wanted": "waiting"}])
def test_what_nobody_may_answer_is_refused(mallory, data):
    row = make_attendance()
    assert post(mallory, row, **data).status_code == 422
    row.refresh_from_db()
    assert row.answer == "going"


def test_the_link_to_join_online_is_for_who_is_going(mallory):
    event = make_event(kind=Kind.ONLINE, link="https://meet.example/room")
    going, maybe = make_attendance(event), make_attendance(event, answer=Answer.MAYBE)
    assert "meet.example" in mallory.get(f"/e/mine/{going.token}/").content.decode()
    assert "meet.example" not in mallory.get(f"/e/mine/{maybe.token}/").content.decode()


def test_a_link_of_a_cancelled_event_says_so_and_changes_nothing(mallory):
    row = make_attendance(make_event(state=State.CANCELLED))
    assert "was cancelled" in mallory.get(f"/e/mine/{row.token}/").content.decode()
    assert post(mallory, row, wanted="maybe").status_code == 422


def test_a_guessed_link_is_not_found(mallory):
    assert mallory.get("/e/mine/nonsense/").status_code == 404
    row = make_attendance()
    type(row.member).objects.update(erased_at=timezone.now())
    assert rsvp.attendance_of(row.token) is None
