"""Dates and ages as people write them in a query, and the conditions they make.

Days, weeks and months are those of the context's timezone; a week begins on Monday. A weekday, and
a day or a month without its year, is the latest one that has begun.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import one_line

from .language import Context, Text
from .mistakes import SHOWN, Mistake

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_AGE = 100  # years
MONTHS = [
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
SIDES = {"last": -1, "this": 0, "next": 1}
LENGTHS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "year": relativedelta(years=1),
}
UNITS = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}
A_YEAR = {"hour": 8766, "day": 365.25, "week": 52.2, "month": 12, "year": 1}  # units in a year
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_AGE = re.compile(r"([<>])\s*(\d{1,7})\s*([a-z]+)", re.ASCII)
_BETWEEN = re.compile(r"[\s,_-]+")


@dataclass(frozen=True)
class Span:
    """From `start` until right before `end`, both aware, in the timezone of the context."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Age:
    """Before `moment` if `is_older`, else from it on. Aware."""

    is_older: bool
    moment: datetime


class NotADate(Mistake):
    """Nothing like one; other mistakes are about a date that there is not."""


def read_span(text: str, context: Context) -> Span:
    """Of `2026-11-01`, `1.11.2026`, `1 Nov 2026`, `1 Nov`, `2026-11`, `Nov 2026`, `2026`,
    `yesterday`, `friday`, `last week`, `this-month`. Raises Mistake without a place."""
    first, length = _days(text, context)
    return Span(*(_midnight(day, context) for day in (first, first + length)))


def read_age(text: str, context: Context) -> Age:
    """Of `>60d` (longer ago than 60 days), `<2h`, `>3w`, `>2m` (months), `>1y`, also with the
    unit's whole name. Raises Mistake without a place."""
    typed = text.strip().lower()
    found = _AGE.fullmatch(typed)
    unit = _unit(found[3]) if found else ""
    if not found or not unit:
        said = _("“%(typed)s” is not an age. Write one such as >60d, <2h, >3w, >2m or >1y.")
        digits = re.search(r"\d.*", typed)
        meant = f">{digits[0]}" if digits else ""
        meant = meant if (age := _AGE.fullmatch(meant)) and _unit(age[3]) else ""
        raise Mistake(said % {"typed": one_line(text, SHOWN)}, instead=meant)
    amount = int(found[2])
    if amount > LONGEST_AGE * A_YEAR[unit]:
        said = _("“%(typed)s” is too long an age: at most %(most)d years, such as >2y.")
        raise Mistake(said % {"typed": one_line(text, SHOWN), "most": LONGEST_AGE})
    if unit == "hour":
        moment = context.now.astimezone(UTC) - timedelta(hours=amount)
        return Age(found[1] == ">", moment.astimezone(context.timezone))
    now = context.now.astimezone(context.timezone)
    return Age(found[1] == ">", now - LENGTHS[unit] * amount)


def before(field: str, value: str, context: Context) -> Q:
    """Earlier than the first moment of a date."""
    return Q(**{f"{field}__lt": read_span(value, context).start})


def after(field: str, value: str, context: Context) -> Q:
    """From the first moment of a date on: `after:2026-11-01` has that day."""
    return Q(**{f"{field}__gte": read_span(value, context).start})


def on(field: str, value: str, context: Context) -> Q:
    """Within a day, week, month or year."""
    span = read_span(value, context)
    return Q(**{f"{field}__gte": span.start, f"{field}__lt": span.end})


def aged(field: str, value: str, context: Context) -> Q:
    """Longer ago than an age (`>60d`) or not as long ago (`<2h`)."""
    age = read_age(value, context)
    return Q(**{f"{field}__{'lt' if age.is_older else 'gte'}": age.moment})


def complete_date(_user: Any, beginning: str) -> Iterable[tuple[str, Text]]:
    known = {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "this-week": _("This week"),
        "last-week": _("Last week"),
        "this-month": _("This month"),
        "last-month": _("Last month"),
        "this-year": _("This year"),
        "last-year": _("Last year"),
    }
    return [it for it in known.items() if it[0].startswith(beginning.lower())]


def complete_age(_user: Any, beginning: str) -> Iterable[tuple[str, Text]]:
    known = {
        ">1d": _("Longer ago than a day"),
        ">7d": _("Longer ago than 7 days"),
        ">30d": _("Longer ago than 30 days"),
        "<1d": _("Within the last day"),
        "<7d": _("Within the last 7 days"),
        "<30d": _("Within the last 30 days"),
    }
    return [it for it in known.items() if it[0].startswith(beginning)]


