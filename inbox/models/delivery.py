"""The attempt to put a reply on the platform. The row is the truth; Celery only triggers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live, queue

if TYPE_CHECKING:
    from team.models import User

    from .message import Message

LEASE = timedelta(minutes=2)


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
        from .source import Source

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
            )
        ]

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

    def cancel(self, *, by: User, keep_text: bool = True) -> str | None:
        """Take a reply back before it left: it is hidden and its text returned to the draft, or
        dropped with it where `keep_text` is False.

        Returns the text, or None when it was too late (it is being sent, or was).
        """
        from .conversation import Conversation
        from .personal import Draft

        with transaction.atomic():
            if not self.move(CANCELLABLE, DeliveryState.CANCELLED, next_try_at=None):
                return None
            message: Message = self.message
            if keep_text:
                Draft.keep(
                    by, message.conversation_id, "reply", message.body_source, to=message.parent
                )
            Conversation.objects.recompute([message.conversation_id])
            if self.done_after:
                message.conversation.take_back_closing(message)
        return message.body_source

    def retry(self, *, by: User) -> bool:
        """Try a failed one again. An unconfirmed one is sent again only on a person's word."""
        with transaction.atomic():
            moved = self.move(
                ("failed", "unconfirmed"),
                DeliveryState.QUEUED,
                next_try_at=timezone.now(),
                attempts=1,  # not the first: it is looked for before it is sent
                checks=0,
                last_error="",
            )
            if moved:
                from .conversation import Conversation

                Conversation.objects.recompute([self.message.conversation_id])
        if moved:
            queue.enqueue("inbox.tasks.deliver", self.pk)
        return moved

    def confirm(self, *, by: User) -> bool:
        """A person looked and says that it is there."""
        with transaction.atomic():
            moved = self.move(("unconfirmed",), DeliveryState.SENT, next_try_at=None, last_error="")
            if moved:
                self.message.log_reply()
        return moved
