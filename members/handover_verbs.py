"""Giving all that a teammate looks after to another one: one action, one undo."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from team import actions, notifications
from team.actions import Changes, verb
from team.models import Action, User
from team.verb_entry import Sentence

from . import handovers, hooks
from .follow_up_words import KIND

ON = "team.user"


class NotPossible(ValueError):
    """Refused, with a sentence that says what to do instead."""


def _undo(batch: Sequence[Action], by: User) -> Collection[int]:
    """What was moved has actions of its own in the same group, each with its undo."""
    return [action.pk for action in batch]


def _details(batch: Sequence[Action]) -> dict[int, Sentence]:
    names = dict(
        User.objects.filter(pk__in={action.after["to"] for action in batch}).values_list(
            "pk", "name"
        )
    )
    words = _now("gave what %(object)s looks after to %(name)s")
    return {
        action.pk: Sentence(words, {"name": names.get(action.after["to"], "?")}) for action in batch
    }


@verb(
    "hand-over",
    on=ON,
    right="can_edit_members",
    words=_("gave what %(object)s looks after to someone else"),
    undo=_undo,
    lead_may_undo=True,
    details=_details,
)
def hand_over(teammate: User, to: User, *, by: User) -> Changes:
    """Leads give away what anybody has, others what they have themselves. What the other may not
    see stays where it is. Nothing changes where there is nothing; NotPossible for somebody who
    can't take it."""
    if not handovers.may_hand_over(teammate, by):
        raise PermissionDenied
    if not to.is_active or not to.can_edit_members or to.pk == teammate.pk:
        raise NotPossible(_now("Select another teammate who can edit members."))
    group = uuid.uuid4()
    with transaction.atomic():
        moved = []
        for section in hooks.handover_sections:
            if section.move:
                moved += section.move(teammate, to, by, group).actions
        if not moved:
            return Changes()
        after = {"to": to.pk, "moved": len(moved)}
        own = actions.record("hand-over", [teammate], by=by, after=after, group=group)
    text = _now("%(who)s gave you what %(name)s looked after") % {"who": by, "name": teammate}
    link = f"{reverse('members')}?q=owner%3Ame"
    notifications.notify(KIND, [to], f"hand-over:{own.actions[0].pk}", text, link, by=by)
    return Changes(group, [*moved, *own.actions])
