"""Signing in at the platform in place of a pasted token, against a server that speaks Mastodon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from inbox.connectors.base import AuthExpired
from inbox.connectors.local_server import Answer
from inbox.models import Source
from inbox.views import sources_setup
from team.models import Action, Notification
from tests.inbox.signing_in import (
    CALLBACK,
    CHOICES,
    FORM,
    connect,
    path_of,
    sentence_after,
    start_sign_in,
    words_of,
)
from tests.make import run_jobs
from tests.platforms.mastodon import TOKEN, MastodonServer
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


def unavailable(*_asked: object) -> Answer:
    return Answer({"error": "Service unavailable"}, 503)


def test_signing_in_there_ends_in_a_connected_source(browser, site, alice):
    assert "Sign in at the server" in words_of(browser.get(FORM))
    answer = browser.get(path_of(decide(start_sign_in(browser, site))))
    assert (answer.status_code, answer.url) == (302, CHOICES)
    assert "@hub on" in words_of(browser.get(CHOICES))
    assert not Source.objects.exists()
    answer = browser.post(CHOICES, {"name": "Our account", "history": "none"})
    source = Source.objects.get()
    assert (answer.status_code, answer.url) == (302, source.get_absolute_url())
    assert source.config == {"instance": site.url, "hashtags": ["soldering", "midi"]}
    assert source.credentials["access_token"] == TOKEN
    assert set(source.credentials) == {"access_token", "client_id", "client_secret"}
    assert Action.objects.get(verb="connect").by == alice


def test_the_hub_asks_for_the_scopes_that_the_form_names_and_for_no_others(browser, site):
    address = start_sign_in(browser, site)
    query = dict(parse_qsl(urlsplit(address).query))
    browser.get(path_of(decide(address)))
    assert query["scope"] == "read write:statuses"
    assert site.oauth.granted == {"read", "write:statuses"}
    assert "the scopes read and write:statuses" in words_of(browser.get(FORM))


def test_the_person_is_sent_to_the_server_that_was_typed_in_and_back_to_the_hub(
    browser, site, settings
):
    settings.HUB_URL = "https://hub.example.org"
    address = start_sign_in(browser, site)
    assert address.startswith(f"{site.url}/oauth/authorize?")
    assert decide(address).startswith(f"https://hub.example.org{CALLBACK}?")


def test_no_secret_stands_in_an_address_a_cookie_a_page_or_the_session(browser, site, caplog):
    address = start_sign_in(browser, site)
    (application,) = site.oauth.registered.values()
    back = decide(address)
    answer = browser.get(path_of(back))
    (code,) = parse_qs(urlsplit(back).query)["code"]
    stored = json.dumps(dict(browser.session))
    stored += "".join(json.dumps(row.get_decoded()) for row in Session.objects.all())
    seen = address + answer.url + str(browser.cookies) + stored + caplog.text
    seen += words_of(browser.get(CHOICES))
    for secret in (application.client_secret, TOKEN, code):
        assert secret not in seen


def test_a_typed_token_is_neither_needed_nor_used(browser, site):
    typed = {"instance": site.url, "access_token": "no token!"}
    assert browser.post(FORM, {**typed, "authorise": "yes"}).status_code == 200
    assert "access_token" in browser.post(FORM, typed).context["form"].errors


def test_what_is_wrong_with_the_form_is_said_before_anybody_is_asked(browser, site):
    answer = browser.post(FORM, {"instance": "", "hashtags": "?", "authorise": "yes"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"instance", "hashtags"}
    assert "access_token" in answer.context["form"].fields
    assert site.web.asked == []


def test_a_server_in_a_private_network_is_not_asked_and_nobody_is_sent_there(
    browser, site, settings
):
    settings.HTTP_ALLOWED_ORIGINS = []
    answer = browser.post(FORM, {"instance": site.url, "authorise": "yes"})
    assert answer.status_code == 422
    assert "private address" in str(answer.context["form"].non_field_errors())
    assert site.web.asked == []


def test_the_button_names_the_server_once_it_is_known(browser, site):
    page = browser.post(FORM, {"instance": site.url, "hashtags": "?", "authorise": "yes"})
    assert f"Sign in at {urlsplit(site.url).netloc}" in words_of(page)


def test_platforms_without_a_sign_in_of_their_own_have_no_such_button(browser):
    assert 'name="authorise"' not in words_of(browser.get("/sources/new/discourse/"))
    assert browser.post("/sources/new/discourse/", {"authorise": "yes"}).status_code == 422


def test_whoever_says_no_there_reads_so_on_the_form(browser, site):
    back = decide(start_sign_in(browser, site), "deny")
    page = browser.get(path_of(back), follow=True)
    assert page.redirect_chain == [(FORM, 302)]
    assert "Access was denied at 127.0.0.1" in words_of(page)
    assert page.context["form"]["instance"].value() == site.url
    assert page.context["form"]["hashtags"].value() == "soldering midi"
    assert "/oauth/token" not in site.paths()


def test_a_refused_code_is_a_sentence(browser, site):
    back = decide(start_sign_in(browser, site))
    site.oauth.codes.clear()
    assert sentence_after(browser, back).endswith("didn’t accept the sign-in. Sign in again.")
    assert sources_setup.KEY not in browser.session


def test_a_server_that_forgot_the_application_is_a_sentence(browser, site):
    back = decide(start_sign_in(browser, site))
    site.oauth.registered.clear()
    assert sentence_after(browser, back).endswith("didn’t accept the sign-in. Sign in again.")


def test_a_server_that_is_away_on_the_way_back_is_a_sentence(browser, site):
    back = decide(start_sign_in(browser, site))
    site.break_down()
    assert "is down (503)" in sentence_after(browser, back)


def test_a_server_that_is_away_on_the_way_there_is_a_sentence(browser, site):
    site.break_down()
    answer = browser.post(FORM, {"instance": site.url, "authorise": "yes"})
    assert answer.status_code == 422
    assert "is down (503)" in str(answer.context["form"].non_field_errors())


@pytest.mark.parametrize("plain", [True, False])
def test_a_server_without_such_a_sign_in_leaves_the_token(browser, site, plain):
    site.plain, site.missing = plain, {"POST /api/v1/apps"}
    answer = browser.post(FORM, {"instance": site.url, "authorise": "yes"})
    assert answer.status_code == 422
    said = str(answer.context["form"].non_field_errors())
    assert "create an access token there and paste it" in said
    pasted = {"instance": site.url, "access_token": TOKEN}
    assert browser.post(FORM, pasted).url == CHOICES


def test_a_web_page_in_place_of_the_sign_in_is_a_sentence(browser, site):
    site.answer_html()
    answer = browser.post(FORM, {"instance": site.url, "authorise": "yes"})
    assert "Is the address right?" in str(answer.context["form"].non_field_errors())


def test_an_account_that_is_connected_already_is_said_before_anybody_leaves(browser, site):
    source = connect(browser, site)
    typed = {"instance": site.url, "hashtags": "soldering midi", "authorise": "yes"}
    answer = browser.post(FORM, typed)
    assert answer.status_code == 422
    assert source.get_absolute_url() in str(answer.context["form"].non_field_errors())


def test_reconnecting_by_signing_in_goes_on_where_it_stopped(browser, site):
    source = connect(browser, site)
    source.credentials, source.cursor = {"access_token": "an-old-token"}, {"mark": 17}
    source.save()
    source.record_failure(AuthExpired("The token is no longer good."))
    path = f"/sources/{source.pk}/credentials/"
    assert f"Sign in at {urlsplit(site.url).netloc}" in words_of(browser.get(path))
    answer = browser.get(path_of(decide(start_sign_in(browser, site, path))))
    assert (answer.status_code, answer.url) == (302, source.get_absolute_url())
    source.refresh_from_db()
    assert (source.state, source.cursor) == ("active", {"mark": 17})
    assert source.credentials["access_token"] == TOKEN
    assert set(source.credentials) == {"access_token", "client_id", "client_secret"}


@pytest.mark.parametrize("is_up", [True, False])
def test_a_token_that_a_new_sign_in_replaces_is_revoked(
    browser, site, is_up, monkeypatch, django_capture_on_commit_callbacks
):
    source = connect(browser, site)
    site.oauth.token = "a-newer-token-1234567890"
    path = path_of(decide(start_sign_in(browser, site, f"/sources/{source.pk}/credentials/")))
    if not is_up:
        monkeypatch.setattr("tests.platforms.mastodon_oauth.Applications._revoke", unavailable)
    with django_capture_on_commit_callbacks(execute=True):
        page = browser.get(path, follow=True)
    source.refresh_from_db()
    assert source.credentials["access_token"] == "a-newer-token-1234567890"
    assert site.oauth.revoked == ([TOKEN] if is_up else [])
    assert site.paths().count("/oauth/revoke") == 1
    assert "Our account is reconnected." in words_of(page)
    assert "could not be removed" not in words_of(page)


def test_the_same_token_given_again_or_pasted_is_not_revoked(
    browser, site, django_capture_on_commit_callbacks
):
    source = connect(browser, site)
    path = f"/sources/{source.pk}/credentials/"
    with django_capture_on_commit_callbacks(execute=True):
        browser.get(path_of(decide(start_sign_in(browser, site, path))))
        browser.post(path, {"instance": site.url, "access_token": TOKEN})
    source.refresh_from_db()
    assert (source.credentials["access_token"], site.oauth.revoked) == (TOKEN, [])
    assert "/oauth/revoke" not in site.paths()


def test_signing_in_to_another_account_is_not_reconnecting(browser, site):
    source = connect(browser, site)
    path = f"/sources/{source.pk}/credentials/"
    back = decide(start_sign_in(browser, site, path))
    site.me = site.account("somebody_else")
    page = browser.get(path_of(back), follow=True)
    assert page.redirect_chain == [(path, 302)]
    assert "That’s a different account (@somebody_else on" in words_of(page)
    assert page.context["form"]["instance"].value() == site.url


def test_a_connector_that_fails_unexpectedly_is_a_sentence_and_a_line_in_the_log(
    browser, site, monkeypatch
):
    from inbox.connectors.mastodon.authorisation import MastodonAuthorisation

    back = decide(start_sign_in(browser, site))
    monkeypatch.setattr(MastodonAuthorisation, "finish", lambda *_: 1 / 0)
    assert "failed unexpectedly" in sentence_after(browser, back)
    monkeypatch.setattr(MastodonAuthorisation, "begin", lambda *_: ("javascript:alert(1)", {}))
    answer = browser.post(FORM, {"instance": site.url, "authorise": "yes"})
    assert "failed unexpectedly" in str(answer.context["form"].non_field_errors())


def test_the_next_sign_in_at_a_server_uses_the_same_application(browser, site):
    connect(browser, site)
    (first,) = site.oauth.registered
    start_sign_in(browser, site, f"/sources/{Source.objects.get().pk}/credentials/")
    assert list(site.oauth.registered) == [first]
    secret = site.oauth.registered[first].client_secret
    with connection.cursor() as cursor:
        cursor.execute("select credentials from inbox_platformapplication")
        assert secret not in str(cursor.fetchall())


def test_disconnecting_revokes_the_access_there(browser, site):
    source = connect(browser, site)
    browser.post(f"/sources/{source.pk}/disconnection/")
    assert site.oauth.revoked == [TOKEN]


def test_what_could_not_be_revoked_is_said_and_disconnected_all_the_same(browser, site):
    source = connect(browser, site)
    site.break_down()
    page = browser.post(f"/sources/{source.pk}/disconnection/", follow=True)
    assert "access could not be removed at" in words_of(page)
    source.refresh_from_db()
    assert (source.state, source.credentials) == ("disconnected", {})


def test_a_token_that_another_source_uses_is_not_revoked(browser, site):
    source = connect(browser, site)
    Source.objects.create(
        kind="mastodon", name="Twin", network="mastodon",
        config={**source.config, "hashtags": []}, credentials=source.credentials,
    )  # fmt: skip
    browser.post(f"/sources/{source.pk}/disconnection/")
    assert site.oauth.revoked == []


@pytest.mark.parametrize("is_up", [True, False])
def test_deleting_revokes_it_and_whoever_deleted_is_told_where_that_failed(
    browser, site, alice, is_up, django_capture_on_commit_callbacks
):
    source = connect(browser, site)
    browser.post(f"/sources/{source.pk}/deletion/")
    assert site.oauth.revoked == []  # it may still be kept
    if not is_up:
        site.break_down()
    with (
        time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True),
        django_capture_on_commit_callbacks(execute=True),
    ):
        run_jobs()
    assert not Source.objects.exists()
    assert site.oauth.revoked == ([TOKEN] if is_up else [])
    told = list(Notification.objects.filter(user=alice).values_list("text", flat=True))
    assert [text.startswith("Our account: The hub’s access") for text in told] == [True] * (
        not is_up
    )
