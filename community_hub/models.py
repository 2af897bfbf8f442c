"""The table behind lib/schedule.py."""

from django.db import models


class JobRun(models.Model):
    """The last run of each job of the schedule."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    took = models.FloatField(null=True)  # seconds
    error = models.TextField(blank=True)
    running_until = models.DateTimeField(null=True)  # null: it ended
    token = models.UUIDField()
