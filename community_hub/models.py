"""The table behind lib/schedule.py."""

from django.db import models
from django.db.models.functions import Now


class JobRun(models.Model):
    """The last run of each job of the schedule."""

    name = models.CharField(max_length=100, primary_key=True)
    seen_at = models.DateTimeField(db_default=Now())  # in the schedule, for the first time
    started_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    took = models.FloatField(null=True)  # seconds
    error = models.TextField(blank=True)
    running_until = models.DateTimeField(null=True)  # null: it ended
    token = models.UUIDField()
