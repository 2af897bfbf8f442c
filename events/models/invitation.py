"""Invitations to an event: a run to whom a query finds, and a row for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path
from members.models import Member
from members.models.scopes import hidden_scopes

from .attendance import Attendance
from .event import Event
from .notice import Notice

if TYPE_CHECKING:
    from team.models import User

LONGEST_TEXT = 10_000


class RunState(models.TextChoices):
    RUNNING = "running", _("Being sent")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Finished")


class InvitationRunQuerySet(models.QuerySet["InvitationRun"]):
    def visible_to(self, user: User) -> InvitationRunQuerySet:
        """The whole team's; whom it is to is seen as far as the reader may see them."""
        return self if user.is_authenticated else self.none()

    def running(self) -> InvitationRunQuerySet:
        return self.filter(state=RunState.RUNNING)


class InvitationRun(models.Model):
    """`query`: as in the list of members, when it began. `way`: "mail", or the slug of one of
    members.hooks.ways_to_reach. `begins_at`: not before, so that Undo comes in time."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitation_runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    query = models.TextField(blank=True)
    body = models.TextField()
    way = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    why_stopped = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    begins_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = InvitationRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="invitation_run_state_is_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["begins_at", "id"], condition=Q(state="running"), name="runs_to_send"
            )
        ]

    def __str__(self) -> str:
        return str(self.event)

    def get_absolute_url(self) -> str:
        return path("invitation-run", self.pk)


class InvitationState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    LEFT = "left", _("Left out")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """Of members this reader may see."""
        if not user.is_authenticated:
            return self.none()
        if hidden_scopes(user) is None:
            return self.filter(member__erased_at__isnull=True)
        return self.filter(member__in=Member.objects.visible_to(user))


class Invitation(models.Model):
    """`place`: where they are written to, a key of the run's way; "" by mail. `notice`: the mail
    that it went by, whose own row says whether the mail server has it. At most one that waits or
    was sent an event and member, whatever the run."""

    run = models.ForeignKey(
        InvitationRun, on_delete=models.CASCADE, related_name="invitations", db_index=False
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=InvitationState.choices)
    reason = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True)
    attendance = models.ForeignKey(
        Attendance, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    notice = models.ForeignKey(Notice, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InvitationState.values), name="invitation_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["event", "member"],
                condition=Q(state__in=["queued", "sent"]),
                name="one_invitation_an_event",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "id"], name="invitations_of_a_run"),
            models.Index(
                fields=["sent_at"], condition=Q(sent_at__isnull=False), name="invitations_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.state}"
