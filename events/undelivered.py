"""Mails about events that could not be delivered: who was not reached, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community_hub.lib import keyset
from community_hub.lib.keyset import Listing, Order, counted
from community_hub.lib.paths import path
from team.hooks import HealthLine
from team.models import User

from .models import Attendance, Event, Feed, Notice

PAGE = 50
RECENT = timedelta(days=30)  # older ones are no news on the health page
MOST_FEEDS = 20
NEWEST = Order("-id")
KINDS: dict[str, str | Promise] = {
    "confirmed": gettext_lazy("Confirmation"),
    "seat": gettext_lazy("A seat became free"),
    "moved": gettext_lazy("Change of time or place"),
    "cancelled": gettext_lazy("Cancellation"),
    "restored": gettext_lazy("It takes place after all"),
    "reminder": gettext_lazy("Reminder"),
    "thanks": gettext_lazy("Thanks and feedback"),
    "invitation": gettext_lazy("Invitation"),
}


@dataclass(frozen=True)
class Row:
    notice: Notice
    what: str


def of_event(event: Event, user: User, before: str) -> tuple[list[Row], Listing[Notice]]:
    """Those to people whom this reader may see, the newest first; a page after `before`."""
    seen = Attendance.objects.visible_to(user).filter(event=event)
    rows = Notice.objects.refused().filter(attendance__in=seen)
    page = keyset.page(rows.select_related("attendance__member"), NEWEST, before, PAGE)
    return [Row(row, str(KINDS.get(row.kind, row.kind))) for row in page.rows], page


def health() -> Iterator[HealthLine]:
    """For the page of the whole hub's health. Two queries."""
    broken = Feed.objects.present().exclude(error="").order_by("name", "pk")
    for feed in broken[:MOST_FEEDS]:
        yield HealthLine(
            f"calendar-{feed.pk}", _("Imported calendar “%(name)s”") % {"name": feed.name},
            feed.error, path("calendars"), is_bad=feed.paused_at is None,
        )  # fmt: skip
    recent = Notice.objects.refused().filter(dropped_at__gt=timezone.now() - RECENT)
    n = counted(recent)
    words = ngettext(
        "%(n)s not delivered in the last 30 days", "%(n)s not delivered in the last 30 days", n
    ) % {"n": n if n < keyset.CAP else f"{keyset.CAP - 1}+"}  # fmt: skip
    yield HealthLine("event-mails", _("Emails about events"), words, path("events"), is_bad=bool(n))
