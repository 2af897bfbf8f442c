"""Taking somebody off an event's list, as if they had never answered.

The action is the event's: the row of the answer is gone, and comes back with its number and its
secrets, so that a personal link works again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from events import answers, attendance_log
from events.models import Answer, Attendance, Event
from members.models import Member
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from .editing import ON

LINES = (*Answer.values, attendance_log.CAME, attendance_log.NO_SHOW)


@one_by_one
def _undo_remove(action: Action, by: User) -> bool:
    """Not where they answered again since, or their seat was given away."""
    fields = {name: _read(name, value) for name, value in action.before.items()}
    with transaction.atomic():
        event = Event.objects.present().select_for_update(of=("self",)).filter(pk=action.object_id)
        locked = event.first()
        if locked is None or not Member.objects.filter(pk=fields["member_id"]).exists():
            return False
        row = Attendance(event=locked, **fields)
        if Attendance.objects.filter(event=locked, member=row.member_id).exists():
            return False
        if row.answer == Answer.GOING and not _fits(locked, row):
            return False
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return False
        attendance_log.write(locked, [row])
        attendance_log.write_came(locked, [row])
        answers.publish(locked)
        return True


@verb("remove-answer", on=ON, right="can_edit_events",
      words=_("took somebody off the list of %(object)s"),
      undo=_undo_remove, lead_may_undo=True)  # fmt: skip
def remove_answer(attendance: Attendance, *, by: User) -> Changes:
    """Their seat goes to who waits longest. No Changes where somebody was faster."""
    with transaction.atomic():
        event = answers.lock(attendance.event_id)
        row = Attendance.objects.select_for_update(of=("self",)).filter(pk=attendance.pk).first()
        if row is None:
            return Changes()
        before = {
            field.attname: _write(getattr(row, field.attname))
            for field in Attendance._meta.concrete_fields
            if field.name != "event"
        }
        attendance_log.remove([row], LINES)
        row.delete()
        answers.give_seats(event)
        answers.publish(event)
        return actions.record("remove-answer", [event], by=by, before=before)


def _fits(event: Event, row: Attendance) -> bool:
    return event.capacity is None or answers.taken(event.pk) + row.seats <= event.capacity


def _write(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    dated = name.endswith("_at") or name == "waiting_since"
    return datetime.fromisoformat(value) if dated and value else value
