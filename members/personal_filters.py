"""Asking the list of members for birthdays and interests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, Mistake, OperatorDefinition, dates
from community_hub.lib.text import one_line
from team.models import User

from . import interests, note_filters  # noqa: F401 - has: begins there
from .day_of_year import falls_between
from .few import found_first
from .filters import MOST_OFFERED, PEOPLE
from .models import Member
from .models.member import HAS_INTERESTS

HAS_BIRTHDAY = Q(birthday__isnull=False)


def born(value: str, context: Context) -> Q:
    """A day, week or month, whatever the year; `<30d`: today or in the next 30 days."""
    today = context.now.astimezone(context.timezone).date()
    typed = value.strip().lower()
    if typed[:1] in ("<", ">"):
        age = dates.read_age(typed, context)
        days = (today - age.moment.date()).days
        near = falls_between("birthday", today, today + timedelta(days=days))
        return _few(near if not age.is_older else HAS_BIRTHDAY & ~near)
    try:
        span = dates.read_span(typed, context)
    except dates.NotADate:
        said = _(
            "“%(typed)s” is no day or month. Write one such as today, this-week, march or <30d."
        )
        raise Mistake(said % {"typed": one_line(value, 40)}) from None
    first, after = span.start.date(), span.end.date()
    if (after - first).days == 1 and first < today and _is_weekday(typed):
        first, after = first + timedelta(days=7), after + timedelta(days=7)  # the one to come
    return _few(falls_between("birthday", first, after - timedelta(days=1)))


def interested(value: str, _context: Context) -> Q:
    return _few(interests.interested_in(one_line(value, interests.LONGEST)))


def with_something(value: str, _context: Context) -> Q:
    return _few(HAS_BIRTHDAY if value == "birthday" else HAS_INTERESTS)


# Below --------------------------------------------------------------------------------------------


def _few(condition: Q) -> Q:
    few = found_first(Member.objects.filter(condition), "pk")
    return condition if few is None else few


def _is_weekday(typed: str) -> bool:
    return len(typed) >= 3 and any(day.startswith(typed) for day in dates.WEEKDAYS)


def complete_birthday(_user: User, beginning: str) -> Iterable[tuple[str, str]]:
    known = {
        "today": _("Today"),
        "tomorrow": _("Tomorrow"),
        "this-week": _("This week"),
        "this-month": _("This month"),
        "next-week": _("Next week"),
        "next-month": _("Next month"),
        "<7d": _("Within the next 7 days"),
        "<30d": _("Within the next 30 days"),
        **{month: month.capitalize() for month in dates.MONTHS},
    }
    typed = beginning.lower()
    return [it for it in known.items() if it[0].startswith(typed)][:MOST_OFFERED]


def complete_interest(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    return [(word, word) for word in interests.known_to(user, beginning, MOST_OFFERED)]


PEOPLE.register(
    OperatorDefinition(
        name="birthday",
        help=gettext_lazy(
            "Whose birthday is on a day, in a week or month, or in the next days (<)"
        ),
        example="birthday:this-week",
        build=born,
        complete=complete_birthday,
    ),
    OperatorDefinition(
        name="interest",
        help=gettext_lazy("Interested in this"),
        example="interest:ambient",
        build=interested,
        complete=complete_interest,
        example_for=lambda user: next(map(interests.question, interests.known_to(user, "", 1)), ""),
    ),
)
PEOPLE.add_values(
    "has",
    {
        "birthday": gettext_lazy("A birthday"),
        "interests": gettext_lazy("Interests"),
    },
    with_something,
)
