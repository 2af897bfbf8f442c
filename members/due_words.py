"""The day that a next step names in its own words: “send the docs on Friday” is due on Friday."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from community_hub.lib.query.dates import LENGTHS, MONTHS, WEEKDAYS

from .follow_up_checks import FARTHEST

FAR = timedelta(days=200)  # a day without its year that is farther was rather the last one
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in MONTHS)}|sept)\.?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in WEEKDAYS)})"
_WHOLE_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_BY = r"(?P<by>on|by|until|till|before|this|next|coming|for)\s+(?:next\s+|this\s+|the\s+)?"
_Found = re.Match[str]
DayOf = Callable[[_Found, date], date | None]


def day_in(text: str, today: date) -> date | None:
    """The first day that the words name, in English, and that may be set; None where there is
    none. A weekday is the next one after `today`; “before Friday” is the day before."""
    typed = " ".join(text.lower().split())
    found = [
        (match.start(), day)
        for pattern, day_of in _FORMS
        for match in pattern.finditer(typed)
        if (day := day_of(match, today)) and today <= day <= today + FARTHEST
    ]
    return min(found)[1] if found else None


def _iso(found: _Found, today: date) -> date | None:
    return _before(found, _dated(int(found["year"]), int(found["month"]), int(found["day"])))


def _by_month(found: _Found, today: date) -> date | None:
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(found["month"][:3]))
    if found["year"]:
        return _before(found, _dated(int(found["year"]), month, int(found["day"])))
    for year in (today.year, today.year + 1):
        day = _dated(year, month, int(found["day"]))
        if day and today <= day <= today + FAR:
            return _before(found, day)
    return None


def _weekday(found: _Found, today: date) -> date | None:
    wanted = next(n for n, name in enumerate(WEEKDAYS) if name.startswith(found["weekday"][:3]))
    ahead = (wanted - today.weekday() - 1) % 7 + 1
    return _before(found, today + timedelta(days=ahead))


def _in_so_long(found: _Found, today: date) -> date | None:
    count = _NUMBERS.get(found["count"]) or int(found["count"])
    return today + LENGTHS[found["unit"]] * count


def _next(found: _Found, today: date) -> date | None:
    """Its first day."""
    if found["unit"] == "week":
        return today + timedelta(days=7 - today.weekday())
    return (today + relativedelta(months=1)).replace(day=1)


def _end_of(found: _Found, today: date) -> date | None:
    """Of a week, its Friday; past that, its Sunday."""
    if found["unit"] == "week":
        friday = today + timedelta(days=4 - today.weekday())
        return friday if friday >= today else friday + timedelta(days=2)
    return today + relativedelta(day=31)


def _dated(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _before(found: _Found, day: date | None) -> date | None:
    said = found.groupdict().get("by")
    return day - timedelta(days=1) if day and said == "before" else day


def _form(pattern: str, day_of: DayOf) -> tuple[re.Pattern[str], DayOf]:
    return re.compile(rf"\b{pattern}(?![\w-])", re.ASCII), day_of


_FORMS = [
    _form(rf"(?:{_BY})?(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)", _iso),
    _form(rf"(?:{_BY})?{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}", _by_month),
    _form(rf"{_BY}{_MONTH}\s+{_DAY}{_YEAR}", _by_month),  # “may 3 of them” is no day
    _form(rf"{_BY}{_WEEKDAY}", _weekday),
    _form(rf"{_WHOLE_WEEKDAY}[.!]?$", _weekday),
    _form(r"(?:today|tonight)", lambda _found, today: today),
    _form(r"(?:tomorrow)", lambda _found, today: today + timedelta(days=1)),
    _form(rf"(?:in|within)\s+{_COUNT}\s+(?P<unit>day|week|month)s?", _in_so_long),
    _form(r"next\s+(?P<unit>week|month)", _next),
    _form(r"end\s+of\s+(?:the|this)\s+(?P<unit>week|month)", _end_of),
]
