"""Members whose birthday is today or in the next days: a reason to write to them, once a year."""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat, ExtractYear
from django.db.models.lookups import Exact
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path
from team.models import User

from . import day_of_year, occasions
from .day_of_year import DAY_BEFORE, FIRST_OF_MARCH, LEAP_DAY
from .follow_ups import today_of
from .models import FollowUp, Member
from .occasions import Found, Occasion, OccasionKind, Viewpoint

AHEAD = 6  # days; with today, a week
KEY = "birthday:"  # how the origin of a follow-up begins; the year follows


def rows(view: Viewpoint) -> list[Any]:
    """The soonest first, with the year in which it falls. Mine are those of members I own. What is
    done about one holds until the next year's."""
    days = [view.days_ago(-ahead) for ahead in range(AHEAD + 1)]
    numbers = [day_of_year.number_on(day) for day in [*days, view.days_ago(-AHEAD - 1)]]
    falls = [
        Q(birthday=number)
        | Q(Exact(number, DAY_BEFORE), Exact(after, FIRST_OF_MARCH), birthday=LEAP_DAY)
        for number, after in pairwise(numbers)
    ]
    year = Case(*(When(on, then=ExtractYear(day)) for on, day in zip(falls, days, strict=True)))
    found = occasions.members_to_turn_to(view).filter(reduce(or_, falls))
    found = found if view.of_team else found.filter(owner=view.user)
    found = found.filter(pk=view.member) if view.member else found
    dated: Any = found.annotate(in_year=year)
    origin = Concat(Value(KEY), Cast(OuterRef("in_year"), CharField()))
    done = FollowUp.objects.filter(member=OuterRef("pk"), origin=origin)
    ordered = dated.filter(~Exists(done)).order_by("in_year", "birthday", "pk")
    return [occasions.columns(ordered, BIRTHDAY.slug, "pk", "in_year")]


def fill(found: list[Found], user: User) -> list[Occasion]:
    members = occasions.members_of(found)
    today = today_of(user)
    return [_occasion(members[row.member], row.first, today) for row in found]


def _occasion(member: Member, year: int, today: date) -> Occasion:
    birthday = member.birthday or 0
    day = date_format(day_of_year.next_on(birthday, today), "l, j F")
    owner = _now("Owner: %(name)s") % {"name": member.owner} if member.owner else _now("no owner")
    soon = day_of_year.countdown(birthday, today)
    return Occasion(
        kind=BIRTHDAY,
        member=member,
        key=_key(year),
        text=_now("Wish them a happy birthday: %(day)s") % {"day": day_of_year.words(birthday)},
        what=_now("Birthday %(soon)s") % {"soon": soon},
        note=f"{day} · {owner}",
    )


def _key(year: int) -> str:
    return f"{KEY}{year}"


BIRTHDAY = occasions.register(OccasionKind("birthday", rows, fill, done=_("Wished")))
SECTION = occasions.section(
    BIRTHDAY,
    title=_("Birthdays"),
    hint=_("today and in the next six days"),
    empty=_("No birthday that you know of is in the next seven days."),
    place=45,
    more=lambda user, of_team: f"{path('members')}?q=birthday:%3C30d",
)
