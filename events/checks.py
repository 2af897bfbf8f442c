"""What an event may not be, each with a sentence that says what to do."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib.text import typed_line

from . import answers
from .models import Attendance, Event
from .models.event import LONGEST_PLACE, LONGEST_TITLE, MOST_SEATS

LONGEST = timedelta(days=31)
REMINDERS = ("week", "day", "hour")


class NotPossible(ValueError):
    """`field`: of which one it is said; "" of the whole event."""

    def __init__(self, said: str, field: str = "") -> None:
        super().__init__(said)
        self.field = field


def check(row: Event, *, removing: bool = False) -> None:
    """Raises NotPossible, and TooLong for what was typed. Reads seats of a saved event, which the
    caller has locked."""
    if removing:
        if Attendance.objects.filter(event=row).exists():
            raise NotPossible(_("People have answered to it already. Cancel it instead."))
        return
    row.title = typed_line(row.title, LONGEST_TITLE)
    row.venue, row.address = (typed_line(text, LONGEST_PLACE) for text in (row.venue, row.address))
    if not row.title:
        raise NotPossible(_("Enter a title."), "title")
    _check_zone(row.timezone)
    if row.ends_at < row.starts_at:
        raise NotPossible(_("It ends before it starts. Change one of the two."), "ends_at")
    if row.ends_at - row.starts_at > LONGEST:
        raise NotPossible(_("It can’t be longer than 31 days. Make a series instead."), "ends_at")
    for name in ("link", "venue_link"):
        if getattr(row, name) and not getattr(row, name).lower().startswith(
            ("https://", "http://")
        ):
            raise NotPossible(_("Enter a web address, such as https://example.org/."), name)
    if set(row.reminders) - set(REMINDERS):
        raise NotPossible(_("Choose reminders from the list."), "reminders")
    _check_seats(row)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        said = _("There’s no timezone “%(name)s” any more. Choose another one.")
        raise NotPossible(said % {"name": name}, "timezone") from None


def _check_seats(row: Event) -> None:
    if row.capacity is None:
        return
    if not 1 <= row.capacity <= MOST_SEATS:
        said = _("Enter how many people fit, or leave it empty.")
        raise NotPossible(said, "capacity")
    going = answers.taken(row.pk) if row.pk else 0
    if row.capacity < going:
        said = ngettext(
            "%(n)d seat is taken already. Enter at least as many, or take somebody off the list.",
            "%(n)d seats are taken already. Enter at least as many, or take somebody off the list.",
            going,
        )
        raise NotPossible(said % {"n": going}, "capacity")
