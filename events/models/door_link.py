"""A link with which somebody without an account checks people in at the door of one event."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from team import hours
from team.models.invitation import token_hash

from .event import Event

if TYPE_CHECKING:
    from team.models import User

LONGEST_HELPER = 80


class DoorLinkQuerySet(models.QuerySet["DoorLink"]):
    def visible_to(self, user: User) -> DoorLinkQuerySet:
        return self if user.is_authenticated and user.can_edit_events else self.none()

    def with_token(self, token: str) -> DoorLink | None:
        """With its event and who made it, where it still works: not revoked, not expired, and made
        by somebody who may still check people in."""
        there = self.select_related("event", "created_by").filter(
            token_hash=token_hash(token), revoked_at__isnull=True, event__removed_at__isnull=True
        )
        link = there.first()
        return link if link and link.works else None


class DoorLink(models.Model):
    """Only the hash of its secret is kept, which is shown once. `name`: of the helper, or "Door".
    `last_used_at`: about when somebody was last checked in by it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="door_links")
    name = models.CharField(max_length=LONGEST_HELPER)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = DoorLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def expires_at(self) -> datetime:
        return expiry(self.event)

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def works(self) -> bool:
        by = self.created_by
        may = by.is_active and by.can_edit_events
        return may and self.revoked_at is None and not self.is_expired

    @staticmethod
    def address(token: str) -> str:
        return settings.HUB_URL + reverse("door", args=[token])


def expiry(event: Event) -> datetime:
    """The end of the day after it, where it takes place; it moves with the event."""
    zone = hours.zone(event.timezone)
    day = event.ends_at.astimezone(zone).date() + timedelta(days=2)
    return datetime.combine(day, time.min, zone)
