"""What a colleague should know of, one row a subject, brought up to date rather than repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from community_hub.lib.keyset import CAP, Order, counted
from team import hooks

if TYPE_CHECKING:
    from .user import User


NEWEST_FIRST = Order("-updated_at")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        """What their bell shows."""
        return self.for_user(user).filter(in_bell=True)

    def for_user(self, user: User) -> NotificationQuerySet:
        """Their own, but for what tells of a source that is closed to them by now."""
        found = self.filter(user=user)
        for hidden in hooks.hidden_scopes:
            scopes = hidden(user)
            found = found if scopes is None else found.exclude(scope__in=scopes)
        return found

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> NotificationQuerySet:
        return self.order_by(*NEWEST_FIRST.fields)

    def mark_read(self) -> int:
        """How many were unread until now."""
        return self.unread().update(read_at=timezone.now())

    def count_up_to(self, most: int = CAP) -> int:
        """A capped count: never reads more than `most` rows."""
        return counted(self, most)


class Notification(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=20, blank=True, db_default="")  # of team/notifications.py
    about = models.CharField(max_length=60)  # "conversation:42", "source:3"
    scope = models.CharField(max_length=60, blank=True, db_default="")  # as in Grant
    text = models.CharField(max_length=300)
    link = models.CharField(max_length=300)
    updated_at = models.DateTimeField()
    in_bell = models.BooleanField(default=True, db_default=True)  # False: it is mailed alone
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "about"], name="one_notification_a_subject")
        ]
        indexes = [
            models.Index(
                fields=["user", "-updated_at"],
                condition=models.Q(read_at__isnull=True),
                name="unread_notifications",
            ),
            models.Index(
                fields=["updated_at"],
                condition=models.Q(read_at__isnull=True, mailed_at__isnull=True),
                name="notifications_to_mail",
            ),
        ]
