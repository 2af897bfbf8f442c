"""Why a view is not saved, said to whoever tried."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from .models import Action, SavedQuery
from .saved_queries import MOST


class NameTaken(Exception):
    """Another of this person's views has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return _("There’s already a view “%(name)s”.") % {"name": self.name}


class TooMany(Exception):
    def __str__(self) -> str:
        said = _("You can keep %(most)d views. Remove one you no longer need.")
        return said % {"most": MOST}


class ChangedMeanwhile(Exception):
    """Somebody else was faster. `current`: the name or the query that they gave it."""

    def __init__(self, view: SavedQuery, field: Literal["name", "text"]) -> None:
        super().__init__(view.pk, field)
        self.view = view
        self.field = field
        verb = {"name": "rename", "text": "change"}[field]
        told = Action.objects.filter(object_type=view._meta.label_lower, object_id=view.pk)
        last = told.filter(verb=verb).select_related("by").order_by("-pk").first()
        # where it follows a tag that was renamed, it was nobody's change
        self.by = last.by if last and last.after.get(field) == self.current else None

    @property
    def current(self) -> str:
        return str(getattr(self.view, self.field))

    def __str__(self) -> str:
        if self.field == "name":
            said = _("%(who)s has renamed this view to “%(current)s”. Save again to replace it.")
        else:
            said = _("%(who)s has changed this query to “%(current)s”. Save again to replace it.")
        return said % {"who": self.by or _("Somebody"), "current": self.current}
