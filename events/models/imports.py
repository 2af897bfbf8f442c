"""Lists of people that were exported elsewhere, on their way into the answers to an event."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from .event import Event

if TYPE_CHECKING:
    from team.models import User


class AttendanceImportQuerySet(models.QuerySet["AttendanceImport"]):
    def visible_to(self, user: User) -> AttendanceImportQuerySet:
        """The file has addresses of people, so it is for whoever uploaded it."""
        shown = user.is_authenticated and user.can_edit_events
        return self.filter(by=user) if shown else self.none()


class AttendanceImport(models.Model):
    """A file that was uploaded. `columns`: which of its columns (from 0) is what, by the names of
    attendance_columns.COLUMNS. `group`: of its actions. `result`: counts by name, and `broken`, a
    list of rows that were left out, each with its line number and why."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)  # of the file
    source = models.CharField(max_length=20, blank=True)  # "meetup"; "" where it is not known
    columns = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    group = models.UUIDField(default=uuid.uuid4)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = AttendanceImportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.VAR_DIR) / "imports" / f"{self.group}.csv"
