"""Answers and seats: who is going, who waits, in which order. No rights: verbs and the public page
come through here.

Every change of an event's answers holds a lock on the event's row, so that no two see the same free
seat. Who wants to come and finds none waits; a seat that becomes free goes to who waits longest, in
the same transaction. Nobody overtakes: while somebody waits, whoever answers now waits behind them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from community_hub.lib import compiled_sql, live

from . import attendance_log, change_notices
from .models import Answer, Attendance, Event, Origin, Part

TIMES = ("answered_at", "invited_at", "waiting_since")
STATE = ("answer", "role", "guests", *TIMES)


class Refused(ValueError):
    """With a sentence that says why."""


@dataclass
class Outcome:
    """`before`: the fields of STATE as they were, None where there was no attendance. `given`:
    those who got a seat from the waiting list by it."""

    attendance: Attendance
    before: dict[str, Any] | None
    given: list[Attendance] = field(default_factory=list)


def lock(event_id: int) -> Event:
    """In a transaction: until it ends, nobody else changes answers or seats of this event.
    Event.DoesNotExist where it was removed."""
    found = compiled_sql.rows("event-lock", _locked, pk=event_id)
    if not found:
        raise Event.DoesNotExist
    return found[0]


def taken(event_id: int, *, without: int = 0) -> int:
    """Seats of those who are going, guests too. `without`: the id of an attendance."""
    found = compiled_sql.rows("event-taken", _taken, event=event_id, without=without)
    return found[0] if found else 0


def answer(
    event_id: int,
    member_id: int,
    wanted: str,
    *,
    guests: int = 0,
    origin: str = Origin.PAGE,
    role: str = "",
    actor_id: int | None = None,
    identity_id: int | None = None,
) -> Outcome:
    """Say what a member answers. Who wants to come gets a seat, or a place in the waiting list.
    Refused where the event takes no answers, or somebody who is going has no seats for so many
    guests. Asked again, nothing changes. `identity_id`: the address that they confirmed it by."""
    with transaction.atomic():
        return answer_within(
            event_id, member_id, wanted, guests=guests, origin=origin, role=role,
            actor_id=actor_id, identity_id=identity_id,
        )  # fmt: skip


def answer_within(
    event_id: int,
    member_id: int,
    wanted: str,
    *,
    guests: int = 0,
    origin: str = Origin.PAGE,
    role: str = "",
    actor_id: int | None = None,
    identity_id: int | None = None,
    language: str = "",
) -> Outcome:
    """As answer(), in a transaction of the caller, which a Refused must end: everybody else who
    answers waits from here until it does."""
    event = lock(event_id)
    if not event.takes_answers:
        raise Refused(closed_words(event))
    row, before = _found(event, member_id, origin)
    guests = min(max(guests, 0), max(event.most_guests, row.guests))
    _decide(event, row, Answer(wanted), guests)
    if role:
        row.role = Part(role)
    if before == _state(row):
        return Outcome(row, before)
    row.identity_id = identity_id or row.identity_id
    row.language = language or row.language
    row.save(force_insert=before is None)
    attendance_log.write(event, [row], actor_id=actor_id)
    given = give_seats(event) if before else []  # who is new frees no seat
    publish(event)
    return Outcome(row, before, given)


def give_seats(event: Event) -> list[Attendance]:
    """Of a locked event: free seats go to who waits longest, as long as theirs are free. They are
    told once the transaction is through."""
    if not event.takes_answers:
        return []
    free = None if event.capacity is None else event.capacity - taken(event.pk)
    given, now = [], timezone.now()
    for row in Attendance.objects.filter(event=event).waiting_longest_first().iterator(200):
        if free is not None and row.seats > free:
            break
        free = None if free is None else free - row.seats
        row.answer, row.waiting_since, row.answered_at = Answer.GOING, None, now
        given.append(row)
    if not given:
        return []
    Attendance.objects.bulk_update(given, ["answer", "waiting_since", "answered_at"])
    attendance_log.write(event, given)
    change_notices.tell_of_seats(given, now)
    return given


def put_back(attendance: Attendance, before: dict[str, Any] | None) -> bool:
    """As it was before an answer; False where it is gone, or its seat was given away since."""
    with transaction.atomic():
        event = lock(attendance.event_id)
        row = Attendance.objects.select_for_update().filter(pk=attendance.pk).first()
        if row is None:
            return False
        if before is None:
            attendance_log.remove([row], Answer.values)
            attendance_log.remove_came([row])
            row.delete()
        else:
            was = {name: _read(name, before[name]) for name in STATE}
            seats = was["guests"] + 1 if was["answer"] == Answer.GOING else 0
            if seats and not _fits(event, row, seats):
                return False
            if was["answer"] != row.answer:
                attendance_log.remove([row], [row.answer])
            for name, value in was.items():
                setattr(row, name, value)
            row.save()
            attendance_log.write(event, [row])
        give_seats(event)
        publish(event)
        return True


def publish(event: Event) -> None:
    """Whoever looks at the event sees it anew."""
    live.publish("team", "events", {"event": event.pk})


def closed_words(event: Event) -> str:
    if event.state_now == "over":
        return _("“%(event)s” is over.") % {"event": event}
    if event.state_now == "cancelled":
        return _("“%(event)s” was cancelled.") % {"event": event}
    return _("“%(event)s” takes no answers yet.") % {"event": event}


def _locked(pk: int) -> Any:
    rows = Event.objects.present().select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=pk)


def _taken(event: int, without: int) -> Any:
    going = Attendance.objects.filter(event=event).going().exclude(pk=without)
    return (
        going.order_by()
        .values("event")
        .annotate(n=Sum(F("guests") + 1))
        .values_list("n", flat=True)
    )


def _of_member(event: int, member: int) -> Any:
    return Attendance.objects.filter(event=event, member=member)


def _seats(event: int) -> Any:
    """(seats that are taken, how many wait)."""
    rows = Attendance.objects.filter(event=event, answer__in=[Answer.GOING, Answer.WAITING])
    taken = Sum(F("guests") + 1, filter=Q(answer=Answer.GOING), default=0)
    waiting = Count("pk", filter=Q(answer=Answer.WAITING))
    return rows.order_by().values("event").annotate(taken=taken, waiting=waiting).values_list(
        "taken", "waiting"
    )  # fmt: skip


def _found(event: Event, member_id: int, origin: str) -> tuple[Attendance, dict[str, Any] | None]:
    rows = compiled_sql.rows("event-answer", _of_member, event=event.pk, member=member_id)
    if rows:
        return rows[0], _state(rows[0])
    made = Attendance(event=event, member_id=member_id, answer=Answer.INVITED, origin=origin)
    return made, None


def _decide(event: Event, row: Attendance, wanted: Answer, guests: int) -> None:
    """Nothing changes where it is what they said before."""
    was_going = row.pk and row.answer == Answer.GOING
    now = timezone.now()
    if wanted not in (Answer.GOING, Answer.WAITING):
        if row.pk is None or row.answer != wanted:
            row.answered_at = None if wanted == Answer.INVITED else now
            row.invited_at = now if wanted == Answer.INVITED else row.invited_at
        row.answer, row.waiting_since = wanted, None
        row.guests = guests if wanted == Answer.MAYBE else 0
        return
    if was_going:
        if guests > row.guests and not _fits(event, row, guests + 1):
            raise Refused(_("There are no seats left for so many guests."))
        row.guests = guests
        return
    if row.pk and row.answer == Answer.WAITING:
        if guests <= row.guests:
            row.guests = guests
            return
        row.waiting_since = now  # who wants more seats than before waits anew
        row.guests = guests
        return
    found = compiled_sql.rows("event-seats", _seats, event=event.pk)
    seats_taken, waiting = found[0] if found else (0, 0)
    room = event.capacity is None or seats_taken + guests + 1 <= event.capacity
    seated = not waiting and room
    row.answer = Answer.GOING if seated else Answer.WAITING
    row.waiting_since = None if seated else now
    row.answered_at, row.guests = now, guests


def _fits(event: Event, row: Attendance, seats: int) -> bool:
    if event.capacity is None:
        return True
    return taken(event.pk, without=row.pk or 0) + seats <= event.capacity


def _read(name: str, value: Any) -> Any:
    """As `_state` wrote it."""
    return parse_datetime(value) if value and name in TIMES else value


def _state(row: Attendance) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in ((name, getattr(row, name)) for name in STATE)
    }
