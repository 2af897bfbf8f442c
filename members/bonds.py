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
    today = worth_today()
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


def held_by_one(user: User, by: User | None = None) -> Q:
    """Whom one teammate alone knows; `by`: this one. The kept rows count all scopes: of whom
    something is hidden from this reader, it is worked out from what is not. One query more there.
    """
    least = LEAST / worth_today()
    alone = SoleContact.objects.filter(member=OuterRef("pk"), score__gte=least)
    kept = Q(Exists(alone.filter(user=by) if by else alone))
    hidden = hidden_scopes(user)
    if hidden is None:
        return kept
    elsewhere = Bond.objects.filter(scope__in=hidden)
    rows = Bond.objects.visible_to(user).filter(user__is_active=True)
    partly_seen = rows.filter(member__in=elsewhere.values("member"))
    found = sole_contacts(partly_seen.values_list("member_id", "user_id", "score"), least)
    pks = [member for member, knows in found.items() if by is None or knows == by.pk]
    is_elsewhere = Q(Exists(elsewhere.filter(member=OuterRef("pk"))))
    return (kept & ~is_elsewhere) | has_id(sorted(pks))


def sole_contacts(rows: Iterable[tuple[int, int, float]], least: float) -> dict[int, int]:
    """Of (member, user, score), by member the teammate who alone knows them."""
    members: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for member, user, score in rows:
        members[member][user] += score
    best = {member: max(scores, key=scores.__getitem__) for member, scores in members.items()}
    return {
        member: user
        for member, user in best.items()
        if (score := members[member][user]) >= least
        and score >= SOLE_SHARE * sum(members[member].values())
    }


def worth_today() -> float:
    """What scores are to be multiplied with. By the day of UTC: a day more or less is nothing."""
    return decay(FIXED_DAY, timezone.now().date())
