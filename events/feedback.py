"""Three questions after an event: asked on a personal link, answered once, with or without a name.

Without a name nothing is kept of whose it was but that the link was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import one_line
from members import log
from members.log import Line
from members.models import ActivityKind
from team.models import User

from .models import Answer, Attendance, Event, Feedback, State
from .models.feedback import LONGEST_ANSWER

RATINGS = (5, 4, 3, 2, 1)
MOST_SHOWN = 200
LONGEST_LINE = 300


class FeedbackForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=gettext_lazy("Was it worth your time?"),
        coerce=int,
        choices=[
            ("5", gettext_lazy("5: very much")),
            ("4", "4"),
            ("3", "3"),
            ("2", "2"),
            ("1", gettext_lazy("1: not at all")),
        ],
        widget=forms.RadioSelect,
    )
    best = forms.CharField(
        label=gettext_lazy("What was best?"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    change = forms.CharField(
        label=gettext_lazy("What should we change?"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    anonymous = forms.BooleanField(
        label=gettext_lazy("Send it without my name"),
        help_text=gettext_lazy("Then nobody can see that it is yours, and it can’t be changed."),
        required=False,
    )


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
