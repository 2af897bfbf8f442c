"""What the relationship log says of attendances: one line for each thing that is true of one.

"attendance:7:going", "attendance:7:declined", "attendance:7:checked-in". Only who was checked in,
or took part in content, has been there; see ActivityKind.ATTENDED.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from members import log, stage_rule
from members.log import Line
from members.models import ActivityKind

from . import event_bonds, visitors
from .models import Answer, Attendance, Event

CAME = "checked-in"
NO_SHOW = "no-show"
TOOK_PART = "took-part"  # what CAME is called of content


def write(event: Event, rows: Iterable[Attendance], *, actor_id: int | None = None) -> None:
    """What each of them answered, as the newest word on it. `event` is that of all."""
    log.rewrite(
        _line(event, row, row.answer, ActivityKind.EVENT, _said_at(row), actor_id) for row in rows
    )


def write_came(
    event: Event, rows: Iterable[Attendance], *, actor_id: int | None = None
) -> list[dict[str, Any]]:
    """Those who were checked in; a line that said they were not there goes. In the transaction
    that checked them in. Answers whom it gave a higher stage, for take_back_stages()."""
    came = [row for row in rows if row.checked_in_at]
    log.remove(row.line_key(NO_SHOW) for row in came)
    log.rewrite(
        _line(event, row, CAME, ActivityKind.ATTENDED, row.checked_in_at, actor_id) for row in came
    )
    event_bonds.teammates_changed(event.pk, [row.member_id for row in came])
    return [move.as_json() for move in stage_rule.promote(row.member_id for row in came)]


def remove_came(rows: Sequence[Attendance], moves: Iterable[dict[str, Any]] = ()) -> None:
    """They were not there after all; `moves`: what write_came() answered then."""
    remove(rows, [CAME])
    for row in rows:
        event_bonds.teammates_changed(row.event_id, [row.member_id])
    for move in moves:
        stage_rule.take_back(move)


def write_no_shows(event: Event, rows: Iterable[Attendance]) -> None:
    log.rewrite(_line(event, row, NO_SHOW, ActivityKind.EVENT, event.ends_at, None) for row in rows)


def remove(rows: Iterable[Attendance], what: Iterable[str]) -> None:
    """Lines of what is not true of them any more."""
    names = list(what)
    log.remove(row.line_key(name) for row in rows for name in names)


def _line(
    event: Event,
    row: Attendance,
    what: str,
    kind: ActivityKind,
    at: datetime | None,
    actor_id: int | None,
) -> Line:
    with visitors.as_the_team():
        said = words_of(TOOK_PART if event.is_content else what, row.guests)
    return Line(
        member_id=row.member_id,
        kind=kind,
        summary=said % {"event": event.title},
        key=row.line_key(what),
        scope="",
        occurred_at=at or row.created_at,
        actor_id=actor_id,
        where=event.venue[:200],
        link=event.get_absolute_url(),
    )


def _said_at(row: Attendance) -> datetime | None:
    return row.invited_at if row.answer == Answer.INVITED else row.answered_at


def words_of(what: str, guests: int = 0) -> str:
    """With %(event)s for the title."""
    found = {
        "invited": _("Invited to “%(event)s”"),
        "going": _("Going to “%(event)s”"),
        "maybe": _("May come to “%(event)s”"),
        "waiting": _("On the waiting list of “%(event)s”"),
        "declined": _("Not going to “%(event)s”"),
        CAME: _("Came to “%(event)s”"),
        TOOK_PART: _("Took part in “%(event)s”"),
        NO_SHOW: _("Didn’t come to “%(event)s”"),
    }[what]
    bring = what in ("going", "maybe", "waiting") and guests
    return f"{found} (+{guests})" if bring else found
