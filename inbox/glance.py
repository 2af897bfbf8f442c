"""The person pane: who is this, how long have we known them, who of us knows them, what to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max
from django.utils import timezone

from members.models import Activity, Identity, Member, Stage

if TYPE_CHECKING:
    from team.models import User

LATELY = 8  # lines of the log
NOTES = 3
COLLEAGUES = 4
CONTACTS = ("reply", "met", "note")
STEPS = {stage: number for number, stage in enumerate(Stage.values)}


@dataclass(frozen=True)
class Colleague:
    """`share` of this member's contacts with the team, 0 to 1."""

    name: str
    share: float
    last: datetime


@dataclass(frozen=True)
class Glance:
    member: Member
    identities: list[Identity]
    notes: list[Activity]
    lately: list[Activity]
    colleagues: list[Colleague]

    @property
    def steps(self) -> int:
        return STEPS[self.member.stage]

    @property
    def here_since(self) -> datetime | None:
        return self.member.first_seen

    @property
    def local_time(self) -> datetime | None:
        """Their clock, where somebody wrote their timezone down."""
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        if not self.member.timezone:
            return None
        try:
            return timezone.now().astimezone(ZoneInfo(self.member.timezone))
        except (ZoneInfoNotFoundError, ValueError):
            return None


def glance(member: Member, user: User) -> Glance:
    """Four queries, each bounded, each asking what `user` may read."""
    timeline = member.timeline(user)
    notes = timeline.filter(kind="note").select_related("actor")
    return Glance(
        member=member,
        identities=list(member.identities.order_by("network", "id")[:12]),
        notes=list(notes[:NOTES]),
        lately=list(timeline.exclude(kind="note").select_related("actor")[:LATELY]),
        colleagues=who_knows(member, user),
    )


def who_knows(member: Member, user: User) -> list[Colleague]:
    contacts = (
        Activity.objects.filter(
            member=member, actor__isnull=False, kind__in=("reply", "met", "note")
        )
        .present()
        .visible_to(user)
        .values("actor__name")
        .annotate(times=Count("id"), last=Max("occurred_at"))
        .order_by("-times")[:COLLEAGUES]
    )
    rows = list(contacts)
    whole = sum(row["times"] for row in rows) or 1
    return [Colleague(row["actor__name"], row["times"] / whole, row["last"]) for row in rows]
