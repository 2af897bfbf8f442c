"""When something was, as people write it: “yesterday 15:00”, “last tue”, “2 days ago 9am”, “now”.

The days are those of queries (community_hub.lib.query.dates), with a clock time beside them.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.translation import gettext as _

from community_hub.lib.query import Context, Mistake, dates
from community_hub.lib.text import one_line

NOON = time(12)  # of another day than today, where no time is said
LONGEST = 100  # characters
_NOW = ("now", "just now", "right now")
_PARTS = {
    "early morning": time(7),
    "morning": time(9),
    "lunchtime": time(12, 30),
    "lunch": time(12, 30),
    "noon": NOON,
    "midday": NOON,
    "afternoon": time(15),
    "evening": time(19),
    "tonight": time(20),
    "night": time(21),
    "midnight": time(0),
}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_AGO = re.compile(
    rf"\b(\d{{1,4}}|{'|'.join(_NUMBERS)})\s*(minute|min|hour|hr|h|day|week|month|year)s?\s+ago\b"
)
_CLOCKS = (
    re.compile(r"\b(?P<hour>\d{1,2})[:h](?P<minute>\d{2})\s*(?P<half>[ap]\.?m\b\.?)?"),
    re.compile(r"\b(?P<hour>\d{1,2})(?P<minute>)\s*(?P<half>[ap]\.?m\b\.?)"),
    re.compile(r"\b(?P<hour>\d{1,2})(?P<minute>)(?P<half>)\s*(?:o[’']clock|h\b)"),
    re.compile(r"\bat\s+(?P<hour>\d{1,2})(?P<minute>)(?P<half>)(?![\d.-])"),
)
_PART = re.compile(rf"\b(?:(?:this|in the|at)\s+)?({'|'.join(_PARTS)})\b")
_ISO_T = re.compile(r"(?<=\d)t(?=\d)")
_BETWEEN = re.compile(r"\b(?:at|on|around|about|ca)\b|[,@]")
AFTERNOON = 7  # “at 3” is said of the afternoon, “at 9” of the morning


class NotUnderstood(ValueError):
    """With a sentence that says how to write it."""


def read_moment(text: str, now: datetime) -> datetime:
    """Aware, in the timezone of `now`, which decides what “yesterday” is; it may be a moment that
    is still to come. Raises NotUnderstood."""
    typed = " ".join(text.lower().split())
    if not typed or len(typed) > LONGEST:
        raise NotUnderstood(_how_to_write(text))
    if typed in _NOW:
        return now
    rest, day_or_moment = _without_ago(_ISO_T.sub(" ", typed), now)
    rest, clock = _without_clock(rest, text)
    rest = " ".join(_BETWEEN.sub(" ", rest).split())
    if isinstance(day_or_moment, datetime):
        if rest or clock:
            raise NotUnderstood(_how_to_write(text))
        return day_or_moment
    if day_or_moment is not None and rest:
        raise NotUnderstood(_how_to_write(text))
    day = day_or_moment or _day(rest, text, now)
    if clock is None:
        return now if day == now.date() else datetime.combine(day, NOON, now.tzinfo)
    return datetime.combine(day, clock, now.tzinfo)


def _without_clock(typed: str, text: str) -> tuple[str, time | None]:
    for pattern in _CLOCKS:
        if found := pattern.search(typed):
            clock = _clock(found["hour"], found["minute"], found["half"] or "", found[0], text)
            return typed[: found.start()] + " " + typed[found.end() :], clock
    if found := _PART.search(typed):
        begin, end = typed[: found.start()], typed[found.end() :]
        if found[1] == "night" and begin.strip() == "last":
            begin = "yesterday"
        return f"{begin} {end}", _PARTS[found[1]]
    return typed, None


def _clock(hour: str, minute: str, half: str, said: str, text: str) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    elif half:
        hours = 99
    elif said.startswith("at") and hours < AFTERNOON:
        hours += 12
    if hours > 23 or minutes > 59:
        said = _("“%(typed)s” has no time of day. Write it like 15:00 or 3pm.")
        raise NotUnderstood(said % {"typed": one_line(text, 40)})
    return time(hours, minutes)


def _without_ago(typed: str, now: datetime) -> tuple[str, datetime | date | None]:
    """The moment for minutes and hours, the day for what is longer."""
    found = _AGO.search(typed)
    if not found:
        return typed, None
    rest = f"{typed[: found.start()]} {typed[found.end() :]}"
    amount = _NUMBERS.get(found[1]) or int(found[1])
    unit = {"min": "minute", "h": "hour", "hr": "hour"}.get(found[2], found[2])
    if unit in ("minute", "hour"):
        return rest, now - timedelta(**{f"{unit}s": amount})
    try:
        return rest, (now - dates.LENGTHS[unit] * amount).date()
    except (ValueError, OverflowError):
        raise NotUnderstood(_how_to_write(typed)) from None


def _day(typed: str, text: str, now: datetime) -> date:
    if not typed:
        return now.date()
    if typed == "day before yesterday" or typed == "the day before yesterday":
        return now.date() - timedelta(days=2)
    zone = now.tzinfo
    assert isinstance(zone, tzinfo)
    side, _space, weekday = typed.partition(" ")
    wanted = weekday if side in ("last", "this") and weekday[:3] in _WEEKDAYS else typed
    try:
        span = dates.read_span(wanted, Context(user=None, now=now, timezone=zone))
    except dates.NotADate:
        raise NotUnderstood(_how_to_write(text)) from None
    except Mistake as mistake:
        raise NotUnderstood(mistake.sentence) from None
    day = span.start.date()
    if span.end.date() - day > timedelta(days=1):
        said = _("“%(typed)s” is longer than a day. Which day was it?")
        raise NotUnderstood(said % {"typed": one_line(text, 40)})
    if side == "last" and day == now.date():
        day -= timedelta(days=7)
    return day


_WEEKDAYS = {name[:3] for name in dates.WEEKDAYS}


def _how_to_write(text: str) -> str:
    if not text.strip():
        return _("Say when it was, such as “yesterday 15:00” or “now”.")
    said = _(
        "“%(typed)s” isn’t understood. Write it like “yesterday 15:00”, “last Tue” or “12 Nov 9am”."
    )
    return said % {"typed": one_line(text, 40)}
