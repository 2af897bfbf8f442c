"""The one row that says whose hub this is."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from community_hub.lib import compiled_sql

from .user import validate_timezone

if TYPE_CHECKING:
    from .user import User


class HubQuerySet(models.QuerySet["Hub"]):
    def visible_to(self, user: User) -> HubQuerySet:
        return self if user.is_authenticated else self.none()


def monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class Hub(models.Model):
    """One install serves one team: there is a single row, with pk 1."""

    name = models.CharField(_("team’s name"), max_length=80)
    timezone = models.CharField(
        max_length=64, default="UTC", db_default="UTC", validators=[validate_timezone]
    )  # a day of the hub is a day there
    work_days = models.JSONField(default=monday_to_friday, db_default=[0, 1, 2, 3, 4])
    work_from = models.TimeField(default=time(9), db_default=time(9))
    work_until = models.TimeField(default=time(18), db_default=time(18))
    holidays = models.JSONField(default=list, db_default=[])  # ISO dates
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
        found = compiled_sql.rows("hub", lambda pk: cls.objects.filter(pk=pk), pk=1)
        return found[0] if found else None
