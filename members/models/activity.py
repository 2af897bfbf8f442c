"""One line of the relationship log: self-contained, so that a timeline is one index range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from team.models import User


class Visibility(models.TextChoices):
    TEAM = "team", _("Everyone on the team")
    LEADS = "leads", _("Leads and me")
    AUTHOR = "author", _("Only me")


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: User) -> ActivityQuerySet:
        """Private lines: their author, and leads where the author said so. Lines of a restricted
        source: those who may see that source."""
        allowed = Q(visibility=Visibility.TEAM) | Q(actor=user)
        if user.can_read_lead_notes:
            allowed |= Q(visibility=Visibility.LEADS)
        found = self.filter(allowed)
        if not user.can_see_every_source:
            found = found.filter(Q(scope="") | Q(scope__in=user.grants.values("scope")))
        return found

    def present(self) -> ActivityQuerySet:
        return self.filter(removed_at__isnull=True)

    def newest_first(self) -> ActivityQuerySet:
        return self.order_by("-occurred_at", "-id")


class Activity(models.Model):
    """`key` makes a line idempotent: "message:42" is logged once however often it comes.
    `scope` is set ("source:3") only where the source is restricted."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="activities", db_index=False
    )
    identity = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=40)  # message, reply, note, stage, deleted, met...
    occurred_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.TEAM
    )
    scope = models.CharField(max_length=60, blank=True)
    where = models.CharField(max_length=200, blank=True)
    summary = models.TextField()  # an excerpt; a note holds all of it
    link = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120, unique=True)
    removed_at = models.DateTimeField(null=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="activity_visibility_is_known"
            )
        ]
        indexes = [
            models.Index(fields=["member", "-occurred_at", "-id"], name="timeline"),
        ]
