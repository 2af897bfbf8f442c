"""What the team says of who comes: their answers and roles, who was there, each with its undo.

A check-in at the door by a phone comes through ../check_in.py, which calls these.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events import answers, attendance_log
from events.answers import Refused
from events.models import Answer, Attendance, Event, Origin, Part
from members.models import Member
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

ON = "events.attendance"
trail_nouns.register(
    ON, trail_nouns.Noun(hidden=_("an answer"), gone=_("a deleted answer"), named="%(name)s")
)


def _undo_answer(rows: Sequence[Action], by: User) -> set[int]:
    """Not where they answered otherwise since, or their seat was given away."""
    done = set()
    for action in rows:
        row = Attendance.objects.filter(pk=action.object_id).first()
        if row is None or row.answer != action.after["answer"]:
            continue
        if answers.put_back(row, action.before or None):
            done.add(action.pk)
    return done


@verb("answer", on=ON, right="can_edit_events", words=_("changed the answer of %(object)s"),
      undo=_undo_answer, lead_may_undo=True)  # fmt: skip
def answer(
    event: Event,
    member: Member,
    wanted: str,
    *,
    by: User,
    guests: int = 0,
    role: str = "",
    origin: str = Origin.HAND,
    group: uuid.UUID | None = None,
) -> Changes:
    """For a member who said it elsewhere. No Changes where they said so before. Raises Refused."""
    with transaction.atomic():
        outcome = answers.answer(
            event.pk, member.pk, wanted, guests=guests, origin=origin, role=role, actor_id=by.pk
        )
        row = outcome.attendance
        if outcome.before and all(
            str(getattr(row, name)) == str(outcome.before[name])
            for name in ("answer", "guests", "role")
        ):
            return Changes()
        after = {"answer": str(row.answer), "role": str(row.role), "guests": row.guests}
        return actions.record("answer", [row], by=by, group=group,
                              before=outcome.before or {}, after=after)  # fmt: skip


@one_by_one
def _undo_check_in(action: Action, by: User) -> bool:
    """Not where the check-in was taken back since."""
    return bool(uncheck(action.object_id, action.after["at"]))


@verb("check-in", on=ON, right="can_edit_events", words=_("checked in %(object)s"),
      undo=_undo_check_in, lead_may_undo=True)  # fmt: skip
def check_in(
    attendance: Attendance,
    *,
    by: User | None,
    helper: str = "",
    at: datetime | None = None,
    group: uuid.UUID | None = None,
) -> Changes:
    """They are there; whoever checks in the same person again changes nothing. `helper`: who did
    it by a link to the door. Refused where the event was cancelled or is a draft."""
    with transaction.atomic():
        event = answers.lock(attendance.event_id)
        if event.state_now not in ("published", "over"):
            raise Refused(answers.closed_words(event))
        row = Attendance.objects.select_related("member").get(pk=attendance.pk)
        if row.checked_in_at:
            return Changes()
        row.checked_in_at, row.checked_in_by, row.helper = at or timezone.now(), by, helper
        row.save(update_fields=["checked_in_at", "checked_in_by", "helper"])
        raised = attendance_log.write_came(event, [row], actor_id=by.pk if by else None)
        answers.publish(event)
        after = {"at": row.checked_in_at.isoformat(), "helper": helper, "raised": raised}
        return actions.record("check-in", [row], by=by, group=group, after=after)


@one_by_one
def _undo_check_out(action: Action, by: User) -> bool:
    there = Attendance.objects.filter(pk=action.object_id, checked_in_at__isnull=True).first()
    if there is None:
        return False
    at = datetime.fromisoformat(action.before["at"])
    return bool(check_in(there, by=by, helper=action.before["helper"], at=at))


@verb("check-out", on=ON, right="can_edit_events", words=_("took back the check-in of %(object)s"),
      undo=_undo_check_out, lead_may_undo=True)  # fmt: skip
def take_back_check_in(
    attendance: Attendance, *, by: User | None, group: uuid.UUID | None = None
) -> Changes:
    """They were not there after all."""
    with transaction.atomic():
        answers.lock(attendance.event_id)
        row = uncheck(attendance.pk)
        if row is None:
            return Changes()
        before = {"at": row["at"], "helper": row["helper"]}
        return actions.record("check-out", [attendance], by=by, group=group, before=before)


def uncheck(pk: int, at: str = "") -> dict[str, Any] | None:
    """As it was at the door; None where they are not checked in, or not since `at`."""
    with transaction.atomic():
        there = Attendance.objects.select_for_update(of=("self",)).select_related("event")
        row = there.filter(pk=pk, checked_in_at__isnull=False).first()
        if row is None or row.checked_in_at is None:
            return None
        was = {"at": row.checked_in_at.isoformat(), "helper": row.helper}
        if at and at != was["at"]:
            return None
        row.checked_in_at, row.checked_in_by, row.helper = None, None, ""
        row.save(update_fields=["checked_in_at", "checked_in_by", "helper"])
        attendance_log.remove_came([row], _raised_by_check_in(pk))
        answers.publish(row.event)
        return was


def _raised_by_check_in(pk: int) -> list[dict[str, Any]]:
    """Stages that the last check-in gave."""
    done = Action.objects.filter(object_type=ON, object_id=pk, verb="check-in", undone_at=None)
    last = done.order_by("-pk").first()
    return list(last.after.get("raised", ())) if last else []


def _undo_role(rows: Sequence[Action], by: User) -> set[int]:
    return {
        action.pk
        for action in rows
        if Attendance.objects.filter(pk=action.object_id, role=action.after["role"]).update(
            role=action.before["role"]
        )
    }


@verb("role", on=ON, right="can_edit_events", words=_("changed the role of %(object)s"),
      undo=_undo_role, lead_may_undo=True)  # fmt: skip
def set_role(attendance: Attendance, role: str, *, by: User) -> Changes:
    """Attendee, speaker, volunteer or host."""
    wanted = Part(role)
    row = Attendance.objects.get(pk=attendance.pk)
    if not Attendance.objects.filter(pk=row.pk).exclude(role=wanted).update(role=wanted):
        return Changes()
    before, after = {"role": str(row.role)}, {"role": str(wanted)}
    return actions.record("role", [row], by=by, before=before, after=after)


def add_walk_in(event: Event, name: str, *, by: User | None, helper: str = "") -> Attendance:
    """Somebody at the door whom nobody knows yet: a member without any account, who is there."""
    with transaction.atomic():
        answers.lock(event.pk)
        now = timezone.now()
        member = Member.objects.create(name=name, first_seen=now, last_seen=now)
        row = Attendance.objects.create(
            event=event, member=member, answer=Answer.GOING, origin=Origin.DOOR, answered_at=now
        )
        check_in(row, by=by, helper=helper)
        row.refresh_from_db()
        return row
