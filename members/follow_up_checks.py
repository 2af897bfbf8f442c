"""What may be said of a follow-up: a check answers what is stored, or raises NotPossible."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _now

from community_hub.lib.text import TooLong, typed_line
from team import notifications
from team.models import User

from .follow_ups import today
from .models import Member
from .models.follow_up import LONGEST

FARTHEST = timedelta(days=5 * 365 + 2)


class NotPossible(ValueError):
    """Refused, with a sentence that says what to do instead."""


def checked_text(text: str) -> str:
    """NotPossible where nothing is left of it."""
    try:
        found = typed_line(text, LONGEST)
    except TooLong as error:
        raise NotPossible(str(error)) from error
    if not found:
        raise NotPossible(_now("Say what should be done."))
    return found


def checked_day(day: date) -> date:
    """NotPossible for a day that is past, or more than five years away."""
    if day < today():
        raise NotPossible(_now("That day has passed. Select today or a later one."))
    if day > today() + FARTHEST:
        raise NotPossible(_now("That’s more than five years away. Select an earlier day."))
    return day


def checked_owner(owner: User, member: Member, scope: str) -> User:
    """Who would not see it could not do it."""
    if not owner.is_active or not owner.can_edit_members:
        raise NotPossible(_now("Select a teammate who can edit members."))
    if not Member.objects.visible_to(owner).filter(pk=member.pk).exists():
        raise NotPossible(_now("%(name)s can’t see this member.") % {"name": owner})
    if not notifications.may_see(owner, scope):
        said = _now("%(name)s can’t see where this comes from. Select someone else.")
        raise NotPossible(said % {"name": owner})
    return owner
