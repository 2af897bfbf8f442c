"""The attempt to put a reply on the platform. The row is the truth; Celery only triggers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live

from .source import Source

if TYPE_CHECKING:
    from team.models import User


LEASE = timedelta(seconds=30)  # taken anew before each call, which ends earlier


class DeliveryState(models.TextChoices):
    HELD = "held", _("Not sent yet")
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    PENDING = "pending", _("Waiting for the platform's moderators")
    FAILED = "failed", _("Not sent")
    UNCONFIRMED = "unconfirmed", _("May have been posted")
    CANCELLED = "cancelled", _("Cancelled")


DUE_STATES = ("held", "queued", "sending", "pending", "unconfirmed")
CANCELLABLE = ("held", "queued", "failed")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        if user.can_see_every_source:
            return self
        return self.filter(message__source__in=Source.objects.visible_to(user))

    def due(self, now: datetime) -> DeliveryQuerySet:
        return self.filter(state__in=DUE_STATES, next_try_at__lte=now)


class Delivery(models.Model):
    message = models.OneToOneField(
        "inbox.Message", on_delete=models.CASCADE, related_name="delivery"
    )
    state = models.CharField(
        max_length=12, choices=DeliveryState.choices, default=DeliveryState.HELD
    )
    attempts = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)  # read-backs that did not find it
    next_try_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    prepared = models.JSONField(default=dict)
    done_after = models.BooleanField(default=False)  # "send and done"
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    last_error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state__in=DUE_STATES), name="deliveries_due"
            ),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["failed", "unconfirmed"]),
                name="deliveries_in_trouble",
            ),
        ]

    def __str__(self) -> str:
        return str(self.message.conversation)

    def get_absolute_url(self) -> str:
        return f"{self.message.conversation.get_absolute_url()}#message-{self.message_id}"

    # Each change is one conditional UPDATE on the old state: who loses the race does nothing.

    def move(
        self,
        before: tuple[str, ...],
        after: str,
        *,
        seen: dict[str, Any] | None = None,
        **fields: Any,
    ) -> bool:
        """`seen`: values of other columns that must still be so."""
        unchanged = Delivery.objects.filter(pk=self.pk, state__in=before, **(seen or {}))
        changed = unchanged.update(state=after, **fields)
        if changed:
            self.state = after
            for name, value in fields.items():
                setattr(self, name, value)
            self.announce()
        return bool(changed)

    def announce(self) -> None:
        message = self.message
        live.publish(
            [f"source:{message.source_id}"], "conversation", {"ids": [message.conversation_id]}
        )
