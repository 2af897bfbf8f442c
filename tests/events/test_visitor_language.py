"""People without an account read pages and mails in their language; the team reads its own."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from events import notices, pending_mails, reminders, rsvp_forms
from events.models import Attendance, PendingAnswer
from members.models import Activity
from tests.events.test_rsvp import say
from tests.make import make_attendance, make_event, make_member, one_line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def not_too_soon(monkeypatch):
    monkeypatch.setattr(rsvp_forms, "TOO_SOON", -1)


GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.8"}
STARTS = datetime(2030, 12, 10, 18, tzinfo=UTC)


def page_of(browser, address: str, **headers: str) -> str:
    answer = browser.get(address, **headers)
    assert answer.status_code == 200
    return one_line(answer.content)


def text_of(message) -> str:
    return f"{message.subject}\n{message.body}"


def test_a_german_browser_reads_german(mallory):
    event = make_event(starts_at=STARTS, ends_at=STARTS + timedelta(hours=2), capacity=9)
    make_attendance(event, make_member("Ines Wolff"))
    page = page_of(mallory, f"/e/{event.slug}/", **GERMAN)
    assert '<html lang="de"' in page
    assert "Dienstag, 10. Dezember 2030, 19:00–21:00 Uhr" in page
    assert "1 kommt" in page
    assert "noch 8 Plätze frei" in page
    assert "Kommst du?" in page
    assert "Berlin meet-up" in page  # the team's own words stay
    answer = mallory.get(f"/e/{event.slug}/", **GERMAN)
    assert answer.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(re.split(", *", answer.headers["Vary"]))


def test_english_is_read_by_everybody_else_and_no_kept_page_mixes_them(mallory):
    event = make_event()
    address = f"/e/{event.slug}/"
    cache.clear()
    assert "Kommst du?" in page_of(mallory, address, **GERMAN)
    assert "Will you come?" in page_of(mallory, address, HTTP_ACCEPT_LANGUAGE="fr, it;q=0.5")
    assert "Will you come?" in page_of(mallory, address)
    assert "Kommst du?" in page_of(mallory, address, **GERMAN)
    assert "Will you come?" in page_of(mallory, address, HTTP_ACCEPT_LANGUAGE="en-GB,de;q=0.2")


def test_a_language_is_chosen_by_a_link_and_remembered(mallory):
    address = f"/e/{make_event().slug}/"
    page = page_of(mallory, address)
    assert 'href="?lang=de" lang="de"' in page
    assert "Kommst du?" in page_of(mallory, f"{address}?lang=de")
    assert "Kommst du?" in page_of(mallory, address)
    assert 'href="?lang=en" lang="en"' in page_of(mallory, "/e/")
    assert "Will you come?" in page_of(mallory, f"{address}?lang=en", **GERMAN)
    assert "Will you come?" in page_of(mallory, f"{address}?lang=xx", **GERMAN)
    cookie = mallory.cookies["visitor_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")


def test_mails_come_in_the_language_of_the_answer_to_the_last_reminder(mallory):
    event = make_event(
        starts_at=timezone.now() + timedelta(hours=20),
        ends_at=timezone.now() + timedelta(hours=22),
        published_at=timezone.now() - timedelta(days=9),
        changed_at=timezone.now() - timedelta(days=9),
        reminders=["day"],
    )
    mallory.defaults |= GERMAN
    say(mallory, event)
    pending_mails.send_due()
    asked = text_of(mail.outbox.pop())
    assert f"Bestätige deine Antwort: {event}" in asked
    assert "Der Link gilt zwei Tage." in asked
    link = re.search(r"https?://[^/]+(/e/confirm/\S+)", asked)[1]
    assert "Bestätigen" in page_of(mallory, link)

    there = mallory.post(link, HTTP_ACCEPT_LANGUAGE="en")  # opened on another phone
    attendance = Attendance.objects.get()
    assert (attendance.language, PendingAnswer.objects.get().language) == ("de", "de")
    mine = page_of(mallory, there.headers["Location"])
    assert "Zeig das am Eingang" in mine
    assert "Dabei" in mine
    Attendance.objects.update(answered_at=timezone.now() - timedelta(days=3))
    reminders.queue_due()
    notices.send_due()
    said = "\n".join(map(text_of, mail.outbox))
    assert f"Du bist dabei: {event}" in said
    assert f"Erinnerung: {event}" in said
    assert "Dort findest du den Code für den Eingang" in said
    html = mail.outbox[0].alternatives[0][0]
    assert '<html lang="de"' in html


def test_what_the_team_reads_of_it_stays_in_the_teams_language(mallory):
    event = make_event()
    mallory.defaults |= GERMAN
    say(mallory, event)
    pending_mails.send_due()
    link = re.search(r"https?://[^/]+(/e/confirm/\S+)", mail.outbox[0].body)[1]
    mallory.post(link)
    assert Activity.objects.get().summary == f"Going to “{event}”"


def test_refusals_are_in_german_too(mallory):
    event = make_event(capacity=1, most_guests=2)
    address = f"/e/{event.slug}/"
    page = one_line(mallory.post(address, {"name": "", "email": "x"}, **GERMAN).content)
    assert "Dieses Feld ist zwingend erforderlich." in page  # Django's own
    assert "Gib eine E-Mail-Adresse ein" in page
    row = make_attendance(event, make_member("Ines Wolff"))
    mine = f"/e/mine/{row.token}/"
    said = one_line(mallory.post(mine, {"wanted": "going", "guests": 2}, **GERMAN).content)
    assert "Für so viele Personen sind keine Plätze mehr frei." in said


def test_pages_of_the_team_stay_in_english(client, bob):
    client.force_login(bob)
    page = page_of(client, "/events/?lang=de", **GERMAN)
    assert '<html lang="en"' in page
    assert "Veranstaltung" not in page


def test_nothing_that_visitors_read_lacks_its_german():
    """Also: the compiled catalog is that of the text."""
    script = Path(settings.BASE_DIR) / "scripts" / "messages.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_german_pages_say_nothing_in_english(mallory):
    event = make_event(capacity=1)
    row = make_attendance(event, make_member("Ines Wolff"))
    shown = " ".join(
        page_of(mallory, address, **GERMAN)
        for address in ("/e/", "/e/?past=1", f"/e/{event.slug}/", f"/e/{event.slug}/sent/",
                        f"/e/{event.slug}/embed/", f"/e/mine/{row.token}/")
    )  # fmt: skip
    catalog = Path(settings.BASE_DIR) / "community_hub/locale/de/LC_MESSAGES/django.po"
    with catalog.open("rb") as file:
        rows = [row for row in read_po(file) if isinstance(row.id, str) and row.id]
    english = [row.id for row in rows if row.id != row.string and len(row.id.split()) > 2]
    assert len(english) > 50
    assert [words for words in english if words in shown] == []
