"""How well teammates know a member, as it is read: who knows whom best, and whom one alone knows.

Kept rows are worked out by bond_pass.py. docs/relationships.md says what the numbers mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from community_hub.lib.query import Context
from team.models import User

from .bond_pass import DAYS_A_MONTH, FIXED_DAY, KEPT_A_MONTH, SOLE_SHARE
from .models import Bond, Member, SoleContact
from .models.member import has_id
from .models.scopes import hidden_scopes, rows_as_seen_by

MOST_SHOWN = 5  # teammates of one member
LEAST = 20  # points today, before it matters that one teammate alone knows somebody


@dataclass(frozen=True)
class Colleague:
    """`share` of all that the team has with this member, 0 to 1; `is_only`: nobody else of us
    knows them."""

    pk: int
    name: str
    share: float
    last: datetime
    points: float
    is_only: bool = False


def decay(day: date, today: date) -> float:
    """What is left today of what was worth 1 on a day."""
    return float(KEPT_A_MONTH ** ((today - day).days / DAYS_A_MONTH))


def who_knows(member: Member, user: User) -> list[Colleague]:
    """Teammates who are still there, who knows the member best first; of what this reader may see.
    One query."""

    def found(reader: User | None, member: int) -> QuerySet[Any, Any]:
        rows = Bond.objects.visible_to(reader) if reader else Bond.objects.all()
        known = rows.filter(member=member, user__is_active=True)
        return known.values_list("user_id", "user__name", "score", "last_at")

    rows = rows_as_seen_by(user, ("who knows a member",), found, member=member.pk)
    return _ranked(rows)


def _ranked(rows: Iterable[tuple[int, str, float, datetime]]) -> list[Colleague]:
    names: dict[int, str] = {}
    scores: dict[int, float] = defaultdict(float)
    lasts: dict[int, datetime] = {}
    for pk, name, score, last in rows:
        names[pk] = name
        scores[pk] += score
        lasts[pk] = max(last, lasts.get(pk, last))
    whole = sum(scores.values())
    if not whole:
        return []
    today = _decay_since_fixed_day(timezone.now().date())  # a day more or less is nothing here
    best = sorted(scores, key=lambda pk: (-scores[pk], names[pk], pk))[:MOST_SHOWN]
    return [
        Colleague(
            pk=pk,
            name=names[pk],
            share=scores[pk] / whole,
            last=lasts[pk],
            points=scores[pk] * today,
            is_only=scores[pk] >= SOLE_SHARE * whole and scores[pk] * today >= LEAST,
        )
        for pk in best
    ]


# Conditions on members, for their query language -------------------------------------------------


def known_by(colleague: User, user: User) -> Q:
    """Whom this teammate knows, as far as `user` may see."""
    return Q(Exists(Bond.objects.visible_to(user).filter(member=OuterRef("pk"), user=colleague)))


def known_by_nobody(user: User) -> Q:
    """Of those who are still there."""
    rows = Bond.objects.visible_to(user).filter(member=OuterRef("pk"), user__is_active=True)
    return ~Q(Exists(rows))


def held_by_one(context: Context) -> Q:
    """Whom one teammate alone knows. The kept rows count all scopes: of whom something is hidden
    from this reader, it is worked out from what is not. One query more there."""
    today = context.now.astimezone(context.timezone).date()
    least = LEAST / _decay_since_fixed_day(today)
    kept = Q(Exists(SoleContact.objects.filter(member=OuterRef("pk"), score__gte=least)))
    hidden = hidden_scopes(context.user)
    if hidden is None:
        return kept
    elsewhere = Bond.objects.filter(scope__in=hidden)
    rows = Bond.objects.visible_to(context.user).filter(user__is_active=True)
    partly_seen = rows.filter(member__in=elsewhere.values("member"))
    found = sole_contacts(partly_seen.values_list("member_id", "user_id", "score"), least)
    is_elsewhere = Q(Exists(elsewhere.filter(member=OuterRef("pk"))))
    return (kept & ~is_elsewhere) | has_id(found)


def sole_contacts(rows: Iterable[tuple[int, int, float]], least: float) -> list[int]:
    """Of (member, user, score), the members whom one teammate alone knows."""
    members: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for member, user, score in rows:
        members[member][user] += score
    return sorted(
        member
        for member, scores in members.items()
        if max(scores.values()) >= max(least, SOLE_SHARE * sum(scores.values()))
    )


def _decay_since_fixed_day(today: date) -> float:
    return decay(FIXED_DAY, today)
