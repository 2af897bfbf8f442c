"""The one row that says whose hub this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .user import User


class HubQuerySet(models.QuerySet["Hub"]):
    def visible_to(self, user: User) -> HubQuerySet:
        return self if user.is_authenticated else self.none()


class Hub(models.Model):
    """One install serves one team: there is a single row, with pk 1."""

    name = models.CharField(_("team's name"), max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HubQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_only_one_hub")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Hub | None:
        """None until somebody has named the team."""
        return cls.objects.filter(pk=1).first()