def _days(text: str, context: Context) -> tuple[date, relativedelta]:
    """The first day of what was typed, and how long it is."""
    typed = text.strip().lower()
    today = context.now.astimezone(context.timezone).date()
    if found := _ISO.fullmatch(typed):
        return _dated(today, *found.groups())
    if found := _DOTTED.fullmatch(typed):
        day, month, year = found.groups()
        return _dated(today, year, month, day)
    words = _BETWEEN.split(typed)
    if len(words) == 1 and typed in DAYS:
        return today + timedelta(days=DAYS[typed]), LENGTHS["day"]
    if len(words) == 1 and (weekday := _named(typed, WEEKDAYS)) is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7), LENGTHS["day"]
    if len(words) == 2 and words[0] in SIDES and words[1] in ("week", "month", "year"):
        length = LENGTHS[words[1]]
        return _first_of(words[1], today) + length * SIDES[words[0]], length
    return _by_name(text, words, today)


def _by_name(text: str, words: list[str], today: date) -> tuple[date, relativedelta]:
    """`nov`, `nov 2026`, `1 nov`, `nov 1`, and these two with a year."""
    year = words.pop() if len(words) > 1 and _YEAR.fullmatch(words[-1]) else None
    months = [(index, month) for index, word in enumerate(words) if (month := _month(word))]
    if len(months) == 1 and len(words) <= 2:
        index, month = months[0]
        others = words[:index] + words[index + 1 :]
        day = _DAY.fullmatch(others[0]) if others else None
        if day or not others:
            return _dated(today, year, str(month), day[1] if day else None)
    said = _("“%(typed)s” is not a date. Write one such as %(example)s, Nov 2026 or last-week.")
    raise NotADate(said % {"typed": one_line(text, SHOWN), "example": today.isoformat()})


def _dated(
    today: date, year: str | None, month: str | None, day: str | None
) -> tuple[date, relativedelta]:
    """Of digits. A year and more, or a month and more of the latest year where it has begun."""
    if year is None:
        years = range(today.year, today.year - 9, -1)  # with a 29 February among them
        begun = (_first(each, int(month or 1), int(day or 1)) for each in years)
        latest = next((first for first in begun if first and first <= today), None)
        first = latest or _existing(today, today.year, int(month or 1), int(day or 1))
    else:
        first = _existing(today, int(year), int(month or 1), int(day or 1))
    return first, LENGTHS["day" if day else "month" if month else "year"]


def _existing(today: date, year: int, month: int, day: int) -> date:
    example = {"example": today.isoformat()}
    if not FIRST_YEAR <= year <= LAST_YEAR:
        said = _("The year must be from %(first)d to %(last)d, such as in %(example)s.")
        raise Mistake(said % {"first": FIRST_YEAR, "last": LAST_YEAR, **example})
    if not 1 <= month <= 12:
        said = _("There is no month %(month)d. Write a date such as %(example)s.")
        raise Mistake(said % {"month": month, **example})
    first = _first(year, month, day)
    if first is None:
        said = _("There is no %(day)d %(month)s %(year)d. Write a date such as %(example)s.")
        named = {"day": day, "month": MONTHS[month - 1].capitalize(), "year": year}
        raise Mistake(said % {**named, **example})
    return first


def _first(year: int, month: int, day: int) -> date | None:
    known = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return date(year, month, day) if known else None


def _first_of(unit: str, today: date) -> date:
    if unit == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if unit == "month" else today.replace(month=1, day=1)


def _month(word: str) -> int | None:
    index = _named(word, MONTHS)
    return None if index is None else index + 1


def _named(word: str, names: list[str]) -> int | None:
    """Also by its first three letters or more."""
    found = (index for index, name in enumerate(names) if name.startswith(word))
    return next(found, None) if len(word) >= 3 else None


def _unit(word: str) -> str:
    if word in UNITS:
        return UNITS[word]
    return word.removesuffix("s") if word.removesuffix("s") in A_YEAR else ""


def _midnight(day: date, context: Context) -> datetime:
    return datetime.combine(day, time(), context.timezone)


def complete_age_or_never(user: Any, beginning: str) -> Iterable[tuple[str, Text]]:
    """For operators that know `never` too."""
    never = [("never", gettext_lazy("Never"))]
    offered = (each for each in never if each[0].startswith(beginning.lower()))
    return [*complete_age(user, beginning), *offered]
