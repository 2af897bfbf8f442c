"""How often a member is active, and when to be in contact with them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from .identity import Identity
from .scopes import hidden_scopes
from .sighting import Sighting

if TYPE_CHECKING:
    from team.models import User

LONGEST_CADENCE = 730  # days


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    def visible_to(self, user: User) -> RhythmQuerySet:
        """Of members whose every line this reader may see: of others the kept values would tell
        what they did in a source that is hidden. See rhythm.rhythm_of() for those."""
        hidden = hidden_scopes(user)
        if hidden is None:
            return self
        accounts = Identity.objects.filter(member=OuterRef("member_id"))
        seen = Sighting.objects.filter(identity=OuterRef("pk"), scope__in=hidden)
        return self.exclude(Exists(accounts.filter(Exists(seen))))

    def quiet(self) -> RhythmQuerySet:
        return self.filter(quiet_since__isnull=False)


class Rhythm(models.Model):
    """Worked out by members.rhythm_pass from the days of the hub on which a member was active,
    but for `cadence_days` and `contact_due_on`, which people set."""

    member = models.OneToOneField(
        "members.Member", on_delete=models.CASCADE, primary_key=True, related_name="rhythm"
    )
    active_days = models.PositiveSmallIntegerField(default=0)  # of the last 180
    median_gap = models.FloatField(null=True)  # days between two of those
    last_active_on = models.DateField(null=True)
    quiet_since = models.DateField(null=True)  # their last active day, while they are going quiet
    came_back_on = models.DateField(null=True)  # after having gone quiet; in the last 180 days
    due_on = models.DateField(null=True)  # the day these may differ though nothing happens
    cadence_days = models.PositiveSmallIntegerField(null=True)
    contact_due_on = models.DateField(null=True)

    objects = RhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cadence_days__isnull=True)
                | Q(cadence_days__gte=1, cadence_days__lte=LONGEST_CADENCE),
                name="cadence_is_a_day_or_more",
            )
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(due_on__isnull=False), name="rhythms_due"),
            models.Index(
                fields=["quiet_since"], condition=Q(quiet_since__isnull=False), name="rhythms_quiet"
            ),
            models.Index(
                fields=["came_back_on"],
                condition=Q(came_back_on__isnull=False),
                name="rhythms_back",
            ),
            models.Index(
                fields=["contact_due_on"],
                condition=Q(contact_due_on__isnull=False),
                name="contacts_due",
            ),
            models.Index(
                fields=["member"],
                condition=Q(cadence_days__isnull=False),
                name="members_with_cadence",
            ),
        ]
