"""Redis is away: pages and verbs work, sign-in too, and its limits hold."""

import time
from collections.abc import Iterator

import pytest
from celery import Celery, current_app
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from community_hub.lib import live, queue
from inbox.models import Message
from tests.make import PASSWORD, make_message, make_user

NOWHERE = "redis://127.0.0.1:1/0"  # a port that nobody listens at


def celery_at(broker: str) -> Celery:
    """The hub's, with its settings, at another broker."""
    away = Celery(broker=broker, set_as_current=False)
    away.conf.broker_transport_options = current_app.conf.broker_transport_options
    return away


@pytest.fixture
def away(settings, monkeypatch) -> Iterator[None]:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}
    settings.REDIS_URL = NOWHERE
    monkeypatch.setattr(queue, "current_app", celery_at(NOWHERE))
    live.client.cache_clear()
    cache.clear()  # what this process has counted in an earlier test
    yield
    live.client.cache_clear()


@pytest.fixture
def talk(db):
    return make_message().conversation


def test_pages_are_there(client, bob, talk, away):
    client.force_login(bob)
    for page in (
        reverse("inbox"),
        reverse("inbox-nav"),
        talk.get_absolute_url(),
        reverse("presence", args=[talk.pk]),
        talk.messages.get().author.member.get_absolute_url(),
        reverse("members"),
        reverse("sources"),
        reverse("team"),
        reverse("notifications"),
    ):
        assert client.get(page).status_code == 200, page


@pytest.mark.django_db(transaction=True)
def test_what_somebody_does_is_done(client, bob, away):
    """With real commits: what is rung after one must not fail it."""
    talk = make_message().conversation
    client.force_login(bob)
    seen = talk.last_message_id
    verbs = {
        "presence": {"state": "replying", "up_to": seen},
        "draft": {"kind": "reply", "text": "Gladly"},
        "notes": {"note": "Ask Ines."},
        "assignment": {"user": "me"},
        "replies": {"reply": "Gladly: hold both buttons."},
        "snooze": {"until": "tomorrow"},
        "closure": {"seen_up_to": seen},
    }
    begun = time.monotonic()
    with capture_logs() as logged:
        for noun, typed in verbs.items():
            answer = client.post(reverse(noun, args=[talk.pk]), typed)
            assert answer.status_code in (200, 204, 302), noun
        assert client.delete(reverse("presence", args=[talk.pk])).status_code == 204
    assert time.monotonic() - begun < 5
    said = {line["event"].partition(";")[0] for line in logged}
    assert {"presence not kept", "live event not published", "task not queued"} <= said
    talk.refresh_from_db()
    assert (talk.state, talk.assignee) == ("done", bob)
    assert set(Message.objects.exclude(kind="event").values_list("kind", flat=True)) == {
        "inbound",
        "note",
        "outbound",
    }


def test_people_sign_in_and_out(mallory, db, away):
    user = make_user(password=PASSWORD)
    login = reverse("account_login")
    assert mallory.get(login).status_code == 200
    answer = mallory.post(login, {"login": user.email, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")
    assert mallory.get(reverse("inbox")).status_code == 200
    mallory.post(reverse("account_logout"))
    assert mallory.get(reverse("inbox")).status_code == 302


def test_wrong_passwords_are_counted_all_the_same(db, away):
    user = make_user(password=PASSWORD)
    login = reverse("account_login")
    for number in range(5):
        tried = {"login": user.email, "password": f"wrong {number}"}
        Client().post(login, tried, REMOTE_ADDR=f"192.0.2.{number}")
    right = {"login": user.email, "password": PASSWORD}
    answer = Client().post(login, right, REMOTE_ADDR="192.0.2.9")
    assert "Too many wrong passwords" in answer.content.decode()


def test_a_cached_session_ends_soon_after_a_sign_out_that_redis_did_not_hear_of(
    client, bob, settings
):
    """Its row is gone at once; what Redis holds of it must not live as long as the session."""
    client.force_login(bob)
    client.get(reverse("inbox"))
    key = cache.make_key(client.session.cache_key)
    assert 0 < live.client().ttl(key) <= 600


def test_health_says_that_it_is_away(mallory, db, away):
    answer = mallory.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["redis"]["ok"] is False
