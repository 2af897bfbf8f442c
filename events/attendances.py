"""Who comes to an event, as its page shows it: counts by one aggregate, and pages of people.

No-shows are who was going to an event that is over, and was not checked in although somebody was.
Everything is of members that the reader may see, but for the seats: those are the event's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_hub.lib import keyset
from community_hub.lib.keyset import Listing, Order
from members import by_name
from members.models.scopes import rows_as_seen_by
from team.models import User

from .models import Answer, Attendance, Event
from .models.attendance import AttendanceQuerySet

PAGE = 40
MOST_SHOWN = 400  # rows that are brought up to date at once
CAME, NO_SHOW = "came", "no-show"
NEWEST_FIRST = Order("-id")
LONGEST_WAIT_FIRST = Order("waiting_since")
# The tabs of the page, in their order
TABS: dict[str, str | Promise] = {
    Answer.GOING.value: _("Going"),
    Answer.WAITING.value: _("Waiting list"),
    Answer.MAYBE.value: _("Maybe"),
    Answer.INVITED.value: _("Invited"),
    Answer.DECLINED.value: _("Not going"),
    CAME: _("Came"),
    NO_SHOW: _("No-show"),
}
# What a row shows: most of what is known of a member would be read for nothing.
SHOWN = (
    *("answer", "role", "origin", "guests", "answered_at", "waiting_since", "checked_in_at"),
    *("event_id", "member__name", "member__stage", "member__user_id"),
)
ALWAYS = (Answer.GOING.value, Answer.WAITING.value, Answer.MAYBE.value, Answer.INVITED.value)


@dataclass(frozen=True)
class Counts:
    """People, but for `seats`: of those who are going, guests too. `guests`: of these."""

    going: int = 0
    waiting: int = 0
    maybe: int = 0
    invited: int = 0
    declined: int = 0
    came: int = 0
    no_show: int = 0
    seats: int = 0
    guests: int = 0
    capacity: int | None = None

    def of(self, tab: str) -> int:
        return int(getattr(self, tab.replace("-", "_")))

    @property
    def seats_left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.seats, 0)

    @property
    def share(self) -> int:
        """Of the seats, in percent."""
        return min(100, round(100 * self.seats / self.capacity)) if self.capacity else 0


def counts(event: Event, user: User) -> Counts:
    """One query; another for the seats where there is nobody that the reader may see."""
    rows = rows_as_seen_by(user, ("people of an event",), _counted, event=event.pk)
    if not rows:
        return Counts(seats=_seats(event.pk).first() or 0, capacity=event.capacity)
    *answers, came, absent, guests, seats = rows[0]
    over = event.state_now == "over" and came > 0
    return Counts(
        **dict(zip(Answer.values, answers, strict=True)),
        came=came,
        guests=guests,
        no_show=absent if over else 0,
        seats=seats or 0,
        capacity=event.capacity,
    )


def _counted(reader: User | None, event: int) -> QuerySet[Attendance, Any]:
    """A row, where there is anybody: by answer, in their order, who came, who did not, the guests
    of who is going, and the seats of the event."""
    seen = Attendance.objects
    there = seen.visible_to(reader) if reader else seen.of_those_there()
    going, here = Q(answer=Answer.GOING), Q(checked_in_at__isnull=False)
    columns = {
        **{f"n_{answer.value}": Count("pk", filter=Q(answer=answer)) for answer in Answer},
        "n_came": Count("pk", filter=here),
        "n_absent": Count("pk", filter=going & ~here),
        "n_guests": Coalesce(Sum("guests", filter=going), 0),
    }
    grouped = there.filter(event=event).order_by().values("event").annotate(**columns)
    return grouped.annotate(n_seats=Subquery(_seats(event))).values_list(*columns, "n_seats")


def _seats(event: int) -> QuerySet[Any, Any]:
    """A row, where somebody is going."""
    going = Attendance.objects.filter(event=event).going().order_by("event").values("event")
    return going.annotate(n=Sum(F("guests") + 1)).values_list("n", flat=True)


def tabs(found: Counts) -> list[tuple[str, Any, int]]:
    """(slug, label, how many): those always shown, and the others where they have some."""
    return [
        (tab, label, found.of(tab)) for tab, label in TABS.items() if tab in ALWAYS or found.of(tab)
    ]


def usual_tab(event: Event, found: Counts) -> str:
    return CAME if event.state_now == "over" and found.came else Answer.GOING.value


def people(
    event: Event, user: User, tab: str, *, name: str = "", before: str = "", size: int = PAGE
) -> Listing[Attendance]:
    """A page of those of a tab, `name` a part of their name; who waits longest first, else who
    answered last."""
    rows = Attendance.objects.visible_to(user).filter(event=event)
    rows = of_tab(rows, tab)
    if name:
        rows = rows.filter(member__in=by_name.members_named(name.split(), user).values("pk"))
    order = LONGEST_WAIT_FIRST if tab == Answer.WAITING else NEWEST_FIRST
    shown = rows.select_related("member").only(*SHOWN)
    filters = {"answer": tab, "name": name}
    return keyset.page(shown, order, before, size, filters=filters)


def of_tab(rows: AttendanceQuerySet, tab: str) -> AttendanceQuerySet:
    if tab == CAME:
        return rows.came()
    if tab == NO_SHOW:
        return rows.going().filter(checked_in_at__isnull=True)
    return rows.filter(answer=tab)
