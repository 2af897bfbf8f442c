"""What a member does to reach a stage. Absolute numbers, never a share of the community."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from team.models import User


class MilestonesQuerySet(models.QuerySet["Milestones"]):
    def visible_to(self, user: User) -> MilestonesQuerySet:
        return self if user.is_authenticated else self.none()


class Milestones(models.Model):
    """At most one row, with pk 1; without one the defaults hold. Counted is what the member did
    within the last `within_days` days; days are the hub's."""

    participant_activities = models.PositiveIntegerField(
        _("participant: activities"), default=3, db_default=3
    )
    participant_days = models.PositiveIntegerField(_("on so many days"), default=2, db_default=2)
    contributor_activities = models.PositiveIntegerField(
        _("contributor: activities"), default=10, db_default=10
    )
    contributor_credits = models.PositiveIntegerField(
        _("or answers credited"), default=2, db_default=2
    )
    within_days = models.PositiveIntegerField(_("within days"), default=365, db_default=365)
    reviewed_on = models.DateField(null=True)  # a day of the hub, on which stages were last lowered

    objects = MilestonesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "milestones"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_set_of_milestones"),
        ]

    def __str__(self) -> str:
        return str(_("Stages"))

    @classmethod
    def current(cls) -> Milestones:
        return cls.objects.filter(pk=1).first() or cls(pk=1)
