"""One line of the relationship log: self-contained, so that a timeline is one index range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_hub.lib.keyset import Order

from .scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User


class Visibility(models.TextChoices):
    TEAM = "team", _("Everyone on the team")
    LEADS = "leads", _("Leads and me")
    AUTHOR = "author", _("Only me")


class ActivityKind(models.TextChoices):
    """What a line tells of, in the words that stand before its date."""

    MESSAGE = "message", _("Wrote")
    EDITED = "edited", _("Edited")
    DELETED = "deleted", _("Deleted")
    REPLY = "reply", _("Answered")
    NOTE = "note", _("Note")
    STAGE = "stage", _("Stage")
    FOLLOW_UP = "follow-up", _("Follow-up")
    PROMISE = "promise", _("Promise")
    CREDIT = "credit", _("Credited")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    CHAT = "chat", _("Chat")
    GIFT = "gift", _("Gift")
    INTRODUCTION = "introduction", _("Introduction")
    EVENT = "event", _("Event")
    ATTENDED = "attended", _("Attended")

    @property
    def icon(self) -> str:
        """The name of a lucide icon."""
        return _ICONS[self.value]

    @property
    def is_theirs(self) -> bool:
        """The member did it: they were there at that time."""
        return self.value in ("message", "credit", "attended")

    @property
    def is_contact(self) -> bool:
        """One of us spoke with the member."""
        return self.value == "reply" or self.is_encounter

    @property
    def is_encounter(self) -> bool:
        """It happened away from any platform, and was logged by hand; see Encounter."""
        return self.value in _ENCOUNTERS


_ICONS = {
    "message": "message-square",
    "edited": "pencil",
    "deleted": "trash-2",
    "reply": "reply",
    "note": "sticky-note",
    "stage": "sprout",
    "follow-up": "calendar-check",
    "promise": "flag",
    "credit": "award",
    "call": "phone",
    "meeting": "users",
    "chat": "messages-square",
    "gift": "gift",
    "introduction": "handshake",
    "event": "calendar",
    "attended": "ticket-check",
}
_ENCOUNTERS = ("call", "meeting", "chat", "gift", "introduction")


NEWEST_FIRST = Order("-occurred_at")


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: User) -> ActivityQuerySet:
        """Private lines: their author, and leads where the author said so. What was said in a
        restricted source: those who may see that source."""
        allowed = Q(visibility=Visibility.TEAM) | Q(actor=user)
        if user.can_read_lead_notes:
            allowed |= Q(visibility=Visibility.LEADS)
        found, hidden = self.filter(allowed), hidden_scopes(user)
        return found if hidden is None else found.exclude(scope__in=hidden)

    def present(self) -> ActivityQuerySet:
        return self.filter(removed_at__isnull=True)

    def newest_first(self) -> ActivityQuerySet:
        return self.order_by(*NEWEST_FIRST.fields)


class Activity(models.Model):
    """Written by members.log. `key` makes a line idempotent: "message:42" is logged once however
    often it comes. `scope` is where it was said ("source:3"), restricted or not; "" in the hub."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="activities", db_index=False
    )
    identity = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=40)  # an ActivityKind
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
    told: Any = None  # of an encounter's line: see members.encounters.with_people_told()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="activity_visibility_is_known"
            )
        ]
        indexes = [
            models.Index(fields=["member", "-occurred_at", "-id"], name="timeline"),
            models.Index(
                fields=["-occurred_at"],
                condition=Q(kind="credit", removed_at__isnull=True),
                name="credits_by_time",
            ),
            models.Index(
                fields=["member"],
                condition=Q(kind="note", removed_at__isnull=True),
                name="members_with_notes",
            ),
            models.Index(
                fields=["member", "-occurred_at", "-id"],
                condition=Q(kind="stage", removed_at__isnull=True),
                name="stage_changes",
            ),
        ]

    @property
    def words(self) -> str:
        """What kind of line it is; a kind that a newer version wrote is shown as it is called."""
        return str(ActivityKind(self.kind).label) if self.kind in ActivityKind.values else self.kind

    @property
    def icon(self) -> str:
        return ActivityKind(self.kind).icon if self.kind in ActivityKind.values else "circle"
