"""Reconnecting: the same account, from where it stopped, and no key sent to the wrong server."""

from collections.abc import Iterator

import pytest

from inbox.connectors.base import AuthExpired
from inbox.models import Source
from members.models import Identity
from tests.make import make_member
from tests.platforms.discourse import KEY, Discourse


@pytest.fixture
def forum(settings) -> Iterator[Discourse]:
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def source(client, alice, forum) -> Source:
    """Connected in the browser, signed in as alice."""
    client.force_login(alice)
    typed = {"url": forum.url, "username": "hub", "api_key": KEY}
    client.post("/sources/new/discourse/", typed)
    client.post(
        "/sources/new/discourse/choices/", {"name": "F", "listen": "all", "history": "week"}
    )
    return Source.objects.get()


def address(source: Source) -> str:
    return f"/sources/{source.pk}/credentials/"


def test_a_signed_out_source_goes_on_where_it_stopped(client, source, forum):
    source.cursor = {"mark": 17}
    source.save()
    source.record_failure(AuthExpired("The key is no longer good."))
    forum.key = "a-new-key"
    typed = {"url": forum.url, "username": "hub", "api_key": "a-new-key"}
    answer = client.post(address(source), typed)
    assert (answer.status_code, answer.url) == (302, source.get_absolute_url())
    source.refresh_from_db()
    assert (source.state, source.last_error, source.cursor) == ("active", "", {"mark": 17})
    assert source.credentials["api_key"] == "a-new-key"


def test_an_empty_secret_keeps_the_one_we_have(client, source, forum):
    typed = {"url": forum.url, "username": "hub", "api_key": ""}
    assert client.post(address(source), typed).status_code == 302
    source.refresh_from_db()
    assert source.credentials["api_key"] == KEY


def test_the_form_shows_what_is_no_secret_and_nothing_else(client, source, forum):
    page = client.get(address(source)).content.decode()
    assert f'value="{forum.url}"' in page
    assert "Leave empty to keep the current one." in page
    assert KEY not in page


def test_a_kept_key_never_follows_a_changed_address(client, source, settings):
    with Discourse() as thief:
        settings.HTTP_ALLOWED_ORIGINS = [*settings.HTTP_ALLOWED_ORIGINS, thief.url]
        typed = {"url": thief.url, "username": "hub", "api_key": ""}
        assert client.post(address(source), typed).status_code == 422
        assert thief.server.asked == []
    typed["url"] = source.config["url"]
    answer = client.post(address(source), {**typed, "username": "other"})
    assert "Enter this again" in str(answer.context["form"].errors["api_key"])


def test_another_account_is_another_source(client, source, forum):
    forum.users["second"] = 99
    Identity.objects.create(
        member=make_member("Second"), network=source.network, external_id="99", handle="second"
    )
    typed = {"url": forum.url, "username": "second", "api_key": KEY}
    answer = client.post(address(source), typed)
    assert answer.status_code == 422
    source.refresh_from_db()
    assert source.config["username"] == "hub"


def test_a_refused_key_changes_nothing(client, source, forum):
    typed = {"url": forum.url, "username": "hub", "api_key": "wrong"}
    answer = client.post(address(source), typed)
    assert answer.status_code == 422
    assert "api_key" in answer.context["form"].errors
    source.refresh_from_db()
    assert source.credentials["api_key"] == KEY
