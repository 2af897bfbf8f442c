"""What Today shows of events: those that begin within the next days, whom they bring, and who comes
to their first one."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.hooks import MailLine, TodaySection
from team import hours
from team.models import User

from .models import Answer, Attendance, Event, State

DAYS = 7
MOST_NAMES = 3
MOST_READ = 500  # people whose first event it is, of all events of a page


@dataclass
class ComingEvent:
    """`going` and `waiting` count guests too. `newcomers`: names of those whose first event it
    is, where it begins today or tomorrow; `others`: how many more there are."""

    event: Event
    days_left: int
    going: int = 0
    waiting: int = 0
    newcomers: list[str] = field(default_factory=list)
    others: int = 0

    @property
    def is_soon(self) -> bool:
        return self.days_left <= 1

    @property
    def day_words(self) -> str:
        """“today, 19:00”, in the reader's timezone; it is the hub's day that counts."""
        at = timezone.localtime(self.event.starts_at)
        clock = date_format(at, "H:i")
        if self.days_left == 0:
            return _now("today, %(clock)s") % {"clock": clock}
        if self.days_left == 1:
            return _now("tomorrow, %(clock)s") % {"clock": clock}
        return _now("%(day)s, %(clock)s") % {"day": date_format(at, "l, j F"), "clock": clock}

    @property
    def people_words(self) -> str:
        if self.event.state == State.DRAFT:
            return _now("draft, not published yet")
        if self.event.is_content:
            return self.event.get_content_display() or _now("content")
        said = [_now("%(n)s going") % {"n": f"{self.going:,}"}]
        if self.event.capacity is not None:
            words = {"n": f"{self.going:,}", "seats": f"{self.event.capacity:,}"}
            said = [_now("%(n)s of %(seats)s going") % words]
        if self.waiting:
            said.append(_now("%(n)s waiting") % {"n": f"{self.waiting:,}"})
        return ", ".join(said)

    @property
    def newcomer_words(self) -> str:
        """“First event: Ines, Jo and 2 more”; "" where there is nobody."""
        if not self.newcomers:
            return ""
        words = {"names": ", ".join(self.newcomers), "n": self.others}
        if not self.others:
            return _now("First event: %(names)s") % words
        said = ngettext(
            "First event: %(names)s and %(n)d more", "First event: %(names)s and %(n)d more",
            self.others,
        )  # fmt: skip
        return said % words


def coming(user: User, of_team: bool, most: int) -> list[ComingEvent]:
    """Yours are those that you host, alone or with others. Three queries at most, and
    one where the hub's timezone was not read with who is signed in."""
    zone, now = hours.zone_of_hub(user), timezone.now()
    today = now.astimezone(zone).date()
    last = today + timedelta(days=DAYS)
    found = Event.objects.visible_to(user).present().exclude(state=State.CANCELLED)
    found = found.filter(starts_at__lt=now + timedelta(days=DAYS + 1), ends_at__gt=now)
    if not of_team:
        co_hosted = Event.co_hosts.through.objects.filter(user=user).values("event")
        found = found.filter(Q(host=user) | Q(pk__in=co_hosted))
    rows = [
        ComingEvent(event, days_left=max(0, (_day(event, zone) - today).days))
        for event in found.select_related("host").soonest_first()[: most + 1]
        if _day(event, zone) <= last
    ]
    if rows:
        _count(rows)
    if soon := [row for row in rows if row.is_soon]:
        _name_newcomers(soon, user)
    return rows


def _day(event: Event, zone: Any) -> date:
    return event.starts_at.astimezone(zone).date()


def _count(rows: list[ComingEvent]) -> None:
    wanted = Attendance.objects.filter(event__in=[row.event.pk for row in rows])
    counted = wanted.filter(answer__in=[Answer.GOING, Answer.WAITING]).order_by()
    by_answer = counted.values_list("event", "answer").annotate(n=Sum(F("guests") + 1))
    numbers = {(event, answer): n for event, answer, n in by_answer}
    for row in rows:
        row.going = numbers.get((row.event.pk, Answer.GOING.value), 0)
        row.waiting = numbers.get((row.event.pk, Answer.WAITING.value), 0)


def _name_newcomers(rows: list[ComingEvent], user: User) -> None:
    """As far as the reader may see them."""
    names: dict[int, list[str]] = defaultdict(list)
    counts: Counter[int] = Counter()
    first = newcomers(user).filter(event__in=[row.event.pk for row in rows])
    for event, name in first.values_list("event", "member__name")[:MOST_READ]:
        counts[event] += 1
        if len(names[event]) < MOST_NAMES:
            names[event].append(name or _now("Someone"))
    for row in rows:
        row.newcomers = names[row.event.pk]
        row.others = counts[row.event.pk] - len(row.newcomers)


def newcomers(user: User) -> QuerySet[Attendance]:
    """Who is going and came to none before, in the order in which they said so; no teammates."""
    came = Attendance.objects.came().filter(member=OuterRef("member"))
    going = Attendance.objects.visible_to(user).going().filter(~Exists(came))
    return going.filter(member__user=None, member__is_bot=False).order_by("answered_at", "pk")


def mail_line(row: ComingEvent) -> MailLine:
    note = " · ".join(filter(None, (row.people_words, row.newcomer_words)))
    return MailLine(row.event.title, row.day_words, note, row.event.get_absolute_url())


SECTION = TodaySection(
    slug="events",
    title=_("Events"),
    hint=_("in the next 7 days"),
    empty=_("No event that you host begins in the next 7 days."),
    template="events/_today_event.html",
    rows=coming,
    line=mail_line,
    is_due=lambda row: row.is_soon,
    place=25,
)
