"""What the team says of who comes: their answers and roles, who was there, each with its undo.

A check-in by a phone at the door comes through ../scans.py, which calls these.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from events import answers, attendance_log
from events.answers import Refused
from events.models import Answer, Attendance, Event, Origin, Part, Scan, ScanKind
from members.models import Member
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User
from team.verb_entry import Sentence

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
    return bool(uncheck(action.object_id, action.after["at"], by=by))


def _by_helpers(rows: Sequence[Action]) -> dict[int, Sentence]:
    """Those that were done with a link to the door: with whose."""
    words = {
        "check-in": _now("checked in %(object)s (door link: %(helper)s)"),
        "check-out": _now("took back the check-in of %(object)s (door link: %(helper)s)"),
    }
    return {
        row.pk: Sentence(words[row.verb], {"helper": row.after["helper"]})
        for row in rows
        if row.after.get("helper")
    }


@verb("check-in", on=ON, right="can_edit_events", words=_("checked in %(object)s"),
      undo=_undo_check_in, lead_may_undo=True, details=_by_helpers)  # fmt: skip
def check_in(
    attendance: Attendance,
    *,
    by: User | None,
    helper: str = "",
    at: datetime | None = None,
    is_scan: bool = False,
    group: uuid.UUID | None = None,
) -> Changes:
    """They are there; whoever checks in the same person again changes nothing. `helper`: who did
    it by a link to the door. `is_scan`: its scan is kept already, and by all that are known they
    came `at` then, also where another time was heard of first. Refused where the event was
    cancelled or is a draft."""
    with transaction.atomic():
        event = answers.lock(attendance.event_id)
        if event.state_now not in ("published", "over"):
            raise Refused(answers.closed_words(event))
        row = Attendance.objects.select_related("member").get(pk=attendance.pk)
        if row.checked_in_at and (not is_scan or row.checked_in_at == at):
            return Changes()
        row.checked_in_at, row.checked_in_by, row.helper = at or timezone.now(), by, helper
        if row.origin == Origin.DOOR and row.answer == Answer.DECLINED:
            row.answer = Answer.GOING  # a walk-in that was taken back
        row.save(update_fields=["checked_in_at", "checked_in_by", "helper", "answer"])
        if not is_scan:
            Scan.objects.note(row, ScanKind.IN, row.checked_in_at, by=by, helper=helper)
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
      undo=_undo_check_out, lead_may_undo=True, details=_by_helpers)  # fmt: skip
def take_back_check_in(
    attendance: Attendance,
    *,
    by: User | None,
    helper: str = "",
    is_scan: bool = False,
    group: uuid.UUID | None = None,
) -> Changes:
    """They were not there after all. `helper`, `is_scan`: as in check_in()."""
    with transaction.atomic():
        event = answers.lock(attendance.event_id)
        before = uncheck(attendance.pk, by=by, helper=helper, is_scan=is_scan)
        if before is None:
            return Changes()
        answers.give_seats(event)  # that of a walk-in
        after = {"helper": helper}
        return actions.record(
            "check-out", [attendance], by=by, group=group, before=before, after=after
        )


def uncheck(
    pk: int, at: str = "", *, by: User | None = None, helper: str = "", is_scan: bool = False
) -> dict[str, Any] | None:
    """As it was at the door; None where they are not checked in, or not since `at`. A walk-in is
    not expected any more."""
    with transaction.atomic():
        there = Attendance.objects.select_for_update(of=("self",)).select_related("event")
        row = there.filter(pk=pk, checked_in_at__isnull=False).first()
        if row is None or row.checked_in_at is None:
            return None
        was = {"at": row.checked_in_at.isoformat(), "helper": row.helper}
        if at and at != was["at"]:
            return None
        row.checked_in_at, row.checked_in_by, row.helper = None, None, ""
        if row.origin == Origin.DOOR and row.answer == Answer.GOING:
            row.answer = Answer.DECLINED
        row.save(update_fields=["checked_in_at", "checked_in_by", "helper", "answer"])
        if not is_scan:
            Scan.objects.note(row, ScanKind.OUT, timezone.now(), by=by, helper=helper)
        attendance_log.remove_came([row], _raised_by_check_in(pk))
        answers.publish(row.event)
        return was


def _raised_by_check_in(pk: int) -> list[dict[str, Any]]:
    """Stages that the last check-in gave."""
    done = Action.objects.filter(object_type=ON, object_id=pk, verb="check-in", undone_at=None)
    last = done.order_by("-pk").first()
    return list(last.after.get("raised", ())) if last else []


@one_by_one
def _undo_role(action: Action, by: User) -> bool:
    """Not where it was changed again since."""
    rows = Attendance.objects.filter(pk=action.object_id, role=action.after["role"])
    if not rows.update(role=action.before["role"]):
        return False
    answers.publish(Event.objects.get(attendances=action.object_id))
    return True


@verb("role", on=ON, right="can_edit_events", words=_("changed the role of %(object)s"),
      undo=_undo_role, lead_may_undo=True)  # fmt: skip
def set_role(attendance: Attendance, role: str, *, by: User) -> Changes:
    """Attendee, speaker, volunteer or host."""
    wanted = Part(role)
    row = Attendance.objects.select_related("event").get(pk=attendance.pk)
    if not Attendance.objects.filter(pk=row.pk).exclude(role=wanted).update(role=wanted):
        return Changes()
    answers.publish(row.event)
    before, after = {"role": str(row.role)}, {"role": str(wanted)}
    return actions.record("role", [row], by=by, before=before, after=after)


def add_walk_in(
    event: Event,
    name: str,
    *,
    by: User | None,
    helper: str = "",
    at: datetime | None = None,
    is_scan: bool = False,
) -> Attendance:
    """Somebody at the door whom nobody knows yet: a member without any account, who is there."""
    with transaction.atomic():
        answers.lock(event.pk)
        now = at or timezone.now()
        member = Member.objects.create(name=name, first_seen=now, last_seen=now)
        row = Attendance.objects.create(
            event=event, member=member, answer=Answer.GOING, origin=Origin.DOOR, answered_at=now
        )
        check_in(row, by=by, helper=helper, at=now, is_scan=is_scan)
        row.refresh_from_db()
        return row
