"""Connecting a source in the browser, against a forum that behaves like Discourse."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from inbox.connectors.local_server import Answer
from inbox.models import Source
from inbox.views import sources_setup
from members.models import Identity
from team.models import Action, Hub
from tests.make import one_line
from tests.platforms.discourse import KEY, Discourse
from tests.platforms.feeds import FeedSite

FORM = "/sources/new/discourse/"
CHOICES = "/sources/new/discourse/choices/"


@pytest.fixture
def forum(settings) -> Iterator[Discourse]:
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def browser(client, alice):
    client.force_login(alice)
    return client


def typed(forum, **changes: str) -> dict[str, str]:
    return {"url": forum.url, "username": "hub", "api_key": KEY, **changes}


def test_every_installed_platform_is_a_card(browser, settings):
    settings.SANDBOX_ENABLED = True
    page = browser.get("/sources/new/").content.decode()
    for kind in ("feed", "discourse", "mastodon", "sandbox"):
        assert f'href="/sources/new/{kind}/"' in page


@pytest.mark.parametrize(
    ("kind", "title", "step", "has_secrets"),
    [
        ("feed", "Connect a feed", "Test", False),
        ("sandbox", "Connect a practice site", "Sign in and test", True),
        ("discourse", "Connect Discourse", "Sign in and test", True),
    ],
)
def test_its_page_says_what_is_connected_and_speaks_of_keys_where_there_are_any(
    browser, settings, kind, title, step, has_secrets
):
    settings.SANDBOX_ENABLED = True
    page = one_line(browser.get(f"/sources/new/{kind}/").content)
    assert f"<h1>{title}</h1>" in page
    assert f'aria-current="step">{step} </li>' in page
    assert ("Keys and passwords are encrypted" in page) == has_secrets
    assert "Nothing is saved until the test succeeds." in page


def test_practice_sites_are_offered_only_where_they_are_served(browser, settings):
    settings.SANDBOX_ENABLED = False
    assert b"/sources/new/sandbox/" not in browser.get("/sources/new/").content


def test_the_test_says_who_we_are_before_anything_is_saved(browser, forum):
    answer = browser.post(FORM, typed(forum))
    assert (answer.status_code, answer.url) == (302, CHOICES)
    page = browser.get(CHOICES).content.decode()
    assert "The connection works" in page
    assert "@hub" in page
    assert not Source.objects.exists()


def test_the_key_never_travels_back_nor_lies_about(browser, forum):
    wrong = browser.post(FORM, typed(forum, username="nobody-here"))
    assert wrong.status_code == 422
    browser.post(FORM, typed(forum))
    seen = wrong.content + browser.get(FORM).content + browser.get(CHOICES).content
    assert KEY.encode() not in seen
    assert KEY not in json.dumps(dict(browser.session))
    assert all(KEY not in json.dumps(row.get_decoded()) for row in Session.objects.all())


def test_the_chosen_source_is_connected_and_begins_to_read_back(browser, forum, alice):
    browser.post(FORM, typed(forum))
    offered = browser.get(CHOICES).context["form"].fields["channels"].choices
    first = offered[0][0]
    answer = browser.post(
        CHOICES,
        {
            "name": "Our forum",
            "listen": "some",
            "channels": [first],
            "keywords": "manual\nMIDI clock, manual",
            "new_topics": "on",
            "history": "week",
        },
    )
    source = Source.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/sources/{source.pk}/")
    assert source.keywords == ["manual", "MIDI clock"]
    assert source.channel_ids == [first]
    assert [channel.external_id for channel in source.channels.all()] == [first]
    assert source.credentials["api_key"] == KEY
    assert source.is_backfilling
    assert timedelta(days=6) < timezone.now() - source.backfill_since < timedelta(days=8)
    assert Identity.objects.get(is_us=True).network == source.network
    assert Action.objects.get(verb="connect").by == alice
    assert browser.get(CHOICES).status_code == 302  # the half-made one is gone


def test_a_feed_is_called_by_its_title_and_nobody_is_signed_in_there(browser, settings):
    with FeedSite() as blog:
        settings.HTTP_ALLOWED_ORIGINS = [blog.url]
        blog.post("The first entry")
        form = {"url": f"{blog.url}/rss"}
        page = browser.post("/sources/new/feed/", form, follow=True)
        where = urlsplit(blog.url).netloc
        assert page.context["form"]["name"].value() == f"A site ({where})"
        text = page.content.decode()
    assert f"Found <strong>A site ({where})</strong>, which needs no account" in text
    assert "Signed in as" not in text


def test_a_wrong_key_is_a_sentence_beside_its_field(browser, forum):
    answer = browser.post(FORM, typed(forum, api_key="wrong-key"))
    assert answer.status_code == 422
    assert "api_key" in answer.context["form"].errors
    assert sources_setup.KEY not in browser.session


def test_a_private_address_is_refused_in_words(browser, forum, settings):
    settings.HTTP_ALLOWED_ORIGINS = []
    answer = browser.post(FORM, typed(forum))
    assert answer.status_code == 422
    assert "private" in str(answer.context["form"].non_field_errors())
    assert forum.server.asked == []


def test_a_web_page_where_a_forum_was_expected_is_a_sentence(browser, forum):
    forum.fault = lambda asked: Answer("<html>Hello</html>", headers={"Content-Type": "text/html"})
    answer = browser.post(FORM, typed(forum))
    assert answer.status_code == 422
    assert "address right" in str(answer.context["form"].errors)


def test_a_silent_platform_does_not_hold_the_page(browser, forum, monkeypatch):
    import time

    monkeypatch.setattr("inbox.views.sources_testing.TEST_SECONDS", 0.3)
    forum.fault = lambda asked: time.sleep(1.5)
    started = time.monotonic()
    answer = browser.post(FORM, typed(forum))
    assert answer.status_code == 422
    assert time.monotonic() - started < 1.4


def test_the_same_address_is_connected_once(browser, forum):
    for _ in range(2):
        browser.post(FORM, typed(forum))
        browser.post(CHOICES, {"name": "Forum", "listen": "all", "history": "none"})
    assert Source.objects.count() == 1
    again = browser.post(FORM, typed(forum))
    assert "already connected" in str(again.context["form"].non_field_errors())
    link = f'href="{Source.objects.get().get_absolute_url()}">Reconnect that source instead.</a>'
    assert link in again.content.decode()


def test_a_half_made_source_is_forgotten_after_an_hour(browser, forum, time_machine):
    browser.post(FORM, typed(forum))
    time_machine.move_to(timezone.now() + timedelta(hours=1, minutes=1))
    answer = browser.get(CHOICES)
    assert (answer.status_code, answer.url) == (302, FORM)
    assert sources_setup.KEY not in browser.session


def test_a_date_is_asked_for_where_one_chose_a_date_and_nowhere_else(browser, forum):
    browser.post(FORM, typed(forum))
    page = one_line(browser.get(CHOICES).content)
    assert 'for="id_since">Since</label>' in page
    refused = browser.post(CHOICES, {"name": "Forum", "listen": "all", "history": "date"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"since": ["Enter a date."]}
    unseen = {"name": "Forum", "listen": "all", "history": "week", "since": "tomorrow"}
    assert browser.post(CHOICES, unseen).status_code == 302


def test_a_date_is_a_day_of_the_hub(browser, forum, alice, time_machine):
    """Whoever connects it lives where that day began 21 hours later, and today is yesterday."""
    Hub.objects.create(pk=1, name="Polyphon", timezone="Pacific/Auckland")
    alice.timezone = "America/Los_Angeles"
    alice.save()
    time_machine.move_to(datetime(2026, 7, 1, 12, 30, tzinfo=UTC))
    browser.force_login(alice)
    browser.post(FORM, typed(forum))
    chosen = {"name": "Forum", "listen": "all", "history": "date", "since": "2026-07-02"}
    assert browser.post(CHOICES, chosen).status_code == 302
    assert Source.objects.get().backfill_since == datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed_in", "field"),
    [
        ({"listen": "some"}, "channels"),
        ({"history": "date"}, "since"),
        ({"history": "date", "since": "2999-01-01"}, "since"),
        ({"keywords": "x" * 81}, "keywords"),
        ({"name": ""}, "name"),
    ],
)
def test_a_choice_that_cannot_be_is_said_beside_its_field(browser, forum, typed_in, field):
    browser.post(FORM, typed(forum))
    answer = browser.post(CHOICES, {"name": "F", "listen": "all", "history": "none", **typed_in})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Source.objects.exists()


@pytest.mark.parametrize("path", ["/sources/new/", FORM, CHOICES])
def test_only_admins_connect(client, path, lena, bob):
    for colleague in (lena, bob):
        client.force_login(colleague)
        assert client.get(path).status_code == 403


def test_a_platform_that_is_not_installed_is_not_found(browser):
    assert browser.get("/sources/new/telegraph/").status_code == 404
