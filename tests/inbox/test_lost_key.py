"""CREDENTIAL_KEYS without the key that wrote: pages work, the source asks to be connected again."""

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse
from django.utils import timezone

from inbox.delivery import sending
from inbox.models import Delivery, Source
from inbox.tasks import pull_source
from inbox.verbs import writing
from team.models import Notification
from tests.make import make_conversation, make_message, make_source
from tests.platforms.discourse import KEY, Discourse
from tests.platforms.feeds import FeedSite


@pytest.fixture
def forum(settings) -> Iterator[Discourse]:
    settings.UNDO_SEND_SECONDS = 0
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def source(client, alice, forum) -> Source:
    """Connected in the browser, signed in as alice; then its key is gone."""
    client.force_login(alice)
    typed = {"url": forum.url, "username": "hub", "api_key": KEY}
    client.post("/sources/new/discourse/", typed)
    client.post(
        "/sources/new/discourse/choices/", {"name": "F", "listen": "all", "history": "week"}
    )
    return Source.objects.get()


@pytest.fixture
def lose_key(settings):
    before = settings.CREDENTIAL_KEYS

    def lose() -> list[str]:
        settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
        return before

    return lose


def pulled(source: Source) -> Source:
    Source.objects.filter(pk=source.pk).update(next_pull_at=timezone.now())
    pull_source(source.pk)
    source.refresh_from_db()
    return source


def test_pages_of_a_source_whose_key_is_lost_are_there(client, source, lose_key):
    conversation = make_message(make_conversation(source)).conversation
    lose_key()
    for page in (
        reverse("sources"),
        source.get_absolute_url(),
        reverse("source-credentials", args=[source.pk]),
        reverse("inbox"),
        conversation.get_absolute_url(),
    ):
        assert client.get(page).status_code == 200, page
    wrote = client.post(reverse("preview", args=[conversation.pk]), {"text": "Hello"})
    assert wrote.status_code == 200


def test_it_asks_to_be_connected_again_and_tells_admins_once(client, source, alice, lose_key):
    lose_key()
    for _ in range(2):
        pulled(source)
    assert source.state == "reconnect"
    assert "CREDENTIAL_KEYS" in source.last_error
    assert "Enter it again" in client.get(source.get_absolute_url()).content.decode()
    assert Notification.objects.get().user == alice


def test_a_reply_is_kept_until_it_is_connected_again(client, source, forum, bob, lose_key):
    asked = make_message(make_conversation(source), reply_ref={"topic_id": 1, "post_number": 1})
    conversation = asked.conversation
    delivery = Delivery.objects.get(message=writing.reply(conversation, "It is, at seven.", by=bob))
    lose_key()
    sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    source.refresh_from_db()
    assert (source.state, delivery.state) == ("reconnect", "queued")
    assert "CREDENTIAL_KEYS" in delivery.last_error


def test_reconnecting_heals_it_and_asks_for_the_key(client, source, forum, lose_key):
    lose_key()
    pulled(source)
    address = reverse("source-credentials", args=[source.pk])
    typed = {"url": forum.url, "username": "hub", "api_key": ""}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "api_key" in answer.context["form"].errors
    assert "Leave it empty" not in client.get(address).content.decode()
    assert client.post(address, typed | {"api_key": KEY}).status_code == 302
    assert pulled(source).state == "active"
    assert source.last_error == ""


def test_a_key_that_comes_back_opens_what_was_saved_meanwhile(
    client, source, forum, settings, lose_key
):
    before = lose_key()
    source = Source.objects.get()
    source.name = "Renamed"
    source.save()
    settings.CREDENTIAL_KEYS = before
    assert Source.objects.get().credentials == {"api_key": KEY}


def test_a_source_without_a_secret_needs_no_key(db, settings, lose_key):
    with FeedSite() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        site.post("Hello")
        source = make_source(kind="feed", config={"url": f"{site.url}/rss"}, network="feed:x")
        source.begin_backfill(timezone.now())
        lose_key()
        pulled(source)
    assert (source.state, source.last_error) == ("active", "")
    assert source.last_success_at is not None
