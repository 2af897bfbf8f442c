"""A day and its month without a year, kept as one number: 312 is 12 March, 1105 is 5 November.

29 February is kept as it is, and falls on 28 February where the year has no other."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date, timedelta
from typing import Any

from django.db.models import ExpressionWrapper, IntegerField, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib.query.dates import MONTHS

ANY_YEAR = 2024  # one with a 29 February
LEAP_DAY, DAY_BEFORE, FIRST_OF_MARCH = 229, 228, 301
SOON = 30  # days in which a page counts down to it
_WORD = r"(?P<month>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_SEPARATED = r"[\s,-]*"
_FORMS = [
    re.compile(rf"{_DAY}{_SEPARATED}(?:of\s+)?{_WORD}", re.ASCII),
    re.compile(rf"{_WORD}{_SEPARATED}{_DAY}", re.ASCII),
    re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.?", re.ASCII),
    re.compile(r"(?:--)?(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII),
]
_WITH_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|\d\.\s?\d{1,2}\.\s?\d{2}\b", re.ASCII)


class NotADay(ValueError):
    """A sentence that says what to write instead."""


def parse(text: str) -> int | None:
    """Of `12 March`, `March 12th`, `12.3.`, `03-12`; None of nothing. Raises NotADay, also for one
    with a year: nobody's age is kept."""
    typed = " ".join(text.split()).lower()
    if not typed:
        return None
    if _WITH_YEAR.search(typed):
        raise NotADay(_("Leave out the year: only the day and month are kept."))
    for form in _FORMS:
        if (found := form.fullmatch(typed)) and (month := _month(found["month"])):
            return _number(month, int(found["day"]))
    raise NotADay(_("That’s not a day. Write it as 12 March."))


def words(number: int) -> str:
    """“12 March”."""
    return date_format(_in(number, ANY_YEAR), "j F")


def next_on(number: int, today: date) -> date:
    """Today, or the next day on which it is."""
    this_year = _in(number, today.year)
    return this_year if this_year >= today else _in(number, today.year + 1)


def countdown(number: int, today: date) -> str:
    """“today”, “tomorrow”, “in 5 days”; "" where it is further off than SOON."""
    days = (next_on(number, today) - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days} if days <= SOON else ""


def between(first: date, last: date) -> list[tuple[int, int, int]]:
    """For each year of these days, both included: the year, the lowest and the highest number that
    falls among them. Of more than a year, the first twelve months."""
    last = min(last, first + timedelta(days=365))
    parts = []
    for year in range(first.year, last.year + 1):
        low = _number_of(max(first, date(year, 1, 1)))
        high = _number_of(min(last, date(year, 12, 31)))
        if high == DAY_BEFORE and not isleap(year):
            high = LEAP_DAY
        parts.append((year, low, high))
    return parts


def number_on(day: Any) -> ExpressionWrapper[Any]:
    """The number of an expression that is a date."""
    number = ExtractMonth(day) * 100 + ExtractDay(day)
    return ExpressionWrapper(number, output_field=IntegerField())


def falls_between(field: str, first: date, last: date) -> Q:
    """True or false for every row: one without a day has none among these."""
    found = Q()
    for _year, low, high in between(first, last):
        found |= Q(**{f"{field}__gte": low, f"{field}__lte": high})
    return Q(**{f"{field}__isnull": False}) & found


def _in(number: int, year: int) -> date:
    if number == LEAP_DAY and not isleap(year):
        number = DAY_BEFORE
    return date(year, *divmod(number, 100))


def _number_of(day: date) -> int:
    return day.month * 100 + day.day


def _number(month: int, day: int) -> int:
    try:
        return _number_of(date(ANY_YEAR, month, day))
    except ValueError:
        if not 1 <= month <= 12:
            raise NotADay(_("There are twelve months. Write the day as 12 March.")) from None
        said = _("%(month)s has no day %(day)d.")
        named = {"month": MONTHS[month - 1].capitalize(), "day": day}
        raise NotADay(said % named) from None


def _month(word: str) -> int:
    """0 for none; 13 and more are told of by _number()."""
    if word.isdecimal():
        return int(word) or 13
    found = (index for index, name in enumerate(MONTHS, 1) if name.startswith(word))
    return next(found, 0)
