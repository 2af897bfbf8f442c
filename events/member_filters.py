"""What events add to the questions of the list of members: who was asked, who goes and who came.
`EventsConfig.ready()` gives it to their query language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community_hub.lib.query import Context, Language, Mistake, OperatorDefinition
from community_hub.lib.query.language import EVERY_ROW
from members.by_name import members_named
from members.few import found_first
from members.filters import colleague, colleagues
from team.models import User

from . import event_names
from .models import Answer, Attendance, Event, Kind, State

MOST_NAMED = 20  # members that one name may stand for
_COUNT = re.compile(r"(>=|<=|>|<|=|)\s*(\d{1,6})")


def of_event(value: str, context: Context) -> Q:
    """Was invited, has answered, or was there."""
    return _few(Attendance.objects.filter(event__in=event_names.meant(value, context)))


def attended(value: str, context: Context) -> Q:
    """How many they came to, `>2`, or the title of one that they came to."""
    found = _COUNT.fullmatch(value.strip())
    if found is None:
        came = Attendance.objects.came()
        return _few(came.filter(event__in=event_names.meant(value, context)))
    sign, n = found[1], int(found[2])
    if sign in (">", ">="):
        return _at_least(n + (sign == ">"))
    if sign in ("<", "<="):
        return ~_at_least(n + (sign == "<="))
    return _so_often(n=n) if n else ~_at_least(1)


def answered(value: str, context: Context) -> Q:
    """To an event that is not over yet, nor cancelled."""
    coming = Event.objects.visible_to(context.user).present()
    coming = coming.filter(state=State.PUBLISHED, ends_at__gt=context.now)
    return _few(Attendance.objects.filter(answer=value, event__in=coming))


def attended_with(value: str, context: Context) -> Q:
    """Came to an event where this teammate was too (checked in, host or co-host), or else a member
    of this name whom the reader sees. Content is nothing that people meet at."""
    came = Attendance.objects.came()
    try:
        user = colleague(value, context)
    except Mistake as mistake:
        members = _members_called(value, context, mistake)
        there, others = came.filter(member__in=members), came.exclude(member__in=members)
        events = Event.objects.filter(pk__in=there.values("event"))
    else:
        was_there = Q(pk__in=came.filter(member__user=user).values("event"))
        hosted = Q(host=user) | Q(
            pk__in=Event.co_hosts.through.objects.filter(user=user).values("event")
        )
        events, others = Event.objects.filter(was_there | hosted), came
    return _few(others.filter(event__in=events.present().exclude(kind=Kind.CONTENT)))


# Below --------------------------------------------------------------------------------------------


def _few(rows: QuerySet[Attendance]) -> Q:
    few = found_first(rows, "member")
    return Q(Exists(rows.filter(member=OuterRef("pk")))) if few is None else few


def _at_least(n: int) -> Q:
    return _so_often(n__gte=n) if n > 0 else EVERY_ROW


def _so_often(**times: int) -> Q:
    """By a lookup of `n`, the number of events that they came to."""
    came = Attendance.objects.came().values("member")
    often = came.annotate(n=Count("event")).filter(**times)  # of a column that the index has
    few = found_first(often, "member")
    return Q(pk__in=often.values("member")) if few is None else few


def _members_called(value: str, context: Context, mistake: Mistake) -> list[int]:
    """Raises `mistake` where there are none."""
    name = value.removeprefix("@")
    seen = members_named(name.split(), context.user).values_list("pk", flat=True)
    same = seen.filter(name__iexact=name)
    found = list(same[: MOST_NAMED + 1]) or list(seen[: MOST_NAMED + 1])
    if not found:
        raise mistake
    if len(found) > MOST_NAMED:
        said = _("“%(name)s” stands for too many people. Write more of the name.")
        raise Mistake(said % {"name": value})
    return found


def _counts(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    known = [
        (f">{n - 1}", ngettext("At least %(n)d event", "At least %(n)d events", n) % {"n": n})
        for n in (1, 2, 3, 5, 10)
    ]
    never = ("0", _("None yet"))
    counts = [it for it in [*known, never] if it[0].startswith(beginning)]
    return [*counts, *event_names.offered(user, beginning)][: event_names.MOST_OFFERED]


def register(people: Language) -> None:
    people.register(
        OperatorDefinition(
            name="event",
            help=gettext_lazy("Invited to this event, answered or was there"),
            example='event:"Berlin meet-up"',
            build=of_event,
            complete=event_names.offered,
            refers_to=event_names.REFERS_TO,
            example_for=event_names.example,
        ),
        OperatorDefinition(
            name="attended",
            help=gettext_lazy("Came to this event, or to more (>) or fewer (<) than so many"),
            example="attended:>2",
            build=attended,
            complete=_counts,
            refers_to=event_names.REFERS_TO,
            means_others=True,
        ),
        OperatorDefinition(
            name="rsvp",
            help=gettext_lazy("What they said about an event to come"),
            example="rsvp:going",
            build=answered,
            values={answer.value: answer.label for answer in Answer},
        ),
        OperatorDefinition(
            name="attended-with",
            help=gettext_lazy("Came to an event where this teammate (me: you) or member was too"),
            example="attended-with:me",
            build=attended_with,
            complete=_with_whom,
            refers_to="user",
            means_others=True,
        ),
    )


def _with_whom(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    return [it for it in colleagues(user, beginning) if it[0] != "nobody"]
