"""The next steps that were planned with an encounter: they are for whom it is."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from team.models import Action, User

from . import follow_ups, log
from .follow_up_verbs import ON, Origin
from .follow_up_words import planned_key
from .models import Encounter, FollowUp, Visibility
from .models.follow_up import FollowUpQuerySet


def origin_of(row: Encounter) -> Origin:
    """A private one is not named: whoever is given the next step may not see it."""
    if row.visibility == Visibility.TEAM:
        return Origin(key=row.files_key, place=str(row), link=row.get_absolute_url())
    return Origin(key=row.files_key, visibility=row.visibility)


def planned_for(day: date) -> str:
    return _("next step by %(day)s") % {"day": date_format(day, "l, j F")}


def steps_of(row: Encounter) -> FollowUpQuerySet:
    """All of them, whoever may see them."""
    return FollowUp.objects.filter(origin=row.files_key)


def next_steps(row: Encounter, user: User) -> list[FollowUp]:
    """Open or closed, of what this reader may see."""
    seen = FollowUp.objects.visible_to(user).filter(origin=row.files_key)
    rows = list(seen.select_related("owner", "member").soonest_first()[: follow_ups.MOST])
    return follow_ups.with_days_left(rows, user)


def follow_visibility(row: Encounter) -> None:
    """Once who may see the encounter has changed; their lines of the log as well."""
    origin = origin_of(row)
    changed = steps_of(row).exclude(visibility=row.visibility)
    pks = list(changed.values_list("pk", flat=True))
    if not pks:
        return
    FollowUp.objects.filter(pk__in=pks).update(
        visibility=origin.visibility, place=origin.place, link=origin.link
    )
    taken = Action.objects.filter(object_type=ON, object_id__in=pks).values_list("pk", flat=True)
    keys = [*map(planned_key, pks), *(f"action:{pk}" for pk in taken)]
    log.set_visibility(keys, origin.visibility, where=origin.place, link=origin.link)
