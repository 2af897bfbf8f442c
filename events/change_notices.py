"""What people of an event are told by mail: that they are on the list, have a seat, that it was
moved, cancelled or takes place after all. Once a change, a minute later, so that an undo in time
tells nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from . import mail_subjects, notices
from .models import Answer, Attendance, Event, Notice, State
from .notices import Kind
from .when_words import when_at

DELAY = timedelta(minutes=1)
TOLD = (Answer.GOING, Answer.MAYBE, Answer.WAITING, Answer.INVITED)
TIMES = ("starts_at", "ends_at")
MOVED = (*TIMES, "timezone", "venue", "address", "link")


def tell_of_seats(given: list[Attendance], at: datetime) -> None:
    """In the transaction that gave the seats, so none is forgotten."""
    notices.queue_notices("seat", [row.pk for row in given], sequence=notices.moment(at))


def tell_of_move(event: Event, before: Mapping[str, Any]) -> None:
    """`before`: the fields of MOVED as they were, times as ISO text. What was to be said of an
    earlier change and is not sent yet is said by this one."""
    was = {name: before.get(name, _written(event)[name]) for name in MOVED}
    if was == _written(event) or not _concerns_anybody(event):
        return
    unsent = Notice.objects.open().filter(kind="moved", attendance__event=event)
    earliest = unsent.order_by("sequence").values_list("data", flat=True).first()
    unsent.delete()
    notices.queue_notices(
        "moved",
        notices.people(event, *TOLD),
        sequence=event.sequence,
        data=earliest or was,
        delay=DELAY,
    )


def tell_of_state(event: Event, was: str) -> None:
    """It was cancelled, or takes place after all: of that only those hear who were told."""
    if event.state == State.CANCELLED and _concerns_anybody(event):
        told = notices.people(event, *TOLD)
        notices.queue_notices("cancelled", told, sequence=event.sequence, delay=DELAY)
    elif was == State.CANCELLED and event.state == State.PUBLISHED:
        sent = Notice.objects.filter(kind="cancelled", sent_at__isnull=False)
        told = list(sent.filter(attendance__event=event).values_list("attendance", flat=True))
        notices.queue_notices("restored", set(told), sequence=event.sequence, delay=DELAY)


def _concerns_anybody(event: Event) -> bool:
    return event.published_at is not None and event.ends_at > timezone.now()


def _written(event: Event) -> dict[str, Any]:
    return {
        name: getattr(event, name).isoformat() if name in TIMES else getattr(event, name)
        for name in MOVED
    }


# The kinds ----------------------------------------------------------------------------------------


def _is_coming(notice: Notice) -> bool:
    return notice.attendance.answer in (Answer.GOING, Answer.MAYBE, Answer.WAITING)


def _event_is_on(notice: Notice) -> bool:
    return notice.attendance.event.state == State.PUBLISHED


def _is_moved(notice: Notice) -> bool:
    """Not where it was moved back in the meantime."""
    return (
        _event_is_on(notice)
        and notice.attendance.answer != Answer.DECLINED
        and notice.data != _written(notice.attendance.event)
    )


def _what_moved(notice: Notice) -> dict[str, Any]:
    event, was = notice.attendance.event, notice.data
    now = _written(event)
    times = any(was[name] != now[name] for name in (*TIMES, "timezone"))
    starts, ends = (datetime.fromisoformat(was[name]) for name in TIMES)
    before = when_at(starts, ends, was["timezone"])
    place = any(was[name] != now[name] for name in ("venue", "address"))
    old_place = ", ".join(part for part in (was["venue"], was["address"]) if part)
    return {
        "old_when": before if times else None,
        "has_new_place": place,
        "old_place": old_place,
        "has_new_link": was["link"] != now["link"],
    }


def register_kinds() -> None:
    """By EventsConfig.ready()."""
    for kind in (
        Kind(
            "confirmed",
            mail_subjects.confirmed,
            is_true=lambda notice: _event_is_on(notice) and _is_coming(notice),
            asked_for=True,
            method="REQUEST",
        ),
        Kind(
            "seat",
            mail_subjects.seat,
            is_true=lambda notice: (
                _event_is_on(notice) and notice.attendance.answer == Answer.GOING
            ),
            method="REQUEST",
        ),
        Kind(
            "moved",
            mail_subjects.moved,
            is_true=_is_moved,
            method="REQUEST",
            more=_what_moved,
        ),
        Kind(
            "cancelled",
            mail_subjects.cancelled,
            is_true=lambda notice: notice.attendance.event.state == State.CANCELLED,
            method="CANCEL",
        ),
        Kind(
            "restored",
            mail_subjects.restored,
            is_true=_event_is_on,
            method="REQUEST",
        ),
    ):
        notices.register(kind)
