"""What platforms posted to the hub, as it came: stored first, read afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

RETRY_FIRST, RETRY_LAST = timedelta(seconds=30), timedelta(hours=1)
MOST_ATTEMPTS = 12
KEPT = timedelta(days=7)  # so long the same delivery is known again


class WebhookState(models.TextChoices):
    RECEIVED = "received", gettext_lazy("Received")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")


class WebhookDelivery(models.Model):
    source = models.ForeignKey(
        "inbox.Source", on_delete=models.CASCADE, related_name="webhooks", db_index=False
    )
    delivery_id = models.CharField(max_length=200)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(
        max_length=10, choices=WebhookState.choices, default=WebhookState.RECEIVED
    )
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "delivery_id"], name="one_webhook_a_delivery_id"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WebhookState.values), name="webhook_state_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="received"), name="webhooks_due"
            ),
            models.Index(fields=["received_at"], name="webhooks_by_age"),
        ]

    def finish(self) -> None:
        self.state, self.error = WebhookState.DONE, ""
        self.save(update_fields=["state", "error"])

    def put_off(self, error: str, now: datetime) -> None:
        """Tried again later; after MOST_ATTEMPTS it is left, and pulling brings what it told of."""
        self.attempts += 1
        wait = min(RETRY_FIRST * 2 ** min(self.attempts - 1, 10), RETRY_LAST)
        self.error, self.next_try_at = error[:2000], now + wait
        if self.attempts >= MOST_ATTEMPTS:
            self.state = WebhookState.FAILED
        self.save(update_fields=["attempts", "error", "next_try_at", "state"])
