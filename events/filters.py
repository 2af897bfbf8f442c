"""What a query of events asks for: words, and the operators of events.

Counts are of seats, as the event's page shows them; days begin in the hub's timezone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.query import (
    Context,
    Language,
    Mistake,
    OperatorDefinition,
    Term,
    dates,
    no_such,
)
from community_hub.lib.text import number, one_line
from members.filters import MOST_NAMES, colleague, colleagues, tag_called, tag_names
from team.models import User

from .models import Attendance, Event, EventTag, Kind, State, Visibility
from .models.attendance import Answer
from .models.event import EventQuerySet

MOST_OFFERED = 10
MOST_SEATS = 1_000_000
_NUMBER = re.compile(r"(<=|>=|<|>|=)?\s*(\d{1,7})", re.ASCII)
_SIDES = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "exact", "": "exact"}


def words(term: Term, _context: Context) -> Q:
    """In the title, the venue or what it is for."""
    text = term.text
    found = Q(title__icontains=text) | Q(venue__icontains=text) | Q(address__icontains=text)
    return found | Q(purpose__icontains=text)


# One function an operator: a value, as it was typed, becomes a condition ------------------------


def is_so(value: str, context: Context) -> Q:
    over = Q(ends_at__lte=context.now)
    return {
        "upcoming": Q(ends_at__gt=context.now),
        "past": over,
        "draft": Q(state=State.DRAFT),
        "published": Q(state=State.PUBLISHED),
        "cancelled": Q(state=State.CANCELLED),
        "public": Q(visibility=Visibility.PUBLIC),
        "series": Q(series__isnull=False),
        "mine": Q(pk__in=hosted_by(context.user)),
    }[value]


def tagged(value: str, context: Context) -> Q:
    tag = tag_called(value, context)
    return Q(Exists(EventTag.objects.filter(event=OuterRef("pk"), tag=tag)))


def hosted(value: str, context: Context) -> Q:
    """`me`, `nobody`, or a teammate by name or email: as host or co-host."""
    if value.lower() == "nobody":
        return Q(host__isnull=True)
    return Q(pk__in=hosted_by(colleague(value, context)))


def hosted_by(user: User) -> QuerySet[Event, int]:
    return Event.objects.filter(Q(host=user) | Q(co_hosts=user)).values_list("pk", flat=True)


def of_kind(value: str, _context: Context) -> Q:
    return Q(kind=value.replace("-", "_"))


def with_going(value: str, _context: Context) -> Q:
    """Seats of those who are going, guests too: `>10`, `<=5`, `0`."""
    side, wanted = compared(value)
    going = Attendance.objects.filter(event=OuterRef("pk"), answer=Answer.GOING)
    seats = going.order_by().values("event").annotate(n=Sum(F("guests") + 1)).values("n")
    counted = Coalesce(Subquery(seats, output_field=IntegerField()), 0)
    matching = Event.objects.annotate(seats_going=counted)
    return Q(pk__in=matching.filter(**{f"seats_going__{side}": wanted}).values("pk"))


def in_series(value: str, _context: Context) -> Q:
    """By the number of the series, or by the title of any of its dates."""
    if pk := number(value):
        return Q(series=pk, series__isnull=False)
    dates_of = Event.objects.present().filter(series__isnull=False, title__iexact=value)
    return Q(pk__in=Event.objects.filter(series__in=dates_of.values("series")).values("pk"))


def compared(value: str) -> tuple[str, int]:
    """A lookup and a number. Raises Mistake."""
    found = _NUMBER.fullmatch(value.strip())
    if found is None or int(found[2]) > MOST_SEATS:
        said = _("“%(typed)s” is not a number. Write one such as >10, <5 or 20.")
        raise Mistake(said % {"typed": one_line(value, 40)})
    return _SIDES[found[1] or ""], int(found[2])


def called(value: str, context: Context) -> EventQuerySet:
    """Events of this title, whatever its case. Raises Mistake where this reader sees none."""
    seen = Event.objects.visible_to(context.user).present()
    found = seen.filter(title__iexact=value)
    if not found.exists():
        names = seen.order_by("-starts_at").values_list("title", flat=True)[:MOST_NAMES]
        raise no_such(_("There’s no event “%(name)s”."), value, names)
    return found


# What is offered while one types ----------------------------------------------------------------


def titles(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    seen = Event.objects.visible_to(user).present().filter(title__icontains=beginning)
    names = seen.order_by("-starts_at").values_list("title", flat=True)[: MOST_OFFERED * 5]
    return [(name, name) for name in list(dict.fromkeys(names))[:MOST_OFFERED]]


def series_titles(_user: User, beginning: str) -> Iterable[tuple[str, str]]:
    dates_of = Event.objects.present().filter(series__isnull=False, title__icontains=beginning)
    names = dates_of.order_by("title").values_list("title", flat=True).distinct()[:MOST_OFFERED]
    return [(name, name) for name in names]


def numbers(_user: User, beginning: str) -> Iterable[tuple[str, str]]:
    known = {
        ">0": _("Somebody"),
        ">10": _("More than 10 people"),
        ">50": _("More than 50 people"),
        "0": _("Nobody"),
    }
    return [it for it in known.items() if it[0].startswith(beginning)]


EVENTS = Language("events", words=words)
EVENTS.register(
    OperatorDefinition(
        name="is",
        help=gettext_lazy("Upcoming, past, a draft, cancelled, in a series, yours"),
        example="is:upcoming",
        build=is_so,
        values={
            "upcoming": gettext_lazy("Not over yet"),
            "past": gettext_lazy("Over"),
            "draft": gettext_lazy("Not published yet"),
            "published": gettext_lazy("Published"),
            "cancelled": gettext_lazy("Cancelled"),
            "public": gettext_lazy("On the page of all events"),
            "series": gettext_lazy("A date of a series"),
            "mine": gettext_lazy("You are host or co-host"),
        },
    ),
    OperatorDefinition(
        name="kind",
        help=gettext_lazy("Of this kind"),
        example="kind:online",
        build=of_kind,
        values={kind.value.replace("_", "-"): kind.label for kind in Kind},
    ),
    OperatorDefinition(
        name="tag",
        help=gettext_lazy("With this tag"),
        example="tag:meet-up",
        build=tagged,
        complete=tag_names,
        refers_to="tag",
    ),
    OperatorDefinition(
        name="host",
        help=gettext_lazy("Whose host or co-host is this teammate, you (me) or nobody"),
        example="host:me",
        build=hosted,
        complete=colleagues,
        refers_to="user",
    ),
    OperatorDefinition(
        name="series",
        help=gettext_lazy("A date of the series with this title, or number"),
        example="series:12",
        build=in_series,
        complete=series_titles,
    ),
    OperatorDefinition(
        name="going",
        help=gettext_lazy("So many people are going, with their guests"),
        example="going:>10",
        build=with_going,
        complete=numbers,
    ),
    OperatorDefinition(
        name="before",
        help=gettext_lazy("Starts before a date"),
        example="before:2026-12-24",
        build=lambda value, context: dates.before("starts_at", value, context),
        complete=dates.complete_date,
    ),
    OperatorDefinition(
        name="after",
        help=gettext_lazy("Starts on a date or after it"),
        example="after:today",
        build=lambda value, context: dates.after("starts_at", value, context),
        complete=dates.complete_date,
    ),
    OperatorDefinition(
        name="on",
        help=gettext_lazy("Starts on a day, or in a week or month"),
        example="on:this-week",
        build=lambda value, context: dates.on("starts_at", value, context),
        complete=dates.complete_date,
    ),
)
