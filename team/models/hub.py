"""The one row that says whose hub this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .action import Action

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

    @classmethod
    def call(cls, name: str, *, by: User) -> Hub:
        """Name the team, for the first time or anew."""
        with transaction.atomic():
            hub, made = cls.objects.select_for_update().get_or_create(pk=1, defaults={"name": name})
            if made or hub.name != name:
                before = {} if made else {"name": hub.name}
                hub.name = name
                hub.save(update_fields=["name"])
                Action.record("name", hub, by=by, before=before, after={"name": name})
        return hub

    def take_back(self, action: Action) -> bool:
        """Undo a new name, while who gave it may still name; the first one has none before it."""
        if not action.before or action.by is None or not action.by.can_manage_team:
            return False
        return bool(Hub.objects.filter(pk=1, **action.after).update(**action.before))
