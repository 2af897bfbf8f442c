"""How far somebody has come whom the team met elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .identity import Identity
from .scopes import hidden_scopes
from .sighting import Sighting

if TYPE_CHECKING:
    from team.models import User


class Step(models.TextChoices):
    """In their order: who is at one has not come further yet."""

    SEEN = "seen", _("Seen")
    SPOKEN_WITH = "spoken-with", _("Spoken with")
    REPLIED = "replied", _("Replied")
    JOINED = "joined", _("Joined")
    RETURNED = "returned", _("Returned")


class OutreachQuerySet(models.QuerySet["Outreach"]):
    def visible_to(self, user: User) -> OutreachQuerySet:
        """Of members who were seen in no source that is hidden from this reader: the step of
        others would tell what they did there. members.outreach has conditions for those."""
        hidden = hidden_scopes(user)
        if hidden is None:
            return self
        seen = Sighting.objects.filter(identity=OuterRef("pk"), scope__in=hidden)
        accounts = Identity.objects.filter(member=OuterRef("member_id"))
        return self.exclude(Exists(accounts.filter(Exists(seen))))


class Outreach(models.Model):
    """Worked out by members.outreach_pass. Who came to one of the team's places first has none."""

    member = models.OneToOneField(
        "members.Member", on_delete=models.CASCADE, primary_key=True, related_name="outreach"
    )
    step = models.CharField(max_length=12, choices=Step.choices)

    objects = OutreachQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outreach"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step__in=Step.values), name="outreach_step_is_known"
            )
        ]
        indexes = [models.Index(fields=["step", "member"], name="outreach_by_step")]
