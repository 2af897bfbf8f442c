"""Long work that left the request: how far it is, and what stopped it. Written by `team.jobs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .user import User


ACTIONS = "actions:"  # `about` of what works on a group of actions


class BackgroundJobQuerySet(models.QuerySet["BackgroundJob"]):
    def visible_to(self, user: User) -> BackgroundJobQuerySet:
        """Leads, and whoever began it."""
        return self if user.is_lead else self.filter(by=user)

    def unfinished(self) -> BackgroundJobQuerySet:
        return self.filter(finished_at__isnull=True)


class BackgroundJob(models.Model):
    """One piece of work of `kind` on one thing, `about` ("member:7"), done step by step: each step
    commits what it did together with `done` and `cursor`, so a worker that is killed loses one.
    """

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True, default="", db_default="")  # of `about`
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cursor = models.JSONField(default=dict)  # where the next step begins
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)  # null: not counted yet
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    run_at = models.DateTimeField()  # not before
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BackgroundJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=Q(finished_at__isnull=True),
                name="one_unfinished_job_of_a_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["run_at"], condition=Q(finished_at__isnull=True), name="jobs_to_do"
            )
        ]

    @property
    def group(self) -> str:
        """Of the actions that it writes, or undoes; "" where it does neither."""
        return self.about.removeprefix(ACTIONS) if self.about.startswith(ACTIONS) else ""

    @property
    def percent(self) -> int:
        """0 until it is counted, 99 at most until it is finished."""
        if self.finished_at:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
