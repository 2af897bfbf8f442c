"""What the team will do for a member: planned, changed, done or dropped, each with its undo.

Every step is a line of the member's log, which an undo takes back.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User
from team.verb_entry import Sentence

from . import log
from .follow_up_checks import NotPossible, checked_day, checked_owner, checked_text
from .follow_up_words import (
    log_planned,
    log_step,
    owner_need_not_know,
    planned_key,
    tell_owner,
)
from .models import FollowUp, FollowUpKind, FollowUpState, Member, Visibility

ON = "members.followup"

trail_nouns.register(
    ON,
    trail_nouns.Noun(hidden=_("a follow-up"), gone=_("a deleted follow-up"), named=_("“%(name)s”")),
)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a follow-up comes from; see FollowUp."""

    key: str = ""
    scope: str = ""
    place: str = ""
    link: str = ""
    visibility: str = Visibility.TEAM


NOWHERE = Origin()


# Made ---------------------------------------------------------------------------------------------


@one_by_one
def _undo_plan(action: Action, by: User) -> bool:
    """Not once somebody has closed it."""
    if planned := FollowUp.objects.open().filter(pk=action.object_id).first():
        owner_need_not_know(planned)
    if not FollowUp.objects.open().filter(pk=action.object_id).delete()[0]:
        return False
    log.remove([planned_key(action.object_id)])
    return True


def _details(batch: Sequence[Action]) -> dict[int, Sentence]:
    """Whom it is about; what was written stays in the sentence when the row is gone."""
    rows = FollowUp.objects.in_bulk([action.object_id for action in batch])
    names = dict(
        Member.objects.filter(pk__in={row.member_id for row in rows.values()}).values_list(
            "pk", "name"
        )
    )
    words = {
        "plan": _now("planned %(object)s for %(member)s"),
        "reschedule": _now("changed %(object)s for %(member)s"),
        "complete": _now("closed %(object)s for %(member)s"),
        "reopen": _now("reopened %(object)s for %(member)s"),
    }
    return {
        action.pk: Sentence(words[action.verb], {"member": names[row.member_id]})
        for action in batch
        if (row := rows.get(action.object_id)) and names.get(row.member_id)
    }


@verb(
    "plan",
    on=ON,
    right="can_edit_members",
    words=_("planned %(object)s"),
    undone=_("Follow-up removed again"),
    undo=_undo_plan,
    lead_may_undo=True,
    details=_details,
)
def plan(
    member: Member,
    text: str,
    due_on: date,
    *,
    by: User,
    owner: User | None = None,
    kind: str = FollowUpKind.FOLLOW_UP,
    origin: Origin = NOWHERE,
    group: uuid.UUID | None = None,
) -> Changes:
    """`owner`: who does it, `by` where nobody is named. Raises NotPossible, also for a member who
    is one of us, and where one of this origin is open already."""
    text, due_on = checked_text(text), checked_day(due_on)
    owner = checked_owner(owner or by, member, origin.scope)
    if member.user_id or member.is_bot:
        raise NotPossible(_now("Follow-ups are for members, not for teammates or bots."))
    try:
        with transaction.atomic():
            row = FollowUp.objects.create(
                member=member, owner=owner, kind=FollowUpKind(kind), text=text, due_on=due_on,
                origin=origin.key, scope=origin.scope, place=origin.place[:200],
                link=origin.link, visibility=Visibility(origin.visibility), created_by=by,
            )  # fmt: skip
            changes = actions.record("plan", [row], by=by, group=group)
            log_planned(row)
    except IntegrityError:
        raise NotPossible(_now("There’s an open one from here already.")) from None
    tell_owner(row, by)
    return changes


# Changed ------------------------------------------------------------------------------------------


@one_by_one
def _undo_reschedule(action: Action, by: User) -> bool:
    unchanged = FollowUp.objects.open().filter(pk=action.object_id, **action.after)
    with_owner = unchanged.select_related("owner")
    if "owner_id" in action.after and (given := with_owner.first()):
        owner_need_not_know(given)
    if not unchanged.update(**action.before):
        return False
    log_planned(FollowUp.objects.get(pk=action.object_id))
    return True


