"""What a source's page says of its webhook: whether anything comes, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from inbox.ingest.webhooks import hook_address
from inbox.models import Source, WebhookDelivery, WebhookState

MOST = 100  # of what is counted


@dataclass(frozen=True)
class WebhookStatus:
    """`address` is where the platform posts to. `trouble` counts deliveries that could not be read
    yet or at all, up to MOST; `error` says why the newest of them could not."""

    address: str
    last_received_at: datetime | None
    trouble: int
    error: str


def webhook_status(source: Source) -> WebhookStatus | None:
    """None where the platform posts nothing. Two queries."""
    address = hook_address(source)
    if not address:
        return None
    deliveries = WebhookDelivery.objects.filter(source=source).order_by("-received_at", "-pk")
    failed = deliveries.filter(~Q(error=""), state__in=[WebhookState.RECEIVED, WebhookState.FAILED])
    errors = list(failed.values_list("error", flat=True)[:MOST])
    return WebhookStatus(
        address=address,
        last_received_at=deliveries.values_list("received_at", flat=True).first(),
        trouble=len(errors),
        error=errors[0] if errors else "",
    )
