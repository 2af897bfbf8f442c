"""Each time that somebody was checked in, or taken back, at whatever time that is heard of."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .attendance import Attendance
from .door_link import LONGEST_HELPER, DoorLink
from .event import Event

if TYPE_CHECKING:
    from team.models import User

LONGEST_NONCE = 64


class ScanKind(models.TextChoices):
    IN = "in"
    OUT = "out"
    WALK_IN = "walk-in"


class ScanQuerySet(models.QuerySet["Scan"]):
    def note(
        self, row: Attendance, kind: str, at: datetime, *, by: User | None, helper: str = ""
    ) -> None:
        """What was done without a phone's own scan: on the event's page, or by an undo."""
        self.create(
            event_id=row.event_id,
            nonce=uuid.uuid4().hex,
            kind=kind,
            attendance=row,
            at=at,
            by=by,
            helper=helper,
        )


class Scan(models.Model):
    """`nonce` is the phone's own number for it: sent twice, it is one. `at` is when it was done, by
    the phone, within bounds; `received_at` when it was heard of. `refused`: why nothing came of it.
    A walk-in's name is the member's alone."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="scans", db_index=False)
    nonce = models.CharField(max_length=LONGEST_NONCE)
    kind = models.CharField(max_length=8, choices=ScanKind.choices)
    attendance = models.ForeignKey(
        Attendance, null=True, on_delete=models.SET_NULL, related_name="scans"
    )
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    door = models.ForeignKey(DoorLink, null=True, on_delete=models.PROTECT, related_name="+")
    helper = models.CharField(max_length=LONGEST_HELPER, blank=True)
    refused = models.CharField(max_length=200, blank=True)

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "nonce"], name="one_scan_a_nonce"),
            models.CheckConstraint(condition=Q(kind__in=ScanKind.values), name="scan_kind_known"),
        ]
        indexes = [models.Index(fields=["event", "received_at"], name="scans_lately")]

    def __str__(self) -> str:
        return f"{self.kind} {self.attendance_id}"

    @property
    def place(self) -> tuple[datetime, bool, str]:
        """In the order of what happened, whatever order it was heard of in."""
        return (self.at, self.kind == ScanKind.OUT, self.nonce)
