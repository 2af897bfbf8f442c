"""What repeats: a rule of RFC 5545, of which each date is an Event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from team.models.user import validate_timezone

if TYPE_CHECKING:
    from team.models import User

LONGEST_RULE = 500


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> SeriesQuerySet:
        return self if user.is_authenticated else self.none()


class Series(models.Model):
    """`rule`: an RRULE without its name, "FREQ=MONTHLY;BYDAY=2TU", read with `starts_local`, the
    first date and clock time as they are in `timezone`. `fields`: what a new date begins with, as
    its newest edit of "this date and those after" has it (see series.FIELDS). `made_until`: the
    local day up to which dates exist. `ended_at`: no more dates are made."""

    uid = models.CharField(max_length=255, unique=True)
    rule = models.CharField(max_length=LONGEST_RULE)
    starts_local = models.CharField(max_length=16)  # "2026-12-08T19:00"
    minutes = models.PositiveIntegerField()  # how long each date is
    timezone = models.CharField(max_length=64, validators=[validate_timezone])
    fields = models.JSONField(default=dict)
    made_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return str(self.fields.get("title") or self.rule)
