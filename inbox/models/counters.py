"""The counters of a source: what came of everything it fetched."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Quarantined(models.Model):
    """An item that could not be stored, kept raw so that it can be looked at and replayed."""

    source = models.ForeignKey("inbox.Source", on_delete=models.CASCADE, related_name="quarantined")
    external_id = models.CharField(max_length=500, blank=True)
    raw = models.JSONField(default=dict)
    error = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["source", "-id"],
                condition=Q(resolved_at__isnull=True),
                name="open_quarantine",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(resolved_at__isnull=True) & ~Q(external_id=""),
                name="one_open_quarantine_an_item",
            )
        ]


class SourceDay(models.Model):
    """fetched = stored + ignored + quarantined, day by day."""

    source = models.ForeignKey("inbox.Source", on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    fetched = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    ignored_why = models.JSONField(default=dict)  # reason -> count

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "day"], name="one_row_a_source_and_day"),
            models.CheckConstraint(
                condition=Q(fetched=F("stored") + F("ignored") + F("quarantined")),
                name="nothing_fetched_is_lost",
            ),
        ]
