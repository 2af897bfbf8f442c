"""A file that a colleague asked for: what is in it, how far it is, who may fetch it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from .user import User


KEPT = timedelta(days=7)  # then the file is deleted


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> ExportQuerySet:
        """That there is one: for who made it, and for leads, who read the audit trail. Only its
        maker may have the file."""
        return self if user.can_read_audit_trail else self.filter(by=user)


class Export(models.Model):
    """One file of rows, written by `team.exports`. It is whole once `finished_at` is set."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)  # of team/exports.py
    name = models.CharField(max_length=200)  # what is in it: "Members: stage:contributor"
    params = models.JSONField(default=dict)  # what its kind makes the rows of
    closed = models.JSONField(default=list)  # scopes its maker could not see when it was begun
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)  # the file is gone; the row stays for the trail

    dismissed_at = models.DateTimeField(null=True)  # its maker has it, or closed what offers it

    job: Any = None  # the BackgroundJob that writes it; see exports.with_job()

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="exports_of_a_colleague")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return self.finished_at is not None and self.deleted_at is None

    @property
    def is_over(self) -> bool:
        """Ready, or not to be any more."""
        return self.finished_at is not None or self.deleted_at is not None

    @property
    def kept_until(self) -> datetime:
        return self.created_at + KEPT

    @property
    def path(self) -> Path:
        return Path(settings.VAR_DIR) / "exports" / f"{self.pk}.csv"

    @property
    def filename(self) -> str:
        day = timezone.localtime(self.created_at).date()
        return f"{self.kind}-{day.isoformat()}.csv"
