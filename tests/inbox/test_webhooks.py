"""What platforms post to the hub: signed, stored once as it came, and read into the same ingest."""

import json
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils import timezone

from inbox import tasks
from inbox.ingest import webhooks
from inbox.models import Message, SourceState, WebhookDelivery
from sandbox.models import Post
from sandbox.tasks import post_webhook, signed
from tests.connectors.conftest import served, sites  # noqa: F401
from tests.make import make_source, make_user


@pytest.fixture
def site(served, sites, settings):  # noqa: F811
    settings.ROOT_URLCONF = "tests.sandbox.urls_with_hub"
    return sites["forum"]


@pytest.fixture
def source(site):
    return make_source(
        kind="sandbox",
        network="sandbox:forum",
        config={"site": "forum"},
        credentials={"token": site.token()},
    )


@pytest.fixture
def queued(monkeypatch):
    """Names and arguments of the tasks that were queued."""
    sent = []
    monkeypatch.setattr("community_hub.lib.queue.enqueue", lambda *task: sent.append(task))
    return sent


def write(site, text="Hello"):
    ines, _ = site.accounts.get_or_create(handle="ines", defaults={"name": "Ines"})
    return site.start(ines, text, title="A topic")


def address(source):
    return f"/hooks/{source.pk}/{webhooks.key_of(source)}/"


def deliver(source, post, secret, **headers):
    body = json.dumps({"post": str(post.pk)}).encode()
    given = {**signed(body, secret), **headers}
    return httpx.post(settings.HUB_URL + address(source), content=body, headers=given)


def test_signed_delivery_is_stored_raw_and_then_read(site, source, queued):
    post = write(site)
    assert deliver(source, post, site.token()).status_code == 202
    stored = WebhookDelivery.objects.get()
    assert json.loads(bytes(stored.body)) == {"post": str(post.pk)}
    assert ("inbox.tasks.read_webhook", stored.pk) in queued
    assert not Message.objects.exists()
    tasks.read_webhook(stored.pk)
    stored.refresh_from_db()
    assert (stored.state, Message.objects.get().body_text) == ("done", "Hello")


def test_wrong_signature_is_refused_and_nothing_is_stored(site, source, queued):
    answer = deliver(source, write(site), "another secret")
    assert (answer.status_code, WebhookDelivery.objects.count()) == (403, 0)


def test_old_signature_is_refused(site, source, queued, monkeypatch):
    monkeypatch.setattr("sandbox.tasks.time.time", lambda: timezone.now().timestamp() - 301)
    assert deliver(source, write(site), site.token()).status_code == 403


def test_same_delivery_twice_is_stored_and_read_once(site, source, queued):
    post, name = write(site), {"X-Practice-Delivery": "one"}
    answers = [deliver(source, post, site.token(), **name) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert WebhookDelivery.objects.count() == 1
    assert len([task for task in queued if task[0] == "inbox.tasks.read_webhook"]) == 1


def test_twenty_megabytes_are_refused_before_they_are_read(source, rf):
    from inbox.views.hooks import hook

    class Unread:
        def read(self, *args):
            raise AssertionError("the body was read")

    request = rf.generic("POST", address(source), b"", CONTENT_LENGTH=str(20_000_000))
    request._stream = Unread()
    assert hook(request, source.pk, webhooks.key_of(source)).status_code == 413
    with pytest.raises(RequestDataTooBig):
        request.body  # noqa: B018


def test_deliveries_out_of_order_end_in_the_post_as_it_is(site, source, queued):
    post = write(site, "First words")
    deliver(source, post, site.token())
    Post.objects.get(pk=post.pk).revise("Last words")
    deliver(source, post, site.token())
    for pk in WebhookDelivery.objects.order_by("-pk").values_list("pk", flat=True):
        tasks.read_webhook(pk)
    assert Message.objects.get().body_text == "Last words"
    Post.objects.get(pk=post.pk).remove()
    deliver(source, post, site.token())
    tasks.read_webhook(WebhookDelivery.objects.latest("pk").pk)
    assert Message.objects.get().deleted_at


def test_delivery_that_cannot_be_read_now_is_tried_again(site, source, served, queued):  # noqa: F811
    deliver(source, write(site), site.token())
    site.out_of_order = True
    site.save()
    stored = WebhookDelivery.objects.get()
    tasks.read_webhook(stored.pk)
    stored.refresh_from_db()
    assert (stored.state, stored.attempts, bool(stored.error)) == ("received", 1, True)
    site.out_of_order = False
    site.save()
    WebhookDelivery.objects.update(next_try_at=timezone.now())
    queued.clear()
    tasks.read_due_webhooks()
    assert queued == [("inbox.tasks.read_webhook", stored.pk)]
    tasks.read_webhook(stored.pk)
    assert Message.objects.count() == 1


def test_delivery_of_a_stopped_source_waits(site, source, queued):
    deliver(source, write(site), site.token())
    type(source).objects.update(state=SourceState.PAUSED)
    tasks.read_webhook(WebhookDelivery.objects.get().pk)
    assert WebhookDelivery.objects.get().state == "received"
    assert not Message.objects.exists()


def test_only_what_was_read_is_forgotten_after_a_week(site, source, queued):
    for _ in range(2):
        deliver(source, write(site), site.token())
    read = WebhookDelivery.objects.latest("pk")
    tasks.read_webhook(read.pk)
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(days=8))
    tasks.forget_webhooks()
    assert [one.state for one in WebhookDelivery.objects.all()] == ["received"]


def test_practice_site_posts_each_change_to_its_webhook(site, source, served, queued):  # noqa: F811
    site.hook_url = served.url + address(source)
    site.save()
    post = write(site)
    assert queued == [("sandbox.tasks.post_webhook", site.pk, post.pk)]
    post_webhook(site.pk, post.pk)
    tasks.read_webhook(WebhookDelivery.objects.get().pk)
    assert Message.objects.get().body_text == "Hello"


def test_only_admins_see_the_address(source, client):
    for role, is_shown in (("admin", True), ("lead", False)):
        client.force_login(make_user(role))
        page = client.get(f"/sources/{source.pk}/").content.decode()
        assert (address(source) in page) is is_shown


def test_the_sources_page_says_what_came_and_what_could_not_be_read(source, client, alice):
    client.force_login(alice)
    page = f"/sources/{source.pk}/"
    assert "Nothing received yet." in client.get(page).content.decode()
    now = timezone.now()
    for number in range(2):
        row = WebhookDelivery.objects.create(
            source=source, delivery_id=str(number), body=b"{}", next_try_at=now
        )
        row.put_off("ConnectorError: no such post", now)
    shown = " ".join(client.get(page).content.decode().split())
    assert "2 deliveries couldn’t be read" in shown
    assert "ConnectorError: no such post" in shown
    assert "Last received" in shown
    for row in WebhookDelivery.objects.all():
        row.finish()
    assert "could not be read" not in client.get(page).content.decode()
