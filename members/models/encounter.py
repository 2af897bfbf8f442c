"""What happened with members away from any platform, logged by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from community_hub.lib.moments import moment
from community_hub.lib.paths import path

from .activity import ActivityKind, Visibility
from .member import Member
from .scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User

PLACE_LENGTH = 200


class EncounterKind(models.TextChoices):
    """Each is an ActivityKind too, that of its lines."""

    MEETING = "meeting", _("Meeting")
    CALL = "call", _("Call")
    CHAT = "chat", _("Chat")
    GIFT = "gift", _("Gift")
    INTRODUCTION = "introduction", _("Introduction")

    @property
    def icon(self) -> str:
        """The name of a lucide icon."""
        return ActivityKind(self.value).icon


class EncounterQuerySet(models.QuerySet["Encounter"]):
    def visible_to(self, user: User) -> EncounterQuerySet:
        """With somebody they may see. Private ones: their author, and leads where the author said
        so. Those that were removed too: whoever removed one may undo it."""
        if not user.is_authenticated:
            return self.none()
        allowed = Q(visibility=Visibility.TEAM) | Q(by=user)
        if user.can_read_lead_notes:
            allowed |= Q(visibility=Visibility.LEADS)
        found = self.filter(allowed)
        if hidden_scopes(user) is None:
            return found
        there = EncounterPerson.objects.filter(encounter=OuterRef("pk"))
        seen = Exists(there.filter(member__in=Member.objects.visible_to(user)))
        went_with_it = Q(removed_at__isnull=False) & ~Exists(there)
        return found.filter(seen | went_with_it)

    def present(self) -> EncounterQuerySet:
        return self.filter(removed_at__isnull=True)


class Encounter(models.Model):
    """`by`: who logged it; `joined_by`: colleagues who were there too, or added theirs to it.
    `version` counts its changes, so that an undo leaves alone what somebody changed since. `token`:
    of the form that it was sent with, which may be sent twice where the answer was lost."""

    kind = models.CharField(max_length=20, choices=EncounterKind.choices)
    occurred_at = models.DateTimeField()
    place = models.CharField(max_length=PLACE_LENGTH, blank=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    joined_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.TEAM
    )
    people: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "members.Member", through="EncounterPerson", related_name="encounters"
    )
    version = models.PositiveIntegerField(default=1)
    token = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EncounterKind.values), name="encounter_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values),
                name="encounter_visibility_is_known",
            ),
        ]
        indexes = [models.Index(fields=["occurred_at"], name="encounters_by_time")]

    def __str__(self) -> str:
        return f"{EncounterKind(self.kind).label}, {moment(self.occurred_at, 'j F Y')}"

    def get_absolute_url(self) -> str:
        return path("encounter", self.pk)

    @property
    def icon(self) -> str:
        return EncounterKind(self.kind).icon

    @property
    def files_key(self) -> str:
        """Whose its files are; see team.files."""
        return f"encounter:{self.pk}"

    def line_key(self, member: int) -> str:
        """Of its line in a member's log."""
        return f"encounter:{self.pk}:member:{member}"

    def may_be_changed_by(self, user: User) -> bool:
        """By who logged it, and leads; of those who may see it."""
        return user.can_edit_members and (self.by_id == user.pk or user.is_lead)


class EncounterPerson(models.Model):
    encounter = models.ForeignKey(
        Encounter, on_delete=models.CASCADE, related_name="attended", db_index=False
    )
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="attended")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "member"], name="one_person_once_an_encounter"
            )
        ]