@verb(
    "reschedule",
    on=ON,
    right="can_edit_members",
    words=_("changed %(object)s"),
    undone=_("Follow-up as it was before"),
    undo=_undo_reschedule,
    lead_may_undo=True,
    details=_details,
)
def reschedule(row: FollowUp, *, by: User, **fields: Any) -> Changes:
    """Set some of `text`, `due_on`, `owner` and `kind`. NotPossible for what cannot be, and where
    it was closed meanwhile."""
    with transaction.atomic():
        locked = FollowUp.objects.select_for_update().get(pk=row.pk)
        if locked.state != FollowUpState.OPEN:
            raise NotPossible(_now("It’s closed already. Reopen it first."))
        after = _stored(locked, fields)
        before = {name: _plain(getattr(locked, name)) for name in after}
        if not after:
            return Changes()
        FollowUp.objects.filter(pk=row.pk).update(**after)
        row.refresh_from_db()
        changes = actions.record("reschedule", [row], by=by, before=before, after=after)
        log_planned(row)
    if "owner_id" in after:
        tell_owner(row, by)
    return changes


def _stored(row: FollowUp, fields: dict[str, Any]) -> dict[str, Any]:
    """What differs, as JSON values by column."""
    found: dict[str, Any] = {}
    if "text" in fields:
        found["text"] = checked_text(fields["text"])
    if "kind" in fields:
        found["kind"] = FollowUpKind(fields["kind"]).value
    if "due_on" in fields and fields["due_on"] != row.due_on:
        found["due_on"] = checked_day(fields["due_on"]).isoformat()
    if "owner" in fields and fields["owner"].pk != row.owner_id:
        found["owner_id"] = checked_owner(fields["owner"], row.member, row.scope).pk
    return {name: value for name, value in found.items() if _plain(getattr(row, name)) != value}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# Closed -------------------------------------------------------------------------------------------


@one_by_one
def _undo_complete(action: Action, by: User) -> bool:
    closed = FollowUp.objects.filter(pk=action.object_id, state=action.after["state"])
    try:
        with transaction.atomic():
            if not closed.update(state=FollowUpState.OPEN, closed_at=None):
                return False
    except IntegrityError:  # another of its origin was made since
        return False
    log.remove([f"action:{action.pk}"])
    return True


@verb(
    "complete",
    on=ON,
    right="can_edit_members",
    words=_("closed %(object)s"),
    undone=_("Follow-up open again"),
    undo=_undo_complete,
    lead_may_undo=True,
    details=_details,
)
def complete(
    row: FollowUp,
    state: str = FollowUpState.KEPT,
    *,
    by: User,
    group: uuid.UUID | None = None,
) -> Changes:
    """Nothing changes where a colleague was quicker. ValueError for a state that it cannot get."""
    if state not in row.closing_states:
        raise ValueError(f"{row.kind} cannot become {state}")
    with transaction.atomic():
        now = timezone.now()
        still = FollowUp.objects.open().filter(pk=row.pk)
        if not still.update(state=state, closed_at=now):
            return Changes()
        row.state, row.closed_at = state, now
        changes = actions.record(
            "complete", [row], by=by, before={"state": "open"}, after={"state": state}, group=group
        )
        log_step(row, f"action:{changes.actions[0].pk}", row.closed_words, by)
    owner_need_not_know(row)
    return changes


@one_by_one
def _undo_reopen(action: Action, by: User) -> bool:
    reopened = FollowUp.objects.open().filter(pk=action.object_id)
    if not reopened.update(state=action.before["state"], closed_at=timezone.now()):
        return False
    log.remove([f"action:{action.pk}"])
    return True


@verb(
    "reopen",
    on=ON,
    right="can_edit_members",
    words=_("reopened %(object)s"),
    undo=_undo_reopen,
    lead_may_undo=True,
    details=_details,
)
def reopen(row: FollowUp, *, by: User) -> Changes:
    """NotPossible where another of its origin was made since."""
    try:
        with transaction.atomic():
            closed = FollowUp.objects.filter(pk=row.pk).exclude(state=FollowUpState.OPEN)
            if not closed.update(state=FollowUpState.OPEN, closed_at=None):
                return Changes()
            before = {"state": row.state}
            row.refresh_from_db()
            changes = actions.record("reopen", [row], by=by, before=before)
            log_step(row, f"action:{changes.actions[0].pk}", _now("Reopened: %s") % row.text, by)
    except IntegrityError:
        raise NotPossible(_now("There’s an open one from here already.")) from None
    return changes
