"""When a snoozed conversation comes back: the presets, by the working hours of who snoozes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from team import hours

if TYPE_CHECKING:
    from team.hours import Hours
    from team.models import User

LATER = timedelta(hours=3)
# Beyond it is a slip of the pen. The last day of the year 9999 has no local time in half the world.
LONGEST = timedelta(days=5 * 365 + 2)


@dataclass(frozen=True)
class Preset:
    """`until` None: until they reply. `when` says the moment, in the reader's own time."""

    slug: str
    label: str
    until: datetime | None
    when: str = ""


def presets(user: User, now: datetime | None = None) -> list[Preset]:
    """Those that make sense now, the soonest first, each with the time that it means."""
    own = hours.of_user(user)
    local = own.local(now)
    found = []
    if (later := _later(own, local)) is not None:
        late = later > own.at(later.date(), own.ends)
        label = _("Later today (after hours)") if late else _("Later today")
        found.append(Preset("later", label, later, _clock(later)))
    workday = own.next_workday(local.date())
    is_tomorrow = workday == local.date() + timedelta(days=1)
    morning = own.at(workday, own.begins)
    label = _("Tomorrow") if is_tomorrow else _("Next working day")
    found.append(Preset("tomorrow", label, morning, _day(morning)))
    monday = local.date() + timedelta(days=7 - local.weekday())
    week = own.at(own.next_workday(monday - timedelta(days=1)), own.begins)
    if week > morning:
        found.append(Preset("next-week", _("Next week"), week, _day(week)))
    return [*found, Preset("reply", _("Until they reply"), None)]


def _later(own: Hours, local: datetime) -> datetime | None:
    """The end of the working day; in its last hour, the full hour in two to three hours, which is
    after it; afterwards, no more today."""
    evening = own.at(local.date(), own.ends)
    if local >= evening:
        return None
    later = (
        evening
        if evening - local > timedelta(hours=1)
        else (local + LATER).replace(minute=0, second=0, microsecond=0)
    )
    return later if later.date() == local.date() else None


def _clock(moment: datetime) -> str:
    return date_format(moment, "H:i")


def _day(moment: datetime) -> str:
    return date_format(moment, "D j M, H:i")


def chosen(text: str, user: User, now: datetime | None = None) -> datetime | None:
    """A preset's name or a date as the browser writes it ("2026-12-01", "2026-12-01T10:30").

    None: until they reply. Raises ValueError with a sentence for what is neither, is past, or is
    more than five years away.
    """
    moment = now or timezone.now()
    for preset in presets(user, moment):
        if text == preset.slug:
            return preset.until
    own = hours.of_user(user)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(str(_("Select a preset or a date."))) from None
    if len(text) <= len("2026-12-01"):
        parsed = datetime.combine(parsed.date(), own.begins or time(9))
    if timezone.is_naive(parsed):
        parsed = parsed.replace(tzinfo=own.zone)
    if parsed <= moment:
        raise ValueError(str(_("That time has passed. Select a later one.")))
    if parsed > moment + LONGEST:
        raise ValueError(str(_("That’s more than five years away. Select an earlier date.")))
    return parsed
