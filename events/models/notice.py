"""Mails to the people of an event: what is to be sent, and what was. See ../notices.py."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .attendance import Attendance


class NoticeQuerySet(models.QuerySet["Notice"]):
    def open(self) -> NoticeQuerySet:
        """Neither sent nor given up."""
        return self.filter(sent_at__isnull=True, dropped_at__isnull=True)

    def due(self) -> NoticeQuerySet:
        return self.open().filter(next_try_at__lte=timezone.now())

    def refused(self) -> NoticeQuerySet:
        """Whose address the mail server does not take."""
        return self.filter(dropped_at__isnull=False, failures__gt=0)


class Notice(models.Model):
    """One mail to one person. `kind`: one of notices.KINDS. `sequence` tells the second of a kind
    from the first: that of the event where it changed, the moment where a seat was given. `data`:
    what its words need and is nowhere else. `sent_at` is set before it is handed over, so that no
    two workers send it, and taken back where the mail server does not take it. `dropped_at`: it
    will not be sent; `error` says why, or why the last try failed."""

    attendance = models.ForeignKey(
        Attendance, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    kind = models.CharField(max_length=20)
    sequence = models.BigIntegerField(default=0)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attendance", "kind", "sequence"], name="one_notice_of_a_kind"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="notices_to_send",
            ),
            models.Index(
                fields=["attendance"],
                condition=Q(dropped_at__isnull=False, failures__gt=0),
                name="notices_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.attendance_id}"
