"""How well a teammate knows a member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from .scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User


class BondQuerySet(models.QuerySet["Bond"]):
    def visible_to(self, user: User) -> BondQuerySet:
        """Without what comes from sources that this reader may not see."""
        hidden = hidden_scopes(user)
        return self if hidden is None else self.exclude(scope__in=hidden)


class Bond(models.Model):
    """Worked out by members.bond_pass: one row for each scope that contributes, so that what a
    reader may not see is left out of the sum. `score` is of a fixed day; see members.bonds."""

    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="bonds", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    scope = models.CharField(max_length=60, blank=True)
    score = models.FloatField()
    first_at = models.DateTimeField(null=True)  # None until it is worked out once more
    last_at = models.DateTimeField()
    exchanges = models.PositiveIntegerField(default=0)
    meetings = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)

    objects = BondQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "user", "scope"], name="one_bond_a_scope")
        ]
        indexes = [
            models.Index(fields=["user", "member"], name="bonds_of_a_teammate"),
            models.Index(fields=["scope", "member"], name="bonds_of_a_scope"),
        ]


class SoleContact(models.Model):
    """The one teammate who knows a member, where there is only one, by all scopes together. For
    whoever may not see them all it is worked out on reading; see members.bonds."""

    member = models.OneToOneField(
        "members.Member", on_delete=models.CASCADE, primary_key=True, related_name="sole_contact"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["score", "member"], name="sole_contacts_by_score")]
