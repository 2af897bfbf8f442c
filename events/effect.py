"""What followed an event: who was asked, who came, and what those who came did before and after.
What followed need not be its effect, and nothing here says so.

Of members alone: teammates, bots and accounts of ours are counted nowhere. What the reader may not
see counts as if it were not there. Each figure is the number of the rows that rows_of() lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_hub.lib import keyset
from community_hub.lib.keyset import Order
from community_hub.lib.paths import path
from members import hooks
from members.models import Activity, ActivityKind, Bond, Identity, Member
from members.models.bond import BondQuerySet
from members.models.scopes import with_hidden_scopes_read
from team.models import User

from .models import Answer, Attendance, Event, EventLink
from .models.attendance import AttendanceQuerySet

DAYS = 90  # before and after, in which somebody is active or not
PAGE = 50  # rows
MOST_LINKS = 200  # conversations that are looked at
BY_ID = Order("id")
ASKED = Q(answer=Answer.INVITED) | Q(invited_at__isnull=False)
CAME = Q(checked_in_at__isnull=False)
# Of those who came, see with_facts()
FIRST = Q(came_before=False)
ACTIVE = Q(wrote_before=False, wrote_next__isnull=False, wrote_next__lte=F("window_ends"))
BACK = Q(wrote_next__isnull=False) | Q(came_later=True)


@dataclass(frozen=True)
class Figure:
    """`number`: how many, all of them at `url`. `note` says what is counted, where the label does
    not."""

    slug: str
    label: str | Promise
    number: int
    url: str
    note: str | Promise = ""


@dataclass(frozen=True)
class Effect:
    """`bonds`: pairs of a teammate and a member who had nothing to do with each other before.
    `echo`: people who wrote in the conversations that it is tied to."""

    event: Event
    invited: int
    going: int
    came: int
    no_shows: int
    first_timers: int
    became_active: int
    came_back: int
    bonds: int
    echo: int

    @property
    def figures(self) -> list[Figure]:
        """Those that an event of its kind has, in their order."""
        found = []
        for slug in slugs_of(self.event):
            label, note = labels_of(self.event, slug)
            url = path("event-effect-rows", self.event.pk, slug)
            found.append(Figure(slug, label, getattr(self, FIELDS[slug]), url, note))
        return found


FIELDS = {
    "invited": "invited",
    "going": "going",
    "came": "came",
    "no-shows": "no_shows",
    "first-timers": "first_timers",
    "became-active": "became_active",
    "came-back": "came_back",
    "bonds": "bonds",
    "echo": "echo",
}
OF_CONTENT = ("came", "first-timers", "became-active", "came-back", "echo")
Labels = tuple[str | Promise, str | Promise]


def slugs_of(event: Event) -> Sequence[str]:
    """Content invites nobody, and is nothing at which people meet."""
    return OF_CONTENT if event.is_content else tuple(FIELDS)


def labels_of(event: Event, slug: str) -> Labels:
    """What a figure is called, and what it counts."""
    if slug == "came" and event.is_content:
        return _("Took part"), ""
    known: dict[str, Labels] = {
        "invited": (_("Invited"), ""),
        "going": (_("Said they’d come"), ""),
        "came": (_("Came"), ""),
        "no-shows": (_("Didn’t come"), _("said they would")),
        "first-timers": (_("First event"), _("of those who came")),
        "became-active": (
            _("Became active"),
            _("wrote within 90 days after, and not in the 90 before"),
        ),
        "came-back": (_("Came back"), _("wrote later, or came to another event")),
        "bonds": (_("New bonds"), _("a teammate and a member who met here first")),
        "echo": (_("Wrote about it"), _("in the linked conversations")),
    }
    return known[slug]


def effect_of(event: Event, user: User) -> Effect:
    """Nine queries at most."""
    reader = with_hidden_scopes_read(user)
    rows = attendances(event, reader)
    counts: dict[str, int] = rows.aggregate(
        invited=Count("pk", filter=ASKED),
        going=Count("pk", filter=Q(answer=Answer.GOING)),
        came=Count("pk", filter=CAME),
    )
    followed = {"first_timers": 0, "became_active": 0, "came_back": 0}
    if counts["came"]:
        followed = with_facts(rows.came(), event, reader).aggregate(
            first_timers=Count("pk", filter=FIRST),
            became_active=Count("pk", filter=ACTIVE),
            came_back=Count("pk", filter=BACK),
        )
    return Effect(
        event=event,
        no_shows=no_shows(event, reader).count(),
        bonds=count_bonds_made(event, reader, counts["came"]),
        echo=len(authors(event, reader)),
        **counts,
        **followed,
    )


# Rows ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    member: Member
    note: str = ""


def rows_of(event: Event, slug: str, user: User, before: str) -> tuple[list[Row], str]:
    """Whom a figure counts: a page after the cursor `before`, and that of the next one, "" at the
    end. KeyError for a figure that the event has not."""
    if slug not in slugs_of(event):
        raise KeyError(slug)
    reader = with_hidden_scopes_read(user)
    if slug == "echo":
        found = Member.objects.filter(pk__in=authors(event, reader))
    else:
        found = Member.objects.filter(pk__in=attendances_of(event, slug, reader).values("member"))
    page = keyset.page(found, BY_ID, before, PAGE)
    made = bonds_made(event, reader, [row.pk for row in page.rows]) if slug == "bonds" else {}
    return [Row(row, ", ".join(made.get(row.pk, ()))) for row in page.rows], page.more


def attendances_of(event: Event, slug: str, user: User) -> QuerySet[Attendance]:
    """Those that a figure counts."""
    rows = attendances(event, user)
    if slug == "no-shows":
        return no_shows(event, user)
    if slug == "bonds":
        return with_bonds_made(rows.came(), event, user)
    if slug in ("invited", "going", "came"):
        simple = {"invited": ASKED, "going": Q(answer=Answer.GOING), "came": CAME}
        return rows.filter(simple[slug])
    wanted = {"first-timers": FIRST, "became-active": ACTIVE, "came-back": BACK}[slug]
    return with_facts(rows.came(), event, user).filter(wanted)


def attendances(event: Event, user: User) -> AttendanceQuerySet:
    ours = Identity.objects.filter(member=OuterRef("member"), is_us=True)
    seen = Attendance.objects.visible_to(user).filter(~Exists(ours), event=event)
    return seen.filter(member__user=None, member__is_bot=False)


def no_shows(event: Event, user: User) -> QuerySet[Attendance]:
    """Who was going and was not checked in: once it is over, and where somebody was."""
    found = attendances(event, user).going().filter(checked_in_at__isnull=True)
    anybody = Attendance.objects.filter(event=event).came()
    return found.filter(Exists(anybody)) if event.state_now == "over" else found.none()


def with_facts(rows: AttendanceQuerySet, event: Event, user: User) -> QuerySet[Attendance, Any]:
    """`came_before`, `came_later`: to another event; `wrote_before`: within DAYS before it began;
    `wrote_next`: when, after it had ended, or None."""
    others = Attendance.objects.came().filter(member=OuterRef("member")).exclude(event=event)
    began, ended = event.starts_at, event.ends_at
    earlier = Q(event__starts_at__lt=began) | Q(event__starts_at=began, event__lt=event.pk)
    lines = Activity.objects.visible_to(user).present()
    wrote = lines.filter(member=OuterRef("member"), kind=ActivityKind.MESSAGE)
    before = wrote.filter(occurred_at__gte=began - timedelta(days=DAYS), occurred_at__lt=began)
    after = wrote.filter(occurred_at__gt=ended).order_by("occurred_at", "pk")
    return rows.annotate(
        came_before=Exists(others.filter(earlier)),
        came_later=Exists(others.exclude(earlier)),
        wrote_before=Exists(before),
        wrote_next=Subquery(after.values("occurred_at")[:1]),
        window_ends=Value(ended + timedelta(days=DAYS), DateTimeField()),
    )


# Bonds: pairs of a teammate who was there and a member who came, none of whose bonds is older than
# the event, as far as the reader may know.


def count_bonds_made(event: Event, user: User, came: int) -> int:
    """`came`: how many members did. Two queries at most."""
    ours = [] if event.is_content or not came else list(teammates_at(event))
    if not ours:
        return 0
    members = attendances(event, user).came().values("member")
    older = _older_bonds(event, user, ours).filter(member__in=members)
    return len(ours) * came - older.order_by().values("member", "user").distinct().count()


def with_bonds_made(
    rows: AttendanceQuerySet, event: Event, user: User
) -> QuerySet[Attendance, Any]:
    """Of members who are one of such a pair."""
    ours = [] if event.is_content else list(teammates_at(event))
    older = _older_bonds(event, user, ours).filter(member=OuterRef("member"))
    known = older.order_by().values("member").annotate(n=Count("user", distinct=True)).values("n")
    return rows.annotate(known=Coalesce(Subquery(known), 0)).filter(known__lt=len(ours))


def bonds_made(event: Event, user: User, members: Sequence[int]) -> dict[int, list[str]]:
    """By member, of these who came, the names of the teammates. Two queries."""
    ours = list(teammates_at(event))
    older = _older_bonds(event, user, ours).filter(member__in=members)
    known = set(older.values_list("member_id", "user_id"))
    return {
        member: [str(one) for one in ours if (member, one.pk) not in known] for member in members
    }


def _older_bonds(event: Event, user: User, ours: Sequence[User]) -> BondQuerySet:
    rows = Bond.objects.visible_to(user)
    return rows.filter(user__in=ours, first_at__lt=event.starts_at)


def teammates_at(event: Event) -> QuerySet[User]:
    """Its host and co-hosts, and whoever of the team was checked in."""
    co_hosts = Event.co_hosts.through.objects.filter(event=event).values("user")
    came = Attendance.objects.filter(event=event, member__user__isnull=False).came()
    there = Q(pk=event.host_id) | Q(pk__in=co_hosts) | Q(pk__in=came.values("member__user"))
    return User.objects.filter(there).order_by("name", "pk")


def authors(event: Event, user: User) -> set[int]:
    """Members who wrote in the conversations that it is tied to, as far as the reader sees both."""
    links = EventLink.objects.visible_to(user).present().filter(event=event)
    wrote = hooks.who_wrote_in(user, links.values_list("key", flat=True)[:MOST_LINKS])
    return {member for found in wrote.values() for member in found}
