"""Where an account was seen and when: what decides for whom a member is there at all."""

from __future__ import annotations

from django.db import models


class Sighting(models.Model):
    """One row for each account and scope ("source:3"), written by `members.sightings.record`."""

    identity = models.ForeignKey(
        "members.Identity", on_delete=models.CASCADE, related_name="sightings", db_index=False
    )
    scope = models.CharField(max_length=60)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "scope"], name="one_sighting_a_scope")
        ]
        indexes = [models.Index(fields=["scope", "identity"], name="sightings_of_a_scope")]
