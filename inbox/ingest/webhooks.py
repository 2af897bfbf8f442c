"""What platforms post to the hub: checked, stored as it came, then read into the same ingest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from community_hub.lib import queue
from community_hub.lib.text import storable
from inbox.connectors.base import ConnectorError
from inbox.connectors.registry import ConnectorUnavailable
from inbox.ingest.pipeline import ingest
from inbox.models import Source, SourceState, WebhookDelivery, WebhookState

UNKEPT = {"cookie", "authorization", "proxy-authorization"}
MOST_HEADERS, LONGEST_HEADER = 60, 1000
FIRST_WAIT = timedelta(seconds=30)  # then the sweeper takes what no worker was told of


def key_of(source: Source) -> str:
    """The part of its address that nobody can guess. Made from the secret key, stored nowhere."""
    return salted_hmac("inbox.webhook", str(source.pk), algorithm="sha256").hexdigest()[:40]


def hook_address(source: Source) -> str:
    """Where its platform posts to; "" where it posts nothing."""
    if not takes_webhooks(source):
        return ""
    return settings.HUB_URL + reverse("hook", args=[source.pk, key_of(source)])


def takes_webhooks(source: Source) -> bool:
    try:
        return source.connector_class.capabilities.push
    except ConnectorUnavailable:
        return False


def find(pk: int, key: str) -> Source | None:
    """The source at this address, where its platform can post at all."""
    source = Source.objects.filter(pk=pk).first()
    if source is None or source.is_ended or not constant_time_compare(key, key_of(source)):
        return None
    return source if takes_webhooks(source) else None


def receive(source: Source, headers: Mapping[str, str], body: bytes) -> bool:
    """Store a delivery and have it read. False for one that came before. Raises ConnectorError
    where the connector does not accept the signature: then nothing is stored."""
    headers = {name.lower(): value for name, value in headers.items()}
    now = timezone.now()
    with closing(source.connector()) as connector:
        delivery_id = connector.verify_webhook(headers, body, now)
    stored, is_new = WebhookDelivery.objects.get_or_create(
        source=source,
        delivery_id=storable(delivery_id)[:200],
        defaults={"headers": kept(headers), "body": body, "next_try_at": now + FIRST_WAIT},
    )
    if is_new:
        queue.enqueue("inbox.tasks.read_webhook", stored.pk)
    return is_new


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        storable(name)[:100]: storable(value)[:LONGEST_HEADER]
        for name, value in list(headers.items())[:MOST_HEADERS]
        if name not in UNKEPT
    }


def process(pk: int, now: datetime) -> None:
    """Feed one stored delivery to ingest; safe to run twice. A stopped source's wait for it."""
    delivery = WebhookDelivery.objects.select_related("source").filter(pk=pk).first()
    if delivery is None or delivery.state != WebhookState.RECEIVED:
        return
    source = delivery.source
    if source.state != SourceState.ACTIVE or source.waits_until:
        return
    try:
        with closing(source.signed_in()) as connector:
            page = connector.read_webhook(delivery.headers, bytes(delivery.body))
        ingest(source, page, keep_cursor=False)
        if page.stopped_by:
            raise page.stopped_by
    except (ConnectorError, ConnectorUnavailable) as error:
        delivery.put_off(str(error), now)
    except Exception as error:
        delivery.put_off(f"{type(error).__name__}: {error}", now)
        raise
    else:
        delivery.finish()
