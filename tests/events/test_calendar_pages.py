"""The page Calendars: calendars that are imported, from an address and from a file."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from events import calendar_files
from events.models import Event, Feed
from team.models import Action
from tests.make import make_attendance, one_line, run_jobs

from .test_feed_sync import ical, one

pytestmark = pytest.mark.django_db
PAGE = "/events/calendars/"


@pytest.fixture
def page(client, bob):
    client.force_login(bob)
    return client


def add(page, url="https://example.org/a.ics", **more):
    return page.post(PAGE + "feeds/", {"url": url, "visibility": "team", **more}, follow=True)


def upload(page, data: bytes, name="theirs.ics"):
    file = SimpleUploadedFile(name, data, "text/calendar")
    return page.post(PAGE + "files/", {"file": file, "visibility": "team"}, follow=True)


def test_a_calendar_is_added_paused_resumed_and_removed(page):
    assert "Calendar added" in add(page, name="Tangerine club").content.decode()
    feed = Feed.objects.get()
    address = f"{PAGE}feeds/{feed.pk}/"
    assert "Paused" in page.post(address + "pause/", follow=True).content.decode()
    assert (
        "Resumed"
        in page.post(address + "pause/", {"_method": "DELETE"}, follow=True).content.decode()
    )
    assert (
        "Its events stay" in page.post(address, {"_method": "DELETE"}, follow=True).content.decode()
    )
    assert "Tangerine club" not in page.get(PAGE).content.decode()
    assert page.post(address).status_code == 404


def test_a_bad_address_is_said_beside_its_field_and_kept(page):
    answer = add(page, "example.org/a b", name="Mine")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Enter the address of a calendar" in text
    assert 'value="example.org/a b"' in text
    assert 'value="Mine"' in text


def test_what_went_wrong_and_what_was_left_out_is_shown_in_words(page):
    Feed.objects.create(
        url="https://a.example/a.ics", name="<b>Bad</b>", error="It’s down.", skipped={"zone": 3}
    )
    text = one_line(page.get(PAGE).content)
    assert "It’s down." in text
    assert "Events in an unknown timezone: 3" in text
    assert "<b>Bad" not in text


def test_observers_see_no_imported_calendars(client, olga):
    Feed.objects.create(url="https://a.example/secret.ics", name="Theirs")
    client.force_login(olga)
    assert "secret.ics" not in client.get(PAGE).content.decode()


def test_a_file_is_imported_once_and_undone_at_once(page, bob):
    upload(page, ical(one("1", "Talk"), one("2", "Old", days=-30)))
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_jobs()
    assert set(Event.objects.values_list("title", flat=True)) == {"Talk", "Old"}
    first = Action.objects.filter(verb="import").earliest("pk").group
    assert not calendar_files.path_of(str(first)).exists()
    upload(page, ical(one("1", "Talk again")))
    run_jobs()
    assert Event.objects.count() == 2
    group = Action.objects.filter(verb="import").latest("pk").group
    page.post(f"/undo/{group}/")
    assert set(Event.objects.present().values_list("title", flat=True)) == {"Talk", "Old"}
    make_attendance(Event.objects.get(title="Old"))
    page.post(f"/undo/{first}/")
    assert list(Event.objects.present().values_list("title", flat=True)) == ["Old"]


def test_a_file_that_is_no_calendar_is_said_on_the_page(page):
    upload(page, b"\x89PNG not a calendar")
    run_jobs()
    assert "isn’t a calendar" in page.get(PAGE).content.decode()


@pytest.mark.parametrize("data", [b"", b"x" * 10_000_001])
def test_a_file_that_is_empty_or_too_large_is_refused(page, data):
    assert upload(page, data).status_code == 422
    assert not Feed.objects.exists()
