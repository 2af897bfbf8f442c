"""What a reader asks of the events: a query, which part of time, a list or a calendar, as they
stand in an address. The one place that reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Prefetch, Q, Sum, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib.keyset import Order, counted
from community_hub.lib.query import searchable
from community_hub.lib.text import number, storable
from members.models import Tag
from team.models import User
from team.query_context import context

from .filters import EVENTS
from .models import Answer, Attendance, Event
from .models.event import EventQuerySet

KIND = "events"
COMING, PAST, ALL = "coming", "past", "all"
WHEN = {COMING: _("Upcoming"), PAST: _("Past"), ALL: _("All")}
LIST, MONTH, WEEK = "list", "month", "week"
SHOWS = {LIST: _("List"), MONTH: _("Month"), WEEK: _("Week")}
LATEST_FIRST, SOONEST_FIRST = "-start", "start"
SORTS = {LATEST_FIRST: _("Latest first"), SOONEST_FIRST: _("Soonest first")}
ORDERS = {LATEST_FIRST: Order("-starts_at"), SOONEST_FIRST: Order("starts_at")}


@dataclass(frozen=True)
class EventListing:
    """`query` as in docs/query-language.md; `when` of WHEN, `show` of SHOWS, `sort` of SORTS; `on`:
    a day of the month or week that a calendar shows, None for today."""

    query: str = ""
    when: str = COMING
    show: str = LIST
    sort: str = SOONEST_FIRST
    on: date | None = None
    view: int = 0

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> EventListing:
        """Of an address. What cannot be read is left out. A query of an address, or of a view, that
        says nothing of the time is looked for in all of it."""
        query, view = storable(given.get("q", "")).strip(), number(given.get("view", ""))
        when = given.get("when", "")
        if when not in WHEN:
            when = ALL if query or view else COMING
        usual = SOONEST_FIRST if when == COMING else LATEST_FIRST
        sort, show = given.get("sort", ""), given.get("show", "")
        return cls(
            query=query,
            when=when,
            show=show if show in SHOWS else LIST,
            sort=sort if sort in SORTS else usual,
            on=_day(given.get("on", "")),
            view=view,
        )

    @property
    def address(self) -> str:
        """The query of an address."""
        values = {
            "q": self.query,
            "when": self.when if self.query or self.view or self.when != COMING else "",
            "show": self.show if self.show != LIST else "",
            "sort": self.sort if self.sort != self._usual_sort else "",
            "on": self.on.isoformat() if self.on else "",
            "view": str(self.view) if self.view else "",
        }
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def fields(self) -> dict[str, str]:
        """What a page of the list has to know again, for "Show more"."""
        values = {"q": self.query, "when": self.when, "sort": self.sort}
        return {**values, "view": str(self.view) if self.view else ""}

    @property
    def text(self) -> str:
        """The query with the part of time in it, as it is saved. A calendar has all of it."""
        said = {COMING: "is:upcoming", PAST: "is:past"}.get(self.when, "")
        return self.query if self.show != LIST else f"{self.query} {said}".strip()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query)

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    def at(self, when: str) -> EventListing:
        """The same of another part of time, in the order that suits it."""
        turned = replace(self, when=when, show=LIST, on=None)
        return replace(turned, sort=turned._usual_sort)

    def shown_as(self, show: str) -> EventListing:
        return replace(self, show=show)

    def on_day(self, day: date | None) -> EventListing:
        return replace(self, on=day)

    @property
    def as_tabs(self) -> list[tuple[str, Any, str, bool]]:
        """(slug, label, query of the address, is it shown) of each part of time."""
        return [(it, label, self.at(it).address, it == self.when) for it, label in WHEN.items()]

    @property
    def as_shows(self) -> list[tuple[str, Any, str, bool]]:
        return [
            (it, label, self.shown_as(it).address, it == self.show) for it, label in SHOWS.items()
        ]

    def found(self, user: User) -> EventQuerySet:
        """The events it asks for, not sorted; a calendar says which days by itself. Raises
        Mistake."""
        seen = Event.objects.visible_to(user).present()
        now = timezone.now()
        if self.show == LIST and self.when == COMING:
            seen = seen.filter(ends_at__gt=now)
        elif self.show == LIST and self.when == PAST:
            seen = seen.filter(ends_at__lte=now)
        return seen.filter(condition(self.query, user)) if self.query else seen

    @property
    def _usual_sort(self) -> str:
        return SOONEST_FIRST if self.when == COMING else LATEST_FIRST


def condition(text: str, user: User) -> Q:
    """Raises Mistake."""
    query = searchable(EVENTS.parse(text))
    return EVENTS.q(query, context(user))


def count(user: User, text: str, cap: int) -> int:
    """How many events a query finds, counted up to `cap`. Raises Mistake."""
    return counted(EventListing(query=text, when=ALL).found(user), cap)


def with_counts(events: list[Event], user: User) -> list[Event]:
    """The same, each with `seats_going`, `waiting` and `shown_tags`. Two queries."""
    rows = Attendance.objects.filter(event__in=events).order_by().values("event")
    rows = rows.filter(answer__in=[Answer.GOING, Answer.WAITING])
    found: dict[int, Any] = {
        row["event"]: row
        for row in rows.annotate(
            going=Sum(F("guests") + 1, filter=Q(answer=Answer.GOING)),
            waits=Count("pk", filter=Q(answer=Answer.WAITING)),
        )
    }
    seen = Tag.objects.visible_to(user).current().by_name()
    prefetch_related_objects(events, Prefetch("tags", queryset=seen, to_attr="shown_tags"))
    for event in events:
        row = found.get(event.pk, {})
        event.seats_going = row.get("going") or 0  # type: ignore[attr-defined]
        event.waiting = row.get("waits") or 0  # type: ignore[attr-defined]
    return events


def _day(text: str) -> date | None:
    """Of a calendar; None for what no calendar shows."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 2200 else None
