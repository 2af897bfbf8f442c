"""Members whose birthday is today or in the next days: a reason to write to them, once a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path
from team.models import User

from . import day_of_year, occasions
from .follow_ups import today_of
from .models import FollowUp, Member
from .occasions import Found, Occasion, OccasionKind

AHEAD = timedelta(days=6)  # with today, a week


def rows(user: User, of_team: bool, member: Member | None) -> Any:
    """The soonest first, with the year in which it falls. Mine are those of members I own. What is
    done about one holds until the next year's."""
    today = today_of(user)
    falls, year = Q(), []
    for number, low, high in day_of_year.between(today, today + AHEAD):
        then = Q(birthday__gte=low, birthday__lte=high)
        done = FollowUp.objects.filter(member=OuterRef("pk"), origin=_key(number))
        falls |= then & ~Q(Exists(done))
        year.append(When(then, then=Value(number)))
    found = occasions.members_to_turn_to(user).filter(falls, birthday__isnull=False)
    found = found if of_team else found.filter(owner=user)
    found = found.filter(pk=member.pk) if member else found
    dated: Any = found.annotate(in_year=Case(*year, output_field=IntegerField()))
    ordered = dated.order_by("in_year", "birthday", "pk")
    return occasions.columns(ordered, BIRTHDAY.slug, "pk", "in_year")


def fill(found: list[Found], user: User) -> list[Occasion]:
    members = Member.objects.select_related("owner").in_bulk([row.member for row in found])
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
    return f"birthday:{year}"


BIRTHDAY = occasions.register(OccasionKind("birthday", rows, fill, done=_("Wished")))
SECTION = occasions.section(
    BIRTHDAY,
    title=_("Birthdays"),
    hint=_("today and in the next six days"),
    empty=_("No birthday that you know of is in the next seven days."),
    place=45,
    more=lambda user, of_team: f"{path('members')}?q=birthday:%3C30d",
)
