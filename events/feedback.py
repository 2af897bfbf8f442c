"""Three questions after an event: asked on a personal link, answered once, with or without a name.

Without a name nothing is kept of whose it was but that the link was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.text import one_line
from members import log
from members.log import Line
from members.models import ActivityKind
from team.models import User

from . import visitors
from .models import Answer, Attendance, Event, Feedback, State

RATINGS = (5, 4, 3, 2, 1)
MOST_SHOWN = 200
LONGEST_LINE = 300


def is_asked(attendance: Attendance) -> bool:
    """Of who came, or was going, once it is over."""
    event = attendance.event
    was_there = attendance.checked_in_at is not None or attendance.answer == Answer.GOING
    is_over = event.state == State.PUBLISHED and event.ends_at <= timezone.now()
    return event.feedback and was_there and is_over and not event.is_content


def give(
    attendance: Attendance, rating: int, best: str, change: str, *, anonymous: bool
) -> Feedback | None:
    """None where the link was used before."""
    with transaction.atomic():
        unused = Attendance.objects.filter(pk=attendance.pk, feedback_given=False)
        if not unused.update(feedback_given=True):
            return None
        row = Feedback.objects.create(
            event_id=attendance.event_id,
            member_id=None if anonymous else attendance.member_id,
            rating=rating,
            best=best.strip(),
            change=change.strip(),
            at=None if anonymous else timezone.now(),
        )
        if not anonymous:
            log.log(_line(attendance, row))
        return row


def _line(attendance: Attendance, row: Feedback) -> Line:
    with visitors.as_the_team():
        said = _("Feedback on “%(event)s”: %(rating)s of 5") % {
            "event": attendance.event.title,
            "rating": row.rating,
        }
    words = [words for words in (row.best, row.change) if words]
    return Line(
        member_id=attendance.member_id,
        kind=ActivityKind.EVENT,
        summary=one_line(" · ".join([said, *words]), LONGEST_LINE),
        key=f"feedback:{row.pk}",
        scope="",
        link=attendance.event.get_absolute_url(),
    )


@dataclass(frozen=True)
class Results:
    """`ratings`: (rating, how many), the best first, of all; `rows`: of whom the reader may see."""

    count: int
    average: float
    ratings: list[tuple[int, int]]
    rows: list[Feedback]


def results(event: Event, user: User) -> Results:
    found: dict[int, Any] = dict(
        Feedback.objects.filter(event=event)
        .order_by()
        .values_list("rating")
        .annotate(n=Count("pk"))
    )
    count = sum(found.values())
    average = sum(rating * n for rating, n in found.items()) / count if count else 0.0
    seen = Feedback.objects.visible_to(user).filter(event=event).select_related("member")
    # Not in the order in which they came: that would tell whose an answer without a name is.
    rows = list(seen.order_by("rating", "best", "change", "pk")[:MOST_SHOWN])
    return Results(count, average, [(n, found.get(n, 0)) for n in RATINGS], rows)
