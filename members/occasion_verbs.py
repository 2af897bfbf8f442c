"""What is done about an occasion: taken on, given to a teammate, put off, done or dismissed. Each
is a follow-up, in one step that one undo takes back."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from team.actions import Changes
from team.models import User

from . import follow_up_verbs
from .follow_up_verbs import NotPossible, Origin
from .follow_ups import today
from .models import FollowUp, FollowUpKind, FollowUpState
from .occasions import Occasion

CHECKS = (8, 30)  # days after somebody was welcomed


def take(occasion: Occasion, *, by: User, owner: User | None = None) -> Changes:
    """A follow-up for today. NotPossible where a teammate was quicker."""
    if occasion.kind.give:
        return occasion.kind.give(occasion, owner or by, by)
    return _plan(occasion, today(), by=by, owner=owner)


def put_off(occasion: Occasion, due_on: date, *, by: User) -> Changes:
    if occasion.kind.put_off:
        return occasion.kind.put_off(occasion, due_on, by)
    return _plan(occasion, due_on, by=by)


def settle(occasion: Occasion, state: str, *, by: User) -> Changes:
    """Done, or dropped: it does not come back. NotPossible where a teammate was quicker."""
    if occasion.kind.settle:
        return occasion.kind.settle(occasion, state, by)
    with transaction.atomic():
        planned = _plan(occasion, today(), by=by)
        row = FollowUp.objects.get(pk=planned.actions[0].object_id)
        closed = complete(row, state, by=by, group=planned.group)
        return Changes(planned.group, [*planned.actions, *closed.actions])


def complete(row: FollowUp, state: str, *, by: User, group: uuid.UUID | None = None) -> Changes:
    """As for every follow-up; whoever was welcomed is looked after on day 8 and 30."""
    with transaction.atomic():
        changes = follow_up_verbs.complete(row, state, by=by, group=group)
        if not changes or row.kind != FollowUpKind.WELCOME or state != FollowUpState.KEPT:
            return changes
        for days in CHECKS:
            try:
                check = _plan_check(row, days, by=by, group=changes.group)
            except NotPossible:  # there is one, or they are a teammate by now
                continue
            changes.actions.extend(check.actions)
    return changes


# Below the verbs ----------------------------------------------------------------------------------


def _plan(occasion: Occasion, due_on: date, *, by: User, owner: User | None = None) -> Changes:
    origin = Origin(
        key=occasion.key, scope=occasion.scope, place=occasion.place, link=occasion.link
    )
    open_now = FollowUp.objects.open().filter(member=occasion.member, origin=occasion.key)
    if taken := open_now.select_related("owner").first():
        raise NotPossible(_("%(name)s takes care of it already.") % {"name": taken.owner})
    return follow_up_verbs.plan(
        occasion.member, occasion.text, due_on, by=by, owner=owner,
        kind=occasion.kind.follow_up, origin=origin,
    )  # fmt: skip


def _plan_check(row: FollowUp, days: int, *, by: User, group: uuid.UUID) -> Changes:
    words = {
        8: _("A week after the welcome: did they find what they needed?"),
        30: _("A month after the welcome: are they still around?"),
    }
    able = row.owner.is_active and row.owner.can_edit_members
    origin = Origin(key=f"welcome:{days}", scope=row.scope, place=row.place, link=row.link)
    return follow_up_verbs.plan(
        row.member, words[days], today() + timedelta(days=days), by=by,
        owner=row.owner if able else by, origin=origin, group=group,
    )  # fmt: skip
