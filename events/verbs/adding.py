"""Adding people to an event by name: members, and somebody new who has no account anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community_hub.lib.text import typed_line
from events import answers, attendance_log
from events.models import Answer, Attendance, Event, Origin, Part
from members import encounter_removal
from members.models import Member, Stage
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import attending
from .editing import ON

MOST_PEOPLE = 50  # at once
NAME_LENGTH = 200


@one_by_one
def _undo_people(action: Action, by: User) -> bool:
    """Whoever was made by their name goes, where nothing else is known of them by now."""
    encounter_removal.forget_unused(action.after["made"])
    return True


@verb("add-people", on=ON, right="can_edit_events", words=_("added people to %(object)s"),
      undo=_undo_people, lead_may_undo=True)  # fmt: skip
def add_people(
    event: Event,
    people: Sequence[Member],
    *,
    by: User,
    new_people: Sequence[str] = (),
    wanted: str = Answer.GOING,
    role: str = Part.ATTENDEE,
    guests: int = 0,
) -> Changes:
    """What they answered elsewhere; of an event that is over, that they were there. One Undo for
    all. No Changes where all of them had said so. Raises Refused, TooLong, and ValueError for too
    many at once."""
    if len(people) + len(new_people) > MOST_PEOPLE:
        said = ngettext(
            "Add at most %(n)d person at once.", "Add at most %(n)d people at once.", 50
        )
        raise ValueError(said % {"n": MOST_PEOPLE})
    group = uuid.uuid4()
    with transaction.atomic():
        answers.lock(event.pk)  # before the rows of members, as everywhere
        made = [_made(name, event) for name in new_people]
        told = Changes(group)
        if made:
            after = {"made": [member.pk for member in made]}
            told.actions.extend(
                actions.record("add-people", [event], by=by, group=group, after=after).actions
            )
        for member in dict.fromkeys([*people, *made]):
            if event.state_now == "over":
                changes = _was_there(event, member, role, by, group)
            else:
                changes = attending.answer(
                    event, member, wanted, by=by, role=role, guests=guests, group=group
                )
            told.actions.extend(changes.actions)
        return told


def _made(name: str, event: Event) -> Member:
    name = typed_line(name, NAME_LENGTH)
    if not name:
        raise ValueError(_now("Enter a name."))
    at = min(timezone.now(), event.starts_at)
    return Member.objects.create(name=name, stage=Stage.OUTSIDER, first_seen=at, last_seen=at)


def _was_there(event: Event, member: Member, role: str, by: User, group: uuid.UUID) -> Changes:
    """Who is on the list already was there as well."""
    told = Changes(group)
    row, is_new = Attendance.objects.get_or_create(
        event=event, member=member, defaults=_fields(role, event.starts_at)
    )
    if is_new:
        attendance_log.write(event, [row], actor_id=by.pk)
        after = {"answer": str(row.answer), "role": str(row.role), "guests": 0}
        told.actions.extend(
            actions.record("answer", [row], by=by, group=group, after=after).actions
        )
    changes = attending.check_in(row, by=by, at=event.starts_at, group=group)
    told.actions.extend(changes.actions)
    return told


def _fields(role: str, at: datetime) -> dict[str, object]:
    return {
        "answer": Answer.GOING,
        "role": Part(role),
        "origin": Origin.HAND,
        "answered_at": at,
    }
