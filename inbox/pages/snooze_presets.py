"""When a snoozed conversation comes back: the presets, in the timezone of who snoozes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MORNING, EVENING = time(9), time(18)
LATER = timedelta(hours=3)
# Beyond it is a slip of the pen. The last day of the year 9999 has no local time in half the world.
LONGEST = timedelta(days=5 * 365 + 2)


@dataclass(frozen=True)
class Preset:
    """`until` None: until they write again."""

    slug: str
    label: str | _StrPromise
    until: datetime | None


def presets(now: datetime | None = None) -> list[Preset]:
    """Those that make sense now, the soonest first. Working days end at 18:00 and begin at 9:00."""
    local = timezone.localtime(now)
    tomorrow = local.date() + timedelta(days=1)
    # the Monday after tomorrow: on a Sunday, tomorrow is one already
    monday = tomorrow + timedelta(days=7 - tomorrow.weekday())
    return [
        Preset("later", _("Later today"), later(local)),
        Preset("tomorrow", _("Tomorrow"), at(tomorrow, MORNING)),
        Preset("next-week", _("Next week"), at(monday, MORNING)),
        Preset("reply", _("Until they reply"), None),
    ]


def later(local: datetime) -> datetime:
    """This evening; from late afternoon on, in three hours."""
    evening = at(local.date(), EVENING)
    return evening if evening - local > timedelta(hours=1) else local + LATER


def at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def chosen(text: str, now: datetime | None = None) -> datetime | None:
    """A preset's name or a date as the browser writes it ("2026-12-01", "2026-12-01T10:30").

    None: until they write. Raises ValueError with a sentence for what is neither, is past, or is
    more than five years away.
    """
    moment = now or timezone.now()
    for preset in presets(moment):
        if text == preset.slug:
            return preset.until
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(str(_("Select a preset or a date."))) from None
    if len(text) <= len("2026-12-01"):
        parsed = datetime.combine(parsed.date(), MORNING)
    if timezone.is_naive(parsed):
        parsed = timezone.make_aware(parsed)
    if parsed <= moment:
        raise ValueError(str(_("That time has passed. Pick a later one.")))
    if parsed > moment + LONGEST:
        raise ValueError(str(_("That’s more than five years away. Pick an earlier date.")))
    return parsed
