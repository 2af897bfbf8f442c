"""Days and clock times in the reader's timezone and language.

A page has dozens of them, and Django reads the format anew for each. The words of a minute are
the same on every page, so they are kept.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

KEPT = 4096  # words of one minute in one format and language
CLOCK = "H:i"
OF_TIMES = frozenset("\\aAcefgGhHiIOPrsTuUZ")  # of Django's formats, and what escapes a letter


def moment(at: datetime, form: str) -> str:
    """As Django's `date` filter, for formats of days, hours and minutes: no seconds and no
    timezone."""
    return local_moment(at.astimezone(timezone.get_current_timezone()), form)


def local_moment(local: datetime, form: str) -> str:
    """The same, of a time that is in the reader's timezone already."""
    minute = local.replace(second=0, microsecond=0, tzinfo=None)
    return _words(minute, form, get_language())


def day(on: date, form: str) -> str:
    """A day in the words of the reader's language."""
    return _words(on, form, get_language())


@lru_cache(maxsize=KEPT)
def _words(at: date, form: str, language: str | None) -> str:
    """`at`: a day, or a minute. The words of its day, which many minutes have, are kept too."""
    if not isinstance(at, datetime) or not _is_of_days(form):
        return date_format(at, form)
    parts = [_words(at.date(), part, language) if part else "" for part in form.split(CLOCK)]
    return f"{at:%H:%M}".join(parts)


@lru_cache(maxsize=100)
def _is_of_days(form: str) -> bool:
    """Whether it has nothing of a time but for CLOCK."""
    rest = form.replace(CLOCK, "")
    return CLOCK in form and not OF_TIMES.intersection(rest)


def iso(at: datetime) -> str:
    """As Django's `date:"c"`: in the reader's timezone."""
    return at.astimezone(timezone.get_current_timezone()).isoformat()
