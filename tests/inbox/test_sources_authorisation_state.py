"""The `state` of a sign-in at a platform: of this user, in this session, once, for 10 minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from inbox.views import pending_authorisation
from tests.inbox.signing_in import (
    CALLBACK,
    CHOICES,
    OLD,
    path_of,
    sentence_after,
    start_sign_in,
    words_of,
)
from tests.make import make_user
from tests.platforms.mastodon import MastodonServer
from tests.platforms.mastodon_oauth import decide


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        yield site


@pytest.fixture
def browser(client, alice) -> Client:
    client.force_login(alice)
    return client


@pytest.mark.parametrize("state", ["guessed", "", "ä", None])
def test_a_wrong_state_is_refused_and_the_right_one_is_still_waited_for(browser, site, state):
    back = decide(start_sign_in(browser, site))
    (code,) = parse_qs(urlsplit(back).query)["code"]
    forged = f"{CALLBACK}?code={code}" + ("" if state is None else f"&state={state}")
    assert sentence_after(browser, forged) == OLD
    assert "/oauth/token" not in site.paths()
    assert browser.get(path_of(back)).url == CHOICES


def test_a_callback_that_nobody_waits_for_leads_to_the_platforms(browser):
    page = browser.get(f"{CALLBACK}?code=x&state=y", follow=True)
    assert page.redirect_chain == [("/sources/new/", 302)]
    assert OLD in words_of(page)


def test_a_state_is_good_once(browser, site):
    back = decide(start_sign_in(browser, site))
    assert browser.get(path_of(back)).url == CHOICES
    assert sentence_after(browser, back) == OLD
    assert site.paths().count("/oauth/token") == 1


def test_of_two_requests_with_one_state_at_once_one_is_refused(browser, site):
    """Both have read the session before either wrote it."""
    back = decide(start_sign_in(browser, site))
    session = browser.session
    waiting = dict(session[pending_authorisation.KEY])
    assert browser.get(path_of(back)).url == CHOICES
    session[pending_authorisation.KEY] = waiting
    session.save()
    assert sentence_after(browser, back) == OLD
    assert site.paths().count("/oauth/token") == 1


def test_a_state_expires(browser, site, time_machine):
    back = decide(start_sign_in(browser, site))
    time_machine.move_to(timezone.now() + timedelta(minutes=10, seconds=1))
    assert sentence_after(browser, back) == OLD
    assert "/oauth/token" not in site.paths()


def test_a_later_sign_in_replaces_an_earlier_one(browser, site):
    earlier, later = decide(start_sign_in(browser, site)), decide(start_sign_in(browser, site))
    assert sentence_after(browser, earlier) == OLD
    assert browser.get(path_of(later)).url == CHOICES


def test_the_state_of_another_user_is_refused(browser, site, alice):
    back = decide(start_sign_in(browser, site))
    other = Client()
    other.force_login(alice)  # another browser of the same admin is another session, too
    assert other.get(path_of(back)).url == "/sources/new/"
    session = browser.session
    kept = session[pending_authorisation.KEY]
    other.force_login(make_user("admin"))
    theirs = other.session
    theirs[pending_authorisation.KEY] = kept
    theirs.save()
    assert sentence_after(other, back) == OLD
    assert "/oauth/token" not in site.paths()


def test_whoever_lost_the_right_meanwhile_connects_nothing(browser, site, alice):
    back = decide(start_sign_in(browser, site))
    alice.role = "lead"
    alice.save()
    assert browser.get(path_of(back)).status_code == 403
    assert "/oauth/token" not in site.paths()
