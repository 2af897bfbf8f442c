"""Who is this, how long have we known them, who of us knows them, what to know before writing.

Reads only. `load_profile` serves the pane beside a conversation and the member's own page;
everything in it is bounded, and everything is what `user` may read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, Max, Q
from django.utils import timezone

from community_hub.lib import keyset
from members.models import Activity, Identity, Member, Stage
from members.models.activity import ActivityQuerySet

if TYPE_CHECKING:
    from team.models import User

MOST_IDENTITIES = 30
NOTES = 3
COLLEAGUES = 5
MOST_LINES = 300
CONTACT_KINDS = ("reply", "met", "note")
CONTACTS = 1000  # so many of the newest lines say who of us knows them
STEPS = {stage: number for number, stage in enumerate(Stage.values)}  # outsider 0, champion 4


@dataclass(frozen=True)
class Colleague:
    """`share` of the team's contacts with this member, 0 to 1."""

    name: str
    share: float
    last: datetime


@dataclass(frozen=True)
class Profile:
    """`older` is the cursor before which more lines can be read; "" at the beginning."""

    member: Member
    identities: list[Identity]
    notes: list[Activity]
    lately: list[Activity]
    colleagues: list[Colleague]
    older: str = ""

    @property
    def shown_until(self) -> str:
        """The cursor of the last line that is shown."""
        return cursor_of(self.lately[-1]) if self.lately else ""

    @property
    def steps(self) -> int:
        return STEPS[self.member.stage]

    @property
    def here_since(self) -> datetime | None:
        return self.member.first_seen

    @property
    def local_time(self) -> datetime | None:
        """Their clock now, where somebody wrote their timezone down. Naive: a template would turn
        an aware one into the reader's own time."""
        if not self.member.timezone:
            return None
        try:
            zone = ZoneInfo(self.member.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return None
        return timezone.now().astimezone(zone).replace(tzinfo=None)


def load_profile(
    member: Member, user: User, *, lines: int, before: str = "", until: str = ""
) -> Profile:
    """Four queries, or five where the log is brought up to date.

    The log: the newest lines; those before a cursor; or all down to `until`, brought up to date.
    """
    readable = member.timeline(user)
    shown, older = page_of(readable, lines, before, until)
    return Profile(
        member=member,
        identities=list(member.identities.order_by("network", "id")[:MOST_IDENTITIES]),
        notes=list(readable.filter(kind="note").select_related("actor")[:NOTES]),
        lately=shown,
        colleagues=who_knows(readable),
        older=older,
    )


def page_of(
    readable: ActivityQuerySet, lines: int, before: str, until: str
) -> tuple[list[Activity], str]:
    """The lines, and the cursor for what is older."""
    named = readable.select_related("actor")
    if place := keyset.place(until):
        newer = Q(occurred_at__gt=place[0]) | Q(occurred_at=place[0], pk__gte=place[1])
        shown = list(named.filter(newer)[:MOST_LINES])
        has_more = earlier_than(readable, cursor_of(shown[-1])).exists() if shown else False
    else:
        shown = list(earlier_than(named, before)[: lines + 1])
        has_more = len(shown) > lines
        shown = shown[:lines]
    return shown, cursor_of(shown[-1]) if has_more else ""


def who_knows(readable: ActivityQuerySet) -> list[Colleague]:
    """The colleagues with the most lines among the newest, who wrote or met them."""
    newest = Activity.objects.filter(pk__in=readable.values("pk")[:CONTACTS])
    ours = newest.filter(actor__isnull=False, kind__in=CONTACT_KINDS)
    named = ours.values_list("actor__name").order_by()
    rows = named.annotate(times=Count("pk"), last=Max("occurred_at")).order_by("-times", "-last")
    found = list(rows[:COLLEAGUES])
    whole = sum(times for _name, times, _last in found)
    return [Colleague(name, times / whole, last) for name, times, last in found]


# Cursors: (occurred_at, id) ---------------------------------------------------------------------


def cursor_of(line: Activity) -> str:
    return keyset.cursor(line.occurred_at, line.pk)


def earlier_than(lines: ActivityQuerySet, before: str) -> ActivityQuerySet:
    """A cursor that cannot be read starts at the top."""
    place = keyset.place(before)
    if place is None:
        return lines
    return lines.filter(Q(occurred_at__lt=place[0]) | Q(occurred_at=place[0], pk__lt=place[1]))
