"""What the passes over derived rows remember between two runs."""

from __future__ import annotations

from django.db import models


class DerivedRun(models.Model):
    """How far a pass has read. What was being written while it ran may have lower numbers than
    what it saw, so each run begins where the one before the last had ended."""

    name = models.CharField(max_length=40, primary_key=True)
    through = models.BigIntegerField(default=0)
    through_before = models.BigIntegerField(default=0)
    zone = models.CharField(max_length=64)  # whose days were counted


class StaleMember(models.Model):
    """Somebody whose lines were changed, moved or taken back: what was derived of them is worked
    out anew by the next run. New lines need no row here."""

    member = models.OneToOneField("members.Member", on_delete=models.CASCADE, primary_key=True)
